"""Every stage runs a few steps on a few scenes, in the order of the README, and what it leaves can be exported and read."""

import contextlib
import hashlib
import io
import json
import shutil
import unittest
from unittest import mock

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from training import adapter, coco, detector, export, image_encoder, loop, mean, pool, restore, tokenizer, vae
from training.base import BaseStage, load_base
from training.baseline import BaselineStage
from training.captions import caption
from training.loop import Plan, train
from training import sample as sampling
from training.sample import embed, preview_grounded, sample
from training.tokenizer import Encoder
from training.world import KINDS, RUNS, Scene, Thing, from_row, to_row


def quietly(work, *arguments):
    with contextlib.redirect_stdout(io.StringIO()):
        return work(*arguments)


def run(stage, name: str, steps: int = 2, **options) -> None:
    quietly(train, stage, Plan(name, steps=steps, lr=1e-3, warmup=1, workers=1, **options))


def export_to(target) -> None:
    with mock.patch.object(export.argparse.ArgumentParser, "parse_args", lambda self: mock.Mock(target=target)):
        quietly(export.main)


class StagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        quietly(pool.draw_pool, pool.CHUNK, 1)
        with mock.patch.object(tokenizer, "learn_merges", lambda texts, known=(): [("c", "a"), ("ca", "t</w>")]):
            with mock.patch.object(tokenizer.argparse.ArgumentParser, "parse_args", lambda self: mock.Mock(init=None)):
                quietly(tokenizer.main)
        run(vae.VaeStage(), "vae")
        quietly(vae.finish, "vae")
        np.save(pool.FOLDER / "latents.npy", pool._encode_part(("cpu", 0, 1)))
        run(BaseStage(), "base")
        run(image_encoder.ImageStage(), "image")
        run(adapter.AdapterStage("boxes"), "boxes")
        run(adapter.AdapterStage("keypoints", start="boxes"), "keypoints")
        run(adapter.AdapterStage("inpaint", start="boxes"), "inpaint")
        run(detector.DetectorStage(), "detector")
        detector.export_onnx(detector.load_detector(), RUNS / "detector")
        cls.exported = RUNS / "exported"
        (cls.exported / "adapters" / "boxes").mkdir(parents=True)
        for name in ("README.md", "adapters/boxes/left-by-an-earlier-export.json"):
            (cls.exported / name).write_text("{}")
        export_to(cls.exported)

    def keep(self, *files: str) -> None:
        """Puts files below RUNS back as they are now when the test has ended."""
        for file in files:
            self.addCleanup((RUNS / file).write_bytes, (RUNS / file).read_bytes())

    def restore(self) -> list[str]:
        """Everything from the exported folder, in place of what has been trained until the test has ended."""
        aside = RUNS / "aside"
        aside.mkdir()
        for stage in restore.PARTS:
            shutil.move(RUNS / stage, aside)
        self.addCleanup(shutil.rmtree, aside)
        self.addCleanup(shutil.copytree, aside, RUNS, dirs_exist_ok=True)  # the one added last comes first
        return restore.restore(self.exported)

    def test_adapters_leave_every_tensor_of_the_base_as_it_was(self):
        for kind in ("boxes", "keypoints", "inpaint"):
            self.assertGreater(adapter.check_base_unchanged(adapter.load_adapter(kind)), 100)

    def test_changed_base_is_told(self):
        model = adapter.load_adapter("boxes")
        with torch.no_grad():
            model.unet.conv_out.bias[0] += 1e-6
        with self.assertRaises(SystemExit):
            adapter.check_base_unchanged(model)

    def test_adapter_that_starts_from_a_trained_one_starts_exactly_at_the_base(self):
        model = adapter.AdapterStage("inpaint", start="boxes").build()
        trained = adapter.load_adapter("boxes").unet.state_dict()
        fuser = next(name for name in trained if name.endswith("fuser.attn.to_q.weight"))
        self.assertTrue(torch.equal(model.unet.state_dict()[fuser], trained[fuser]))
        for name, tensor in model.unet.state_dict().items():
            if name.endswith("fuser.attn.to_out.0.weight"):
                self.assertEqual(tensor.abs().max(), 0)
            if name.endswith("fuser.alpha_attn"):
                self.assertEqual(tensor, 0.5)

    def test_images_start_as_words_do_at_half_of_the_run_and_only_then(self):
        stage = adapter.AdapterStage("boxes")
        model = stage.build()
        stage.prepare(model)
        net = model.unet.position_net
        same = lambda: torch.equal(net.linears_image[0].weight, net.linears_text[0].weight)  # noqa: E731
        stage.loss(model, torch.Generator().manual_seed(0), 0.4)
        self.assertFalse(same())
        self.assertFalse(stage.grounding.batch(8, torch.Generator().manual_seed(0)).given["image_masks"].any())
        stage.loss(model, torch.Generator().manual_seed(0), 0.5)
        self.assertTrue(same())
        self.assertTrue(stage.grounding.batch(8, torch.Generator().manual_seed(0)).given["image_masks"].any())
        with torch.no_grad():
            net.linears_image[0].weight += 1
        stage.loss(model, torch.Generator().manual_seed(0), 0.6)
        self.assertFalse(same())

    def test_adapters_learn_something(self):
        torch.manual_seed(Plan.seed)  # the start that the stage had
        start, trained = adapter.AdapterStage("boxes").build(), adapter.load_adapter("boxes")
        old, new = start.unet.state_dict(), trained.unet.state_dict()
        changed = [name for name in old if not torch.equal(old[name], new[name])]
        self.assertTrue(any(".fuser." in name for name in changed))

    def test_adapter_of_another_base_is_refused_before_it_goes_on_and_when_it_is_exported(self):
        self.keep("boxes/ema.pt", "boxes/weights.pt")
        for file in ("ema.pt", "weights.pt"):
            state = torch.load(RUNS / "boxes" / file, weights_only=True)
            state["unet.conv_out.bias"][0] += 1e-6
            torch.save(state, RUNS / "boxes" / file)
        with mock.patch("sys.argv", ["adapter", "boxes", "--workers", "1"]):
            with self.assertRaisesRegex(SystemExit, "conv_out.bias"):
                adapter.main()
        sums = (self.exported / "SHA256SUMS").read_bytes()
        with self.assertRaisesRegex(SystemExit, "conv_out.bias"):
            export_to(self.exported)
        self.assertTrue((self.exported / "unet").is_dir())
        self.assertEqual((self.exported / "SHA256SUMS").read_bytes(), sums)

    def test_help_of_an_adapter_lists_its_options(self):
        printed = io.StringIO()
        with mock.patch("sys.argv", ["adapter", "boxes", "--help"]), contextlib.redirect_stdout(printed):
            with self.assertRaises(SystemExit):
                adapter.main()
        self.assertIn("--start", printed.getvalue())
        self.assertIn("--steps", printed.getvalue())

    def test_half_trained_autoencoder_leaves_no_model_for_latents(self):
        arguments = ["vae", "--name", "half", "--workers", "1", "--slice", "1"]
        with mock.patch("sys.argv", arguments), mock.patch.object(vae, "finish") as finish:
            quietly(vae.main)
            finish.assert_not_called()
            quietly(vae.main)
            finish.assert_called_once_with("half")

    def test_base_stopped_between_steps_goes_on_to_the_same_weights(self):
        with mock.patch.object(loop, "SAVE_EVERY", 2):
            run(BaseStage(), "whole", steps=4)
            run(BaseStage(), "sliced", steps=4, slice=2)
            run(BaseStage(), "sliced", steps=4, slice=2)
        whole, sliced = load_base("whole").state_dict(), load_base("sliced").state_dict()
        for name, tensor in whole.items():
            self.assertTrue(torch.equal(tensor, sliced[name]), name)

    def test_every_adapter_samples_pictures_and_inpainting_keeps_the_rest_exactly(self):
        for kind in ("boxes", "keypoints", "inpaint"):
            model = adapter.load_adapter(kind)
            batch = adapter.GROUNDINGS[kind](model, "cpu").batch(16, torch.Generator().manual_seed(0))
            states = embed(model.text_encoder, Encoder(), [""] * 16 + batch.captions)[0].detach()
            latents = sample(model.unet, states, batch.given, None if batch.keep is None else batch.latents, batch.keep, steps=2)
            self.assertEqual(latents.shape, (16, 4, 16, 16))
            self.assertTrue(latents.isfinite().all())
        self.assertTrue(0 < batch.keep.mean() < 1)
        self.assertTrue(torch.equal(latents * batch.keep, batch.latents * batch.keep))

    def test_sample_grid_stands_below_the_drawings(self):
        model = adapter.load_adapter("keypoints")
        batch = adapter.GROUNDINGS["keypoints"](model, "cpu").batch(16, torch.Generator().manual_seed(0))
        with mock.patch.object(sampling, "sample", lambda *inputs: batch.latents):
            quietly(preview_grounded, model.unet, model.text_encoder, batch, RUNS / "grid.png")
        grid = np.asarray(Image.open(RUNS / "grid.png"))
        row = grid.shape[0] // 4
        self.assertTrue((grid[:row] == grid[row : 2 * row]).all())
        self.assertFalse((grid[:row] == grid[2 * row : 3 * row]).all())

    def test_baseline_takes_a_step(self):
        stage = BaselineStage()
        model = stage.build()
        stage.prepare(model)
        loss, _ = stage.loss(model, torch.Generator().manual_seed(0), 0.0)
        loss.backward()
        self.assertTrue(loss.isfinite())
        self.assertTrue(model.looks_head.weight.grad.any())

    def test_baseline_asks_only_of_our_kinds_what_they_look_like(self):
        stage = BaselineStage()
        stage.prepare(stage.build())
        looks = stage.thumbnails[[KINDS.index("cat"), KINDS.index("dog")]]
        ask = lambda *names: stage.looks_loss(torch.nn.Identity(), list(names), looks).item()  # noqa: E731
        self.assertEqual(ask("cat", "zebra"), 0)
        self.assertEqual(ask("zebra", "dog"), 0)
        self.assertGreater(ask("dog", "zebra"), 0)
        self.assertEqual(ask("zebra", "zebra"), 0)

    def test_exported_folder_holds_the_base_without_gates_and_the_adapters_with_nothing_else(self):
        target = self.exported
        self.assertFalse((target / "adapters" / "boxes" / "left-by-an-earlier-export.json").exists())
        self.assertTrue((target / "README.md").exists())
        unet = load_file(target / "unet" / "diffusion_pytorch_model.safetensors")
        self.assertFalse([name for name in unet if ".fuser." in name or name.startswith("position_net")])
        for kind, channels in (("boxes", 4), ("inpaint", 9), ("keypoints", 4)):
            config = json.loads((target / "adapters" / kind / "config.json").read_text())
            tensors = load_file(target / "adapters" / kind / "diffusion_pytorch_model.safetensors")
            self.assertEqual(config["in_channels"], channels)
            self.assertFalse([n for n in tensors if ".fuser." not in n and not n.startswith(("position_net.", "conv_in."))])
            self.assertEqual("conv_in.weight" in tensors, kind == "inpaint")
            self.assertEqual("position_net.person_embeddings" in tensors, kind == "keypoints")
        project = load_file(target / "image_project" / "diffusion_pytorch_model.safetensors")["project.weight"].float()
        model = image_encoder.load_image_model()
        embeds = torch.randn(1, project.shape[1])
        feature = model.length * torch.nn.functional.normalize(embeds @ model.text_projection.weight, dim=-1)
        theirs = model.length * torch.nn.functional.normalize(embeds @ project.T, dim=-1)
        self.assertTrue(torch.allclose(feature, theirs, atol=0.02))
        self.assertLess(sum(path.stat().st_size for path in (target / "eval").iterdir()), 3_000_000)
        sums = dict(reversed(line.split("  ", 1)) for line in (target / "SHA256SUMS").read_text().splitlines())
        network = "adapters/boxes/diffusion_pytorch_model.safetensors"
        self.assertEqual(sums[network], hashlib.sha256((target / network).read_bytes()).hexdigest())
        kinds = json.loads((target / "detector" / "config.json").read_text())["kinds"]
        self.assertEqual(kinds, [kind["name"] for kind in json.loads((target / "world.json").read_text())["kinds"]])

    def test_stages_restored_from_an_exported_folder_export_the_same_bytes(self):
        self.assertEqual(self.restore(), list(restore.PARTS))
        again = RUNS / "again"
        export_to(again)
        self.assertEqual((again / "SHA256SUMS").read_text(), (self.exported / "SHA256SUMS").read_text())

    def test_restored_stages_go_on_boxes_with_pictures_from_the_first_step(self):
        self.restore()
        stage = adapter.AdapterStage("boxes")
        model = stage.build()
        model.load_state_dict(torch.load(RUNS / "boxes" / "weights.pt", weights_only=True))
        stage.prepare(model)
        before = model.unet.position_net.linears_image[0].weight.clone()
        stage.loss(model, torch.Generator().manual_seed(0), 0.0)
        self.assertTrue(torch.equal(model.unet.position_net.linears_image[0].weight, before))
        self.assertTrue(stage.grounding.batch(8, torch.Generator().manual_seed(0)).given["image_masks"].any())
        shipped, going_on = vae.load_vae().state_dict(), torch.load(RUNS / "vae" / "weights.pt", weights_only=True)
        for name, tensor in shipped.items():
            self.assertTrue(torch.equal(tensor.float(), going_on[name]), name)

    def test_restoring_over_stages_is_refused(self):
        kept = (RUNS / "boxes" / "ema.pt").read_bytes()
        with self.assertRaisesRegex(SystemExit, "boxes, keypoints.* would be lost .*--force"):
            restore.restore(self.exported)
        self.assertEqual((RUNS / "boxes" / "ema.pt").read_bytes(), kept)

    def test_mean_of_an_adapter_lies_between_it_and_the_one_of_a_folder_and_training_goes_on_from_it(self):
        self.keep("boxes/ema.pt", "boxes/weights.pt")
        kept = torch.load(RUNS / "boxes" / "ema.pt", weights_only=True)
        trained_on = {name: tensor + 1 if tensor.is_floating_point() else tensor for name, tensor in kept.items()}
        torch.save(trained_on, RUNS / "boxes" / "ema.pt")
        mean.mean_with("boxes", self.exported, 0.25)
        for file in ("ema.pt", "weights.pt"):
            between = torch.load(RUNS / "boxes" / file, weights_only=True)
            gate = next(name for name in kept if name.endswith("fuser.alpha_attn"))
            self.assertAlmostEqual((between[gate] - kept[gate]).item(), 0.25, delta=1e-3)
            frozen = "unet.conv_in.weight"
            self.assertTrue(torch.equal(between[frozen], trained_on[frozen]))


class PoolTest(unittest.TestCase):
    def test_new_pool_leaves_no_latents_of_the_one_before(self):
        with mock.patch.object(pool, "FOLDER", RUNS / "other-pool"):
            pool.FOLDER.mkdir()
            np.save(pool.FOLDER / "latents.npy", np.zeros(1))
            quietly(pool.save_pool, np.zeros((0, 64, 64, 3), np.uint8), [])
            self.assertFalse((pool.FOLDER / "latents.npy").exists())


class CocoTest(unittest.TestCase):
    def test_what_is_written_is_read_back_with_its_words_and_boxes(self):
        folder = RUNS / "coco"
        quietly(coco.write_coco, folder, 6)
        for name in ("grounding", "detection", "detection_caption"):
            pictures, scenes = coco.read_coco(folder / f"{name}.json", folder / "images")
            self.assertEqual(len(pictures), 6)
            data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            self.assertEqual([scene.words for scene in scenes], [row.get("caption", "") for row in data["images"]])
            x, y, width, height = data["annotations"][0]["bbox"]
            self.assertEqual(scenes[0].things[0].box, (x, y, x + width, y + height))
            for scene in scenes:
                self.assertEqual(from_row(to_row(scene)), scene)
                if name == "grounding":
                    self.assertEqual(caption(scene, None), scene.words)
                    for thing in scene.things:
                        self.assertIn(thing.words, scene.words)

    def test_missing_picture_is_named(self):
        file = RUNS / "missing.json"
        head = {"id": 1, "file_name": "nowhere.png", "width": 64, "height": 64}
        file.write_text(json.dumps({"images": [head], "annotations": []}))
        with self.assertRaisesRegex(SystemExit, "nowhere.png"):
            coco.read_coco(file, RUNS)


class DetectorTest(unittest.TestCase):
    def test_average_precision_is_one_for_the_truth_and_falls_with_doubles_and_misses(self):
        cat, dog = ("cat", (0.0, 0.0, 0.5, 0.5)), ("dog", (0.5, 0.5, 1.0, 1.0))
        truth = [[(0.9, *cat), (0.8, *dog)]]
        self.assertEqual(detector.average_precision(truth, [[cat, dog]]), 1.0)
        self.assertEqual(detector.average_precision([[(0.9, *cat)]], [[cat, dog]]), 0.5)
        self.assertEqual(detector.average_precision([[(0.9, "cat", dog[1]), (0.8, *cat)]], [[cat]]), 0.5)

    def test_later_things_take_the_cells_they_cover(self):
        scene = Scene("white", (Thing("cat", (0, 0, 64, 64)), Thing("dog", (24, 24, 40, 40))))
        kinds, boxes, answering, *_ = detector.targets(scene)
        middle = detector.SIDE // 2 * detector.SIDE + detector.SIDE // 2
        self.assertEqual(KINDS[int(kinds[middle].argmax())], "dog")
        self.assertEqual(int(kinds.sum()), int(answering.sum()))
        self.assertEqual(boxes[middle].tolist(), [24 / 64, 24 / 64, 40 / 64, 40 / 64])


if __name__ == "__main__":
    unittest.main()
