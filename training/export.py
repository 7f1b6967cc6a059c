"""Stage 5: writes the trained networks as a diffusers folder, fp16 safetensors: models/emoji-world.

`python -m training.export` takes runs/grounding (or, with --base-only, runs/base with untrained gated layers),
runs/vae/model and runs/tokenizer.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from . import noise
from .base import load_base
from .tokenizer import FOLDER as TOKENIZER
from .vae import load_vae
from .world import HERE

TARGET = HERE.parent / "models" / "emoji-world"

# The shape of a Stable Diffusion pipeline: [library, class] per folder.
INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": "0.42.1",
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "requires_safety_checker": False,
    "safety_checker": [None, None],
    "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def export(unet, text_encoder, vae, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name, network in (("unet", unet), ("text_encoder", text_encoder), ("vae", vae)):
        network.to(torch.float16).save_pretrained(target / name, safe_serialization=True)
        _forget_origin(target / name / "config.json")
    _write_text_encoder(text_encoder, target / "text_encoder" / "model.safetensors")
    noise.scheduler().save_pretrained(target / "scheduler")
    shutil.copytree(TOKENIZER, target / "tokenizer", dirs_exist_ok=True)
    for path in target.rglob("*.safetensors"):
        path.chmod(0o644)
    (target / "model_index.json").write_text(json.dumps(INDEX, indent=2) + "\n")


def _write_text_encoder(text_encoder, path: Path) -> None:
    """Published checkpoints, and so most readers, begin these names with "text_model."; transformers 5 leaves it out."""
    tensors = {f"text_model.{name}": tensor.contiguous() for name, tensor in text_encoder.state_dict().items()}
    save_file(tensors, path, metadata={"format": "pt"})


def _forget_origin(path: Path) -> None:
    """The libraries note where a network was loaded from; that folder means nothing elsewhere."""
    config = json.loads(path.read_text())
    config.pop("_name_or_path", None)
    path.write_text(json.dumps(config, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base-only", action="store_true")
    parser.add_argument("--target", type=Path, default=TARGET)
    args = parser.parse_args()
    if args.base_only:
        model = load_base()
    else:
        from .grounding import load_grounded

        model = load_grounded()
    export(model.unet, model.text_encoder, load_vae(), args.target)
    sizes = {path.parent.name: path.stat().st_size / 1e6 for path in sorted(args.target.glob("*/*.safetensors"))}
    for name, megabytes in sizes.items():
        print(f"{name:14} {megabytes:6.2f} MB")
    print(f"{'all weights':14} {sum(sizes.values()):6.2f} MB in {args.target}")


if __name__ == "__main__":
    main()
