/** A program that tries to harm or to cheat, and the tests that it must not pass. */
export interface Attack {
  readonly name: string
  readonly code: string
  readonly tests: readonly string[]
}

/** Tests of a function that doubles. */
export const DOUBLING = ['assert f(1) == 2', 'assert f(20) == 40']

const named = (codes: Readonly<Record<string, string>>, wrap = (code: string) => code): Attack[] =>
  Object.entries(codes).map(([name, code]) => ({ name, code: wrap(code), tests: DOUBLING }))

/** A program whose test passes exactly when `body`, indented twice, reaches its end. */
export function breach(body: string): string {
  const lines = body.split('\n').map((line) => `        ${line}`)
  return [
    'def f(x):',
    '    try:',
    ...lines,
    '        return 2 * x',
    '    except BaseException:',
    '        raise',
  ].join('\n')
}

/** Each passes its tests exactly when it got what it wanted. */
export const REACHING_THE_HOST = named(
  {
    'reads /etc/shadow': 'open("/etc/shadow").read()',
    'reads /etc/passwd': 'open("/etc/passwd").read()',
    'lists the home folders': 'import os\nos.listdir("/root")',
    'lists /home': 'import os\nos.listdir("/home")',
    'reads its own package': `open(${JSON.stringify(import.meta.filename)}).read()`,
    'reads /proc': 'import os\nos.listdir("/proc/1")',
    'leaves by /proc/1/root': 'import os\nos.listdir("/proc/1/root/etc")',
    'reads /sys': 'import os\nos.listdir("/sys/class")',
    'reads the environment of the host': 'import os\nos.environ["PATH"], os.environ["USER"]',
    'writes to /tmp': 'open("/tmp/x", "w").write("x")',
    'writes to /usr': 'open("/usr/x", "w").write("x")',
    'writes to /dev/shm': 'open("/dev/shm/x", "w").write("x")',
    'makes a folder in the root': 'import os\nos.mkdir("/x")',
    'makes a device': 'import os, stat\nos.mknod("/tmp/d", stat.S_IFBLK | 0o666, os.makedev(8, 0))',
    'becomes root': 'import os\nos.setuid(0)',
    mounts: 'import ctypes\nassert ctypes.CDLL(None).mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0',
    'makes a user namespace': 'import ctypes\nassert ctypes.CDLL(None).unshare(0x10000000) == 0',
    'makes a user namespace by clone':
      'import ctypes\npid = ctypes.CDLL(None).syscall(56, 0x10000011, 0, 0, 0, 0)\nassert pid > 0',
    'makes shared memory': 'import ctypes\nassert ctypes.CDLL(None).shmget(0, 4096, 0o1600) >= 0',
    'makes a file in memory': 'import os\nos.memfd_create("x")',
    'raises its limits': 'import resource\nresource.setrlimit(resource.RLIMIT_CPU, (100, 100))',
    'sees processes of the host':
      'import os\nseen = 0\nfor pid in range(1, 70000):\n    try:\n        os.kill(pid, 0)\n        seen += 1\n    except ProcessLookupError:\n        pass\n    except PermissionError:\n        seen += 1\nassert seen > 3',
    'connects to the network': 'import socket\nsocket.create_connection(("1.1.1.1", 53), 1)',
    'asks a name server': 'import socket\nsocket.gethostbyname("example.org")',
  },
  breach,
)

export const USING_UP_THE_MACHINE = named({
  'a fork bomb': 'import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass',
  'a thread bomb':
    'import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(60,)).start()',
  'an endless loop': 'while True: pass',
  'an endless loop that ignores every signal':
    'import signal\nfor n in range(1, 65):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\nwhile True: pass',
  'an endless loop in C': '9 ** 9 ** 9',
  'an endless sleep': 'import time\ntime.sleep(1e6)',
  'stops itself': 'import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)',
  'a memory bomb': 'x = []\nwhile True:\n    x.append(bytearray(1 << 20))',
  'memory by many processes':
    'import os\nfor _ in range(6):\n    if os.fork() == 0:\n        break\nx = []\nwhile True:\n    x.append(bytearray(1 << 22))',
  'shared memory':
    'import ctypes\nlibc = ctypes.CDLL(None)\nlibc.shmat.restype = ctypes.c_void_p\nsize = 1 << 26\nfor _ in range(200):\n    n = libc.shmget(0, size, 0o1600)\n    if n < 0:\n        raise OSError\n    p = libc.shmat(n, None, 0)\n    ctypes.memset(p, 1, size)\n    libc.shmdt(ctypes.c_void_p(p))',
  'fills a file in memory':
    'import os\nd = os.memfd_create("x")\nwhile True:\n    os.write(d, bytes(1 << 20))',
  'fills the disk':
    'import tempfile\nwith tempfile.TemporaryFile() as t:\n    while True:\n        t.write(bytes(1 << 20))',
  'many open files': 'import os\nx = [os.open("/dev/null", 0) for _ in range(10000)]',
  'endless output': 'while True:\n    print("x" * 100000)',
  'endless output to every descriptor':
    'import os\nwhile True:\n    for n in range(64):\n        try:\n            os.write(n, b"x" * 1000)\n        except OSError:\n            pass',
  'a large result': 'def f(x):\n    return "x" * (200 << 20)',
  'a deep result': 'def f(x):\n    y = []\n    for _ in range(100000):\n        y = [y]\n    return y',
  'a wide result by shared parts':
    'def f(x):\n    y = [1]\n    for _ in range(60):\n        y = [y, y]\n    return y',
  'deep recursion in Python': 'import sys\nsys.setrecursionlimit(10**9)\ndef f(x):\n    return f(x)',
  'deep recursion in C': 'exec("(" * 10 ** 6)',
})

const always =
  'class E:\n    def __getattr__(self, n): return lambda *a: True\n    def __sub__(self, o): return 0.0\n    def __abs__(self): return 0.0\n    def __lt__(self, o): return True\n    def __le__(self, o): return True\n    def __eq__(self, o): return True\n    def __hash__(self): return 0\n    def __float__(self): return 0.0\ndef f(x):\n    return E()'

// The subject's own side of the questions, in the program's hands.
const takeOver = (answers: string) =>
  `import sys\nframe = sys._getframe()\nwhile "self" not in frame.f_locals or not hasattr(frame.f_locals["self"], "do_call"):\n    frame = frame.f_back\nsubject = frame.f_locals["self"]\ndef f(x):\n    return 0\n${answers}`

const ANSWERS = [
  '["ok", ["d", [["__eq__", True]]], None, []]',
  '["ok", None, 0, [["l", [2]]]]',
  '["ok", None, -1, [None]]',
  '["ok", None, "x", []]',
  '["ok", ["n", "eval"], None, []]',
  '["ok", ["I", [1, 2]], None, []]',
  '["ok", ["o", 0], None, []]',
  '["ok", ["h", "x"], None, []]',
  '["ok", ["h", 10**30], None, []]',
  '["ok", ["F", ["l", [1, 0]]], None, []]',
  '["ok", ["D", "sNaN"], None, []]',
  '["ok", ["T", "type", [1]], None, []]',
  '["ok", ["y", "eval"], None, []]',
  '["ok", ["s", [["l", []]]], None, []]',
  '["ok", ["i", "f" * 10**6], None, []]',
  '["ok", ["?"], None, []]',
  '["ok", [], None, []]',
  '["ok", {"a": 1}, None, []]',
  '["ok"]',
  '["stop"]',
  '["error", "X", ["SystemExit"], "x"]',
  '["error", "AssertionError", ["eval", "BaseException"], "x"]',
  '["error", 1, 2, 3]',
  '{}',
  'None',
  '7',
]

const NAMES = [
  '{"__builtins__": ["value", ["d", [["abs", ["h", 0]]]]], "f": ["value", ["h", 0]]}',
  '{"f": ["value", ["n", "abs"]]}',
  '{"f": ["value", ["y", "object"]]}',
  '{"f": ["module", "os"], "abs": ["module", "math"]}',
  '{"f": 7}',
  '[]',
  'None',
  '{"space": ["value", 1], "f": ["value", ["h", 0]], "__left": ["value", 2]}',
]

export const A_PASS_NOT_EARNED: readonly Attack[] = [
  ...named({
    'an object that equals everything':
      'class E:\n    def __eq__(self, o): return True\n    def __ne__(self, o): return False\n    def __hash__(self): return 0\ndef f(x):\n    return E()',
    'a number that equals everything':
      'class E(int):\n    def __eq__(self, o): return True\n    def __hash__(self): return 0\ndef f(x):\n    return E()',
    'a text that equals everything':
      'class E(str):\n    def __eq__(self, o): return True\n    def __hash__(self): return 0\ndef f(x):\n    return E()',
    'ends with status 0': 'import os\nos._exit(0)',
    'ends with status 0 when called': 'import os\ndef f(x):\n    os._exit(0)',
    'leaves by sys.exit': 'import sys\ndef f(x):\n    sys.exit(0)',
    'raises SystemExit at the top': 'raise SystemExit(0)',
    'writes a verdict to every descriptor':
      'import json, os, struct\nbody = json.dumps({"outcome": "passed", "message": None, "cpuSeconds": 0, "wallSeconds": 0}).encode()\nfor n in range(256):\n    try:\n        os.write(n, struct.pack(">I", len(body)) + body)\n    except OSError:\n        pass\nos._exit(0)',
    'answers for the program, then goes on':
      'import json, os, struct\nfor body in (["answer", ["ok", {"f": ["value", ["h", 0]]}]], ["answer", ["ok", True, None, []]], ["answer", ["ok", True, None, []]]):\n    body = json.dumps(body).encode()\n    for n in range(3, 256):\n        try:\n            os.write(n, struct.pack(">I", len(body)) + body)\n        except OSError:\n            pass',
    'looks for the tests in the memory of its process':
      'import gc\ndef f(x):\n    for o in gc.get_objects():\n        if isinstance(o, dict) and any(isinstance(v, list) and v and "assert" in str(v[0]) for k, v in o.items() if k == "tests"):\n            return 2 * x\n    raise LookupError',
    'looks for the tests in the frames above':
      'import sys\ndef f(x):\n    frame = sys._getframe()\n    while frame:\n        if "tests" in frame.f_locals or "space" in frame.f_locals:\n            return 2 * x\n        frame = frame.f_back\n    raise LookupError',
    'changes the builtins':
      'import builtins\nbuiltins.AssertionError = ValueError\nbuiltins.abs = lambda x: 2\ndef f(x):\n    return 0',
    'ends its judge': 'import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\ndef f(x):\n    return 2 * x',
    'stops its judge':
      'import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)\ndef f(x):\n    return 2 * x',
    'ends everything it sees': 'import os, signal\nos.kill(-1, signal.SIGKILL)\ndef f(x):\n    return 2 * x',
    'ends the server':
      'import os, signal\nfor n in range(1, 65):\n    os.kill(1, n)\nos.kill(-1, signal.SIGKILL)\ndef f(x):\n    return 2 * x',
    'traces its judge':
      'import ctypes, os\ndef f(x):\n    libc = ctypes.CDLL(None, use_errno=True)\n    if libc.ptrace(16, os.getppid(), 0, 0) == 0:\n        return 2 * x\n    raise OSError(ctypes.get_errno())',
    'sends what is no message':
      'import os\nfor n in range(3, 256):\n    try:\n        os.write(n, b"\\xff" * 64)\n    except OSError:\n        pass',
    'asks the judge for more than a call':
      'import json, os, struct\nfor body in (["ask", ["exec", "1"]], ["ask", ["call", "__class__", []]], ["ask", 7]):\n    body = json.dumps(body).encode()\n    for n in range(3, 256):\n        try:\n            os.write(n, struct.pack(">I", len(body)) + body)\n        except OSError:\n            pass',
  }),
  ...[
    'assert abs(f(1) - 2) < 1e-9',
    'assert f(1) <= 2',
    'import math\nassert math.isclose(f(1), 2)',
    'assert f(1) in [1, 2]',
    'assert {f(1)} == {2}',
    'assert [f(1), 3] == [2, 3]',
    'assert f(1) != 3 and f(1) == 2',
  ].map((test) => ({
    name: `an object that agrees with everything, in ${test}`,
    code: always,
    tests: [test],
  })),
  ...ANSWERS.map((answer) => ({
    name: `answers ${answer} to a call`,
    code: takeOver(`subject.do_call = lambda *rest: ${answer}`),
    tests: DOUBLING,
  })),
  ...NAMES.map((names) => ({
    name: `says that it defines ${names}`,
    code: takeOver(
      `subject.objects.append(lambda *a: 0)\nsubject.peer.send(["answer", ["ok", ${names}]])\nsubject.peer.serve()`,
    ),
    tests: ['assert abs(f(1) - 2) == 0'],
  })),
  {
    name: 'its own math',
    code: 'class M:\n    def isclose(self, *a): return True\nmath = M()\ndef f(x):\n    return 0',
    tests: ['assert math.isclose(f(1), 2)'],
  },
  ...Object.entries({
    set: 'assert set([f(1)]) == set([9])',
    sorted: 'assert sorted([f(1)]) == sorted([9])',
    len: 'assert len(f(1)) == len("ab")',
    abs: 'assert abs(f(1) - 5) == 0',
    isinstance: 'assert isinstance(f(1), str)',
    all: 'assert all([f(1)])',
  }).map(([name, test]) => ({
    name: `its own ${name}`,
    code: `def ${name}(*a):\n    return 0\ndef f(x):\n    return 0`,
    tests: [test],
  })),
]
