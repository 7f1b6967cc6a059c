"""Samples latents with DDIM and classifier-free guidance, with or without grounding, in batches.

The unconditional half gets the empty caption and null grounding. Grounding is on for the first `tau` of the steps; after
them, and always when tau is 0, the fusers are left out of the pass.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path

import torch

from . import noise
from .captions import caption
from .keypoint_net import PEOPLE, POINTS
from .loop import autocast
from .pool import to_bytes
from .scene import invent_scene
from .sheet import save_sheet
from .tokenizer import Encoder
from .world import SIZE_PX

MAX_ENTITIES = 30
STYLE_BOX = (0.0, 1.0, 0.0, 1.0)  # literally what GLIGEN's code feeds for a style entity


@dataclass
class Request:
    """One picture. What an adapter does not know (points for boxes, say) is left empty."""

    caption: str
    phrases: list[str] = field(default_factory=list)  # "" where only an image is given
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)  # x0, y0, x1, y1 in 0..1
    seed: int = 0
    images: list[torch.Tensor | None] = field(default_factory=list)  # features of reference images, one a box
    style: torch.Tensor | None = None  # feature of a picture whose style is wanted
    points: list[list[tuple[float, float]]] = field(default_factory=list)  # 17 in 0..1 a person, (0, 0) is absent
    known: torch.Tensor | None = None  # latents of the picture to fill in
    keep: torch.Tensor | None = None  # [1, h, w], 1 where it stays


def embed(text_encoder, encode: Encoder, texts: list[str]):
    """-> (last hidden states [B, LENGTH, width], pooled [B, width])"""
    output = text_encoder(encode(texts).to(text_encoder.device))
    return output.last_hidden_state, output.pooler_output


def grounding(unet, text_encoder, encode: Encoder, requests: list[Request]) -> dict[str, torch.Tensor]:
    """The inputs of the UNet's position net; unused slots are zero."""
    net = type(unet.position_net).__name__
    if net == "KeypointPositionNet":
        tensors = _points(requests)
    else:
        tensors = _entities(text_encoder, encode, requests)
        if hasattr(unet.position_net, "linears"):  # the text-only net of a first-release model
            names = {"boxes": "boxes", "masks": "masks", "phrases_embeddings": "positive_embeddings"}
            tensors = {new: tensors[old] for old, new in names.items()}
    return {name: tensor.to(text_encoder.device) for name, tensor in tensors.items()}


def _entities(text_encoder, encode, requests):
    shape = (len(requests), MAX_ENTITIES)
    width = text_encoder.config.hidden_size
    boxes, masks, texts, images = torch.zeros(*shape, 4), torch.zeros(shape), torch.zeros(shape), torch.zeros(shape)
    words, looks = torch.zeros(*shape, width), torch.zeros(*shape, width)
    for row, request in enumerate(requests):
        count = len(request.boxes)
        if count:
            boxes[row, :count] = torch.tensor(request.boxes)
            masks[row, :count] = 1
            named = [slot for slot, text in enumerate(request.phrases) if text]
            if named:
                pooled = embed(text_encoder, encode, [request.phrases[slot] for slot in named])[1]
                words[row, named], texts[row, named] = pooled.float().cpu(), 1.0
        for slot, image in enumerate(request.images):
            if image is not None:
                looks[row, slot], images[row, slot] = image, 1
        if request.style is not None:
            boxes[row, count], looks[row, count] = torch.tensor(STYLE_BOX), request.style
            masks[row, count] = images[row, count] = 1
    return {
        "boxes": boxes,
        "masks": masks,
        "phrases_masks": texts,
        "image_masks": images,
        "phrases_embeddings": words,
        "image_embeddings": looks,
    }


def _points(requests):
    points = torch.zeros(len(requests), PEOPLE, POINTS, 2)
    for row, request in enumerate(requests):
        for person, figure in enumerate(request.points[:PEOPLE]):
            points[row, person] = torch.tensor(figure)
    points = points.flatten(1, 2)
    return {"points": points, "masks": (points.sum(-1) > 0).float()}


@torch.inference_mode()
def sample(unet, text_encoder, requests, encode=None, steps=25, guidance=4.0, tau=0.3, batch=16) -> torch.Tensor:
    """-> latents [N, 4, h, w], scaled as the UNet sees them. Noise depends on each request's seed alone."""
    encode = encode or Encoder()
    parts = [requests[start : start + batch] for start in range(0, len(requests), batch)]
    return torch.cat([_sample_batch(unet, text_encoder, part, encode, steps, guidance, tau) for part in parts])


def _sample_batch(unet, text_encoder, requests, encode, steps, guidance, tau):
    scheduler = noise.scheduler()
    scheduler.set_timesteps(steps)
    states = embed(text_encoder, encode, [""] * len(requests) + [request.caption for request in requests])[0]
    kwargs = None
    if tau > 0:
        tensors = grounding(unet, text_encoder, encode, requests)
        kwargs = {"gligen": {name: torch.cat([torch.zeros_like(t), t]) for name, t in tensors.items()}}
    shape = (4, unet.config.sample_size, unet.config.sample_size)
    generators = [torch.Generator().manual_seed(request.seed) for request in requests]
    latents = torch.stack([torch.randn(shape, generator=rng) for rng in generators]).to(unet.device)
    known = keep = None
    if requests[0].known is not None:
        known = torch.stack([request.known for request in requests]).to(latents)
        keep = torch.stack([request.keep for request in requests]).to(latents)
    for index, time in enumerate(scheduler.timesteps):
        grounded = kwargs if index < tau * steps else None
        kwargs_now = {name: dict(value) for name, value in grounded.items()} if grounded else None
        if known is not None:
            fresh = torch.stack([torch.randn(shape, generator=rng) for rng in generators]).to(latents)
            latents = keep * noise.add_noise(known, fresh, time.repeat(len(known)))[0] + (1 - keep) * latents
        fed = torch.cat([latents, known * keep, keep], 1) if unet.config.in_channels == 9 else latents
        with autocast(unet.device.type):
            predicted = unet(
                torch.cat([fed, fed]), time, encoder_hidden_states=states, cross_attention_kwargs=kwargs_now
            ).sample
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
