"""The vocabulary learns what it is given, and our splitter agrees with transformers' own."""

import tempfile
import unittest
from pathlib import Path

from transformers import CLIPTokenizer

from training.tokenizer import END, LENGTH, START, Encoder, character_merges, learn_merges, write_tokenizer

TEXTS = ["a cat and a dog on a beach", "a cat in the snow", "an apple, a dog"]


class TokenizerTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.merges = learn_merges(TEXTS) + character_merges(["海滩"], set("猫狗一只海滩上，"))
        write_tokenizer(self.folder, self.merges)
        self.encode = Encoder(self.folder)

    def test_every_word_of_the_texts_is_one_token(self):
        for word in " ".join(TEXTS).replace(",", "").split():
            self.assertEqual(len(self.encode.word(word)), 1, word)

    def test_chinese_characters_and_names_are_one_token_within_a_run_and_at_its_end(self):
        self.assertEqual(len(self.encode.word("一只猫")), 3)
        self.assertEqual(len(self.encode.word("海滩")), 1)
        self.assertEqual(len(self.encode.word("海滩上一只狗")), 5)
        self.assertEqual(len(self.encode.word("，")), 1)

    def test_longer_vocabulary_keeps_the_ids_of_the_shorter(self):
        with tempfile.TemporaryDirectory() as folder:
            write_tokenizer(Path(folder), learn_merges([*TEXTS, "a brontosaurus"], self.merges))
            longer = Encoder(Path(folder))
        for word in ("cat", "beach", "海滩", "狗"):
            self.assertEqual(longer.word(word), self.encode.word(word))
        self.assertEqual(len(longer.word("brontosaurus")), 1)

    def test_special_ids_are_the_two_largest_and_padding_is_the_end(self):
        ids = self.encode.ids
        self.assertEqual((ids[START], ids[END]), (len(ids) - 2, len(ids) - 1))
        row = self.encode.row("a cat")
        self.assertEqual(len(row), LENGTH)
        self.assertEqual(set(row[3:]), {ids[END]})

    def test_same_ids_as_transformers_also_for_unknown_words(self):
        theirs = CLIPTokenizer.from_pretrained(self.folder)
        for text in [*TEXTS, "", "Zebra, 3 naïve cats don't_stop 日本", "海滩上，一只猫", "cat " * 60]:
            expected = theirs(text, padding="max_length", max_length=LENGTH, truncation=True).input_ids
            self.assertEqual(self.encode.row(text), expected, text)


if __name__ == "__main__":
    unittest.main()
