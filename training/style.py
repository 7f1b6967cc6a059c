"""Styles that are a filter over the whole picture: what pencil, an old photo, a blueprint and chalk keep of it."""

import numpy as np

LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def apply_style(style: str, picture: np.ndarray) -> np.ndarray:
    """uint8 [H, W, 3] -> the same; emoji sets are styles too, but they differ in what is drawn, not here."""
    if style not in _FILTERS:
        return picture
    tone = picture.astype(np.float32) @ LUMA / 255
    return np.clip(_FILTERS[style](tone, _edges(tone)), 0, 255).astype(np.uint8)


def _edges(tone: np.ndarray) -> np.ndarray:
    across = np.abs(np.diff(tone, axis=1, append=tone[:, -1:]))
    down = np.abs(np.diff(tone, axis=0, append=tone[-1:]))
    return np.clip(2 * np.maximum(across, down), 0, 1)


def _mix(share: np.ndarray, low, high) -> np.ndarray:
    share = np.clip(share, 0, 1)[..., None]
    return np.array(low, np.float32) * (1 - share) + np.array(high, np.float32) * share


def _pencil(tone, edges):
    return _mix(0.35 + 0.65 * tone - 0.35 * edges, (38, 38, 42), (250, 249, 246))


def _sepia(tone, edges):
    return _mix(tone * 1.1 - 0.05, (52, 28, 14), (248, 228, 188))


def _blueprint(tone, edges):
    return _mix(0.05 + 0.55 * tone + 0.3 * edges, (18, 58, 150), (236, 244, 255))


def _chalk(tone, edges):
    return _mix(0.08 + 0.35 * tone + 0.55 * edges, (28, 52, 42), (240, 240, 226))


_FILTERS = {"pencil": _pencil, "sepia": _sepia, "blueprint": _blueprint, "chalk": _chalk}
