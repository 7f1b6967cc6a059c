"""What others need to measure the model: world.json (what exists) and eval/ (held-out drawings, references, poses).

Everything here is drawn anew from its own seeds, so nothing of it was in training.
"""

import json
import random
from pathlib import Path

import numpy as np
from PIL import Image

from .captions import caption
from .image_encoder import VIEW_PX
from .scene import COUNT_WEIGHTS, MAX_OVERLAP, SIDES, draw, invent_scene, sprite
from .world import BACKGROUNDS, KIND_ROWS, KINDS, PERSON, SIZE_PX, STYLES, Scene, Thing

COLUMNS = 12
SCENES, PEOPLE_SCENES, STYLED_SCENES, POSES = 192, 96, 96, 200


def world() -> dict:
    kinds = []
    for row in KIND_ROWS:
        picture = sprite(row["name"])
        entry = {"name": row["name"], "zh": row["zh"], "measure": row["measure"], "boxed": row["boxed"]}
        kinds.append(entry | {"aspect": round(picture.width / picture.height, 3), "figure": row["name"] == PERSON})
    shares = [weight / sum(COUNT_WEIGHTS[:4]) for weight in COUNT_WEIGHTS[:4]]
    return {
        "kinds": kinds,
        "styles": [{"name": name, "en": words[2], "zh": words[3]} for name, words in STYLES.items()],
        "places": [{"name": name, "en": en, "zh": zh} for name, (en, zh) in BACKGROUNDS.items()],
        "phrase": {"en": "{article} {kind}", "zh": "{kind}"},
        "caption": {
            "en": "{things} {place}",
            "zh": "{things}{place}",
            "and": {"en": [", ", " and "], "zh": ["、", "和"]},
            "thing": {"en": "{article} {kind}", "zh": "一{measure}{kind}"},
            "styled": {"en": "{caption}, {style}", "zh": "{style}，{caption}"},
        },
        "layout": {
            "counts": [round(share, 3) for share in shares],
            "sides": [list(SIDES[count]) for count in range(1, 5)],
            "maxOverlap": MAX_OVERLAP,
        },
    }


def fractions(thing: Thing) -> list[float]:
    return [round(side / SIZE_PX, 4) for side in thing.box]


def points_of(thing: Thing) -> list[list[float]]:
    return [[round(x / SIZE_PX, 4), round(y / SIZE_PX, 4)] for x, y in thing.figure.points]


def write_sheet(pictures: list[np.ndarray], path: Path) -> None:
    """Pictures of one size side by side without borders, so that each can be cut out again."""
    side = pictures[0].shape[0]
    rows = -(-len(pictures) // COLUMNS)
    sheet = np.zeros((rows * side, COLUMNS * side, 3), np.uint8)
    for index, picture in enumerate(pictures):
        y, x = index // COLUMNS * side, index % COLUMNS * side
        sheet[y : y + side, x : x + side] = picture
    Image.fromarray(sheet).save(path, optimize=True)


def write_evalset(target: Path) -> None:
    folder = target / "eval"
    folder.mkdir(parents=True, exist_ok=True)
    write_json(target / "world.json", world(), indent=1)
    rng = random.Random("eval scenes")
    scenes = held_out_scenes(rng)
    write_sheet([draw(scene, rng) for scene in scenes], folder / "scenes.png")
    rows = []
    for scene in scenes:
        things = []
        for thing in scene.things:
            row = {"kind": thing.kind, "box": fractions(thing)}
            things.append(row | ({"keypoints": points_of(thing)} if thing.figure else {}))
        words = {"caption": caption(scene, rng, chinese=False), "captionZh": caption(scene, rng, chinese=True)}
        rows.append(words | {"style": scene.style, "place": scene.background, "things": things})
    write_json(folder / "scenes.json", {"size": SIZE_PX, "columns": COLUMNS, "scenes": rows})
    references = references_of(random.Random("eval references"))
    write_sheet([picture for picture, _ in references], folder / "references.png")
    rows = [row for _, row in references]
    write_json(folder / "references.json", {"size": VIEW_PX, "columns": COLUMNS, "references": rows})
    if PERSON in KINDS:
        write_json(folder / "poses.json", poses(random.Random("eval poses")))


def held_out_scenes(rng: random.Random) -> list[Scene]:
    """Flat scenes of as many things as the layouts have that are measured, flat ones with people, and ones in every style:
    what is measured of the model's pictures, measured of these, is the most there is to reach."""

    def held(count: int, style: str | None, people: bool) -> list[Scene]:
        scenes = []
        while len(scenes) < count:
            scene = invent_scene(rng, style=style)
            if 0 < len(scene.things) <= 4 and any(thing.figure for thing in scene.things) == people:
                scenes.append(scene)
        return scenes

    scenes = held(SCENES, "flat", people=False)
    if PERSON in KINDS:
        scenes += held(PEOPLE_SCENES, "flat", people=True)
    for style in STYLES if len(STYLES) > 1 else ():
        scenes += held(STYLED_SCENES // len(STYLES), style, people=False)
    return scenes


def references_of(rng: random.Random) -> list[tuple[np.ndarray, dict]]:
    """A drawing of each kind in each style, cut out as the image encoder sees it, and four whole pictures of each style."""
    references = []
    for kind in KINDS:
        for style in STYLES:
            scene, thing = Scene("white", ()), None
            while thing is None or min(thing.box[2] - thing.box[0], thing.box[3] - thing.box[1]) < SIZE_PX / 2:
                scene = invent_scene(rng, [kind], style)
                thing = scene.things[0] if scene.things else None
            references.append((small_view(draw(scene, rng), thing.box), {"kind": kind, "style": style}))
    for style in STYLES:
        for _ in range(4 if len(STYLES) > 1 else 0):
            references.append((small_view(draw(invent_scene(rng, style=style), rng)), {"kind": None, "style": style}))
    return references


def small_view(picture: np.ndarray, box=None) -> np.ndarray:
    """What the image encoder is shown of a picture, before its numbers are scaled."""
    image = Image.fromarray(picture)
    image = image.crop(box) if box else image
    return np.asarray(image.resize((VIEW_PX, VIEW_PX), Image.Resampling.BICUBIC))


def poses(rng: random.Random) -> list[dict]:
    rows = []
    while len(rows) < POSES:
        scene = invent_scene(rng, [PERSON], "flat")
        figures = [thing for thing in scene.things if thing.figure]
        if figures and max(thing.box[3] - thing.box[1] for thing in figures) >= SIZE_PX / 3:
            words = {"caption": caption(scene, rng, chinese=False), "captionZh": caption(scene, rng, chinese=True)}
            rows.append(words | {"keypoints": [points_of(thing) for thing in figures]})
    return rows


def write_json(path: Path, value, indent: int | None = None) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")
