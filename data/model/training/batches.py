"""Batches of examples of one kind and nearly one length, so that little is spent on padding."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Tokenizer

from draft import Problem
from render import Example, example
from split import stream

#: Examples of each kind in one optimiser step.
MIX = {"thinking": 8, "context": 11, "direct": 4}
POOL = 24


@dataclass(frozen=True)
class Batch:
    kind: str
    tokens: torch.Tensor
    #: Places in the flattened `tokens` that predict a token to be learnt, and that token.
    places: torch.Tensor
    targets: torch.Tensor


def ids(e: Example, tokenizer: Tokenizer) -> tuple[list[int], int]:
    """The tokens of an example and how many of them are given. The parts are tokenised apart,
    as in use."""
    given = tokenizer.encode(e.context).ids + tokenizer.encode(e.prompt).ids
    return given + tokenizer.encode(e.completion).ids, len(given)


def batch(kind: str, rows: list[tuple[list[int], int]]) -> Batch:
    width = max(len(tokens) for tokens, _ in rows)
    tokens = torch.zeros(len(rows), width, dtype=torch.long)
    places, targets = [], []
    for i, (row, given) in enumerate(rows):
        tokens[i, :len(row)] = torch.tensor(row)
        places += range(i * width + given - 1, i * width + len(row) - 1)
        targets += row[given:]
    return Batch(kind, tokens, torch.tensor(places), torch.tensor(targets))


def steps(seed: int, tokenizer: Tokenizer) -> Iterator[list[Batch]]:
    """For ever: the batches of one step, one of each kind, from problems that are not held out."""
    problems: Iterator[Problem] = stream(seed, held=False)
    order = Random(seed)
    while True:
        pools = []
        for kind, size in MIX.items():
            rows = sorted((ids(example(next(problems), kind), tokenizer) for _ in range(POOL * size)),
                          key=lambda row: len(row[0]))
            chunks = [rows[i:i + size] for i in range(0, len(rows), size)]
            order.shuffle(chunks)
            pools.append([batch(kind, chunk) for chunk in chunks])
        yield from (list(step) for step in zip(*pools))
