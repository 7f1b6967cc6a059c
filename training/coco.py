"""Scenes as COCO JSON, out and in.

`python -m training.coco --out FOLDER --count 1000` writes pictures and the paper's three kinds of annotation:
    grounding.json            every thing's words and where they stand in the caption (`tokens_positive`, as in GoldG)
    detection.json            a closed set of categories, no captions
    detection_caption.json    categories and captions
`python -m training.pool --coco FILE --images DIR` makes the pool from such a file, the world's own or anyone's.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
from PIL import Image

from .captions import grounded_caption
from .scene import draw, invent_scene
from .world import KINDS, PERSON, SIZE_PX, Figure, Scene, Thing

KEYPOINTS = (
    "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist "
    "left_hip right_hip left_knee right_knee left_ankle right_ankle"
).split()
MIN_SIDE = 1 / 32  # smaller boxes are left out


def annotations(scenes: list[Scene], rng: random.Random) -> dict[str, dict]:
    """-> the three files by name. Ids count from 1; boxes are x, y, width, height in pixels."""
    categories = [{"id": index + 1, "name": name} for index, name in enumerate(KINDS)]
    if PERSON in KINDS:
        categories[KINDS.index(PERSON)]["keypoints"] = KEYPOINTS
    images, plain, closed, open_set = [], [], [], []
    for number, scene in enumerate(scenes, 1):
        text, found = grounded_caption(scene, rng)
        head = {"id": number, "file_name": f"{number:06}.png", "width": SIZE_PX, "height": SIZE_PX}
        plain.append(head)
        images.append(head | {"caption": text})
        for index, thing in enumerate(scene.things):
            x0, y0, x1, y1 = thing.box
            row = {"id": len(closed) + 1, "image_id": number, "bbox": [x0, y0, x1 - x0, y1 - y0], "iscrowd": 0}
            row |= {"area": (x1 - x0) * (y1 - y0), "category_id": KINDS.index(thing.kind) + 1}
            if thing.figure:
                points = [value for x, y in thing.figure.points for value in (x, y, 2)]
                row |= {"keypoints": points, "num_keypoints": len(KEYPOINTS)}
            closed.append(row)
            if index in found:
                words, start = found[index]
                open_set.append(row | {"phrase": words, "tokens_positive": [[start, start + len(words)]]})
    return {
        "grounding": {"images": images, "annotations": open_set, "categories": categories},
        "detection": {"images": plain, "annotations": closed, "categories": categories},
        "detection_caption": {"images": images, "annotations": closed, "categories": categories},
    }


def write_coco(folder: Path, count: int, seed: int = 0) -> None:
    rng = random.Random(f"coco {seed}")
    scenes = [invent_scene(rng) for _ in range(count)]
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for number, scene in enumerate(scenes, 1):
        Image.fromarray(draw(scene, rng)).save(folder / "images" / f"{number:06}.png")
    for name, value in annotations(scenes, rng).items():
        (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{count} pictures and three annotation files in {folder}")


def read_coco(file: Path, images: Path) -> tuple[np.ndarray, list[Scene]]:
    """Pictures squeezed to the model's square, and scenes. A thing is called by its phrase, else by its category.

    Captions are the image's own `caption`, or one in `annotations` (COCO's caption files); without one the caption is empty.
    Left out are crowds, and things without a name or smaller than MIN_SIDE."""
    try:
        return _read(json.loads(file.read_text(encoding="utf-8")), images)
    except KeyError as missing:
        raise SystemExit(f"Cannot read {file}: an entry lacks {missing}, which COCO's have") from None
    except (OSError, ValueError) as error:
        raise SystemExit(f"Cannot read {file}: {error}") from None


def _read(data, images: Path) -> tuple[np.ndarray, list[Scene]]:
    if not (isinstance(data, dict) and data.get("images") and "annotations" in data):
        raise ValueError('it lacks "images" or "annotations", and a COCO file has both')
    names = {row["id"]: row["name"] for row in data.get("categories", [])}
    rows_of: dict[int, list] = {}
    captions = {row["id"]: row.get("caption") or "" for row in data["images"]}
    for row in data["annotations"]:
        if row.get("caption"):
            captions[row["image_id"]] = row["caption"]
        if "bbox" in row and not row.get("iscrowd"):
            rows_of.setdefault(row["image_id"], []).append(row)
    pictures, scenes = [], []
    for head in data["images"]:
        if not (head["width"] > 0 and head["height"] > 0):
            raise ValueError(f"image {head['id']} is {head['width']} x {head['height']}; give it the size of its picture")
        pictures.append(_picture(images, head["file_name"]))
        things = [_thing(row, head, names, captions[head["id"]]) for row in rows_of.get(head["id"], [])]
        scenes.append(Scene("white", tuple(thing for thing in things if thing), words=captions[head["id"]]))
    return np.stack(pictures), scenes


def _picture(images: Path, name: str) -> np.ndarray:
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError(f"picture {name} lies outside {images}; name it as it stands in that folder")
    if not (images / name).is_file():
        raise ValueError(f"picture {images / name} is missing; put the pictures there, or give --images their folder")
    return np.array(Image.open(images / name).convert("RGB").resize((SIZE_PX, SIZE_PX), Image.Resampling.LANCZOS))


def _thing(row: dict, head: dict, names: dict[int, str], caption: str) -> Thing | None:
    words = row.get("phrase") or " ".join(caption[start:end] for start, end in row.get("tokens_positive", [])) or None
    kind = names.get(row.get("category_id"))
    if words and len(names) == 1:  # GoldG has one category for all, "object"
        kind = words
    box, figure = _box(row, head), _figure(row, head)
    return Thing(kind or words, box, figure, words) if box and (kind or words) else None


def _box(row: dict, head: dict) -> tuple[int, ...] | None:
    """What of the box lies in the picture."""
    if len(row["bbox"]) != 4:
        raise ValueError(f"annotation {row.get('id')} has a box of {len(row['bbox'])} numbers; it is x, y, width, height")
    x, y, width, height = row["bbox"]
    x0, x1 = (min(1.0, max(0.0, side / head["width"])) for side in (x, x + width))
    y0, y1 = (min(1.0, max(0.0, side / head["height"])) for side in (y, y + height))
    return tuple(round(side * SIZE_PX) for side in (x0, y0, x1, y1)) if min(x1 - x0, y1 - y0) >= MIN_SIDE else None


def _figure(row: dict, head: dict) -> Figure | None:
    """Points that are not labelled, or lie outside the picture, are at (0, 0), which means absent."""
    flat, width, height = row.get("keypoints") or [], head["width"], head["height"]
    if not any(flat):
        return None
    if len(flat) != 3 * len(KEYPOINTS):
        raise ValueError(f"annotation {row.get('id')} has {len(flat)} numbers of key points; COCO's 17 points have 51")
    points = [
        (x / width * SIZE_PX, y / height * SIZE_PX) if seen and 0 <= x <= width and 0 <= y <= height else (0.0, 0.0)
        for x, y, seen in zip(flat[::3], flat[1::3], flat[2::3])
    ]
    return Figure("", "", tuple(points)) if any(map(any, points)) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    write_coco(args.out, args.count, args.seed)


if __name__ == "__main__":
    main()
