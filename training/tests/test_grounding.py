"""What stages are given of a scene: crowds, people with points left out, one scene drawn twice."""

import random
import unittest
from unittest import mock

import torch

from training import baseline, detector, grounding, pool
from training.base import BaseStage
from training.grounding import STYLE_BOX, BoxGrounding, InpaintGrounding, KeypointGrounding, largest
from training.settings import LATENT_SIDE
from training.world import PERSON, SIZE_PX, Figure, Scene, Thing

POINTS = tuple((10.0 + point, 20.0 + 2 * point) for point in range(17))


def crowd(count: int, style: str = "flat") -> Scene:
    """Balls, each larger than the one before."""
    return Scene("white", tuple(Thing("ball", (0, 0, 10 + index, 10)) for index in range(count)), style)


class GroundingTest(unittest.TestCase):
    """Without trained networks: phrases and pictures have features of zeros."""

    def pooled(self, scenes: list[Scene]):
        zeros = lambda encoder, encode, texts: (None, torch.zeros(len(texts), 32))  # noqa: E731
        bank = {"ball": [torch.zeros(32)]}, {scene.style: [torch.zeros(32)] for scene in scenes}
        latents = torch.zeros(len(scenes), 4, LATENT_SIDE, LATENT_SIDE)
        fakes = {"Encoder": mock.Mock(), "embed": zeros, "feature_bank": lambda *inputs: bank}
        stored = {"load_scenes": lambda: scenes, "load_latents": lambda: latents}
        for patch in (mock.patch.multiple(grounding, **fakes), mock.patch.multiple(pool, **stored)):
            patch.start()
            self.addCleanup(patch.stop)
        return mock.Mock(**{"text_encoder.config.hidden_size": 32})

    def test_crowd_keeps_its_largest_thirty_in_their_order(self):
        scene = crowd(40)
        chosen = random.Random(0).sample(range(40), 40)
        kept = largest(scene, chosen, 30)
        self.assertEqual(sorted(kept), list(range(10, 40)))
        self.assertEqual(kept, [index for index in chosen if index >= 10])
        self.assertEqual(largest(scene, [3, 1], 30), [3, 1])

    def test_crowd_and_its_style_fit_the_slots(self):
        boxes = BoxGrounding(self.pooled([crowd(60, "pencil")]), "cpu")
        given = boxes.batch(16, torch.Generator().manual_seed(0)).given
        styled = (given["boxes"] == torch.tensor(STYLE_BOX)).all(-1).any(-1)
        full = given["masks"].sum(-1) == 30
        self.assertTrue((styled & full).any())
        self.assertTrue((~styled & full).any())

    def test_baseline_takes_the_largest_of_a_crowd(self):
        boxes, masks, slots, names = baseline.layouts([crowd(40)] * 4, random.Random(0))
        row = slots[0][0]
        self.assertEqual(masks[row].sum(), 30)
        self.assertAlmostEqual(boxes[row, 0, 2].item(), 20 / SIZE_PX)
        self.assertEqual(len(names), len(slots))

    def test_baseline_is_guided_to_the_words_of_a_box_alone(self):
        boxes, masks, _, _ = baseline.layouts([Scene("white", (Thing("ball", (0, 0, SIZE_PX, SIZE_PX)),))] * 20, random.Random(0))
        own, here, used = baseline.named_tokens({"boxes": boxes, "masks": masks}, torch.zeros(20, 16 + 60, 4))
        row = int(masks[:, 0].argmax())  # some are not grounded
        self.assertEqual(own[row, 5].nonzero().flatten().tolist(), [0])
        self.assertEqual(here[row, 5], 1)
        self.assertEqual(used[row].nonzero().flatten().tolist(), [0, 30])

    def test_scene_drawn_twice_is_given_what_was_cut_from_that_row(self):
        things = tuple(Thing("ball", (8 * index, 8 * index, 8 * index + 8, 8 * index + 8)) for index in range(8))
        inpaint = InpaintGrounding(self.pooled([Scene("white", things)]), "cpu")
        inpaint.words_only = True  # no style, whose box is not cut out
        batch = inpaint.batch(32, torch.Generator().manual_seed(0))
        compared = 0
        for keep, boxes, masks in zip(batch.keep, batch.given["boxes"], batch.given["masks"]):
            cut = torch.ones_like(keep)
            for box in boxes[masks > 0].tolist():
                grounding.cut_box(cut, box)
            if masks.any() and keep.any():  # some rows are not grounded, and of some the whole picture is cut out
                self.assertTrue(torch.equal(cut, keep))
                compared += 1
        self.assertGreater(compared, 16)

    def test_thing_that_no_picture_shows_large_enough_is_told_in_words(self):
        things = Thing("a chair", (0, 0, 9, 9)), Thing("ball", (20, 20, 40, 40))
        boxes = BoxGrounding(self.pooled([Scene("white", things, words="")]), "cpu")
        given = boxes.batch(64, torch.Generator().manual_seed(0)).given
        self.assertTrue(torch.equal(given["masks"], given["phrases_masks"].maximum(given["image_masks"])))
        self.assertTrue((given["image_masks"] > given["phrases_masks"]).any())

    def test_pool_without_what_a_stage_needs_is_told_in_words(self):
        model = self.pooled([Scene("white", (Thing("robot", (0, 0, 9, 9), words="a robot"),), words="a robot")])
        with self.assertRaisesRegex(SystemExit, "none of its 1 scenes has things, all of kinds that may have boxes"):
            BoxGrounding(model, "cpu")
        with self.assertRaisesRegex(SystemExit, "none of its 1 scenes has a person with key points"):
            KeypointGrounding(model, "cpu")

    def test_base_goes_on_without_pictures_of_a_single_thing(self):
        stage = BaseStage()
        stage.scenes, stage.alone = [crowd(2)] * 5, torch.tensor([])
        self.assertLess(stage.draw_rows(torch.Generator().manual_seed(0), 0.0).max(), 5)

    def test_point_left_out_is_absent_also_in_the_guide(self):
        points = (*POINTS[:3], (0.0, 0.0), *POINTS[4:])
        scene = Scene("white", (Thing(PERSON, (0, 0, 40, 60), Figure("", "", points)),))
        people = KeypointGrounding(self.pooled([scene]), "cpu")
        given = people.batch(16, torch.Generator().manual_seed(0)).given
        present = given["masks"][:, :17].sum(0)
        self.assertEqual(present[3], 0)
        self.assertGreater(present[2], 0)
        own, here, _ = people.inside(given, torch.zeros(16, 16 * 16 + 8 * 17, 4))
        self.assertFalse(own[:, 0].any() or here[:, 0].any())


class DetectorTargetTest(unittest.TestCase):
    def loss(self, points) -> dict:
        scene = Scene("white", (Thing(PERSON, (0, 0, 64, 64), Figure("", "", points)),))
        stage, answers = detector.DetectorStage(), detector.Detector()
        stage.scenes, stage.images = [scene], torch.zeros(1, SIZE_PX, SIZE_PX, 3, dtype=torch.uint8)
        with torch.no_grad():  # every point is put where it is, and the fourth is not asked about
            for part in (answers.points, answers.names, answers.sides):
                part.weight.zero_()
            answers.points.bias.zero_()
            answers.centres.copy_(torch.tensor([0.25, 0.5]))
            return stage.loss(answers, torch.Generator().manual_seed(0), 0.0)[1]

    def test_point_left_out_draws_no_answer_to_the_corner(self):
        there = ((SIZE_PX / 4, SIZE_PX / 2),)
        whole, lacking = self.loss(there * 17), self.loss((*there * 16, (0.0, 0.0)))
        self.assertAlmostEqual(whole["posing"].item(), lacking["posing"].item(), places=5)

    def test_thing_on_top_of_a_person_has_no_points(self):
        person = Thing(PERSON, (0, 0, 64, 64), Figure("", "", POINTS))
        *_, points = detector.targets(Scene("white", (person, Thing("ball", (24, 24, 40, 40)))))
        middle = detector.SIDE // 2 * detector.SIDE + detector.SIDE // 2
        self.assertFalse(points[middle].any())
        self.assertTrue(points.any())

    def test_kind_that_is_not_of_the_world_is_background(self):
        kinds, _, answering, _ = detector.targets(Scene("white", (Thing("a chair", (0, 0, 64, 64)),)))
        self.assertFalse(kinds.any() or answering.any())


if __name__ == "__main__":
    unittest.main()
