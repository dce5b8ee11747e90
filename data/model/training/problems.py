"""The bundled problems: 240 held-out ones in MBPP's schema, half of them with an open point."""

import json
from pathlib import Path
from random import Random

from draft import Problem
from render import BEGIN, context_text, reply
from split import stream

#: Apart from every seed used in training.
SEED = 20_000
COUNT = 240
BLOCK = 20
FIRST_ID = 90_001
#: At most so many of one family, so that chance among the few held-out cells does not rule.
FAMILY_LIMIT = 30


def drawn(is_open: bool, count: int) -> list[Problem]:
    wordings: dict[str, int] = {}
    families: dict[str, int] = {}
    found: list[Problem] = []
    for problem in stream(SEED, held=True):
        if len(found) == count:
            break
        wording = problem.text.split(" function to ")[-1]
        # The words of an open family may stand for different tests, but not too often.
        full = wordings.get(wording, 0) >= (4 if is_open else 1)
        if problem.open != is_open or full or families.get(problem.family, 0) >= FAMILY_LIMIT:
            continue
        wordings[wording] = wordings.get(wording, 0) + 1
        families[problem.family] = families.get(problem.family, 0) + 1
        found.append(problem)
    return found


def held_out_problems() -> list[Problem]:
    """Each block of 20 holds 10 of either sort in random order, so any first part is fair."""
    rng = Random(SEED)
    half = BLOCK // 2
    sides = [drawn(is_open, COUNT // 2) for is_open in (True, False)]
    for side in sides:
        rng.shuffle(side)
    problems: list[Problem] = []
    for start in range(0, COUNT // 2, half):
        block = [p for side in sides for p in side[start:start + half]]
        rng.shuffle(block)
        problems += block
    return problems


def row(task_id: int, problem: Problem) -> dict:
    return {"task_id": task_id, "text": problem.text, "code": problem.code,
            "test_list": list(problem.tests), "test_setup_code": "", "challenge_test_list": []}


def context_row(task_id: int, problem: Problem) -> dict:
    """The reference context: what a faultless thinking would leave, without the BOS that tokenising adds."""
    return {"task_id": task_id, "context": context_text(reply(problem)).removeprefix(BEGIN)}


def write(path: Path) -> None:
    """Writes the problems, and beside them their reference contexts."""
    problems = held_out_problems()
    path.parent.mkdir(parents=True, exist_ok=True)
    for target, to_row in ((path, row), (path.with_name(f"{path.stem}-contexts.jsonl"), context_row)):
        lines = [json.dumps(to_row(FIRST_ID + i, p)) for i, p in enumerate(problems)]
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
