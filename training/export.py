"""Stage 6: writes what has been trained as a diffusers folder, fp16 safetensors: models/emoji-world.

`python -m training.export` takes from runs/ the base, the autoencoder, the tokenizer and, where they are there, the image
encoder, the adapters, the detector, and data for measuring, and sums of all; what an earlier export left there is
removed. `--target` writes elsewhere, as sizes other than `small` must. Adapters of another base than runs/base are refused.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from . import noise
from .adapter import check_base_unchanged, is_adapter, load_adapter
from .base import load_base
from .evalset import write_evalset
from .image_encoder import MEAN, STD, VIEW_PX, load_image_model
from .model import TEXT_WIDTH
from .settings import SETTING
from .tokenizer import FOLDER as TOKENIZER
from .vae import load_vae
from .world import HERE, RUNS

TARGET = HERE.parent / "models" / "emoji-world"
VERSION = "0.42.1"
ADAPTERS = {
    "boxes": ("Boxes: words, pictures, styles", "gated-text-image", "text-image", ["text", "image", "style"]),
    "inpaint": ("Fill boxes of a picture", "gated-text-image", "text-image", ["text", "image", "inpaint"]),
    "keypoints": ("People posed by key points", "gated", "keypoint", ["keypoint"]),
}

# The shape of a Stable Diffusion pipeline: [library, class] per folder.
INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": VERSION,
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

PARTS = (
    "unet",
    "text_encoder",
    "vae",
    "scheduler",
    "tokenizer",
    "image_encoder",
    "feature_extractor",
    "image_project",
    *(f"adapters/{kind}" for kind in ADAPTERS),
    "detector",
    "eval",
)


def export_base(unet, text_encoder, vae, tokenizer: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name, network in (("unet", unet), ("text_encoder", text_encoder), ("vae", vae)):
        network.to(torch.float16).save_pretrained(target / name, safe_serialization=True)
        _forget_origin(target / name / "config.json")
    # Published checkpoints, and so most readers, begin these names with "text_model."; transformers 5 leaves it out.
    _write(target / "text_encoder" / "model.safetensors", text_encoder.state_dict(), prefix="text_model.")
    noise.scheduler().save_pretrained(target / "scheduler")
    shutil.copytree(tokenizer, target / "tokenizer", dirs_exist_ok=True)


def export_image_encoder(model, target: Path) -> None:
    model.vision.to(torch.float16).save_pretrained(target / "image_encoder", safe_serialization=True)
    _forget_origin(target / "image_encoder" / "config.json")
    square = {"height": VIEW_PX, "width": VIEW_PX}
    _write_json(
        target / "feature_extractor" / "preprocessor_config.json",
        {
            "image_processor_type": "CLIPImageProcessor",
            "do_resize": True,
            "size": square,
            "resample": 3,
            "do_center_crop": False,
            "crop_size": square,
            "do_rescale": True,
            "rescale_factor": 1 / 255,
            "do_normalize": True,
            "image_mean": list(MEAN),
            "image_std": list(STD),
            "do_convert_rgb": True,
        },
    )
    folder = target / "image_project"
    config = {"_class_name": "CLIPImageProjection", "_diffusers_version": VERSION, "hidden_size": TEXT_WIDTH}
    _write_json(folder / "config.json", config | {"gligen_normalize_constant": round(model.length.item(), 4)})
    weight = model.text_projection.weight.T  # y P as a linear layer
    _write(folder / "diffusion_pytorch_model.safetensors", {"project.weight": weight})


def export_adapter(kind: str, unet, target: Path) -> None:
    title, attention, position_net, kinds = ADAPTERS[kind]
    folder = target / "adapters" / kind
    config = {
        "_class_name": "GroundworkAdapter",
        "attention_type": attention,
        "position_net": position_net,
        "in_channels": unet.config.in_channels,
        "title": title,
        "kinds": kinds,
    }
    _write_json(folder / "config.json", config)
    tensors = {name: tensor for name, tensor in unet.state_dict().items() if is_adapter(name, kind)}
    _write(folder / "diffusion_pytorch_model.safetensors", tensors)


def export_detector(target: Path) -> None:
    (target / "detector").mkdir(parents=True, exist_ok=True)
    for name in ("model.onnx", "config.json"):
        shutil.copy(RUNS / "detector" / name, target / "detector" / name)


def write_checksums(target: Path) -> None:
    """SHA256SUMS of everything but the card, as the engine checks it when it loads the model."""
    paths = [path for path in sorted(target.rglob("*")) if path.is_file() and path.name not in ("README.md", "SHA256SUMS")]
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(target).as_posix()}\n" for path in paths]
    (target / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _write(path: Path, tensors: dict[str, torch.Tensor], prefix: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    halves = {prefix + name: tensor.to(torch.float16).contiguous() for name, tensor in tensors.items()}
    save_file(halves, path, metadata={"format": "pt"})


def _write_json(path: Path, value) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _forget_origin(path: Path) -> None:
    """The libraries note where a network was loaded from; that folder means nothing elsewhere."""
    config = json.loads(path.read_text(encoding="utf-8"))
    config.pop("_name_or_path", None)
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", type=Path, default=TARGET, required=SETTING.name != "small")
    args = parser.parse_args()
    target, index = args.target, dict(INDEX)
    model, vae = load_base(), load_vae()
    adapters = {kind: load_adapter(kind) for kind in ADAPTERS if (RUNS / kind / "ema.pt").exists()}
    for adapter in adapters.values():
        check_base_unchanged(adapter)
    for part in PARTS:
        shutil.rmtree(target / part, ignore_errors=True)
    export_base(model.unet, model.text_encoder, vae, TOKENIZER, target)
    if (RUNS / "image" / "ema.pt").exists():
        export_image_encoder(load_image_model(), target)
        index["feature_extractor"] = ["transformers", "CLIPImageProcessor"]
        index["image_encoder"] = ["transformers", "CLIPVisionModelWithProjection"]
    for kind, adapter in adapters.items():
        export_adapter(kind, adapter.unet, target)
    if (RUNS / "detector" / "model.onnx").exists():
        export_detector(target)
    write_evalset(target)
    _write_json(target / "model_index.json", index)
    write_checksums(target)
    sizes = {}
    for path in sorted(target.rglob("*")):
        if path.suffix in (".safetensors", ".onnx"):
            path.chmod(0o644)
            sizes[str(path.parent.relative_to(target))] = path.stat().st_size / 1e6
    for name, megabytes in sizes.items():
        print(f"{name:20} {megabytes:6.2f} MB")
    print(f"{'all weights':20} {sum(sizes.values()):6.2f} MB in {target}")


if __name__ == "__main__":
    main()
