"""The protocol as Jupyter's own client sees it, against the `nir` kernelspec that JUPYTER_PATH points to."""

import time
import unittest

from jupyter_client.manager import KernelManager, start_new_kernel
from protocol_case import TIMEOUT, Protocol


class Execute(Protocol):
    def test_silent_neither_counts_nor_shows_nor_is_kept(self):
        before, _ = self.run_cell("0")
        reply, messages = self.run_cell("console.log('heard'); 'quiet cell'", silent=True)
        self.assertEqual(reply["status"], "ok")
        self.assertEqual(reply["execution_count"], before["execution_count"])
        self.assertEqual(self.types(messages), ["stream"])
        history, _ = self.collect(self.client.history(hist_access_type="search", pattern="*quiet cell*"))
        self.assertEqual(history["history"], [])

    def test_what_is_not_stored_does_not_count(self):
        before, _ = self.run_cell("0")
        reply, messages = self.run_cell("'not stored'", store_history=False)
        self.assertEqual(reply["execution_count"], before["execution_count"])
        self.assertIn("execute_result", self.types(messages))
        history, _ = self.collect(self.client.history(hist_access_type="search", pattern="*not stored*"))
        self.assertEqual(history["history"], [])

    def test_user_expressions_are_evaluated_each_on_its_own(self):
        expressions = {"sum": "base + 1", "bad": "missing_name", "none": "undefined"}
        reply, _ = self.run_cell("const base = 41", user_expressions=expressions)
        results = reply["user_expressions"]
        self.assertEqual(results["sum"]["data"]["text/plain"], "42")
        self.assertEqual(results["bad"]["status"], "error")
        self.assertIn("Cannot find name 'missing_name'", results["bad"]["evalue"])
        self.assertEqual(results["none"]["status"], "ok")

    def test_an_error_aborts_what_was_sent_after_it(self):
        ids = [self.client.execute(code) for code in ["throw new Error('first')", "'second'", "'third'"]]
        replies = {}
        while len(replies) < 3:
            reply = self.client.get_shell_msg(timeout=TIMEOUT)
            replies[reply["parent_header"]["msg_id"]] = reply["content"]
        self.assertEqual([replies[each]["status"] for each in ids], ["error", "aborted", "aborted"])
        self.assertEqual(self.published(ids[2]), [])
        self.assertEqual(self.run_cell("'after'")[0]["status"], "ok")

    def test_an_error_aborts_nothing_where_that_is_asked(self):
        first = self.client.execute("throw new Error('first')", stop_on_error=False)
        second = self.client.execute("'second'")
        self.assertEqual(self.collect(first)[0]["status"], "error")
        self.assertEqual(self.collect(second)[0]["status"], "ok")

    def test_a_hundred_thousand_lines_arrive_in_order_and_gathered(self):
        _, messages = self.run_cell("for (let i = 0; i < 100_000; i++) console.log(i)\nundefined")
        streams = [message for message in messages if message["msg_type"] == "stream"]
        text = "".join(message["content"]["text"] for message in streams)
        self.assertEqual(text, "".join(f"{i}\n" for i in range(100_000)))
        self.assertLess(len(streams), 2_000)


class Subshells(Protocol):
    def test_there_are_none_and_requests_for_them_are_refused(self):
        info, _ = self.collect(self.client.kernel_info())
        self.assertNotIn("kernel subshells", info.get("supported_features", []))
        request = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(request)
        reply = self.client.get_control_msg(timeout=TIMEOUT)
        self.assertEqual(reply["content"]["status"], "error")

    def test_a_request_for_a_subshell_runs_in_its_turn(self):
        request = self.client.session.msg("execute_request", {"code": "6 * 7", "silent": False, "store_history": True})
        request["header"]["subshell_id"] = "none"
        self.client.shell_channel.send(request)
        reply, messages = self.collect(request["header"]["msg_id"])
        self.assertEqual(reply["status"], "ok")
        self.assertEqual(messages[-1]["content"]["data"]["text/plain"], "42")


class Output(Protocol):
    def test_clear_waits_or_not(self):
        _, messages = self.run_cell("display(1); clear({ wait: true }); display(2); clear()")
        shown = [message for message in messages if message["msg_type"] != "execute_input"]
        self.assertEqual(
            self.types(shown), ["display_data", "clear_output", "display_data", "clear_output"]
        )
        self.assertEqual([shown[1]["content"], shown[3]["content"]], [{"wait": True}, {"wait": False}])

    def test_a_display_is_updated_from_a_later_cell(self):
        _, first = self.run_cell("const place = display('one'); undefined")
        _, second = self.run_cell("await place.update('two')")
        shown, updated = first[1], second[1]
        self.assertEqual(updated["msg_type"], "update_display_data")
        self.assertEqual(shown["content"]["transient"], updated["content"]["transient"])
        self.assertEqual(updated["content"]["data"]["text/plain"], "'two'")


class Stdin(Protocol):
    def ask(self, code, answer):
        msg_id = self.client.execute(code, allow_stdin=True)
        request = self.client.get_stdin_msg(timeout=TIMEOUT)
        self.assertEqual(request["parent_header"]["msg_id"], msg_id)
        self.client.input(answer)
        _, messages = self.collect(msg_id)
        results = [m for m in messages if m["msg_type"] == "execute_result"]
        return request["content"], results[0]["content"]["data"]["text/plain"]

    def test_input_and_password(self):
        asked, result = self.ask("await input('name? ')", "Ada π")
        self.assertEqual(asked, {"prompt": "name? ", "password": False})
        self.assertEqual(result, "'Ada π'")
        asked, result = self.ask("(await input('key? ', { password: true })).length", "secret")
        self.assertEqual(asked, {"prompt": "key? ", "password": True})
        self.assertEqual(result, "6")

    def test_a_front_end_without_input_is_told(self):
        reply, _ = self.run_cell("await input('name? ')", allow_stdin=False)
        self.assertEqual(reply["ename"], "InputUnavailable")

    def test_an_interrupt_ends_a_question(self):
        msg_id = self.client.execute("await input('name? ')", allow_stdin=True)
        self.client.get_stdin_msg(timeout=TIMEOUT)
        self.manager.interrupt_kernel()
        self.assertEqual(self.collect(msg_id)[0]["ename"], "CellInterrupted")
        _, result = self.ask("await input('again? ')", "yes")
        self.assertEqual(result, "'yes'")


class Comms(Protocol):
    def test_the_front_end_opens_talks_and_closes(self):
        self.run_cell(
            "const heard: string[] = []\n"
            "comms.register('echo', (comm, opened) => {\n"
            "  heard.push('open ' + opened.data.n)\n"
            "  comm.onMessage(({ data, buffers, metadata }) => comm.send({ n: data.n + 1 }, { buffers, metadata: { m: 1 } }))\n"
            "  comm.onClose(({ data }) => heard.push('close ' + data.n))\n"
            "})"
        )
        opened = self.send("comm_open", {"comm_id": "c1", "target_name": "echo", "data": {"n": 1}})
        self.assertEqual(self.published(opened), [])
        info, _ = self.collect(self.client.comm_info(target_name="echo"))
        self.assertEqual(info["comms"], {"c1": {"target_name": "echo"}})
        other, _ = self.collect(self.client.comm_info(target_name="other"))
        self.assertEqual(other["comms"], {})
        sent = self.send("comm_msg", {"comm_id": "c1", "data": {"n": 6}}, buffers=[b"\x00\xff"])
        [answer] = self.published(sent)
        self.assertEqual(answer["msg_type"], "comm_msg")
        self.assertEqual(answer["content"], {"comm_id": "c1", "data": {"n": 7}})
        self.assertEqual(answer["metadata"], {"m": 1})
        self.assertEqual([bytes(buffer) for buffer in answer["buffers"]], [b"\x00\xff"])
        self.published(self.send("comm_close", {"comm_id": "c1", "data": {"n": 9}}))
        _, messages = self.run_cell("heard")
        self.assertEqual(messages[-1]["content"]["data"]["text/plain"], "[ 'open 1', 'close 9' ]")

    def test_the_kernel_opens_talks_and_closes(self):
        _, messages = self.run_cell("const own = comms.open('view', { a: 1 }); own.send({ b: 2 }); own.close(); own.send({ late: 1 })")
        sent = [m for m in messages if m["msg_type"].startswith("comm_")]
        self.assertEqual(self.types(sent), ["comm_open", "comm_msg", "comm_close"])
        self.assertEqual(sent[0]["content"]["target_name"], "view")
        self.assertEqual(len({m["content"]["comm_id"] for m in sent}), 1)
        info, _ = self.collect(self.client.comm_info())
        self.assertNotIn(sent[0]["content"]["comm_id"], info["comms"])

    def test_an_unknown_target_is_closed_and_a_failing_handler_is_told(self):
        [closed] = self.published(self.send("comm_open", {"comm_id": "u", "target_name": "unknown", "data": {}}))
        self.assertEqual((closed["msg_type"], closed["content"]["comm_id"]), ("comm_close", "u"))
        self.run_cell("comms.register('failing', () => { throw new Error('no such widget') })")
        messages = self.published(self.send("comm_open", {"comm_id": "f", "target_name": "failing", "data": {}}))
        self.assertEqual(self.types(messages), ["comm_close", "stream"])
        self.assertIn("no such widget", messages[1]["content"]["text"])

    def test_a_cell_can_wait_for_a_message(self):
        _, messages = self.run_cell("const waiting = comms.open('view')")
        comm_id = messages[-1]["content"]["comm_id"]
        running = self.client.execute("await new Promise((resolve) => waiting.onMessage(({ data }) => resolve(data.n)))")
        time.sleep(0.5)
        self.send("comm_msg", {"comm_id": comm_id, "data": {"n": 5}})
        _, messages = self.collect(running)
        self.assertEqual(messages[-1]["content"]["data"]["text/plain"], "5")

    def test_an_interrupt_ends_a_handler(self):
        self.run_cell("comms.register('stuck', () => new Promise(() => {}))")
        opened = self.send("comm_open", {"comm_id": "s", "target_name": "stuck", "data": {}})
        time.sleep(0.3)
        self.manager.interrupt_kernel()
        self.assertEqual(self.published(opened), [])
        self.assertEqual(self.run_cell("1")[0]["status"], "ok")


class Starts(unittest.TestCase):
    def test_kernels_that_start_at_once_all_answer_and_end(self):
        kernels = [KernelManager(kernel_name="nir") for _ in range(5)]
        for manager in kernels:
            manager.start_kernel()
        for manager in kernels:
            client = manager.client()
            client.start_channels()
            client.wait_for_ready(timeout=TIMEOUT)
            client.execute("setInterval(() => {}, 1); process.on('exit', () => { throw new Error('no') })")
            client.stop_channels()
        for manager in kernels:
            manager.shutdown_kernel(now=False)
            self.assertFalse(manager.is_alive())


class History(unittest.TestCase):
    def test_another_kernel_knows_what_was_run(self):
        manager, client = start_new_kernel(kernel_name="nir", startup_timeout=TIMEOUT)
        client.execute("const kept_one = 1", reply=True, timeout=TIMEOUT)
        client.execute("const kept_two = 2", reply=True, timeout=TIMEOUT)
        client.execute("const kept_one = 1", reply=True, timeout=TIMEOUT)
        client.stop_channels()
        manager.shutdown_kernel(now=False)
        manager, client = start_new_kernel(kernel_name="nir", startup_timeout=TIMEOUT)
        try:
            ask = lambda **options: client.history(reply=True, timeout=TIMEOUT, **options)["content"]["history"]
            client.execute("'now'", reply=True, timeout=TIMEOUT)
            tail = ask(hist_access_type="tail", n=2)
            self.assertEqual([entry[1:] for entry in tail], [[3, "const kept_one = 1"], [1, "'now'"]])
            self.assertEqual(tail[1][0], tail[0][0] + 1)
            found = ask(hist_access_type="search", pattern="*kept_*")
            self.assertEqual([entry[1] for entry in found], [1, 2, 3])
            unique = ask(hist_access_type="search", pattern="*kept_*", unique=True)
            self.assertEqual([entry[1] for entry in unique], [2, 3])
            self.assertEqual(len(ask(hist_access_type="search", pattern="*kept_*", n=1)), 1)
            earlier = ask(hist_access_type="range", session=-1, start=2, stop=3)
            self.assertEqual([entry[1:] for entry in earlier], [[2, "const kept_two = 2"]])
            absolute = ask(hist_access_type="range", session=tail[0][0], start=1)
            self.assertEqual(len(absolute), 3)
            own = ask(hist_access_type="range", session=0, output=True)
            self.assertEqual(own, [[tail[1][0], 1, ["'now'", "'now'"]]])
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=False)


if __name__ == "__main__":
    unittest.main()
