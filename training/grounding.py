"""Stage 3: the gated layers, on the frozen base. Boxes and phrases of 30 kinds; 10 kinds never get a box.

The layer is as published (GLIGEN, Li et al. 2023): nothing is added to it. Its start and its training are ours:
gates begin at 0.5 with zero output projections (so step 0 is exactly the base), and while training, attention is
told where to look: a visual token inside one box is asked to prefer that box's grounding token, a token in no box
an unused slot. This fades out at 70 % of the run and leaves nothing in the weights.

`python -m training.grounding` trains and checks that no tensor of the base has changed.
"""

import math
import random

import torch
import torch.nn.functional as F

from . import noise
from .base import BaseModel, load_base
from .loop import Plan, apply_arguments, plan_arguments, train
from .model import gated_parameters, transformer_blocks, use_plain_attention
from .pool import load_latents, load_scenes
from .sample import MAX_ENTITIES, embed
from .tokenizer import Encoder
from .world import BOXED, RUNS, SIZE_PX, Scene, caption, phrase

BATCH = 32
NULL_CAPTION = 0.3
NULL_GROUNDING = 0.1
KEEP_BOX = 0.85  # chance that a thing of the picture is given with its box
EARLY_SHARE = 0.7
PHRASE_NOISE = 0.2  # relative to the spread of the features: nearby phrases should act alike
GUIDE_WEIGHT = 0.1
GUIDE_UNTIL = 0.7
NULL_SHARE = 0.3  # weight of tokens outside all boxes
REACH_SHARE = 0.1  # weight of attending to grounding tokens at all, inside boxes


class GroundingStage:
    device = "cpu"

    def __init__(self, base: str = "base"):
        self.base = base

    def build(self) -> BaseModel:
        model = load_base(self.base)
        model.requires_grad_(False)
        for parameter in gated_parameters(model.unet).values():
            parameter.requires_grad_(True)
        with torch.no_grad():
            for block in transformer_blocks(model.unet):
                start_closed(block.fuser)
        return model

    def prepare(self, model) -> None:
        use_plain_attention(model.unet, model.text_encoder)
        self.encode, latents = Encoder(), load_latents()
        scenes = load_scenes()
        rows = [row for row, scene in enumerate(scenes) if only_boxed(scene)]
        self.scenes, self.latents = [scenes[row] for row in rows], latents[rows]
        self.asked: list[torch.Tensor] = []  # per fuser: its normed tokens [B, T + 30, width]
        self.fusers = [block.fuser for block in transformer_blocks(model.unet)]
        for fuser in self.fusers:
            fuser.norm1.register_forward_hook(lambda module, inputs, output: self.asked.append(output))
        with torch.no_grad():
            self.spread = embed(model.text_encoder, self.encode, BOXED)[1].std(0).mean()

    def loss(self, model, rng, progress):
        words = random.Random(rng.initial_seed())
        rows = torch.randint(len(self.scenes), (BATCH,), generator=rng)
        scenes = [self.scenes[row] for row in rows.tolist()]
        captions = ["" if words.random() < NULL_CAPTION else caption(scene, words) for scene in scenes]
        boxes, masks, features = self.entities(model, scenes, words, rng)

        latents = self.latents[rows].to(self.device)
        times = noise.draw_times(BATCH, rng, EARLY_SHARE)
        noisy, target = noise.add_noise(latents, torch.randn(latents.shape, generator=rng).to(self.device), times)
        with torch.no_grad():
            states = embed(model.text_encoder, self.encode, captions)[0]
        self.asked.clear()
        given = {"boxes": boxes, "masks": masks, "positive_embeddings": features}
        predicted = model.unet(
            noisy, times.to(self.device), encoder_hidden_states=states, cross_attention_kwargs={"gligen": given}
        ).sample
        denoising = F.mse_loss(predicted.float(), target)
        fade = max(0.0, 1 - progress / GUIDE_UNTIL)
        guide, right = self.guide(boxes, masks) if fade > 0 else (torch.zeros(()), 0.0)
        gate = self.fusers[0].alpha_attn.detach()
        numbers = {"denoising": denoising, "guide": guide, "right": right, "gate": gate}
        return denoising + GUIDE_WEIGHT * fade * guide, numbers

    def entities(self, model, scenes, words, rng):
        """-> boxes [B, 30, 4] in 0..1, masks [B, 30], phrase features [B, 30, width]"""
        boxes = torch.zeros(len(scenes), MAX_ENTITIES, 4)
        masks = torch.zeros(len(scenes), MAX_ENTITIES)
        slots, phrases = [], []
        for row, scene in enumerate(scenes):
            if words.random() < NULL_GROUNDING:
                continue
            kept = [thing for thing in scene.things if words.random() < KEEP_BOX]
            words.shuffle(kept)
            for slot, thing in enumerate(kept):
                boxes[row, slot] = torch.tensor(thing.box) / SIZE_PX
                masks[row, slot] = 1
                slots.append((row, slot))
                phrases.append(phrase(thing.kind, words))
        features = torch.zeros(*masks.shape, model.text_encoder.config.hidden_size)
        if phrases:
            with torch.no_grad():
                pooled = embed(model.text_encoder, self.encode, phrases)[1].float().cpu()
            jitter = torch.randn(pooled.shape, generator=rng) * PHRASE_NOISE * self.spread.cpu()
            features[tuple(torch.tensor(slots).T)] = pooled + jitter
        return boxes.to(self.device), masks.to(self.device), features.to(self.device)

    def guide(self, boxes, masks):
        """-> (loss, share of visual tokens inside one box whose grounding attention prefers that box)"""
        losses, rights = [], []
        for fuser, tokens in zip(self.fusers, self.asked, strict=True):
            count = tokens.shape[1] - MAX_ENTITIES
            inside = tokens_inside(boxes, masks, math.isqrt(count))  # [B, T, 30]
            logits = attention_logits(fuser.attn, tokens, count)  # [B, T, T + 30]
            loss, right = guide_loss(logits, inside, masks)
            losses.append(loss)
            rights.append(right)
        return torch.stack(losses).mean(), torch.stack(rights).mean()


def start_closed(fuser) -> None:
    """Gates half open, output projections zero: the pass is unchanged, yet every weight gets a gradient soon."""
    for alpha in (fuser.alpha_attn, fuser.alpha_dense):
        alpha.fill_(0.5)
    for layer in (fuser.attn.to_out[0], fuser.ff.net[2]):
        layer.weight.zero_()
        layer.bias.zero_()


def only_boxed(scene: Scene) -> bool:
    return bool(scene.things) and all(thing.kind in BOXED for thing in scene.things)


def tokens_inside(boxes, masks, side: int) -> torch.Tensor:
    """bool [B, side * side, 30]: whether the token's centre lies in the box."""
    centre = (torch.arange(side, device=boxes.device) + 0.5) / side
    y, x = (axis.reshape(1, -1, 1) for axis in torch.meshgrid(centre, centre, indexing="ij"))
    x0, y0, x1, y1 = boxes[:, None].unbind(-1)  # each [B, 1, 30]
    return (x >= x0) & (x < x1) & (y >= y0) & (y < y1) & (masks[:, None] > 0)


def attention_logits(attention, tokens, count: int) -> torch.Tensor:
    """Logits of the first `count` tokens on all tokens, averaged over heads."""
    query, key = attention.to_q(tokens[:, :count]), attention.to_k(tokens)
    return (query.float() @ key.float().transpose(1, 2)) * attention.scale / attention.heads


def guide_loss(logits, inside, masks):
    grounding = logits[..., -MAX_ENTITIES:]
    whole, any_slot = logits.logsumexp(-1), grounding.logsumexp(-1)
    unused = grounding.masked_fill(masks[:, None] > 0, -1e4).logsumexp(-1)
    boxes_here = inside.sum(-1)
    one, none = (boxes_here == 1).float(), (boxes_here == 0).float()
    own = (grounding * inside).sum(-1)  # the own box's logit where there is exactly one
    mean = lambda value, where: (value * where).sum() / where.sum().clamp(min=1)
    loss = mean(any_slot - own, one) + NULL_SHARE * mean(any_slot - unused, none)
    loss = loss + REACH_SHARE * mean(whole - any_slot, one)
    chosen = inside.gather(-1, grounding.argmax(-1, keepdim=True))[..., 0]
    return loss, mean(chosen.float().detach(), one)


def load_grounded(name: str = "grounding", file: str = "ema.pt") -> BaseModel:
    return load_base(name, file)


def check_base_unchanged(before: BaseModel, after: BaseModel) -> int:
    """Counts the base's tensors, all of which must be bit for bit what they were."""
    gated = {f"unet.{name}" for name in gated_parameters(before.unet)}
    old, new = before.state_dict(), after.state_dict()
    base = [name for name in old if name not in gated]
    changed = [name for name in base if not torch.equal(old[name], new[name])]
    assert not changed, f"Grounding training changed the base: {changed[:3]}"
    return len(base)


def main() -> None:
    plan = Plan("grounding", steps=2000, lr=1e-3, ema=0.98, tail=0.5)
    parser = plan_arguments(plan, __doc__)
    parser.add_argument("--base", default="base")
    args = parser.parse_args()
    apply_arguments(plan, args)
    train(GroundingStage(args.base), plan)
    count = check_base_unchanged(load_base(args.base), load_grounded(plan.name))
    print(f"{count} tensors of the base unchanged; {RUNS / plan.name}")


if __name__ == "__main__":
    main()
