"""Scenes, captions, figures and pictures keep their promises."""

import random
import unittest

import numpy as np

from training.captions import caption, grounded_caption, phrase
from training.figure import extent, invent_figure, invent_pose
from training.scene import MAX_OVERLAP_CLOSE, _overlap, draw, invent_scene
from training.style import apply_style
from training.world import BACKGROUNDS, BOXED, CLOTHES, KINDS, MAX_THINGS, NEVER_BOXED, PERSON, ROW_OF, SIZE_PX, STYLES
from training.world import Figure, Scene, Thing, from_row, to_row

CAT, DOG = Thing("cat", (0, 20, 20, 40)), Thing("dog", (40, 20, 60, 40))


class WorldTest(unittest.TestCase):
    def test_three_quarters_of_the_kinds_are_boxed_and_the_rest_never(self):
        self.assertEqual(sorted(BOXED + NEVER_BOXED), sorted(KINDS))
        self.assertEqual(len(set(KINDS)), len(KINDS))
        self.assertAlmostEqual(len(BOXED) / len(KINDS), 0.75, delta=0.02)

    def test_scene_survives_being_written_and_read(self):
        rng = random.Random(2)
        for _ in range(50):
            scene = invent_scene(rng)
            self.assertEqual(from_row(to_row(scene)), scene)

    def test_scenes_vary_in_count_style_and_overlap(self):
        rng = random.Random(5)
        scenes = [invent_scene(rng) for _ in range(400)]
        self.assertEqual({scene.style for scene in scenes}, set(STYLES))
        self.assertEqual({scene.background for scene in scenes}, set(BACKGROUNDS))
        self.assertLessEqual(max(len(scene.things) for scene in scenes), MAX_THINGS)
        self.assertGreaterEqual(max(len(scene.things) for scene in scenes), 5)
        most = 0.0
        for scene in scenes:
            for index, thing in enumerate(scene.things):
                x0, y0, x1, y1 = thing.box
                self.assertTrue(0 <= x0 < x1 <= SIZE_PX and 0 <= y0 < y1 <= SIZE_PX)
                most = max([most, *(_overlap(thing.box, other.box) for other in scene.things[:index])])
        self.assertTrue(0.2 < most <= MAX_OVERLAP_CLOSE)

    def test_same_seed_draws_the_same_scene(self):
        first, second = (invent_scene(random.Random("a")) for _ in range(2))
        self.assertEqual(first, second)
        self.assertTrue((draw(first, random.Random(2)) == draw(second, random.Random(2))).all())

    def test_every_background_can_be_drawn_in_every_style(self):
        for name in BACKGROUNDS:
            for style in STYLES:
                picture = draw(Scene(name, (), style), random.Random(1))
                self.assertEqual((picture.shape, picture.dtype.name), ((SIZE_PX, SIZE_PX, 3), "uint8"))

    def test_filters_leave_a_picture_one_hue_and_flat_leaves_it_alone(self):
        picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        self.assertIs(apply_style("flat", picture), picture)
        pencil = apply_style("pencil", picture).astype(int)
        self.assertLess(np.abs(pencil[..., 0] - pencil[..., 2]).max(), 8)


class CaptionTest(unittest.TestCase):
    def test_caption_names_every_thing_in_its_language(self):
        rng = random.Random(3)
        for _ in range(300):
            scene = invent_scene(rng)
            english, chinese = (caption(scene, rng, chinese=zh) for zh in (False, True))
            for thing in scene.things:
                self.assertIn(thing.kind, english)
                self.assertIn(ROW_OF[thing.kind]["zh"], chinese)

    def test_grounded_phrases_stand_in_the_caption_where_they_say(self):
        rng = random.Random(4)
        for _ in range(300):
            scene = invent_scene(rng)
            text, found = grounded_caption(scene, rng)
            self.assertEqual(set(found), set(range(len(scene.things))), text)
            for words, start in found.values():
                self.assertEqual(text[start : start + len(words)], words)

    def test_two_people_in_one_caption_have_different_places_in_it(self):
        figure = Figure("red", "blue", ((0.0, 0.0),) * 17)
        scene = Scene("beach", (Thing(PERSON, (0, 0, 9, 9), figure), Thing(PERSON, (30, 0, 39, 9), figure)))
        for seed in range(40):
            starts = [start for _, start in grounded_caption(scene, random.Random(seed))[1].values()]
            self.assertEqual(len(set(starts)), 2)

    def test_caption_tells_left_from_right_truly_in_both_languages(self):
        texts = {caption(Scene("beach", (CAT, DOG)), random.Random(seed)) for seed in range(600)}
        self.assertTrue(any("a cat to the left of a dog" in text for text in texts))
        self.assertTrue(any("一只猫在一只狗的左边" in text for text in texts))
        wrong = ("a dog to the left", "a cat to the right", "狗在一只猫的左边", "猫在一只狗的右边")
        self.assertFalse([text for text in texts if any(words in text for words in wrong)])

    def test_styles_other_than_flat_are_usually_named_and_can_be_left_out(self):
        named = [caption(Scene("beach", (CAT,), "pencil"), random.Random(seed)) for seed in range(100)]
        silent = [caption(Scene("beach", (CAT,), "pencil"), random.Random(seed), styled=False) for seed in range(100)]
        says = lambda text: "pencil" in text or "铅笔" in text  # noqa: E731
        self.assertGreater(sum(map(says, named)), 80)
        self.assertEqual(sum(map(says, silent)), 0)

    def test_phrase_is_the_kind_with_or_without_its_article(self):
        rng = random.Random(0)
        self.assertEqual({phrase("apple", rng, chinese=False) for _ in range(50)}, {"apple", "an apple"})
        self.assertEqual({phrase("apple", rng, chinese=True) for _ in range(50)}, {"苹果", "一个苹果"})


class FigureTest(unittest.TestCase):
    def test_points_lie_in_the_box_and_the_box_in_the_picture(self):
        rng = random.Random(1)
        for _ in range(100):
            figure, (x0, y0, x1, y1) = invent_figure(rng, 40, SIZE_PX)
            self.assertEqual(len(figure.points), 17)
            self.assertTrue(0 <= x0 < x1 <= SIZE_PX and 0 <= y0 < y1 <= SIZE_PX)
            for x, y in figure.points:
                self.assertTrue(x0 - 1 <= x <= x1 + 1 and y0 - 1 <= y <= y1 + 1)

    def test_people_face_us_so_their_left_is_on_the_right(self):
        for seed in range(20):
            pose = invent_pose(random.Random(seed))
            self.assertGreater(pose[5][0], pose[6][0])
            self.assertGreater(pose[11][0], pose[12][0])
            self.assertLess(pose[0][1], pose[11][1])

    def test_shirt_is_painted_between_the_shoulders_and_the_hips(self):
        figure, box = invent_figure(random.Random(8), 56, SIZE_PX)
        picture = draw(Scene("white", (Thing(PERSON, box, figure),)), random.Random(0))
        x, y = np.mean([figure.points[i] for i in (5, 6, 11, 12)], axis=0).astype(int)
        self.assertLess(np.abs(picture[y, x].astype(int) - CLOTHES[figure.shirt][0]).max(), 40)

    def test_extent_holds_the_head(self):
        pose = invent_pose(random.Random(3))
        self.assertLess(extent(pose, 1.0)[1], pose[0][1] - 0.1)


if __name__ == "__main__":
    unittest.main()
