"""Which problems are held out, and a seeded stream of problems from either side.

A cell is family × composition × wording; one in eight is held out. Where a family composes
independent parts (condition × mapping × aggregate, source × rule), one composition in eight
is held out as well, in all its wordings: its parts are seen in training, their combination
never. Besides, one exact text in four is kept out of training, and only such texts are
bundled, because a statement that leaves a point open reads the same in several cells.
"""

import hashlib
from collections.abc import Iterator
from random import Random

from draft import Problem, Unbuildable, build
from families import ALL

COMPOSED = {"list", "list-rule", "list-aggregate", "order", "words", "pairs", "integer-rule"}


def one_in(n: int, *key: object) -> bool:
    digest = hashlib.sha256("|".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:4], "big") % n == 0


def held_cell(problem: Problem) -> bool:
    composed = problem.family in COMPOSED and one_in(8, problem.family, problem.composition)
    return composed or one_in(8, problem.family, problem.composition, problem.phrasing)


def held_text(problem: Problem) -> bool:
    return one_in(4, problem.text)


def stream(seed: int, held: bool) -> Iterator[Problem]:
    """Problems for ever: held out by cell and by text, or by neither."""
    rng = Random(seed)
    makers, weights = [f for f, _ in ALL], [w for _, w in ALL]
    while True:
        try:
            problem = build(rng.choices(makers, weights)[0](rng), rng)
        except Unbuildable:
            continue
        # Families of few compositions are learnt from half as many examples.
        thinned = not held and problem.family not in COMPOSED and rng.random() < 0.5
        if held_cell(problem) == held_text(problem) == held and not thinned:
            yield problem
