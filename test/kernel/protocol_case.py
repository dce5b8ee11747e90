"""A running `nir` kernel and a Jupyter client of it, for tests."""

import unittest

from jupyter_client.manager import start_new_kernel

TIMEOUT = 60


class Protocol(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manager, cls.client = start_new_kernel(kernel_name="nir", startup_timeout=TIMEOUT)

    @classmethod
    def tearDownClass(cls):
        cls.client.stop_channels()
        cls.manager.shutdown_kernel(now=False)

    def run_cell(self, code, **options):
        return self.collect(self.client.execute(code, **options))

    def collect(self, msg_id, channel="shell"):
        """The reply's content and what was published for a request, in order."""
        get = getattr(self.client, f"get_{channel}_msg")
        while True:
            reply = get(timeout=TIMEOUT)
            if reply["parent_header"].get("msg_id") == msg_id:
                break
        return reply["content"], self.published(msg_id)

    def published(self, msg_id):
        messages = []
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if message["msg_type"] == "status":
                if message["content"]["execution_state"] == "idle":
                    return messages
                continue
            messages.append(message)

    def send(self, msg_type, content, buffers=None):
        message = self.client.session.msg(msg_type, content)
        self.client.session.send(self.client.shell_channel.socket, message, buffers=buffers)
        return message["header"]["msg_id"]

    def types(self, messages):
        return [message["msg_type"] for message in messages]
