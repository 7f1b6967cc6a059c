"""Stage 2: the base, a plain UNet and its text encoder. Captions only, every kind, no gated layers anywhere.

Three aids exist in training only; their heads are thrown away:
- Place. From the tokens of every transformer block, after self-attention, a linear head predicts the Fourier code
  of the token's own centre. A small network otherwise hardly knows where its tokens are, and boxes need that.
- Looks. From the pooled feature of a bare phrase ("a cat"), and from the state of its last word, a linear head
  predicts an 8 x 8 thumbnail of the thing, so that like-looking things have like features, as training against
  pictures gives CLIP.
- Twins. The pooled feature of a Chinese phrase is drawn to that of the English one.

`python -m training.base` trains; `--init FOLDER` starts from a finished model folder (the heads then learn alone for
the first twentieth); `--preview` only samples runs/base/preview.png from the weights so far.
"""

import math
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from . import noise
from .captions import caption, phrase
from .loop import Plan, apply_arguments, plan_arguments, train
from .model import TEXT_WIDTH, build_text_encoder, build_unet, transformer_blocks, use_plain_attention
from .pool import load_latents, load_scenes
from .scene import sprite
from .settings import SETTING
from .tokenizer import END, Encoder
from .warm import warm_text_encoder, warm_unet
from .world import KINDS, RUNS

SMALL_BATCH, LARGE_BATCH = max(1, SETTING.batch // 2), SETTING.batch
LARGE_FROM = 1 / 3  # share of the run after which batches are large: first many updates, then less noise in each (a warm
# start needs no such haste and has large ones throughout)
ALONE_SHARE = 0.5  # until then: pictures taken from those of a single thing, where its name is easiest to learn
CAPTION_DROPOUT = 0.1
PLACE_WEIGHT = 0.3
LOOKS_WEIGHT = 0.05
TWIN_WEIGHT = 0.1
HEADS_ALONE = 0.05  # share of a warm run in which the aids teach their heads only
PHRASES = 8  # per batch, for the aids, each in two languages
FREQUENCIES = torch.tensor([100 ** (k / 8) for k in range(4)])


class BaseModel(nn.Module):
    """UNet, text encoder, and the heads that only training uses."""

    def __init__(self, tokens: int):
        super().__init__()
        self.unet = build_unet()
        self.text_encoder = build_text_encoder(tokens)
        widths = [block.norm2.normalized_shape[0] for block in transformer_blocks(self.unet)]
        self.place_heads = nn.ModuleList(nn.Linear(width, 16) for width in widths)
        self.looks_head = nn.Linear(TEXT_WIDTH, 8 * 8 * 3)


class BaseStage:
    device = "cpu"
    needs = {"tokenizer/vocab.json": "training.tokenizer", "pool/latents.npy": "training.pool --latents"}

    def __init__(self, init: Path | None = None):
        self.init = init

    def build(self) -> BaseModel:
        encode = Encoder()
        model = BaseModel(len(encode.ids))
        if self.init:
            warm_unet(model.unet, self.init)
            warm_text_encoder(model.text_encoder, encode, self.init)
        return model

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
        phrases = [phrase(KINDS[kind], words, chinese=chinese) for chinese in (False, True) for kind in kinds]
        ids = self.encode(captions + phrases).to(self.device)
        features = model.text_encoder(ids)

        latents = self.latents[rows].to(self.device)
        times = noise.draw_times(count, rng)
        noisy, target = noise.add_noise(latents, torch.randn(latents.shape, generator=rng).to(self.device), times)
        self.tokens.clear()
        states = features.last_hidden_state[:count]
        predicted = model.unet(noisy, times.to(self.device), encoder_hidden_states=states).sample
        denoising = F.mse_loss(predicted.float(), target)
        alone = self.init is not None and progress < HEADS_ALONE
        place = self.place_loss(model.place_heads, alone)
        pooled = features.pooler_output[count:]
        last = features.last_hidden_state[count:][torch.arange(len(phrases)), self.last_word(ids[count:])]
        if alone:
            pooled, last = pooled.detach(), last.detach()
        looks = self.looks_loss(model.looks_head, pooled, last, self.thumbnails[kinds + kinds])
        english, chinese = features.pooler_output[count:].float().chunk(2)
        twins = F.mse_loss(chinese, english.detach())
        total = denoising + PLACE_WEIGHT * place + LOOKS_WEIGHT * looks + TWIN_WEIGHT * twins
        return total, {"denoising": denoising, "place": place, "looks": looks, "twins": twins}

    def draw_rows(self, rng, progress) -> torch.Tensor:
        late = progress >= LARGE_FROM
        count = LARGE_BATCH if late or self.init else SMALL_BATCH
        rows = torch.randint(len(self.scenes), (count,), generator=rng)
        if late or not len(self.alone):
            return rows
        alone = self.alone[torch.randint(len(self.alone), (count,), generator=rng)]
        return torch.where(torch.rand(count, generator=rng) < ALONE_SHARE, alone, rows)

    def last_word(self, ids: torch.Tensor) -> torch.Tensor:
        """Position of the last token before the first end of text, per row."""
        return (ids == self.encode.ids[END]).int().argmax(1) - 1

    def looks_loss(self, head, pooled, last, thumbnails) -> torch.Tensor:
        return F.mse_loss(head(pooled).float(), thumbnails) + F.mse_loss(head(last).float(), thumbnails)

    def place_loss(self, heads, alone: bool) -> torch.Tensor:
        losses = []
        for head, tokens in zip(heads, self.tokens, strict=True):  # tokens [B, side * side, width]
            code = place_code(math.isqrt(tokens.shape[1])).to(self.device)
            losses.append((head(tokens.detach() if alone else tokens).float() - code).square().mean())
        return torch.stack(losses).mean()


def place_code(side: int) -> torch.Tensor:
    """[side * side, 16]: sine and cosine of each token's centre (x, y in 0..1) at four frequencies."""
    centre = (torch.arange(side) + 0.5) / side
    y, x = torch.meshgrid(centre, centre, indexing="ij")
    angle = torch.stack([x, y], -1).reshape(-1, 2, 1) * FREQUENCIES  # [T, 2, 4]
    return torch.cat([angle.sin(), angle.cos()], -1).flatten(1)


def kind_thumbnails() -> torch.Tensor:
    """float [kinds, 192]: each flat sprite at 8 x 8 over grey, with unit variance over kinds."""
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
    plan = Plan("base", steps=SETTING.steps["base"], lr=8e-4, ema=0.99)
    parser = plan_arguments(plan, __doc__)
    parser.add_argument("--init", type=Path)
    parser.add_argument("--preview", action="store_true")
    args = parser.parse_args()
    apply_arguments(plan, args)
    if not args.preview:
        train(BaseStage(args.init), plan)
    from .sample import preview

    model = load_base(plan.name)
    preview(model.unet, model.text_encoder, RUNS / plan.name / "preview.png")


if __name__ == "__main__":
    main()
