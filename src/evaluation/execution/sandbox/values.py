"""Values as JSON: how the judge and the tested program exchange arguments and results.

Nothing here can run code of the sender: a value is plain data, or a handle to an object that stays where it is.
"""

import builtins
import collections
import datetime
import decimal
import fractions

MAX_ITEMS = 2_000_000
SMALL = 1 << 62

# Types that may be named, so that both sides use their own.
TYPES = {
    kind.__name__: kind
    for kind in (
        int, float, str, bool, complex, bytes, bytearray, list, tuple, dict, set, frozenset, range, object, type,
        decimal.Decimal, fractions.Fraction, collections.Counter, collections.OrderedDict, collections.deque,
        datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
    )
}
DATES = {
    datetime.datetime: ('year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond'),
    datetime.date: ('year', 'month', 'day'),
    datetime.time: ('hour', 'minute', 'second', 'microsecond'),
    datetime.timedelta: ('days', 'seconds', 'microseconds'),
}
SEQUENCES = {list: 'l', tuple: 't', set: 's', frozenset: 'f'}
BUILDERS = {tag: kind for kind, tag in SEQUENCES.items()}
MAPPINGS = {dict: 'd', collections.Counter: 'C', collections.OrderedDict: 'O'}
MAPPING_BUILDERS = {tag: kind for kind, tag in MAPPINGS.items()}
# Where a class of the program extends a type, its value as that type is what is sent.
BASES = (bool, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset)


class NotPlain(Exception):
    """A value that cannot leave the process it is in."""


class BadValue(Exception):
    """What the other side sent is no value."""


class Codec:
    """`export(value)` gives the tag and number of a value that is not plain; `find(tag, number)` reverses it."""

    def __init__(self, export, find, trusts_sender=False):
        self.export = export
        self.find = find
        self.trusts_sender = trusts_sender

    def encode(self, value):
        self.items = 0
        return self._encode(value)

    def _encode(self, value):
        self.items += 1
        if self.items > MAX_ITEMS:
            raise MemoryError('a value with over %d items' % MAX_ITEMS)
        kind = type(value)
        if value is None or kind in (bool, str, float):
            return value
        if kind is int:
            return value if -SMALL < value < SMALL else ['i', hex(value)]
        if kind in SEQUENCES:
            return [SEQUENCES[kind], [self._encode(item) for item in value]]
        if kind in MAPPINGS:
            return [MAPPINGS[kind], [[self._encode(key), self._encode(item)] for key, item in value.items()]]
        if kind in (bytes, bytearray):
            return ['b' if kind is bytes else 'B', value.hex()]
        if kind is complex:
            return ['c', value.real, value.imag]
        if kind is range:
            return ['r', self._encode([value.start, value.stop, value.step])]
        if kind is decimal.Decimal:
            return ['D', str(value)]
        if kind is fractions.Fraction:
            return ['F', self._encode([value.numerator, value.denominator])]
        if kind is collections.deque:
            return ['q', [self._encode(item) for item in value], value.maxlen]
        if kind in DATES and getattr(value, 'tzinfo', None) is None:
            return ['T', kind.__name__, [getattr(value, name) for name in DATES[kind]]]
        if kind is type(Ellipsis):
            return ['e']
        if kind is type({}.keys()):
            return ['k', [self._encode(item) for item in value]]
        if kind is type and TYPES.get(value.__name__) is value:
            return ['y', value.__name__]
        return self._encode_other(value)

    def _encode_other(self, value):
        exported = self.export(value)
        if exported is not None:
            return exported
        for base in BASES:
            if isinstance(value, base):
                return self._encode(base(value))
        raise NotPlain(type(value).__name__)

    def decode(self, message):
        try:
            return self._decode(message)
        except (TypeError, ValueError, KeyError, IndexError, ArithmeticError, OverflowError) as error:
            raise BadValue(str(error)[:200])

    def _decode(self, message):
        if not isinstance(message, list):
            return message
        tag = message[0]
        if tag in BUILDERS:
            return BUILDERS[tag](self._decode(item) for item in message[1])
        if tag in MAPPING_BUILDERS:
            pairs = [(self._decode(key), self._decode(item)) for key, item in message[1]]
            return MAPPING_BUILDERS[tag](dict(pairs) if tag == 'C' else pairs)
        if tag in ('h', 'o'):
            return self.find(tag, message[1])
        if tag in TRUSTED and not self.trusts_sender:
            raise BadValue('a tag that only the judge may send')
        return DECODERS[tag](self, *message[1:])


TRUSTED = ('n', 'I')
DECODERS = {
    'i': lambda codec, digits: int(digits, 16),
    'b': lambda codec, digits: bytes.fromhex(digits),
    'B': lambda codec, digits: bytearray.fromhex(digits),
    'c': lambda codec, real, imaginary: complex(real, imaginary),
    'r': lambda codec, ends: range(*codec._decode(ends)),
    'D': lambda codec, digits: decimal.Decimal(digits),
    'F': lambda codec, parts: fractions.Fraction(*codec._decode(parts)),
    'q': lambda codec, items, size: collections.deque([codec._decode(item) for item in items], size),
    'T': lambda codec, name, parts: {kind.__name__: kind for kind in DATES}[name](*map(int, parts)),
    'e': lambda codec: Ellipsis,
    'k': lambda codec, items: dict.fromkeys([codec._decode(item) for item in items]).keys(),
    'y': lambda codec, name: TYPES[name],
    'n': lambda codec, name: getattr(builtins, name),
    'I': lambda codec, items: iter([codec._decode(item) for item in items]),
}
