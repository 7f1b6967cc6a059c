"""A detector of the world's things, an anchor-free convolutional net, taught on drawn pictures only and exported to ONNX.

From every cell of a grid of a quarter of the picture's side it says which kinds stand there, the box, and for people the
17 points; from the whole picture, the place. `python -m training.detector` trains, prints its average precision on
fresh drawings, and writes runs/detector/model.onnx with config.json.
"""

import json
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from .keypoint_net import POINTS, shown
from .loop import Plan, apply_arguments, plan_arguments, train
from .pool import load_images, load_scenes
from .scene import draw, invent_scene
from .settings import SETTING
from .world import BACKGROUNDS, KIND_ROWS, KINDS, PERSON, RUNS, SIZE_PX, Scene

SIDE = SIZE_PX // 4
WIDTH = SETTING.channels[0] if SETTING.size_px == 64 else 128
BATCH = SETTING.batch
CORE = 0.55  # cells within this share of a box, around its centre, answer for it
PLACES = list(BACKGROUNDS)
THRESHOLD, NMS = 0.3, 0.5


def block(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1), nn.GroupNorm(8, after), nn.SiLU())


class Detector(nn.Module):
    """image [B, 3, S, S] in 0..1 -> raw maps; `answers` turns them into what the ONNX file gives."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(block(3, 32, 2), block(32, WIDTH, 2), block(WIDTH, WIDTH))
        self.eighth = nn.Sequential(block(WIDTH, WIDTH, 2), block(WIDTH, WIDTH))
        self.sixteenth = nn.Sequential(block(WIDTH, 2 * WIDTH, 2), block(2 * WIDTH, WIDTH))
        self.merge = nn.Sequential(block(WIDTH, WIDTH), block(WIDTH, WIDTH))
        self.names = nn.Conv2d(WIDTH, len(KINDS), 3, 1, 1)
        self.sides = nn.Conv2d(WIDTH, 4, 3, 1, 1)
        self.points = nn.Conv2d(WIDTH, POINTS * 3, 3, 1, 1)
        self.place = nn.Linear(2 * WIDTH, len(PLACES))
        nn.init.constant_(self.names.bias, -4.6)
        centre = (torch.arange(SIDE) + 0.5) / SIDE
        y, x = torch.meshgrid(centre, centre, indexing="ij")
        self.register_buffer("centres", torch.stack([x, y], -1).reshape(-1, 2))

    def forward(self, image):
        fine = self.stem(2 * image - 1)
        middle = self.eighth(fine)
        coarse = self.sixteenth(middle)
        up = F.interpolate(coarse, scale_factor=2.0, mode="nearest") + middle
        merged = self.merge(F.interpolate(up, scale_factor=2.0, mode="nearest") + fine)
        flat = lambda maps: maps.flatten(2).transpose(1, 2)  # noqa: E731  [B, cells, channels]
        pooled = torch.cat([fine.mean((2, 3)), coarse.mean((2, 3))], 1)
        points = flat(self.points(merged)).unflatten(-1, (POINTS, 3))
        return flat(self.names(merged)), F.softplus(flat(self.sides(merged))) / 4, points, self.place(pooled)

    def answers(self, image):
        """-> boxes [cells, 4] in 0..1, scores [cells, kinds], keypoints [cells, 17, 3], places [places] of one image"""
        names, sides, points, place = (part[0] for part in self(image))
        boxes = torch.cat([self.centres - sides[:, :2], self.centres + sides[:, 2:]], 1).clamp(0, 1)
        spots = torch.cat([self.centres[:, None] + points[..., :2], points[..., 2:].sigmoid()], -1)
        return boxes, names.sigmoid(), spots, place.softmax(-1)


class Answers(nn.Module):
    """The detector as it is exported."""

    def __init__(self, detector: Detector):
        super().__init__()
        self.detector = detector

    def forward(self, image):
        return self.detector.answers(image)


def targets(scene: Scene):
    """-> kinds [cells, K], boxes [cells, 4], which cells answer [cells], points [cells, 17, 2]

    Points that are not there are (0, 0); things of kinds that are not the world's are background."""
    centre = (np.arange(SIDE) + 0.5) / SIDE
    x, y = np.meshgrid(centre, centre)
    kinds = np.zeros((SIDE, SIDE, len(KINDS)), np.float32)
    boxes, points = np.zeros((SIDE, SIDE, 4), np.float32), np.zeros((SIDE, SIDE, POINTS, 2), np.float32)
    answering = np.zeros((SIDE, SIDE), np.float32)
    for thing in scene.things:  # later ones lie on top, so they take the cell
        if thing.kind not in KINDS:
            continue
        x0, y0, x1, y1 = (side / SIZE_PX for side in thing.box)
        mx, my = (x0 + x1) / 2, (y0 + y1) / 2
        rx, ry = max(CORE * (x1 - x0) / 2, 0.6 / SIDE), max(CORE * (y1 - y0) / 2, 0.6 / SIDE)
        core = (np.abs(x - mx) < rx) & (np.abs(y - my) < ry)
        kinds[core] = 0
        kinds[core, KINDS.index(thing.kind)] = 1
        boxes[core], answering[core] = (x0, y0, x1, y1), 1
        points[core] = np.array(thing.figure.points) / SIZE_PX if thing.figure else 0
    return tuple(part.reshape(SIDE * SIDE, *part.shape[2:]) for part in (kinds, boxes, answering, points))


class DetectorStage:
    device = "cpu"
    needs = {"pool/images.npy": "training.pool"}

    def build(self) -> Detector:
        return Detector()

    def prepare(self, model) -> None:
        self.images, self.scenes = load_images(), load_scenes()

    def loss(self, model, rng, progress):
        rows = torch.randint(len(self.scenes), (BATCH,), generator=rng)
        pictures = worn(self.images[rows].permute(0, 3, 1, 2).float() / 255, rng).to(self.device)
        parts = zip(*(targets(self.scenes[row]) for row in rows.tolist()))
        kinds, boxes, answering, points = (torch.from_numpy(np.stack(part)).to(self.device) for part in parts)
        place = torch.tensor([PLACES.index(self.scenes[row].background) for row in rows.tolist()], device=self.device)
        names, sides, spots, where = (part.float() for part in model(pictures))
        count = answering.sum().clamp(min=1)
        naming = focal(names, kinds).sum() / count
        found = torch.cat([model.centres - sides[..., :2], model.centres + sides[..., 2:]], -1)
        boxing = ((1 - overlap(found, boxes)) * answering).sum() / count
        there = shown(points).float()
        apart = (model.centres[:, None] + spots[..., :2] - points).abs().mean(-1)
        seen = F.binary_cross_entropy_with_logits(spots[..., 2], there, reduction="none")
        posing = (apart * there).sum() / there.sum().clamp(min=1) + 0.1 * (seen.mean(-1) * answering).sum() / count
        placing = F.cross_entropy(where, place)
        loss = naming + boxing + 5 * posing + 0.1 * placing
        return loss, {"naming": naming, "boxing": boxing, "posing": posing, "placing": placing}


def worn(pictures: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Blurred, shifted in brightness and noisy by chance: generated pictures are softer than drawn ones."""
    count = len(pictures)
    blurred = F.avg_pool2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
    mix = torch.rand(count, 1, 1, 1, generator=rng) * (torch.rand(count, 1, 1, 1, generator=rng) < 0.6)
    pictures = pictures * (1 - mix) + blurred * mix
    pictures = pictures * (0.9 + 0.2 * torch.rand(count, 1, 1, 1, generator=rng))
    return (pictures + 0.04 * torch.rand(count, 1, 1, 1, generator=rng) * torch.randn(pictures.shape, generator=rng)).clamp(0, 1)


def focal(logits, wanted):
    chance = logits.sigmoid()
    wrong = chance * (1 - wanted) + (1 - chance) * wanted
    return F.binary_cross_entropy_with_logits(logits, wanted, reduction="none") * wrong**2


def overlap(a, b):
    """Intersection over union of boxes [..., 4]."""
    width = (torch.minimum(a[..., 2], b[..., 2]) - torch.maximum(a[..., 0], b[..., 0])).clamp(min=0)
    height = (torch.minimum(a[..., 3], b[..., 3]) - torch.maximum(a[..., 1], b[..., 1])).clamp(min=0)
    area = lambda box: (box[..., 2] - box[..., 0]) * (box[..., 3] - box[..., 1])  # noqa: E731
    shared = width * height
    return shared / (area(a) + area(b) - shared).clamp(min=1e-6)


@torch.inference_mode()
def detect(model: Detector, picture: torch.Tensor) -> list[tuple[float, str, tuple[float, ...]]]:
    """[3, S, S] in 0..1 -> (score, kind, box in 0..1), best first, after suppression of doubles within a kind"""
    boxes, scores, *_ = model.answers(picture[None])
    found = []
    for cell, kind in (scores > THRESHOLD).nonzero().tolist():
        found.append((scores[cell, kind].item(), KINDS[kind], boxes[cell]))
    kept: list = []
    for score, kind, box in sorted(found, key=lambda row: -row[0]):
        if all(other != kind or overlap(box, taken) < NMS for _, other, taken in kept):
            kept.append((score, kind, box))
    return [(score, kind, tuple(box.tolist())) for score, kind, box in kept]


def average_precision(found: list[list], wanted: list[list], limit: float = 0.5) -> float:
    """Mean over kinds of AP at one overlap; `found` and `wanted` are per picture, (score, kind, box) and (kind, box)."""
    values = []
    for kind in KINDS:
        rows = [(score, index, box) for index, boxes in enumerate(found) for score, name, box in boxes if name == kind]
        open_boxes = {index: [box for name, box in boxes if name == kind] for index, boxes in enumerate(wanted)}
        total = sum(map(len, open_boxes.values()))
        if not total:
            continue
        hits = []
        for _, index, box in sorted(rows, key=lambda row: -row[0]):
            fits = [(overlap(torch.tensor(box), torch.tensor(other)).item(), other) for other in open_boxes[index]]
            best = max(fits, default=(0, None), key=lambda fit: fit[0])
            hits.append(best[0] >= limit)
            if hits[-1]:
                open_boxes[index].remove(best[1])
        precision = np.cumsum(hits) / np.arange(1, len(hits) + 1) if hits else np.zeros(0)
        values.append(sum(max(precision[place:], default=0) for place, hit in enumerate(hits) if hit) / total)
    return float(np.mean(values))


def load_detector() -> Detector:
    model = Detector()
    model.load_state_dict(torch.load(RUNS / "detector" / "ema.pt", weights_only=True, map_location="cpu"))
    return model.eval()


def export_onnx(model: Detector, folder) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = ["boxes", "scores", "keypoints", "places"]
    example = torch.zeros(1, 3, SIZE_PX, SIZE_PX)
    torch.onnx.export(
        Answers(model).eval(), (example,), folder / "model.onnx", input_names=["image"], output_names=names,
        opset_version=17, dynamo=False,
    )  # fmt: skip
    config = {
        "kinds": KINDS,
        "size": [SIZE_PX, SIZE_PX],
        "input": "image",
        "outputs": {name: name for name in names},
        "threshold": THRESHOLD,
        "nms": NMS,
        "places": PLACES,
        "posed": [PERSON],
        "aliases": {row["zh"]: row["name"] for row in KIND_ROWS},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def precision_on_drawn(model: Detector, count: int = 200) -> float:
    rng = random.Random("detector")
    found, wanted = [], []
    for _ in range(count):
        scene = invent_scene(rng)
        picture = torch.from_numpy(draw(scene, rng)).permute(2, 0, 1).float() / 255
        found.append(detect(model, picture))
        wanted.append([(thing.kind, tuple(side / SIZE_PX for side in thing.box)) for thing in scene.things])
    return average_precision(found, wanted)


def main() -> None:
    plan = Plan("detector", steps=SETTING.steps["detector"], lr=2e-3, ema=0.98, workers=1)
    plan = apply_arguments(plan, plan_arguments(plan, __doc__).parse_args())
    if train(DetectorStage(), plan):
        model = load_detector()
        export_onnx(model, RUNS / "detector")
        print(f"AP50 on drawn pictures {precision_on_drawn(model):.3f}")


if __name__ == "__main__":
    main()
