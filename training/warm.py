"""Starts networks from a finished model folder: same shapes, possibly a larger vocabulary.

What the folder knows is taken by tensor name. Rows of the token table are taken by token; a new Chinese name starts
as the English one, a new kind as one that looks like it, and any other new token as the mean of all. Gated layers of
the folder are left out.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file

from .model import is_gated
from .tokenizer import END, START, Encoder
from .world import KIND_ROWS

LIKE = {
    "turtle": "frog", "octopus": "pig", "crab": "frog", "butterfly": "bird", "elephant": "whale", "fox": "dog",
    "lemon": "banana", "pineapple": "cactus", "hamburger": "cake", "guitar": "key", "tent": "house", "airplane": "rocket",
    "owl": "penguin", "pumpkin": "apple", "snail": "mushroom", "truck": "bus",
}  # fmt: skip
TABLE = "embeddings.token_embedding.weight"


def read_unet(folder: Path) -> dict[str, torch.Tensor]:
    return {name: t.float() for name, t in load_file(folder / "unet" / "diffusion_pytorch_model.safetensors").items()}


def warm_unet(unet: torch.nn.Module, folder: Path) -> None:
    known = {name: tensor for name, tensor in read_unet(folder).items() if not is_gated(name)}
    missing = set(unet.state_dict()) - set(known)
    if missing:
        raise SystemExit(f"Cannot start from {folder}: its UNet lacks {sorted(missing)[:3]}; use a model of the same size")
    unet.load_state_dict(known)


def warm_text_encoder(text_encoder: torch.nn.Module, encode: Encoder, folder: Path) -> None:
    state = load_file(folder / "text_encoder" / "model.safetensors")
    state = {name.removeprefix("text_model."): tensor.float() for name, tensor in state.items()}
    old_ids = json.loads((folder / "tokenizer" / "vocab.json").read_text(encoding="utf-8"))
    old = state[TABLE]
    table = old.mean(0).repeat(len(encode.ids), 1) + 0.01 * torch.randn(len(encode.ids), old.shape[1])
    for token, index in encode.ids.items():
        if token in old_ids:
            table[index] = old[old_ids[token]]
    names = {index: token for token, index in encode.ids.items()}
    for new, known in LIKE.items():
        if names[encode.row(new)[1]] not in old_ids:
            table[encode.row(new)[1]] = table[encode.row(known)[1]] + 0.1 * torch.randn(old.shape[1]) * old.std()
    for row in KIND_ROWS:
        english = encode.row(row["name"])[1]
        for text in (row["zh"], row["zh"] + "的"):  # at the end of a run of letters, and within one
            ids = [index for index in encode.row(text)[1:] if index not in (encode.ids[START], encode.ids[END])]
            if names[ids[0]] not in old_ids:
                table[ids[0]] = table[english]
    state[TABLE] = table
    text_encoder.load_state_dict(state, strict=False)
