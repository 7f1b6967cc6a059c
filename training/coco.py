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
        (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False) + "\n")
    print(f"{count} pictures and three annotation files in {folder}")


def read_coco(file: Path, images: Path) -> tuple[np.ndarray, list[Scene]]:
    """Pictures squeezed to the model's square, and scenes. A thing is called by its phrase, else by its category.

    Captions are the image's own `caption`, or one in `annotations` (COCO's caption files); without one the caption is empty."""
    data = json.loads(file.read_text())
    names = {row["id"]: row["name"] for row in data.get("categories", [])}
    rows_of: dict[int, list] = {}
    captions = {row["id"]: row.get("caption", "") for row in data["images"]}
    for row in data["annotations"]:
        if "caption" in row:
            captions[row["image_id"]] = row["caption"]
        if "bbox" in row and not row.get("iscrowd"):
            rows_of.setdefault(row["image_id"], []).append(row)
    pictures, scenes = [], []
    for head in data["images"]:
        path = images / head["file_name"]
        if not path.is_file():
            raise SystemExit(f"Cannot read {path}, which {file} names: put the pictures there, or give --images their folder")
        picture = Image.open(path).convert("RGB").resize((SIZE_PX, SIZE_PX), Image.Resampling.LANCZOS)
        things = [_thing(row, head, names, captions[head["id"]]) for row in rows_of.get(head["id"], [])]
        pictures.append(np.array(picture))
        scenes.append(Scene("white", tuple(thing for thing in things if thing), words=captions[head["id"]]))
    return np.stack(pictures), scenes


def _thing(row: dict, head: dict, names: dict[int, str], caption: str) -> Thing | None:
    across, down = SIZE_PX / head["width"], SIZE_PX / head["height"]
    x, y, width, height = row["bbox"]
    if width < MIN_SIDE * head["width"] or height < MIN_SIDE * head["height"]:
        return None
    box = (round(x * across), round(y * down), round((x + width) * across), round((y + height) * down))
    name = row.get("phrase") or " ".join(caption[start:end] for start, end in row.get("tokens_positive", []))
    name = name or names.get(row.get("category_id"), "")
    figure = None
    if row.get("num_keypoints"):
        flat = row["keypoints"]
        points = [(flat[i] * across, flat[i + 1] * down) if flat[i + 2] else (0.0, 0.0) for i in range(0, len(flat), 3)]
        figure = Figure("", "", tuple(points))
    return Thing(name, box, figure) if name else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    write_coco(args.out, args.count, args.seed)


if __name__ == "__main__":
    main()
