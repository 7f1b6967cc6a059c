"""Invents scenes and draws them: emoji sprites and figures pasted on procedural backgrounds, RGB.

`python -m training.scene` writes a sheet of examples to runs/scenes.png.
"""

import random
from functools import lru_cache

import numpy as np
from PIL import Image

from .captions import caption
from .figure import draw_figure, invent_figure
from .style import apply_style
from .world import BACKGROUNDS, KINDS, MAX_PEOPLE, MAX_THINGS, PERSON, RUNS, SIZE_PX, STYLES, Scene, Thing

# Longest side of a thing as a share of the picture's, by how many things share the picture.
SIDES = {1: (0.34, 0.88), 2: (0.27, 0.62), 3: (0.24, 0.5), 4: (0.22, 0.42)}
SIDES_MANY = (0.17, 0.33)
COUNT_WEIGHTS = (30, 34, 18, 8, 4, 3, 2, 1)
CLOSE_SHARE = 0.3  # scenes whose things may cover each other
MAX_OVERLAP, MAX_OVERLAP_CLOSE = 0.12, 0.45  # shared area over the smaller box
PEOPLE_SHARE = 0.3  # scenes with figures


@lru_cache(maxsize=None)
def sprite(kind: str, style: str = "flat") -> Image.Image:
    """RGBA picture of a kind, cropped to what is visible. A person is drawn, in one pose for all."""
    if kind == PERSON:
        return _person_sprite()
    image = Image.open(RUNS / "sprites" / f"{'noto' if style == 'noto' else 'flat'}" / f"{kind}.png").convert("RGBA")
    return image.crop(image.getchannel("A").point(lambda a: 255 * (a > 40)).getbbox())


def _person_sprite() -> Image.Image:
    rng = random.Random(1)
    canvas = Image.new("RGBA", (96, 96), (0, 0, 0, 0))
    figure, box = invent_figure(rng, 90, 96)
    draw_figure(canvas, figure, rng)
    return canvas.crop(box)


def invent_scene(rng: random.Random, kinds: list[str] = KINDS, style: str | None = None) -> Scene:
    """Draws a style, a background, one to eight things, and a box for each."""
    style = style or rng.choices(list(STYLES), [share for share, *_ in STYLES.values()])[0]
    count = rng.choices(range(1, MAX_THINGS + 1), COUNT_WEIGHTS[:MAX_THINGS])[0]
    people = PERSON in kinds and rng.random() < PEOPLE_SHARE
    people = min(count, rng.randint(1, MAX_PEOPLE) if rng.random() < 0.3 else 1) if people else 0
    overlap = MAX_OVERLAP_CLOSE if rng.random() < CLOSE_SHARE else MAX_OVERLAP
    others = [kind for kind in kinds if kind != PERSON]
    things: list[Thing] = []
    for kind in [PERSON] * people + rng.sample(others, min(count - people, len(others))):
        thing = _place(kind, style, count, overlap, [thing.box for thing in things], rng)
        if thing:
            things.append(thing)
    rng.shuffle(things)  # later ones cover earlier ones
    return Scene(rng.choice(list(BACKGROUNDS)), tuple(things), style)


def draw(scene: Scene, rng: random.Random) -> np.ndarray:
    """uint8 [S, S, 3]; rng varies the background, and the skin and hair of people."""
    canvas = Image.fromarray(_background(scene.background, rng))
    for thing in scene.things:
        if thing.figure:
            draw_figure(canvas, thing.figure, rng)
            continue
        x0, y0, x1, y1 = thing.box
        picture = sprite(thing.kind, scene.style).resize((x1 - x0, y1 - y0), Image.Resampling.LANCZOS)
        canvas.paste(picture, (x0, y0), picture)
    return apply_style(scene.style, np.array(canvas))


def _place(kind, style, count, overlap, taken, rng) -> Thing | None:
    low, high = SIDES.get(count, SIDES_MANY)
    for _ in range(30):
        side = rng.uniform(low, high) * SIZE_PX
        figure = None
        if kind == PERSON:
            figure, box = invent_figure(rng, min(0.95 * SIZE_PX, side * 1.35), SIZE_PX)
        else:
            box = _free_box(sprite(kind, style), side, rng)
        if all(_overlap(box, other) <= overlap for other in taken):
            return Thing(kind, box, figure)
    return None


def _free_box(picture, side, rng):
    shape = picture.width / picture.height * 2 ** rng.uniform(-0.25, 0.25)
    width = max(2, round(side * min(1, shape)))
    height = max(2, round(side / max(1, shape)))
    x0, y0 = rng.randint(0, SIZE_PX - width), rng.randint(0, SIZE_PX - height)
    return (x0, y0, x0 + width, y0 + height)


def _overlap(a, b) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return max(0, width) * max(0, height) / min(area(a), area(b))


# --- backgrounds: each returns float [64, 64, 3] in 0..255 --------------------------------------------------------

Y, X = np.mgrid[0:SIZE_PX, 0:SIZE_PX].astype(np.float32) / SIZE_PX


def _background(name: str, rng: random.Random) -> np.ndarray:
    picture = _PAINTERS[name](rng) if name in _PAINTERS else _plain(_PLAIN[name], rng)
    return np.clip(picture + rng.uniform(-6, 6), 0, 255).astype(np.uint8)


def _plain(colour, rng):
    return np.zeros((SIZE_PX, SIZE_PX, 3), np.float32) + np.array(colour, np.float32)


def _gradient(top, bottom, start=0.0, end=1.0):
    mix = np.clip((Y - start) / (end - start), 0, 1)[..., None]
    return np.array(top, np.float32) * (1 - mix) + np.array(bottom, np.float32) * mix


def _above(line, upper, lower):
    """upper where y < line, lower elsewhere, with a soft edge one pixel wide."""
    mix = np.clip((Y - line) * SIZE_PX + 0.5, 0, 1)[..., None]
    return upper * (1 - mix) + lower * mix


def _blob(picture, x, y, rx, ry, colour):
    distance = np.sqrt(((X - x) / rx) ** 2 + ((Y - y) / ry) ** 2)
    mix = np.clip((1 - distance) * min(rx, ry) * SIZE_PX + 0.5, 0, 1)[..., None]
    return picture * (1 - mix) + np.array(colour, np.float32) * mix


def _beach(rng):
    horizon = rng.uniform(0.32, 0.44)
    shore = horizon + rng.uniform(0.14, 0.22) + 0.015 * np.sin(X * 9 + rng.uniform(0, 6))
    sea = _gradient((40, 140, 210), (90, 200, 225), horizon, horizon + 0.2)
    sand = _gradient((250, 228, 170), (238, 205, 138))
    return _above(horizon, _gradient((125, 200, 245), (205, 236, 250), 0, horizon), _above(shore, sea, sand))


def _meadow(rng):
    hill = rng.uniform(0.42, 0.56) + 0.05 * np.sin(X * rng.uniform(3, 6) + rng.uniform(0, 6))
    return _above(hill, _gradient((135, 205, 250), (215, 240, 252)), _gradient((150, 210, 90), (84, 160, 62), 0.4))


def _desert(rng):
    dune = rng.uniform(0.45, 0.58) + 0.07 * np.sin(X * rng.uniform(4, 7) + rng.uniform(0, 6))
    near = dune + 0.2 + 0.05 * np.sin(X * 6 + rng.uniform(0, 6))
    sand = _above(near, _plain((232, 175, 100), rng), _plain((215, 148, 76), rng))
    return _above(dune, _gradient((250, 225, 165), (252, 240, 205)), sand)


def _snow(rng):
    hill = rng.uniform(0.42, 0.56) + 0.05 * np.sin(X * rng.uniform(3, 6) + rng.uniform(0, 6))
    picture = _above(hill, _gradient((150, 180, 210), (195, 215, 232)), _gradient((246, 250, 255), (222, 234, 246), 0.4))
    for _ in range(14):
        picture = _blob(picture, rng.random(), rng.random(), 0.018, 0.018, (255, 255, 255))
    return picture


def _sea(rng):
    waves = 10 * np.sin(Y * 40 + 1.2 * np.sin(X * 9 + rng.uniform(0, 6)))[..., None]
    return _gradient((50, 165, 215), (14, 72, 150)) + waves


def _night(rng):
    picture = _gradient((12, 14, 48), (44, 40, 98))
    for _ in range(16):
        picture = _blob(picture, rng.random(), rng.random(), 0.013, 0.013, (240, 240, 215))
    return picture


def _sunset(rng):
    horizon = rng.uniform(0.6, 0.72)
    sky = _gradient((120, 60, 130), (255, 160, 80), 0, horizon)
    return _above(horizon, sky, _gradient((110, 50, 80), (60, 30, 60), horizon))


def _street(rng):
    kerb = rng.uniform(0.5, 0.6)
    houses = _plain((205, 200, 205), rng)
    x = -rng.uniform(0, 0.2)
    while x < 1:
        width, top = rng.uniform(0.18, 0.3), rng.uniform(0.08, 0.28)
        wall = rng.choice([(178, 118, 100), (150, 160, 175), (190, 165, 130), (140, 125, 140)])
        houses = np.where(((X >= x) & (X < x + width) & (Y > top))[..., None], np.array(wall, np.float32), houses)
        x += width
    road = _above(kerb + 0.08, _plain((185, 185, 185), rng), _plain((88, 90, 98), rng))
    lines = (np.abs(Y - (kerb + 1.08) / 2) < 0.016) & (np.sin(X * 25 + rng.uniform(0, 6)) > -0.2)
    return np.where(lines[..., None], np.float32(235), _above(kerb, houses, road))


def _room(rng):
    floor = rng.uniform(0.66, 0.76)
    wall = _plain(rng.choice([(240, 214, 190), (205, 222, 205), (214, 208, 230)]), rng)
    wood = _plain((168, 112, 70), rng) - 22 * (np.sin(Y * 75) > 0.6)[..., None]
    picture = _above(floor, wall, wood)
    return np.where((np.abs(Y - floor) < 0.02)[..., None], np.float32(248), picture)


def _mountains(rng):
    picture = _gradient((120, 180, 235), (225, 238, 250))
    for colour, base in (((128, 138, 165), 0.35), ((96, 108, 138), 0.5)):
        slope = rng.uniform(3.0, 4.5)
        offset = rng.uniform(0, 1)
        ridge = base + 0.22 * np.abs((X * slope / 1.6 + offset) % 1 - 0.5) * 2
        snowy = _above(ridge + 0.06, _plain((245, 248, 252), rng), _plain(colour, rng)) if base < 0.4 else _plain(colour, rng)
        picture = _above(ridge, picture, snowy)
    return _above(0.82, picture, _plain((98, 150, 84), rng))


def _sky(rng):
    picture = _gradient((70, 160, 235), (170, 218, 250))
    for _ in range(rng.randint(2, 4)):
        x, y, size = rng.random(), rng.uniform(0.05, 0.95), rng.uniform(0.07, 0.12)
        for dx, scale in ((-1, 0.7), (0, 1), (1, 0.75)):
            picture = _blob(picture, x + dx * size, y - (scale - 0.7) * size, size * scale, size * scale * 0.7, (248, 252, 255))
    return picture


_PAINTERS = {
    "beach": _beach, "meadow": _meadow, "desert": _desert, "snow": _snow, "sea": _sea, "night": _night,
    "sunset": _sunset, "street": _street, "room": _room, "mountains": _mountains, "sky": _sky,
}  # fmt: skip
_PLAIN = {"white": (246, 246, 246), "yellow": (252, 222, 110), "pink": (250, 178, 200)}


def main():
    from .sheet import save_sheet

    rng = random.Random(0)
    scenes = [invent_scene(rng) for _ in range(64)]
    save_sheet(np.stack([draw(scene, rng) for scene in scenes]), RUNS / "scenes.png", columns=8, enlarge=2)
    for scene in scenes[:24]:
        print(caption(scene, rng))


if __name__ == "__main__":
    main()
