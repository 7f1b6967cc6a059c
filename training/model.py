"""The networks of the model: diffusers' UNet without or with gated layers, and transformers' CLIP text encoder, both small."""

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from transformers import CLIPTextConfig, CLIPTextModel

from .settings import LATENT_SIDE, SETTING
from .tokenizer import LENGTH

TEXT_WIDTH = SETTING.text_width

UNET = dict(
    sample_size=LATENT_SIDE,
    out_channels=4,
    block_out_channels=SETTING.channels,
    layers_per_block=1,
    down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    cross_attention_dim=TEXT_WIDTH,
    attention_head_dim=4,  # in this class: how many heads
)


def build_unet(attention_type: str = "default", in_channels: int = 4) -> UNet2DConditionModel:
    """attention_type: "default" is the plain base; "gated" and "gated-text-image" add GLIGEN's layers."""
    return UNet2DConditionModel(**UNET, in_channels=in_channels, attention_type=attention_type)


def build_text_encoder(tokens: int) -> CLIPTextModel:
    """tokens: size of the vocabulary, whose last two ids are start and end of text."""
    config = CLIPTextConfig(
        vocab_size=tokens,
        hidden_size=TEXT_WIDTH,
        intermediate_size=4 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=SETTING.text_layers,
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
    return {name: p for name, p in unet.named_parameters() if is_gated(name)}


def is_gated(name: str) -> bool:
    return ".fuser." in name or name.startswith("position_net.")


def transformer_blocks(unet: UNet2DConditionModel) -> list[torch.nn.Module]:
    """Every block that holds self-attention, fuser and cross-attention, in the order of the forward pass."""
    stages = [*unet.down_blocks, unet.mid_block, *unet.up_blocks]
    attentions = [a for stage in stages for a in getattr(stage, "attentions", [])]
    return [block for attention in attentions for block in attention.transformer_blocks]


def use_plain_attention(unet: UNet2DConditionModel, text_encoder: CLIPTextModel) -> None:
    """Attention as matrix products. At these sizes PyTorch's fused kernel has a slow backward pass on the CPU."""
    unet.set_attn_processor(AttnProcessor())
    use_eager(text_encoder)


def use_eager(network) -> None:
    network.set_attn_implementation("eager")
