"""Strings: a change, a question about a changed string, and changes that only the tests show."""

from random import Random

from draft import Case, Draft, literal

NAMES = ("text", "s", "word", "string")
WORDS = ("cat dog sun map red blue tree apple lemon grape stone river hello world python code "
         "banana kiwi moon star book table chair green black white water bread milk rice").split()


def text(rng: Random) -> str:
    return rng.choice(WORDS) if rng.random() < 0.6 else "".join(rng.choice("abcdefgh") for _ in range(rng.randint(3, 6)))


def spelled(value: str) -> str:
    return " ".join(value)


def shown(case: Case) -> str:
    return f"{literal(case[0][0])} -> {literal(case[1])}"


def settled(rng: Random) -> Draft:
    t, ch, k = rng.choice(NAMES), rng.choice("aeiolrnt"), rng.randint(2, 3)
    new = rng.choice("xzw")
    kinds = {
        "reverse": ("reverse the given string", f"return {t}[::-1]"),
        "upper": ("convert a string to upper case", f"return {t}.upper()"),
        "length": ("find the length of a string", f"return len({t})"),
        "first": ("find the first character of a string", f"return {t}[0]"),
        "last": ("find the last character of a string", f"return {t}[-1]"),
        "first-k": (f"return the first {k} characters of a string", f"return {t}[:{k}]"),
        "last-k": (f"return the last {k} characters of a string", f"return {t}[-{k}:]"),
        "vowels": ("count the vowels in a string", f'return sum(1 for c in {t} if c in "aeiou")'),
        "consonants": ("count the consonants in a string", f'return sum(1 for c in {t} if c not in "aeiou")'),
        "no-vowels": ("remove the vowels from a string", f'return "".join(c for c in {t} if c not in "aeiou")'),
        "only-vowels": ("keep only the vowels of a string", f'return "".join(c for c in {t} if c in "aeiou")'),
        "count-ch": (f"count the letter {ch} in a string", f'return {t}.count("{ch}")'),
        "remove-ch": (f"remove the letter {ch} from a string", f'return {t}.replace("{ch}", "")'),
        "replace-ch": (f"replace the letter {ch} by {new} in a string", f'return {t}.replace("{ch}", "{new}")'),
        "has-ch": (f"check whether a string has the letter {ch}", f'return "{ch}" in {t}'),
        "starts": (f"check whether a string starts with {ch}", f'return {t}.startswith("{ch}")'),
        "ends": (f"check whether a string ends with {ch}", f'return {t}.endswith("{ch}")'),
        "palindrome": ("check whether a string is a palindrome", f"return {t} == {t}[::-1]"),
        "repeat": (f"repeat a string {k} times", f"return {t} * {k}"),
        "double-letters": ("double each character of a string", f'return "".join(c * 2 for c in {t})'),
        "sort": ("sort the characters of a string", f'return "".join(sorted({t}))'),
        "distinct": ("count the distinct characters of a string", f"return len(set({t}))"),
        "list": ("convert a string to a list of characters", f"return list({t})"),
        "without-first": ("remove the first character of a string", f"return {t}[1:]"),
        "without-last": ("remove the last character of a string", f"return {t}[:-1]"),
        "even-places": ("return the characters at even places of a string", f"return {t}[::2]"),
        "capital": ("capitalize the first letter of a string", f"return {t}.capitalize()"),
        "dashes": ("join the characters of a string by dashes", f'return "-".join({t})'),
        "long": (f"check whether a string is longer than {k + 1}", f"return len({t}) > {k + 1}"),
    }
    kind = rng.choice(list(kinds))
    ask, body = kinds[kind]

    def inputs() -> tuple:
        value = text(rng)
        if kind.endswith("-ch") and rng.random() < 0.6:
            value = rng.choice((ch + value, value + ch, value[:2] + ch + value[2:]))
        if kind == "starts" and rng.random() < 0.5:
            value = ch + value
        if kind == "ends" and rng.random() < 0.5:
            value = value + ch
        if kind == "palindrome" and rng.random() < 0.5:
            value = value[:3] + value[:3][::-1]
        return (value,)

    return Draft(
        family="string", composition=kind, asks=[ask, f"{ask} and return the result", f"take a string and {ask.replace('a string', 'it').replace('the given string', 'it')}"],
        args=t, bodies=[body, f"result = {body[7:]}\nreturn result"], inputs=inputs,
        steps=lambda cases: [f"Asked: {ask}.", shown(cases[0]), f"That is {body[7:]}."],
        check=lambda case: f"{shown(case)}, yes.", rivals=[f"return {t}"],
        restated=f"Task: {ask}.", edge="The string is not empty.", pseudo=body[7:])


def unknown_change(rng: Random) -> Draft:
    """The change itself is left open; spelling the strings out shows it."""
    t, k, mark = rng.choice(NAMES), rng.randint(2, 3), rng.choice("!?*#+-")
    kinds = {
        "reverse": (f"{t}[::-1]", "the reverse"),
        "upper": (f"{t}.upper()", "upper case"),
        "capital": (f"{t}.capitalize()", "a capital first"),
        "without-first": (f"{t}[1:]", "all but the first"),
        "without-last": (f"{t}[:-1]", "all but the last"),
        "first-k": (f"{t}[:{k}]", f"the first {k}"),
        "last-k": (f"{t}[-{k}:]", f"the last {k}"),
        "repeat": (f"{t} * {k}", f"{k} times"),
        "after": (f'{t} + "{mark}"', f"{mark} after it"),
        "before": (f'"{mark}" + {t}', f"{mark} before it"),
        "between": (f'"{mark}".join({t})', f"{mark} between"),
        "double": (f'"".join(c * 2 for c in {t})', "each twice"),
        "even-places": (f"{t}[::2]", "every second"),
        "sort": (f'"".join(sorted({t}))', "sorted"),
    }
    kind = rng.choice(list(kinds))
    code, words = kinds[kind]

    def steps(cases: list[Case]) -> list[str]:
        lines = [f"{spelled(args[0])} -> {spelled(wanted)}" for args, wanted in cases[:2]]
        (args, wanted), = cases[:1]
        return [*lines, f"{len(args[0])} to {len(wanted)} characters", f"So: {words}."]

    return Draft(
        family="string-change", composition=kind, open=True,
        asks=["change the given string as the tests show", "convert a string the way the tests do",
              "return a string after the change seen in the tests"],
        args=t, bodies=[f"return {code}", f"result = {code}\nreturn result"],
        inputs=lambda: (text(rng),), steps=steps, rivals=[f"return {v[0]}" for o, v in kinds.items() if o != kind],
        accept=lambda cases: cases[0][0][0] != cases[0][1] and len(cases[0][0][0]) != len(cases[1][0][0]),
        check=lambda case: f"{spelled(case[0][0])} -> {spelled(case[1])}: {words}, yes.",
        restated=f"Return the string changed: {words}.", edge="The string is not empty.", pseudo=code)


FAMILIES = [(settled, 10), (unknown_change, 5)]
