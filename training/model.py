"""The networks of the model: diffusers' UNet with gated layers, and transformers' CLIP text encoder, both small."""

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from transformers import CLIPTextConfig, CLIPTextModel

from .tokenizer import LENGTH

TEXT_WIDTH = 128

UNET = dict(
    sample_size=16,
    in_channels=4,
    out_channels=4,
    block_out_channels=(64, 128, 192),
    layers_per_block=1,
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    cross_attention_dim=TEXT_WIDTH,
    attention_head_dim=4,  # in this class: how many heads
    attention_type="gated",
)


def build_unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(**UNET)


def build_text_encoder(tokens: int) -> CLIPTextModel:
    """tokens: size of the vocabulary, whose last two ids are start and end of text."""
    config = CLIPTextConfig(
        vocab_size=tokens,
        hidden_size=TEXT_WIDTH,
        intermediate_size=4 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=LENGTH,
        hidden_act="quick_gelu",
        bos_token_id=tokens - 2,
        eos_token_id=tokens - 1,
        pad_token_id=tokens - 1,
    )
    return CLIPTextModel(config)


def gated_parameters(unet: UNet2DConditionModel) -> dict[str, torch.nn.Parameter]:
    """The fusers and the position net: everything grounding adds to the base."""
    named = unet.named_parameters()
    return {name: p for name, p in named if ".fuser." in name or name.startswith("position_net.")}


def transformer_blocks(unet: UNet2DConditionModel) -> list[torch.nn.Module]:
    """Every block that holds self-attention, fuser and cross-attention, in the order of the forward pass."""
    stages = [*unet.down_blocks, unet.mid_block, *unet.up_blocks]
    attentions = [a for stage in stages for a in getattr(stage, "attentions", [])]
    return [block for attention in attentions for block in attention.transformer_blocks]


def use_plain_attention(unet: UNet2DConditionModel, text_encoder: CLIPTextModel) -> None:
    """Attention as matrix products. At these sizes PyTorch's fused kernel has a slow backward pass on the CPU."""
    unet.set_attn_processor(AttnProcessor())
    text_encoder.set_attn_implementation("eager")
