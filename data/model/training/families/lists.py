"""Lists of integers: condition × mapping × aggregate, and the same with one part left open."""

from dataclasses import dataclass
from random import Random

from draft import Case, Draft, literal

from . import rule as rules

NAMES = ("nums", "lst", "arr", "values", "numbers", "items")


@dataclass(frozen=True)
class Condition:
    id: str
    words: str
    test: str

    def kept(self, values: list[int]) -> list[int]:
        return [x for x in values if eval(self.test, {"x": x})]


@dataclass(frozen=True)
class Mapping:
    id: str
    words: str
    code: str

    def of(self, x: int) -> int:
        return eval(self.code, {"x": x, "abs": abs})


@dataclass(frozen=True)
class Aggregate:
    id: str
    words: str
    #: What is done with a generator or list `{g}`.
    code: str
    #: Loop: start, step for the value `{v}`, result.
    loop: tuple[str, str, str]
    edge: str

    def of(self, values: list[int]) -> object:
        return eval(self.code.format(g="v"), {"v": values, "sum": sum, "max": max, "min": min,
                                              "len": len, "sorted": sorted, "list": list})


ALWAYS = Condition("all", "numbers", "True")
LIST = Aggregate("list", "list", "{g}", ("result = []", "result.append({v})", "result"),
                 "No such number gives an empty list.")
AGGREGATES = (
    Aggregate("sum", "sum", "sum({g})", ("total = 0", "total += {v}", "total"),
              "No such number gives 0."),
    Aggregate("max", "largest", "max({g})", ("best = None",
              "if best is None or {v} > best:\n    best = {v}", "best"), "At least one is there."),
    Aggregate("min", "smallest", "min({g})", ("best = None",
              "if best is None or {v} < best:\n    best = {v}", "best"), "At least one is there."),
    Aggregate("count", "count", "len({g})", ("count = 0", "count += 1", "count"),
              "No such number gives 0."),
)
DESCENDING = Aggregate("desc", "list in descending order", "sorted({g}, reverse=True)",
                       ("result = []", "result.append({v})", "sorted(result, reverse=True)"),
                       "No such number gives an empty list.")
ASCENDING = Aggregate("asc", "list in ascending order", "sorted({g})",
                      ("result = []", "result.append({v})", "sorted(result)"),
                      "No such number gives an empty list.")


def condition(rng: Random, always: bool = True) -> Condition:
    k, d = rng.randint(2, 7), rng.randint(3, 5)
    choices = [
        Condition("even", "even numbers", "x % 2 == 0"),
        Condition("odd", "odd numbers", "x % 2 == 1"),
        Condition("greater", f"numbers greater than {k}", f"x > {k}"),
        Condition("less", f"numbers less than {k}", f"x < {k}"),
        Condition("atleast", f"numbers of at least {k}", f"x >= {k}"),
        Condition("atmost", f"numbers of at most {k}", f"x <= {k}"),
        Condition("divisible", f"numbers divisible by {d}", f"x % {d} == 0"),
        Condition("not", f"numbers other than {k}", f"x != {k}"),
    ]
    return rng.choice([*choices, ALWAYS, ALWAYS] if always else choices)


def mapping(rng: Random) -> Mapping | None:
    k = rng.randint(2, 9)
    return rng.choice([None, None, None,
        Mapping("square", "squares of the", "x * x"), Mapping("cube", "cubes of the", "x ** 3"),
        Mapping("double", "doubles of the", "x * 2"), Mapping("half", "halves of the", "x // 2"),
        Mapping("negative", "negatives of the", "-x"),
        Mapping("triple", "triples of the", "x * 3"),
        Mapping("plus", f"values plus {k} of the", f"x + {k}"),
        Mapping("minus", f"values minus {k} of the", f"x - {k}"),
        Mapping("remainder", f"remainders by {k} of the", f"x % {k}"),
    ])


def numbers(rng: Random, low: int = 3, high: int = 5, top: int = 9) -> list[int]:
    return [rng.randint(1, top) if rng.random() < 0.85 else rng.randint(1, 19)
            for _ in range(rng.randint(low, high))]


def indent(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.split("\n"))


def bodies(name: str, test: str, code: str, aggregate: Aggregate) -> list[str]:
    """A comprehension and a loop for the same composition."""
    kept = "" if test == "True" else f" if {test}"
    if aggregate.id == "count":
        short = f"return len({name})" if not kept else f"return len([x for x in {name}{kept}])"
    elif not kept and code == "x":
        short = f"return {aggregate.code.format(g=name)}"
    else:
        inner = f"x for x in {name}{kept}" if code == "x" else f"{code} for x in {name}{kept}"
        whole = aggregate.id in ("list", "desc", "asc")
        short = f"return {aggregate.code.format(g=f'[{inner}]' if whole else inner)}"
    start, step, result = aggregate.loop
    step = indent(step.format(v=code), 4 if not kept else 8)
    middle = f"\n    if {test}:" if kept else ""
    return [short, f"{start}\nfor x in {name}:{middle}\n{step}\nreturn {result}"]


def settled(rng: Random) -> Draft:
    """The statement alone settles everything."""
    name, c = rng.choice(NAMES), condition(rng)
    aggregate = rng.choice([*AGGREGATES, LIST, LIST, ASCENDING, DESCENDING])
    m = None if aggregate.id == "count" else mapping(rng)
    if aggregate.id == "list" and c is ALWAYS and m is None:
        m = Mapping("square", "squares of the", "x * x")
    what = f"the {m.words} {c.words}" if m else f"the {c.words}"
    code = m.code if m else "x"
    agg = f"the {aggregate.words} of"

    def kept_line(case: Case) -> str:
        kept = c.kept(case[0][0])
        mapped = f", mapped {literal([m.of(x) for x in kept])}" if m else ""
        return f"{literal(case[0][0])} keeps {literal(kept)}{mapped}, result {literal(case[1])}"

    def steps(cases: list[Case]) -> list[str]:
        lines = [] if c is ALWAYS else [f"Keep x when {c.test}."]
        lines += [f"Map x to {m.code}."] if m else []
        return [*lines, f"Then {aggregate.words}.", kept_line(cases[0])]

    plain = [bodies(name, "True", code, aggregate)[0]] if c is not ALWAYS else []
    plain += [bodies(name, c.test, "x", aggregate)[0]] if m else []
    return Draft(
        family="list", composition=f"{c.id}-{m.id if m else 'same'}-{aggregate.id}",
        asks=[f"find {agg} {what} in the given list", f"get {agg} {what} of a list",
              f"return {agg} {what} from a list of integers"],
        args=name, bodies=bodies(name, c.test, code, aggregate),
        inputs=lambda: (numbers(rng),),
        steps=steps, check=kept_line, rivals=plain,
        accept=lambda cases: all(c.kept(a[0]) for a, _ in cases),
        restated=f"Return {agg} {what}.", edge=aggregate.edge,
        pseudo=f"x in {name}, {c.test if c is not ALWAYS else 'all'}: {code}, {aggregate.id}")


def ruled_elements(rng: Random) -> Draft:
    """Each (kept) number is changed by a rule that only the tests show."""
    name, c, r = rng.choice(NAMES), condition(rng), rules.draw(rng)
    start = lambda case: c.kept(case[0][0])
    pairs = lambda cases: list(zip(start(cases[0]), cases[0][1]))[:2]

    def steps(cases: list[Case]) -> list[str]:
        kept = f" keeps {literal(start(cases[0]))}" if c is not ALWAYS else ""
        return [f"{literal(cases[0][0][0])}{kept} -> {literal(cases[0][1])}", *rules.infer(r, pairs(cases))]

    return Draft(
        family="list-rule", composition=f"{c.id}-{r.kind}", open=True,
        asks=[f"take the {c.words} of a list and change each by the rule the tests show",
              f"change each of the {c.words} in the given list as the tests do",
              f"apply the same step as the tests to all {c.words} in a list"],
        args=name, bodies=bodies(name, c.test, r.code("x"), LIST),
        inputs=lambda: (numbers(rng),), steps=steps,
        check=lambda case: f"{r.shown(start(case)[0], case[1][0])}, as the test wants.",
        rivals=[bodies(name, c.test, o.code("x"), LIST)[0] for o in rules.rivals(r)],
        accept=lambda cases: all(start(k) for k in cases) and len(pairs(cases)) == 2
        and rules.settles(r, pairs(cases)) and all(min(k[1]) >= 0 for k in cases),
        restated=f"Return the {c.words}, each changed: {r.words}.",
        edge="No such number gives an empty list.", pseudo=f"x in {name}: {r.code('x')}")


def unknown_aggregate(rng: Random) -> Draft:
    """The numbers are named; how they are combined only the tests show."""
    name, c = rng.choice(NAMES), condition(rng)
    options = list(AGGREGATES)
    aggregate = rng.choice(options)

    def tried(case: Case) -> list[str]:
        kept = c.kept(case[0][0])
        lines = [f"{literal(case[0][0])} keeps {literal(kept)}, wanted {case[1]}"]
        for a in (options[1], options[2], options[3], options[0]):
            value = " + ".join(map(str, kept)) + f" = {sum(kept)}" if a.id == "sum" else a.of(kept)
            hit = a.of(kept) == case[1]
            lines.append(f"{a.id} {value}: {'yes' if hit else 'no'}")
            if hit:
                break
        return lines

    return Draft(
        family="list-aggregate", composition=f"{c.id}-{aggregate.id}", open=True,
        asks=[f"combine the {c.words} in the given list the way the tests show",
              f"find the value of the {c.words} of a list that the tests ask for",
              f"reduce the {c.words} in a list to one number as in the tests"],
        args=name, bodies=bodies(name, c.test, "x", aggregate),
        inputs=lambda: (numbers(rng, 3, 4),),
        steps=lambda cases: [*tried(cases[0]), f"So: {aggregate.id}."],
        check=lambda case: f"{aggregate.id} of {literal(c.kept(case[0][0]))} = {case[1]}, yes.",
        rivals=[bodies(name, c.test, "x", o)[0] for o in options if o is not aggregate],
        accept=lambda cases: all(c.kept(k[0][0]) for k in cases)
        and sum(o.of(c.kept(cases[0][0][0])) == cases[0][1] for o in options) == 1,
        restated=f"Return the {aggregate.words} of the {c.words}.", edge=aggregate.edge,
        pseudo=f"x in {name}, {c.test if c is not ALWAYS else 'all'}: {aggregate.id}")


FAMILIES = [(settled, 22), (ruled_elements, 10), (unknown_aggregate, 6)]
