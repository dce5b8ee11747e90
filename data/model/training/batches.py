"""Batches of examples of one kind and nearly one length, so that little is spent on padding.

What is given weighs little in the loss, but not nothing: a function's name that comes back in
every test teaches copying early. So do rows said twice: of random tokens in the first steps,
later of short lists of numbers, where the token before says little and the two before it more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Tokenizer

from draft import Problem, literal
from render import Example, example
from split import stream

#: Examples of each kind in one optimiser step of one worker. The first steps are for copying
#: from context; once that is learnt, which is soon, thinking needs the larger share.
FIRST_MIX = {"thinking": 3, "context": 4, "direct": 2}
MIX = {"thinking": 7, "context": 1, "direct": 3}
FIRST_STEPS = 512
POOL = 32
GIVEN_WEIGHT = 0.2
COPY_ROWS, COPY_WIDTH, COPY_LISTS = 4, 80, 5


@dataclass(frozen=True)
class Batch:
    kind: str
    tokens: torch.Tensor
    #: For each place of `tokens`: the token that follows, its weight in the loss, and whether
    #: it is to be learnt (1) or only given (0).
    targets: torch.Tensor
    weights: torch.Tensor
    learnt: torch.Tensor


def ids(e: Example, tokenizer: Tokenizer) -> tuple[list[int], int]:
    """The tokens of an example and how many of them are given. The parts are tokenised apart,
    as in use."""
    given = tokenizer.encode(e.context).ids + tokenizer.encode(e.prompt).ids
    return given + tokenizer.encode(e.completion).ids, len(given)


def batch(kind: str, rows: list[tuple[list[int], int]], weight: float = GIVEN_WEIGHT) -> Batch:
    width = max(len(tokens) for tokens, _ in rows)
    tokens = torch.zeros(len(rows), width, dtype=torch.long)
    targets = torch.zeros_like(tokens)
    weights, learnt = torch.zeros(len(rows), width), torch.zeros(len(rows), width)
    for i, (row, given) in enumerate(rows):
        tokens[i, :len(row)] = torch.tensor(row)
        targets[i, :len(row) - 1] = torch.tensor(row[1:])
        weights[i, :given - 1] = weight
        weights[i, given - 1:len(row) - 1] = 1
        learnt[i, given - 1:len(row) - 1] = 1
    return Batch(kind, tokens, targets, weights, learnt)


def copying(rng: Random, vocabulary: int) -> Batch:
    """Random tokens, said twice."""
    rows = []
    for _ in range(COPY_ROWS):
        said = [rng.randrange(vocabulary) for _ in range(rng.randint(COPY_WIDTH // 4, COPY_WIDTH // 2))]
        rows.append(((said * 4)[:COPY_WIDTH], len(said)))
    return batch("copy", rows, 0.0)


def copying_lists(rng: Random, tokenizer: Tokenizer) -> Batch:
    """Short lists of small numbers, one a line, all said twice."""
    rows = []
    for _ in range(COPY_ROWS):
        lists = [[rng.randint(1, 9 if rng.random() < 0.7 else 15) for _ in range(rng.randint(2, 6))]
                 for _ in range(COPY_LISTS)]
        said = tokenizer.encode("".join(f"{literal(values)}\n" for values in lists)).ids
        rows.append((said * 2, len(said)))
    return batch("copy", rows, 0.0)


def steps(seed: int, tokenizer: Tokenizer, start: int = 0) -> Iterator[list[Batch]]:
    """For ever, from step `start` on: the batches of one step, one of each kind, from problems
    that are not held out."""
    problems: Iterator[Problem] = stream(seed, held=False)
    order = Random(seed)
    while True:
        first = start < FIRST_STEPS
        pools = []
        for kind, size in (FIRST_MIX if first else MIX).items():
            rows = sorted((ids(example(next(problems), kind), tokenizer) for _ in range(POOL * size)),
                          key=lambda row: len(row[0]))
            chunks = [rows[i:i + size] for i in range(0, len(rows), size)]
            order.shuffle(chunks)
            pools.append([batch(kind, chunk) for chunk in chunks])
        for step in zip(*pools):
            yield [*step, copying(order, tokenizer.get_vocab_size()) if first
                   else copying_lists(order, tokenizer)]
        start += POOL
