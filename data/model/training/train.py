"""Training: bf16 autocast, one batch of each kind a step, checkpoints on the way.

The learning rate rises over the first steps, stays, and falls to zero over the last part.
Progress is counted in tokens, or, with `minutes`, in time (for a machine shared with others).
"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

import tokenizer as bpe
from batches import steps
from model import Decoder, Shape
from optimizer import optimizers


@dataclass(frozen=True)
class Recipe:
    seed: int = 1
    tokens: int = 0
    minutes: float = 0.0
    muon: float = 0.02
    adam: float = 0.004
    warmup: int = 60
    falling: float = 0.4
    checkpoint_minutes: float = 3.0
    compiled: bool = True


def rate(progress: float, step: int, recipe: Recipe) -> float:
    return min(1.0, (step + 1) / recipe.warmup, max(0.0, (1 - progress) / recipe.falling))


def run(recipe: Recipe, folder: Path, device: str) -> None:
    torch.manual_seed(recipe.seed)
    tokenizer = bpe.load(folder)
    model = Decoder(Shape(vocabulary=tokenizer.get_vocab_size())).to(device)
    optimisers = optimizers(model, recipe.muon, recipe.adam)
    base = [[group["lr"] for group in o.param_groups] for o in optimisers]

    def loss_of(tokens: torch.Tensor, places: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        with torch.autocast(device, torch.bfloat16):
            hidden = model(tokens).flatten(0, 1)[places]
            return F.cross_entropy(model.logits(hidden).float(), targets, reduction="sum")

    loss_function = torch.compile(loss_of, dynamic=True) if recipe.compiled else loss_of
    started = saved = time.time()
    seen = learnt = 0
    means: dict[str, list[float]] = {}
    log = (folder / "train.log").open("a", encoding="utf-8")

    def save(step: int) -> None:
        state = {"shape": asdict(model.shape), "weights": model.state_dict(), "step": step,
                 "tokens": seen, "learnt": learnt, "seconds": time.time() - started,
                 "recipe": asdict(recipe)}
        torch.save(state, folder / "checkpoint.tmp")
        (folder / "checkpoint.tmp").rename(folder / "checkpoint.pt")

    for step, batches in enumerate(steps(recipe.seed, tokenizer)):
        elapsed = (time.time() - started) / 60
        progress = seen / recipe.tokens if recipe.tokens else elapsed / recipe.minutes
        if progress >= 1 or (folder / "stop").exists():
            break
        factor = rate(progress, step, recipe)
        for o, rates in zip(optimisers, base):
            for group, lr in zip(o.param_groups, rates):
                group["lr"] = lr * factor
        total = sum(len(b.targets) for b in batches)
        for b in batches:
            loss = loss_function(b.tokens.to(device), b.places.to(device), b.targets.to(device))
            (loss / total).backward()
            means.setdefault(b.kind, []).append(loss.item() / len(b.targets))
            seen += b.tokens.numel()
        learnt += total
        for o in optimisers:
            o.step()
            o.zero_grad()
        if step % 20 == 19:
            line = {"step": step + 1, "tokens": seen, "minutes": round(elapsed, 2), "rate": round(factor, 3),
                    **{kind: round(sum(v) / len(v), 4) for kind, v in means.items()}}
            print(json.dumps(line), file=log, flush=True)
            means.clear()
        if time.time() - saved > recipe.checkpoint_minutes * 60:
            save(step + 1)
            saved = time.time()
    save(step)
