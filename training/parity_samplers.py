"""What diffusers' schedulers do with a network of one line: `samplers.json` of the parity cases (`parity.py`)."""

import json
import math
import sys

import diffusers
import torch

SCHEDULE = {
    "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000,
    "steps_offset": 1, "set_alpha_to_one": False, "clip_sample": False,
}  # fmt: skip

SCHEDULERS = {
    "ddim": diffusers.DDIMScheduler,
    "pndm": diffusers.PNDMScheduler,
    "euler": diffusers.EulerDiscreteScheduler,
    "euler-ancestral": diffusers.EulerAncestralDiscreteScheduler,
    "dpmpp-2m": diffusers.DPMSolverMultistepScheduler,
    "unipc": diffusers.UniPCMultistepScheduler,
}


def scheduler(name, **config):
    extra = {"skip_prk_steps": True} if name == "pndm" else {}
    return SCHEDULERS[name].from_config({**SCHEDULE, **extra, **config})


def one_line_network(shown, timestep):
    return 0.3 * shown + 0.1 * math.cos(float(timestep) / 100)


def trajectory(name, steps, **config):
    """The one-line network under a scheduler; the k-th draw of noise is k·(0.1, −0.2, 0.3)."""
    sampler = scheduler(name, **config)
    sampler.set_timesteps(steps)
    sample = torch.tensor([[0.5, -1.0, 2.0]]) * sampler.init_noise_sigma
    samples = []
    for k, timestep in enumerate(sampler.timesteps):
        output = one_line_network(sampler.scale_model_input(sample, timestep), timestep)
        noise = torch.tensor([[0.1, -0.2, 0.3]]) * (k + 1)
        patch = sys.modules[type(sampler).__module__]
        patch.randn_tensor = lambda *_, noise=noise, **__: noise
        sample = sampler.step(output, timestep, sample).prev_sample
        samples.append([float(f"{value:.7g}") for value in sample[0].tolist()])
    return {"name": name, "steps": steps, "config": config, "times": [float(t) for t in sampler.timesteps], "samples": samples}


def samplers(root):
    runs = [
        trajectory(name, steps, timestep_spacing=spacing, prediction_type=prediction)
        for name in SCHEDULERS
        for spacing in ("leading", "linspace", "trailing")
        for prediction in ("epsilon", "v_prediction")
        for steps in (1, 7, 16)
    ]
    runs += [
        trajectory(name, 8, timestep_spacing="leading", use_karras_sigmas=True, prediction_type=prediction)
        for name in ("euler", "dpmpp-2m", "unipc")
        for prediction in ("epsilon", "v_prediction")
    ]
    others = [
        {"beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02},
        {"beta_schedule": "squaredcos_cap_v2"},
        {"beta_schedule": "linear", "trained_betas": [0.001 + 0.0004 * i for i in range(50)], "num_train_timesteps": 50},
    ]
    runs += [
        trajectory(name, 6, prediction_type="v_prediction", **other)
        for name in ("ddim", "euler", "unipc")
        for other in others
        if (name, other["beta_schedule"]) != ("euler", "squaredcos_cap_v2")  # σ = 20291: its float32 loses the digits
    ]
    runs += [trajectory("ddim", 6, set_alpha_to_one=True), trajectory("ddim", 6, clip_sample=True)]
    runs += [trajectory("ddim", 6, rescale_betas_zero_snr=True, timestep_spacing="trailing", prediction_type="v_prediction")]
    (root / "samplers.json").write_text(json.dumps({"base": SCHEDULE, "runs": runs}, separators=(",", ":")))
