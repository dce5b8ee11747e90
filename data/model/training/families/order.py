"""Lists of integers put in an order, or cut, where the tests show which."""

from random import Random

from draft import Case, Draft, literal

from .lists import ALWAYS, NAMES, condition, numbers

EMPTY = "An empty list gives an empty list."


def distinct(rng: Random, low: int = 4, high: int = 5) -> list[int]:
    return rng.sample(range(1, 15), rng.randint(low, high))


def shown(case: Case) -> str:
    return f"{literal(case[0][0])} -> {literal(case[1])}"


def unknown_order(rng: Random) -> Draft:
    name, c = rng.choice(NAMES), condition(rng)
    source = name if c is ALWAYS else f"[x for x in {name} if {c.test}]"
    kinds = {
        "ascending": f"return sorted({source})",
        "descending": f"return sorted({source}, reverse=True)",
        "reversed": f"return {source}[::-1]",
    }
    kind = rng.choice(list(kinds))

    def steps(cases: list[Case]) -> list[str]:
        (values,), wanted = cases[0]
        kept = c.kept(values)
        lines = [shown(cases[0])] + ([f"keeps {literal(kept)}"] if c is not ALWAYS else [])
        if wanted == kept[::-1]:
            return [*lines, f"reversed {literal(kept[::-1])}: yes", "So: reversed."]
        first, last = wanted[0], wanted[-1]
        way = f"{first} < {last}: ascending" if first < last else f"{first} > {last}: descending"
        return [*lines, f"reversed {literal(kept[::-1])}: no", way, f"So: {kind}."]

    return Draft(
        family="order", composition=f"{c.id}-{kind}", open=True,
        asks=[f"put the {c.words} of a list in the order the tests show",
              f"order the {c.words} in the given list as the tests do",
              f"return the {c.words} of a list arranged like in the tests"],
        args=name, bodies=[kinds[kind]], rivals=[b for k, b in kinds.items() if k != kind],
        inputs=lambda: (distinct(rng),), steps=steps,
        check=lambda case: f"{shown(case)}: {kind}, yes.",
        accept=lambda cases: all(len(k[1]) > 2 for k in cases) and all(
            sorted(c.kept(k[0][0])) != c.kept(k[0][0])[::-1] != sorted(c.kept(k[0][0]))[::-1]
            and c.kept(k[0][0]) != sorted(c.kept(k[0][0])) for k in cases),
        restated=f"Return the {c.words}, {kind}.", edge=EMPTY, pseudo=f"{source}, {kind}")


def unknown_slice(rng: Random) -> Draft:
    name, k = rng.choice(NAMES), rng.randint(1, 3)
    kinds = {
        "first": (f"return {name}[:{k}]", f"the first {k}"),
        "last": (f"return {name}[-{k}:]", f"the last {k}"),
        "without first": (f"return {name}[{k}:]", f"all but the first {k}"),
        "without last": (f"return {name}[:-{k}]", f"all but the last {k}"),
    }
    kind = rng.choice(list(kinds))
    body, words = kinds[kind]

    def steps(cases: list[Case]) -> list[str]:
        (values,), wanted = cases[0]
        (other,), wanted_other = cases[1]
        end = "start" if values[0] == wanted[0] else "end"
        return [shown(cases[0]), f"{wanted[0]} to {wanted[-1]} is at the {end}",
                f"{len(values)} numbers to {len(wanted)}, {len(other)} numbers to {len(wanted_other)}",
                f"So: {words}."]

    return Draft(
        family="slice", composition=f"{kind}-{k}", open=True,
        asks=["return the part of the given list that the tests show",
              "cut a list down to the part seen in the tests",
              "take from a list the same places as the tests"],
        args=name, bodies=[body], rivals=[b for o, (b, _) in kinds.items() if o != kind],
        inputs=lambda: (distinct(rng, 4, 6),), steps=steps,
        check=lambda case: f"{shown(case)}: {words}, yes.",
        accept=lambda cases: len(cases[0][0][0]) != len(cases[1][0][0])
        and all(0 < len(case[1]) < len(case[0][0]) for case in cases),
        restated=f"Return {words} of the list.", edge=EMPTY, pseudo=body[7:])


def unknown_index(rng: Random) -> Draft:
    name, k = rng.choice(NAMES), rng.randint(0, 3)

    def steps(cases: list[Case]) -> list[str]:
        lines = []
        for (values,), wanted in cases[:1]:
            at = ", ".join(f"{i} is {x}" for i, x in enumerate(values[: k + 1]))
            lines.append(f"{literal(values)} -> {wanted}: {at}")
        return [*lines, f"So: index {k}."]

    return Draft(
        family="index", composition=f"{k}", open=True,
        asks=["return the number of a list at the place the tests show",
              "pick the element of the given list that the tests pick",
              "find the element of a list at the same index as in the tests"],
        args=name, bodies=[f"return {name}[{k}]"],
        rivals=[f"return {name}[{o}]" for o in range(-4, 4) if o != k],
        inputs=lambda: (distinct(rng, 4, 5),), steps=steps,
        check=lambda case: f"{literal(case[0][0])} at {k} is {case[1]}, yes.",
        restated=f"Return the element at index {k}.", edge="The list is long enough.",
        pseudo=f"{name}[{k}]")


def settled_order(rng: Random) -> Draft:
    name, k, r = rng.choice(NAMES), rng.randint(2, 3), rng.randint(2, 4)
    kinds = {
        "unique": ("remove the repeated numbers of a list and sort it", f"return sorted(set({name}))",
                   f"return sorted({name})"),
        "first-k": (f"find the {k} largest numbers of a list", f"return sorted({name}, reverse=True)[:{k}]",
                    f"return {name}[:{k}]"),
        "small-k": (f"find the {k} smallest numbers of a list", f"return sorted({name})[:{k}]",
                    f"return {name}[:{k}]"),
        "reverse": ("reverse the given list", f"return {name}[::-1]", f"return sorted({name})"),
        "second": ("find the second largest number of a list", f"return sorted({name})[-2]",
                   f"return {name}[-2]"),
        "second-small": ("find the second smallest number of a list", f"return sorted({name})[1]",
                         f"return {name}[1]"),
        "range": ("find the difference between the largest and the smallest number of a list",
                  f"return max({name}) - min({name})", f"return max({name})"),
        "ends": ("find the sum of the first and the last number of a list",
                 f"return {name}[0] + {name}[-1]", f"return sum({name})"),
        "swap": ("swap the first and the last number of a list",
                 f"return [{name}[-1]] + {name}[1:-1] + [{name}[0]]", f"return {name}[::-1]"),
        "repeat": (f"repeat the given list {r} times", f"return {name} * {r}", f"return {name}"),
        "rotate": (f"rotate a list to the left by {k}", f"return {name}[{k}:] + {name}[:{k}]",
                   f"return {name}"),
        "even-places": ("return the numbers at even places of a list", f"return {name}[::2]",
                        f"return {name}[1::2]"),
        "odd-places": ("return the numbers at odd places of a list", f"return {name}[1::2]",
                       f"return {name}[::2]"),
        "sorted": ("check whether the given list is sorted", f"return {name} == sorted({name})", "return True"),
        "repeats": ("check whether a list holds a number more than once",
                    f"return len({name}) != len(set({name}))", "return True"),
        "differences": ("find the differences of neighbours in a list",
                        f"return [b - a for a, b in zip({name}, {name}[1:])]", f"return {name}"),
        "running": ("find the running sums of a list",
                    f"return [sum({name}[:i + 1]) for i in range(len({name}))]", f"return {name}"),
    }
    kind = rng.choice(list(kinds))
    ask, body, rival = kinds[kind]

    def inputs() -> tuple:
        values = distinct(rng)
        if kind == "sorted" and rng.random() < 0.5:
            values.sort()
        if kind in ("unique", "repeats") and rng.random() < 0.6:
            values[rng.randrange(3)] = values[3]
        return (values,)

    return Draft(
        family="order-named", composition=kind, asks=[ask, f"{ask} of integers", f"{ask} and return the result"],
        args=name, bodies=[body, f"result = {body[7:]}\nreturn result"], rivals=[rival], inputs=inputs,
        steps=lambda cases: [f"Asked: {ask}.", shown(cases[0]), f"That is {body[7:]}."],
        check=lambda case: f"{shown(case)}, yes.",
        restated=f"Task: {ask}.", edge="The list is long enough.", pseudo=body[7:])


FAMILIES = [(unknown_order, 6), (unknown_slice, 4), (unknown_index, 3), (settled_order, 9)]
