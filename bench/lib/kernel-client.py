"""Measures kernels through jupyter_client; prints one JSON line for each. Called by bench/kernel.ts."""

import json
import statistics
import sys
import time

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


def measure(name, cells, starts):
    times = []
    for _ in range(starts):
        manager, client, took = start(name)
        times.append(took)
        stop(manager, client)
    manager, client, took = start(name)
    try:
        drain(client)

        def run(code):
            msg_id = client.execute(code)
            assert reply_of(client, msg_id)["status"] == "ok", code
            idle(client, msg_id)

        first = milliseconds(lambda: run("1 + 1"))
        cell_times = [milliseconds(lambda at=at: run(f"{at} + 1")) for at in range(cells)]
        run("a_number = 3" if name == "python3" else "const a_number = 3")
        completion_times = []
        for _ in range(cells):
            completion_times.append(milliseconds(lambda: reply_of(client, client.complete("a_num", 5))))
        return {
            "kernel": name,
            "start": statistics.median([*times, took]),
            "first": first,
            "cell": statistics.median(cell_times),
            "completion": statistics.median(completion_times),
            "memory": memory(manager.provisioner.process.pid),
        }
    finally:
        stop(manager, client)


def endure(name, starts):
    """Starts a kernel again and again; a start that hangs raises."""
    for at in range(starts):
        manager, client, _ = start(name)
        assert reply_of(client, client.execute("1 + 1"))["status"] == "ok"
        stop(manager, client)
        if (at + 1) % 50 == 0:
            print(f"{at + 1} starts", file=sys.stderr, flush=True)
    return {"starts": starts}


def interrupts(name, count):
    """Interrupts one kernel again and again, in turn in each kind of cell, and asks for its state after each."""
    cells = [
        "for (;;) {}",
        "await new Promise((r) => setTimeout(r, 5)); for (;;) {}",
        "await new Promise(() => {})",
        "for (;;) await new Promise((r) => setTimeout(r, 5))",
        "setInterval(() => { for (;;) {} }, 1); await new Promise(() => {})",
        "for (;;) JSON.parse(JSON.stringify(Array(1e4).fill({ a: 1 })))",
        "Array.from({ length: 4e9 / 2 }, () => JSON.parse('[1]'))",
    ]
    manager, client, _ = start(name)
    reply_of(client, client.execute("let kept = 0"))
    times = []
    try:
        for at in range(count):
            msg_id = client.execute(cells[at % len(cells)])
            time.sleep(0.25)
            begun = time.perf_counter()
            manager.interrupt_kernel()
            assert reply_of(client, msg_id)["ename"] == "CellInterrupted"
            times.append((time.perf_counter() - begun) * 1000)
            content = reply_of(client, client.execute("++kept", user_expressions={"kept": "kept"}))
            assert content["user_expressions"]["kept"]["data"]["text/plain"] == str(at + 1), content
        return {"interrupts": count, "median": statistics.median(times), "worst": max(times)}
    finally:
        stop(manager, client)


task, *rest = sys.argv[1:]
if task == "measure":
    for each in rest[2:]:
        print(json.dumps(measure(each, int(rest[0]), int(rest[1]))), flush=True)
elif task == "starts":
    print(json.dumps(endure("nir", int(rest[0]))))
else:
    print(json.dumps(interrupts("nir", int(rest[0]))))
