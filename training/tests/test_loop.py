"""The loop is repeatable with one worker, and a stopped run ends where an unbroken one does."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import torch

from training import loop


class LineStage:
    """Fits a line; may break off at the given batch, as a stopped run does."""

    device = "cpu"

    def __init__(self, stop_at: int | None = None):
        self.stop_at, self.done = stop_at, 0

    def build(self):
        return torch.nn.Linear(2, 1)

    def prepare(self, model) -> None:
        pass

    def loss(self, model, rng, progress):
        if self.done == self.stop_at:
            raise KeyboardInterrupt
        self.done += 1
        inputs = torch.randn(8, 2, generator=rng)
        error = (model(inputs) - inputs.sum(1, keepdim=True)).square().mean()
        return error, {"error": error}


class LoopTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name, value in (("RUNS", self.folder), ("SAVE_EVERY", 4), ("LOG_EVERY", 4)):
            patch = mock.patch.object(loop, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def run_stage(self, name: str, stage: LineStage, slice: int = 0) -> dict[str, torch.Tensor]:
        plan = loop.Plan(name, steps=16, lr=0.05, warmup=2, workers=1, slice=slice)
        with contextlib.redirect_stdout(io.StringIO()):
            loop.train(stage, plan)
        files = ("weights.pt", "ema.pt")
        states = {file: torch.load(self.folder / name / file, weights_only=True) for file in files}
        return {f"{file} {key}": tensor for file, state in states.items() for key, tensor in state.items()}

    def test_same_seed_gives_the_same_weights(self):
        first, second = self.run_stage("first", LineStage()), self.run_stage("second", LineStage())
        for name, tensor in first.items():
            self.assertTrue(torch.equal(tensor, second[name]), name)

    def test_stopped_run_goes_on_to_the_same_weights(self):
        whole = self.run_stage("whole", LineStage())
        with self.assertRaises(KeyboardInterrupt):
            self.run_stage("broken", LineStage(stop_at=10))
        resumed = LineStage()
        broken = self.run_stage("broken", resumed)
        self.assertEqual(resumed.done, 8)  # from the checkpoint at step 8
        for name, tensor in whole.items():
            self.assertTrue(torch.equal(tensor, broken[name]), name)

    def test_slices_end_where_one_call_does(self):
        whole = self.run_stage("whole", LineStage())
        for _ in range(3):
            sliced = self.run_stage("sliced", LineStage(), slice=6)
        for name, tensor in whole.items():
            self.assertTrue(torch.equal(tensor, sliced[name]), name)


if __name__ == "__main__":
    unittest.main()
