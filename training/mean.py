"""Draws an adapter that has been trained on back towards what it was: the mean of its weights and a finished folder's.

    python -m training.mean boxes --share 0.6       0.6 of runs/boxes, 0.4 of the adapter in models/emoji-world

Training on for one thing loses some of another: with captions that name nothing `boxes` learns what a picture shows, and
unlearns to leave kinds without boxes to the caption. Between two ends of one training the mean keeps most of both
(Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022). Given twice it draws twice: 0.6 of 0.6 is left.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file

from .adapter import GROUNDINGS
from .export import TARGET
from .world import RUNS


def mean_with(kind: str, folder: Path, share: float) -> None:
    """runs/<kind>/ema.pt: `share` of itself, the rest of the adapter in the model folder; weights.pt goes on from it."""
    state = torch.load(RUNS / kind / "ema.pt", weights_only=True, map_location="cpu")
    before = load_file(folder / "adapters" / kind / "diffusion_pytorch_model.safetensors")
    for name, tensor in before.items():
        state[f"unet.{name}"].lerp_(tensor.float(), 1 - share)
    for name in ("ema.pt", "weights.pt"):
        torch.save(state, RUNS / kind / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=list(GROUNDINGS))
    parser.add_argument("--model", type=Path, default=TARGET)
    parser.add_argument("--share", type=float, default=0.5)
    args = parser.parse_args()
    mean_with(args.kind, args.model, args.share)
    print(f"{args.share} of {RUNS / args.kind}, {1 - args.share:.2g} of {args.model}")


if __name__ == "__main__":
    main()
