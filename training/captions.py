"""How people would ask for a scene: captions and phrases in English and Chinese, in many shapes.

A caption is one of several shapes in one language, with or without the place and the style. `phrase` words one box.
`grounded_caption` also says where in the caption each thing is named, as data for grounding gives it.
"""

import random

from .world import BACKGROUNDS, CHINESE_SHARE, CLOTHES, ROW_OF, STYLES, Scene, Thing

NO_PLACE = 0.1
STYLE_NAMED = {"flat": 0.1}  # other styles are named nine times in ten
MANY = 5  # from this many things on, only their bare names fit the text encoder


def caption(scene: Scene, rng: random.Random, chinese: bool | None = None, styled: bool | None = None) -> str:
    """One way to ask for the scene. `styled` False leaves its style out."""
    return grounded_caption(scene, rng, chinese, styled)[0]


def grounded_caption(scene: Scene, rng: random.Random, chinese: bool | None = None, styled: bool | None = None):
    """-> (caption, {index of the thing: (words, start)}) with every thing found in the caption."""
    if scene.words is not None:
        return scene.words, _find(scene.words, [thing.words or thing.kind for thing in scene.things])
    if chinese is None:
        chinese = rng.random() < CHINESE_SHARE
    if styled is None and len(STYLES) == 1:
        styled = False
    if styled is None:
        styled = rng.random() < STYLE_NAMED.get(scene.style, 0.9)
    order = list(range(len(scene.things)))
    rng.shuffle(order)
    things = [scene.things[index] for index in order]
    many = len(things) >= MANY
    names = [(_chinese_name if chinese else _english_name)(thing, rng, many) for thing in things]
    text = (_chinese if chinese else _english)(scene, things, names, rng)
    if styled:
        text = _styled(scene.style, text, chinese, rng)
    found = _find(text, names)
    return text, {order[index]: span for index, span in found.items()}


def phrase(thing: Thing | str, rng: random.Random, chinese: bool | None = None) -> str:
    """The words that name one box: the bare name, or with its article and, for a person, the clothes."""
    thing = Thing(thing, (0, 0, 0, 0)) if isinstance(thing, str) else thing
    if thing.words or thing.kind not in ROW_OF:  # other people's data: its words are the only ones there are
        return thing.words or thing.kind
    if chinese is None:
        chinese = rng.random() < CHINESE_SHARE
    if chinese:
        name = _chinese_clothes(thing, rng) + ROW_OF[thing.kind]["zh"]
        return name if rng.random() < 0.6 else f"一{ROW_OF[thing.kind]['measure']}{name}"
    name = thing.kind if rng.random() < 0.6 else article(thing.kind)
    return name + _clothes(thing, rng)


def article(noun: str) -> str:
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def _english_name(thing: Thing, rng, bare: bool) -> str:
    return thing.kind if bare else article(thing.kind) + _clothes(thing, rng)


def _chinese_name(thing: Thing, rng, bare: bool) -> str:
    row = ROW_OF[thing.kind]
    return row["zh"] if bare else f"一{row['measure']}{_chinese_clothes(thing, rng)}{row['zh']}"


def _clothes(thing: Thing, rng) -> str:
    if not (thing.figure and thing.figure.shirt) or rng.random() < 0.3:
        return ""
    return f" in {thing.figure.shirt}" if rng.random() < 0.5 else f" in a {thing.figure.shirt} shirt"


def _chinese_clothes(thing: Thing, rng) -> str:
    if not (thing.figure and thing.figure.shirt) or rng.random() < 0.3:
        return ""
    return f"穿{CLOTHES[thing.figure.shirt][1]}衣服的"


def _english(scene: Scene, things: list[Thing], names: list[str], rng) -> str:
    place = "" if rng.random() < NO_PLACE else rng.choice(BACKGROUNDS[scene.background][0])
    shape = rng.random()
    if len(things) >= MANY or (shape < 0.12 and len(things) > 1):
        return ", ".join([*names, place] if place else names)
    if shape < 0.3 and len(things) == 2:
        return _join(f"{names[0]} {_direction(*things)} {names[1]}", place)
    words = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""
    if not words:
        return place if place and shape < 0.5 else f"a picture {place}".strip()
    if shape < 0.42:
        return f"{place}, {words}" if place else words
    if shape < 0.52:
        words = rng.choice(["a picture of ", "a drawing of "]) + words
    return _join(words, place)


def _chinese(scene: Scene, things: list[Thing], names: list[str], rng) -> str:
    place = "" if rng.random() < NO_PLACE else rng.choice(BACKGROUNDS[scene.background][1])
    shape = rng.random()
    if not names:
        return place
    if len(things) >= MANY or (shape < 0.15 and len(things) > 1):
        return "、".join([*names, place[1:]] if place else names)
    if shape < 0.3 and len(things) == 2:
        words = f"{names[0]}{_chinese_direction(*things, names[1])}"
        return f"{words}，{place}" if place else words
    words = names[0] if len(names) == 1 else "、".join(names[:-1]) + "和" + names[-1]
    if place and shape < 0.6:
        return f"{place[1:]}有{words}"
    return words + place


def _styled(style: str, text: str, chinese: bool, rng) -> str:
    _, before, after, zh = STYLES[style]
    first = rng.random() < 0.5
    if chinese:
        return f"{zh}，{text}" if first else f"{text}，{zh}"
    named = text.startswith(("a ", "an ")) and not text.startswith(("a picture", "a drawing"))
    return f"{before} {text}" if first and named else f"{text}, {after}"


def _join(words: str, place: str) -> str:
    return f"{words} {place}" if place else words


def _offset(a: Thing, b: Thing) -> tuple[float, float]:
    dx = (a.box[0] + a.box[2] - b.box[0] - b.box[2]) / 2
    return dx, (a.box[1] + a.box[3] - b.box[1] - b.box[3]) / 2


def _direction(a: Thing, b: Thing) -> str:
    """Says where a is from b, by the axis on which their centres differ more."""
    dx, dy = _offset(a, b)
    if abs(dx) >= abs(dy):
        return "to the left of" if dx < 0 else "to the right of"
    return "above" if dy < 0 else "below"


def _chinese_direction(a: Thing, b: Thing, name: str) -> str:
    dx, dy = _offset(a, b)
    if abs(dx) >= abs(dy):
        return f"在{name}的{'左' if dx < 0 else '右'}边"
    return f"在{name}的{'上' if dy < 0 else '下'}面"


def _find(text: str, names: list[str]) -> dict[int, tuple[str, int]]:
    """Where each name stands in the text; a name that is part of an earlier one is looked for after it."""
    found, taken = {}, []
    for index in sorted(range(len(names)), key=lambda i: -len(names[i])):
        start = text.find(names[index])
        while start >= 0 and any(start < end and begin < start + len(names[index]) for begin, end in taken):
            start = text.find(names[index], start + 1)
        if start >= 0:
            found[index] = (names[index], start)
            taken.append((start, start + len(names[index])))
    return found


