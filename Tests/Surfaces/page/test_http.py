"""What the companion serves over HTTP, and whom: a real companion, asked over plain sockets.

    config/install-dependencies surfaces
    python3 Tests/Surfaces/page/test_http.py [-v] [Class[.test]]

HOLDFAST_BIN names the folder of the executables (.build/debug). SMOKE=1 leaves out what has to wait for clients that
are slow.
"""
import json
import os
import resource
import socket
import stat
import subprocess
import sys
import time
import unittest
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))

from stage import EVIL, EVIL_KEY, MARKUP, PATIENCE, Place, Session, Stage, Stages, until  # noqa: E402

SMOKE = os.environ.get("SMOKE") == "1"
full = unittest.skipIf(SMOKE, "not in the quick part")
READABLE = ("status", "sessions", "sessions/coder/issue-430", "failures", "episodes/" + "0" * 32, "memory?q=parser",
            "history", "events", "conversations", "conversations/bot/7", "conversations/bot/7/context",
            "conversations/health")
CHANGING = ("sessions/coder/issue-430/drop", f"episodes/{'0' * 32}/retry", f"episodes/{'0' * 32}/discard",
            "conversations/bot/7/messages")
PUBLIC = ("/", "/healthz", "/readyz", "/metrics")
stages = Stages()
sessions = {}


def setUpModule():
    stages.prepare("well", "hostile")


def tearDownModule():
    stages.close()


class Answer:
    """What came over a socket until its end."""

    def __init__(self, raw):
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.code = int(first.split()[1]) if first.startswith("HTTP/1.1 ") else 0
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def __repr__(self):
        return self.raw[:600].decode("latin-1") or "nothing"


class ServedTest(unittest.TestCase):
    @property
    def stage(self):
        return stages.well

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.stage.port), timeout=PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def send(self, raw):
        """Sends bytes as they are, and reads to the end."""
        connection = self.connect()
        try:
            connection.sendall(raw)
        except (BrokenPipeError, ConnectionResetError):
            pass  # answered before all was said
        return self.read(connection)

    def read(self, connection):
        raw = b""
        try:
            while part := connection.recv(1 << 16):
                raw += part
        except ConnectionResetError:
            pass
        return Answer(raw)

    def request(self, target, method="GET", host=None, token=False, **headers):
        """A request whose line and host are what they are here; headers are named with _ for -."""
        lines = [f"{method} {target} HTTP/1.1", "Connection: close"]
        if host is not False:
            lines.append(f"Host: {host if host is not None else f'127.0.0.1:{self.stage.port}'}")
        if token:
            lines.append(f"Authorization: Bearer {self.stage.token if token is True else token}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return self.send("\r\n".join(lines + ["", ""]).encode())

    def post(self, rest):
        """A POST with the token, up to where the rest begins."""
        line = "POST /api/v1/sessions/x/drop HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        return f"{line}Authorization: Bearer {self.stage.token}\r\n{rest}".encode()

    @property
    def cookie(self):
        """A session of a browser, begun once a stage."""
        if self.stage not in sessions:
            answer = self.request(f"/?token={self.stage.token}")
            sessions[self.stage] = answer.headers["set-cookie"].split(";")[0]
        return sessions[self.stage]

    def assertRefused(self, answer, codes=(400, 401, 403, 404, 405, 421)):
        self.assertIn(answer.code, codes, answer)
        for text in (b"coder/issue", b"sessions_page", self.stage.token.encode(), str(self.stage.root).encode()):
            self.assertNotIn(text, answer.raw)

    def assertWell(self):
        start = time.monotonic()
        self.assertEqual(self.request("/healthz").code, 200)
        self.assertLess(time.monotonic() - start, 5)


class Hosts(ServedTest):
    def test_another_name_is_refused(self):
        """A name that its owner re-binds to 127.0.0.1 would make the page part of the owner's."""
        port = self.stage.port
        names = ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", f"localhost.evil:{port}",
                 f"127.0.0.2:{port}", f"0.0.0.0:{port}", f"user@127.0.0.1:{port}", "127.0.0.1:+80", "127.0.0.1:x",
                 f"127.0.0.1:{port}, evil.example", "", False)
        for name in names:
            for target in (*PUBLIC, "/api/v1/status", "/assets/page.js"):
                with self.subTest(name, target=target):
                    self.assertRefused(self.request(target, host=name, token=True))

    def test_two_names_are_refused(self):
        port = self.stage.port
        for names in ((f"127.0.0.1:{port}", "evil.example"), ("evil.example", f"127.0.0.1:{port}")):
            lines = "".join(f"Host: {name}\r\n" for name in names)
            self.assertRefused(self.send(f"GET / HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode()))

    def test_names_of_this_machine_are_ours(self):
        port = self.stage.port
        for name in (f"127.0.0.1:{port}", f"localhost:{port}", f"LocalHost:{port}", f"[::1]:{port}", "127.0.0.1"):
            self.assertEqual(self.request("/api/v1/status", host=name, token=True).code, 200, name)


class Origins(ServedTest):
    def drop(self, **headers):
        return self.request("/api/v1/sessions/coder%2Fissue-431/drop", "POST", Content_Length="0", **headers)

    def bound(self):
        return self.stage.redis("EXISTS", "{holdfast}:binding:coder/issue-431").strip() == "1"

    def test_another_page_changes_nothing(self):
        port = self.stage.port
        form = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        own = f"http://127.0.0.1:{port}"
        others = [
            {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": f"http://127.0.0.1:{port + 1}"},
            {"Origin": f"https://127.0.0.1:{port}"}, {"Origin": f"http://localhost:{port}"}, {"Origin": own + "/"},
            {"Origin": ""}, {"Referer": own + "/"}, {}, {"Sec_Fetch_Site": "cross-site"},
            {"Sec_Fetch_Site": "same-site"}, {"Origin": own, "Sec_Fetch_Site": "cross-site"},
            {"Sec_Fetch_Site": "none"}]
        for headers in others:
            with self.subTest(**headers):
                self.assertRefused(self.drop(**form, **headers), (400, 403))
                self.assertTrue(self.bound())

    def test_another_page_reads_nothing(self):
        others = [
            {"Origin": "http://evil.example"}, {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"},
            {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "cors"},
            {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}]
        for headers in others:
            for target in ("/", "/api/v1/status", "/api/v1/events", "/metrics", "/assets/page.js"):
                answer = self.request(target, Cookie=self.cookie, **headers)
                self.assertRefused(answer, (403,))
                self.assertNotIn("access-control-allow-origin", answer.headers)

    def test_preflights_allow_nothing(self):
        answer = self.request("/api/v1/sessions/coder/issue-431/drop", "OPTIONS", Origin="http://evil.example",
                              Access_Control_Request_Method="POST")
        self.assertRefused(answer)
        self.assertFalse([name for name in answer.headers if name.startswith("access-control")])

    def test_the_page_itself_and_programs_may(self):
        Session(self.stage, "coder/ours").whole()
        own = f"http://127.0.0.1:{self.stage.port}"
        target = "/api/v1/sessions/coder/ours/drop"
        answer = self.request(target, "POST", Content_Length="0", Cookie=self.cookie, Origin=own,
                              Sec_Fetch_Site="same-origin")
        self.assertEqual(answer.code, 200, answer)
        Session(self.stage, "coder/ours").whole()
        self.assertEqual(self.request(target, "POST", Content_Length="0", token=True).code, 200)

    def test_what_a_link_could_do_reads_only(self):
        for path in CHANGING:
            self.assertEqual(self.request(f"/api/v1/{path}", token=True).code, 405)


class Conversations(ServedTest):
    """What a bot does that speaks HTTP alone."""

    place = "/api/v1/conversations/bot%2Fhttp"

    def call(self, method, target, body="", code=200, **headers):
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.stage.port}", "Connection: close",
                 f"Content-Length: {len(body.encode())}"]
        headers = headers or {"Authorization": f"Bearer {self.stage.token}"}
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        answer = self.send("\r\n".join(lines + ["", body]).encode())
        self.assertEqual(answer.code, code, answer)
        return json.loads(answer.body)

    def say(self, role, text, **more):
        return self.call("POST", self.place + "/messages", json.dumps({"role": role, "text": text, **more}))

    def test_they_are_kept_read_and_ended(self):
        self.assertEqual(self.call("GET", self.place + "/context")["messages"], [])
        self.call("GET", self.place, code=404)
        self.assertEqual(self.say("user", "Hello <private>me</private>", id="m-1")["outcome"], "added")
        self.assertEqual(self.say("user", "Hello again", id="m-1")["outcome"], "known")
        self.say("assistant", "Hi <b>ü</b>")
        context = self.call("GET", "/api/v1/conversations/bot/http/context")
        self.assertEqual(context["text"], "user: Hello \nassistant: Hi <b>ü</b>")
        last = self.call("GET", self.place + "/context?max_messages=1")
        self.assertEqual([one["role"] for one in last["messages"]], ["assistant"])
        self.call("GET", self.place + "/context?max_chars=1", code=400)
        listed = self.call("GET", "/api/v1/conversations?search=bot/http")["conversations"]
        self.assertEqual([(one["dispatch_key"], one["messages"]) for one in listed], [("bot/http", 2)])
        self.assertGreaterEqual(self.call("GET", "/api/v1/conversations/health")["messages"], 2)
        # As a page elsewhere would make a browser do it.
        self.call("DELETE", self.place, code=403, Cookie=self.cookie)
        self.call("DELETE", self.place, code=403, Cookie=self.cookie, Origin="http://evil.example")
        self.assertEqual(self.call("DELETE", self.place), {"cleared": True, "dispatch_key": "bot/http"})
        self.call("DELETE", self.place, code=404)

    def test_what_is_no_message_is_refused(self):
        for body in ("", "[]", "{", '{"role": "user"}', '{"role": "system", "text": "x"}', '"\xff',
                     '{"role": "user", "text": "x", "at": "2099-01-01T00:00:00Z"}'):
            with self.subTest(body):
                self.call("POST", "/api/v1/conversations/bot/none/messages", body, code=400)
        self.call("POST", "/api/v1/conversations/bot/none/messages", "x" * 100_000, code=413)


class Tokens(ServedTest):
    def test_none_and_wrong_ones_open_nothing(self):
        right = self.stage.token
        flipped = right[:-1] + ("0" if right[-1] != "0" else "1")
        for token in (False, "x", right[:-1], right + "0", right.upper() + "F", flipped, "0" * 64):
            for path in READABLE:
                with self.subTest(path, token=token and token[:3]):
                    self.assertRefused(self.request(f"/api/v1/{path}", token=token), (401,))
        for path in CHANGING:
            for headers in ({}, {"token": flipped}, {"Cookie": f"holdfast_session_{self.stage.port}={flipped}"}):
                self.assertRefused(self.request(f"/api/v1/{path}", "POST", Content_Length="0", **headers), (401,))
        for value in (f"Basic {right}", right, f"Bearer{right}", "Bearer"):
            self.assertRefused(self.request("/api/v1/status", Authorization=value), (401,))
        self.assertRefused(self.request(f"/?token={flipped}"), (401,))
        self.assertRefused(self.request(f"/api/v1/status?token={right}"), (401,))

    def test_what_all_may_see_holds_no_text(self):
        stage = stages.hostile
        for target in PUBLIC:
            code, headers, body = stage.ask(target, token=False)
            self.assertEqual(code, 200, target)
            for text in (b"evil", b"<img", b"coder", b"openai", b"refuse", str(stage.root).encode(), b"sk-"):
                # Figures of what is asked elsewhere bear its kind, and nothing more of it.
                if target == "/metrics":
                    body = body.replace(b'{subject="openai"}', b"")
                self.assertNotIn(text, body, target)

    def test_the_address_becomes_a_cookie(self):
        answer = self.request(f"/?token={self.stage.token}")
        self.assertEqual((answer.code, answer.headers["location"]), (303, "/"))
        cookie = answer.headers["set-cookie"]
        for part in (f"holdfast_session_{self.stage.port}=", "HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(part, cookie)
        self.assertNotIn(self.stage.token, cookie)
        self.assertIn(b"coder/issue-430", self.request("/", Cookie=cookie.split(";")[0]).body)

    def test_the_file_is_the_users_alone(self):
        mode = (self.stage.state / "dashboard.token").stat().st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        self.assertRegex(self.stage.token, "^[0-9a-f]{64}$")

    def test_every_answer_tells_browsers_to_be_careful(self):
        for target in (*PUBLIC, "/assets/page.css", "/api/v1/status", "/nowhere"):
            headers = self.request(target, token=True).headers
            self.assertIn("default-src 'none'", headers["content-security-policy"])
            self.assertIn("frame-ancestors 'none'", headers["content-security-policy"])
            self.assertNotIn("unsafe", headers["content-security-policy"])
            self.assertEqual(headers["x-content-type-options"], "nosniff")


class Paths(ServedTest):
    TRICKS = (
        "/../../../../etc/passwd", "/assets/../../../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2f..%2fetc%2fpasswd", "/assets/..%5c..%5cetc", "/assets/%252e%252e%252fetc",
        "/assets/page.mustache", "/assets/", "/assets", "/assets//page.css", "/assets/page.css/", "/assets/page.css%00",
        "/assets/./page.css", "//assets/page.css", "//evil.example/", "/dashboard.token", "/../dashboard.token",
        "/api/v1/../v1/status", "/api/v1//status", "/api//v1/status", "/api/v1/status/", "/api/v2/status",
        "/API/v1/status", "/api/v1/%73tatus%00", "/api/v1/status;x", "/api/v1/status%0d%0aX-Evil:1", "/%00", "/%",
        "/%zz", "/%ff%fe", "/%c0%ae%c0%ae/", "/api/v1/episodes/..%2f..%2fetc", "/api/v1/episodes/", "/api/v1/sessions/",
        "/api/v1/sessions//", "/api/v1/sessions/..", "/api/v1/sessions/%2e%2e", "*", "x", "/#", "/healthz/../metrics",
        "/" + "a" * 8000, "/" + "../" * 2000)

    def test_lead_nowhere(self):
        for target in self.TRICKS:
            for token in (False, True):
                with self.subTest(target[:60], token=token):
                    answer = self.request(target, token=token)
                    self.assertRefused(answer)
                    self.assertNotIn(b"root:", answer.raw)
                    self.assertNotIn("x-evil", answer.headers)

    def test_other_methods_are_refused(self):
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "OPTIONS", "BREW"):
            for target in ("/", "/api/v1/status", "/api/v1/sessions/coder/issue-430"):
                answer = self.request(target, method, token=True)
                self.assertIn(answer.code, (0, 400, 404, 405), answer)

    def test_smuggling_is_refused(self):
        for more in ("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "Content-Length: -1\r\n\r\n",
                     "Content-Length: x\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", " folded: x\r\n\r\n",
                     "Bad Name: x\r\n\r\n", "X: a\0b\r\n\r\n"):
            answer = self.send(self.post("Connection: close\r\n" + more))
            self.assertIn(answer.code, (0, 400, 413), f"{more!r}: {answer}")

    def test_garbage_is_refused(self):
        hello_of_tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200))
        for raw in (hello_of_tls, b"\0" * 1000, b"GET\r\n\r\n", b"\r\n" * 500, b"GET / HTTP/9.9\r\n\r\n",
                    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", bytes(range(256)) * 20):
            connection = self.connect()
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            self.assertIn(self.read(connection).code, (0, 400, 403, 405, 431, 505))
        self.assertWell()


class Floods(ServedTest):
    """A client that wants too much gets no more than its share, and the others theirs."""

    def test_many_and_long_headers_are_refused(self):
        many = {f"X-{n}": "x" for n in range(1000)}
        self.assertRefused(self.request("/", **many), (0, 400, 431))
        for size in (20_000, 100_000, 5_000_000):
            self.assertRefused(self.request("/", X="x" * size), (0, 400, 431))
        self.assertRefused(self.request("/" + "a" * 1_000_000), (0, 400, 414, 431))
        self.assertWell()

    def test_headers_without_end_are_cut_off(self):
        connection, sent = self.connect(), 0
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        try:
            while sent < 50_000_000:
                sent += connection.send(b"X-Flood: " + b"x" * 900 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.assertLess(sent, 20_000_000)
        self.assertWell()

    def test_a_large_body_is_refused(self):
        head = self.post("Connection: close\r\nContent-Length: 100000000\r\n\r\n")
        self.assertIn(self.send(head + b"x" * 3_000_000).code, (0, 413))
        self.assertWell()

    @full
    def test_slow_clients_are_sent_away(self):
        slow_head, slow_body, silent = self.connect(), self.connect(), self.connect()
        slow_head.sendall(b"GET / HTTP/1.1\r\n")
        slow_body.sendall(self.post("Content-Length: 1000\r\n\r\n"))
        clients, start, slowest = {slow_head: b"X: y\r\n", slow_body: b"x", silent: b""}, time.monotonic(), 0
        while clients and time.monotonic() - start < 30:
            before = time.monotonic()
            self.assertWell()
            slowest = max(slowest, time.monotonic() - before)
            for client, drop in list(clients.items()):
                client.settimeout(0.1)
                try:
                    client.sendall(drop)
                    if not client.recv(1000):
                        del clients[client]
                except TimeoutError:
                    pass
                except OSError:
                    del clients[client]
        self.assertFalse(clients, "a slow client keeps its connection")
        self.assertLess(slowest, 2)
        print(f"  slow clients sent away after {time.monotonic() - start:.0f} s", file=sys.stderr)

    def test_a_thousand_idle_connections_keep_nobody_out(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
        stream = self.connect()
        stream.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{self.stage.port}\r\nCookie: {self.cookie}\r\n\r\n".encode())
        self.assertIn(b"text/event-stream", stream.recv(1 << 16))
        crowd, slowest = [], 0
        try:
            for number in range(1000):
                crowd.append(socket.create_connection(("127.0.0.1", self.stage.port), timeout=PATIENCE))
                if number % 3 == 0:
                    crowd[-1].sendall(b"GET / HTTP/1.1\r\n")
                if number % 100 == 99:
                    start = time.monotonic()
                    self.assertWell()
                    slowest = max(slowest, time.monotonic() - start)
            open_files = len(os.listdir(f"/proc/{self.stage.companion.pid}/fd"))
            print(f"  among 1,000 idle connections /healthz answers within {slowest * 1000:.0f} ms, the companion has "
                  f"{open_files} files open", file=sys.stderr)
            self.assertLess(slowest, 2)
            self.assertLess(open_files, 400)
            self.stage.happen("coder/in-the-crowd")
            said = b""
            while b"coder/in-the-crowd" not in said:
                part = stream.recv(1 << 16)
                self.assertTrue(part, "the stream was cut")
                said += part
        finally:
            for connection in crowd:
                connection.close()
        until(lambda: self.request("/healthz").code == 200, "health after the crowd")


class Text(ServedTest):
    """Text of others is data in JSON, and nothing else."""

    def parsed(self, path):
        code, headers, body = stages.hostile.ask(f"/api/v1/{path}")
        self.assertEqual((code, headers["content-type"]), (200, "application/json"))
        self.assertNotIn(b"\x1b", body)
        return json.loads(body)

    def test_hostile_text_is_data(self):
        sessions = self.parsed("sessions")["sessions"]
        self.assertIn(EVIL_KEY, [session["dispatch_key"] for session in sessions])
        self.assertIn(f"/tmp/{EVIL}", [session["cwd"] for session in sessions])
        failures = self.parsed("failures")["failures"]
        self.assertIn(EVIL, [failure["message"] for failure in failures])
        self.assertTrue(any(MARKUP in failure["message"] and "401" in failure["message"] for failure in failures))
        for failure in failures:
            self.assertIn(MARKUP, self.parsed(f"episodes/{failure['episode_id']}")["text"])
        self.assertIn(EVIL, [event["reason"] for event in self.parsed("history")["events"]])
        self.assertIn(MARKUP, self.parsed("memory?q=zebra")["hits"][0]["snippet"])
        self.assertIn(MARKUP, self.parsed("status")["sentence"])
        self.assertEqual(self.parsed(f"sessions/{quote(EVIL_KEY, safe='')}")["dispatch_key"], EVIL_KEY)

    def test_hostile_text_in_a_refusal_is_text(self):
        for target in (f"/api/v1/sessions/{quote(EVIL_KEY)}%1b", f"/api/v1/episodes/{quote(MARKUP, safe='')}",
                       f"/{quote(MARKUP)}", f"/api/v1/failures?class={quote(EVIL)}",
                       f"/api/v1/sessions/{quote(MARKUP)}/drop"):
            for accept in ("text/html", "application/json"):
                method = "POST" if target.endswith("drop") else "GET"
                answer = self.request(target, method, token=True, Accept=accept, Content_Length="0")
                self.assertGreaterEqual(answer.code, 400, target)
                self.assertTrue(answer.headers["content-type"].startswith(accept), answer)
                if accept == "text/html":
                    self.assertNotIn(b"<img", answer.body)
                self.assertNotIn(b"\x1b", answer.raw)


class Orchestrators(ServedTest):
    """A program that has no Redis asks which session a key resumes."""

    def test_a_key_resolves(self):
        session = Session(self.stage, "coder/resolve me ü").whole()
        for path in ("coder%2Fresolve%20me%20%C3%BC", "coder/resolve%20me%20%C3%BC"):
            answer = self.stage.json(f"/api/v1/sessions/{path}")
            self.assertEqual((answer["verdict"], answer["session_id"]), ("resumable", session.id))
            self.assertEqual((answer["dispatch_key"], answer["cwd"]), ("coder/resolve me ü", str(session.cwd)))
        self.assertEqual(self.stage.holdfast("lookup", "coder/resolve me ü").stdout.strip(), session.id)

    def test_it_counts_and_forgets_what_cannot_resume(self):
        session = Session(self.stage, "coder/lost").whole()
        lookups = self.lookups()
        self.stage.lose(session.transcript)
        answer = self.stage.json("/api/v1/sessions/coder/lost")
        self.assertNotEqual(answer["verdict"], "resumable")
        self.assertEqual(self.stage.redis("EXISTS", "{holdfast}:binding:coder/lost").strip(), "0")
        self.assertEqual(self.lookups(), lookups + 1)

    def lookups(self):
        return self.stage.number("HGET", "{holdfast}:counters", "claude_session_lookups_total")

    def test_an_unknown_key_is_an_answer_too(self):
        code, _, body = self.stage.ask("/api/v1/sessions/coder/never-seen")
        self.assertEqual((code, json.loads(body)["session_id"]), (200, None))

    def test_a_key_that_cannot_be_one_is_invalid(self):
        code, _, body = self.stage.ask("/api/v1/sessions/" + "x" * 600)
        self.assertEqual((code, json.loads(body)["error"]["category"]), (400, "invalid"))


class Health(ServedTest):
    def test_metrics_pass_promtool(self):
        code, headers, body = self.stage.ask("/metrics", token=False)
        self.assertEqual((code, headers["content-type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        done = subprocess.run(
            ["promtool", "check", "metrics"], input=body, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual((done.returncode, done.stdout.decode()), (0, ""))
        self.assertIn(b"\nclaude_session_bindings_total ", body)

    def test_it_turns_503_without_redis_and_back(self):
        with Stage(redis="own").up() as stage:
            def answers(code):
                return lambda: all(stage.ask(path, token=False)[0] == code for path in ("/healthz", "/readyz"))
            until(answers(200), "health")
            stage.kill_redis()
            until(answers(503), "ill health")
            self.assertIn("redis_down", json.loads(stage.ask("/healthz", token=False)[2])["troubles"])
            self.assertEqual(stage.ask("/api/v1/sessions")[0], 503)
            self.assertEqual(stage.json("/api/v1/sessions")["error"]["category"], "redis_unavailable")
            stage.serve()
            until(answers(200), "health again")

    def test_a_hung_redis_is_ill_health_too(self):
        stage = self.stage
        stage.hang_redis()
        try:
            until(lambda: stage.ask("/healthz", token=False)[0] == 503, "ill health", 10)
        finally:
            stage.go_on()
        until(lambda: stage.ask("/healthz", token=False)[0] == 200, "health again")

    def test_a_model_that_refuses_is_no_ill_health(self):
        code, _, body = stages.hostile.ask("/healthz", token=False)
        self.assertEqual(code, 200)
        self.assertIn("provider_auth", json.loads(body)["troubles"])


class Listening(ServedTest):
    def test_a_taken_port_is_a_warning(self):
        with socket.socket() as other, Place() as place:
            other.bind(("127.0.0.1", 0))
            other.listen()
            address = "127.0.0.1:%d" % other.getsockname()[1]
            place.configure(dashboard={"listen": address})
            place.up()
            until(lambda: "is taken by another program" in place.log.read_text(), "a warning")
            self.assertRegex(place.log.read_text(), f"(?m)warning .*port {address.split(':')[1]} is taken")
            session = Session(place, "coder/goes-on").whole()
            self.assertEqual(place.holdfast("lookup", "coder/goes-on").stdout.strip(), session.id)

    def test_a_socket_file_is_the_users_alone(self):
        with Place() as place:
            place.up()
            until(place.page.exists, "the socket")
            self.assertEqual(stat.S_IMODE(place.page.stat().st_mode), 0o600)
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(place.page))
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                self.assertEqual(self.read(connection).code, 200)

    def test_another_interface_is_refused(self):
        with Place(dashboard={"listen": "0.0.0.0:7391"}) as place:
            self.assertNotEqual(place.holdfast("config", "check").code, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
