"""Samples latents with DDIM and classifier-free guidance, and writes sheets of them to look at.

The unconditional half gets the empty caption and null grounding, as the engine does it.
"""

import random
from pathlib import Path

import numpy as np
import torch

from . import noise
from .captions import caption
from .loop import autocast
from .pool import to_bytes
from .scene import invent_scene
from .sheet import save_sheet
from .tokenizer import Encoder

MAX_ENTITIES = 30
STYLE_BOX = (0.0, 1.0, 0.0, 1.0)  # literally what GLIGEN's code feeds for a style entity


def embed(text_encoder, encode: Encoder, texts: list[str]):
    """-> (last hidden states [B, LENGTH, width], pooled [B, width])"""
    output = text_encoder(encode(texts).to(text_encoder.device))
    return output.last_hidden_state, output.pooler_output


@torch.inference_mode()
def sample(unet, states, given=None, known=None, keep=None, steps=25, guidance=4.0, seed=0) -> torch.Tensor:
    """states [2 N, LENGTH, width], of empty captions and then of the asked ones -> latents [N, 4, h, w], as the UNet sees them.

    given: inputs of the position net, each [N, ...]; known [N, 4, h, w] and keep [N, 1, h, w]: latents, and 1 where they stay.
    """
    scheduler, rng = noise.scheduler(), torch.Generator().manual_seed(seed)
    scheduler.set_timesteps(steps)
    shape = (len(states) // 2, 4, unet.config.sample_size, unet.config.sample_size)
    fresh = lambda: torch.randn(shape, generator=rng).to(states.device)  # noqa: E731
    latents = fresh()
    for time in scheduler.timesteps:
        # The position net takes the dictionary apart, so that every step needs its own.
        both = given and {"gligen": {name: torch.cat([torch.zeros_like(t), t]) for name, t in given.items()}}
        if known is not None:
            latents = keep * noise.add_noise(known, fresh(), time.repeat(len(known)))[0] + (1 - keep) * latents
        fed = torch.cat([latents, known * keep, keep], 1) if unet.config.in_channels == 9 else latents
        with autocast(unet.device.type):
            predicted = unet(torch.cat([fed, fed]), time, encoder_hidden_states=states, cross_attention_kwargs=both).sample
        empty, asked = predicted.float().chunk(2)
        latents = scheduler.step(empty + guidance * (asked - empty), time, latents).prev_sample
    return latents if known is None else keep * known + (1 - keep) * latents


@torch.inference_mode()
def decode(vae, latents: torch.Tensor) -> torch.Tensor:
    """[N, 4, 16, 16] -> float [N, 3, 64, 64], about -1..1"""
    parts = [vae.decode(part / vae.config.scaling_factor).sample for part in latents.to(vae.dtype).split(32)]
    return torch.cat(parts).float()


FIRST_CAPTIONS = [
    "a cat and a dog on a beach",
    "a house, a tree and a sun in a meadow",
    "a car on a street",
    "a rocket and a moon at night",
    "a person in a red shirt in a meadow",
    "一个穿蓝衣服的人在雪地里",
    "a person in a green shirt on a beach",
    "海滩上有一只猫和一只狗",
    "a pencil drawing of a cat in a meadow",
    "a blueprint of a house, a tree and a sun in the mountains",
    "an old photo of a boat on the sea",
    "a chalk drawing of a cat and a dog on a beach",
    "a lion in the desert",
    "an elephant and a snowman in the snow",
    "a butterfly on a pink background",
    "a watermelon on a yellow background",
]


def preview(unet, text_encoder, path: Path, count: int = 32) -> None:
    """A sheet of ungrounded samples: fixed captions, then captions of made-up scenes."""
    from .vae import load_vae

    rng = random.Random("preview")
    captions = (FIRST_CAPTIONS + [caption(invent_scene(rng), rng) for _ in range(count)])[:count]
    with torch.no_grad():
        states = embed(text_encoder, Encoder(), [""] * count + captions)[0]
    latents = sample(unet, states)
    save_sheet(to_bytes(decode(load_vae(), latents)), path)
    for index, text in enumerate(captions):
        print(index, text)
    print(f"latent std {latents.std():.2f}; samples in {path}")


def preview_grounded(unet, text_encoder, batch, path: Path) -> None:
    """A sheet in pairs of rows: drawings, and below them what the model makes of their captions and groundings.

    batch: of 16, see grounding.py."""
    from .vae import load_vae

    with torch.no_grad():
        states = embed(text_encoder, Encoder(), [""] * len(batch.captions) + batch.captions)[0]
    known = None if batch.keep is None else batch.latents
    made = sample(unet, states, batch.given, known, batch.keep)
    vae = load_vae()
    rows = [to_bytes(decode(vae, part)) for pair in zip(batch.latents.split(8), made.split(8)) for part in pair]
    save_sheet(np.concatenate(rows), path)
    print(f"drawings and samples in {path}")
