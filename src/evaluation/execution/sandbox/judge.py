"""Runs the tests of one job. The program is in another process; here are only the tests and what it answers."""

import builtins
import functools
import importlib
import os
import signal
import time
import types

from peer import Peer, PeerGone, PeerSlow
from remote import Remote
from sources import LEFT, bound_names, called_names, show_operands
from values import BadValue, Codec, NotPlain

# Modules that a test may use because the program imported them.
SHARED_MODULES = frozenset(
    'array bisect calendar cmath collections copy datetime decimal fractions functools heapq itertools json math '
    'operator random re statistics string sys typing'.split()
)
MAX_ITERATOR = 1_000_000


class ProgramError(Exception):
    """Mixed into every exception that the program raised."""


class Verdict(Exception):
    def __init__(self, outcome, message):
        self.outcome = outcome
        self.message = message


class Judge:
    def __init__(self, connection, job, subject_pid):
        self.job = job
        self.pid = subject_pid
        self.started = time.monotonic()
        self.peer = Peer(connection, self.answer, self.started + job['wallSeconds'])
        self.codec = Codec(self.export, self.find)
        self.functions = []
        self.remotes = {}
        # The setup gave the program something that cannot leave this process: then the tests run there too.
        self.all_inside = False

    def verdict(self):
        try:
            self.peer.send(['limits', [self.job['cpuSeconds'], self.job['memoryBytes']]])
            space = self.load()
            for test in self.job['tests']:
                self.test(test, space)
            return self.result('passed', None)
        except Verdict as verdict:
            return self.result(verdict.outcome, verdict.message)
        except PeerSlow:
            return self.result('timeout', 'no answer within %g s' % self.job['wallSeconds'])
        except PeerGone:
            return self.result(*self.how_it_ended())
        except MemoryError as error:
            return self.result('memory', last_line(error))
        except Exception as error:
            return self.result('crashed', 'the program sent what is not a value: %s' % error)

    def load(self):
        job = self.job
        imports = '\n'.join(job['imports'])
        answer = self.peer.ask('load', imports, job['setup'], job['code'])
        if answer[0] == 'unparsed':
            raise Verdict('does not parse', answer[1])
        if answer[0] == 'error':
            raise Verdict('memory' if answer[1] == 'MemoryError' else 'exception', one_line(answer[1], answer[3]))
        called = set().union(*[called_names(test) for test in job['tests']])
        space = self.test_namespace(answer[1], called)
        try:
            self.execute(imports + '\n' + job['setup'], space)
        except NotPlain:
            self.all_inside = True
        bound = set().union(*[bound_names(test) for test in job['tests']])
        missing = sorted(name for name in called - bound if name not in space and not hasattr(builtins, name))
        if missing:
            raise Verdict('no function', '%s is not defined' % missing[0])
        return space

    def test_namespace(self, names, called):
        """What the program defined; but it may not replace a module, nor, unless the tests call only builtins, one of
        those."""
        space = {'__name__': 'tests', '__builtins__': builtins}
        only_builtins = all(hasattr(builtins, name) for name in called)
        for name, (kind, value) in names.items():
            if name.startswith('__') or (hasattr(builtins, name) and not (only_builtins and name in called)):
                continue
            module = name if kind == 'value' and name not in called else value if kind == 'module' else None
            if module in SHARED_MODULES:
                space[name] = importlib.import_module(module)
            elif kind == 'value':
                space[name] = self.codec.decode(value)
        return space

    def test(self, source, space):
        if self.all_inside:
            return self.test_inside(source)
        try:
            self.execute(source, space)
        except NotPlain:
            self.test_inside(source)

    def execute(self, source, space):
        """Runs Python of the tests' side; what it or the program raises becomes the verdict."""
        try:
            exec(compile(show_operands(source), '<test>', 'exec'), space)
        except (PeerGone, PeerSlow, BadValue, Verdict, NotPlain):
            raise
        except ProgramError as error:
            raise Verdict('memory' if isinstance(error, MemoryError) else 'exception', last_line(error))
        except AssertionError as error:
            raise Verdict('failed', assertion(source, error) + got(space))
        except MemoryError as error:
            raise Verdict('memory', last_line(error))
        except BaseException as error:
            raise Verdict('exception', last_line(error))

    def test_inside(self, source):
        """A test whose arguments cannot leave this process runs in the program's, where the setup has run as well."""
        answer = self.peer.ask('exec', source)
        if answer[0] == 'ok':
            return
        if answer[1] == 'AssertionError':
            raise Verdict('failed', assertion(source, answer[3]))
        raise Verdict('memory' if answer[1] == 'MemoryError' else 'exception', one_line(answer[1], answer[3]))

    def call(self, number, args, kwargs):
        encoded = self.codec.encode(list(args)), self.codec.encode(kwargs)
        _, value, same, changed = self.checked(self.peer.ask('call', number, *encoded))
        for argument, new in zip(args, changed):
            if new is not None:
                replace(argument, self.codec.decode(new))
        return self.codec.decode(value) if same is None else args[same]

    def operate(self, name, number, *rest):
        answer = self.peer.ask('operate', name, number, *[self.codec.encode(item) for item in rest])
        if answer[0] == 'stop':
            raise StopIteration
        return self.codec.decode(self.checked(answer)[1])

    def checked(self, answer):
        if answer[0] == 'error':
            raise program_error(*answer[1:])
        return answer

    def answer(self, question):
        """The program may call functions that a test gave it, and ask nothing else."""
        name, number, args = question
        if name != 'call':
            raise BadValue('a question that is not a call')
        try:
            return ['ok', self.codec.encode(self.functions[number](*self.codec.decode(args)))]
        except (PeerGone, PeerSlow, BadValue):
            raise
        except Exception as error:
            return ['error', last_line(error)]

    def export(self, value):
        if isinstance(value, Remote):
            return ['o', object.__getattribute__(value, '_number')]
        name = getattr(value, '__name__', None)
        if isinstance(value, (types.BuiltinFunctionType, type)) and getattr(builtins, str(name), None) is value:
            return ['n', name]
        if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, functools.partial)):
            self.functions.append(value)
            return ['h', len(self.functions) - 1]
        if hasattr(value, '__next__'):
            items = [item for item, _ in zip(value, range(MAX_ITERATOR))]
            return ['I', [self.codec._encode(item) for item in items]]
        return None

    def find(self, tag, number):
        if tag == 'o':
            return self.functions[number]
        if type(number) is not int:
            raise BadValue('a handle that is not a number')
        return self.remotes.setdefault(number, Remote(self, number))

    def how_it_ended(self):
        _, status, usage = self.reap()
        signal_number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        spent = usage.ru_utime + usage.ru_stime
        if signal_number == signal.SIGXCPU or (signal_number == signal.SIGKILL and spent >= self.job['cpuSeconds']):
            return 'timeout', 'over %g s of CPU time' % self.job['cpuSeconds']
        if signal_number:
            return 'crashed', 'its process was ended by %s' % signal.Signals(signal_number).name
        return 'crashed', 'its process ended before the tests did, with status %d' % os.WEXITSTATUS(status)

    def reap(self):
        if not hasattr(self, 'reaped'):
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.reaped = os.wait4(self.pid, 0)
        return self.reaped

    def result(self, outcome, message):
        usage = self.reap()[2]
        return {
            'outcome': outcome,
            'message': message and str(message)[:500],
            'cpuSeconds': usage.ru_utime + usage.ru_stime,
            'wallSeconds': time.monotonic() - self.started,
        }


def got(space):
    value = space.get(LEFT, ...)
    if value is ...:
        return ''
    try:
        return ' (got %s)' % repr(value)[:200]
    except (PeerGone, PeerSlow):
        raise
    except Exception:
        return ''


def replace(old, new):
    if type(old) is not type(new) or old == new:
        return
    if isinstance(old, list):
        old[:] = new
    else:
        old.clear()
        old.update(new)


def program_error(name, kinds, text):
    """An exception of the same builtin kind as the program's, so that a test can expect it."""
    base = next((getattr(builtins, kind) for kind in kinds if hasattr(builtins, kind)), Exception)
    if not (isinstance(base, type) and issubclass(base, Exception)) or base in (StopIteration, StopAsyncIteration):
        base = Exception
    try:
        return type(str(name)[:100], (ProgramError, base), {})(text)
    except TypeError:
        return type(str(name)[:100], (ProgramError,), {})(text)


def assertion(source, error):
    text = str(error)
    return source.strip()[:400] + (': ' + text if text else '')


def one_line(name, text):
    return name + (': ' + text.strip().splitlines()[-1] if text.strip() else '')


def last_line(error):
    return one_line(type(error).__name__, str(error))
