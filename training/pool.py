"""Draws the pool of scenes that every later stage learns from, and reads it back.

`python -m training.pool` writes runs/pool/images.npy (uint8 [N, S, S, 3]) and runs/pool/scenes.json; with
`--coco FILE --images DIR` they are other people's pictures (see coco.py).
`python -m training.pool --latents` adds runs/pool/latents.npy, each picture through the finished encoder.
"""

import argparse
import json
import multiprocessing
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from .coco import read_coco
from .loop import autocast
from .scene import draw, invent_scene
from .settings import SETTING
from .world import NEVER_BOXED, RUNS, Scene, from_row, to_row

FOLDER = RUNS / "pool"
CHUNK = min(1000, SETTING.scenes)


def draw_chunk(seed: int) -> tuple[np.ndarray, list]:
    """CHUNK scenes of one seed: pictures, and the scenes as plain lists."""
    rng = random.Random(f"pool {seed}")
    scenes = [invent_scene(rng) for _ in range(CHUNK)]
    pictures = np.stack([draw(scene, rng) for scene in scenes])
    return pictures, [to_row(scene) for scene in scenes]


def load_images() -> torch.Tensor:
    """uint8 [N, S, S, 3], mapped from disk."""
    return torch.from_numpy(np.load(FOLDER / "images.npy", mmap_mode="c"))


def load_latents() -> torch.Tensor:
    """float32 [N, 4, h, w], already multiplied by the VAE's scaling factor."""
    return torch.from_numpy(np.load(FOLDER / "latents.npy")).float()


def load_scenes() -> list[Scene]:
    return [from_row(row) for row in json.loads((FOLDER / "scenes.json").read_text())]


def load_fitting(fits: Callable[[Scene], bool], wanted: str) -> tuple[list[int], list[Scene], torch.Tensor]:
    """-> rows of the pool whose scenes fit, those scenes and their latents; `wanted` says in words what fits."""
    scenes, latents = load_scenes(), load_latents()
    rows = [row for row, scene in enumerate(scenes) if fits(scene)]
    if not rows:
        raise SystemExit(f"Cannot train on {FOLDER}: none of its {len(scenes)} scenes has {wanted}; make a pool that has some")
    return rows, [scenes[row] for row in rows], latents[rows]


def to_unit(images: torch.Tensor) -> torch.Tensor:
    """uint8 [B, H, W, 3] -> float [B, 3, H, W] in -1..1."""
    return images.permute(0, 3, 1, 2).float() / 127.5 - 1


def to_bytes(images: torch.Tensor) -> np.ndarray:
    """float [B, 3, H, W] in -1..1 -> uint8 [B, H, W, 3]."""
    return ((images.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()


def draw_pool(count: int, workers: int) -> None:
    images, scenes = [], []
    with multiprocessing.Pool(workers) as pool:
        for pictures, rows in pool.imap(draw_chunk, range(-(-count // CHUNK))):
            images.append(pictures)
            scenes += [from_row(row) for row in rows]
    save_pool(np.concatenate(images), scenes)


def save_pool(images: np.ndarray, scenes: list[Scene]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    np.save(FOLDER / "images.npy", images)
    (FOLDER / "latents.npy").unlink(missing_ok=True)  # of the pictures before
    (FOLDER / "scenes.json").write_text(json.dumps([to_row(scene) for scene in scenes]))
    print(f"{len(scenes)} scenes in {FOLDER}")


def take_pool(file: Path, images: Path) -> None:
    """The pool from other people's pictures."""
    pictures, scenes = read_coco(file, images)
    save_pool(pictures, scenes)
    never = Counter(kind for scene in scenes for kind in {thing.kind for thing in scene.things} if kind in NEVER_BOXED)
    if never:
        told = ", ".join(f"{kind} {count}" for kind, count in never.most_common())
        print(f"Scenes with kinds that never get boxes, which teach no adapter of boxes: {told}")


def _encode_part(job):
    device, part, parts = job
    from .vae import load_vae

    torch.set_num_threads(1)
    vae = load_vae().to(device)
    images = load_images()
    rows = range(part * len(images) // parts, (part + 1) * len(images) // parts)
    encoded = []
    with torch.inference_mode(), autocast(device):
        for start in range(rows.start, rows.stop, 100):
            pictures = to_unit(images[start : min(start + 100, rows.stop)]).to(device)
            mean = vae.encode(pictures).latent_dist.mean * vae.config.scaling_factor
            encoded.append(mean.half().cpu().numpy())
    return np.concatenate(encoded)


def encode_pool(workers: int, device: str) -> None:
    jobs = [(device, part, workers) for part in range(workers)]
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        latents = np.concatenate(pool.map(_encode_part, jobs))
    np.save(FOLDER / "latents.npy", latents)
    print(f"{len(latents)} latents, mean {latents.mean():.3f}, std {latents.astype(np.float32).std():.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=SETTING.scenes)
    parser.add_argument("--coco", type=Path, help="annotations to take instead of the world's own scenes")
    parser.add_argument("--images", type=Path, help="the folder of their pictures")
    parser.add_argument("--latents", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    if args.latents:
        encode_pool(args.workers, args.device)
    elif args.coco:
        take_pool(args.coco, args.images or args.coco.parent / "images")
    else:
        draw_pool(args.count, args.workers)


if __name__ == "__main__":
    main()
