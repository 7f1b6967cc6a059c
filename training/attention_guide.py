"""Attention of the gated layers told where to look, while they train.

A visual token inside one box is asked to prefer that box's grounding tokens, a token in no box an unused slot. It fades
out at 70 % of the run and leaves nothing in the weights.
"""

import torch

from .model import transformer_blocks

WEIGHT = 0.1
UNTIL = 0.7  # share of the run
NULL_SHARE = 0.3  # weight of tokens outside all boxes
REACH_SHARE = 0.1  # weight of attending to grounding tokens at all, inside boxes


class AttentionGuide:
    def __init__(self, unet, until: float = UNTIL):
        self.until = until
        self.asked: list[torch.Tensor] = []  # per fuser: its normed tokens [B, T + N, width]
        self.fusers = [block.fuser for block in transformer_blocks(unet)]
        for fuser in self.fusers:
            fuser.norm1.register_forward_hook(lambda module, inputs, output: self.asked.append(output))

    def begin(self) -> None:
        """Before each pass of the network."""
        self.asked.clear()

    def loss(self, progress: float, inside):
        """After a pass: -> (what to add to its loss, numbers for the log). `inside` maps the tokens of a fuser to own, here
        and used, as guide_loss asks; `right` is the share of visual tokens inside one box that prefer that box."""
        gate, fade = self.fusers[0].alpha_attn.detach(), max(0.0, 1 - progress / self.until)
        if fade == 0:
            return torch.zeros(()), {"gate": gate}
        losses, rights = [], []
        for fuser, tokens in zip(self.fusers, self.asked, strict=True):
            own, here, used = inside(tokens)
            count = tokens.shape[1] - used.shape[1]
            loss, right = guide_loss(attention_logits(fuser.attn, tokens, count), own, here, used)
            losses.append(loss)
            rights.append(right)
        guide = torch.stack(losses).mean()
        return WEIGHT * fade * guide, {"guide": guide, "right": torch.stack(rights).mean(), "gate": gate}


def attention_logits(attention, tokens, count: int) -> torch.Tensor:
    """Logits of the first `count` tokens on all tokens, averaged over heads."""
    query, key = attention.to_q(tokens[:, :count]), attention.to_k(tokens)
    return (query.float() @ key.float().transpose(1, 2)) * attention.scale / attention.heads


def guide_loss(logits, own, here, used):
    """logits [B, T, T + N]; own bool [B, T, N]: the right grounding tokens of a visual token; here [B, T]: how many
    things are there; used bool [B, N]: slots that stand for a thing."""
    grounding = logits[..., -used.shape[1] :]
    never = torch.finfo(logits.dtype).min  # below any logit, lest what is masked be what is preferred
    whole, any_slot = logits.logsumexp(-1), grounding.logsumexp(-1)
    unused = grounding.masked_fill(used[:, None], never).logsumexp(-1)
    one, none = (here == 1).float(), (here == 0).float()
    right = grounding.masked_fill(~own, never).logsumexp(-1)
    mean = lambda value, where: (value * where).sum() / where.sum().clamp(min=1)  # noqa: E731
    loss = mean(any_slot - right, one) + NULL_SHARE * mean(any_slot - unused, none)
    loss = loss + REACH_SHARE * mean(whole - any_slot, one)
    chosen = own.gather(-1, grounding.argmax(-1, keepdim=True))[..., 0]
    return loss, mean(chosen.float().detach(), one)
