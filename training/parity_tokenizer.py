"""A tokenizer of a few words in CLIP's files, and what it makes of odd texts: for the parity cases (`parity.py`)."""

import json

from transformers import CLIPTokenizer


def byte_tokens():
    """The 256 printable stand-ins for bytes that GPT-2 introduced, in the order of CLIP's vocabulary."""
    kept = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    moved = [byte for byte in range(256) if byte not in kept]
    return [chr(byte) for byte in kept] + [chr(256 + i) for i in range(len(moved))]


def tokenizer(folder, length):
    """A small vocabulary in CLIP's files: bytes, bytes that end a word, a few merges, start and end."""
    merges = ["c a", "ca t</w>", "d o", "do g</w>", "o n</w>", "a n", "an d</w>", "b e", "be a", "c h</w>", "bea ch</w>"]
    singles = byte_tokens()
    words = [*singles, *(f"{single}</w>" for single in singles), *(merge.replace(" ", "") for merge in merges)]
    vocabulary = {word: i for i, word in enumerate([*words, "<|startoftext|>", "<|endoftext|>"])}
    folder.mkdir()
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]))
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
    special["pad_token"] = "<|endoftext|>"
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": length, **special}, indent=2))
    return CLIPTokenizer(
        vocab=vocabulary, merges=[tuple(merge.split(" ")) for merge in merges], model_max_length=length, **special
    ), len(vocabulary)


TEXTS = [
    "a cat and a dog on a beach", "", "  Two   CATS,\tdon't sit... ", "café ÅNGSTRÖM e\u0301", "猫と犬 🐈‍⬛!", "123 dogs4u",
    "it's we're I'll he'd they've", "<|endoftext|> cat", "x" * 40, "cat\ncat\u00a0dog\u3000dog", "ǅ ß İ ﬁ ①²",
]  # fmt: skip


def encoded_texts(words):
    return [{"text": text, "ids": words(text, padding="max_length", truncation=True).input_ids} for text in TEXTS]
