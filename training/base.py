"""Stage 2: the base. Captions only, every kind, gated layers left out of the pass.

Two aids exist in training only; their heads are thrown away:
- Place. From the tokens of every transformer block, after self-attention, a linear head predicts the Fourier code
  of the token's own centre. A small network otherwise hardly knows where its tokens are, and boxes need that.
- Looks. From the pooled feature of a bare phrase ("a cat"), and from the state of its last word, a linear head
  predicts an 8 x 8 thumbnail of the thing, so that like-looking things have like features, as training against
  pictures gives CLIP.

`python -m training.base` trains; `--preview` only samples runs/base/preview.png from the weights so far.
"""

import math
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from . import noise
from .loop import Plan, apply_arguments, plan_arguments, train
from .model import TEXT_WIDTH, build_text_encoder, build_unet, gated_parameters, transformer_blocks, use_plain_attention
from .pool import load_latents, load_scenes
from .scene import sprite
from .tokenizer import Encoder
from .world import KINDS, RUNS, caption, phrase

SMALL_BATCH, LARGE_BATCH = 16, 32
LARGE_FROM = 1 / 3  # share of the run after which batches are large: first many updates, then less noise in each
ALONE_SHARE = 0.5  # until then: pictures taken from those of a single thing, where its name is easiest to learn
CAPTION_DROPOUT = 0.1
PLACE_WEIGHT = 0.3
LOOKS_WEIGHT = 0.05
PHRASES = 8  # per batch, for the second aid
FREQUENCIES = torch.tensor([100 ** (k / 8) for k in range(4)])


class BaseModel(nn.Module):
    """UNet, text encoder, and the heads that only training uses."""

    def __init__(self, tokens: int):
        super().__init__()
        self.unet = build_unet()
        self.text_encoder = build_text_encoder(tokens)
        for parameter in gated_parameters(self.unet).values():
            parameter.requires_grad_(False)
        widths = [block.norm2.normalized_shape[0] for block in transformer_blocks(self.unet)]
        self.place_heads = nn.ModuleList(nn.Linear(width, 16) for width in widths)
        self.looks_head = nn.Linear(TEXT_WIDTH, 8 * 8 * 3)


class BaseStage:
    device = "cpu"

    def build(self) -> BaseModel:
        return BaseModel(len(Encoder().ids))

    def prepare(self, model) -> None:
        use_plain_attention(model.unet, model.text_encoder)
        self.encode, self.scenes, self.latents = Encoder(), load_scenes(), load_latents()
        self.alone = torch.tensor([row for row, scene in enumerate(self.scenes) if len(scene.things) == 1])
        self.thumbnails = kind_thumbnails().to(self.device)
        self.tokens: list[torch.Tensor] = []
        for block in transformer_blocks(model.unet):
            block.norm2.register_forward_hook(lambda module, inputs, output: self.tokens.append(output))

    def loss(self, model, rng, progress):
        words = random.Random(rng.initial_seed())
        rows = self.draw_rows(rng, progress)
        count = len(rows)
        captions = [caption(self.scenes[row], words) for row in rows.tolist()]
        captions = ["" if words.random() < CAPTION_DROPOUT else text for text in captions]
        kinds = [words.randrange(len(KINDS)) for _ in range(PHRASES)]
        texts = captions + [phrase(KINDS[kind], words) for kind in kinds]
        features = model.text_encoder(self.encode(texts).to(self.device))

        latents = self.latents[rows].to(self.device)
        times = noise.draw_times(count, rng)
        noisy, target = noise.add_noise(latents, torch.randn(latents.shape, generator=rng).to(self.device), times)
        self.tokens.clear()
        states = features.last_hidden_state[:count]
        predicted = model.unet(noisy, times.to(self.device), encoder_hidden_states=states).sample
        denoising = F.mse_loss(predicted.float(), target)
        place = self.place_loss(model.place_heads)
        looks = self.looks_loss(model.looks_head, features, count, texts, self.thumbnails[kinds])
        total = denoising + PLACE_WEIGHT * place + LOOKS_WEIGHT * looks
        return total, {"denoising": denoising, "place": place, "looks": looks}

    def draw_rows(self, rng, progress) -> torch.Tensor:
        if progress >= LARGE_FROM:
            return torch.randint(len(self.scenes), (LARGE_BATCH,), generator=rng)
        rows = torch.randint(len(self.scenes), (SMALL_BATCH,), generator=rng)
        alone = self.alone[torch.randint(len(self.alone), (SMALL_BATCH,), generator=rng)]
        return torch.where(torch.rand(SMALL_BATCH, generator=rng) < ALONE_SHARE, alone, rows)

    def looks_loss(self, head, features, first, texts, thumbnails) -> torch.Tensor:
        """For the phrases, which start at row `first`: their pooled features, and the states of their last words."""
        rows = torch.arange(first, len(texts), device=self.device)
        words = [len(text.split()) for text in texts[first:]]  # a kind is one token, so this is its position
        last = features.last_hidden_state[rows, torch.tensor(words, device=self.device)]
        pooled = features.pooler_output[first:]
        return F.mse_loss(head(pooled).float(), thumbnails) + F.mse_loss(head(last).float(), thumbnails)

    def place_loss(self, heads) -> torch.Tensor:
        losses = []
        for head, tokens in zip(heads, self.tokens, strict=True):  # tokens [B, side * side, width]
            code = place_code(math.isqrt(tokens.shape[1])).to(self.device)
            losses.append((head(tokens).float() - code).square().mean())
        return torch.stack(losses).mean()


def place_code(side: int) -> torch.Tensor:
    """[side * side, 16]: sine and cosine of each token's centre (x, y in 0..1) at four frequencies."""
    centre = (torch.arange(side) + 0.5) / side
    y, x = torch.meshgrid(centre, centre, indexing="ij")
    angle = torch.stack([x, y], -1).reshape(-1, 2, 1) * FREQUENCIES  # [T, 2, 4]
    return torch.cat([angle.sin(), angle.cos()], -1).flatten(1)


def kind_thumbnails() -> torch.Tensor:
    """float [kinds, 192]: each sprite at 8 x 8 over grey, with unit variance over kinds."""
    rows = []
    for kind in KINDS:
        picture = sprite(kind).resize((64, 64))
        grey = picture.copy()
        grey.paste((128, 128, 128, 255), (0, 0, 64, 64))
        grey.paste(picture, (0, 0), picture)
        rows.append(np.asarray(grey.convert("RGB").resize((8, 8), 4), np.float32).ravel())
    thumbnails = torch.from_numpy(np.stack(rows))
    return (thumbnails - thumbnails.mean()) / thumbnails.std()


def load_base(name: str = "base", file: str = "ema.pt") -> BaseModel:
    model = BaseModel(len(Encoder().ids))
    model.load_state_dict(torch.load(RUNS / name / file, weights_only=True, map_location="cpu"))
    return model.eval()


def main() -> None:
    plan = Plan("base", steps=9600, lr=8e-4, ema=0.99)
    parser = plan_arguments(plan, __doc__)
    parser.add_argument("--preview", action="store_true")
    args = parser.parse_args()
    apply_arguments(plan, args)
    if not args.preview:
        train(BaseStage(), plan)
    from .sample import preview

    model = load_base(plan.name)
    preview(model.unet, model.text_encoder, RUNS / plan.name / "preview.png")


if __name__ == "__main__":
    main()
