"""Measures a shipped folder with the detector: is what was asked for where it was asked?

    python -m training.evaluate boxes --layouts 60      words in boxes, by group of kinds, for several tau
    python -m training.evaluate image | style | keypoints | inpaint | chinese

Every row has its control: the same captions and noise with grounding off. `boxes` also reads a first-release folder,
whose UNet has gated layers itself: `--folder FOLDER`. Prints a table; sheets of the pictures go to runs/evaluate/.
"""

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import load_file
from transformers import CLIPTextModel

from .adapter import build_adapted_unet, widened
from .captions import article, caption
from .detector import average_precision, detect, load_detector, overlap
from .export import TARGET
from .grounding import cut_box
from .image_encoder import ImageModel, load_image_model, view
from .pool import to_bytes, to_unit
from .sample import Request, decode, sample
from .scene import draw, invent_scene
from .settings import LATENT_SIDE
from .sheet import save_sheet
from .tokenizer import Encoder
from .world import BACKGROUNDS, BOXED, FIRST_KINDS, NEVER_BOXED, PERSON, RUNS, SIZE_PX, STYLES, Scene, Thing

GROUPS = {
    "boxed in training, first 30": [kind for kind in BOXED if kind in FIRST_KINDS],
    "never boxed, first 10": [kind for kind in NEVER_BOXED if kind in FIRST_KINDS],
    "boxed in training, new": [kind for kind in BOXED if kind not in FIRST_KINDS and kind != PERSON],
    "never boxed, new": [kind for kind in NEVER_BOXED if kind not in FIRST_KINDS],
}
GROUPS = {group: kinds for group, kinds in GROUPS.items() if kinds}  # the first world has no new ones


class Shipped:
    """The networks of a folder as float32, with one of its adapters."""

    def __init__(self, folder: Path, adapter: str | None):
        self.text_encoder = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32).eval()
        self.vae = AutoencoderKL.from_pretrained(folder / "vae", torch_dtype=torch.float32).eval()
        self.encode = Encoder(folder / "tokenizer")
        self.unet = UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32).eval()
        if adapter and self.unet.config.attention_type == "default":
            state = self.unet.state_dict()
            self.unet = build_adapted_unet(adapter).eval()
            if adapter == "inpaint":
                state["conv_in.weight"] = widened(state["conv_in.weight"])
            state |= load_file(folder / "adapters" / adapter / "diffusion_pytorch_model.safetensors")
            self.unet.load_state_dict({name: tensor.float() for name, tensor in state.items()})

    def pictures(self, requests: list[Request], tau: float, steps: int) -> torch.Tensor:
        """[N, 3, S, S] in 0..1"""
        latents = sample(self.unet, self.text_encoder, requests, self.encode, steps=steps, tau=tau)
        return (decode(self.vae, latents).clamp(-1, 1) + 1) / 2


def layouts(kinds: list[str], count: int, seed: int, most: int = 3) -> list[Scene]:
    """Fresh flat scenes of up to `most` of these kinds, hardly overlapping."""
    rng, scenes = random.Random(f"evaluate {seed} {kinds[0]}"), []
    while len(scenes) < count:
        scene = invent_scene(rng, kinds, "flat")
        boxes = [torch.tensor(thing.box) for thing in scene.things]
        apart = all(overlap(a, b) < 0.1 for index, a in enumerate(boxes) for b in boxes[:index])
        if 0 < len(scene.things) <= most and apart:
            scenes.append(scene)
    return scenes


def fractions(thing: Thing) -> tuple[float, ...]:
    return tuple(side / SIZE_PX for side in thing.box)


@torch.inference_mode()
def placed(detector, scenes: list[Scene], pictures: torch.Tensor) -> dict[str, float]:
    """AP at 0.5, and over the asked boxes: mean overlap with the best box of its kind, share with any overlap > 0.5."""
    found = [detect(detector, picture) for picture in pictures]
    wanted = [[(thing.kind, fractions(thing)) for thing in scene.things] for scene in scenes]
    best = []
    for boxes, things in zip(found, wanted):
        for kind, box in things:
            fits = [overlap(torch.tensor(box), torch.tensor(other)).item() for _, name, other in boxes if name == kind]
            best.append(max(fits, default=0.0))
    best = np.array(best)
    return {"boxes": len(best), "AP50": average_precision(found, wanted), "IoU": best.mean(), "right": (best > 0.5).mean()}


def report(name: str, tau: float, numbers: dict[str, float]) -> None:
    cells = [f"{100 * value:.0f} %" if key != "boxes" else str(value) for key, value in numbers.items()]
    print(f"| {name} | {f'{tau:g}' if tau else 'off'} | {' | '.join(cells)} |", flush=True)


def keep_sheet(name: str, pictures: torch.Tensor) -> None:
    save_sheet(to_bytes(pictures[:48] * 2 - 1), RUNS / "evaluate" / f"{name}.png", columns=8)


def request_of(scene: Scene, text: str, seed: int) -> Request:
    phrases = [article(thing.kind) for thing in scene.things]
    return Request(text, phrases, [fractions(thing) for thing in scene.things], seed)


def boxes(args, chinese: bool = False) -> None:
    shipped, detector = Shipped(args.folder, "boxes"), load_detector()
    print("| kinds | tau | boxes | AP50 | IoU | right kind at IoU > 0.5 |\n|---|---|---|---|---|---|")
    for group, kinds in GROUPS.items():
        if args.first and "first" not in group:
            continue
        scenes = layouts(kinds, args.layouts, args.seed)
        rng = random.Random(args.seed)
        texts = [caption(scene, rng, chinese=chinese, styled=False) for scene in scenes]
        requests = [request_of(scene, text, args.seed * 10_000 + i) for i, (scene, text) in enumerate(zip(scenes, texts))]
        if chinese:
            from .captions import phrase

            for scene, request in zip(scenes, requests):
                request.phrases = [phrase(thing, rng, chinese=True) for thing in scene.things]
        for tau in args.taus:
            pictures = shipped.pictures(requests, tau, args.steps)
            report(group, tau, placed(detector, scenes, pictures))
            keep_sheet(f"{'chinese' if chinese else 'boxes'}-{group.replace(' ', '-').replace(',', '')}-{tau}", pictures)
    if not args.first:
        scenes = layouts(BOXED, args.layouts, args.seed)
        drawn = [draw(scene, random.Random(i)) for i, scene in enumerate(scenes)]
        pictures = (to_unit(torch.from_numpy(np.stack(drawn))) + 1) / 2
        report("upper bound: drawn pictures", 0, placed(detector, scenes, pictures))


def reference(model: ImageModel, kind: str, rng: random.Random) -> torch.Tensor:
    """The feature of a fresh drawing of a kind, cut out of its picture."""
    while True:
        scene = invent_scene(rng, [kind], "flat")
        if scene.things and min(fractions(scene.things[0])[2:]) > 0.4:
            return model.features(view(draw(scene, rng), scene.things[0].box)[None])[0].detach()


def image(args) -> None:
    """Reference images alone name the things; the caption names the place only."""
    shipped, detector, model = Shipped(args.folder, "boxes"), load_detector(), load_image_model()
    print("| reference images of | tau | boxes | AP50 | IoU | right kind at IoU > 0.5 |\n|---|---|---|---|---|---|")
    for group, kinds in GROUPS.items():
        scenes, rng, requests = layouts(kinds, args.layouts, args.seed, most=2), random.Random(args.seed), []
        for index, scene in enumerate(scenes):
            one = request_of(scene, BACKGROUNDS[scene.background][0][0], args.seed * 10_000 + index)
            one.phrases = [""] * len(scene.things)
            one.images = [reference(model, thing.kind, rng) for thing in scene.things]
            requests.append(one)
        for tau in args.taus:
            pictures = shipped.pictures(requests, tau, args.steps)
            report(group, tau, placed(detector, scenes, pictures))
            keep_sheet(f"image-{group.replace(' ', '-').replace(',', '')}-{tau}", pictures)


def style(args) -> None:
    """The style comes from a picture alone; the caption names none. The image encoder says what style came out."""
    shipped, model = Shipped(args.folder, "boxes"), load_image_model()
    rng, means = random.Random(f"style {args.seed}"), []
    whole = lambda style: draw(invent_scene(rng, style=style), rng)  # noqa: E731
    features = lambda pictures: F.normalize(model.features(torch.stack([view(p) for p in pictures])).detach(), dim=-1)  # noqa: E731
    for name in STYLES:
        means.append(F.normalize(features([whole(name) for _ in range(40)]).mean(0), dim=-1))
    print("| style picture | tau | boxes | style of the result right | things right at IoU > 0.5 |\n|---|---|---|---|---|")
    detector = load_detector()
    for index, name in enumerate(STYLES):
        scenes = layouts(GROUPS["boxed in training, first 30"], args.layouts, args.seed)
        words = random.Random(args.seed)
        requests = []
        for number, scene in enumerate(scenes):
            one = request_of(scene, caption(scene, words, chinese=False, styled=False), args.seed * 10_000 + number)
            one.style = model.features(view(whole(name))[None])[0].detach()
            requests.append(one)
        for tau in args.taus:
            pictures = shipped.pictures(requests, tau, args.steps)
            looks = features(list(to_bytes(pictures * 2 - 1))) @ torch.stack(means).T
            right = (looks.argmax(1) == index).float().mean().item()
            numbers = placed(detector, scenes, pictures)
            report(name, tau, {"boxes": numbers["boxes"], "style": right, "right": numbers["right"]})
            keep_sheet(f"style-{name}-{tau}", pictures)


@torch.inference_mode()
def posed(detector, asked: list[np.ndarray], pictures: torch.Tensor) -> dict[str, float]:
    """Of the asked points: mean distance to the nearest found person's (in picture sides), share within a twentieth."""
    distances = []
    for points, picture in zip(asked, pictures):
        found_boxes, scores, spots, _ = detector.answers(picture[None])
        chance, cell = scores[:, -1].max(0)
        if chance < 0.1:
            distances += [1.0] * len(points)
            continue
        distances += list(np.linalg.norm(spots[cell, :, :2].numpy() - points, axis=1))
    distances = np.array(distances)
    return {"boxes": len(asked), "near": (distances < 0.05).mean(), "far": (distances < 0.1).mean()}


def keypoints(args) -> None:
    shipped, detector = Shipped(args.folder, "keypoints"), load_detector()
    rng, scenes = random.Random(f"poses {args.seed}"), []
    while len(scenes) < args.layouts:
        scene = invent_scene(rng, [PERSON], "flat")
        if len(scene.things) == 1 and scene.things[0].box[3] - scene.things[0].box[1] > SIZE_PX / 2:
            scenes.append(scene)
    asked = [np.array(scene.things[0].figure.points) / SIZE_PX for scene in scenes]
    requests = [
        Request(caption(scene, rng, chinese=False, styled=False), seed=args.seed * 10_000 + i, points=[points.tolist()])
        for i, (scene, points) in enumerate(zip(scenes, asked))
    ]
    print("| people | tau | poses | points within 5 % | within 10 % |\n|---|---|---|---|---|")
    for tau in args.taus:
        pictures = shipped.pictures(requests, tau, args.steps)
        report("one person", tau, posed(detector, asked, pictures))
        keep_sheet(f"keypoints-{tau}", pictures)
    drawn = np.stack([draw(scene, random.Random(i)) for i, scene in enumerate(scenes)])
    keep_sheet("keypoints-drawn", torch.from_numpy(drawn).permute(0, 3, 1, 2) / 255)
    report("upper bound: drawn pictures", 0, posed(detector, asked, (to_unit(torch.from_numpy(drawn)) + 1) / 2))


def inpaint(args) -> None:
    """One box of a drawn scene is emptied and filled with another kind."""
    shipped, detector = Shipped(args.folder, "inpaint"), load_detector()
    kinds = GROUPS["boxed in training, first 30"]
    rng = random.Random(args.seed)
    scenes, wanted, requests = layouts(kinds, args.layouts, args.seed), [], []
    for number, scene in enumerate(scenes):
        thing = scene.things[0]
        new = Thing(rng.choice([kind for kind in kinds if kind != thing.kind]), thing.box)
        picture = to_unit(torch.from_numpy(draw(scene, rng))[None])
        with torch.inference_mode():
            known = shipped.vae.encode(picture).latent_dist.mean[0] * shipped.vae.config.scaling_factor
        keep = torch.ones(1, LATENT_SIDE, LATENT_SIDE)
        cut_box(keep, fractions(thing))
        whole = Scene(scene.background, (new, *scene.things[1:]))
        one = Request(caption(whole, rng, chinese=False, styled=False), [article(new.kind)], [fractions(new)], number)
        one.known, one.keep = known, keep
        requests.append(one)
        wanted.append(Scene(scene.background, (new,)))
    print("| fill a box with another kind | tau | boxes | AP50 | IoU | right kind at IoU > 0.5 |\n|---|---|---|---|---|---|")
    for tau in args.taus:
        pictures = shipped.pictures(requests, tau, args.steps)
        report("boxed in training, first 30", tau, placed(detector, wanted, pictures))
        keep_sheet(f"inpaint-{tau}", pictures)


MODES = {"boxes": boxes, "image": image, "style": style, "keypoints": keypoints, "inpaint": inpaint}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=[*MODES, "chinese"])
    parser.add_argument("--folder", type=Path, default=TARGET)
    parser.add_argument("--layouts", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--taus", type=float, nargs="+", default=(0.0, 0.5, 1.0))
    parser.add_argument("--first", action="store_true", help="only the kinds of the first release")
    args = parser.parse_args()
    started = time.time()
    boxes(args, chinese=True) if args.mode == "chinese" else MODES[args.mode](args)
    print(f"{args.layouts} layouts a row, {args.steps} DDIM steps, guidance 4, {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
