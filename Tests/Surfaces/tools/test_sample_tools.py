"""Calls, by the tools of sample-tools: results, failures, progress, cancellation, deadlines, numbers.

    TOOL_SERVER=.build/debug/sample-tools python test_sample_tools.py [TEST]
"""
import asyncio
import json
import subprocess
import sys
import time
import unittest

from official import OfficialTest, connection
from wire import VERSIONS, Wire, command, hello

CATEGORIES = [
    "llm_unavailable", "llm_auth", "rate_limit", "network", "quota", "redis_unavailable", "not_found", "invalid",
    "timeout", "internal",
]


class OfficialClient(OfficialTest):
    async def test_each_tool_answers_in_each_version(self):
        for version in VERSIONS:
            with self.subTest(version):
                async with connection(version) as session:
                    said = {"text": "hi ho", "times": 2, "tone": None}
                    result = await session.call_tool("echo", {"text": "hi", "words": ["ho"]})
                    self.assertEqual(result.content[0].text, "Said.")
                    # All of it is there once.
                    if version >= "2025-06-18":
                        self.assertEqual([block.type for block in result.content], ["text"])
                        self.assertEqual(result.structured_content, {**said, "times": 1})
                    else:
                        self.assertEqual([block.type for block in result.content], ["text", "text"])
                        self.assertEqual(json.loads(result.content[1].text), {**said, "times": 1})
                        self.assertIsNone(result.structured_content)
                    self.assertFalse(result.is_error)
                    noisy = await session.call_tool("noisy")
                    self.assertEqual(noisy.content[0].text, "Printed.")

    async def test_failures_have_a_category_and_a_way_out(self):
        async with connection() as session:
            for category in CATEGORIES:
                result = await session.call_tool("failing", {"category": category})
                self.assertTrue(result.is_error)
                self.assertEqual(result.content[0].text, "it failed; mend it")
                error = {"category": category, "message": "it failed", "remedy": "mend it"}
                self.assertEqual(result.structured_content, {"error": error})

    async def test_bad_arguments_name_the_thing_its_value_and_what_is_allowed(self):
        rows = [
            ({}, "text is missing; allowed: a string of 0 to 100000 characters"),
            ({"text": 7}, "text is 7; allowed: a string"),
            ({"text": None}, "text is missing"),
            ({"text": "x", "times": 6}, "times is 6; allowed: a whole number from 1 to 5"),
            ({"text": "x", "times": 1.5}, "times is 1.5; allowed"),
            ({"text": "x", "times": "2"}, 'times is "2"; allowed'),
            ({"text": "x", "times": True}, "times is true; allowed"),
            ({"text": "x", "loud": "yes"}, 'loud is "yes"; allowed: true or false'),
            ({"text": "x", "words": "a"}, 'words is "a"; allowed: a list of 1 to 3 elements, each a string'),
            ({"text": "x", "words": []}, "words has 0 elements"),
            ({"text": "x", "words": ["a", 2]}, "words[1] is 2; allowed: a string"),
            ({"text": "x", "tone": "mid"}, 'tone is "mid"; allowed: one of high, low'),
            ({"text": "x", "txet": 1}, 'unknown argument "txet"; allowed: loud, text, times, tone, words'),
            ({"text": "x" * 200_000}, "…; allowed: a string of 0 to 100000 characters"),
        ]
        async with connection() as session:
            for arguments, expected in rows:
                result = await session.call_tool("echo", arguments)
                self.assertTrue(result.is_error, arguments)
                self.assertIn(expected, result.content[0].text)
                self.assertEqual(result.structured_content["error"]["category"], "invalid")
            # Whoever has nothing to say for an argument may say null.
            self.assertFalse((await session.call_tool("echo", {"text": "x", "times": None})).is_error)

    async def test_progress_only_grows(self):
        steps = []

        async def heard(done, total, message):
            steps.append((done, total, message))

        async with connection() as session:
            result = await session.call_tool("slow", {"milliseconds": 50, "steps": 10}, progress_callback=heard)
            self.assertEqual(result.structured_content, {"steps": 10})
            self.assertEqual(steps, [(n, 10, f"step {n}") for n in range(1, 11)])

    async def test_a_cancelled_call_is_stopped(self):
        async with connection() as session:
            with self.assertRaises(Exception) as caught:
                await session.call_tool("slow", {"milliseconds": 9000}, read_timeout_seconds=0.2)
            self.assertIn("time", str(caught.exception).lower())
            await self.stopped(session, 1)
            task = asyncio.create_task(session.call_tool("slow", {"milliseconds": 9000}))
            await asyncio.sleep(0.2)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            await self.stopped(session, 2)

    async def stopped(self, session, count):
        for _ in range(100):
            result = await session.call_tool("cancellations", {})
            if result.structured_content["count"] == count:
                return
            await asyncio.sleep(0.02)
        self.fail(f"{count} calls were to be cancelled: {result.content[0].text}")

    async def test_a_call_that_hangs_is_answered_at_its_deadline(self):
        async with connection() as session:
            began = time.monotonic()
            calls = [session.call_tool("hang", {}) for _ in range(40)]
            alive = asyncio.create_task(session.call_tool("echo", {"text": "alive"}))
            for result in await asyncio.gather(*calls):
                self.assertTrue(result.is_error)
                self.assertEqual(result.structured_content["error"]["category"], "timeout")
                self.assertRegex(result.content[0].text, "did not answer within 0.3 s|waited behind 16 other calls")
            self.assertFalse((await alive).is_error)
            self.assertLess(time.monotonic() - began, 3)

    async def test_a_thousand_calls_one_by_one_and_at_once(self):
        async with connection() as session:
            began = time.monotonic()
            for number in range(1000):
                result = await session.call_tool("echo", {"text": str(number)})
                self.assertEqual(result.structured_content["text"], str(number))
            one_by_one = time.monotonic() - began
            results = await asyncio.gather(*(session.call_tool("echo", {"text": str(n)}) for n in range(1000)))
            self.assertEqual([one.structured_content["text"] for one in results], [str(n) for n in range(1000)])
            print(f"[1,000 calls: {one_by_one:.2f} s one by one, {time.monotonic() - began - one_by_one:.2f} s at once]")

    async def test_much_is_answered_whole(self):
        async with connection() as session:
            result = await session.call_tool("large", {"bytes": 8_000_000})
            self.assertEqual(len(result.structured_content["text"]), 8_000_000)


class Calls(unittest.TestCase):
    def call(self, number, tool, **arguments):
        params = {"name": tool, "arguments": arguments}
        return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}

    def test_calls_run_beside_each_other_and_reading_goes_on(self):
        with Wire() as wire:
            began = time.monotonic()
            slow = [wire.begin("tools/call", {"name": "slow", "arguments": {"milliseconds": 500}}) for _ in range(16)]
            self.assertEqual(wire.ask("ping")["result"], {})
            self.assertLess(time.monotonic() - began, 0.4)
            for number in slow:
                self.assertFalse(wire.wait(number)["result"]["isError"])
            self.assertLess(time.monotonic() - began, 1.5)

    def test_a_thousand_calls_are_answered_each_once(self):
        with Wire() as wire:
            began = time.monotonic()
            wire.write(b"".join(json.dumps(self.call(n, "echo", text=str(n))).encode() + b"\n" for n in range(1000)))
            answers = [wire.next() for _ in range(1000)]
            took = time.monotonic() - began
            self.assertEqual(sorted(one["id"] for one in answers), list(range(1000)))
            for one in answers:
                self.assertEqual(one["result"]["structuredContent"]["text"], str(one["id"]))
            self.assertTrue(wire.silent(0.2))
            print(f"[{took:.2f} s]", end=" ")

    def test_a_cancelled_call_is_not_answered_and_its_id_may_come_again(self):
        with Wire() as wire:
            wire.send(self.call("7", "slow", milliseconds=9000))
            wire.send(self.call(7, "slow", milliseconds=9000))
            wire.tell("notifications/cancelled", requestId="7", reason="enough")
            self.assertTrue(wire.silent(0.2))
            wire.send(self.call("7", "echo", text="again"))
            answer = wire.next()
            self.assertEqual((answer["id"], answer["result"]["structuredContent"]["text"]), ("7", "again"))
            # The call 7 is another than "7", and still runs.
            wire.send(self.call(7, "echo", text="twice"))
            self.assertEqual(wire.next()["error"]["code"], -32600)
            wire.tell("notifications/cancelled", requestId=7)
            self.assertTrue(wire.silent(0.2))

    def test_progress_carries_the_token_as_it_came(self):
        for token in (b'"t\\u0061"', b"12345678901234567890"):
            with Wire() as wire:
                wire.write(b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow","arguments":'
                           b'{"milliseconds":1},"_meta":{"progressToken":' + token + b"}}}\n")
                line = wire._lines.get(timeout=5)
                self.assertIn(b'"progressToken":' + token + b',"progress":1,"total":1,"message":"step 1"}', line)
        for token in (None, True, 1.5, {}):
            with Wire() as wire:
                wire.send({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
                    "name": "slow", "arguments": {"milliseconds": 1}, "_meta": {"progressToken": token}}})
                self.assertEqual(wire.next()["id"], 1)

    def test_arguments_may_be_missing_but_not_be_something_else(self):
        with Wire() as wire:
            for params in ({"name": "noisy"}, {"name": "noisy", "arguments": None}, {"name": "noisy", "arguments": {}}):
                self.assertFalse(wire.ask("tools/call", params)["result"]["isError"])
            for wrong in ([], "x", 7, True):
                result = wire.ask("tools/call", {"name": "noisy", "arguments": wrong})["result"]
                self.assertTrue(result["isError"])
                self.assertIn("allowed: an object", result["content"][0]["text"])

    def test_an_answer_that_json_cannot_say_is_an_internal_failure(self):
        with Wire() as wire:
            for arguments in ({}, {"list": True}):
                result = wire.call("unwritable", **arguments)["result"]
                self.assertEqual(result["structuredContent"]["error"]["category"], "internal")

    def test_a_batch_of_calls_is_answered_when_all_are_done(self):
        with Wire(version="2025-03-26") as wire:
            wire.send([self.call(1, "slow", milliseconds=300), self.call(2, "echo", text="x"), self.call(3, "hang"),
                       self.call(4, "slow", milliseconds=9000)])
            self.assertTrue(wire.silent(0.1))
            wire.tell("notifications/cancelled", requestId=4)
            self.assertEqual(sorted(one["id"] for one in wire.next()), [1, 2, 3])

    def test_what_a_tool_prints_goes_to_standard_error(self):
        with Wire(stderr=subprocess.PIPE) as wire:
            wire.call("noisy")
            self.assertEqual(wire.leave(), (0, []))
            self.assertEqual(wire.process.stderr.read(), b"this is no JSON-RPC\n")
            wire.process.stderr.close()

    def test_only_so_many_calls_run_and_wait_and_hang(self):
        # sample-tools --narrow: 2 run, 3 wait, 3 hang.
        with Wire("--narrow") as wire:
            for number in range(101, 107):
                wire.send(self.call(number, "slow", milliseconds=200))
            self.assertEqual(wire.wait(106)["error"]["code"], -32603)
            order = []
            while len(order) < 5:
                order.append(wire.next()["id"])
            self.assertEqual(sorted(order), [101, 102, 103, 104, 105])
            self.assertEqual(order[-1], 105)
            # One that waits can be cancelled, and never starts.
            for number in (201, 202, 203):
                wire.send(self.call(number, "slow", milliseconds=200))
            wire.tell("notifications/cancelled", requestId=203)
            self.assertEqual(sorted((wire.next()["id"], wire.next()["id"])), [201, 202])
            self.assertTrue(wire.silent(0.4))
            self.assertEqual(wire.call("cancellations")["result"]["structuredContent"]["count"], 0)
            for number in (301, 302):
                wire.send(self.call(number, "hang"))
            self.assertEqual(sorted((wire.next()["id"], wire.next()["id"])), [301, 302])
            # Two hang, and have left their places to others.
            self.assertFalse(wire.call("echo", text="x")["result"]["isError"])
            wire.call("hang")
            text = wire.call("echo", text="x")["result"]["content"][0]["text"]
            self.assertIn("3 calls hang", text)
            self.assertEqual(wire.ask("ping")["result"], {})


class TheEnd(unittest.TestCase):
    def test_calls_are_cancelled_when_the_client_goes(self):
        with Wire() as wire:
            began = time.monotonic()
            number = wire.begin("tools/call", {"name": "slow", "arguments": {"milliseconds": 9000}})
            self.assertEqual(wire.leave(), (0, []))
            self.assertLess(time.monotonic() - began, 1)
        self.assertTrue(number)

    def test_calls_that_end_soon_are_still_answered(self):
        messages = [
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello(VERSIONS[-1])},
            {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "echo", "arguments": {"text": "x"}}},
        ]
        text = "".join(json.dumps(message) + "\n" for message in messages)
        done = subprocess.run(command(), input=text.encode(), stdout=subprocess.PIPE, timeout=10)
        self.assertEqual([json.loads(line)["id"] for line in done.stdout.splitlines()], [1, 2])

    def test_a_call_that_hangs_keeps_nobody(self):
        with Wire() as wire:
            wire.call("hang")
            began = time.monotonic()
            self.assertEqual(wire.leave(), (0, []))
            # The official client sends SIGTERM after two seconds.
            self.assertLess(time.monotonic() - began, 1.9)

    def test_answers_that_nobody_reads_keep_nobody(self):
        process = subprocess.Popen(command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for message in (
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello(VERSIONS[-1])},
            {"jsonrpc": "2.0", "id": 2, "method": "tools/call",
             "params": {"name": "large", "arguments": {"bytes": 1_000_000}}},
        ):
            process.stdin.write(json.dumps(message).encode() + b"\n")
        process.stdin.close()
        self.assertEqual(process.wait(3), 0)
        process.stdout.close()

    def test_the_client_goes_in_the_middle_of_an_answer(self):
        process = subprocess.Popen(command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello(VERSIONS[-1])}).encode() + b"\n")
        process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
            "name": "large", "arguments": {"bytes": 10_000_000}}}).encode() + b"\n")
        process.stdin.flush()
        process.stdout.read(100_000)
        process.stdout.close()
        self.assertEqual(process.wait(3), 0)
        process.stdin.close()

    def test_random_bytes_do_not_end_it(self):
        import random

        chance = random.Random(5)
        pieces = [b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"\n", b"\xff", b"1", b"null", b'"id":', b'"method":',
                  b'"jsonrpc":"2.0",', b'"ping"', b'"tools/call"', b'"params":{', b'"name":"echo"', b"\\u12", b" "]
        with Wire() as wire:
            for _ in range(300):
                wire.write(b"".join(chance.choice(pieces) for _ in range(chance.randrange(60))))
            wire.write(b"\n")
            wire.tell("notifications/initialized")
            answer = None
            wire.send({"jsonrpc": "2.0", "id": "alive", "method": "ping"})
            while not (answer := wire.next()) or answer.get("id") != "alive":
                pass
            self.assertEqual(answer["result"], {})


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
