"""Functions of whole numbers: named ones, ones followed by a rule that only the tests show,
and two numbers combined as the tests show."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from draft import Case, Draft, literal

from . import rule as rules


@dataclass(frozen=True)
class Source:
    """A number found from the arguments, with the steps that find it."""

    id: str
    words: str
    args: str
    code: str
    inputs: Callable[[], tuple]
    #: `trace(args, value)`: one line.
    trace: Callable[[tuple, int], str]
    edge: str = "Whole numbers are given."
    loop: str = ""
    rival: str = ""


def digits(n: int) -> str:
    return " ".join(str(n))


def source(rng: Random) -> Source:
    n, (a, b) = rng.choice(("n", "x", "num", "number")), rng.choice((("a", "b"), ("x", "y"), ("m", "n")))
    d = rng.randint(2, 5)
    one, two = (lambda low, high: lambda: (rng.randint(low, high),)), (lambda: (rng.randint(1, 9), rng.randint(1, 9)))
    plus = lambda n: " + ".join(str(n))
    both = lambda sign: lambda args, v: f"{args[0]} {sign} {args[1]} = {v}"
    S = Source
    nums = rng.choice(("nums", "lst", "arr", "values"))
    some = lambda: ([rng.randint(1, 9) for _ in range(rng.randint(3, 4))],)
    t = rng.choice(("text", "s", "word"))
    return rng.choice([
        S("number", "the given number", n, n, one(1, 12), lambda args, v: f"{v}"),
        S("digit-sum", "the sum of the digits of a number", n, f"sum(int(d) for d in str({n}))", one(11, 99),
          lambda args, v: f"{args[0]}: {plus(args[0])} = {v}",
          loop=f"total = 0\nwhile {n} > 0:\n    total += {n} % 10\n    {n} //= 10\nreturn total"),
        S("last-digit", "the last digit of a number", n, f"{n} % 10", one(11, 99),
          lambda args, v: f"{digits(args[0])}: last {v}"),
        S("first-digit", "the first digit of a number", n, f"int(str({n})[0])", one(11, 99),
          lambda args, v: f"{digits(args[0])}: first {v}"),
        S("largest-digit", "the largest digit of a number", n, f"max(int(d) for d in str({n}))", one(11, 999),
          lambda args, v: f"{digits(args[0])}: largest {v}"),
        S("smallest-digit", "the smallest digit of a number", n, f"min(int(d) for d in str({n}))", one(11, 999),
          lambda args, v: f"{digits(args[0])}: smallest {v}"),
        S("digit-count", "the number of digits of a number", n, f"len(str({n}))", lambda: (rng.randint(1, 10 ** rng.randint(1, 4)),),
          lambda args, v: f"{digits(args[0])}: count {v}"),
        S("remainder", f"the remainder of a number divided by {d}", n, f"{n} % {d}", one(1, 20),
          lambda args, v: f"{args[0]} % {d} = {v}"),
        S("quotient", f"the whole part of a number divided by {d}", n, f"{n} // {d}", one(4, 20),
          lambda args, v: f"{args[0]} // {d} = {v}"),
        S("sum-two", "the sum of two numbers", f"{a}, {b}", f"{a} + {b}", two, both("+")),
        S("product-two", "the product of two numbers", f"{a}, {b}", f"{a} * {b}", two, both("*")),
        S("difference-two", "the absolute difference of two numbers", f"{a}, {b}", f"abs({a} - {b})", two,
          lambda args, v: f"{max(args)} - {min(args)} = {v}"),
        S("max-two", "the larger of two numbers", f"{a}, {b}", f"max({a}, {b})", two,
          lambda args, v: f"{args[0]}, {args[1]}: larger {v}",
          loop=f"if {a} > {b}:\n    return {a}\nreturn {b}"),
        S("min-two", "the smaller of two numbers", f"{a}, {b}", f"min({a}, {b})", two,
          lambda args, v: f"{args[0]}, {args[1]}: smaller {v}",
          loop=f"if {a} < {b}:\n    return {a}\nreturn {b}"),
        S("list-max", "the largest number of a list", nums, f"max({nums})", some,
          lambda args, v: f"{literal(args[0])}: largest {v}", "The list is not empty."),
        S("list-min", "the smallest number of a list", nums, f"min({nums})", some,
          lambda args, v: f"{literal(args[0])}: smallest {v}", "The list is not empty."),
        S("list-sum", "the sum of a list", nums, f"sum({nums})", some,
          lambda args, v: " + ".join(map(str, args[0])) + f" = {v}", "An empty list counts as 0."),
        S("list-first", "the first number of a list", nums, f"{nums}[0]", some,
          lambda args, v: f"{literal(args[0])}: first {v}", "The list is not empty."),
        S("list-last", "the last number of a list", nums, f"{nums}[-1]", some,
          lambda args, v: f"{literal(args[0])}: last {v}", "The list is not empty."),
        S("list-length", "the length of a list", nums, f"len({nums})",
          lambda: ([rng.randint(1, 9) for _ in range(rng.randint(2, 6))],),
          lambda args, v: f"{literal(args[0])}: count {v}", "An empty list counts as 0."),
        S("list-even", "the count of even numbers in a list", nums, f"len([x for x in {nums} if x % 2 == 0])",
          lambda: ([rng.randint(1, 9) for _ in range(rng.randint(3, 6))],),
          lambda args, v: f"even {literal([x for x in args[0] if x % 2 == 0])}: count {v}", "An empty list counts as 0."),
        S("text-length", "the length of a string", t, f"len({t})",
          lambda: ("".join(rng.choice("abcdefgh") for _ in range(rng.randint(2, 6))),),
          lambda args, v: f"{' '.join(args[0])}: count {v}", "An empty string counts as 0."),
        S("text-letter", "the count of the letter a in a string", t, f'{t}.count("a")',
          lambda: ("".join(rng.choice("aaabcd") for _ in range(rng.randint(3, 6))),),
          lambda args, v: f"{' '.join(args[0])}: a count {v}", "An empty string counts as 0."),
    ])


def named(rng: Random) -> Draft:
    s = source(rng)
    if s.id == "number":
        k = rng.randint(2, 9)
        n = s.args
        kind, words, code = rng.choice([
            ("even", "check whether the given number is even", f"{n} % 2 == 0"),
            ("odd", "check whether the given number is odd", f"{n} % 2 == 1"),
            ("multiple", f"check whether a number is a multiple of {k}", f"{n} % {k} == 0"),
            ("plus", f"add {k} to the given number", f"{n} + {k}"),
            ("minus", f"subtract {k} from the given number", f"{n} - {k}"),
            ("times", f"multiply the given number by {k}", f"{n} * {k}"),
            ("square", "find the square of a number", f"{n} ** 2"),
            ("cube", "find the cube of a number", f"{n} ** 3"),
            ("above", f"check whether a number is greater than {k}", f"{n} > {k}"),
            ("below", f"check whether a number is less than {k}", f"{n} < {k}"),
            ("range", "find the sum of the numbers from 1 to n", f"sum(range(1, {n} + 1))"),
            ("range-square", "find the sum of the squares from 1 to n", f"sum(i * i for i in range(1, {n} + 1))"),
            ("factors", "list the divisors of a number", f"[i for i in range(1, {n} + 1) if {n} % i == 0]"),
            ("reverse", "reverse the digits of a number", f"int(str({n})[::-1])"),
            ("digits", "list the digits of a number", f"[int(d) for d in str({n})]"),
            ("multiples", f"list the first {k} multiples of a number", f"[{n} * i for i in range(1, {k} + 1)]"),
        ])
        asks, inputs, trace, loop = [words, f"{words} and return it" if "whether" not in words else f"{words} or not"], \
            lambda: (rng.randint(1, 15 if kind != "reverse" and kind != "digits" else 999),), None, ""
        ident = kind
    else:
        words, code, ident, loop = s.words, s.code, s.id, s.loop
        asks = [f"find {words}", f"get {words}", f"calculate {words}"]
        inputs, trace = s.inputs, s.trace
    shown = lambda case: f"{trace(*case)}" if trace else f"{literal(case[0][0])} -> {literal(case[1])}"
    return Draft(
        family="integer", composition=ident, asks=asks, args=s.args,
        bodies=[f"return {code}", loop or f"result = {code}\nreturn result"], inputs=inputs,
        steps=lambda cases: [f"Asked: {asks[0]}.", shown(cases[0]), f"That is {code}."],
        check=lambda case: f"{shown(case)}, yes.",
        restated=f"Task: {asks[0]}.", edge=s.edge, pseudo=code)


def ruled(rng: Random) -> Draft:
    """A named number, then a rule that only the tests show."""
    s, r = source(rng), rules.draw(rng)
    value = eval(f"lambda {s.args}: {s.code}", {})
    pairs = lambda cases: [(value(*args), wanted) for args, wanted in cases[:2]]
    code = r.code(s.code)
    if s.id in ("sum-two", "remainder", "quotient", "product-two", "last-digit"):
        code = r.code(f"({s.code})")
    code = code.replace("(abs(", "abs(") if code.startswith("(abs(") else code
    trace = (lambda case: s.trace(case[0], value(*case[0])))

    def steps(cases: list[Case]) -> list[str]:
        lines = [] if s.id == "number" else [trace(cases[0]), trace(cases[1])]
        return [*lines, *rules.infer(r, pairs(cases))]

    others = [o.code(f"({s.code})") for o in rules.rivals(r)]
    return Draft(
        family="integer-rule", composition=f"{s.id}-{r.kind}", open=True,
        asks=[f"find {s.words} and change it by the rule the tests show",
              f"get {s.words} after the same step as in the tests",
              f"take {s.words} and do with it as the tests do"],
        args=s.args, bodies=[f"return {code}", f"value = {s.code}\nreturn {r.code('value')}"],
        inputs=s.inputs, steps=steps, rivals=[f"return {o}" for o in others],
        check=lambda case: (f"{trace(case)}, " if s.id != "number" else "") + f"{r.shown(value(*case[0]), case[1])}, as wanted.",
        accept=lambda cases: rules.settles(r, pairs(cases)),
        restated=f"Return {s.words}, then {r.words}.", edge=s.edge, pseudo=code)


def combined(rng: Random) -> Draft:
    """Two numbers combined as the tests show."""
    a, b = rng.choice((("a", "b"), ("x", "y"), ("m", "n"), ("p", "q")))
    k = rng.randint(1, 5)
    plus = rng.random() < 0.4
    kinds = {
        "larger": (f"max({a}, {b})", lambda p, q: f"larger {max(p, q)}", lambda p, q: max(p, q)),
        "smaller": (f"min({a}, {b})", lambda p, q: f"smaller {min(p, q)}", lambda p, q: min(p, q)),
        "sum": (f"{a} + {b}", lambda p, q: f"{p} + {q} = {p + q}", lambda p, q: p + q),
        "difference": (f"{a} - {b}", lambda p, q: f"{p} - {q} = {p - q}", lambda p, q: p - q),
        "product": (f"{a} * {b}", lambda p, q: f"{p} * {q} = {p * q}", lambda p, q: p * q),
    }
    kind = rng.choice(list(kinds))

    def steps(cases: list[Case]) -> list[str]:
        (p, q), wanted = cases[0]
        lines = [f"{p} and {q} -> {wanted}"]
        for o, (_, say, of) in kinds.items():
            hit = of(p, q) == wanted
            lines.append(f"{say(p, q)}: {'yes' if hit else 'no'}")
            if hit:
                break
        return [*lines, f"So: {kind}."]

    def inputs() -> tuple:
        q = rng.randint(1, 9)
        p = rng.randint(q, q + 9) if kind == "difference" else rng.randint(1, 9)
        return (p, q)

    return Draft(
        family="combine", composition=f"{kind}", open=True,
        asks=["combine two numbers the way the tests show", "find the value of two given numbers as in the tests",
              "apply to two numbers the same operation as the tests"],
        args=f"{a}, {b}", bodies=[f"return {kinds[kind][0]}", f"result = {kinds[kind][0]}\nreturn result"],
        inputs=inputs, steps=steps, rivals=[f"return {v[0]}" for o, v in kinds.items() if o != kind],
        check=lambda case: f"{kinds[kind][1](*case[0])}, wanted {case[1]}, yes.",
        accept=lambda cases: sum(v[2](*cases[0][0]) == cases[0][1] for v in kinds.values()) == 1,
        restated=f"Return the {kind} of {a} and {b}.", edge="Whole numbers are given.", pseudo=kinds[kind][0])


FAMILIES = [(named, 14), (ruled, 16), (combined, 4)]
