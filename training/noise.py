"""The noise schedule of the model, and how training picks times on it.

x_t = cos(angle) * x_0 + sin(angle) * noise, with cos(angle)^2 = alphas_cumprod[t]; the network predicts
v = cos(angle) * noise - sin(angle) * x_0. Training draws the angle evenly instead of t: an even t on this schedule
would spend most of its steps on almost pure noise.
"""

import math

import torch
from diffusers import DDIMScheduler

CONFIG = dict(
    num_train_timesteps=1000,
    beta_schedule="scaled_linear",
    beta_start=0.00085,
    beta_end=0.02,
    prediction_type="v_prediction",
    timestep_spacing="trailing",
    clip_sample=False,
    set_alpha_to_one=True,
)


def scheduler() -> DDIMScheduler:
    return DDIMScheduler(**CONFIG)


ALPHAS = scheduler().alphas_cumprod  # [1000], falling from 0.999 to 0.0002
ANGLES = ALPHAS.sqrt().arccos()  # [1000], rising


def draw_times(count: int, rng: torch.Generator, early_share: float = 0.0) -> torch.Tensor:
    """int64 [count]. A share of them from the noisier 60 % of angles, where layout is decided; the rest from all."""
    angle = torch.rand(count, generator=rng)
    early = torch.rand(count, generator=rng) < early_share
    angle = torch.where(early, 0.4 + 0.6 * angle, angle) * math.pi / 2
    return torch.searchsorted(ANGLES, angle).clamp(max=len(ANGLES) - 1)


def add_noise(latents: torch.Tensor, noise: torch.Tensor, times: torch.Tensor):
    """[B, 4, 16, 16] x2, [B] -> (noisy latents, the v the network should predict)."""
    alpha = ALPHAS[times].to(latents.device)[:, None, None, None]
    noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
    return noisy, alpha.sqrt() * noise - (1 - alpha).sqrt() * latents
