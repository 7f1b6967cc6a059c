"""Other people's pictures: what of a COCO file is taken, what is left out, and what is told of a wrong one."""

import contextlib
import io
import json
import random
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from PIL import Image

from training import pool, tokenizer
from training.captions import grounded_caption, phrase
from training.coco import read_coco, write_coco
from training.detector import targets
from training.image_encoder import crop_words
from training.tokenizer import Encoder
from training.world import KINDS, PERSON, SIZE_PX, Figure, Scene, Thing, from_row, to_row

HEAD = {"id": 1, "file_name": "1.png", "width": 200, "height": 100}
CATEGORIES = [{"id": 1, "name": "person"}, {"id": 2, "name": "bus"}]
BOX = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [100, 50, 50, 25]}


class CocoFileTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        Image.new("RGB", (200, 100)).save(self.folder / "1.png")

    def read(self, *annotations, head=HEAD, categories=CATEGORIES) -> Scene:
        file = self.folder / "file.json"
        file.write_text(json.dumps({"images": [head], "annotations": annotations, "categories": categories}))
        return read_coco(file, self.folder)[1][0]

    def test_category_stands_beside_the_phrase(self):
        words = "a red bus by the road"
        thing = self.read(BOX | {"tokens_positive": [[0, 9]]}, head=HEAD | {"caption": words}).things[0]
        self.assertEqual((thing.kind, thing.words), ("bus", "a red bus"))
        self.assertEqual(phrase(thing, random.Random(0)), "a red bus")
        scene = Scene("white", (thing,), words=words)
        self.assertEqual(grounded_caption(scene, random.Random(0)), (words, {0: ("a red bus", 0)}))

    def test_one_category_for_all_is_no_kind_where_there_are_phrases(self):
        kind = lambda row, name: self.read(row, categories=[{"id": 2, "name": name}]).things[0].kind  # noqa: E731
        self.assertEqual(kind(BOX | {"phrase": "a tall man"}, "object"), "a tall man")
        self.assertEqual(kind(BOX, "person"), "person")

    def test_phrases_of_our_own_scenes_keep_kinds_that_the_detector_knows(self):
        with contextlib.redirect_stdout(io.StringIO()):
            write_coco(self.folder, 8)
        scenes = read_coco(self.folder / "grounding.json", self.folder / "images")[1]
        things = [thing for scene in scenes for thing in scene.things]
        self.assertTrue(things)
        self.assertEqual([thing.kind for thing in things if thing.kind not in KINDS], [])
        self.assertEqual([from_row(to_row(scene)) for scene in scenes], scenes)
        self.assertTrue(all(targets(scene)[2].any() for scene in scenes if scene.things))

    def test_box_ends_where_the_picture_does(self):
        thing = self.read(BOX | {"bbox": [-20, 50, 120, 90]}).things[0]
        self.assertEqual(thing.box, (0, SIZE_PX // 2, SIZE_PX // 2, SIZE_PX))

    def test_crowds_and_what_is_hardly_in_the_picture_are_left_out(self):
        self.assertEqual(len(self.read(BOX).things), 1)
        left_out = [BOX | {"iscrowd": 1}, BOX | {"bbox": [199, 0, 80, 80]}, BOX | {"bbox": [90, 40, -50, 20]}]
        self.assertEqual(self.read(*left_out).things, ())

    def test_points_unlabelled_or_beyond_the_picture_are_absent(self):
        flat = [100, 50, 2] * 15 + [0, 0, 0] + [300, 50, 2]
        points = self.read(BOX | {"category_id": 1, "keypoints": flat, "num_keypoints": 16}).things[0].figure.points
        self.assertEqual(points, ((SIZE_PX / 2, SIZE_PX / 2),) * 15 + ((0.0, 0.0),) * 2)
        self.assertIsNone(self.read(BOX | {"keypoints": [0] * 51, "num_keypoints": 0}).things[0].figure)

    def test_caption_that_is_null_is_an_empty_one(self):
        self.assertEqual(self.read(BOX, head=HEAD | {"caption": None}).words, "")

    def test_what_cannot_be_read_is_told_with_its_place(self):
        wrong = {
            "image 1 is 0 x 100; give it the size of its picture": ([], HEAD | {"width": 0}),
            "picture ../1.png lies outside": ([], HEAD | {"file_name": "../1.png"}),
            "picture /etc/1.png lies outside": ([], HEAD | {"file_name": "/etc/1.png"}),
            "annotation 5 has a box of 3 numbers": ([BOX | {"bbox": [1, 2, 3]}], HEAD),
            "annotation 5 has 6 numbers of key points": ([BOX | {"keypoints": [1] * 6}], HEAD),
            "an entry lacks 'file_name'": ([], {"id": 1, "width": 9, "height": 9}),
        }
        for told, (annotations, head) in wrong.items():
            with self.subTest(told), self.assertRaisesRegex(SystemExit, f"^Cannot read .*file.json: {told}"):
                self.read(*annotations, head=head)
        for text in ("[]", '{"images": [], "annotations": []}', "no JSON"):
            (self.folder / "file.json").write_text(text)
            with self.subTest(text), self.assertRaisesRegex(SystemExit, "^Cannot read .*file.json: "):
                read_coco(self.folder / "file.json", self.folder)

    def test_pool_tells_of_scenes_that_teach_no_boxes(self):
        self.read(BOX, BOX)
        with mock.patch.object(pool, "save_pool"), contextlib.redirect_stdout(io.StringIO()) as told:
            pool.take_pool(self.folder / "file.json", self.folder)
        self.assertTrue(told.getvalue().endswith("teach no adapter of boxes: bus 1\n"))


class OthersWordsTest(unittest.TestCase):
    def test_thing_without_a_phrase_is_written_as_before(self):
        scene = Scene("white", (Thing("cat", (0, 0, 9, 9)),))
        self.assertEqual(to_row(scene)[3], [["cat", 0, 0, 9, 9, None]])
        self.assertEqual(from_row(to_row(scene)), scene)

    def test_crop_is_named_by_its_phrase_and_nobody_has_a_shirt_without_a_colour(self):
        name = lambda thing: crop_words(thing, "flat", random.Random(0))  # noqa: E731
        bare = Figure("", "", ((0.0, 0.0),) * 17)
        self.assertEqual(name(Thing("bus", (0, 0, 9, 9), words="the old bus")), "the old bus")
        self.assertEqual(name(Thing(PERSON, (0, 0, 9, 9), bare)), "a person")

    def test_words_of_a_pool_of_others_are_tokens_and_the_worlds_own_pool_changes_nothing(self):
        chair = Thing("chair", (0, 0, 9, 9))
        theirs = [Scene("white", (chair,), words="a kitchen naïvely 猫"), Scene("white", (), words="a kitchen")]
        self.assertEqual(self.vocabulary([Scene("white", (chair,))]), self.vocabulary(None))
        encode = self.vocabulary(theirs, Encoder)
        self.assertEqual([len(encode.word(word)) for word in ("kitchen", "chair", "猫")], [1, 1, 1])
        self.assertIn("ï", {bytes_of(encode, index).decode() for index in encode.word("naïvely") if index >= 512})

    def test_only_the_most_frequent_words_are_learnt(self):
        self.assertEqual(tokenizer.frequent_words(["a rare bus", "A bus", "a bus"], 2), ["a bus", "a bus", "a bus"])

    def vocabulary(self, scenes, read=lambda folder: (folder / "vocab.json").read_text(encoding="utf-8")):
        """Of a small world whose captions are all the same, with a pool of these scenes or without one."""
        with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
            folder = Path(name)
            if scenes is not None:
                (folder / "scenes.json").write_text(json.dumps([to_row(scene) for scene in scenes]))
            small = {"FOLDER": folder, "POOL": folder, "caption": lambda *inputs, **options: "a cat"}
            small |= {"invent_scene": mock.Mock(), "chinese_words": lambda: ([], set()), "load_scenes": lambda: scenes}
            stack.enter_context(mock.patch.multiple(tokenizer, **small))
            stack.enter_context(mock.patch("sys.argv", ["tokenizer"]))
            stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
            tokenizer.main()
            return read(folder)


def bytes_of(encode: Encoder, index: int) -> bytes:
    """What a token stands for, without the mark of a word's end."""
    token = next(token for token, other in encode.ids.items() if other == index)
    byte_of = {letter: byte for byte, letter in encode.letters.items()}
    return bytes(byte_of[letter] for letter in token.removesuffix("</w>"))


if __name__ == "__main__":
    unittest.main()
