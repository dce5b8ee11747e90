"""Families of Python tasks in MBPP's style, by domain. `ALL` lists them with their weights."""

from . import dicts, integers, lists, order, pairs, strings, two_lists, unknown_limit, words

MODULES = (lists, order, unknown_limit, integers, strings, words, pairs, dicts, two_lists)

#: (family function, weight). A family function takes a `random.Random` and gives a `Draft`.
ALL = [entry for module in MODULES for entry in module.FAMILIES]
