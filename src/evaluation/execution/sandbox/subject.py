"""The process that holds the tested program. It is forked before the judge has read the job, so that neither the
tests nor anything else of the judge's is in its memory; all it can do is answer questions about values."""

import ast
import os
import resource
import sys
import types

from peer import Peer
from values import Codec

NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
# Of the sandbox, the server and the judge included: room for a few threads, not for a fork bomb's memory.
PROCESSES = 6


def cap(name, soft, hard=None):
    """Lowers a limit of this process; a lower one that holds already stays."""
    most = resource.getrlimit(name)[1]
    bounded = [value if most == resource.RLIM_INFINITY else min(value, most) for value in (soft, hard or soft)]
    try:
        resource.setrlimit(name, tuple(bounded))
    except (ValueError, OSError):
        if sys.platform == 'linux':
            raise  # macOS has no limit of the address space.


def limit(cpu_seconds, memory_bytes):
    cap(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1)
    cap(resource.RLIMIT_FSIZE, 0)
    cap(resource.RLIMIT_NOFILE, 64)
    cap(resource.RLIMIT_CORE, 0)
    cap(resource.RLIMIT_NPROC, PROCESSES)
    cap(resource.RLIMIT_AS, memory_bytes)


class Callback:
    """A function of the tests that was passed to the program."""

    def __init__(self, subject, number):
        self.subject = subject
        self.number = number

    def __call__(self, *args):
        subject = self.subject
        kind, value = subject.peer.ask('call', self.number, subject.codec.encode(list(args)))
        if kind == 'error':
            raise RuntimeError(value)
        return subject.codec.decode(value)


class Subject:
    def __init__(self, connection):
        self.peer = Peer(connection, self.answer)
        self.codec = Codec(self.export, self.find, trusts_sender=True)
        self.objects = []
        self.numbers = {}
        self.module = types.ModuleType('program')
        sys.modules['program'] = self.module

    def export(self, value):
        if type(value) is Callback:
            return ['o', value.number]
        if isinstance(value, (bool, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset)):
            return None
        if type(value).__module__ == 'numpy' and hasattr(value, 'tolist'):
            return self.codec._encode(value.tolist())
        number = self.numbers.setdefault(id(value), len(self.objects))
        if number == len(self.objects):
            self.objects.append(value)
        return ['h', number]

    def find(self, tag, number):
        return self.objects[number] if tag == 'o' else Callback(self, number)

    def answer(self, question):
        try:
            return getattr(self, 'do_' + question[0])(*question[1:])
        except MemoryError as error:
            return ['error', 'MemoryError', ['MemoryError'], str(error)[:500]]
        except BaseException as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            return ['error', type(error).__name__, kinds, describe(error)]

    def do_load(self, imports, setup, code):
        """Runs imports, setup and program; setup that needs the program's names runs again after it."""
        try:
            ast.parse(code)
        except NOT_PYTHON as error:
            return ['unparsed', describe(error)]
        space = self.module.__dict__
        exec(compile(imports, '<imports>', 'exec'), space)
        setup = compile(setup, '<setup>', 'exec')
        again = False
        try:
            exec(setup, space)
        except NameError:
            again = True
        before = dict(space)
        exec(compile(code, '<program>', 'exec'), space)
        if again:
            exec(setup, space)
        names = {}
        for name, value in list(space.items()):
            if name.startswith('__') or (name in before and before[name] is value):
                continue
            if isinstance(value, types.ModuleType):
                names[name] = ['module', value.__name__]
                continue
            try:
                names[name] = ['value', self.codec.encode(value)]
            except Exception:
                continue
        return ['ok', names]

    def do_exec(self, test):
        exec(compile(test, '<test>', 'exec'), self.module.__dict__)
        return ['ok', None]

    def do_call(self, number, args, kwargs):
        args = self.codec.decode(args)
        result = self.objects[number](*args, **self.codec.decode(kwargs))
        # Lists and the like go back too: the caller sees what the function did to them.
        same = next((index for index, item in enumerate(args) if item is result), None)
        changed = [self.codec.encode(item) if type(item) in (list, dict, set) else None for item in args]
        return ['ok', None if same is not None else self.codec.encode(result), same, changed]

    def do_operate(self, name, number, *rest):
        rest = [self.codec.decode(item) for item in rest]
        try:
            value = OPERATIONS[name](self.objects[number], *rest)
        except StopIteration:
            return ['stop']
        return ['ok', self.codec.encode(value)]


OPERATIONS = {
    'getattr': getattr,
    'setattr': setattr,
    'iter': iter,
    'next': next,
    'len': len,
    'bool': bool,
    'repr': lambda value: repr(value)[:500],
    'str': lambda value: str(value),
    'getitem': lambda value, key: value[key],
    'setitem': lambda value, key, item: value.__setitem__(key, item),
    'eq': lambda value, other: bool(value == other),
    'isinstance': lambda kind, value: isinstance(value, kind),
}


def describe(error):
    try:
        return str(error)[:500]
    except BaseException:
        return ''


def run(connection, keep):
    """The whole life of the process; `keep` is the socket's descriptor, all others are closed."""
    nothing = os.open('/dev/null', os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.closerange(3, keep)
    os.closerange(keep + 1, 256)
    subject = Subject(connection)
    cpu_seconds, memory_bytes = subject.peer.receive()[1]
    limit(cpu_seconds, memory_bytes)
    subject.peer.serve()
