"""Draws the pool of scenes that every later stage learns from, and reads it back.

`python -m training.pool` writes runs/pool/images.npy (uint8 [N, 64, 64, 3]) and runs/pool/scenes.json.
`python -m training.pool --latents` adds runs/pool/latents.npy, each picture through the finished encoder.
"""

import argparse
import json
import multiprocessing
import random
from pathlib import Path

import numpy as np
import torch

from .scene import draw, invent_scene
from .world import RUNS, Scene, Thing

FOLDER = RUNS / "pool"
CHUNK = 1000


def draw_chunk(seed: int) -> tuple[np.ndarray, list]:
    """1000 scenes of one seed: pictures, and plain lists [background, [kind, x0, y0, x1, y1], ...]."""
    rng = random.Random(f"pool {seed}")
    scenes = [invent_scene(rng) for _ in range(CHUNK)]
    pictures = np.stack([draw(scene, rng) for scene in scenes])
    return pictures, [[s.background, *([t.kind, *t.box] for t in s.things)] for s in scenes]


def load_images() -> torch.Tensor:
    """uint8 [N, 64, 64, 3], mapped from disk."""
    return torch.from_numpy(np.load(FOLDER / "images.npy", mmap_mode="c"))


def load_latents() -> torch.Tensor:
    """float32 [N, 4, 16, 16], already multiplied by the VAE's scaling factor."""
    return torch.from_numpy(np.load(FOLDER / "latents.npy")).float()


def load_scenes() -> list[Scene]:
    rows = json.loads((FOLDER / "scenes.json").read_text())
    return [Scene(row[0], tuple(Thing(kind, tuple(box)) for kind, *box in row[1:])) for row in rows]


def to_unit(images: torch.Tensor) -> torch.Tensor:
    """uint8 [B, H, W, 3] -> float [B, 3, H, W] in -1..1."""
    return images.permute(0, 3, 1, 2).float() / 127.5 - 1


def to_bytes(images: torch.Tensor) -> np.ndarray:
    """float [B, 3, H, W] in -1..1 -> uint8 [B, H, W, 3]."""
    return ((images.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()


def draw_pool(count: int, workers: int) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    images, rows = [], []
    with multiprocessing.Pool(workers) as pool:
        for pictures, chunk in pool.imap(draw_chunk, range(count // CHUNK)):
            images.append(pictures)
            rows += chunk
    np.save(FOLDER / "images.npy", np.concatenate(images))
    (FOLDER / "scenes.json").write_text(json.dumps(rows))
    print(f"{len(rows)} scenes in {FOLDER}")


def _encode_part(job):
    device, part, parts = job
    from .vae import load_vae

    torch.set_num_threads(1)
    vae = load_vae().to(device)
    images = load_images()
    rows = range(part * len(images) // parts, (part + 1) * len(images) // parts)
    encoded = []
    with torch.inference_mode(), torch.autocast(device, torch.bfloat16):
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
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--latents", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    if args.latents:
        encode_pool(args.workers, args.device)
    else:
        draw_pool(args.count, args.workers)


if __name__ == "__main__":
    main()
