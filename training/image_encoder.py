"""Stage 3: the image encoder, a small CLIP vision transformer taught to stand in the text encoder's space.

Crops of things are paired with their phrases, whole pictures with their captions, both naming the style; the text
encoder of the base is frozen. Besides the usual contrast within a batch, the way back is taught: GLIGEN feeds the
gated layers c * P'y / |P'y| (P the text projection, y the image embedding), which should be the phrase's feature.

`python -m training.image_encoder` trains, prints how often an image finds its own phrase, and saves runs/image/model.
"""

import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from .base import load_base
from .captions import article, caption
from .loop import Plan, apply_arguments, plan_arguments, train
from .model import TEXT_WIDTH, use_eager
from .pool import load_images, load_scenes
from .sample import embed
from .settings import SETTING
from .tokenizer import Encoder
from .world import KINDS, RUNS, SIZE_PX, STYLES, Scene, Thing

VIEW_PX = 32  # what the encoder is shown: a crop squeezed to this square
MEAN, STD = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)
BATCH = max(64, SETTING.batch)
WHOLE_SHARE = 0.3  # of the pairs are whole pictures with captions; not of one thing, whose crop is nearly the same picture
BACK_WEIGHT = 1.0


class ImageModel(nn.Module):
    """The vision transformer, the text projection P, and the contrast's temperature."""

    def __init__(self):
        super().__init__()
        config = CLIPVisionConfig(
            hidden_size=128,
            intermediate_size=512,
            projection_dim=TEXT_WIDTH,
            num_hidden_layers=3,
            num_attention_heads=4,
            image_size=VIEW_PX,
            patch_size=4,
            hidden_act="quick_gelu",
        )
        self.vision = CLIPVisionModelWithProjection(config)
        self.text_projection = nn.Linear(TEXT_WIDTH, TEXT_WIDTH, bias=False)
        self.heat = nn.Parameter(torch.tensor(2.3))
        self.register_buffer("length", torch.tensor(11.0))  # mean norm of phrase features
        nn.init.orthogonal_(self.text_projection.weight)

    def features(self, views: torch.Tensor) -> torch.Tensor:
        """[B, 3, V, V] normalised -> [B, width] in the phrases' space, of their mean length."""
        back = self.vision(views).image_embeds @ self.text_projection.weight
        return self.length * F.normalize(back.float(), dim=-1)


def view(picture: np.ndarray, box=None) -> torch.Tensor:
    """uint8 [H, W, 3] and a box in pixels -> float [3, V, V], squeezed to the square and normalised."""
    image = Image.fromarray(picture)
    if box is not None:
        image = image.crop(box)
    small = image.resize((VIEW_PX, VIEW_PX), Image.Resampling.BICUBIC)
    pixels = torch.from_numpy(np.asarray(small, np.float32)).permute(2, 0, 1) / 255
    return (pixels - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


def crop_words(thing: Thing, style: str, words: random.Random) -> str:
    """"a cat", or with its style, as captions name it."""
    name = thing.words or article(thing.kind)
    if thing.figure and thing.figure.shirt:
        name += f" in {thing.figure.shirt}"
    if style == "flat" or words.random() < 0.3:
        return name
    return f"{name}, {STYLES[style][2]}" if words.random() < 0.5 else f"{STYLES[style][1]} {name}"


class ImageStage:
    device = "cpu"
    needs = {"pool/images.npy": "training.pool", "base/ema.pt": "training.base"}

    def build(self) -> ImageModel:
        return ImageModel()

    def prepare(self, model) -> None:
        use_eager(model.vision)
        self.text_encoder, self.encode = load_base().text_encoder.requires_grad_(False).to(self.device), Encoder()
        self.images, self.scenes = load_images().numpy(), load_scenes()
        phrases = [article(kind) for kind in KINDS]
        with torch.no_grad():
            model.length.copy_(embed(self.text_encoder, self.encode, phrases)[1].norm(dim=-1).mean())

    def pairs(self, words: random.Random) -> tuple[list[torch.Tensor], list[str]]:
        views, texts = [], []
        while len(views) < BATCH:
            row = words.randrange(len(self.scenes))
            scene: Scene = self.scenes[row]
            if not scene.things or (words.random() < WHOLE_SHARE and len(scene.things) > 1):
                views.append(view(self.images[row]))
                texts.append(caption(scene, words, chinese=False, styled=scene.style != "flat"))
                continue
            thing = words.choice(scene.things)
            if min(thing.box[2] - thing.box[0], thing.box[3] - thing.box[1]) < SIZE_PX / 9:
                continue
            views.append(view(self.images[row], jitter(thing.box, words)))
            texts.append(crop_words(thing, scene.style, words))
        return views, texts

    def loss(self, model, rng, progress):
        views, texts = self.pairs(random.Random(rng.initial_seed()))
        with torch.no_grad():
            pooled = embed(self.text_encoder, self.encode, texts)[1].float()
        images = model.vision(torch.stack(views).to(self.device)).image_embeds
        seen = F.normalize(images.float(), dim=-1)
        read = F.normalize(model.text_projection(pooled), dim=-1)
        logits = seen @ read.T * model.heat.exp().clamp(max=100)
        # The same words for two pictures are right for both.
        same = torch.tensor([[float(a == b) for b in texts] for a in texts], device=logits.device)
        wanted = same / same.sum(1, keepdim=True)
        contrast = (F.cross_entropy(logits, wanted) + F.cross_entropy(logits.T, wanted)) / 2
        back = F.normalize(images.float() @ model.text_projection.weight, dim=-1)
        way_back = (1 - F.cosine_similarity(back, pooled)).mean()
        found = (same.gather(1, logits.argmax(1)[:, None]) > 0).float().mean()
        return contrast + BACK_WEIGHT * way_back, {"contrast": contrast, "back": way_back, "found": found}


def jitter(box, words: random.Random):
    """The box with each side moved by up to a tenth of its length."""
    x0, y0, x1, y1 = box
    dx, dy = 0.1 * (x1 - x0), 0.1 * (y1 - y0)
    moved = (x0 + words.uniform(-dx, dx), y0 + words.uniform(-dy, dy), x1 + words.uniform(-dx, dx), y1 + words.uniform(-dy, dy))
    return tuple(min(SIZE_PX, max(0, round(side))) for side in moved)


def load_image_model(file: Path | None = None) -> ImageModel:
    model = ImageModel()
    state = torch.load(file or RUNS / "image" / "ema.pt", weights_only=True, map_location="cpu")
    model.load_state_dict(state)
    return model.eval()


@torch.inference_mode()
def accuracy(model: ImageModel, count: int = 400) -> tuple[float, float]:
    """Of fresh crops: how often the nearest phrase feature is the kind's, and the nearest style caption the style's."""
    from .scene import draw, invent_scene

    rng = random.Random("image encoder")
    text_encoder, encode = load_base().text_encoder, Encoder()
    kinds = F.normalize(embed(text_encoder, encode, [article(kind) for kind in KINDS])[1], dim=-1)
    right = styled = total = scenes = 0
    bank = {style: [] for style in STYLES}
    for _ in range(count):
        scene = invent_scene(rng)
        picture = draw(scene, rng)
        whole = F.normalize(model.features(view(picture)[None]), dim=-1)[0]
        bank[scene.style].append(whole)
        for thing in scene.things:
            feature = F.normalize(model.features(view(picture, thing.box)[None]), dim=-1)
            right += int((feature @ kinds.T).argmax() == KINDS.index(thing.kind))
            total += 1
    means = torch.stack([F.normalize(torch.stack(rows[::2]).mean(0), dim=-1) for rows in bank.values()])
    for index, rows in enumerate(bank.values()):
        for row in rows[1::2]:
            styled += int((means @ row).argmax() == index)
            scenes += 1
    return right / total, styled / scenes


def main() -> None:
    plan = Plan("image", steps=SETTING.steps["image"], lr=1e-3, ema=0.95)
    plan = apply_arguments(plan, plan_arguments(plan, __doc__).parse_args())
    if train(ImageStage(), plan):
        kind, style = accuracy(load_image_model())
        print(f"crops of {len(KINDS)} kinds named by their nearest phrase {kind:.3f}, styles of whole pictures {style:.3f}")


if __name__ == "__main__":
    main()
