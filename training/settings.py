"""The sizes of the same training: which world, how many pixels, how wide, how long.

`TRAINING_SIZE=base python -m training.base` trains the large one; without it everything is `small`.
`TRAINING_RUNS` moves what training writes (default: training/runs, or training/runs-base for the large size), and
`TRAINING_BATCH` changes the batch.
"""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Setting:
    name: str
    size_px: int
    kinds_file: str
    styles: tuple[str, ...]  # of those in world.py
    channels: tuple[int, ...]  # of the UNet's levels; the first level has no attention
    text_width: int
    text_layers: int
    caption_tokens: int
    scenes: int
    batch: int
    steps: dict[str, int] = field(default_factory=dict)  # of all workers together


# small: two CPU cores, some hours. base: one modern GPU, about 25 minutes.
SETTINGS = {
    "small": Setting(
        name="small",
        size_px=64,
        kinds_file="kinds.json",
        styles=("flat", "pencil", "sepia", "blueprint", "chalk"),
        channels=(64, 128, 192),
        text_width=128,
        text_layers=3,
        caption_tokens=32,
        scenes=60_000,
        batch=32,
        steps={
            "vae": 5200,
            "base": 20_000,
            "image": 8000,
            "boxes": 11_300,
            "keypoints": 1400,
            "inpaint": 1600,
            "detector": 2400,
            "baseline": 9200,
        },
    ),
    "base": Setting(
        name="base",
        size_px=128,
        kinds_file="kinds-base.json",
        styles=("flat", "noto", "pencil", "sepia", "blueprint", "chalk"),
        channels=(96, 160, 224),
        text_width=192,
        text_layers=4,
        caption_tokens=48,
        scenes=120_000,
        batch=512,
        steps={
            "vae": 6000,
            "base": 8000,
            "image": 2000,
            "boxes": 3000,
            "keypoints": 1200,
            "inpaint": 1200,
            "detector": 3000,
            "baseline": 2400,
        },
    ),
}

STAGES = ("vae", "base", "image", "boxes", "keypoints", "inpaint", "detector", "baseline")
# For the tests, and to see whether a change runs at all: `small` with networks, batches and a world that take seconds.
SETTINGS["tiny"] = replace(
    SETTINGS["small"], name="tiny", channels=(32, 64, 64), text_width=32, text_layers=2, scenes=24, batch=4,
    steps={stage: 2 for stage in STAGES},
)  # fmt: skip

SETTING = SETTINGS[os.environ.get("TRAINING_SIZE", "small")]
if "TRAINING_BATCH" in os.environ:  # a smaller machine than the setting is meant for
    SETTING = replace(SETTING, batch=int(os.environ["TRAINING_BATCH"]))
LATENT_SIDE = SETTING.size_px // 4
RUNS = Path(os.environ.get("TRAINING_RUNS", HERE / ("runs" if SETTING.name == "small" else f"runs-{SETTING.name}")))
