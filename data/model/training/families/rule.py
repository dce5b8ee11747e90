"""An arithmetic rule that a statement leaves open and the tests settle: add, subtract,
multiply by a constant, or square. `infer` writes down how two pairs of numbers settle it."""

from dataclasses import dataclass
from random import Random

OPEN_WORDS = (
    "{} and change it by the rule the tests show",
    "{} after the change seen in the tests",
    "{} and then apply the same step as the tests",
)


@dataclass(frozen=True)
class Rule:
    kind: str
    k: int

    def code(self, x: str) -> str:
        return {"add": f"{x} + {self.k}", "subtract": f"{x} - {self.k}",
                "multiply": f"{x} * {self.k}", "square": f"{x} ** 2"}[self.kind]

    @property
    def words(self) -> str:
        return {"add": f"add {self.k}", "subtract": f"subtract {self.k}",
                "multiply": f"multiply by {self.k}", "square": "square"}[self.kind]

    def shown(self, a: int, b: int) -> str:
        return {"add": f"{a} + {self.k} = {b}", "subtract": f"{a} - {self.k} = {b}",
                "multiply": f"{a} * {self.k} = {b}", "square": f"{a} * {a} = {b}"}[self.kind]


def draw(rng: Random, kinds: str = "add subtract multiply square") -> Rule:
    kind = rng.choice([k for k in kinds.split() for _ in range(1 if k == "square" else 3)])
    return Rule(kind, rng.randint(2, 5) if kind == "multiply" else rng.randint(1, 9))


def rivals(rule: Rule) -> list[Rule]:
    """The rules a reader of one test alone might take instead: all others of small constants."""
    others = [Rule("square", 0)] + [Rule("multiply", k) for k in range(2, 6)]
    others += [Rule(kind, k) for kind in ("add", "subtract") for k in range(1, 10)]
    return [r for r in others if r.kind != rule.kind or r.k != rule.k and rule.kind != "square"]


def step(a: int, b: int) -> str:
    return f"{a} to {b}: up {b} - {a} = {b - a}" if b >= a else f"{a} to {b}: down {a} - {b} = {a - b}"


def settles(rule: Rule, pairs: list[tuple[int, int]]) -> bool:
    """Whether two pairs settle the rule by the steps that `infer` writes."""
    (a, b), (c, d) = pairs
    if a == c or min(a, c) < 1 or max(abs(n) for n in (a, b, c, d)) > 99 or min(b, d) < 0:
        return False
    return rule.kind in ("add", "subtract") or b - a != d - c


def infer(rule: Rule, pairs: list[tuple[int, int]]) -> list[str]:
    (a, b), (c, d) = pairs
    lines = [step(a, b), step(c, d)]
    if rule.kind in ("add", "subtract"):
        return [*lines, f"The same: {rule.words}."]
    return [*lines, f"Not the same. {rule.shown(a, b)}, {rule.shown(c, d)}: {rule.words}."]
