"""Writes a batch of pictures as one enlarged PNG sheet, to look at."""

from pathlib import Path

import numpy as np
from PIL import Image


def save_sheet(pictures: np.ndarray, path: Path, columns: int = 8, enlarge: int = 3) -> None:
    """pictures: uint8 [N, H, W, 3]; enlarged by whole pixels."""
    count, height, width, _ = pictures.shape
    rows = -(-count // columns)
    sheet = np.full((rows * (height + 2), columns * (width + 2), 3), 255, np.uint8)
    for index, picture in enumerate(pictures):
        y, x = index // columns * (height + 2), index % columns * (width + 2)
        sheet[y : y + height, x : x + width] = picture
    image = Image.fromarray(sheet)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    image.resize((image.width * enlarge, image.height * enlarge), Image.Resampling.NEAREST).save(path)
