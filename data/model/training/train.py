"""Training: bf16 autocast, one batch of each kind a step and worker, checkpoints on the way.

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
import workers
from batches import steps
from initial import begin
from model import Decoder, Shape
from optimizer import optimizers


@dataclass(frozen=True)
class Recipe:
    seed: int = 1
    tokens: int = 0
    minutes: float = 0.0
    workers: int = 1
    muon: float = 0.02
    adam: float = 0.004
    warmup: int = 60
    falling: float = 0.7
    checkpoint_minutes: float = 3.0
    compiled: bool = True
    #: Go on from the checkpoint in the folder (weights only).
    resumed: bool = False


def rate(progress: float, step: int, recipe: Recipe) -> float:
    return min(1.0, (step + 1) / recipe.warmup, max(0.0, (1 - progress) / recipe.falling))


class Log:
    """Mean loss per token for each kind, a JSON line every so many steps."""

    def __init__(self, path: Path):
        self.path, self.losses = path, {}

    def add(self, kind: str, loss: float) -> None:
        self.losses.setdefault(kind, []).append(loss)

    def write(self, **facts: float) -> None:
        means = {kind: round(sum(v) / len(v), 4) for kind, v in self.losses.items()}
        with self.path.open("a", encoding="utf-8") as file:
            print(json.dumps({**facts, **means}), file=file)
        self.losses.clear()


def train(recipe: Recipe, folder: Path, device: str) -> None:
    torch.manual_seed(recipe.seed)
    tokenizer = bpe.load(folder)
    model = Decoder(Shape(vocabulary=tokenizer.get_vocab_size())).to(device)
    begin(model)
    first = seen = learnt = 0
    before = 0.0
    if recipe.resumed:
        state = torch.load(folder / "checkpoint.pt", map_location=device, weights_only=True)
        model.load_state_dict(state["weights"])
        first, seen, learnt, before = (state[k] for k in ("step", "tokens", "learnt", "seconds"))
    parameters = list(model.parameters())
    optimisers = optimizers(model, recipe.muon, recipe.adam)
    base = [[group["lr"] for group in o.param_groups] for o in optimisers]

    def loss_of(tokens: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor,
                learnt: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The weighted sum to be lowered, and the plain sum over what is to be learnt."""
        with torch.autocast(device, torch.bfloat16):
            logits = model.logits(model(tokens)).flatten(0, 1).float()
        each = F.cross_entropy(logits, targets.flatten(), reduction="none")
        return (each * weights.flatten()).sum(), (each.detach() * learnt.flatten()).sum()

    loss_function = torch.compile(loss_of, dynamic=True) if recipe.compiled else loss_of
    log = Log(folder / "train.log")
    started = saved = time.time()
    progress = 0.0

    def save(step: int) -> None:
        if workers.rank():
            return
        state = {"shape": asdict(model.shape), "weights": model.state_dict(), "step": step,
                 "tokens": seen, "learnt": learnt, "seconds": before + time.time() - started,
                 "recipe": asdict(recipe)}
        torch.save(state, folder / "checkpoint.tmp")
        (folder / "checkpoint.tmp").rename(folder / "checkpoint.pt")

    # A resumed run draws other problems than those before it.
    stream_seed = recipe.seed * 1000 + first * 10 + workers.rank()
    for step, batches in enumerate(steps(stream_seed, tokenizer, first), first):
        if progress >= 1:
            break
        factor = rate(progress, step - first, recipe)
        for o, rates in zip(optimisers, base):
            for group, lr in zip(o.param_groups, rates):
                group["lr"] = lr * factor
        for b in batches:
            loss, plain = loss_function(*(t.to(device) for t in (b.tokens, b.targets, b.weights, b.learnt)))
            loss.backward()
            log.add(b.kind, plain.item() / b.learnt.sum().item())
        elapsed = (time.time() - started) / 60
        given, targets, minutes = workers.summed(parameters, [
            sum(b.tokens.numel() for b in batches), sum(b.learnt.sum().item() for b in batches), elapsed])
        for p in parameters:
            p.grad /= targets
        seen, learnt = seen + int(given), learnt + int(targets)
        # All workers must agree on the progress, so it comes from what they summed.
        progress = seen / recipe.tokens if recipe.tokens else minutes / workers.count() / recipe.minutes
        for o in optimisers:
            o.step()
            o.zero_grad()
        if step % 50 == 49 and not workers.rank():
            log.write(step=step + 1, tokens=seen, minutes=round(elapsed, 2), rate=round(factor, 3))
        if time.time() - saved > recipe.checkpoint_minutes * 60:
            save(step + 1)
            saved = time.time()
    save(step)


def run(recipe: Recipe, folder: Path, device: str) -> None:
    workers.run(recipe.workers, train, recipe, folder, device)
