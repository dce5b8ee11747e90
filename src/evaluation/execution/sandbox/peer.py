"""Two processes that ask each other over a socket, in strict turns; a question may be answered by a question."""

import json
import select
import struct
import time

MAX_BYTES = 64 << 20


class PeerGone(Exception):
    """The other process ended."""


class PeerSlow(Exception):
    """The other process did not answer before the deadline."""


class Peer:
    """`answer(question)` answers the other side's questions; messages are JSON values."""

    def __init__(self, connection, answer, deadline=None):
        self.connection = connection
        self.answer = answer
        self.deadline = deadline

    def ask(self, *question):
        self.send(['ask', list(question)])
        while True:
            kind, body = self.receive()
            if kind == 'answer':
                return body
            self.send(['answer', self.answer(body)])

    def serve(self):
        while True:
            kind, body = self.receive()
            if kind == 'ask':
                self.send(['answer', self.answer(body)])

    def send(self, message):
        body = json.dumps(message, separators=(',', ':')).encode()
        data = memoryview(struct.pack('>I', len(body)) + body)
        while data:
            self._wait(select.POLLOUT)
            try:
                data = data[self.connection.send(data):]
            except OSError:
                raise PeerGone()

    def receive(self):
        (length,) = struct.unpack('>I', self._read(4))
        if length > MAX_BYTES:
            raise MemoryError('a message of %d bytes' % length)
        message = json.loads(bytes(self._read(length)))
        kind, body = message
        return kind, body

    def _read(self, count):
        data = bytearray()
        while len(data) < count:
            self._wait(select.POLLIN)
            try:
                part = self.connection.recv(min(count - len(data), 1 << 20))
            except OSError:
                raise PeerGone()
            if not part:
                raise PeerGone()
            data += part
        return data

    def _wait(self, event):
        if self.deadline is None:
            return
        poll = select.poll()
        poll.register(self.connection, event)
        if not poll.poll(max(0, self.deadline - time.monotonic()) * 1000):
            raise PeerSlow()
