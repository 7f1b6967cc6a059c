"""What adapters are given while they train: batches of scenes with boxes, images, styles, key points or masks.

A `Batch` holds latents, captions, the position net's inputs and, for inpainting, what of the picture is kept. Where the
grounding tokens belong in the picture (`inside`) is for the guide of attention. The three kinds of data of the paper
are drawn here too: grounding (phrases found in the caption), detection (bare names, null caption), and both.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from .captions import caption, grounded_caption, phrase
from .image_encoder import load_image_model, view
from .keypoint_net import PEOPLE, POINTS, shown
from .pool import load_fitting, load_images
from .sample import MAX_ENTITIES, STYLE_BOX, embed
from .settings import LATENT_SIDE
from .tokenizer import Encoder
from .world import BOXED, NEVER_BOXED, SIZE_PX, STYLES, Scene

NULL_CAPTION = 0.25  # detection data: names without a caption
PLACE_ONLY = 0.5  # captions that name no thing, so that what stands in a box is told by the box alone
NULL_GROUNDING = 0.1
KEEP_BOX = 0.85  # chance that a thing of the picture is given with its box
FOUND_SHARE = 0.5  # of captioned pictures: phrases as found in the caption; the rest are bare names
PHRASE_NOISE = 0.2  # relative to the spread of the features: nearby phrases should act alike
TEXT_ONLY, IMAGE_ONLY = 0.45, 0.3  # of things; the rest have both
STYLED = {"flat": 0.2}  # chance of a style entity; other styles 0.7
VIEWS_OF_KIND, VIEWS_OF_STYLE = 24, 60


@dataclass
class Batch:
    latents: torch.Tensor  # [B, 4, h, w]
    captions: list[str]
    given: dict[str, torch.Tensor]  # the position net's inputs
    keep: torch.Tensor | None = None  # [B, 1, h, w], 1 where the picture is kept


class BoxGrounding:
    """Phrases and reference images in boxes, and a style entity at the box the authors feed for one."""

    words_only = False  # no images and no styles

    def __init__(self, model, device: str):
        self.model, self.device, self.encode = model, device, Encoder()
        self.rows, self.scenes, self.latents = load_fitting(self.usable, "things, all of kinds that may have boxes")
        with torch.no_grad():
            self.spread = embed(model.text_encoder, self.encode, BOXED)[1].std(0).mean().cpu()
        self.kind_views, self.style_views = feature_bank(self.scenes, self.rows)

    def usable(self, scene: Scene) -> bool:
        return bool(scene.things) and not any(thing.kind in NEVER_BOXED for thing in scene.things)

    def batch(self, count: int, rng: torch.Generator) -> Batch:
        words = random.Random(rng.initial_seed())
        rows = torch.randint(len(self.scenes), (count,), generator=rng)
        scenes = [self.scenes[row] for row in rows.tolist()]
        captions, given = self.entities(scenes, words, rng)
        return Batch(self.latents[rows], captions, given)

    def entities(self, scenes, words: random.Random, rng):
        """-> captions, and boxes, masks and features of 30 slots a scene"""
        shape = (len(scenes), MAX_ENTITIES)
        boxes, masks = torch.zeros(*shape, 4), torch.zeros(shape)
        texts, images = torch.zeros(shape), torch.zeros(shape)  # masks
        width = self.model.text_encoder.config.hidden_size
        text_features, image_features = torch.zeros(*shape, width), torch.zeros(*shape, width)
        captions, slots, phrases = [], [], []
        for row, scene in enumerate(scenes):
            style = not self.words_only and words.random() < STYLED.get(scene.style, 0.7)
            told = words.random()
            named = replace(scene, things=()) if told < PLACE_ONLY and scene.words is None else scene
            text, found = grounded_caption(named, words, styled=False if style else None)
            detection = told > 1 - NULL_CAPTION
            in_caption = not detection and words.random() < FOUND_SHARE
            captions.append("" if detection else text)
            if words.random() < NULL_GROUNDING:
                continue
            slot = 0
            for index in largest(scene, self.grounded_things(row, scene, words), MAX_ENTITIES - style):
                thing = scene.things[index]
                boxes[row, slot] = torch.tensor(thing.box) / SIZE_PX
                masks[row, slot] = 1
                given = 0.0 if self.words_only else words.random()
                pictured = given >= TEXT_ONLY and thing.kind in self.kind_views
                if not pictured or given >= TEXT_ONLY + IMAGE_ONLY:
                    texts[row, slot] = 1
                    slots.append((row, slot))
                    phrases.append(found[index][0] if in_caption and index in found else phrase(thing, words))
                if pictured:
                    images[row, slot] = 1
                    image_features[row, slot] = words.choice(self.kind_views[thing.kind])
                slot += 1
            if style:
                boxes[row, slot] = torch.tensor(STYLE_BOX)
                masks[row, slot] = images[row, slot] = 1
                image_features[row, slot] = words.choice(self.style_views[scene.style])
        if phrases:
            with torch.no_grad():
                pooled = embed(self.model.text_encoder, self.encode, phrases)[1].float().cpu()
            text_features[tuple(torch.tensor(slots).T)] = pooled
        for features, used in ((text_features, texts), (image_features, images)):
            features += used[..., None] * torch.randn(features.shape, generator=rng) * PHRASE_NOISE * self.spread
        given = {
            "boxes": boxes,
            "masks": masks,
            "phrases_masks": texts,
            "image_masks": images,
            "phrases_embeddings": text_features,
            "image_embeddings": image_features,
        }
        return captions, {name: tensor.to(self.device) for name, tensor in given.items()}

    def grounded_things(self, row: int, scene: Scene, words: random.Random) -> list[int]:
        kept = [index for index in range(len(scene.things)) if words.random() < KEEP_BOX]
        words.shuffle(kept)
        return kept

    def inside(self, given, tokens):
        """-> own, here and used, as guide_loss asks."""
        return box_tokens(given, tokens)


class InpaintGrounding(BoxGrounding):
    """Some of a scene's boxes are cut out (0 in the mask) and only their things are given."""

    def batch(self, count: int, rng: torch.Generator) -> Batch:
        self.chosen: list[list[int]] = []  # by row: things cut out
        self.cut: list[torch.Tensor] = []
        batch = super().batch(count, rng)
        batch.keep = torch.stack(self.cut).to(self.device)
        return batch

    def entities(self, scenes, words, rng):
        for scene in scenes:
            order = list(range(len(scene.things)))
            words.shuffle(order)
            chosen = order[: words.choice((1, 1, 2))]
            self.chosen.append(chosen)
            keep = torch.ones(1, LATENT_SIDE, LATENT_SIDE)
            for index in chosen:
                cut_box(keep, [side / SIZE_PX for side in scene.things[index].box])
            self.cut.append(keep if words.random() > 0.1 else torch.zeros_like(keep))
        return super().entities(scenes, words, rng)

    def grounded_things(self, row, scene, words):
        return self.chosen[row]


def largest(scene: Scene, chosen: Sequence[int], count: int) -> list[int]:
    """At most `count` of the things chosen, those of the largest boxes, in the order in which they are given."""
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])  # noqa: E731
    kept = sorted(chosen, key=lambda index: area(scene.things[index].box), reverse=True)[:count]
    return [index for index in chosen if index in kept]


def cut_box(keep: torch.Tensor, box) -> None:
    """Zeroes the cells of a box given in 0..1, as GLIGEN does: truncated towards zero, at least one cell."""
    height, width = keep.shape[-2:]
    x0, y0 = int(box[0] * width), int(box[1] * height)
    x1, y1 = max(x0 + 1, int(box[2] * width)), max(y0 + 1, int(box[3] * height))
    keep[..., y0:y1, x0:x1] = 0


class KeypointGrounding:
    """People's points. Scenes with people only; what else stands in them is left to the caption."""

    def __init__(self, model, device: str):
        self.model, self.device, self.encode = model, device, Encoder()
        posed = lambda scene: any(thing.figure for thing in scene.things)  # noqa: E731
        _, self.scenes, self.latents = load_fitting(posed, "a person with key points")

    def batch(self, count: int, rng: torch.Generator) -> Batch:
        words = random.Random(rng.initial_seed())
        rows = torch.randint(len(self.scenes), (count,), generator=rng)
        scenes = [self.scenes[row] for row in rows.tolist()]
        captions = ["" if words.random() < 0.1 else caption(scene, words) for scene in scenes]
        points, masks = torch.zeros(count, PEOPLE, POINTS, 2), torch.zeros(count, PEOPLE, POINTS)
        for row, scene in enumerate(scenes):
            if words.random() < NULL_GROUNDING:
                continue
            figures = [thing.figure for thing in scene.things if thing.figure]
            words.shuffle(figures)
            for person, figure in enumerate(figures[:PEOPLE]):
                points[row, person] = torch.tensor(figure.points) / SIZE_PX
                masks[row, person] = shown(points[row, person])
                for point in range(POINTS):
                    if words.random() < 0.05:  # users leave points out
                        points[row, person, point] = masks[row, person, point] = 0
        given = {"points": points.flatten(1, 2).to(self.device), "masks": masks.flatten(1).to(self.device)}
        return Batch(self.latents[rows], captions, given)

    def inside(self, given, tokens):
        """A point belongs to the visual token whose cell it lies in."""
        points, masks = given["points"], given["masks"]
        side = math.isqrt(tokens.shape[1] - PEOPLE * POINTS)
        cells = (points * side).long().clamp(0, side - 1)
        index = cells[..., 1] * side + cells[..., 0]  # [B, N]
        own = index[:, None] == torch.arange(side * side, device=index.device)[None, :, None]
        own &= masks[:, None] > 0
        return own, own.any(-1).long(), masks > 0


def box_tokens(given, tokens):
    """-> own [B, T, 60], here [B, T], used [B, 60], as guide_loss asks. Both halves of a slot, words and image, are right."""
    boxes, masks = given["boxes"], given["masks"]
    inside = tokens_inside(boxes, masks, math.isqrt(tokens.shape[1] - 2 * MAX_ENTITIES))
    return inside.repeat(1, 1, 2), inside.sum(-1), masks.repeat(1, 2) > 0


def tokens_inside(boxes, masks, side: int) -> torch.Tensor:
    """bool [B, side * side, 30]: whether the token's centre lies in the box."""
    centre = (torch.arange(side, device=boxes.device) + 0.5) / side
    y, x = (axis.reshape(1, -1, 1) for axis in torch.meshgrid(centre, centre, indexing="ij"))
    x0, y0, x1, y1 = boxes[:, None].unbind(-1)  # each [B, 1, 30]
    return (x >= x0) & (x < x1) & (y >= y0) & (y < y1) & (masks[:, None] > 0)


def feature_bank(scenes: list[Scene], rows: list[int]):
    """Image features of drawn crops by kind, and of whole pictures by style: what reference images will look like."""
    model, images, words = load_image_model(), load_images(), random.Random("feature bank")
    kinds: dict[str, list] = {}
    styles: dict[str, list] = {style: [] for style in STYLES}
    for index in words.sample(range(len(scenes)), len(scenes)):
        scene, row = scenes[index], rows[index]
        if len(styles[scene.style]) < VIEWS_OF_STYLE:
            styles[scene.style].append(view(images[row].numpy()))
        for thing in scene.things:
            x0, y0, x1, y1 = thing.box
            if len(kinds.setdefault(thing.kind, [])) < VIEWS_OF_KIND and min(x1 - x0, y1 - y0) >= SIZE_PX / 6:
                kinds[thing.kind].append(view(images[row].numpy(), thing.box))
    with torch.no_grad():
        parts = [{name: model.features(torch.stack(views)) for name, views in part.items() if views} for part in (kinds, styles)]
    return tuple({name: list(features) for name, features in part.items()} for part in parts)
