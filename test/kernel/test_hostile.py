"""Malformed and hostile messages, sent with Jupyter's own client and past it."""

import os
import socket as socket_module
import time
import unittest
from random import Random

from jupyter_client.manager import start_new_kernel
from protocol_case import TIMEOUT, Protocol


class Hostile(Protocol):
    """Whatever comes in, the kernel answers or drops it, and runs the next cell."""

    TYPES = [
        "execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request",
        "comm_info_request", "comm_open", "comm_msg", "comm_close", "kernel_info_request", "connect_request",
        "debug_request", "create_subshell_request", "input_reply", "", "no_such_request", "__proto__",
    ]
    FIELDS = [
        "code", "silent", "store_history", "user_expressions", "cursor_pos", "hist_access_type", "n", "session",
        "start", "stop", "pattern", "comm_id", "target_name", "data", "detail_level", "value",
    ]

    def value(self, random, depth=0):
        plain = [
            None, True, -1, 0, 1e308, 2**63, "", "\u0000", "1 +", "}{", "x" * 10_000, "*" * 50 + "b", "tail",
            "range", "search", "__proto__",
        ]
        nested = [[], {}, {"toString": 1, "valueOf": 1}, {"__proto__": {"a": 1}}, [[[[[]]]]]]
        if depth < 2 and random.random() < 0.3:
            return {random.choice(self.FIELDS): self.value(random, depth + 1) for _ in range(3)}
        return random.choice(plain + nested)

    def alive(self):
        msg_id = self.client.execute("6 * 7")
        deadline = time.time() + TIMEOUT
        while time.time() < deadline:
            reply = self.client.get_shell_msg(timeout=TIMEOUT)
            if reply["parent_header"].get("msg_id") != msg_id:
                continue
            if reply["content"]["status"] == "ok":
                return
            # A failed request that was sent before has aborted this one.
            self.assertEqual(reply["content"]["status"], "aborted")
            msg_id = self.client.execute("6 * 7")
        self.fail("no reply")

    def test_contents_of_any_kind(self):
        random = Random(1)
        session, sockets = self.client.session, [self.client.shell_channel.socket, self.client.control_channel.socket]
        for _ in range(300):
            content = {field: self.value(random) for field in random.sample(self.FIELDS, 5)}
            session.send(random.choice(sockets), session.msg(random.choice(self.TYPES), content))
        self.alive()

    def test_frames_of_any_kind(self):
        random = Random(2)
        session, socket = self.client.session, self.client.shell_channel.socket
        good = session.serialize(session.msg("execute_request", {"code": "globalThis.pwned = true"}))
        socket.send_multipart([good[0], b"0" * 64, *good[2:]])
        socket.send_multipart([good[0], good[1][:-1], *good[2:]])
        socket.send_multipart([good[0], b"", *good[2:]])
        for _ in range(300):
            frames = [random.randbytes(random.choice([0, 1, 30, 1000])) for _ in range(random.randrange(1, 9))]
            if random.random() < 0.5:
                frames.insert(random.randrange(len(frames)), b"<IDS|MSG>")
            socket.send_multipart(frames)
        for parts in ([b"null"] * 4, [b"[]"] * 4, [b"{}"] * 4, [b'"x"'] * 4, [b"{"] * 4, [b"{}", b"", b"", b""],
                      [b'{"msg_id":1,"msg_type":[]}', b"{}", b"{}", b"{}"], [b"[" * 100_000] * 4):
            socket.send_multipart([b"<IDS|MSG>", session.sign(parts), *parts])
        self.alive()
        _, messages = self.run_cell("'pwned' in globalThis")
        self.assertEqual(messages[-1]["content"]["data"]["text/plain"], "false")

    def test_a_repeated_message_runs_once(self):
        session, socket = self.client.session, self.client.shell_channel.socket
        self.run_cell("let runs = 0")
        frames = session.serialize(session.msg("execute_request", {"code": "runs++", "silent": True}))
        for _ in range(3):
            socket.send_multipart(frames)
        self.alive()
        _, messages = self.run_cell("runs")
        self.assertEqual(messages[-1]["content"]["data"]["text/plain"], "1")

    def test_bytes_that_are_no_zeromq(self):
        info = self.client.get_connection_info()
        for channel in ("shell", "control", "iopub", "stdin", "hb"):
            with socket_module.create_connection((info["ip"], info[f"{channel}_port"])) as raw:
                raw.sendall(b"GET / HTTP/1.1\r\n\r\n" + b"\xff" * 1000)
        self.alive()

    def test_nobody_reads_what_it_says(self):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        with self.assertRaises(BlockingIOError):
            while True:
                os.write(writer, b" " * 4096)
        manager, client = start_new_kernel(kernel_name="nir", stderr=writer)
        try:
            client.shell_channel.socket.send_multipart([b"no message"])
            reply = client.execute("6 * 7", reply=True, timeout=TIMEOUT)
            self.assertEqual(reply["content"]["status"], "ok")
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            os.close(reader)
            os.close(writer)


if __name__ == "__main__":
    unittest.main()
