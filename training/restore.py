"""Fills runs/ from a finished model folder, as if its stages had ended here: all but the detector can go on.

`python -m training.restore` takes models/emoji-world, `--model` another of the same size and vocabulary. After it an adapter of
one's own needs neither the base's hours nor anyone's checkpoints. What the folder does not hold is new: the heads of the base
that only training uses, and every optimizer's state. The detector comes back as the graph it was exported as, without
weights to train on. Stages that stand in runs/ already are removed only with `--force`.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from safetensors.torch import load_file

from .adapter import GROUNDINGS, AdapterModel
from .base import BaseModel
from .export import TARGET
from .image_encoder import ImageModel
from .tokenizer import FOLDER as TOKENIZER
from .tokenizer import Encoder
from .vae import CONFIG
from .world import RUNS

WEIGHTS = "diffusion_pytorch_model.safetensors"
PARTS = {  # folder in runs/ -> the part of a model folder it comes from
    "tokenizer": "tokenizer",
    "vae": "vae",
    "base": "unet",
    "image": "image_encoder",
    **{kind: f"adapters/{kind}" for kind in GROUNDINGS},
    "detector": "detector",
}


def restore(folder: Path, force: bool = False) -> list[str]:
    """-> names of the stages that are there again"""
    stages = [stage for stage, part in PARTS.items() if (folder / part).is_dir()]
    standing = [stage for stage in stages if (RUNS / stage).exists()]
    if standing and not force:
        raise SystemExit(
            f"Cannot restore {folder}: {', '.join(standing)} would be lost in {RUNS}; give --force to remove them, "
            "or another folder in TRAINING_RUNS"
        )
    for stage in standing:
        shutil.rmtree(RUNS / stage)
    shutil.copytree(folder / "tokenizer", TOKENIZER)
    shutil.copytree(folder / "vae", RUNS / "vae" / "model")
    vae = AutoencoderKL(**CONFIG)
    _fill(vae, load_file(folder / "vae" / WEIGHTS))
    _save("vae", vae)
    base = BaseModel(len(Encoder().ids))
    _fill(base.unet, load_file(folder / "unet" / WEIGHTS))
    _fill(base.text_encoder, load_file(folder / "text_encoder" / "model.safetensors"), "text_model.")
    _save("base", base)
    if "image" in stages:
        _save("image", _image_model(folder))
    for kind in GROUNDINGS:
        if kind in stages:
            model = AdapterModel(kind)
            model.unet.load_state_dict(_floats(load_file(folder / PARTS[kind] / WEIGHTS)), strict=False)
            model.images_begun.fill_(True)
            _save(kind, model)
    if "detector" in stages:
        shutil.copytree(folder / "detector", RUNS / "detector")
    return stages


def _image_model(folder: Path) -> ImageModel:
    model = ImageModel()
    _fill(model.vision, load_file(folder / "image_encoder" / "model.safetensors"))
    project = load_file(folder / "image_project" / WEIGHTS)["project.weight"].float()
    config = json.loads((folder / "image_project" / "config.json").read_text(encoding="utf-8"))
    with torch.no_grad():
        model.text_projection.weight.copy_(project.T)
        model.length.fill_(config["gligen_normalize_constant"])
    return model


def _fill(network: torch.nn.Module, tensors: dict[str, torch.Tensor], prefix: str = "") -> None:
    network.load_state_dict({name.removeprefix(prefix): tensor for name, tensor in _floats(tensors).items()})


def _floats(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: tensor.float() for name, tensor in tensors.items()}


def _save(stage: str, model: torch.nn.Module) -> None:
    """What the next stages read (ema.pt) and what this stage goes on from (weights.pt), at step 0 of its next run."""
    (RUNS / stage).mkdir(parents=True, exist_ok=True)
    for name in ("ema.pt", "weights.pt"):
        torch.save(model.state_dict(), RUNS / stage / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=TARGET)
    parser.add_argument("--force", action="store_true")
    args = parser.parse_args()
    print(f"{', '.join(restore(args.model, args.force))} of {args.model} in {RUNS}")


if __name__ == "__main__":
    main()
