"""A task before its tests are drawn, and how it becomes a problem.

A family gives a `Draft`: wordings, reference bodies in several styles, a sampler of
arguments, the rival readings which the tests must rule out, and the steps of thought.
`build` draws tests until every rival fails at least one of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

Case = tuple[tuple, object]

VERBS = ("find get make take work give apply solve pick build do check run use show form "
         "read next my new the one all any").split()
NOUNS = ("values numbers items result list answer total data func part case elements task "
         "group set rule step test record output thing code").split()
OPENINGS = ("Write a function to {}.", "Write a function to {}.", "Write a python function to {}.",
            "Implement a function to {}.", "Create a function to {}.")


class Unbuildable(Exception):
    """No three tests were found that rule out every rival."""


@dataclass
class Draft:
    family: str
    composition: str
    asks: Sequence[str]
    args: str
    bodies: Sequence[str]
    inputs: Callable[[], tuple]
    steps: Callable[[list[Case]], list[str]]
    check: Callable[[Case], str]
    restated: str
    edge: str
    pseudo: str
    rivals: Sequence[str] = ()
    accept: Callable[[list[Case]], bool] = lambda cases: True
    #: True where the statement leaves a point open which only the tests settle.
    open: bool = False


@dataclass(frozen=True)
class Problem:
    family: str
    composition: str
    phrasing: int
    open: bool
    text: str
    code: str
    tests: tuple[str, str, str]
    thinking: str
    reflection: str
    context: str = field(repr=False)


def literal(value: object) -> str:
    """A Python literal without spaces, strings in double quotes: few tokens, as often in MBPP."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ",".join(map(literal, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ",".join(map(literal, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, dict):
        return "{" + ",".join(f"{literal(k)}:{literal(v)}" for k, v in value.items()) + "}"
    return repr(value)


def call(case: Case) -> str:
    """The arguments of a test as they stand in it."""
    return ",".join(map(literal, case[0]))


def function(name: str, args: str, body: str) -> str:
    return f"def {name}({args}):\n" + "\n".join("    " + line for line in body.split("\n"))


def compiled(code: str, name: str) -> Callable:
    scope: dict = {}
    exec(code, scope)  # only ever text written by the families in this folder
    return scope[name]


def same(a: object, b: object) -> bool:
    return type(a) is type(b) and a == b


def attempt(f: Callable, args: tuple) -> object:
    try:
        return f(*args)
    except (ArithmeticError, IndexError, ValueError, TypeError, KeyError):
        return Unbuildable


def draw_cases(draft: Draft, judge: Callable, rivals: list[Callable]) -> list[Case]:
    for _ in range(200):
        cases: list[Case] = []
        for _ in range(20):
            args = draft.inputs()
            wanted = attempt(judge, args)
            if wanted is not Unbuildable and all(args != known for known, _ in cases):
                cases.append((args, wanted))
            if len(cases) == 3:
                break
        if len(cases) < 3 or same(cases[0][1], cases[1][1]) and same(cases[1][1], cases[2][1]):
            continue
        beaten = all(any(not same(attempt(r, a), w) for a, w in cases) for r in rivals)
        if beaten and draft.accept(cases):
            return cases
    raise Unbuildable(f"{draft.family}/{draft.composition}")


def build(draft: Draft, rng: Random) -> Problem:
    name = f"{rng.choice(VERBS)}_{rng.choice(NOUNS)}"
    codes = [function(name, draft.args, body) for body in draft.bodies]
    judge = compiled(codes[0], name)
    rivals = [compiled(function(name, draft.args, body), name) for body in draft.rivals]
    cases = draw_cases(draft, judge, rivals)
    for code in codes[1:]:
        other = compiled(code, name)
        if not all(same(other(*args), wanted) for args, wanted in cases):
            raise AssertionError(f"styles disagree:\n{codes[0]}\n{code}\n{cases}")
    phrasing = rng.randrange(len(draft.asks))
    return Problem(
        family=draft.family,
        composition=draft.composition,
        phrasing=phrasing,
        open=draft.open,
        text=rng.choice(OPENINGS).format(draft.asks[phrasing]),
        code=rng.choice(codes),
        tests=tuple(f"assert {name}({call(c)}) == {literal(c[1])}" for c in cases),
        thinking="\n".join(draft.steps(cases)),
        reflection=draft.check(cases[2]),
        context=f"{draft.restated} {draft.edge} {draft.pseudo}",
    )
