"""Any tool server, by the official client and by the bare wire: the protocol, and that nothing ends it.

    TOOL_SERVER='holdfast mcp' python test_tools.py [TEST]

Knows no tool by name; calls none with arguments that could do anything.
"""
import json
import os
import subprocess
import sys
import threading
import time
import unittest

import jsonschema
import mcp_types as types
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

from official import OfficialTest, connection
from wire import VERSIONS, Wire, command, hello

PING = {"jsonrpc": "2.0", "id": "p", "method": "ping"}


class OfficialClient(OfficialTest):
    async def test_each_version_is_agreed_upon_and_lists_the_tools(self):
        for version in VERSIONS:
            with self.subTest(version):
                async with connection(version) as session:
                    self.assertEqual(session.protocol_version, version)
                    self.assertTrue(session.server_info.name)
                    self.assertTrue(session.instructions)
                    self.assertIsNone(session.server_capabilities.resources)
                    tools = (await session.list_tools()).tools
                    self.assertTrue(tools)
                    await session.send_ping()

    async def test_the_client_finds_the_version_by_itself(self):
        # Its newest versions have no handshake: it asks for a method we do not know, and falls back.
        words = command()
        async with Client(StdioServerParameters(command=words[0], args=words[1:])) as client:
            self.assertEqual(client.protocol_version, VERSIONS[-1])
            self.assertTrue((await client.list_tools()).tools)

    async def test_schemas_are_schemas(self):
        async with connection() as session:
            for tool in (await session.list_tools()).tools:
                with self.subTest(tool.name):
                    self.assertTrue(tool.title and tool.description)
                    self.assertIsNotNone(tool.annotations.read_only_hint)
                    for schema in filter(None, (tool.input_schema, tool.output_schema)):
                        jsonschema.Draft202012Validator.check_schema(schema)
                        self.assertEqual(schema["type"], "object")

    async def test_bad_arguments_are_a_result_that_names_what_is_allowed(self):
        async with connection() as session:
            for tool in (await session.list_tools()).tools:
                with self.subTest(tool.name):
                    result = await session.call_tool(tool.name, {"no such thing": 1})
                    self.assertTrue(result.is_error)
                    self.assertEqual(result.structured_content["error"]["category"], "invalid")
                    self.assertIn("no such thing", result.content[0].text)
                    for name in tool.input_schema["properties"]:
                        self.assertIn(name, result.content[0].text)
                    # TypeScript's client holds failures against the schema too.
                    if tool.output_schema:
                        jsonschema.validate(result.structured_content, tool.output_schema)

    async def test_an_unknown_tool_is_an_error_of_the_protocol(self):
        async with connection() as session:
            with self.assertRaises(MCPError) as caught:
                await session.call_tool("no_such_tool", {})
            self.assertEqual(caught.exception.code, -32602)

    async def test_what_is_not_offered_is_not_found(self):
        async with connection() as session:
            for ask in (session.list_resources, session.list_prompts, session.list_resource_templates):
                with self.assertRaises(MCPError) as caught:
                    await ask()
                self.assertEqual(caught.exception.code, -32601)

    async def test_a_cursor_is_tolerated(self):
        async with connection() as session:
            listed = await session.list_tools(params=types.PaginatedRequestParams(cursor="of another server"))
            self.assertTrue(listed.tools)
            self.assertIsNone(listed.next_cursor)


class Handshake(unittest.TestCase):
    def test_fields_are_those_of_the_version(self):
        for version in VERSIONS:
            with self.subTest(version), Wire(version=version) as wire:
                self.assertEqual(wire.greeting["protocolVersion"], version)
                self.assertEqual(wire.greeting["capabilities"], {"tools": {"listChanged": False}})
                newer = version >= "2025-06-18"
                self.assertEqual("title" in wire.greeting["serverInfo"], newer)
                tools = wire.ask("tools/list")["result"]["tools"]
                for tool in tools:
                    self.assertEqual("annotations" in tool, version >= "2025-03-26")
                    self.assertEqual("title" in tool, newer)
                    self.assertEqual("title" in tool.get("annotations", {}), version == "2025-03-26")
                    self.assertTrue(newer or "outputSchema" not in tool)
                failed = wire.call(tools[0]["name"], no=1)["result"]
                self.assertEqual("structuredContent" in failed, newer)
                told = failed["structuredContent"] if newer else json.loads(failed["content"][1]["text"])
                self.assertEqual(told["error"]["category"], "invalid")

    def test_an_unknown_version_is_answered_by_the_newest(self):
        for asked in ("2026-07-28", "1999-01-01", "new", ""):
            with self.subTest(asked), Wire(version=asked) as wire:
                self.assertEqual(wire.greeting["protocolVersion"], VERSIONS[-1])

    def test_nothing_but_ping_before_initialize(self):
        with Wire(greet=False) as wire:
            self.assertEqual(wire.ask("ping")["result"], {})
            for method in ("tools/list", "tools/call"):
                self.assertEqual(wire.ask(method, {"name": "x"})["error"]["code"], -32600)
            self.assertEqual(wire.ask("server/discover")["error"]["code"], -32601)
            wire.send([PING])
            self.assertEqual(wire.next()["error"]["code"], -32600)
            self.assertEqual(wire.ask("initialize", {})["error"]["code"], -32602)
            self.assertEqual(wire.ask("initialize", hello(7))["error"]["code"], -32602)
            self.assertEqual(wire.ask("initialize", hello(VERSIONS[0]))["result"]["protocolVersion"], VERSIONS[0])
            self.assertEqual(wire.ask("initialize", hello(VERSIONS[1]))["error"]["code"], -32600)


class Lines(unittest.TestCase):
    def refused(self, wire, raw, code, number=None):
        wire.write(raw + b"\n")
        answer = wire.next()
        self.assertEqual((answer.get("id"), answer["error"]["code"]), (number, code), raw[:80])
        self.assertEqual(wire.ask("ping")["result"], {})

    def test_what_is_no_json_is_a_parse_error(self):
        with Wire() as wire:
            for raw in (
                b"{", b"}", b"hello", b"{'a': 1}", b'{"a": 1,}', b"[1, 2", b'"\x01"', b"\x00", b"{} {}", b"// no",
                b'{"jsonrpc": "2.0", "id": 1, "method": "ping"', b"\xff\xfe", b'{"a": "\xc3"}', b"\xed\xa0\x80",
                b"nan", b"01", b"1.", b'"\\x"', b'"\\u12', b"1e999", b"tru", b'{"a" 1}', b'{1: 2}', b"\xef\xbb\xbf{}",
            ):
                self.refused(wire, raw, -32700)

    def test_what_is_no_request_is_invalid(self):
        with Wire() as wire:
            for raw in (b"1", b"null", b'"ping"', b"{}", b'{"jsonrpc": "2.0"}', b'{"id": 1.5, "method": "ping"}'):
                self.refused(wire, raw, -32600)
            for number in (b"null", b"1.5", b"1e3", b"true", b"[1]", b"{}"):
                self.refused(wire, b'{"jsonrpc": "2.0", "method": "ping", "id": ' + number + b"}", -32600)
            self.refused(wire, b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}', -32600, 1)
            self.refused(wire, b'{"jsonrpc": "2.0", "id": 1, "method": 7}', -32600, 1)
            self.refused(wire, b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}', -32602, 1)
            self.refused(wire, b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call"}', -32602, 1)
            self.refused(wire, b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": 7}}', -32602, 1)

    def test_ids_come_back_as_they_went(self):
        ids = [
            b"0", b"-1", b"9007199254740993", b"123456789012345678901234567890", b'""', b'"a b"', b'"\\u0061\\n"',
            '"\u00e9\U0001f600"'.encode(), b'"\\ud800"', b'"' + b"x" * 1000 + b'"',
        ]
        with Wire() as wire:
            for number in ids:
                wire.write(b'{"jsonrpc":"2.0","method":"ping","id":' + number + b"}\n")
                line = wire._lines.get(timeout=5)
                self.assertEqual(line, b'{"jsonrpc":"2.0","id":' + number + b',"result":{}}\n')

    def test_empty_lines_and_carriage_returns_are_nothing(self):
        with Wire() as wire:
            wire.write(b"\n\r\n  \t\n" + json.dumps(PING).encode() + b"\r\n")
            self.assertEqual(wire.next()["id"], "p")

    def test_a_line_may_come_in_pieces(self):
        with Wire() as wire:
            for byte in json.dumps(PING).encode() + b"\n":
                wire.write(bytes([byte]))
            self.assertEqual(wire.next()["id"], "p")

    def test_many_messages_may_come_in_one_piece(self):
        with Wire() as wire:
            wire.write(b"".join(json.dumps({**PING, "id": n}).encode() + b"\n" for n in range(5000)))
            for n in range(5000):
                self.assertEqual(wire.next()["id"], n)

    def test_notifications_and_answers_get_no_answer(self):
        with Wire() as wire:
            wire.tell("notifications/initialized")
            wire.tell("notifications/no_such_thing", a=1)
            wire.tell("ping")
            wire.tell("notifications/cancelled", requestId=99)
            wire.tell("notifications/cancelled", requestId={"a": 1})
            wire.tell("notifications/cancelled")
            wire.send({"jsonrpc": "2.0", "id": 5, "result": {}})
            wire.send({"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": ""}})
            wire.send({"jsonrpc": "2.0", "method": "ping", "params": [1]})
            self.assertTrue(wire.silent(0.3))
            self.assertEqual(wire.ask("ping")["result"], {})


class Size(unittest.TestCase):
    def test_a_line_of_ten_megabytes_is_skipped_in_little_memory(self):
        with Wire() as wire:
            wire.ask("ping")
            wire.write(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"')
            most = 0
            for _ in range(160):
                wire.write(b"x" * 65536)
                most = max(most, wire.memory())
            wire.write(b'"}}\n')
            answer = wire.next()
            self.assertEqual((answer["id"], answer["error"]["code"]), (None, -32600))
            self.assertEqual(wire.ask("ping")["result"], {})
            before = wire.memory()
            wire.write((b"y" * 1_000_000) * 100 + b"\n")
            self.assertEqual(wire.next()["id"], None)
            self.assertEqual(wire.ask("ping")["result"], {})
            self.assertLess(wire.memory() - before, 12 << 20)

    def test_a_line_of_four_megabytes_is_read(self):
        frame = b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":""}}'
        for more, is_read in ((0, True), (1, False)):
            with self.subTest(more), Wire() as wire:
                padding = b"x" * ((4 << 20) - len(frame) + more)
                wire.write(frame[:-3] + padding + frame[-3:] + b"\n")
                self.assertEqual(wire.next()["id"], 1 if is_read else None)

    def test_deep_nesting_is_refused_before_it_is_followed(self):
        with Wire() as wire:
            for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
                for depth in (129, 10_000, 500_000):
                    raw = opening * depth + b"1" + closing * depth
                    wire.write(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":' + raw + b"}}\n")
                    answer = wire.next()
                    self.assertEqual((answer["id"], answer["error"]["code"]), (None, -32700))
                    wire.write(raw[: len(raw) // 2] + b"\n")
                    self.assertEqual(wire.next()["error"]["code"], -32700)
            raw = b"[" * 126 + b"]" * 126
            wire.write(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":' + raw + b"}}\n")
            self.assertEqual(wire.next()["result"], {})

    def test_a_million_small_values_take_no_minutes(self):
        for value in (b"[],", b"null,", b"1,", b'"",', b"{},"):
            with self.subTest(value), Wire() as wire:
                raw = value * (4_000_000 // len(value))
                began = time.monotonic()
                wire.write(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":[' + raw[:-1] + b"]}}\n")
                self.assertEqual(wire.next(60)["result"], {})
                self.assertLess(time.monotonic() - began, 20)


class Batches(unittest.TestCase):
    def test_only_one_version_has_them(self):
        for version in VERSIONS:
            with self.subTest(version), Wire(version=version) as wire:
                wire.send([PING, {**PING, "id": "q"}])
                answer = wire.next()
                if version == "2025-03-26":
                    self.assertEqual([one["id"] for one in answer], ["p", "q"])
                else:
                    self.assertEqual((answer["id"], answer["error"]["code"]), (None, -32600))

    def test_each_message_of_a_batch_is_answered_for_itself(self):
        with Wire(version="2025-03-26") as wire:
            wire.send([1, {}, PING, {"jsonrpc": "2.0", "method": "notifications/initialized"},
                       {"jsonrpc": "2.0", "id": 2, "method": "no/such"},
                       {"jsonrpc": "2.0", "id": 3, "method": "initialize", "params": hello(VERSIONS[0])}])
            answers = [(one["id"], one.get("error", {}).get("code")) for one in wire.next()]
            self.assertEqual(answers, [(None, -32600), (None, -32600), ("p", None), (2, -32601), (3, -32600)])
            wire.send([])
            self.assertEqual(wire.next()["error"]["code"], -32600)
            wire.send([{"jsonrpc": "2.0", "method": "notifications/initialized"}])
            self.assertTrue(wire.silent(0.3))


class TheEnd(unittest.TestCase):
    def test_the_end_of_the_input_ends_it_well(self):
        for greet in (True, False):
            with Wire(greet=greet) as wire:
                began = time.monotonic()
                self.assertEqual(wire.leave(), (0, []))
                self.assertLess(time.monotonic() - began, 1)

    def test_half_a_line_at_the_end_is_a_line(self):
        with Wire() as wire:
            wire.write(json.dumps(PING).encode())
            self.assertEqual(wire.leave(), (0, [{"jsonrpc": "2.0", "id": "p", "result": {}}]))
        with Wire() as wire:
            wire.write(json.dumps(PING).encode()[:-5])
            code, rest = wire.leave()
            self.assertEqual((code, rest[0]["error"]["code"]), (0, -32700))
        with Wire() as wire:
            wire.write(b"x" * (5 << 20))
            code, rest = wire.leave()
            self.assertEqual((code, rest[0]["error"]["code"]), (0, -32600))

    def test_it_ends_when_nobody_reads(self):
        # While it waits for a line, and while it answers.
        for ask in (False, True):
            process = subprocess.Popen(command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            line = json.dumps(PING).encode() + b"\n"
            process.stdin.write(line)
            process.stdin.flush()
            process.stdout.readline()
            if ask:
                process.stdin.write(line * 2000)
                process.stdin.flush()
            process.stdout.close()
            self.assertEqual(process.wait(5), 0)
            process.stdin.close()

    def test_a_file_may_be_its_input(self):
        text = "".join(
            json.dumps(message) + "\n"
            for message in (
                {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello(VERSIONS[-1])},
                {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
            )
        )
        done = subprocess.run(command(), input=text.encode(), stdout=subprocess.PIPE, timeout=10)
        self.assertEqual([json.loads(line)["id"] for line in done.stdout.splitlines()], [1, 2])
        self.assertEqual(done.returncode, 0)
        done = subprocess.run(command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=10)
        self.assertEqual((done.returncode, done.stdout), (0, b""))

    def test_a_client_that_does_not_read_fills_no_memory(self):
        # Answers pile up to a limit; then the server does not listen until they are read.
        process = subprocess.Popen(command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(process.stdin.fileno(), False)
        line = (json.dumps({**PING, "id": "x" * 60_000}) + "\n").encode()
        written, quiet = 0, time.monotonic() + 20
        stalled = None
        while time.monotonic() < quiet and written < 400 << 20:
            try:
                written += os.write(process.stdin.fileno(), line[written % len(line) :])
                stalled = None
            except BlockingIOError:
                stalled = stalled or time.monotonic()
                if time.monotonic() - stalled > 1:
                    break
                time.sleep(0.01)
        self.assertLess(written, 64 << 20)
        self.assertGreater(written, 8 << 20)
        # Whoever reads at last gets every answer.
        answers = []
        reader = threading.Thread(target=lambda: answers.extend(process.stdout))
        reader.start()
        os.set_blocking(process.stdin.fileno(), True)
        process.stdin.write(line[written % len(line) :])
        process.stdin.close()
        reader.join(30)
        self.assertEqual(len(answers), written // len(line) + 1)
        self.assertEqual(process.wait(10), 0)
        process.stdout.close()


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
