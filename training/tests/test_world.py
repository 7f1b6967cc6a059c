"""Scenes, captions and pictures keep their promises."""

import random
import unittest

from training.scene import MAX_OVERLAP, _overlap, draw, invent_scene
from training.world import BACKGROUNDS, BOXED, KINDS, NEVER_BOXED, RUNS, SIZE_PX, Scene, Thing, caption, phrase

needs_sprites = unittest.skipUnless((RUNS / "sprites").exists(), "needs runs/sprites: node rasterise.mjs")


class WorldTest(unittest.TestCase):
    def test_kinds_are_boxed_or_never_boxed_and_include_cat_and_dog(self):
        self.assertEqual((len(BOXED), len(NEVER_BOXED)), (30, 10))
        self.assertEqual(sorted(BOXED + NEVER_BOXED), sorted(KINDS))
        self.assertLessEqual({"cat", "dog"}, set(BOXED))

    @needs_sprites
    def test_caption_names_every_thing_of_the_scene(self):
        rng = random.Random(3)
        for _ in range(200):
            scene = invent_scene(rng)
            words = caption(scene, rng).replace(",", "").split()
            for thing in scene.things:
                self.assertIn(thing.kind, words)

    def test_caption_tells_left_from_right_truly(self):
        cat, dog = Thing("cat", (0, 20, 20, 40)), Thing("dog", (40, 20, 60, 40))
        texts = {caption(Scene("beach", (cat, dog)), random.Random(seed)) for seed in range(300)}
        self.assertTrue(any("a cat to the left of a dog" in text for text in texts))
        self.assertTrue(any("a dog to the right of a cat" in text for text in texts))
        self.assertFalse(any("a dog to the left" in text or "a cat to the right" in text for text in texts))

    def test_phrase_is_the_kind_with_or_without_its_article(self):
        rng = random.Random(0)
        self.assertEqual({phrase("apple", rng) for _ in range(50)}, {"apple", "an apple"})


class SceneTest(unittest.TestCase):
    @needs_sprites
    def test_boxes_lie_in_the_picture_and_hardly_overlap(self):
        rng = random.Random(5)
        scenes = [invent_scene(rng) for _ in range(200)]
        for scene in scenes:
            boxes = [thing.box for thing in scene.things]
            for x0, y0, x1, y1 in boxes:
                self.assertTrue(0 <= x0 < x1 <= SIZE_PX and 0 <= y0 < y1 <= SIZE_PX)
            for index, box in enumerate(boxes):
                for other in boxes[:index]:
                    self.assertLessEqual(_overlap(box, other), MAX_OVERLAP)

    def test_every_background_can_be_drawn(self):
        for name in BACKGROUNDS:
            picture = draw(Scene(name, ()), random.Random(1))
            self.assertEqual((picture.shape, picture.dtype.name), ((SIZE_PX, SIZE_PX, 3), "uint8"))
            self.assertGreater(int(picture.max()), int(picture.min()) - 1)

    @needs_sprites
    def test_same_seed_draws_the_same_scene(self):
        first, second = (invent_scene(random.Random("a")) for _ in range(2))
        self.assertEqual(first, second)
        self.assertTrue((draw(first, random.Random(2)) == draw(second, random.Random(2))).all())


if __name__ == "__main__":
    unittest.main()
