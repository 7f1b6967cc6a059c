"""What grounding on a frozen base is worth: layout to image from scratch, supervised, with the same data.

The same UNet, with its gated layers, position net and a text encoder all starting from random weights, learns from boxes and
names (detection data, no captions) of the same three quarters of the kinds. Its gates start as the
adapter's, its attention is guided as the adapter's, but to words alone, and its phrases are asked what things look like as
the base's are. A step takes 1.23 times what one of the adapter does, whose base is frozen: 9,200 are the computing of the
11,300 of `boxes`.
`python -m training.baseline` trains, writes a model folder, and prints the command that measures it as the shipped one is measured.
"""

import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from . import noise
from .adapter import build_adapted_unet, start_closed
from .attention_guide import AttentionGuide
from .base import LOOKS_WEIGHT, kind_thumbnails
from .evalset import world, write_evalset, write_json
from .export import INDEX, export_base, export_detector
from .grounding import box_tokens, largest
from .loop import Plan, apply_arguments, plan_arguments, train
from .model import TEXT_WIDTH, build_text_encoder, transformer_blocks, use_plain_attention
from .pool import load_fitting
from .sample import MAX_ENTITIES, embed
from .settings import SETTING
from .tokenizer import FOLDER, Encoder
from .vae import load_vae
from .world import KINDS, NEVER_BOXED, RUNS, SIZE_PX, Scene

BATCH = SETTING.batch
NULL_GROUNDING = 0.1
GUIDE_UNTIL = 0.3  # by then its attention has long been right, and each step takes a sixth less


class BaselineModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.unet = build_adapted_unet("boxes")
        self.text_encoder = build_text_encoder(len(Encoder().ids))
        self.looks_head = nn.Linear(TEXT_WIDTH, 8 * 8 * 3)
        with torch.no_grad():
            for block in transformer_blocks(self.unet):
                start_closed(block.fuser)


class BaselineStage:
    device = "cpu"
    needs = {"tokenizer/vocab.json": "training.tokenizer", "pool/latents.npy": "training.pool --latents"}

    def build(self) -> BaselineModel:
        return BaselineModel()

    def prepare(self, model) -> None:
        use_plain_attention(model.unet, model.text_encoder)
        self.guide = AttentionGuide(model.unet, GUIDE_UNTIL)
        self.encode = Encoder()
        boxable = lambda scene: not any(thing.kind in NEVER_BOXED for thing in scene.things)  # noqa: E731
        _, self.scenes, self.latents = load_fitting(boxable, "only things of kinds that may have boxes")
        self.thumbnails = kind_thumbnails().to(self.device)

    def loss(self, model, rng, progress):
        words = random.Random(rng.initial_seed())
        rows = torch.randint(len(self.scenes), (BATCH,), generator=rng)
        boxes, masks, slots, names = layouts([self.scenes[row] for row in rows.tolist()], words)
        states, pooled = embed(model.text_encoder, self.encode, ["", *names])
        features = torch.zeros(*masks.shape, pooled.shape[-1], device=pooled.device)
        if slots:
            features = features.index_put(tuple(torch.tensor(slots, device=pooled.device).T), pooled[1:].float())
        empty = torch.zeros_like(masks)
        given = {
            "boxes": boxes,
            "masks": masks,
            "phrases_masks": masks,
            "image_masks": empty,
            "phrases_embeddings": features,
            "image_embeddings": torch.zeros_like(features),
        }
        given = {name: tensor.to(self.device) for name, tensor in given.items()}
        latents = self.latents[rows].to(self.device)
        times = noise.draw_times(BATCH, rng)
        noisy, target = noise.add_noise(latents, torch.randn(latents.shape, generator=rng).to(self.device), times)
        context = states[:1].expand(BATCH, -1, -1)  # the empty caption
        self.guide.begin()
        predicted = model.unet(
            noisy, times.to(self.device), encoder_hidden_states=context, cross_attention_kwargs={"gligen": given}
        ).sample
        denoising = F.mse_loss(predicted.float(), target)
        guide, told = self.guide.loss(progress, lambda tokens: named_tokens(given, tokens))
        looks = self.looks_loss(model.looks_head, names, pooled[1:])
        return denoising + guide + LOOKS_WEIGHT * looks, {"denoising": denoising, "looks": looks, **told}

    def looks_loss(self, head, names: list[str], pooled) -> torch.Tensor:
        """How far what the words are taken to look like is from the things; 0 of things that are none of our kinds."""
        known = [row for row, name in enumerate(names) if name in KINDS]
        if not known:
            return pooled.sum() * 0.0
        return F.mse_loss(head(pooled[known]).float(), self.thumbnails[[KINDS.index(names[row]) for row in known]])


def named_tokens(given, tokens):
    """As box_tokens, but only the words' half of a slot is right: its other half says where, never what, and is easier to find."""
    own, here, used = box_tokens(given, tokens)
    return own & (torch.arange(own.shape[-1], device=own.device) < MAX_ENTITIES), here, used


def layouts(scenes: list[Scene], words: random.Random):
    """-> boxes [B, 30, 4], masks [B, 30], and for each slot in use its (row, slot) and its name"""
    shape = (len(scenes), MAX_ENTITIES)
    boxes, masks, slots, names = torch.zeros(*shape, 4), torch.zeros(shape), [], []
    for row, scene in enumerate(scenes):
        if words.random() < NULL_GROUNDING:
            continue
        for slot, index in enumerate(largest(scene, range(len(scene.things)), MAX_ENTITIES)):
            thing = scene.things[index]
            boxes[row, slot], masks[row, slot] = torch.tensor(thing.box) / SIZE_PX, 1
            slots.append((row, slot))
            names.append(thing.kind)
    return boxes, masks, slots, names


def export(target: Path) -> None:
    """A model folder like the shipped one, for the same measurement; what it has never read, captions, it is not given."""
    model = BaselineModel()
    model.load_state_dict(torch.load(RUNS / "baseline" / "ema.pt", weights_only=True, map_location="cpu"))
    export_base(model.eval().unet, model.text_encoder, load_vae(), FOLDER, target)
    export_detector(target)
    write_evalset(target)
    unread = world()
    unread["phrase"]["en"] = "{kind}"
    unread["caption"]["en"] = ""
    write_json(target / "world.json", unread)
    write_json(target / "model_index.json", INDEX)


def main() -> None:
    plan = Plan("baseline", steps=SETTING.steps["baseline"], lr=5e-4, ema=0.98, tail=0.5)
    plan = apply_arguments(plan, plan_arguments(plan, __doc__).parse_args())
    if train(BaselineStage(), plan):
        target = plan.folder / "from-scratch"
        export(target)
        print(f"groundwork eval --models {plan.folder} --model {target.name} --only boxes --tau 1")


if __name__ == "__main__":
    main()
