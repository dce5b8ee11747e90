"""Lists of integers kept by a test that only the examples show: a side of a given limit,
a constant limit, or a divisor."""

from random import Random

from draft import Case, Draft, literal

from .lists import AGGREGATES, LIST, NAMES, bodies

SIDES = {">": "greater than", ">=": "at least", "<": "less than", "<=": "at most"}
COMPARE = {">": int.__gt__, ">=": int.__ge__, "<": int.__lt__, "<=": int.__le__}


def around(rng: Random, k: int) -> list[int]:
    """Numbers on both sides of k, k itself among them."""
    values = [k, rng.randint(max(1, k - 4), k - 1), rng.randint(k + 1, k + 5)]
    values += [rng.randint(max(1, k - 4), k + 5) for _ in range(rng.randint(0, 2))]
    rng.shuffle(values)
    return values


def side_of_limit(rng: Random) -> Draft:
    """`k` is an argument; whether above or below it, and whether k counts, is left open."""
    name, k = rng.choice(NAMES), rng.choice(("k", "n", "limit"))
    side = rng.choice(list(SIDES))
    aggregate = rng.choice([LIST, LIST, AGGREGATES[3], AGGREGATES[0]])
    kept = lambda s, case: [x for x in case[0][0] if COMPARE[s](x, case[0][1])]

    def steps(cases: list[Case]) -> list[str]:
        case = cases[0]
        lines = [f"{literal(case[0][0])}, limit {case[0][1]} -> {literal(case[1])}"]
        for s in SIDES:
            mine = kept(s, case)
            value = {"list": literal(mine), "count": f"{literal(mine)} count {len(mine)}",
                     "sum": " + ".join(map(str, mine)) + f" = {sum(mine)}"}[aggregate.id]
            hit = aggregate.of(mine) == case[1]
            lines.append(f"{s} {value}: {'yes' if hit else 'no'}")
            if hit:
                break
        return [*lines, f"So: {SIDES[side]} the limit."]

    what = {"list": "keep the numbers", "sum": "find the sum of the numbers",
            "count": "count the numbers"}[aggregate.id]
    return Draft(
        family="limit-side", composition=f"{side}-{aggregate.id}", open=True,
        asks=[f"{what} of a list on the side of the limit {k} that the tests show",
              f"{what} in the given list bounded by {k} as in the tests",
              f"{what} from a list that pass the limit {k} like the tests"],
        args=f"{name}, {k}", bodies=bodies(name, f"x {side} {k}", "x", aggregate),
        inputs=lambda: (lambda limit: (around(rng, limit), limit))(rng.randint(3, 9)),
        steps=steps, check=lambda case: f"{literal(case[0][0])} {side} {case[0][1]} gives {literal(case[1])}, yes.",
        rivals=[bodies(name, f"x {s} {k}", "x", aggregate)[0] for s in SIDES if s != side],
        accept=lambda cases: sum(aggregate.of(kept(s, cases[0])) == cases[0][1] for s in SIDES) == 1,
        restated=f"{what.capitalize()} {SIDES[side]} {k}.", edge=aggregate.edge,
        pseudo=f"x in {name}, x {side} {k}: {aggregate.id}")


def constant_limit(rng: Random) -> Draft:
    """The limit is a constant inside the function."""
    name, k, up = rng.choice(NAMES), rng.randint(3, 9), rng.random() < 0.5
    test = f"x >= {k}" if up else f"x <= {k}"
    words = f"at least {k}" if up else f"at most {k}"
    passes = lambda x: x >= k if up else x <= k

    def inputs() -> tuple:
        values = around(rng, k) + [k - 1 if up else k + 1]
        rng.shuffle(values)
        return (values,)

    def steps(cases: list[Case]) -> list[str]:
        (values,), wanted = cases[0]
        dropped = [x for x in values if x not in wanted]
        lines = [f"{literal(values)} -> {literal(wanted)}, drops {literal(dropped)}",
                 f"{wanted[0]} {'>' if up else '<'} {dropped[0]}: keeps the {'large' if up else 'small'}"]
        edge = f"smallest kept {min(wanted)}" if up else f"largest kept {max(wanted)}"
        return [*lines, edge, f"So: {words}."]

    other = range(1, 15)
    return Draft(
        family="limit-constant", composition=f"{'up' if up else 'down'}-{k}", open=True,
        asks=["keep the numbers of a list that pass the limit the tests show",
              "remove the numbers from the given list that the tests remove",
              "filter a list by the same bound as the tests"],
        args=name, bodies=bodies(name, test, "x", LIST), inputs=inputs, steps=steps,
        check=lambda case: f"{literal(case[0][0])} {words} gives {literal(case[1])}, yes.",
        rivals=[bodies(name, f"x {s} {o}", "x", LIST)[0] for o in other for s in (">=", "<=")
                if f"x {s} {o}" != test],
        accept=lambda cases: all(0 < len(c[1]) < len(c[0][0]) for c in cases),
        restated=f"Keep the numbers of {words}.", edge=LIST.edge, pseudo=f"x in {name}, {test}")


def divisor(rng: Random) -> Draft:
    """Kept or dropped by a divisor that the tests show."""
    name, d, keep = rng.choice(NAMES), rng.randint(2, 5), rng.random() < 0.6
    test = f"x % {d} == 0" if keep else f"x % {d} != 0"
    words = f"divisible by {d}" if keep else f"not divisible by {d}"

    def inputs() -> tuple:
        values = [d * rng.randint(1, 4), d * rng.randint(1, 3)]
        values += [rng.randint(1, 15) for _ in range(rng.randint(2, 3))]
        rng.shuffle(values)
        return (values,)

    def steps(cases: list[Case]) -> list[str]:
        (values,), wanted = cases[0]
        lines = [f"{literal(values)} -> {literal(wanted)}"]
        for o in range(2, 6):
            mine = [x for x in values if x % o == 0]
            rest = [x for x in values if x % o]
            for kind, part in (("by", mine), ("not by", rest)):
                hit = part == wanted
                lines.append(f"{kind} {o} {literal(part)}: {'yes' if hit else 'no'}")
                if hit:
                    return [*lines, f"So: {words}."]
        return lines

    right = lambda case, o, k: [x for x in case[0][0] if (x % o == 0) == k] == case[1]
    return Draft(
        family="divisor", composition=f"{'keep' if keep else 'drop'}-{d}", open=True,
        asks=["keep the numbers of a list by the divisor the tests show",
              "filter the given list by the same division test as the tests",
              "find the numbers in a list that share the divisor seen in the tests"],
        args=name, bodies=bodies(name, test, "x", LIST), inputs=inputs, steps=steps,
        check=lambda case: f"{literal(case[0][0])} {words} gives {literal(case[1])}, yes.",
        rivals=[bodies(name, f"x % {o} {s} 0", "x", LIST)[0] for o in range(2, 6) for s in ("==", "!=")
                if f"x % {o} {s} 0" != test],
        accept=lambda cases: all(0 < len(c[1]) < len(c[0][0]) for c in cases)
        and sum(right(cases[0], o, k) for o in range(2, 6) for k in (True, False)) == 1,
        restated=f"Keep the numbers {words}.", edge=LIST.edge, pseudo=f"x in {name}, {test}")


FAMILIES = [(side_of_limit, 7), (constant_limit, 4), (divisor, 4)]
