"""
jupyter_kernel_test, as published, on several kernels; what arrives of 100,000 printed lines; which interrupts keep the
state. Prints one JSON line for each kernel. Called by bench/kernel-suite.ts.
"""

import io
import json
import sys
import time
import unittest
from queue import Empty

import jupyter_kernel_test
from jupyter_client.manager import start_new_kernel

LINES = 100_000
START_S = 120
SILENCE_S = 10
INTERRUPT_S = 10
BEGIN_S = 5

TYPESCRIPT = {
    "language_name": "typescript",
    "file_extension": ".ts",
    "code_hello_world": "console.log('hello, world')",
    "code_stderr": "console.error('to stderr')",
    "completion_samples": [{"text": "Math.ma", "matches": {"max"}}],
    "complete_code_samples": ["1", "const x: number = 1", "function f() {\n  return 1\n}\n"],
    "incomplete_code_samples": ["function f() {", "const a = ["],
    "invalid_code_samples": ["foo bar", "const x = }"],
    "code_generate_error": "throw new Error('expected')",
    "code_execute_result": [{"code": "1 + 2", "result": "3"}, {"code": "[1, 2].map((x) => x * 2)", "result": "[ 2, 4 ]"}],
    "code_history_pattern": "1*2*",
    "supported_history_operations": ("tail", "range", "search"),
    "code_inspect_sample": "Math.max",
}
SNIPPETS = {
    "nir": {
        **TYPESCRIPT,
        "code_display_data": [{"code": "display({ 'text/html': '<b>bold</b>' })\nundefined", "mime": "text/html"}],
        "code_clear_output": "clear()",
        "code_stdin": "const answer = await input('name? ')",
    },
    "tslab": {
        **TYPESCRIPT,
        "code_display_data": [
            {"code": "import { display } from 'tslab'\ndisplay.html('<b>bold</b>')", "mime": "text/html"}
        ],
    },
    "deno": {
        **TYPESCRIPT,
        "code_display_data": [{"code": "await Deno.jupyter.display(Deno.jupyter.html`<b>bold</b>`)", "mime": "text/html"}],
        "code_clear_output": "await Deno.jupyter.broadcast('clear_output', { wait: false })",
        "code_stdin": "const answer = prompt('name? ')",
    },
    # ipykernel's own.
    "python3": {
        "language_name": "python",
        "file_extension": ".py",
        "code_hello_world": "print('hello, world')",
        "code_stderr": "import sys; print('to stderr', file=sys.stderr)",
        "completion_samples": [{"text": "zi", "matches": {"zip"}}],
        "complete_code_samples": ["1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n"],
        "incomplete_code_samples": ["print('''hello", "def f(x):\n  x*2"],
        "invalid_code_samples": ["import = 7q"],
        "code_page_something": "zip?",
        "code_generate_error": "raise ValueError('expected')",
        "code_execute_result": [{"code": "1+2+3", "result": "6"}],
        "code_display_data": [
            {"code": "from IPython.display import HTML, display; display(HTML('<b>bold</b>'))", "mime": "text/html"}
        ],
        "code_history_pattern": "1?2*",
        "supported_history_operations": ("tail", "search"),
        "code_inspect_sample": "zip",
        "code_clear_output": "from IPython.display import clear_output; clear_output()",
        "code_stdin": "answer = input('name? ')",
    },
}
PRINTING = {
    "python3": f"for i in range({LINES}): print(i)",
    "typescript": f"for (let i = 0; i < {LINES}; i++) console.log(i)",
}
LOOPS = {
    "python3": {
        "loop": "print('on', flush=True)\nwhile True: pass",
        "loop after an await": "import asyncio\nawait asyncio.sleep(0.005)\nprint('on', flush=True)\nwhile True: pass",
    },
    "typescript": {
        "loop": "console.log('on'); for (;;) {}",
        "loop after an await": "await new Promise((r) => setTimeout(r, 5)); console.log('on'); for (;;) {}",
    },
}


def suite(name):
    """What the published tests say of a kernel. A test counts as failed where one of its parts fails."""

    class Tests(jupyter_kernel_test.KernelTests):
        kernel_name = name

        @classmethod
        def setUpClass(cls):
            # Every answer has the same time; the first cell of a TypeScript kernel on a busy machine needs more.
            super().setUpClass()
            cls.kc.execute_interactive("1", timeout=START_S, output_hook=lambda _: None)

    for attribute, value in SNIPPETS[name].items():
        setattr(Tests, attribute, value)
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(Tests)
    count = tests.countTestCases()
    log = io.StringIO()
    result = unittest.TextTestRunner(stream=log).run(tests)
    print(log.getvalue(), file=sys.stderr)
    failed = {getattr(test, "test_case", test).id().split(".")[-1] for test, _ in result.failures + result.errors}
    skipped = {test.id().split(".")[-1] for test, _ in result.skipped if not hasattr(test, "test_case")}
    return {"passed": count - len(failed | skipped), "failed": sorted(failed), "skipped": sorted(skipped)}


class Kernel:
    def __init__(self, name):
        self.name = name
        self.manager, self.client = start_new_kernel(kernel_name=name, startup_timeout=START_S)

    def __enter__(self):
        # So that what follows measures a kernel that is warm.
        self.reply(self.client.execute("1"), START_S)
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def code(self, of):
        return of[self.name if self.name == "python3" else "typescript"]

    def wait_for_output(self, msg_id, timeout):
        """Waits for a stream; a kernel may keep it back as long as its cell loops."""
        until = time.monotonic() + timeout
        while (left := until - time.monotonic()) > 0:
            try:
                message = self.client.get_iopub_msg(timeout=left)
            except Empty:
                return
            if message["msg_type"] == "stream" and message["parent_header"].get("msg_id") == msg_id:
                return

    def reply(self, msg_id, timeout):
        """The reply's content, or None where it does not come."""
        until = time.monotonic() + timeout
        while (left := until - time.monotonic()) > 0:
            try:
                message = self.client.get_shell_msg(timeout=left)
            except Empty:
                break
            if message["parent_header"].get("msg_id") == msg_id:
                return message["content"]
        return None


def arrived(name):
    """How many of the printed lines arrive before nothing more comes."""
    with Kernel(name) as kernel:
        msg_id = kernel.client.execute(kernel.code(PRINTING))
        text, is_idle = [], False
        while True:
            try:
                message = kernel.client.get_iopub_msg(timeout=2 if is_idle else SILENCE_S)
            except Empty:
                return "".join(text).count("\n")
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if message["msg_type"] == "stream":
                text.append(message["content"]["text"])
            is_idle = is_idle or message["content"].get("execution_state") == "idle"


def keeps(name, loop):
    """Whether an interrupt ends a cell, and what the notebook had declared is still there."""
    with Kernel(name) as kernel:
        kernel.reply(kernel.client.execute("kept = 41" if name == "python3" else "let kept = 41"), START_S)
        running = kernel.client.execute(loop)
        kernel.wait_for_output(running, BEGIN_S)
        time.sleep(0.5)
        try:
            kernel.manager.interrupt_kernel()
        except Exception as error:
            print(f"{name}: {error}", file=sys.stderr)
        if not kernel.manager.is_alive():
            return "dies"
        if kernel.reply(running, INTERRUPT_S) is None:
            return "hangs"
        asked = kernel.client.execute("assert kept == 41" if name == "python3" else "if (kept !== 41) throw new Error()")
        reply = kernel.reply(asked, INTERRUPT_S)
        return "kept" if reply and reply["status"] == "ok" else "lost"


for each in sys.argv[1:]:
    figures = {"kernel": each, **suite(each), "lines": arrived(each)}
    loops = LOOPS["python3" if each == "python3" else "typescript"]
    print(json.dumps({**figures, "interrupts": {kind: keeps(each, code) for kind, code in loops.items()}}), flush=True)
