"""Writes what PyTorch says about small networks with random weights, for the tests of `inference/`.

    python training/parity.py test/fixtures

Every folder it writes is an ordinary diffusers model folder with a `parity.safetensors` beside its networks: inputs and
outputs by name, as `inference/parity.ts` describes. `pipeline/` also holds the latents after each step of whole runs of
diffusers' own GLIGEN pipeline, and `samplers.json` what its schedulers do with a network of one line.

Made with torch 2.13.0, diffusers 0.42.1, transformers 5.23.0, safetensors 0.8.0.
"""

import json
import math
import shutil
import sys
from pathlib import Path

import diffusers
import torch
import transformers
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.pipelines.deprecated.stable_diffusion_gligen import StableDiffusionGLIGENPipeline
from parity_samplers import samplers, scheduler
from parity_tokenizer import encoded_texts, tokenizer
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

PINNED = {"torch": "2.13.0", "diffusers": "0.42.1", "transformers": "5.23.0"}
STEPS = 10


def randomise(model, dtype=torch.float32):
    """Weights large enough that a mistake shows: norms, biases, gates and null features all differ from their defaults.

    The weights are rounded to the type they will be stored in, then used as float32."""
    for name, weight in model.named_parameters():
        fan_in = weight[0].numel() if weight.dim() > 1 else 1
        if weight.dim() == 0:
            value = torch.empty(()).uniform_(0.4, 1.2)
        elif "embedding" in name and weight.dim() == 2 and "time_embedding" not in name:
            value = 0.5 * torch.randn(weight.shape)
        elif weight.dim() > 1:
            value = torch.randn(weight.shape) / math.sqrt(fan_in)
        elif name.endswith("norm.weight") or ("norm" in name and name.endswith("weight")):
            value = 1 + 0.3 * torch.randn(weight.shape)
        else:
            value = 0.3 * torch.randn(weight.shape)
        weight.data.copy_(value.to(dtype).float())
    return model.eval()


def store(model, folder, dtype=torch.float32):
    model.to(dtype).save_pretrained(folder)
    model.float()


@torch.no_grad()
def text_encoder(folder, record, dtype=torch.float32, **config):
    width = config["hidden_size"]
    model = randomise(CLIPTextModel(CLIPTextConfig(intermediate_size=2 * width, bos_token_id=1, **config)), dtype)
    store(model, folder / "text_encoder", dtype)
    end = config["eos_token_id"]
    last = end if end != 2 else config["vocab_size"] - 1
    ids = torch.randint(3, last - 1, (2, config["max_position_embeddings"]))
    ids[0, 5:], ids[1, -1] = last, last
    out = model(ids)
    record |= {
        "text_encoder.input_ids": ids,
        "text_encoder.last_hidden_state": out.last_hidden_state,
        "text_encoder.pooler_output": out.pooler_output,
    }
    return model


@torch.no_grad()
def image_encoder(folder, record, dtype=torch.float32, **config):
    model = randomise(CLIPVisionModelWithProjection(CLIPVisionConfig(**config)), dtype)
    store(model, folder / "image_encoder", dtype)
    side = config["image_size"]
    pixels = torch.randn(2, 3, side, side)
    record |= {"image_encoder.pixel_values": pixels, "image_encoder.image_embeds": model(pixels).image_embeds}


@torch.no_grad()
def vae(folder, record, channels, latent, picture, dtype=torch.float32, **config):
    levels = len(channels)
    model = AutoencoderKL(
        block_out_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        **config,
    )
    randomise(model, dtype)
    store(model, folder / "vae", dtype)
    latents, image = torch.randn(latent), torch.randn(picture)
    record |= {
        "vae.latents": latents,
        "vae.decoded": model.decode(latents).sample,
        "vae.image": image,
        "vae.moments": model.encode(image).latent_dist.parameters,
    }
    return model


def text_grounding(batch, width, slots=6):
    return {
        "boxes": torch.rand(batch, slots, 4),
        "masks": (torch.arange(slots) < 4).float().repeat(batch, 1),
        "positive_embeddings": torch.randn(batch, slots, width),
    }


def text_image_grounding(batch, width, slots=5):
    return {
        "boxes": torch.rand(batch, slots, 4),
        "masks": torch.tensor([1.0, 1, 1, 0, 0]).repeat(batch, 1),
        "phrases_masks": torch.tensor([1.0, 0, 1, 0, 0]).repeat(batch, 1),
        "image_masks": torch.tensor([0.0, 1, 1, 0, 0]).repeat(batch, 1),
        "phrases_embeddings": torch.randn(batch, slots, width),
        "image_embeddings": torch.randn(batch, slots, width),
    }


@torch.no_grad()
def unet(folder, record, sample, timestep, grounding=None, dtype=torch.float32, **config):
    model = randomise(UNet2DConditionModel(**config), dtype)
    store(model, folder / "unet", dtype)
    batch, width = sample[0], config["cross_attention_dim"]
    inputs = {
        "sample": torch.randn(sample),
        "timestep": torch.tensor(timestep),
        "encoder_hidden_states": torch.randn(batch, 7, width),
    }
    told = grounding(batch, width) if grounding else {}
    out = model(
        inputs["sample"],
        inputs["timestep"],
        encoder_hidden_states=inputs["encoder_hidden_states"],
        cross_attention_kwargs={"gligen": dict(told)} if told else None,
    ).sample
    record |= {f"unet.{name}": value for name, value in {**inputs, **told, "out": out}.items()}
    return model


def case(root, name, seed):
    """A fresh folder and an empty record, with its own random numbers."""
    folder = root / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    torch.manual_seed(seed)
    return folder, {}


def write(folder, record):
    save_file({name: value.contiguous() for name, value in record.items()}, folder / "parity.safetensors")


def gated(root):
    """Odd, non-square latents; two layers per block; attention at some levels, other on the way up; one time for all."""
    folder, record = case(root, "gated", 1)
    unet(
        folder, record, (2, 4, 9, 14), 523, text_grounding, torch.float16,
        block_out_channels=(12, 12, 24), layers_per_block=2, norm_num_groups=4, attention_head_dim=4,
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D",) * 3, mid_block_type="UNetMidBlock2D", cross_attention_dim=24, attention_type="gated", sample_size=16,
    )  # fmt: skip
    vae(folder, record, (4, 8, 8), (2, 4, 5, 6), (1, 3, 22, 31), norm_num_groups=4, layers_per_block=2)
    text_encoder(
        folder, record, vocab_size=90, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=12, eos_token_id=89, pad_token_id=89,
    )  # fmt: skip
    write(folder, record)


def text_image(root):
    """Text and pictures; linear projections; other head counts per level; a time for each picture; gelu; old end id 2."""
    folder, record = case(root, "text-image", 2)
    unet(
        folder, record, (2, 4, 6, 10), [871, 12], text_image_grounding, torch.float16,
        block_out_channels=(16, 32), layers_per_block=1, norm_num_groups=4, attention_head_dim=[2, 8],
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=24, attention_type="gated-text-image", use_linear_projection=True, sample_size=8,
    )  # fmt: skip
    image_encoder(
        folder, record, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
        image_size=24, patch_size=8, projection_dim=24, hidden_act="gelu",
    )  # fmt: skip
    text_encoder(
        folder, record, torch.float16, vocab_size=60, hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
        max_position_embeddings=9, eos_token_id=2, hidden_act="gelu",
    )  # fmt: skip
    write(folder, record)


def inpainting(root):
    """Nine channels in, four levels with layers of their own, heads that do not divide the width, no gated layers."""
    folder, record = case(root, "inpainting", 3)
    unet(
        folder, record, (1, 9, 17, 8), [301.5],
        block_out_channels=(8, 12, 16, 16), layers_per_block=[1, 2, 1, 1], norm_num_groups=4,
        attention_head_dim=[2, 5, 4, 4], in_channels=9, cross_attention_dim=20,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        transformer_layers_per_block=[1, 2, 1, 1], mid_block_type="UNetMidBlock2D", flip_sin_to_cos=False, freq_shift=1,
    )  # fmt: skip
    vae(
        folder, record, (16,), (1, 8, 4, 7), (1, 3, 5, 6), norm_num_groups=4, layers_per_block=1, latent_channels=8,
        use_quant_conv=False, use_post_quant_conv=False, mid_block_add_attention=False,
    )  # fmt: skip
    write(folder, record)


def brain_floats(root):
    """bfloat16 weights, times that scale and shift, a mid block that halves its sum, an even grid, no middle at the VAE."""
    folder, record = case(root, "bfloat16", 4)
    unet(
        folder, record, (1, 4, 8, 8), 40, None, torch.bfloat16,
        block_out_channels=(16, 16), layers_per_block=1, norm_num_groups=8, attention_head_dim=1, out_channels=6,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"), cross_attention_dim=16,
        resnet_time_scale_shift="scale_shift", mid_block_scale_factor=2.0, time_embedding_dim=40, conv_in_kernel=5,
    )  # fmt: skip
    vae(folder, record, (16, 16), (1, 4, 3, 4), (1, 3, 6, 8), torch.bfloat16, norm_num_groups=8, layers_per_block=1)
    write(folder, record)


class KeypointNet(torch.nn.Module):
    """GLIGEN's position net for keypoints (gligen/GLIGEN f9dccb9, keypoint_grounding_net.py); diffusers has none."""

    def __init__(self, figures, width):
        super().__init__()
        self.person_embeddings = torch.nn.Parameter(torch.zeros(figures, width))
        self.keypoint_embeddings = torch.nn.Parameter(torch.zeros(17, width))
        self.null_person_feature = torch.nn.Parameter(torch.zeros(width))
        self.null_xy_feature = torch.nn.Parameter(torch.zeros(32))
        self.linears = torch.nn.Sequential(
            torch.nn.Linear(width + 32, 512), torch.nn.SiLU(), torch.nn.Linear(512, 512), torch.nn.SiLU(),
            torch.nn.Linear(512, width),
        )  # fmt: skip

    def forward(self, points, masks):
        there = masks.unsqueeze(-1)
        names = (self.person_embeddings.unsqueeze(1) + self.keypoint_embeddings).flatten(0, 1)
        angles = [points * 100 ** (k / 8) for k in range(8)]
        waves = torch.cat([wave(angle) for angle in angles for wave in (torch.sin, torch.cos)], dim=-1)
        features = there * names + (1 - there) * self.null_person_feature
        positions = there * waves + (1 - there) * self.null_xy_feature
        return self.linears(torch.cat([features, positions], dim=-1))


def keypoint_grounding(batch, width, figures=3):
    return {"points": torch.rand(batch, 17 * figures, 2), "masks": (torch.rand(batch, 17 * figures) < 0.6).float()}


@torch.no_grad()
def adapters(root):
    """A whole model with adapters: boxes with texts and pictures, boxes with nine channels in, keypoints; image features."""
    folder, record = case(root, "adapters", 6)
    base = {
        "block_out_channels": (12, 24), "layers_per_block": 1, "norm_num_groups": 4, "attention_head_dim": 4,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"), "cross_attention_dim": 20, "sample_size": 8,
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
    }  # fmt: skip
    plain = unet(folder, record, (1, 4, 6, 8), 321, None, torch.float16, **base)
    kinds = {
        "boxes": (4, "text-image", text_image_grounding, ["text", "image", "style"]),
        "inpaint": (9, "text", text_grounding, ["text", "inpaint"]),
        "keypoints": (4, "keypoint", keypoint_grounding, ["keypoint"]),
    }
    for name, (channels, net, grounding, told) in kinds.items():
        gates = "gated-text-image" if net == "text-image" else "gated"
        model = UNet2DConditionModel(**base, attention_type=gates, in_channels=channels)
        if net == "keypoint":
            model.position_net = KeypointNet(3, base["cross_attention_dim"])
        randomise(model, torch.float16)
        own = [key for key in model.state_dict() if ".fuser." in key or key.startswith("position_net.")]
        own += ["conv_in.weight"] if channels != 4 else []
        kept = {key: value for key, value in plain.state_dict().items() if key not in own}
        model.load_state_dict(kept, strict=False)
        inputs = {"sample": torch.randn(1, channels, 6, 8), "timestep": torch.tensor(321)}
        inputs["encoder_hidden_states"] = torch.randn(1, 7, base["cross_attention_dim"])
        entities = grounding(1, base["cross_attention_dim"])
        out = model(**inputs, cross_attention_kwargs={"gligen": dict(entities)}).sample
        record |= {f"adapters/{name}.{key}": value for key, value in {**inputs, **entities, "out": out}.items()}
        place = folder / "adapters" / name
        place.mkdir(parents=True)
        save_file({key: model.state_dict()[key].half() for key in own}, place / "diffusion_pytorch_model.safetensors")
        config = {"_class_name": "GroundworkAdapter", "attention_type": gates, "position_net": net}
        config |= {"in_channels": channels, "title": f"{name}, random", "kinds": told}
        (place / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    image_features(folder, record)
    words, vocabulary = tokenizer(folder / "tokenizer", 16)
    text_encoder(
        folder, record, torch.float16, vocab_size=vocabulary, hidden_size=20, num_hidden_layers=1, num_attention_heads=4,
        max_position_embeddings=16, eos_token_id=vocabulary - 1, pad_token_id=vocabulary - 1,
    )  # fmt: skip
    vae(folder, record, (8, 8), (1, 4, 3, 4), (1, 3, 6, 8), torch.float16, norm_num_groups=4, layers_per_block=1)
    scheduler("ddim").save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}) + "\n")
    write(folder, record)


def image_features(folder, record):
    """GLIGEN's feature of a reference picture: 28.7 · u/‖u‖ with u = W·(image embedding)."""
    image_encoder(
        folder, record, torch.float16, hidden_size=24, intermediate_size=32, num_hidden_layers=1, num_attention_heads=3,
        image_size=16, patch_size=8, projection_dim=12, hidden_act="quick_gelu",
    )  # fmt: skip
    weight = torch.randn(20, 12).half()
    projected = record["image_encoder.image_embeds"] @ weight.float().T
    record["image_project.pixel_values"] = record["image_encoder.pixel_values"].clone()
    record["image_project.feature"] = 28.7 * projected / projected.norm(dim=-1, keepdim=True)
    place = folder / "image_project"
    place.mkdir()
    save_file({"project.weight": weight}, place / "diffusion_pytorch_model.safetensors")
    (place / "config.json").write_text(json.dumps({"_class_name": "CLIPImageProjection", "hidden_size": 20}) + "\n")


def pipeline(root):
    """Whole runs of diffusers' GLIGEN pipeline: text, boxes, guidance, gated layers off after half of the steps."""
    folder, record = case(root, "pipeline", 5)
    words, vocabulary = tokenizer(folder / "tokenizer", 16)
    words.save_pretrained(root / "tokenizer-json")
    width = 32
    text = text_encoder(
        folder, {}, torch.float16, vocab_size=vocabulary, hidden_size=width, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=16, eos_token_id=vocabulary - 1, pad_token_id=vocabulary - 1,
    )  # fmt: skip
    net = unet(
        folder, {}, (1, 4, 8, 8), 1, None, torch.float16,
        block_out_channels=(16, 32), layers_per_block=1, norm_num_groups=8, attention_head_dim=4, sample_size=8,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=width, attention_type="gated",
    )  # fmt: skip
    decoder = vae(folder, {}, (8, 16), (1, 4, 4, 4), (1, 3, 8, 8), norm_num_groups=4, layers_per_block=1)
    scheduler("ddim").save_pretrained(folder / "scheduler")
    pipe = StableDiffusionGLIGENPipeline(
        decoder, text, words, net, scheduler("ddim"), None, None, requires_safety_checker=False
    )
    pipe.set_progress_bar_config(disable=True)
    noise = torch.randn(1, 4, 10, 8)
    record["noise"] = noise
    for name in ("ddim", "pndm", "dpmpp-2m", "unipc", "euler"):
        for prediction in ("epsilon", "v_prediction"):
            record[f"{name}.{prediction}"] = torch.stack(run(pipe, name, prediction, noise))
    write(folder, record)
    (folder / "texts.json").write_text(json.dumps(encoded_texts(words), ensure_ascii=False, indent=1))


def run(pipe, name, prediction, noise):
    """The latents after each evaluation of the UNet."""
    pipe.scheduler = scheduler(name, prediction_type=prediction)
    latents, step = [], pipe.scheduler.step

    def recorded(*args, **kwargs):
        result = step(*args, **kwargs)
        latents.append(result.prev_sample.clone())
        return result

    pipe.scheduler.step = recorded
    pipe(
        "a cat and a dog on a beach", height=16, width=16, num_inference_steps=STEPS, guidance_scale=3.0,
        negative_prompt="dog", gligen_phrases=["cat", "a dog"], gligen_scheduled_sampling_beta=0.5,
        gligen_boxes=[[0.1, 0.2, 0.5, 0.9], [0.55, 0.0, 1.0, 0.6]], latents=noise.clone(), output_type="latent",
    )  # fmt: skip
    return latents


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: python training/parity.py FOLDER")
    for package in (torch, diffusers, transformers):
        found = package.__version__.split("+")[0]
        if found != PINNED[package.__name__]:
            sys.exit(f"Cannot write fixtures: {package.__name__} is {found}, they are made with {PINNED[package.__name__]}")
    torch.set_num_threads(1)  # networks this small only wait for each other on more
    root = Path(sys.argv[1])
    root.mkdir(parents=True, exist_ok=True)
    for make in (gated, text_image, inpainting, brain_floats, pipeline, adapters, samplers):
        make(root)


if __name__ == "__main__":
    main()
