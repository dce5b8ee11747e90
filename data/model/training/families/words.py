"""Lists of strings: condition × mapping × aggregate, and joining or sorting as the tests show."""

from random import Random

from draft import Case, Draft, literal

from .strings import WORDS

NAMES = ("words", "names", "strings", "texts")


def some(rng: Random, low: int = 3, high: int = 4) -> list[str]:
    return rng.sample(WORDS, rng.randint(low, high))


def shown(case: Case) -> str:
    return f"{literal(case[0][0])} -> {literal(case[1])}"


def settled(rng: Random) -> Draft:
    name, k, ch = rng.choice(NAMES), rng.randint(3, 4), rng.choice("abcgmrst")
    inner = rng.choice("aeot")
    condition = rng.choice([("all", "strings", ""), ("all", "strings", ""),
        ("longer", f"strings longer than {k}", f"len(w) > {k}"),
        ("shorter", f"strings shorter than {k + 1}", f"len(w) < {k + 1}"),
        ("exact", f"strings of length {k + 1}", f"len(w) == {k + 1}"),
        ("starts", f"strings starting with {ch}", f'w.startswith("{ch}")'),
        ("has", f"strings that have the letter {inner}", f'"{inner}" in w'),
        ("hasnot", f"strings without the letter {inner}", f'"{inner}" not in w')])
    mapping = rng.choice([("same", "", "w"), ("same", "", "w"), ("upper", "upper case of the", "w.upper()"),
        ("length", "lengths of the", "len(w)"), ("reverse", "reverses of the", "w[::-1]"),
        ("first", "first letters of the", "w[0]"), ("last", "last letters of the", "w[-1]")])
    number = mapping[0] == "length"
    aggregate = rng.choice([("list", "list", "{g}"), ("sorted", "sorted list", "sorted({g})")]
        + ([("sum", "sum", "sum({g})"), ("max", "largest", "max({g})"), ("min", "smallest", "min({g})")] if number else
           [("count", "count", "len({g})")] * (mapping[0] == "same") + [("join", "joined string", '" ".join({g})')]
           + [("longest", "longest", "max({g}, key=len)"), ("shortest", "shortest", "min({g}, key=len)")] * (mapping[0] == "same")))
    if (condition[0], mapping[0], aggregate[0]) == ("all", "same", "list"):
        aggregate = ("sorted", "sorted list", "sorted({g})")
    kept = f" if {condition[2]}" if condition[2] else ""
    g = name if not kept and mapping[2] == "w" else f"[{mapping[2]} for w in {name}{kept}]"
    what = f"the {mapping[1]} {condition[1]}" if mapping[1] else f"the {condition[1]}"
    ask = f"the {aggregate[1]} of {what}"
    body = aggregate[2].format(g=g)
    test = f"    if {condition[2]}:\n    " if kept else ""
    loop = f"result = []\nfor w in {name}:\n{test}    result.append({mapping[2]})\nreturn {aggregate[2].format(g='result')}"
    return Draft(
        family="words", composition=f"{condition[0]}-{mapping[0]}-{aggregate[0]}",
        asks=[f"find {ask} in the given list", f"get {ask} of a list", f"return {ask} from a list of strings"],
        args=name, bodies=[f"return {body}", loop], inputs=lambda: (some(rng),),
        steps=lambda cases: ([f"Keep w when {condition[2]}."] if kept else []) + ([f"Map w to {mapping[2]}."] if mapping[1] else [])
        + [f"Then {aggregate[1]}.", shown(cases[0])],
        check=lambda case: f"{shown(case)}, yes.",
        rivals=[f"return {aggregate[2].format(g=f'[{mapping[2]} for w in {name}]')}"] if kept else [],
        restated=f"Return {ask}.", edge="The list is not empty.",
        pseudo=f"w in {name}, {condition[2] or 'all'}: {mapping[2]}, {aggregate[0]}")


def unknown_order(rng: Random) -> Draft:
    name = rng.choice(NAMES)
    kinds = {"alphabet": (f"sorted({name})", "by the alphabet"),
             "alphabet down": (f"sorted({name}, reverse=True)", "by the alphabet, descending"),
             "length": (f"sorted({name}, key=len)", "by length"),
             "length down": (f"sorted({name}, key=len, reverse=True)", "by length, descending"),
             "last letter": (f"sorted({name}, key=lambda w: w[-1])", "by the last letter")}
    kind = rng.choice(list(kinds))
    code, words = kinds[kind]

    def steps(cases: list[Case]) -> list[str]:
        wanted = cases[0][1]
        say = {"alphabet": "firsts " + " ".join(w[0] for w in wanted),
               "length": "lengths " + " ".join(str(len(w)) for w in wanted),
               "last letter": "lasts " + " ".join(w[-1] for w in wanted)}
        return [shown(cases[0]), *say.values(), f"So: {words}."]

    def inputs() -> tuple:
        while True:
            values = some(rng)
            if all(len({f(w) for w in values}) == len(values) for f in (len, lambda w: w[0], lambda w: w[-1])):
                return (values,)

    return Draft(
        family="words-order", composition=kind, open=True,
        asks=["sort the given list of strings as the tests show", "order strings the way the tests do",
              "arrange a list of strings like in the tests"],
        args=name, bodies=[f"return {code}"], rivals=[f"return {c}" for o, (c, _) in kinds.items() if o != kind],
        inputs=inputs, steps=steps, check=lambda case: f"{shown(case)}: {words}, yes.",
        restated=f"Sort the strings {words}.", edge="An empty list gives an empty list.", pseudo=code)


def unknown_joint(rng: Random) -> Draft:
    name, mark = rng.choice(NAMES), rng.choice(["-", "+", "*", "/", ":", ";", "_", "#", " "])
    part = rng.choice([("same", "w"), ("first", "w[0]"), ("last", "w[-1]"), ("reverse", "w[::-1]"), ("upper", "w.upper()")])
    g = name if part[0] == "same" else f"[{part[1]} for w in {name}]"
    code = f'"{mark}".join({g})'
    words = {"same": "the strings", "first": "the first letters", "last": "the last letters",
             "reverse": "the reversed strings", "upper": "the upper case strings"}[part[0]]
    others = ["w", "w[0]", "w[-1]", "w[::-1]", "w.upper()"]
    return Draft(
        family="words-join", composition=f"{part[0]}", open=True,
        asks=["join the strings of a list as the tests show", "make one string from a list the way the tests do",
              "put the given strings together like in the tests"],
        args=name, bodies=[f"return {code}"], inputs=lambda: (some(rng, 2, 3),),
        steps=lambda cases: [shown(cases[0]), f"{spell(cases[0][0][0][0])} and {spell(cases[0][1])}",
                             f'So: {words} with "{mark}" between.'],
        rivals=[f'return "{mark}".join([{o} for w in {name}])' for o in others if o != part[1]],
        check=lambda case: f"{shown(case)}, yes.",
        restated=f'Join {words} with "{mark}".', edge="An empty list gives an empty string.", pseudo=code)


def spell(value: str) -> str:
    return " ".join(value[:5])


FAMILIES = [(settled, 10), (unknown_order, 3), (unknown_joint, 3)]
