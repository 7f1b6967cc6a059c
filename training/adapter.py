"""Stage 4: adapters on the frozen base, one command each. Three quarters of the kinds get boxes; the rest never.

    python -m training.adapter boxes        text, image and style entities in boxes (gated-text-image)
    python -m training.adapter keypoints    people posed by 17 points (the keypoint position net)
    python -m training.adapter inpaint      boxes filled into a given picture (nine input channels)

The layer is as published (GLIGEN, Li et al. 2023). Its start and its training are ours: gates begin at 0.5 with zero
output projections (so step 0 is exactly the base), and attention is guided while it trains (attention_guide.py).
`boxes` is given words alone for half of its run; then the image half of the position net takes over the weights of the
text half, and pictures are given too: their features stand in the phrases' space, so what words have learnt holds for
them, for kinds without boxes as well. `--start NAME` takes the gated layers of an adapter already trained, all but the
way out of each, so that this one too starts exactly at the base. Before it goes on, and at the end, no tensor of the
base may differ from runs/base by one bit.
"""

import argparse

import torch
import torch.nn.functional as F
from torch import nn

from . import noise
from .attention_guide import AttentionGuide
from .base import load_base
from .grounding import BoxGrounding, InpaintGrounding, KeypointGrounding
from .keypoint_net import KeypointPositionNet
from .loop import Plan, add_options, apply_arguments, train
from .model import build_unet, is_gated, transformer_blocks, use_plain_attention
from .sample import embed, preview_grounded
from .settings import SETTING
from .world import RUNS

BATCH = SETTING.batch
EARLY_SHARE = 0.7
IMAGES_FROM = 0.5  # share of the run of `boxes` in which words alone are given

GROUNDINGS = {"boxes": BoxGrounding, "keypoints": KeypointGrounding, "inpaint": InpaintGrounding}


class AdapterModel(nn.Module):
    """The frozen base with the gated layers, the position net and, for inpainting, the wider first convolution."""

    def __init__(self, kind: str, base: str = "base"):
        super().__init__()
        frozen = load_base(base)
        self.kind, self.text_encoder = kind, frozen.text_encoder
        self.unet = build_adapted_unet(kind)
        state = frozen.unet.state_dict()
        if kind == "inpaint":
            state["conv_in.weight"] = widened(state["conv_in.weight"])
        self.unet.load_state_dict(state, strict=False)
        self.requires_grad_(False)
        for name, parameter in self.unet.named_parameters():
            parameter.requires_grad_(is_adapter(name, kind))
        with torch.no_grad():
            for block in transformer_blocks(self.unet):
                start_closed(block.fuser)
        self.register_buffer("images_begun", torch.tensor(False))


def build_adapted_unet(kind: str):
    unet = build_unet("gated-text-image", 9 if kind == "inpaint" else 4)
    if kind == "keypoints":
        unet.position_net = KeypointPositionNet()
    return unet


def is_adapter(name: str, kind: str) -> bool:
    return is_gated(name) or (kind == "inpaint" and name == "conv_in.weight")


def widened(weight: torch.Tensor) -> torch.Tensor:
    """[C, 4, 3, 3] -> [C, 9, 3, 3]: the new channels (known picture, mask) start from zero."""
    return torch.cat([weight, weight.new_zeros(weight.shape[0], 5, 3, 3)], 1)


class AdapterStage:
    device = "cpu"

    def __init__(self, kind: str, base: str = "base", start: str | None = None):
        self.kind, self.base, self.start = kind, base, start
        self.needs = {
            "tokenizer/vocab.json": "training.tokenizer",
            "pool/latents.npy": "training.pool --latents",
            f"{base}/ema.pt": f"training.base --name {base}",
        }
        if kind != "keypoints":
            self.needs["image/ema.pt"] = "training.image_encoder"
        if start:
            self.needs[f"{start}/ema.pt"] = f"training.adapter {start}"

    def build(self) -> AdapterModel:
        model = AdapterModel(self.kind, self.base)
        known = {}
        if self.start:
            state = torch.load(RUNS / self.start / "ema.pt", weights_only=True, map_location="cpu")
            known = {name.removeprefix("unet."): t for name, t in state.items() if is_gated(name.removeprefix("unet."))}
        if self.kind == "keypoints":
            known = {name: tensor for name, tensor in known.items() if not name.startswith("position_net.")}
        known = {name: tensor for name, tensor in known.items() if not is_way_out(name)}
        model.unet.load_state_dict(known, strict=False)
        return model

    def prepare(self, model) -> None:
        use_plain_attention(model.unet, model.text_encoder)
        self.grounding = GROUNDINGS[self.kind](model, self.device)
        self.guide = AttentionGuide(model.unet)
        if self.kind == "inpaint":  # the base's own four channels stay as they are
            model.unet.conv_in.weight.register_hook(lambda grad: torch.cat([0 * grad[:, :4], grad[:, 4:]], 1))

    def loss(self, model, rng, progress):
        if self.kind == "boxes" and not self.start:
            self.grounding.words_only = progress < IMAGES_FROM and not model.images_begun
            if not self.grounding.words_only and not model.images_begun:
                images_start_as_words(model.unet.position_net)
                model.images_begun.fill_(True)
        batch = self.grounding.batch(BATCH, rng)
        latents = batch.latents.to(self.device)
        times = noise.draw_times(BATCH, rng, EARLY_SHARE)
        noisy, target = noise.add_noise(latents, torch.randn(latents.shape, generator=rng).to(self.device), times)
        with torch.no_grad():
            states = embed(model.text_encoder, self.grounding.encode, batch.captions)[0]
        if batch.keep is not None:
            noisy = torch.cat([noisy, latents * batch.keep, batch.keep], 1)
        self.guide.begin()
        predicted = model.unet(
            noisy, times.to(self.device), encoder_hidden_states=states, cross_attention_kwargs={"gligen": batch.given}
        ).sample
        denoising = F.mse_loss(predicted.float(), target)
        guide, told = self.guide.loss(progress, lambda tokens: self.grounding.inside(batch.given, tokens))
        return denoising + guide, {"denoising": denoising, **told}


@torch.no_grad()
def images_start_as_words(position_net) -> None:
    for text, image in zip(position_net.linears_text.parameters(), position_net.linears_image.parameters(), strict=True):
        image.copy_(text)
    position_net.null_image_feature.copy_(position_net.null_text_feature)


def is_way_out(name: str) -> bool:
    """Whether it is a gate or an output projection, which start closed whatever else is known."""
    return name.endswith(("alpha_attn", "alpha_dense")) or ".fuser.attn.to_out.0." in name or ".fuser.ff.net.2." in name


def start_closed(fuser) -> None:
    """Gates half open, output projections zero: the pass is unchanged, yet every weight gets a gradient soon."""
    for alpha in (fuser.alpha_attn, fuser.alpha_dense):
        alpha.fill_(0.5)
    for layer in (fuser.attn.to_out[0], fuser.ff.net[2]):
        layer.weight.zero_()
        layer.bias.zero_()


def load_adapter(kind: str, name: str | None = None, base: str = "base", file: str = "ema.pt") -> AdapterModel:
    model = AdapterModel(kind, base)
    state = torch.load(RUNS / (name or kind) / file, weights_only=True, map_location="cpu")
    model.load_state_dict(state)
    return model.eval()


def check_base_unchanged(model: AdapterModel, base: str = "base") -> int:
    """Counts the base's tensors, all of which must be bit for bit what they were."""
    frozen, changed = load_base(base), []
    pairs = [(name, tensor, model.unet.state_dict()[name]) for name, tensor in frozen.unet.state_dict().items()]
    pairs += [(name, t, model.text_encoder.state_dict()[name]) for name, t in frozen.text_encoder.state_dict().items()]
    for name, old, new in pairs:
        if not torch.equal(old, new[:, : old.shape[1]] if name == "conv_in.weight" else new):
            changed.append(name)
    if changed:
        raise SystemExit(
            f"Cannot use the adapter {model.kind}: {len(changed)} tensors of the base in it are not those of "
            f"{RUNS / base}, as {changed[0]}; remove its folder in {RUNS} and train it on that base"
        )
    return len(pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    plans = {kind: Plan(kind, steps=SETTING.steps[kind], lr=1e-3, ema=0.98, tail=0.5) for kind in GROUNDINGS}
    for kind, plan in plans.items():
        options = kinds.add_parser(kind)
        add_options(options, plan)
        options.add_argument("--base", default="base")
        options.add_argument("--start", help="a trained adapter whose gated layers to begin with")
    args = parser.parse_args()
    kind, plan = args.kind, apply_arguments(plans[args.kind], args)
    if (plan.folder / "weights.pt").exists():
        check_base_unchanged(load_adapter(kind, plan.name, args.base, "weights.pt"), args.base)
    if not train(AdapterStage(kind, args.base, args.start), plan):
        return
    model = load_adapter(kind, plan.name, args.base)
    count = check_base_unchanged(model, args.base)
    batch = GROUNDINGS[kind](model, "cpu").batch(16, torch.Generator().manual_seed(plan.seed))
    preview_grounded(model.unet, model.text_encoder, batch, plan.folder / "preview.png")
    print(f"{count} tensors of the base unchanged; {plan.folder}")


if __name__ == "__main__":
    main()
