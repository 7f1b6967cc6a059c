"""Invents a person with limbs and draws it: 17 COCO points, clothes with colours, seen from the front.

Lengths are in units of the body's height. Left and right are the person's own, so left is on the picture's right.
"""

import math
import random

from PIL import Image, ImageDraw

from .world import CLOTHES, Figure

SKINS = [(244, 204, 170), (226, 172, 124), (160, 108, 72), (108, 70, 48)]
HAIRS = [(60, 40, 30), (34, 30, 34), (186, 130, 60), (140, 66, 36)]
SHOES = (64, 60, 70)
ZOOM = 4  # drawn this much larger, then reduced

# Angles in degrees from straight down, outwards positive: (upper arm, forearm), (thigh, shin).
ARMS = [((8, 22), (0, 24)), ((70, 110), (70, 110)), ((135, 172), (135, 178)), ((25, 50), (-60, -20)), ((80, 110), (150, 185))]
LEGS = [((2, 9), (0, 8)), ((16, 32), (8, 30)), ((34, 56), (0, 12)), ((48, 72), (-30, -4))]


def invent_pose(rng: random.Random) -> list[tuple[float, float]]:
    """17 points around the hips at (0, 0), y downwards, in units of height."""
    lean = math.radians(rng.uniform(-12, 12))
    up = (math.sin(lean), -math.cos(lean))
    side = (math.cos(lean), math.sin(lean))
    at = lambda along, across, start=(0.0, 0.0): (  # noqa: E731
        start[0] + up[0] * along + side[0] * across,
        start[1] + up[1] * along + side[1] * across,
    )
    head = at(0.475, rng.uniform(-0.015, 0.015))
    points = [head, at(0.03, 0.035, head), at(0.03, -0.035, head), at(0.01, 0.085, head), at(0.01, -0.085, head)]
    shoulders = at(0.32, 0.115), at(0.32, -0.115)
    hips = at(0, 0.065), at(0, -0.065)
    mirrored = rng.random() < 0.4
    arm, leg = rng.choice(ARMS), rng.choice(LEGS)
    elbows, wrists, knees, ankles = [], [], [], []
    for sign, shoulder, hip in ((1, shoulders[0], hips[0]), (-1, shoulders[1], hips[1])):
        if not mirrored and sign < 0:
            arm, leg = rng.choice(ARMS), rng.choice(LEGS)
        elbows.append(_limb(shoulder, rng.uniform(*arm[0]), 0.165, sign, lean))
        wrists.append(_limb(elbows[-1], rng.uniform(*arm[1]), 0.155, sign, lean))
        knees.append(_limb(hip, rng.uniform(*leg[0]), 0.215, sign, lean / 2))
        ankles.append(_limb(knees[-1], rng.uniform(*leg[1]), 0.215, sign, lean / 2))
    return [*points, *shoulders, *elbows, *wrists, *hips, *knees, *ankles]


def _limb(start, degrees: float, length: float, sign: int, lean: float):
    angle = math.radians(degrees) * sign - lean
    return start[0] + length * math.sin(angle), start[1] + length * math.cos(angle)


def extent(points: list[tuple[float, float]], height: float) -> tuple[float, float, float, float]:
    """The box of a drawn figure: its points and the thickness of head, limbs and feet."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    limb = 0.045 * height
    top = points[0][1] - 0.13 * height
    return min(min(xs) - limb, points[0][0] - 0.12 * height), min(min(ys) - limb, top), max(max(xs) + limb, points[0][0] + 0.12 * height), max(ys) + limb


def invent_figure(rng: random.Random, side: float, size_px: int):
    """-> (Figure, box) somewhere in the picture, or None where it would not fit; `side` is the longer side in pixels."""
    pose = invent_pose(rng)
    x0, y0, x1, y1 = extent(pose, 1.0)
    height = side / max(x1 - x0, y1 - y0)
    left, top = rng.uniform(0, size_px - (x1 - x0) * height), rng.uniform(0, size_px - (y1 - y0) * height)
    points = tuple((round(left + (x - x0) * height, 2), round(top + (y - y0) * height, 2)) for x, y in pose)
    box = (math.floor(left), math.floor(top), math.ceil(left + (x1 - x0) * height), math.ceil(top + (y1 - y0) * height))
    names = list(CLOTHES)
    figure = Figure(rng.choice(names), rng.choice(names), points)
    return figure, tuple(min(size_px, max(0, edge)) for edge in box)


def draw_figure(canvas: Image.Image, figure: Figure, rng: random.Random) -> None:
    """Paints the figure on the canvas; rng picks skin and hair, which no caption names."""
    zoomed = [(x * ZOOM, y * ZOOM) for x, y in figure.points]
    nose, left_eye, right_eye, left_ear, right_ear, *rest = zoomed
    shoulders, elbows, wrists = rest[0:2], rest[2:4], rest[4:6]
    hips, knees, ankles = rest[6:8], rest[8:10], rest[10:12]
    unit = math.dist(hips[0], shoulders[0]) / 0.325  # height of the body
    skin, hair = rng.choice(SKINS), rng.choice(HAIRS)
    shirt, trousers = CLOTHES[figure.shirt][0], CLOTHES[figure.trousers][0]
    layer = Image.new("RGBA", (canvas.width * ZOOM, canvas.height * ZOOM), (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    for hip, knee, ankle in zip(hips, knees, ankles):
        _stroke(pen, [hip, knee, ankle], 0.085 * unit, trousers)
        _dot(pen, ankle, 0.045 * unit, SHOES)
    pen.polygon([shoulders[0], shoulders[1], hips[1], hips[0]], fill=shirt)
    _stroke(pen, [shoulders[0], shoulders[1], hips[1], hips[0], shoulders[0]], 0.07 * unit, shirt)
    for shoulder, elbow, wrist in zip(shoulders, elbows, wrists):
        _stroke(pen, [shoulder, elbow], 0.075 * unit, shirt)
        _stroke(pen, [elbow, wrist], 0.06 * unit, skin)
        _dot(pen, wrist, 0.042 * unit, skin)
    _dot(pen, (nose[0], nose[1] - 0.035 * unit), 0.115 * unit, hair)
    _dot(pen, nose, 0.095 * unit, skin)
    for eye in (left_eye, right_eye):
        _dot(pen, eye, 0.018 * unit, (40, 34, 40))
    small = layer.resize(canvas.size, Image.Resampling.BOX)
    canvas.paste(small, (0, 0), small)


def _stroke(pen: ImageDraw.ImageDraw, points, width: float, colour) -> None:
    pen.line(points, fill=colour, width=max(1, round(width)), joint="curve")
    for point in points:
        _dot(pen, point, width / 2, colour)


def _dot(pen: ImageDraw.ImageDraw, centre, radius: float, colour) -> None:
    x, y = centre
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
