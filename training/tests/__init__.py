"""All tests run in the tiny setting, in a folder of their own, with sprites drawn here: no downloads, no other tools."""

import atexit
import multiprocessing
import os
import shutil
import tempfile
from pathlib import Path

IS_WORKER = multiprocessing.parent_process() is not None  # which finds the folder of the process that started it
FOLDER = Path(os.environ["TRAINING_RUNS"] if IS_WORKER else tempfile.mkdtemp(prefix="training-tests-"))
os.environ["TRAINING_SIZE"] = "tiny"
os.environ["TRAINING_RUNS"] = str(FOLDER)


def draw_sprites() -> None:
    """A shape of its own colour for every kind, in both sets."""
    from PIL import Image, ImageDraw

    from training.world import KINDS

    for style in ("flat", "noto"):
        (FOLDER / "sprites" / style).mkdir(parents=True)
        for index, kind in enumerate(KINDS):
            picture = Image.new("RGBA", (48, 32 + index % 32), (0, 0, 0, 0))
            colour = (index * 37 % 256, index * 91 % 256, 128 if style == "flat" else 30, 255)
            ImageDraw.Draw(picture).ellipse((2, 2, 45, 29 + index % 32), fill=colour)
            picture.save(FOLDER / "sprites" / style / f"{kind}.png")


if not IS_WORKER:
    atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
    draw_sprites()
