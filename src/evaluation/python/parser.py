"""Turns Python text into JSON: the parser child of NIR Lab. It runs nothing of the text it is given.

Messages in both directions: 4 bytes, the length, big-endian; then that many bytes of JSON.
Requests: {"op": "parse" or "check", "sources": [text, ...]}; the answer is a list, one item a text.
"""

import ast
import json
import struct
import sys
import warnings

MEMORY_BYTES = 4 << 30

# What `ast.parse` may raise on text: NUL bytes, lone surrogates, nesting, size.
NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


def literal_key(value):
    """Two literals share a key exactly when Python finds them equal (1, 1.0 and True do)."""
    if isinstance(value, str):
        return 's:' + value
    if isinstance(value, (int, float, complex)):
        if isinstance(value, complex):
            if value.imag:
                return 'c:' + repr(value)
            value = value.real
        try:
            whole = int(value)
        except (OverflowError, ValueError):
            return 'f:' + repr(value)
        return 'i:' + hex(whole) if whole == value else 'f:' + repr(value)
    return type(value).__name__ + ':' + repr(value)


def encode(tree):
    """Nodes breadth first, each [class, fields]; an integer in fields is the index of a node, text is text."""
    order = [tree]
    nodes = []

    def reference(value):
        if isinstance(value, ast.AST):
            order.append(value)
            return len(order) - 1
        return value if isinstance(value, str) else None

    for node in order:
        fields = {}
        if isinstance(node, ast.Constant):
            fields['key'] = literal_key(node.value)
        else:
            for name, value in ast.iter_fields(node):
                if isinstance(value, list):
                    fields[name] = [reference(item) for item in value]
                else:
                    value = reference(value)
                    if value is not None:
                        fields[name] = value
        nodes.append((type(node).__name__, fields))
    return nodes


def syntax_error(error):
    return {
        'kind': type(error).__name__,
        'line': getattr(error, 'lineno', None),
        'column': getattr(error, 'offset', None),
        'message': str(getattr(error, 'msg', None) or error)[:500],
    }


def parse(source):
    try:
        return {'nodes': encode(ast.parse(source))}
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


def answer_json(text):
    """For Pyodide, where there are no messages: JSON in, JSON out."""
    return json.dumps(answer(json.loads(text)))


def limit_memory():
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, ValueError, OSError):
        pass  # Not on every system.


def serve(stream_in, stream_out):
    warnings.simplefilter('ignore')
    limit_memory()
    write(stream_out, {'version': '.'.join(map(str, sys.version_info[:3]))})
    while True:
        head = stream_in.read(4)
        if len(head) < 4:
            return
        body = stream_in.read(struct.unpack('>I', head)[0])
        write(stream_out, answer(json.loads(body)))


def write(stream, message):
    body = json.dumps(message, separators=(',', ':')).encode()
    stream.write(struct.pack('>I', len(body)) + body)
    stream.flush()


if __name__ == '__main__':
    serve(sys.stdin.buffer, sys.stdout.buffer)
