"""Measures the shipped folder: how often the judge finds the asked kind in the asked box.

`python -m training.evaluate --layouts 100 --seed 1` samples held-out layouts of kinds boxed in training and of kinds
never boxed, each with grounding off and on for a share `tau` of the steps: same captions, same noise. Prints a table.
"""

import argparse
import json
import random
import time
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel

from .export import TARGET
from .judge import NOTHING, accuracy_on_drawn, crop, load_judge
from .pool import to_bytes
from .sample import Request, decode, sample
from .scene import invent_scene
from .sheet import save_sheet
from .tokenizer import Encoder
from .world import BOXED, KINDS, NEVER_BOXED, RUNS, SIZE_PX, caption

TAUS = (0.0, 0.3, 0.5, 1.0)


def load_shipped(folder: Path = TARGET):
    """-> (unet, text encoder, vae, token encoder): the fp16 weights as float32; the UNet's passes run in bfloat16"""
    unet = UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32).eval()
    text_encoder = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32).eval()
    vae = AutoencoderKL.from_pretrained(folder / "vae", torch_dtype=torch.float32).eval()
    return unet, text_encoder, vae, Encoder(folder / "tokenizer")


def layouts(kinds: list[str], count: int, seed: int):
    """Fresh scenes of these kinds as (scene, request); never the same draws as the pool's."""
    rng = random.Random(f"evaluate {seed} {kinds[0]}")
    pairs = []
    for index in range(count):
        scene = invent_scene(rng, kinds)
        boxes = [tuple(side / SIZE_PX for side in thing.box) for thing in scene.things]
        phrases = [thing.kind for thing in scene.things]
        pairs.append((scene, Request(caption(scene, rng), phrases, boxes, seed * 10_000 + index)))
    return pairs


@torch.inference_mode()
def judge_pictures(judge, scenes, pictures) -> dict[str, float]:
    """Shares of boxes: top1, top5 (of 41), among (best of the picture's own kinds and nothing), empty."""
    sums = {"top1": 0, "top5": 0, "among": 0, "empty": 0}
    boxes = 0
    for scene, picture in zip(scenes, pictures):
        names = [KINDS.index(thing.kind) for thing in scene.things]
        for thing, name in zip(scene.things, names):
            logits = judge(crop(picture, thing.box)[None])[0]
            own = [*names, NOTHING]
            sums["top1"] += int(logits.argmax() == name)
            sums["top5"] += int(name in logits.topk(5).indices)
            sums["among"] += int(own[int(logits[own].argmax())] == name)
            sums["empty"] += int(logits.argmax() == NOTHING)
            boxes += 1
    return {"boxes": boxes, **{name: value / boxes for name, value in sums.items()}}


def evaluate(folder: Path, count: int, seed: int, steps: int, guidance: float, taus, device: str) -> list[dict]:
    unet, text_encoder, vae, encode = load_shipped(folder)
    for network in (unet, text_encoder, vae):
        network.to(device)
    judge, rows = load_judge(), []
    for group, kinds in (("boxed in training", BOXED), ("never boxed", NEVER_BOXED)):
        scenes, requests = zip(*layouts(kinds, count, seed))
        for tau in taus:
            latents = sample(unet, text_encoder, requests, encode, steps, guidance, tau)
            pictures = decode(vae, latents).clamp(-1, 1).cpu()
            rows.append({"kinds": group, "tau": tau, **judge_pictures(judge, scenes, pictures)})
            print(table_row(rows[-1]), flush=True)
            name = f"{group.split()[0]}-tau{tau}.png"
            save_sheet(to_bytes(pictures[:48]), RUNS / "evaluate" / name, columns=8)
    return rows


HEAD = "| kinds | tau | boxes | top-1 | top-5 | among the picture's | empty |\n|---|---|---|---|---|---|---|"


def table_row(row: dict) -> str:
    shares = " | ".join(f"{100 * row[name]:.0f} %" for name in ("top1", "top5", "among", "empty"))
    tau = f"{row['tau']:g}" if row["tau"] else "off"
    return f"| {row['kinds']} | {tau} | {row['boxes']} | {shares} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=TARGET)
    parser.add_argument("--layouts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--guidance", type=float, default=4.0)
    parser.add_argument("--taus", type=float, nargs="+", default=TAUS)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    args = parser.parse_args()
    started = time.time()
    print(HEAD, flush=True)
    rows = evaluate(args.folder, args.layouts, args.seed, args.steps, args.guidance, args.taus, args.device)
    judge, vae = load_judge(), load_shipped(args.folder)[2]
    limits = {"drawn": accuracy_on_drawn(judge), "through the VAE": accuracy_on_drawn(judge, vae)}
    print("judge on real crops: " + ", ".join(f"{name} {100 * value:.1f} %" for name, value in limits.items()))
    print(f"{args.layouts} layouts a row, {args.steps} DDIM steps, guidance {args.guidance:g}, {time.time() - started:.0f} s")
    if args.json:
        settings = {"layouts": args.layouts, "seed": args.seed, "steps": args.steps, "guidance": args.guidance}
        args.json.write_text(json.dumps({"settings": settings, "judge": limits, "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
