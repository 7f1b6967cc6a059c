"""The training loop all stages share: one-thread workers that update the same weights without locks, or one GPU.

A stage is a class with
    build() -> Module              the module to train; what has requires_grad=True is trained
    prepare(model)                 loads data and sets hooks, once per worker
    loss(model, rng, progress) -> (loss, {name: number})   one batch; rng is a seeded torch.Generator, progress 0..1
On the CPU each worker has its own optimizer state and data order, and all share the weights ("Hogwild"): under
load this is several times faster than one process with many threads. The order of their updates is the one thing
that seeds do not fix; `--workers 1` is exactly repeatable.

Schedules count steps. A step is one batch of one worker; `--steps` counts all workers together. A run stopped at
any time goes on from its last checkpoint when the same command is given again; `--slice N` stops it by itself after N
more steps, for machines that are lent by the quarter of an hour.
"""

import argparse
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.multiprocessing as mp

from .world import RUNS

SAVE_EVERY = 25  # steps of one worker
EMA_EVERY = 2
LOG_EVERY = 10
OPTIONS = ("name", "steps", "lr", "seed", "workers", "device", "slice")


@dataclass
class Plan:
    name: str
    steps: int
    lr: float
    seed: int = 0
    warmup: int = 30
    tail: float = 0.35  # share of the run over which lr falls to 0 along a cosine
    ema: float = 0.996  # applied every EMA_EVERY steps
    weight_decay: float = 0.0
    workers: int = 2
    device: str = "cpu"
    slice: int = 0  # steps to do in this call, of all workers together; 0: all that are left

    @property
    def folder(self) -> Path:
        return RUNS / self.name


def plan_arguments(plan: Plan, description: str) -> argparse.ArgumentParser:
    """The options every stage has; their defaults come from the plan."""
    parser = argparse.ArgumentParser(description=description)
    for field in OPTIONS:
        value = getattr(plan, field)
        parser.add_argument(f"--{field}", type=type(value), default=value)
    return parser


def apply_arguments(plan: Plan, args: argparse.Namespace) -> Plan:
    for field in OPTIONS:
        setattr(plan, field, getattr(args, field))
    if plan.device != "cpu":
        plan.workers = 1
    return plan


def autocast(device: str):
    """bfloat16 where the machine computes in it; elsewhere it is emulated, forty times slower than float32."""
    native = device != "cpu" or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast(device.split(":")[0], torch.bfloat16, enabled=native)


def learning_rate(plan: Plan, progress: float, step: int) -> float:
    rise = min(1.0, (step + 1) / plan.warmup)
    fall = max(0.0, (progress - 1 + plan.tail) / plan.tail) if plan.tail else 0.0
    return plan.lr * rise * 0.5 * (1 + math.cos(math.pi * fall))


def train(stage, plan: Plan) -> None:
    """Trains to plan.steps, leaving weights.pt and ema.pt (state dicts) in the plan's folder."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    model = stage.build()
    if (plan.folder / "weights.pt").exists():
        model.load_state_dict(torch.load(plan.folder / "weights.pt", weights_only=True))
    model.to(plan.device)
    if plan.workers == 1:
        _work(0, stage, plan, model)
        return
    model.share_memory()
    context = mp.get_context("spawn")
    workers = [context.Process(target=_work, args=(rank, stage, plan, model)) for rank in range(plan.workers)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit(f"Cannot finish stage {plan.name}: a worker failed")
    _save(plan.folder / "weights.pt", model.state_dict())


def _work(rank: int, stage, plan: Plan, model: torch.nn.Module) -> None:
    if plan.device == "cpu":
        torch.set_num_threads(1)
    stage.device = plan.device
    stage.prepare(model)
    model.train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, plan.lr, (0.9, 0.99), weight_decay=plan.weight_decay, fused=True)
    ema, step = _resume(rank, plan, optimizer, model)
    total = plan.steps // plan.workers
    until = min(total, step + plan.slice // plan.workers) if plan.slice else total
    started, first, sums = time.time(), step, {}
    while step < until:
        progress = step / total
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(plan, progress, step)
        rng = torch.Generator().manual_seed(hash((plan.seed, rank, step)) & 0x7FFFFFFF)
        torch.manual_seed(rng.initial_seed())
        with autocast(plan.device):
            loss, numbers = stage.loss(model, rng, progress)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        step += 1
        for name, value in numbers.items():
            sums[name] = sums.get(name, 0.0) + float(torch.as_tensor(value).detach())
        if rank == 0 and step % EMA_EVERY == 0:
            decay = min(plan.ema, step / (step + 40))
            torch._foreach_lerp_(ema, [p.detach() for p in trained], 1 - decay)
        if step % LOG_EVERY == 0 and rank == 0:
            _log(plan, step, total, (time.time() - started) / (step - first), sums)
            sums = {}
        if step % SAVE_EVERY == 0 or step == until:
            _checkpoint(rank, plan, optimizer, model, ema, step)


def _resume(rank, plan, optimizer, model):
    """-> (moving averages of the trained parameters, steps this worker has done)."""
    ema = [p.detach().clone() for p in model.parameters() if p.requires_grad]
    path = plan.folder / f"worker{rank}.pt"
    if not path.exists():
        return ema, 0
    state = torch.load(path, weights_only=True, map_location=plan.device)
    optimizer.load_state_dict(state["optimizer"])
    if rank == 0:
        ema = [tensor.to(plan.device) for tensor in state["ema"]]
    return ema, state["step"]


def _checkpoint(rank, plan, optimizer, model, ema, step) -> None:
    state = {"optimizer": optimizer.state_dict(), "step": step}
    if rank == 0:
        state["ema"] = ema
        averaged = dict(model.state_dict())
        names = [name for name, p in model.named_parameters() if p.requires_grad]
        averaged.update(zip(names, ema))
        _save(plan.folder / "weights.pt", model.state_dict())
        _save(plan.folder / "ema.pt", averaged)
    _save(plan.folder / f"worker{rank}.pt", state)


def _save(path: Path, value) -> None:
    """Writes beside and renames, so that a stop in between leaves the older file whole."""
    torch.save(value, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def _log(plan, step, total, seconds, sums) -> None:
    means = {name: round(value / LOG_EVERY, 4) for name, value in sums.items()}
    line = f"{plan.name} {step}/{total} {seconds:.2f} s/step " + " ".join(f"{k} {v}" for k, v in means.items())
    print(line, flush=True)
    with open(plan.folder / "log.jsonl", "a") as log:
        log.write(json.dumps({"step": step * plan.workers, "time": round(time.time()), **means}) + "\n")
