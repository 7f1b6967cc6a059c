"""The loop is repeatable with one worker; a stopped run ends where an unbroken one does; several workers are one run."""

import contextlib
import io
import json
import os
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

import torch

from training import loop
from training.world import RUNS


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


class BreakingStage(LineStage):
    """One of its workers, whichever comes first, breaks off before it begins; the others wait to be ended."""

    def prepare(self, model) -> None:
        try:
            os.close(os.open(RUNS / "first", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            threading.Event().wait(60)
        else:
            raise ValueError("no data")


def read(plan: loop.Plan) -> dict[str, torch.Tensor]:
    states = {file: torch.load(plan.folder / file, weights_only=True) for file in ("weights.pt", "ema.pt")}
    return {f"{file} {key}": tensor for file, state in states.items() for key, tensor in state.items()}


class LoopTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name, value in (("RUNS", self.folder), ("SAVE_EVERY", 4), ("LOG_EVERY", 4)):
            patch = mock.patch.object(loop, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def run_stage(self, name: str, stage: LineStage, **options) -> dict[str, torch.Tensor]:
        plan = loop.Plan(name, **{"steps": 16, "lr": 0.05, "warmup": 2, "workers": 1, **options})
        self.printed = io.StringIO()
        with contextlib.redirect_stdout(self.printed):
            self.done = loop.train(stage, plan)
        return read(plan)

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

    def test_slices_end_where_one_call_does_and_only_the_last_is_done(self):
        whole = self.run_stage("whole", LineStage())
        done = []
        for _ in range(3):
            sliced = self.run_stage("sliced", LineStage(), slice=6)
            done.append(self.done)
        self.assertEqual(done, [False, False, True])
        for name, tensor in whole.items():
            self.assertTrue(torch.equal(tensor, sliced[name]), name)

    def test_finished_stage_given_again_says_how_to_begin_anew(self):
        self.run_stage("whole", LineStage())
        again = LineStage()
        self.run_stage("whole", again)
        self.assertEqual(again.done, 0)
        self.assertTrue(self.done)
        self.assertIn(f"remove {self.folder / 'whole'} to begin anew", self.printed.getvalue())

    def test_other_number_of_workers_is_refused(self):
        self.run_stage("whole", LineStage(), slice=6)
        with self.assertRaisesRegex(SystemExit, "began with 1 workers, not 2; give --workers 1"):
            self.run_stage("whole", LineStage(), workers=2)

    def test_missing_earlier_stage_is_named_with_its_command(self):
        stage = LineStage()
        stage.needs = {"pool/latents.npy": "training.pool --latents"}
        with self.assertRaisesRegex(SystemExit, "latents.npy is missing; run python -m training.pool --latents first"):
            self.run_stage("whole", stage)

    def test_log_after_going_on_is_the_mean_of_the_steps_since(self):
        self.run_stage("sliced", LineStage(), slice=2)
        three = lambda self, model, rng, progress: (model.weight.sum(), {"error": 3})  # noqa: E731
        with mock.patch.object(LineStage, "loss", three):
            self.run_stage("sliced", LineStage(), slice=2)
        self.assertEqual(json.loads((self.folder / "sliced" / "log.jsonl").read_text())["error"], 3)


class WorkersTest(unittest.TestCase):
    """With two processes, which read nothing of this one but its environment: so in RUNS."""

    def test_what_one_worker_learns_after_the_other_has_finished_is_in_the_average(self):
        plan = loop.Plan("two", steps=16, lr=0.05, warmup=2)
        self.assertTrue(loop.train(LineStage(), plan))
        (plan.folder / "worker1.pt").unlink()  # as if it had been stopped before its first checkpoint
        for file in ("weights.pt", "ema.pt"):
            torch.save({"weight": torch.full((1, 2), 9.0), "bias": torch.zeros(1)}, plan.folder / file)
        self.assertTrue(loop.train(LineStage(), plan))
        state = read(plan)
        self.assertTrue((state["weights.pt weight"] < 9).all())
        self.assertTrue((state["ema.pt weight"] < 9).all())

    def test_worker_that_fails_ends_the_other(self):
        plan = loop.Plan("broken", steps=16, lr=0.05)
        with self.assertRaisesRegex(SystemExit, "(?s)Cannot finish stage broken.*no data"):
            loop.train(BreakingStage(), plan)
        self.assertEqual(list(plan.folder.glob("worker*.pt")), [])


if __name__ == "__main__":
    unittest.main()
