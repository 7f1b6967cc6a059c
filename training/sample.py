"""Samples latents with DDIM and classifier-free guidance, with or without boxes, in batches.

The unconditional half gets the empty caption and no boxes. Grounding is on for the first `tau` of the steps; after
them, and always when tau is 0, the fusers are left out of the pass.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

import torch

from . import noise
from .pool import to_bytes
from .scene import invent_scene
from .sheet import save_sheet
from .tokenizer import Encoder
from .world import SIZE_PX, caption

MAX_ENTITIES = 30


@dataclass
class Request:
    caption: str
    phrases: list[str] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)  # x0, y0, x1, y1 in 0..1
    seed: int = 0


def embed(text_encoder, encode: Encoder, texts: list[str]):
    """-> (last hidden states [B, 32, width], pooled [B, width])"""
    output = text_encoder(encode(texts).to(text_encoder.device))
    return output.last_hidden_state, output.pooler_output


def grounding(text_encoder, encode: Encoder, requests: list[Request]) -> dict[str, torch.Tensor]:
    """boxes [B, 30, 4], positive_embeddings [B, 30, width], masks [B, 30]; unused slots are zero."""
    count = len(requests)
    boxes = torch.zeros(count, MAX_ENTITIES, 4)
    masks = torch.zeros(count, MAX_ENTITIES)
    features = torch.zeros(count, MAX_ENTITIES, text_encoder.config.hidden_size)
    for row, request in enumerate(requests):
        if request.phrases:
            n = len(request.phrases)
            boxes[row, :n] = torch.tensor(request.boxes)
            masks[row, :n] = 1
            features[row, :n] = embed(text_encoder, encode, request.phrases)[1].float().cpu()
    tensors = {"boxes": boxes, "positive_embeddings": features, "masks": masks}
    return {name: tensor.to(text_encoder.device) for name, tensor in tensors.items()}


@torch.inference_mode()
def sample(unet, text_encoder, requests, encode=None, steps=25, guidance=4.0, tau=0.3, batch=16) -> torch.Tensor:
    """-> latents [N, 4, 16, 16], scaled as the UNet sees them. Noise depends on each request's seed alone."""
    encode = encode or Encoder()
    parts = [requests[start : start + batch] for start in range(0, len(requests), batch)]
    return torch.cat([_sample_batch(unet, text_encoder, part, encode, steps, guidance, tau) for part in parts])


def _sample_batch(unet, text_encoder, requests, encode, steps, guidance, tau):
    scheduler = noise.scheduler()
    scheduler.set_timesteps(steps)
    states = embed(text_encoder, encode, [""] * len(requests) + [request.caption for request in requests])[0]
    boxes = grounding(text_encoder, encode, requests) if tau > 0 else None
    kwargs = None
    if boxes:
        kwargs = {"gligen": {name: torch.cat([torch.zeros_like(t), t]) for name, t in boxes.items()}}
    shape = (4, unet.config.sample_size, unet.config.sample_size)
    latents = [torch.randn(shape, generator=torch.Generator().manual_seed(request.seed)) for request in requests]
    latents = torch.stack(latents).to(unet.device)
    for index, time in enumerate(scheduler.timesteps):
        grounded = kwargs if index < tau * steps else None
        kwargs_now = {name: dict(value) for name, value in grounded.items()} if grounded else None
        both = torch.cat([latents, latents])
        with torch.autocast(unet.device.type, torch.bfloat16):
            predicted = unet(both, time, encoder_hidden_states=states, cross_attention_kwargs=kwargs_now).sample
        empty, asked = predicted.float().chunk(2)
        latents = scheduler.step(empty + guidance * (asked - empty), time, latents).prev_sample
    return latents


@torch.inference_mode()
def decode(vae, latents: torch.Tensor) -> torch.Tensor:
    """[N, 4, 16, 16] -> float [N, 3, 64, 64], about -1..1"""
    parts = [vae.decode(part / vae.config.scaling_factor).sample for part in latents.to(vae.dtype).split(32)]
    return torch.cat(parts).float()


FIRST_CAPTIONS = [
    "a cat and a dog on a beach",
    "a cat and a dog on a beach",
    "a car on a street",
    "a dog to the left of a tree in the snow",
    "a rocket and a moon at night",
    "a panda in a meadow",
    "a house, a tree and a sun in a meadow",
    "a boat on the sea",
]


def preview(unet, text_encoder, path: Path, count: int = 32) -> None:
    """A sheet of ungrounded samples: eight fixed captions, then captions of made-up scenes."""
    from .vae import load_vae

    rng = random.Random("preview")
    captions = (FIRST_CAPTIONS + [caption(invent_scene(rng), rng) for _ in range(count)])[:count]
    requests = [Request(text, seed=index) for index, text in enumerate(captions)]
    latents = sample(unet, text_encoder, requests, tau=0)
    save_sheet(to_bytes(decode(load_vae(), latents)), path, columns=8)
    for index, text in enumerate(captions):
        print(index, text)
    print(f"latent std {latents.std():.2f}; sheet of {SIZE_PX} px pictures in {path}")
