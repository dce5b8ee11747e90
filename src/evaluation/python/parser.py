"""Turns Python text into JSON: the parser child of NIR Lab. It runs nothing of the text it is given.

Messages in both directions: 4 bytes, the length, big-endian; then that many bytes of JSON.
Requests: {"op": "parse" or "check", "sources": [text, ...]}; the answer is a list, one item a text.
The first message is a greeting: the version, and the table of node types that trees refer to.
"""

import ast
import json
import math
import struct
import sys
import warnings
from operator import itemgetter

MEMORY_BYTES = 4 << 30

# What the texts' authors should know is no concern of the user's.
warnings.simplefilter('ignore')

# What `ast.parse` may raise on text: NUL bytes, lone surrogates, nesting, size.
NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)

# Only set where comments are parsed too, or of no meaning.
UNUSED_FIELDS = ('type_comment', 'type_ignores', 'kind')

EXACT_IN_A_DOUBLE = 1 << 53


def node_types():
    """The table [name, fields, has a position], and for each class its index and what the encoder needs."""
    table, codes = [], {}
    for node in list(vars(ast).values()):
        if isinstance(node, type) and issubclass(node, ast.AST) and node not in codes:
            fields = [name for name in node._fields if name not in UNUSED_FIELDS]
            positioned = 'lineno' in getattr(node, '_attributes', ())
            # From the last to the first, as a stack gives them back in order.
            getter = itemgetter(*reversed(fields)) if fields else None
            codes[node] = (len(table), getter, len(fields), positioned)
            table.append([node.__name__, fields, positioned])
    return table, codes


TYPES, CODES = node_types()


def literal(value):
    """What JSON can say of a constant. Numbers that Python finds equal stay equal."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return {'type': 'float', 'repr': repr(value)}
        if abs(value) < EXACT_IN_A_DOUBLE or not value.is_integer():
            return value
        return {'type': 'float', 'repr': hex(int(value))}
    if isinstance(value, int):
        return value if abs(value) < EXACT_IN_A_DOUBLE else {'type': 'int', 'repr': hex(value)}
    return {'type': type(value).__name__, 'repr': repr(value)}


def encode(tree):
    """The tree in preorder as one flat list. Consumes the tree.

    A node is its type's index, its line and column where the type has them, and its fields; None is -1; a list is
    -2 - length, and its items; text and integers are themselves. A stack and no recursion: trees may be deep, and
    nothing else in this file takes as long.
    """
    out = []
    append = out.append
    stack = [tree]
    pop, push, extend = stack.pop, stack.append, stack.extend
    codes, constant = CODES, ast.Constant
    while stack:
        item = pop()
        kind = item.__class__
        if kind in codes:
            code, fields, count, positioned = codes[kind]
            if positioned:
                out += (code, item.lineno, item.col_offset)
            else:
                append(code)
            if kind is constant:
                value = item.value
                append(value if value.__class__ is str else literal(value))
            elif count == 1:
                push(fields(item.__dict__))
            elif count:
                extend(fields(item.__dict__))
        elif kind is list:
            append(-2 - len(item))
            if item:
                item.reverse()
                extend(item)
        elif item is None:
            append(-1)
        else:
            append(item)
    return out


def syntax_error(error):
    return {
        'kind': type(error).__name__,
        'line': getattr(error, 'lineno', None),
        'column': getattr(error, 'offset', None),
        'message': str(getattr(error, 'msg', None) or error)[:500],
    }


def parse(source):
    try:
        return encode(ast.parse(source))
    except NOT_PYTHON as error:
        return {'error': syntax_error(error)}


def check(source):
    try:
        ast.parse(source)
    except NOT_PYTHON:
        return False
    return True


def answer(request):
    handle = check if request['op'] == 'check' else parse
    return [handle(source) for source in request['sources']]


def greeting():
    return {'version': '.'.join(map(str, sys.version_info[:3])), 'types': TYPES}


def answer_json(text):
    """For Pyodide, where there are no messages: JSON in, JSON out; the greeting for no text."""
    return json.dumps(answer(json.loads(text)) if text else greeting())


def limit_memory():
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, ValueError, OSError):
        pass  # Not on every system.


def serve(stream_in, stream_out):
    limit_memory()
    encoder = json.JSONEncoder(separators=(',', ':'), check_circular=False)
    message = greeting()
    while True:
        body = encoder.encode(message).encode()
        stream_out.write(struct.pack('>I', len(body)) + body)
        stream_out.flush()
        head = stream_in.read(4)
        if len(head) < 4:
            return
        message = answer(json.loads(stream_in.read(struct.unpack('>I', head)[0])))


if __name__ == '__main__':
    serve(sys.stdin.buffer, sys.stdout.buffer)
