"""Measures kernels through jupyter_client; prints one JSON line for each. Called by bench/kernel.ts."""

import json
import statistics
import sys
import time
from queue import Empty

from jupyter_client.manager import KernelManager

TIMEOUT = 120


def reply_of(client, msg_id):
    while True:
        reply = client.get_shell_msg(timeout=TIMEOUT)
        if reply["parent_header"].get("msg_id") == msg_id:
            return reply["content"]


def idle(client, msg_id):
    """Waits until the request's work is done, as a front end does."""
    while True:
        message = client.get_iopub_msg(timeout=TIMEOUT)
        if message["parent_header"].get("msg_id") == msg_id and message["content"].get("execution_state") == "idle":
            return


def drain(client):
    for get in (client.get_iopub_msg, client.get_shell_msg):
        try:
            while True:
                get(timeout=0.2)
        except Exception:
            pass


def milliseconds(work):
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def memory(pid):
    """Resident megabytes of a process and its children."""
    import os

    total, parents = 0, {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = open(f"/proc/{name}/stat").read().rsplit(")", 1)[1].split()
            parents.setdefault(int(stat[1]), []).append((int(name), int(stat[21]) * os.sysconf("SC_PAGE_SIZE")))
            if int(name) == pid:
                total += int(stat[21]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            continue
    waiting = [pid]
    while waiting:
        for child, size in parents.get(waiting.pop(), []):
            total += size
            waiting.append(child)
    return total / 1e6


def start(name):
    """A kernel that has answered once, and how long that took."""
    manager = KernelManager(kernel_name=name)
    begun = time.perf_counter()
    manager.start_kernel(stderr=-3, stdout=-3)
    client = manager.client()
    client.start_channels()
    reply_of(client, client.kernel_info())
    return manager, client, (time.perf_counter() - begun) * 1000


def stop(manager, client):
    client.stop_channels()
    manager.shutdown_kernel(now=True)


PYTHON = "python3"
FRAME = """import * as dfd from "danfojs-node"
const frame = new dfd.DataFrame([{ a: 1, b: "x" }, { a: 3, b: "y" }])
const column = frame.column("a")
let crv: import("nir-lab").Crv | undefined"""


def declaration(name, at):
    """A cell that declares a function, a type and a value."""
    if name == PYTHON:
        return f"class Row{at}: pass\ndef f{at}(x): return [x, {at}]\nv{at} = f{at}({at})"
    return (
        f"interface Row{at} {{ id: number; tags: string[] }}\n"
        f"function f{at}(x: number): [number, Row{at}] {{ return [x, {{ id: {at}, tags: [] }}] }}\n"
        f"const v{at} = f{at}({at})"
    )


class Session:
    """A kernel that has started, and the times of what it is asked."""

    def __init__(self, name):
        self.manager, self.client, self.started = start(name)
        drain(self.client)

    def run(self, code):
        msg_id = self.client.execute(code)
        reply = reply_of(self.client, msg_id)
        assert reply["status"] == "ok", (code, reply)
        idle(self.client, msg_id)

    def complete(self, code):
        assert reply_of(self.client, self.client.complete(code, len(code)))["matches"], code

    def cells(self, count, code="{at} + 1"):
        return statistics.median(milliseconds(lambda at=at: self.run(code.format(at=at))) for at in range(count))

    def completions(self, count, code):
        # As they come: another text before each cursor.
        return statistics.median(milliseconds(lambda at=at: self.complete(f"{at}; {code}")) for at in range(count))


def measure(name, cells, starts):
    times = []
    for _ in range(starts):
        manager, client, took = start(name)
        times.append(took)
        stop(manager, client)
    session = Session(name)
    figures = {"kernel": name, "start": statistics.median([*times, session.started])}
    try:
        figures["first cell"] = milliseconds(lambda: session.run("1 + 1"))
        figures["cell"] = session.cells(cells)
        session.run("a_number = 3" if name == PYTHON else "const a_number = 3")
        figures["completion"] = session.completions(cells, "a_num")
        if name == "nir":
            session.run(FRAME)
            figures["cell beside frames"] = session.cells(cells)
            figures["cell with a frame"] = session.cells(cells, "const head{at} = frame.head(1)")
            figures["completion of nir."] = session.completions(cells, "nir.se")
            figures["completion of a frame"] = session.completions(cells, "frame.he")
        for at in range(100):
            session.run(declaration(name, at))
        figures["cell after 100"] = session.cells(cells)
        figures["memory MB"] = memory(session.manager.provisioner.process.pid)
    except Empty:
        if name == "nir":
            raise
        # A peer that loses a message: what was measured before stands.
        print(f"{name} sent no reply or no idle within {TIMEOUT} s after {list(figures)[-1]}", file=sys.stderr)
    finally:
        stop(session.manager, session.client)
    return figures


def endure(name, starts):
    """Starts a kernel again and again; a start that hangs raises."""
    for at in range(starts):
        manager, client, _ = start(name)
        assert reply_of(client, client.execute("1 + 1"))["status"] == "ok"
        stop(manager, client)
        if (at + 1) % 50 == 0:
            print(f"{at + 1} starts", file=sys.stderr, flush=True)
    return {"starts": starts}


SETUP = """let kept = 0
let ended: unknown
const problems = await nir.problems("embedded", { limit: 20 })
const big = Array.from({ length: 2e5 }, (_, at) => ({ at, text: `row ${at}` }))
await nir.generate(nir.prompt(problems[0]!), { maxTokens: 8 })"""
KINDS = {
    "loop": "for (;;) {}",
    "loop after an await": "await new Promise((r) => setTimeout(r, 5)); for (;;) {}",
    "await for ever": "await new Promise(() => {})",
    "loop of awaits": "for (;;) await new Promise((r) => setTimeout(r, 5))",
    "loop in a timer": "setInterval(() => { for (;;) {} }, 1); await new Promise(() => {})",
    "JSON of a small object": "for (;;) JSON.parse(JSON.stringify(Array(1e4).fill({ a: 1 })))",
    "JSON of 8 MB": "for (;;) JSON.parse(JSON.stringify(big))",
    "loop of a library": "Array.from({ length: 2e9 }, () => JSON.parse('[1]'))",
    "generation": "for (;;) await nir.generate(nir.prompt(problems[0]!), { maxTokens: 400 })",
    "sweep": "try { for (;;) await nir.sweep({ problems, layers: 'all' }) } catch (error) { ended = error; throw error }",
}
FINISHED = "(ended as { sweep: { records: unknown[] } }).sweep.records.length >= 0"


def interrupts(name, count):
    """Interrupts one kernel again and again, in turn in each kind of cell, and asks for its state after each."""
    manager, client, _ = start(name)
    times = {kind: [] for kind in KINDS}
    try:
        reply = reply_of(client, client.execute(SETUP))
        assert reply["status"] == "ok", reply
        for at in range(count):
            kind = list(KINDS)[at % len(KINDS)]
            msg_id = client.execute(KINDS[kind])
            time.sleep(0.6 if kind in ("generation", "sweep") else 0.25)
            begun = time.perf_counter()
            manager.interrupt_kernel()
            reply = reply_of(client, msg_id)
            times[kind].append((time.perf_counter() - begun) * 1000)
            assert reply["ename"] == ("AbortError" if kind == "sweep" else "CellInterrupted"), reply
            asked = {"kept": "kept", "finished": FINISHED if kind == "sweep" else "true"}
            answers = reply_of(client, client.execute("++kept", user_expressions=asked))["user_expressions"]
            texts = {each: answers[each]["data"]["text/plain"] for each in asked}
            assert texts == {"kept": str(at + 1), "finished": "true"}, texts
        every = [each for kind in times.values() for each in kind]
        return [
            {"kind": kind, "count": len(each), "median": statistics.median(each), "worst": max(each)}
            for kind, each in {**times, "all": every}.items()
            if each
        ]
    finally:
        stop(manager, client)


task, *rest = sys.argv[1:]
if task == "measure":
    for each in rest[2:]:
        print(json.dumps(measure(each, int(rest[0]), int(rest[1]))), flush=True)
elif task == "starts":
    print(json.dumps(endure("nir", int(rest[0]))))
else:
    for line in interrupts("nir", int(rest[0])):
        print(json.dumps(line))
