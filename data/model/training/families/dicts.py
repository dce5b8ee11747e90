"""Dictionaries: made from lists, filtered, asked; and values changed by a rule left open."""

from random import Random

from draft import Case, Draft, literal

from . import rule as rules
from .strings import WORDS

NAMES = ("d", "data", "scores", "table")


def some(rng: Random, low: int = 2, high: int = 3, top: int = 9) -> dict[str, int]:
    keys = rng.sample("abcdefgh", rng.randint(low, high))
    return dict(zip(keys, rng.sample(range(1, top + 1), len(keys))))


def shown(case: Case) -> str:
    return f"{','.join(map(literal, case[0]))} -> {literal(case[1])}"


def settled(rng: Random) -> Draft:
    d, k, lst = rng.choice(NAMES), rng.randint(3, 6), rng.choice(("items", "lst", "values"))
    dictionary = lambda: (some(rng),)
    integers = lambda: ([rng.randint(1, 5) for _ in range(rng.randint(3, 4))],)
    strings = lambda: (rng.sample(WORDS, rng.randint(2, 3)),)
    kinds = {
        "keys": ("list the keys of a dictionary", d, f"list({d})", dictionary),
        "values": ("list the values of a dictionary", d, f"list({d}.values())", dictionary),
        "sorted-keys": ("list the keys of a dictionary in order", d, f"sorted({d})", dictionary),
        "sum": ("find the sum of the values of a dictionary", d, f"sum({d}.values())", dictionary),
        "max": ("find the largest value of a dictionary", d, f"max({d}.values())", dictionary),
        "max-key": ("find the key of the largest value of a dictionary", d, f"max({d}, key={d}.get)", dictionary),
        "min-key": ("find the key of the smallest value of a dictionary", d, f"min({d}, key={d}.get)", dictionary),
        "above": (f"keep the entries of a dictionary with a value greater than {k}", d,
                  f"{{k: v for k, v in {d}.items() if v > {k}}}", dictionary),
        "below": (f"keep the entries of a dictionary with a value less than {k}", d,
                  f"{{k: v for k, v in {d}.items() if v < {k}}}", dictionary),
        "keys-above": (f"list the keys of a dictionary with a value greater than {k}", d,
                       f"[k for k, v in {d}.items() if v > {k}]", dictionary),
        "invert": ("swap the keys and the values of a dictionary", d, f"{{v: k for k, v in {d}.items()}}", dictionary),
        "pairs": ("convert a dictionary to a list of pairs", d, f"list({d}.items())", dictionary),
        "by-value": ("sort the entries of a dictionary by value", d,
                     f"sorted({d}.items(), key=lambda p: p[1])", dictionary),
        "size": ("count the entries of a dictionary", d, f"len({d})", dictionary),
        "squares": ("make a dictionary of the numbers of a list and their squares", lst,
                    f"{{x: x * x for x in {lst}}}", integers),
        "frequency": ("count how often each number is in a list", lst,
                      f"{{x: {lst}.count(x) for x in {lst}}}", integers),
        "lengths": ("make a dictionary of the strings of a list and their lengths", lst,
                    f"{{w: len(w) for w in {lst}}}", strings),
        "firsts": ("make a dictionary of the strings of a list and their first letters", lst,
                   f"{{w: w[0] for w in {lst}}}", strings),
        "positions": ("make a dictionary of the strings of a list and their places", lst,
                      f"{{w: i for i, w in enumerate({lst})}}", strings),
        "add-each": (f"add {k} to each value of a dictionary", d, f"{{k: v + {k} for k, v in {d}.items()}}", dictionary),
        "times-each": (f"multiply each value of a dictionary by {k}", d, f"{{k: v * {k} for k, v in {d}.items()}}", dictionary),
    }
    kind = rng.choice(list(kinds))
    ask, args, code, inputs = kinds[kind]
    return Draft(
        family="dict", composition=kind, asks=[ask, f"{ask} and return the result", f"{ask} with a function"],
        args=args, bodies=[f"return {code}", f"result = {code}\nreturn result"], inputs=inputs,
        steps=lambda cases: [f"Asked: {ask}.", shown(cases[0]), f"That is {code}."],
        check=lambda case: f"{shown(case)}, yes.",
        restated=f"Task: {ask}.", edge="At least one entry is there.", pseudo=code)


def ruled_values(rng: Random) -> Draft:
    d, r = rng.choice(NAMES), rules.draw(rng)
    pairs = lambda cases: list(zip(cases[0][0][0].values(), cases[0][1].values()))[:2]
    return Draft(
        family="dict-rule", composition=r.kind, open=True,
        asks=["change each value of a dictionary by the rule the tests show",
              "return a dictionary whose values are changed as in the tests",
              "apply the same step as the tests to the values of the given dictionary"],
        args=d, bodies=[f"return {{k: {r.code('v')} for k, v in {d}.items()}}",
                        f"result = {{}}\nfor k in {d}:\n    result[k] = {r.code(f'{d}[k]')}\nreturn result"],
        inputs=lambda: (some(rng),),
        steps=lambda cases: [shown(cases[0]), *rules.infer(r, pairs(cases))],
        accept=lambda cases: rules.settles(r, pairs(cases)) and all(min(w.values()) >= 0 for _, w in cases),
        rivals=[f"return {{k: {o.code('v')} for k, v in {d}.items()}}" for o in rules.rivals(r)],
        check=lambda case: f"{r.shown(*[next(iter(x.values())) for x in (case[0][0], case[1])])}, as wanted.",
        restated=f"Return the dictionary with each value changed: {r.words}.",
        edge="An empty dictionary stays empty.", pseudo=f"k, v in {d}: {r.code('v')}")


def unknown_view(rng: Random) -> Draft:
    """What is returned when the key is missing: only the tests show it."""
    d, key = rng.choice(NAMES), rng.choice(("key", "k", "name"))
    absent = rng.choice(["0", "-1", "None", "1", "False"])
    body = f"return {d}.get({key}, {absent})"
    state = {"turn": 0}

    def inputs() -> tuple:
        state["turn"] += 1
        table = some(rng, 2, 3)
        return (table, rng.choice(list(table)) if state["turn"] % 3 else rng.choice("xyz"))

    def steps(cases: list[Case]) -> list[str]:
        lines = []
        for (table, k), wanted in cases:
            lines.append(f"{literal(k)}: {f'{wanted}, there' if k in table else f'not there -> {wanted}'}")
        return [*lines, f"So: {absent} where it is missing."]

    return Draft(
        family="dict-missing", composition=absent, open=True,
        asks=["look up a key in a dictionary, with the result of the tests for a missing key",
              "find the value of a key in the given dictionary, or what the tests show if there is none",
              "get a value by key from a dictionary and handle missing keys as in the tests"],
        args=f"{d}, {key}", bodies=[body, f"if {key} in {d}:\n    return {d}[{key}]\nreturn {absent}"],
        inputs=inputs, steps=steps, rivals=[f"return {d}.get({key}, {o})" for o in ("0", "-1", "None", "1", "False") if o != absent],
        check=lambda case: f"{shown(case)}, yes.",
        restated=f"Return the value of the key, or {absent} if it is missing.",
        edge=f"A missing key gives {absent}.", pseudo=f"{d}.get({key}, {absent})")


FAMILIES = [(settled, 10), (ruled_values, 4), (unknown_view, 2)]
