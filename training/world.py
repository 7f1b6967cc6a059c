"""The small world the first model paints: what exists in it, and where. Nothing here draws or words anything.

A scene is `Scene(background, things, style)`; each thing has a kind and a box in pixels, and a person has a figure:
clothes and 17 key points. See scene.py for drawing and captions.py for words.
"""

import json
from dataclasses import dataclass

from .settings import HERE, RUNS, SETTING

__all__ = ["RUNS", "SIZE_PX", "Scene", "Thing", "Figure", "KINDS"]

SIZE_PX = SETTING.size_px
PERSON = "person"

KIND_ROWS: list[dict] = json.loads((HERE / SETTING.kinds_file).read_text(encoding="utf-8"))
KIND_ROWS.append({"name": PERSON, "zh": "人", "measure": "个", "boxed": True})
ROW_OF = {row["name"]: row for row in KIND_ROWS}
KINDS = [row["name"] for row in KIND_ROWS]
BOXED = [row["name"] for row in KIND_ROWS if row["boxed"]]
NEVER_BOXED = [row["name"] for row in KIND_ROWS if not row["boxed"]]

# Background name -> the words that may end a caption, in English and Chinese.
BACKGROUNDS = {
    "beach": (["on a beach", "on the beach", "at the beach"], ["在海滩上"]),
    "meadow": (["in a meadow", "on a meadow", "on the grass"], ["在草地上"]),
    "desert": (["in the desert", "in a desert"], ["在沙漠里"]),
    "snow": (["in the snow", "in snow"], ["在雪地里"]),
    "sea": (["in the sea", "on the sea", "under water"], ["在海里", "在水下"]),
    "night": (["at night", "in the night sky"], ["在夜晚", "在夜空中"]),
    "sunset": (["at sunset", "in the sunset"], ["在夕阳下"]),
    "street": (["on a street", "in the street"], ["在街上"]),
    "room": (["in a room", "in the room"], ["在房间里"]),
    "mountains": (["in the mountains", "in front of mountains"], ["在山里"]),
    "sky": (["in the sky", "in a blue sky"], ["在天空中"]),
    "white": (["on a white background", "on white"], ["在白色背景上"]),
    "yellow": (["on a yellow background", "on yellow"], ["在黄色背景上"]),
    "pink": (["on a pink background", "on pink"], ["在粉色背景上"]),
}

# Style name -> how often it is drawn beside the others, and its words: before a caption, after a caption, in Chinese.
# flat and noto are two emoji sets; the rest are drawn from flat ones by a filter over the whole picture.
STYLES = {
    "flat": (0.60, "a flat picture of", "flat", "扁平"),
    "noto": (0.19, "a noto picture of", "noto", "圆润"),
    "pencil": (0.09, "a pencil drawing of", "pencil drawing", "铅笔画"),
    "sepia": (0.09, "an old photo of", "old photo", "老照片"),
    "blueprint": (0.09, "a blueprint of", "blueprint", "蓝图"),
    "chalk": (0.09, "a chalk drawing of", "chalk drawing", "粉笔画"),
}
STYLES = {name: STYLES[name] for name in SETTING.styles}
CHINESE_SHARE = 0.3  # of captions and phrases

MAX_THINGS = 8
MAX_PEOPLE = 3
CLOTHES = {
    "red": ((216, 48, 52), "红"),
    "blue": ((46, 98, 214), "蓝"),
    "green": ((44, 158, 74), "绿"),
    "yellow": ((246, 196, 42), "黄"),
    "purple": ((140, 72, 180), "紫"),
    "black": ((52, 50, 58), "黑"),
}


@dataclass(frozen=True)
class Figure:
    """A person drawn with limbs. Points are COCO's 17 in pixels: nose, eyes, ears, shoulders, ... left before right."""

    shirt: str  # a name in CLOTHES
    trousers: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Thing:
    """`words` is set only where a phrase came with the picture, as a scene's are; `kind` is then its category."""

    kind: str
    box: tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels, x1 and y1 exclusive
    figure: Figure | None = None
    words: str | None = None


@dataclass(frozen=True)
class Scene:
    """`words` is set only where a caption came with the picture (data read with --coco)."""

    background: str
    things: tuple[Thing, ...]
    style: str = "flat"
    words: str | None = None


def to_row(scene: Scene) -> list:
    """A scene as plain lists, for JSON."""
    things = []
    for thing in scene.things:
        figure = thing.figure and [thing.figure.shirt, thing.figure.trousers, thing.figure.points]
        things.append([thing.kind, *thing.box, figure, *([thing.words] if thing.words else [])])
    return [scene.background, scene.style, scene.words, things]


def from_row(row: list) -> Scene:
    background, style, words, rows = row
    things = []
    for kind, x0, y0, x1, y1, figure, *phrase in rows:
        if figure:
            shirt, trousers, points = figure
            figure = Figure(shirt, trousers, tuple((x, y) for x, y in points))
        things.append(Thing(kind, (x0, y0, x1, y1), figure, *phrase))
    return Scene(background, tuple(things), style, words)
