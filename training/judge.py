"""Stage 4: the judge, a crop classifier that says what stands in a box: one of the kinds, or nothing.

It learns on drawn pictures and on the same pictures through the autoencoder, never on samples of the model.
`python -m training.judge` trains and prints how often it is right on fresh drawn crops.
"""

import random

import torch
import torch.nn.functional as F
from torch import nn

from .loop import Plan, apply_arguments, plan_arguments, train
from .pool import load_images, load_latents, load_scenes, to_unit
from .sample import decode
from .scene import draw, invent_scene
from .vae import load_vae
from .world import KINDS, RUNS, SIZE_PX

CROP_PX = 32
NOTHING = len(KINDS)
BATCH = 32
NOTHING_SHARE = 0.15


class Judge(nn.Sequential):
    """[B, 3, 32, 32] in -1..1 -> logits [B, kinds + 1]"""

    def __init__(self):
        layers = []
        for before, after in ((3, 24), (24, 48), (48, 96), (96, 128)):
            layers += [nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(8, after), nn.SiLU()]
            layers += [nn.Conv2d(after, after, 3, 1, 1), nn.GroupNorm(8, after), nn.SiLU()]
        super().__init__(*layers, nn.Flatten(), nn.Linear(128 * 4, len(KINDS) + 1))


def crop(picture: torch.Tensor, box) -> torch.Tensor:
    """[3, 64, 64] and pixels x0, y0, x1, y1 -> [3, 32, 32]"""
    x0, y0, x1, y1 = (round(side) for side in box)
    piece = picture[None, :, max(0, y0) : max(y1, y0 + 2), max(0, x0) : max(x1, x0 + 2)]
    return F.interpolate(piece, (CROP_PX, CROP_PX), mode="bilinear", antialias=True)[0]


class JudgeStage:
    device = "cpu"

    def build(self) -> Judge:
        return Judge()

    def prepare(self, model) -> None:
        self.images, self.latents, self.scenes = load_images(), load_latents(), load_scenes()
        self.vae = load_vae().to(self.device)

    def loss(self, model, rng, progress):
        words = random.Random(rng.initial_seed())
        rows = torch.randint(len(self.scenes), (BATCH,), generator=rng)
        drawn, latents = to_unit(self.images[rows[::2]]), self.latents[rows[1::2]]
        latents = latents + 0.1 * torch.randn(latents.shape, generator=rng)
        with torch.no_grad():
            decoded = decode(self.vae, latents.to(self.device)).cpu()
        pictures = torch.stack([drawn, decoded], 1).flatten(0, 1)
        crops, labels = [], []
        for picture, row in zip(pictures, rows.tolist()):
            picture = picture * words.uniform(0.85, 1.1) + words.uniform(-0.1, 0.1)
            for box, label in labelled_boxes(self.scenes[row], words):
                crops.append(crop(picture, box))
                labels.append(label)
        crops = torch.stack(crops).to(self.device)
        crops = crops + 0.08 * torch.randn_like(crops)
        labels = torch.tensor(labels, device=self.device)
        logits = model(crops).float()
        right = (logits.argmax(1) == labels).float().mean()
        return F.cross_entropy(logits, labels), {"right": right}


def labelled_boxes(scene, words: random.Random):
    """The scene's boxes, each side moved by up to a tenth, and sometimes an empty place."""
    for thing in scene.things:
        x0, y0, x1, y1 = thing.box
        dx, dy = 0.1 * (x1 - x0), 0.1 * (y1 - y0)
        moved = (x0 + words.uniform(-dx, dx), y0 + words.uniform(-dy, dy))
        moved += (x1 + words.uniform(-dx, dx), y1 + words.uniform(-dy, dy))
        yield tuple(min(SIZE_PX, max(0, side)) for side in moved), KINDS.index(thing.kind)
    if words.random() < NOTHING_SHARE * 2:
        side = words.uniform(14, 34)
        x0, y0 = words.uniform(0, SIZE_PX - side), words.uniform(0, SIZE_PX - side)
        empty = (x0, y0, x0 + side, y0 + side)
        if not any(touches(empty, thing.box) for thing in scene.things):
            yield empty, NOTHING


def touches(a, b) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def load_judge() -> Judge:
    judge = Judge()
    judge.load_state_dict(torch.load(RUNS / "judge" / "ema.pt", weights_only=True, map_location="cpu"))
    return judge.eval()


@torch.inference_mode()
def accuracy_on_drawn(judge: Judge, vae=None, scenes: int = 300) -> float:
    """Share of fresh drawn boxes named right: the most a model can reach. With a VAE, on its reconstructions."""
    rng = random.Random("judge")
    right = total = 0
    for _ in range(scenes):
        scene = invent_scene(rng)
        picture = to_unit(torch.from_numpy(draw(scene, rng))[None])
        if vae is not None:
            picture = vae.decode(vae.encode(picture).latent_dist.mean).sample
        for thing in scene.things:
            right += int(judge(crop(picture[0], thing.box)[None]).argmax() == KINDS.index(thing.kind))
            total += 1
    return right / total


def main() -> None:
    plan = Plan("judge", steps=900, lr=2e-3, ema=0.97, workers=1)
    plan = apply_arguments(plan, plan_arguments(plan, __doc__).parse_args())
    train(JudgeStage(), plan)
    judge = load_judge()
    print(f"right on drawn crops {accuracy_on_drawn(judge):.3f}, through the VAE {accuracy_on_drawn(judge, load_vae()):.3f}")


if __name__ == "__main__":
    main()
