"""The training loop all stages share: one-thread workers that update the same weights without locks, or one GPU.

A stage is a class with
    build() -> Module              the module to train; what has requires_grad=True is trained
    prepare(model)                 loads data and sets hooks, once per worker
    loss(model, rng, progress) -> (loss, {name: number})   one batch; rng is a seeded torch.Generator, progress 0..1
    needs                          if it has it: {file below runs/: the module that makes it}, checked before all else
On the CPU each worker has its own optimizer state and data order, and all share the weights and their moving average
("Hogwild"): under load this is several times faster than one process with many threads. The order of their updates is
the one thing that seeds do not fix; `--workers 1` is exactly repeatable.

Schedules count steps. A step is one batch of one worker; `--steps` counts all workers together. A run stopped at
any time goes on from its last checkpoint when the same command is given again (of several workers, each from its own:
some may do up to SAVE_EVERY steps twice); `--slice N` stops it by itself after N more steps, for machines with a time
limit per job.
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
from torch.nn.utils import parameters_to_vector

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

    @property
    def share(self) -> int:
        """Steps of one worker."""
        return max(1, self.steps // self.workers)


def plan_arguments(plan: Plan, description: str) -> argparse.ArgumentParser:
    """The options every stage has; their defaults come from the plan."""
    parser = argparse.ArgumentParser(description=description)
    add_options(parser, plan)
    return parser


def add_options(parser: argparse.ArgumentParser, plan: Plan) -> None:
    for field in OPTIONS:
        value = getattr(plan, field)
        parser.add_argument(f"--{field}", type=type(value), default=value)


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


def train(stage, plan: Plan) -> bool:
    """Trains to plan.steps, leaving weights.pt and ema.pt (state dicts) in the plan's folder. -> whether it is done"""
    plan.folder.mkdir(parents=True, exist_ok=True)
    if _done(plan):
        print(f"{plan.name} is finished: remove {plan.folder} to begin anew, or give more --steps")
        return True
    for file, module in getattr(stage, "needs", {}).items():
        if not (RUNS / file).exists():
            raise SystemExit(f"Cannot start {plan.name}: {RUNS / file} is missing; run python -m {module} first")
    torch.manual_seed(plan.seed)
    model = stage.build()
    begun = (plan.folder / "weights.pt").exists()
    if begun:
        model.load_state_dict(_load(plan.folder / "weights.pt"))
    model.to(plan.device)
    average = parameters_to_vector(_trained(model).values()).detach().clone()
    if begun:
        averaged = _load(plan.folder / "ema.pt")
        average.copy_(parameters_to_vector(averaged[name] for name in _trained(model)))
    if plan.workers == 1:
        _work(0, stage, plan, model, average)
    else:
        model.share_memory()
        try:  # it ends all workers when one fails
            mp.spawn(_work, (stage, plan, model, average.share_memory_()), plan.workers)
        except (mp.ProcessRaisedException, mp.ProcessExitedException) as error:
            raise SystemExit(f"Cannot finish stage {plan.name}: a worker failed, so all stopped. {error}") from None
        _save_weights(plan, model, average)
    return _done(plan)


def _done(plan: Plan) -> bool:
    """Whether all workers have done their share, which stays theirs: a run goes on with as many as it began with."""
    steps = []
    for rank in range(plan.workers):
        path = plan.folder / f"worker{rank}.pt"
        state = _load(path, mmap=True) if path.exists() else {"step": 0}
        before = state.get("workers", plan.workers)
        if before != plan.workers:
            raise SystemExit(
                f"Cannot go on with {plan.name}: it began with {before} workers, not {plan.workers}; "
                f"give --workers {before}, or remove {plan.folder} to begin anew"
            )
        steps.append(state["step"])
    return min(steps) >= plan.share


def _work(rank: int, stage, plan: Plan, model: torch.nn.Module, average: torch.Tensor) -> None:
    if plan.device == "cpu":
        torch.set_num_threads(1)
    stage.device = plan.device
    stage.prepare(model)
    model.train()
    trained = list(_trained(model).values())
    averaged = list(_split(average, model).values())
    optimizer = torch.optim.AdamW(trained, plan.lr, (0.9, 0.99), weight_decay=plan.weight_decay, fused=True)
    step = _resume(rank, plan, optimizer)
    until = min(plan.share, step + max(1, plan.slice // plan.workers)) if plan.slice else plan.share
    started, first, sums, summed = time.time(), step, {}, 0
    while step < until:
        progress = step / plan.share
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
        step, summed = step + 1, summed + 1
        for name, value in numbers.items():
            sums[name] = sums.get(name, 0.0) + float(torch.as_tensor(value).detach())
        if step % EMA_EVERY == 0:
            decay = min(plan.ema, step / (step + 40)) ** (1 / plan.workers)
            torch._foreach_lerp_(averaged, [p.detach() for p in trained], 1 - decay)
        if step % LOG_EVERY == 0 and rank == 0:
            means = {name: round(value / summed, 4) for name, value in sums.items()}
            _log(plan, step, (time.time() - started) / (step - first), means)
            sums, summed = {}, 0
        if step % SAVE_EVERY == 0 or step == until:
            _save_weights(plan, model, average, rank)
            state = {"optimizer": optimizer.state_dict(), "step": step, "workers": plan.workers}
            _save(plan.folder / f"worker{rank}.pt", state, rank)


def _trained(model: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def _split(average: torch.Tensor, model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The average, one vector so that it is one piece of shared memory, as views in the shapes of what is trained."""
    trained = _trained(model)
    parts = average.split([p.numel() for p in trained.values()])
    return {name: part.view_as(p) for part, (name, p) in zip(parts, trained.items(), strict=True)}


def _resume(rank: int, plan: Plan, optimizer: torch.optim.Optimizer) -> int:
    """-> steps this worker has done"""
    path = plan.folder / f"worker{rank}.pt"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True, map_location=plan.device)
    optimizer.load_state_dict(state["optimizer"])
    return state["step"]


def _save_weights(plan: Plan, model: torch.nn.Module, average: torch.Tensor, rank: int = 0) -> None:
    state = model.state_dict()
    _save(plan.folder / "ema.pt", {**state, **_split(average, model)}, rank)
    _save(plan.folder / "weights.pt", state, rank)


def _load(path: Path, mmap: bool = False):
    return torch.load(path, weights_only=True, map_location="cpu", mmap=mmap)


def _save(path: Path, value, rank: int) -> None:
    """Writes beside and renames, so that a stop in between leaves the older file whole."""
    part = path.with_suffix(f".part{rank}")
    torch.save(value, part)
    os.replace(part, path)


def _log(plan: Plan, step: int, seconds: float, means: dict[str, float]) -> None:
    line = f"{plan.name} {step}/{plan.share} {seconds:.2f} s/step " + " ".join(f"{k} {v}" for k, v in means.items())
    print(line, flush=True)
    with open(plan.folder / "log.jsonl", "a") as log:
        log.write(json.dumps({"step": step * plan.workers, "time": round(time.time()), **means}) + "\n")
