"""The position net for key points, with GLIGEN's names: 17 COCO points of up to 8 people become grounding tokens."""

import torch
from torch import nn

from .model import TEXT_WIDTH

PEOPLE = 8
POINTS = 17
FREQUENCIES = 100 ** (torch.arange(8) / 8)


class KeypointPositionNet(nn.Module):
    """points [B, 8 * 17, 2] in 0..1 and masks [B, 8 * 17] -> tokens [B, 8 * 17, width]"""

    def __init__(self, width: int = TEXT_WIDTH):
        super().__init__()
        self.person_embeddings = nn.Parameter(0.02 * torch.randn(PEOPLE, width))
        self.keypoint_embeddings = nn.Parameter(0.02 * torch.randn(POINTS, width))
        self.null_person_feature = nn.Parameter(torch.zeros(width))
        self.null_xy_feature = nn.Parameter(torch.zeros(32))
        layers = [nn.Linear(width + 32, 512), nn.SiLU(), nn.Linear(512, 512), nn.SiLU(), nn.Linear(512, width)]
        self.linears = nn.Sequential(*layers)

    def forward(self, points, masks):
        masks = masks[..., None]
        person = self.person_embeddings.repeat_interleave(POINTS, 0) + self.keypoint_embeddings.repeat(PEOPLE, 1)
        person = person * masks + (1 - masks) * self.null_person_feature
        place = fourier(points) * masks + (1 - masks) * self.null_xy_feature
        return self.linears(torch.cat([person, place], -1))


def shown(points: torch.Tensor) -> torch.Tensor:
    """[..., 2] -> bool [...]: a point at exactly (0, 0) is absent, as for GLIGEN and the engine."""
    return (points != 0).any(-1)


def fourier(points: torch.Tensor) -> torch.Tensor:
    """[..., 2] -> [..., 32]: index 4 k + 2 s + c, with s = 0 for sine and 1 for cosine, c = 0 for x and 1 for y."""
    angle = points[..., None, :] * FREQUENCIES.to(points.device)[:, None]  # [..., 8, 2]
    return torch.stack([angle.sin(), angle.cos()], -2).flatten(-3)
