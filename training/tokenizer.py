"""A small vocabulary in CLIP's format, learnt from the captions: byte-level BPE with "</w>" at word ends.

Ids: 256 bytes, the same 256 as word ends, one per merge, <|startoftext|>, <|endoftext|>. The two special ids are
the largest, so pooling at the largest id finds the first end of text, which is also the padding.
`python -m training.tokenizer` writes runs/tokenizer (vocab.json, merges.txt and the two config files). After a pool of
other people's pictures it learns their words too.
"""

import argparse
import json
import random
import re
from collections import Counter
from pathlib import Path

import torch

from .captions import caption, phrase
from .pool import FOLDER as POOL
from .pool import load_scenes
from .scene import invent_scene
from .settings import SETTING
from .world import BACKGROUNDS, KIND_ROWS, KINDS, RUNS

FOLDER = RUNS / "tokenizer"
LENGTH = SETTING.caption_tokens
START, END = "<|startoftext|>", "<|endoftext|>"
OTHERS_WORDS = 2000  # so many of other people's words become tokens, the most frequent; the others are spelt
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\s\w]|_)+")


_PLAIN = [*range(33, 127), *range(161, 173), *range(174, 256)]  # bytes that print as themselves


def byte_letters() -> list[str]:
    """The printable stand-in of each byte, in the order CLIP lists them (GPT-2's byte encoder)."""
    return [chr(byte) for byte in _PLAIN] + [chr(256 + index) for index in range(256 - len(_PLAIN))]


def _byte_order() -> list[int]:
    return _PLAIN + [byte for byte in range(256) if byte not in _PLAIN]


def learn_merges(texts: list[str], known: list[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """`known` and, after them, merges of the most frequent neighbours until every ASCII word of the texts is one token.

    Other scripts are written without spaces, so their runs of letters are not words: see character_merges."""
    counts = Counter(word for text in texts for word in WORD.findall(text.lower()) if word.isascii())
    words = {word: [*word[:-1], word[-1] + "</w>"] for word in counts}
    merges = list(known)
    for pair in merges:
        words = {word: _merge(parts, pair) for word, parts in words.items()}
    while any(len(parts) > 1 for parts in words.values()):
        pairs = Counter()
        for word, parts in words.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += counts[word]
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for word, parts in words.items():
            words[word] = _merge(parts, best)
    return merges


def character_merges(names: list[str], characters: set[str]) -> list[tuple[str, str]]:
    """Merges that make each character one token, and each of the names one, within a run of letters and at its end."""
    letters = dict(zip(_byte_order(), byte_letters()))
    spell = lambda text: "".join(letters[byte] for byte in text.encode())  # noqa: E731
    merges: dict[tuple[str, str], None] = {}
    for character in sorted(characters):
        parts = [letters[byte] for byte in character.encode()]
        for index in range(1, len(parts)):
            for end in ("", "</w>") if index == len(parts) - 1 else ("",):
                merges["".join(parts[:index]), parts[index] + end] = None
    for name in sorted(names, key=lambda name: (-len(name), name)):
        for index in range(1, len(name)):
            for end in ("", "</w>") if index == len(name) - 1 else ("",):
                merges[spell(name[:index]), spell(name[index]) + end] = None
    return list(merges)


def _merge(parts: list[str], pair: tuple[str, str]) -> list[str]:
    merged, index = [], 0
    while index < len(parts):
        joined = tuple(parts[index : index + 2]) == pair
        merged.append("".join(pair) if joined else parts[index])
        index += 2 if joined else 1
    return merged


def write_tokenizer(folder: Path, merges: list[tuple[str, str]]) -> None:
    letters = byte_letters()
    tokens = letters + [letter + "</w>" for letter in letters] + ["".join(pair) for pair in merges] + [START, END]
    folder.mkdir(parents=True, exist_ok=True)
    vocab = {token: index for index, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")
    special = {"bos_token": START, "eos_token": END, "pad_token": END, "unk_token": END}
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2) + "\n", encoding="utf-8")
    config = {
        "tokenizer_class": "CLIPTokenizer",
        "model_max_length": LENGTH,
        "do_lower_case": True,
        "add_prefix_space": False,
        "errors": "replace",
        **special,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


class Encoder:
    """Texts -> token ids [B, LENGTH], padded with the end of text. Remembers every word it has split."""

    def __init__(self, folder: Path = FOLDER):
        self.ids = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        self.ranks = {pair: rank for rank, pair in enumerate(read_merges(folder))}
        self.letters = dict(zip(_byte_order(), byte_letters()))
        self.known: dict[str, list[int]] = {}

    def __call__(self, texts: list[str]) -> torch.Tensor:
        return torch.tensor([self.row(text) for text in texts])

    def row(self, text: str) -> list[int]:
        ids = [token for word in WORD.findall(text.lower()) for token in self.word(word)]
        row = [self.ids[START], *ids[: LENGTH - 2], self.ids[END]]
        return row + [self.ids[END]] * (LENGTH - len(row))

    def word(self, word: str) -> list[int]:
        if word not in self.known:
            letters = [self.letters[byte] for byte in word.encode()]
            parts = [*letters[:-1], letters[-1] + "</w>"]
            while ranked := [pair for pair in zip(parts, parts[1:]) if pair in self.ranks]:
                parts = _merge(parts, min(ranked, key=self.ranks.__getitem__))
            self.known[word] = [self.ids[part] for part in parts]
        return self.known[word]


def chinese_words() -> tuple[list[str], set[str]]:
    """-> (names worth a token of their own, every character of the world's Chinese)"""
    rng = random.Random("chinese")
    texts = [caption(invent_scene(rng), rng, chinese=True) for _ in range(6000)]
    texts += [phrase(kind, rng, chinese=True) for kind in KINDS for _ in range(4)]
    characters = {letter for text in texts for letter in text if not letter.isascii()}
    names = [row["zh"] for row in KIND_ROWS]
    names += [word.removeprefix("在") for _, words in BACKGROUNDS.values() for word in words]
    return [name for name in names if len(name) > 1], characters


def others_texts() -> list[str]:
    """Captions and names of a pool of other people's pictures; nothing of the world's own pool, or of none."""
    if not (POOL / "scenes.json").exists():
        return []
    scenes = [scene for scene in load_scenes() if scene.words is not None]
    return [scene.words for scene in scenes] + [thing.words or thing.kind for scene in scenes for thing in scene.things]


def frequent_words(texts: list[str], count: int = OTHERS_WORDS) -> list[str]:
    """The texts without all but their most frequent words."""
    split = [WORD.findall(text.lower()) for text in texts]
    kept = {word for word, _ in Counter(word for words in split for word in words if word.isascii()).most_common(count)}
    return [" ".join(word for word in words if word in kept) for words in split]


def read_merges(folder: Path) -> list[tuple[str, str]]:
    return [tuple(line.split(" ")) for line in (folder / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--init", type=Path, help="a tokenizer folder whose merges come first, so that its ids stay")
    args = parser.parse_args()
    rng = random.Random("tokenizer")
    texts, others = [caption(invent_scene(rng), rng, chinese=False) for _ in range(20_000)], others_texts()
    merges = learn_merges(texts + frequent_words(others), read_merges(args.init) if args.init else [])
    names, characters = chinese_words()
    characters |= {letter for text in others for letter in text.lower() if not letter.isascii()}
    known = set(merges)
    merges += [pair for pair in character_merges(names, characters) if pair not in known]
    write_tokenizer(FOLDER, merges)
    print(f"{len(merges)} merges, {512 + len(merges) + 2} tokens in {FOLDER}")


if __name__ == "__main__":
    main()
