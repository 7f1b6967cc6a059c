"""What grounding on a frozen base is worth: layout to image from scratch, supervised, with the same data and compute.

The same UNet, with its gated layers, position net and a text encoder all starting from random weights, learns from boxes and
names (detection data, no captions) of the same three quarters of the kinds, for as many steps as the boxes adapter.
`python -m training.baseline` trains; `python -m training.baseline --measure` prints the table of training.evaluate.
"""

import random

import torch
import torch.nn.functional as F
from torch import nn

from . import noise
from .adapter import build_adapted_unet
from .detector import load_detector
from .evaluate import GROUPS, keep_sheet, layouts, placed, report, request_of
from .loop import Plan, apply_arguments, plan_arguments, train
from .model import build_text_encoder, use_plain_attention
from .pool import load_latents, load_scenes
from .sample import MAX_ENTITIES, decode, embed, sample
from .settings import SETTING
from .tokenizer import Encoder
from .vae import load_vae
from .world import NEVER_BOXED, RUNS, SIZE_PX

BATCH = SETTING.batch
NULL_GROUNDING = 0.1


class BaselineModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.unet = build_adapted_unet("boxes")
        self.text_encoder = build_text_encoder(len(Encoder().ids))


class BaselineStage:
    device = "cpu"

    def build(self) -> BaselineModel:
        return BaselineModel()

    def prepare(self, model) -> None:
        use_plain_attention(model.unet, model.text_encoder)
        self.encode, scenes, latents = Encoder(), load_scenes(), load_latents()
        rows = [row for row, scene in enumerate(scenes) if not any(t.kind in NEVER_BOXED for t in scene.things)]
        self.scenes, self.latents = [scenes[row] for row in rows], latents[rows]

    def loss(self, model, rng, progress):
        words = random.Random(rng.initial_seed())
        rows = torch.randint(len(self.scenes), (BATCH,), generator=rng)
        shape = (BATCH, MAX_ENTITIES)
        boxes, masks, slots, phrases = torch.zeros(*shape, 4), torch.zeros(shape), [], [""]
        for row, index in enumerate(rows.tolist()):
            if words.random() < NULL_GROUNDING:
                continue
            for slot, thing in enumerate(self.scenes[index].things):
                boxes[row, slot], masks[row, slot] = torch.tensor(thing.box) / SIZE_PX, 1
                slots.append((row, slot))
                phrases.append(thing.kind)
        states, pooled = embed(model.text_encoder, self.encode, phrases)
        features = torch.zeros(*shape, pooled.shape[-1], device=pooled.device)
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
        predicted = model.unet(
            noisy, times.to(self.device), encoder_hidden_states=context, cross_attention_kwargs={"gligen": given}
        ).sample
        denoising = F.mse_loss(predicted.float(), target)
        return denoising, {"denoising": denoising}


def measure(name: str, count: int) -> None:
    model, detector, vae = BaselineModel(), load_detector(), load_vae()
    model.load_state_dict(torch.load(RUNS / name / "ema.pt", weights_only=True, map_location="cpu"))
    model.eval()
    print("| kinds | tau | boxes | AP50 | IoU | right kind at IoU > 0.5 |\n|---|---|---|---|---|---|")
    for group, kinds in GROUPS.items():
        scenes = layouts(kinds, count, 1)
        requests = [request_of(scene, "", 10_000 + index) for index, scene in enumerate(scenes)]
        latents = sample(model.unet, model.text_encoder, requests, tau=1.0)
        pictures = (decode(vae, latents).clamp(-1, 1) + 1) / 2
        report(f"from scratch, {group}", 1.0, placed(detector, scenes, pictures))
        keep_sheet(f"baseline-{group.replace(' ', '-').replace(',', '')}", pictures)


def main() -> None:
    plan = Plan("baseline", steps=SETTING.steps["baseline"], lr=1e-3, ema=0.98, tail=0.5)
    parser = plan_arguments(plan, __doc__)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--layouts", type=int, default=60)
    args = parser.parse_args()
    plan = apply_arguments(plan, args)
    if not args.measure:
        train(BaselineStage(), plan)
    measure(plan.name, args.layouts)


if __name__ == "__main__":
    main()
