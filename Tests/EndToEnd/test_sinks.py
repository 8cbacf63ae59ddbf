"""Memories are handed on: to a folder, a webhook, and the real Graphiti, once each, whatever crashes."""
import hashlib
import hmac
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import processes
from faults import long_one
from house import HouseTest, smoke
from polling import until
from scriptedmodel import ScriptedModel
from speech import words_of

SERVER = Path(__file__).resolve().parent / "realgraphiti.py"
GROUP = "team-1"


class SinkTest(HouseTest):
    def setUp(self):
        super().setUp()
        self.model = ScriptedModel(random.Random(1))
        self.addCleanup(self.model.close)
        self.words = []

    def configure(self, *sinks):
        self.house.configure(
            provider={"kind": "openai", "base_url": self.model.url, "model": "scripted"}, summaries={"sessions": False},
            sinks=list(sinks))
        # They get what is made from then on when the companion knows of them.
        until(lambda: self.archive("SELECT count(*) FROM sink") == [(len(sinks),)], "the sinks are known", deadline=60)

    def sinks(self):
        done = self.house.holdfast("sinks", "list", "--json")
        return done.json if done.code == 0 else []

    def sink(self, name="graphiti"):
        return next(sink for sink in self.sinks() if sink["name"] == name)

    def add(self, count=1):
        """Adds texts with a word each that a model hands on."""
        for _ in range(count):
            self.words.append("said-1-%d" % (len(self.words) + 1))
            done = self.house.holdfast("memory", "add", "we spoke of " + self.words[-1], "--key", "coder/1")
            self.assertEqual(done.code, 0, repr(done))

    def archive(self, statement):
        for file in self.house.state.glob("archive/*.sqlite"):
            with closing(sqlite3.connect(str(file), timeout=10)) as connection:
                try:
                    found = connection.execute(statement).fetchall()
                    connection.commit()
                    return found
                except sqlite3.OperationalError:
                    pass  # it is being made
        return []

    def troubles(self):
        return {trouble["kind"]: trouble for trouble in self.house.holdfast("status", "--json").json["troubles"]}


class Graphiti(SinkTest):
    speaks = "rest"

    def setUp(self):
        super().setUp()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = self.house.root / "graphiti"
        self.folder.mkdir()
        self.server = None
        self.start()
        self.addCleanup(self.kill)
        self.notes = self.house.root / "notes"
        place = "/mcp" if self.speaks == "mcp" else ""
        self.configure(
            {"kind": "graphiti", "url": "http://127.0.0.1:%d%s" % (self.port, place), "group": GROUP,
             "protocol": self.speaks}, {"kind": "folder", "path": str(self.notes)})

    def start(self):
        self.log = open(self.house.root / "graphiti.log", "a")
        self.server = subprocess.Popen(
            [sys.executable, "-B", str(SERVER), str(self.port), str(self.folder), self.speaks], stdout=subprocess.PIPE,
            stderr=self.log, stdin=subprocess.DEVNULL,
            env=dict(os.environ, PYTHONPATH=os.environ["GRAPHITI_PACKAGES"]))
        self.assertEqual(self.server.stdout.readline(), b"ready\n", (self.house.root / "graphiti.log").read_text())

    def kill(self):
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()
        self.log.close()
        (self.folder / "busy").unlink(missing_ok=True)

    def mode(self, mode):
        (self.folder / "mode").write_text(mode)

    def refused(self):
        file = self.folder / "refused"
        return len(file.read_text().split()) if file.exists() else 0

    def graph(self):
        """The names of the episodes in the graph, asked of the database itself: its server is stopped for that."""
        self.kill()
        script = ("import kuzu, sys; connection = kuzu.Connection(kuzu.Database(sys.argv[1]));"
                  "rows = connection.execute('MATCH (e:Episodic) RETURN e.name, e.content, e.group_id');\n"
                  "while rows.has_next(): print(*(part.replace('\\n', ' ') for part in rows.get_next()), sep='\\t')")
        done = subprocess.run([sys.executable, "-B", "-c", script, str(self.folder / "kuzu")], stdout=subprocess.PIPE,
                              check=True, env=dict(os.environ, PYTHONPATH=os.environ["GRAPHITI_PACKAGES"]))
        self.start()
        return [line.split("\t") for line in done.stdout.decode().splitlines()]

    def arrived(self, deadline=180):
        until(lambda: self.sink()["done"] == len(self.words), "%d episodes" % len(self.words), deadline=deadline)
        rows = self.graph()
        names = [row[0] for row in rows]
        twice = {name for name in names if names.count(name) > 1}
        taken = [line for line in (self.folder / "taken").read_text().splitlines() if line.split()[0] in twice]
        self.assertEqual([row for row in rows if row[0] in twice] + taken, [], "one came twice")
        self.assertEqual(sorted(word for row in rows for word in words_of(row[1])), sorted(self.words))
        self.assertEqual({row[2] for row in rows}, {GROUP})

    def overdue(self):
        """As if what was handed over had been so long ago: a server has added by then what it took."""
        self.house.down()
        # Who asks after it is heard after it.
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as last:
            last.sendall(b"GET /nothing HTTP/1.0\r\n\r\n")
            while last.recv(4096):
                pass
        until(lambda: not (self.folder / "busy").exists(), "Graphiti has nothing to do", deadline=60)
        self.archive("UPDATE delivery SET sent_ms = 1 WHERE state = 'sent'")
        self.house.forget_stop()
        self.house.up()

    def each_arrives_once(self):
        self.add(2)
        until(lambda: self.sink()["done"] == 2, "two are there", deadline=120)
        until(lambda: len(list(self.notes.rglob("*.md"))) == 2, "two files")
        # Taken, and lost with the server's memory: the group never shows it.
        self.mode("idle")
        self.add(2)
        until(lambda: self.sink()["sent"] == 1, "one is handed over")
        self.kill()
        self.mode("well")
        self.start()
        # Ten minutes later.
        self.overdue()
        until(lambda: self.sink()["done"] == 4, "four are there", deadline=120)
        for trouble in ("429", "500", "401", "hang"):
            before = self.refused()
            self.mode(trouble)
            self.add()
            until(lambda: self.refused() > before, "it refuses: " + trouble, deadline=60)
            until(lambda: self.sink()["last_error"], "the refusal", deadline=60)
            self.assertEqual(self.sink()["dead"], 0)
            if trouble == "401":
                until(lambda: "sink_failing" in self.troubles(), "it is told", deadline=60)
            self.mode("well")
            if trouble in ("500", "hang"):
                # It may have been taken all the same: it is looked for first.
                self.overdue()
            self.house.holdfast("sinks", "retry", "graphiti")
            until(lambda: self.sink()["waiting"] + self.sink()["sent"] == 0, "it is through after " + trouble, deadline=180)
        until(lambda: len(list(self.notes.rglob("*.md"))) == 8, "its outage is not the folder's")
        until(lambda: "sink_failing" not in self.troubles(), "nothing is wrong any more", deadline=60)
        self.arrived()

    @smoke
    def test_each_arrives_once_over_crashes_and_refusals(self):
        self.each_arrives_once()

    def test_a_kill_of_ours_hands_nothing_on_twice(self):
        for _ in range(3):
            self.add()
            until(lambda: self.sink()["sent"] + self.sink()["done"] > 0, "it is on its way", deadline=60)
            processes.send(self.house.companion_pid(), signal.SIGKILL)
            self.house.up()
        # Killed before it handed one over, it looks for that one for ten minutes.
        self.overdue()
        self.arrived()

    def test_a_look_that_is_refused_is_no_refusal_of_what_was_handed_over(self):
        self.mode("idle")
        self.add()
        until(lambda: self.sink()["sent"] == 1, "it is handed over", deadline=60)
        self.house.down()
        # Added while nobody looks.
        self.mode("well")
        until(lambda: not (self.folder / "busy").exists(), "it is in the graph", deadline=60)
        self.mode("401")
        self.archive("UPDATE delivery SET sent_ms = 1 WHERE state = 'sent'")
        self.house.forget_stop()
        self.house.up()
        until(lambda: self.refused() > 0, "the look is refused", deadline=60)
        until(lambda: "401" in self.sink()["last_error"], "it is told", deadline=60)
        self.mode("well")
        self.house.holdfast("sinks", "retry", "graphiti")
        self.arrived()

    def test_the_graph_is_asked(self):
        self.add(2)
        until(lambda: self.sink()["done"] == 2, "two are there", deadline=120)
        fact = "the project spoke of " + self.words[0]
        done = self.house.holdfast("memory", "search", fact, "--graph", "--json")
        self.assertEqual(done.code, 0, repr(done))
        self.assertEqual(done.json["sink"], "graphiti")
        self.assertIn(fact, [found["fact"] for found in done.json["facts"]])
        until(lambda: fact in self.tool_answer(fact), "search_memory tells it, too", deadline=60)
        self.kill()
        self.assertIn('"graph_error"', self.tool_answer("said"))
        done = self.house.holdfast("memory", "search", "project", "--graph")
        self.assertEqual(done.code, 1)
        self.assertIn("the graph was not asked", done.stderr)
        self.start()

    def tool_answer(self, query):
        """What search_memory answers; empty where its server ended before that, as it may at the end of its input."""
        requests = [
            {"id": 1, "method": "initialize", "params": {
                "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}},
            {"method": "notifications/initialized"},
            {"id": 2, "method": "tools/call", "params": {
                "name": "search_memory", "arguments": {"query": query, "graph": True}}},
        ]
        lines = "".join(json.dumps(dict(request, jsonrpc="2.0")) + "\n" for request in requests)
        done = self.house.start([self.house.bin / "holdfast", "mcp"], piped=lines).wait()
        return "".join(line for line in done.stdout.splitlines() if '"id":2' in line)

    @long_one
    def test_two_hundred_arrive_once_each(self):
        draws = random.Random(200)
        for number in range(200):
            self.add()
            if number % 20 != 19:
                continue
            trouble = draws.choice(("429", "500", "401", "hang", "kill", "ours"))
            if trouble == "kill":
                self.mode("idle")
                until(lambda: self.sink()["sent"] == 1, "one is handed over", deadline=300)
                self.kill()
                self.mode("well")
                self.start()
                self.overdue()
            elif trouble == "ours":
                processes.send(self.house.companion_pid(), signal.SIGKILL)
                self.house.up()
                self.overdue()
            else:
                before = self.refused()
                self.mode(trouble)
                until(lambda: self.refused() > before, "it refuses", deadline=300)
                self.mode("well")
                self.overdue()
                self.house.holdfast("sinks", "retry", "graphiti")
        self.arrived(deadline=1800)


class GraphitiByTools(Graphiti):
    speaks = "mcp"


class Webhook(SinkTest):
    SECRET = "hook-secret-of-this-test"

    def test_what_is_posted_is_signed_and_comes_once(self):
        got, test, status = [], self, [200]

        class Receiver(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                got.append((status[0], body, dict(self.headers)))
                self.send_response(status[0])
                self.send_header("content-length", "0")
                self.end_headers()

        server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        secret = self.house.root / "hook.key"
        secret.write_text(self.SECRET)
        secret.chmod(0o600)
        self.configure({"kind": "webhook", "url": "http://127.0.0.1:%d/in" % server.server_port,
                        "secret_file": str(secret)})
        self.add()
        until(lambda: self.sink("webhook")["done"] == 1, "it is posted", deadline=60)
        status[0] = 503
        self.add()
        until(lambda: any(code == 503 for code, _, _ in got), "it is refused", deadline=60)
        status[0] = 200
        self.house.holdfast("sinks", "retry", "webhook")
        until(lambda: self.sink("webhook")["done"] == 2, "it is posted later", deadline=120)
        taken = [(body, headers) for code, body, headers in got if code == 200]
        test.assertEqual(len(taken), 2)
        for body, headers in taken:
            headers = {name.lower(): value for name, value in headers.items()}
            signed = headers["x-holdfast-timestamp"].encode() + b"." + body
            proof = hmac.new(self.SECRET.encode(), signed, hashlib.sha256).hexdigest()
            test.assertEqual(headers["x-holdfast-signature"], "sha256=" + proof)
            told = json.loads(body)
            test.assertEqual((told["event"], told["dispatch_key"]), ("memory", "coder/1"))
            test.assertEqual(headers["x-holdfast-delivery"], told["id"])
        # A secret that was changed signs what comes then.
        secret.write_text("another-secret")
        until(lambda: self.signed_by("another-secret", got), "the new secret signs", deadline=120)

    def signed_by(self, secret, got):
        before = len(got)
        self.add()
        until(lambda: len(got) > before, "it is posted", deadline=60)
        _, body, headers = got[-1]
        headers = {name.lower(): value for name, value in headers.items()}
        signed = headers["x-holdfast-timestamp"].encode() + b"." + body
        proof = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return headers["x-holdfast-signature"] == "sha256=" + proof


del SinkTest
