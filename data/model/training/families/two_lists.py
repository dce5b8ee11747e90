"""Two lists: combined place by place, compared as sets; named or left open."""

from random import Random

from draft import Case, Draft, literal

EACH = {
    "sum": ("sums", "a + b", "{0} + {1} = {2}"), "difference": ("differences", "a - b", "{0} - {1} = {2}"),
    "product": ("products", "a * b", "{0} * {1} = {2}"),
    "larger": ("larger ones", "max(a, b)", "larger {2}"), "smaller": ("smaller ones", "min(a, b)", "smaller {2}"),
}
EDGE = "Empty lists give an empty list."


def names(rng: Random) -> tuple[str, str]:
    return rng.choice((("xs", "ys"), ("first", "second"), ("list1", "list2"), ("nums1", "nums2"), ("p", "q")))


def equal(rng: Random) -> tuple:
    n = rng.randint(2, 3)
    return tuple([rng.randint(1, 9) for _ in range(n)] for _ in range(2))


def shown(case: Case) -> str:
    return f"{','.join(map(literal, case[0]))} -> {literal(case[1])}"


def of(kind: str, a: int, b: int) -> int:
    return eval(EACH[kind][1], {"a": a, "b": b, "max": max, "min": min})


def bodies(kind: str, x: str, y: str) -> list[str]:
    code = EACH[kind][1]
    return [f"return [{code} for a, b in zip({x}, {y})]",
            f"result = []\nfor a, b in zip({x}, {y}):\n    result.append({code})\nreturn result"]


def settled(rng: Random) -> Draft:
    x, y = names(rng)
    kinds = {
        **{f"each-{k}": (f"find the {v[0]} of two lists place by place", bodies(k, x, y)) for k, v in EACH.items()},
        "common": ("find the numbers that two lists share, sorted", [f"return sorted(set({x}) & set({y}))"]),
        "union": ("find the numbers of either of two lists, sorted", [f"return sorted(set({x}) | set({y}))"]),
        "only-first": ("find the numbers of the first list that the second has not", [f"return [a for a in {x} if a not in {y}]"]),
        "join": ("join two lists to one", [f"return {x} + {y}"]),
        "join-sorted": ("join two lists to one sorted list", [f"return sorted({x} + {y})"]),
        "pairs": ("make pairs from two lists", [f"return list(zip({x}, {y}))"]),
        "dict": ("make a dictionary from a list of keys and a list of values", [f"return dict(zip({x}, {y}))"]),
        "dot": ("find the sum of the products of two lists", [f"return sum(a * b for a, b in zip({x}, {y}))"]),
        "equal": ("count the places where two lists agree", [f"return sum(1 for a, b in zip({x}, {y}) if a == b)"]),
        "total": ("find the sum of all numbers of two lists", [f"return sum({x}) + sum({y})"]),
    }
    kind = rng.choice(list(kinds))
    ask, code = kinds[kind]

    def inputs() -> tuple:
        a, b = equal(rng)
        if kind in ("common", "only-first", "equal", "union"):
            b[0] = a[0]
        return (a, b)

    short = code[0][7:]
    return Draft(
        family="two-lists", composition=kind, asks=[ask, f"{ask} and return the result", f"{ask} in a function"],
        args=f"{x}, {y}", bodies=code, inputs=inputs,
        steps=lambda cases: [f"Asked: {ask}.", shown(cases[0]), f"That is {short}."],
        check=lambda case: f"{shown(case)}, yes.", restated=f"Task: {ask}.", edge=EDGE, pseudo=short)


def unknown_each(rng: Random) -> Draft:
    x, y = names(rng)
    kind = rng.choice(list(EACH))

    def steps(cases: list[Case]) -> list[str]:
        (p, q), wanted = cases[0]
        a, b, w = p[0], q[0], wanted[0]
        lines = [f"{a} and {b} -> {w}"]
        for o, (_, _, say) in EACH.items():
            hit = of(o, a, b) == w
            lines.append(f"{say.format(a, b, of(o, a, b))}: {'yes' if hit else 'no'}")
            if hit:
                break
        return [*lines, f"So: the {EACH[kind][0]}."]

    return Draft(
        family="two-lists-each", composition=kind, open=True,
        asks=["combine two lists place by place as the tests show", "make one list from two the way the tests do",
              "apply to the numbers of two given lists the operation of the tests"],
        args=f"{x}, {y}", bodies=bodies(kind, x, y), inputs=lambda: equal(rng), steps=steps,
        rivals=[bodies(o, x, y)[0] for o in EACH if o != kind],
        accept=lambda cases: sum(of(o, cases[0][0][0][0], cases[0][0][1][0]) == cases[0][1][0] for o in EACH) == 1,
        check=lambda case: f"{EACH[kind][2].format(case[0][0][0], case[0][1][0], case[1][0])}, wanted {case[1][0]}, yes.",
        restated=f"Return the {EACH[kind][0]} of the two lists place by place.", edge=EDGE,
        pseudo=f"a, b in zip({x}, {y}): {EACH[kind][1]}")


FAMILIES = [(settled, 7), (unknown_each, 5)]
