"""Lists of pairs: one member, a combination of both, sorting by a member; named or left open."""

from random import Random

from draft import Case, Draft, literal

NAMES = ("pairs", "tuples", "points", "data")
PARTS = {
    "first": ("first members", "p[0]", lambda p: f"first {p[0]}"),
    "second": ("second members", "p[1]", lambda p: f"second {p[1]}"),
    "larger": ("larger members", "max(p)", lambda p: f"larger {max(p)}"),
    "smaller": ("smaller members", "min(p)", lambda p: f"smaller {min(p)}"),
    "sum": ("sums", "p[0] + p[1]", lambda p: f"{p[0]} + {p[1]} = {p[0] + p[1]}"),
    "product": ("products", "p[0] * p[1]", lambda p: f"{p[0]} * {p[1]} = {p[0] * p[1]}"),
    "swap": ("swapped pairs", "(p[1], p[0])", lambda p: f"swap {literal((p[1], p[0]))}"),
    "difference": ("differences, first minus second,", "p[0] - p[1]", lambda p: f"{p[0]} - {p[1]} = {p[0] - p[1]}"),
}
CONDITIONS = {"all": ("pairs", ""), "rising": ("pairs whose first member is smaller", "p[0] < p[1]"),
              "falling": ("pairs whose first member is larger", "p[0] > p[1]"),
              "equal-free": ("pairs of different members", "p[0] != p[1]"),
              "even": ("pairs whose first member is even", "p[0] % 2 == 0")}
EDGE = "An empty list gives an empty list."


def some(rng: Random) -> list[tuple[int, int]]:
    return [(rng.randint(1, 9), rng.randint(1, 9)) for _ in range(rng.randint(2, 3))]


def value(code: str, p: tuple[int, int]) -> object:
    return eval(code, {"p": p, "max": max, "min": min})


def shown(case: Case) -> str:
    return f"{literal(case[0][0])} -> {literal(case[1])}"


def settled(rng: Random) -> Draft:
    name = rng.choice(NAMES)
    c, part = rng.choice(["all", *CONDITIONS]), rng.choice(list(PARTS))
    aggregates = {"list": ("list", "{g}"), "sum": ("sum", "sum({g})"), "max": ("largest", "max({g})")}
    agg = rng.choice(["list", "list", "sum", "max"]) if part != "swap" else "list"
    words, test = CONDITIONS[c]
    kept = f" if {test}" if test else ""
    code = aggregates[agg][1].format(g=f"[{PARTS[part][1]} for p in {name}{kept}]")
    ask = f"the {aggregates[agg][0]} of the {PARTS[part][0]} of the {words}"
    inside = f"    if {test}:\n    " if test else ""
    loop = f"result = []\nfor p in {name}:\n{inside}    result.append({PARTS[part][1]})\nreturn {aggregates[agg][1].format(g='result')}"
    plain = aggregates[agg][1].format(g=f"[{PARTS[part][1]} for p in {name}]")
    return Draft(
        family="pairs", composition=f"{c}-{part}-{agg}",
        asks=[f"find {ask} in a list", f"get {ask} in the given list", f"return {ask} from a list of tuples"],
        args=name, bodies=[f"return {code}", loop], inputs=lambda: (some(rng),),
        steps=lambda cases: ([f"Keep p when {test}."] if test else [])
        + [f"Take {PARTS[part][1]} of each p.", f"Then {aggregates[agg][0]}.", shown(cases[0])],
        rivals=[f"return {plain}"] if test else [], check=lambda case: f"{shown(case)}, yes.",
        restated=f"Return {ask}.", edge=EDGE if agg == "list" else "At least one is there.",
        pseudo=f"p in {name}, {test or 'all'}: {PARTS[part][1]}, {agg}")


def unknown_part(rng: Random) -> Draft:
    # A larger or smaller member is always the first or the second too: left out here.
    parts = {k: v for k, v in PARTS.items() if k not in ("larger", "smaller")}
    name, part = rng.choice(NAMES), rng.choice(list(parts))
    words, code, _ = PARTS[part]

    def steps(cases: list[Case]) -> list[str]:
        lines = []
        pair, wanted = cases[0][0][0][0], cases[0][1][0]
        lines.append(f"{literal(pair)} -> {literal(wanted)}")
        for _, other, say in parts.values():
            hit = value(other, pair) == wanted
            lines.append(f"{say(pair)}: {'yes' if hit else 'no'}")
            if hit:
                break
        return [*lines, f"So: the {words}."]

    return Draft(
        family="pairs-part", composition=part, open=True,
        asks=["make from each pair of a list what the tests show", "convert every tuple in the given list as the tests do",
              "find for all pairs of a list the value seen in the tests"],
        args=name, bodies=[f"return [{code} for p in {name}]",
                           f"result = []\nfor p in {name}:\n    result.append({code})\nreturn result"],
        inputs=lambda: (some(rng),), steps=steps,
        rivals=[f"return [{v[1]} for p in {name}]" for o, v in parts.items() if o != part],
        accept=lambda cases: sum(value(v[1], cases[0][0][0][0]) == cases[0][1][0] for v in parts.values()) == 1,
        check=lambda case: f"{PARTS[part][2](case[0][0][0])}, wanted {literal(case[1][0])}, yes.",
        restated=f"Return the {words} of the pairs.", edge=EDGE, pseudo=f"p in {name}: {code}")


def unknown_key(rng: Random) -> Draft:
    name = rng.choice(NAMES)
    kinds = {(i, down): f"sorted({name}, key=lambda p: p[{i}]{', reverse=True' if down else ''})"
             for i in (0, 1) for down in (False, True)}
    (i, down) = kind = rng.choice(list(kinds))
    words = f"by the {'second' if i else 'first'} member, {'descending' if down else 'ascending'}"

    def order(values: list[int]) -> str:
        if values == sorted(values):
            return "ascending"
        return "descending" if values == sorted(values)[::-1] else "no order"

    def steps(cases: list[Case]) -> list[str]:
        wanted = cases[0][1]
        lines = [shown(cases[0])]
        for j, say in enumerate(("first", "second")):
            members = [p[j] for p in wanted]
            lines.append(f"{say} {' '.join(map(str, members))}: {order(members)}")
        return [*lines, f"So: {words}."]

    def inputs() -> tuple:
        return (list(zip(rng.sample(range(1, 10), 3), rng.sample(range(1, 10), 3))),)

    return Draft(
        family="pairs-order", composition=f"{i}-{'down' if down else 'up'}", open=True,
        asks=["sort a list of pairs as the tests show", "order the given tuples the way the tests do",
              "arrange a list of tuples like in the tests"],
        args=name, bodies=[f"return {kinds[kind]}"], inputs=inputs, steps=steps,
        rivals=[f"return {c}" for o, c in kinds.items() if o != kind],
        accept=lambda cases: order([p[1 - i] for p in cases[0][1]]) == "no order",
        check=lambda case: f"{shown(case)}: {words}, yes.",
        restated=f"Sort the pairs {words}.", edge=EDGE, pseudo=kinds[kind])


FAMILIES = [(settled, 9), (unknown_part, 5), (unknown_key, 4)]
