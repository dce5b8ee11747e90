"""The process at the head of a sandbox: it forks a judge for each job, and clears everything away after it.

Messages in both directions: 4 bytes, the length, big-endian; then that many bytes of JSON. The judge reads the job
itself, so that what this process is forked from never holds a test.
"""

import gc
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time

import judge
import subject
from lockdown import lock_down

# Loaded once here, so that programs find them loaded.
import bisect, cmath, copy, heapq, itertools, math, operator, random, re, statistics, string, typing  # noqa: E401, F401

IS_INIT = os.getpid() == 1
GRACE_SECONDS = 3
END_OF_INPUT = 9


def read_exactly(descriptor, count):
    data = b''
    while len(data) < count:
        part = os.read(descriptor, count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def write(descriptor, message):
    body = json.dumps(message).encode()
    os.write(descriptor, struct.pack('>I', len(body)) + body)


def judge_process(report):
    """Forks the program's process, then reads the job, then runs the tests."""
    if not IS_INIT:
        os.setsid()
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        try:
            subject.run(theirs, theirs.fileno())
        finally:
            os._exit(3)
    theirs.close()
    job = json.loads(read_exactly(0, struct.unpack('>I', read_exactly(0, 4))[0]))
    os.write(report, struct.pack('>d', job['wallSeconds']))
    nothing = os.open('/dev/null', os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    subject.cap(resource.RLIMIT_AS, max(job['memoryBytes'], 1 << 30))
    write(report, judge.Judge(ours, job, pid).verdict())


def read_report(descriptor):
    """The judge's verdict; None where it ends or is too slow without one."""
    data = b''
    deadline = time.monotonic() + 60
    size = None
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while poll.poll(max(0, deadline - time.monotonic()) * 1000):
        part = os.read(descriptor, 65536)
        if not part:
            return {'outcome': 'crashed', 'message': 'the program ended its judge'}
        data += part
        if size is None and len(data) >= 8:
            deadline = time.monotonic() + struct.unpack('>d', data[:8])[0] + GRACE_SECONDS
            size = -1
        if size == -1 and len(data) >= 12:
            size = 12 + struct.unpack('>I', data[8:12])[0]
        if size is not None and 0 < size <= len(data):
            return json.loads(data[12:size])
    return {'outcome': 'timeout', 'message': 'the judge did not answer in time'}


def clear(pid):
    """Ends every process of the job; gives the judge's status."""
    if IS_INIT:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
    else:
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    judge_status = 0
    while True:
        try:
            ended, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return judge_status
        if ended == pid:
            judge_status = status


def main():
    lock_down()
    gc.collect()
    gc.freeze()
    write(1, {'ready': '.'.join(map(str, sys.version_info[:3]))})
    while True:
        if not select.select([0], [], [])[0]:
            continue
        started = time.monotonic()
        mine, report = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                os.close(mine)
                judge_process(report)
                code = 0
            except EOFError:
                code = END_OF_INPUT
            finally:
                os._exit(code)
        os.close(report)
        result = read_report(mine)
        os.close(mine)
        status = clear(pid)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == END_OF_INPUT:
            return
        result.setdefault('cpuSeconds', None)
        result.setdefault('wallSeconds', time.monotonic() - started)
        write(1, result)
