"""The small world the first model paints: what exists in it, where, and how people would ask for it.

A scene is `Scene(background, things)`; each thing has a kind and a box in pixels. `caption` words a scene in one
of several shapes. Nothing here draws; see scene.py.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path

SIZE_PX = 64
HERE = Path(__file__).resolve().parent
RUNS = HERE / "runs"

_ROWS = json.loads((HERE / "kinds.json").read_text())
KINDS = [row["name"] for row in _ROWS]
BOXED = [row["name"] for row in _ROWS if row["boxed"]]
NEVER_BOXED = [row["name"] for row in _ROWS if not row["boxed"]]

# Background name -> the words that may end a caption.
BACKGROUNDS = {
    "beach": ["on a beach", "on the beach", "at the beach"],
    "meadow": ["in a meadow", "on a meadow", "on the grass"],
    "desert": ["in the desert", "in a desert"],
    "snow": ["in the snow", "in snow"],
    "sea": ["in the sea", "on the sea", "under water"],
    "night": ["at night", "in the night sky"],
    "sunset": ["at sunset", "in the sunset"],
    "street": ["on a street", "in the street"],
    "room": ["in a room", "in the room"],
    "mountains": ["in the mountains", "in front of mountains"],
    "sky": ["in the sky", "in a blue sky"],
    "white": ["on a white background", "on white"],
    "yellow": ["on a yellow background", "on yellow"],
    "pink": ["on a pink background", "on pink"],
}

MAX_THINGS = 4


@dataclass(frozen=True)
class Thing:
    kind: str
    box: tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels, x1 and y1 exclusive


@dataclass(frozen=True)
class Scene:
    background: str
    things: tuple[Thing, ...]


def article(noun: str) -> str:
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def caption(scene: Scene, rng: random.Random) -> str:
    """One way to ask for the scene. One in ten does not name the background."""
    things = list(scene.things)
    rng.shuffle(things)
    place = rng.choice(BACKGROUNDS[scene.background])
    if rng.random() < 0.1:
        place = ""
    shape = rng.random()
    if shape < 0.15:
        return _bare_list(things, place)
    if shape < 0.35 and len(things) == 2:
        return _join(_relation(*things), place)
    words = _enumeration(things)
    if rng.random() < 0.1:
        words = rng.choice(["a picture of ", "a drawing of "]) + words
    return _join(words, place)


def phrase(kind: str, rng: random.Random) -> str:
    """The words that name one box: the bare name, or with its article."""
    return kind if rng.random() < 0.6 else article(kind)


def _join(words: str, place: str) -> str:
    return f"{words} {place}" if place else words


def _bare_list(things: list[Thing], place: str) -> str:
    names = [thing.kind for thing in things]
    return ", ".join(names + [place] if place else names)


def _enumeration(things: list[Thing]) -> str:
    names = [article(thing.kind) for thing in things]
    if len(names) == 1:
        return names[0]
    return ", ".join(names[:-1]) + " and " + names[-1]


def _relation(a: Thing, b: Thing) -> str:
    """Says where a is from b, by the axis on which their centres differ more."""
    dx = (a.box[0] + a.box[2] - b.box[0] - b.box[2]) / 2
    dy = (a.box[1] + a.box[3] - b.box[1] - b.box[3]) / 2
    if abs(dx) >= abs(dy):
        words = "to the left of" if dx < 0 else "to the right of"
    else:
        words = "above" if dy < 0 else "below"
    return f"{article(a.kind)} {words} {article(b.kind)}"
