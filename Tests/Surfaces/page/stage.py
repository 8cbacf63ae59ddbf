"""Puts a real companion, with a page on a free port, into one state or another.

`Stages` makes each state once, in a place of its own, all at the same time; a test takes the one it wants.
"""
import json
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from urllib.error import HTTPError, URLError

sys.path.append(str(Path(__file__).resolve().parent.parent))

import records  # noqa: E402
from place import PATIENCE, ROOT, Place, Session, processes, until  # noqa: E402

# Markup, direction, colour, an attribute's end behind which a mark grows, a template.
MARKUP = "<img src=x onerror=alert(1)>"
EVIL = f"{MARKUP}\u202egnp.exe\u202c \x1b[31mred\x1b[0m \"\u0301 onfocus=alert(2) {{{{sentence}}}}"
# A key may hold all but control characters.
EVIL_KEY = "evil/" + re.sub("\x1b", "", EVIL)


def free_port():
    """Below the ports that the kernel gives to callers, so that it stays free while the companion is away."""
    while True:
        port = random.randint(15000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Stage(Place):
    """A place whose page listens on a port; with `redis="own"` the Redis is a process of the stage's."""

    def __init__(self, redis="embedded", provider=True, **settings):
        self.port, self.server = free_port(), None
        # Calls fail here on purpose: how many of those of a quarter of an hour depends on which tests came before.
        super().__init__(dashboard={"listen": f"127.0.0.1:{self.port}"}, watch={"errors_min_calls": 1000}, **settings)
        if redis == "own":
            self.socket = self.root / "redis.sock"
            self.configure(redis={"url": f"unix:{self.socket}"})
            self.serve()
        if provider:
            self.brain = self.model()
            self.configure(provider=self.brain.provider)

    # -- the page --------------------------------------------------------------------------------------------------

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self):
        return (self.state / "dashboard.token").read_text().strip()

    def ask(self, path, method="GET", token=True, **headers):
        """Status, headers and bytes of an answer, whatever its status."""
        if token:
            headers["Authorization"] = f"Bearer {self.token if token is True else token}"
        request = urllib.request.Request(self.url + path, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.headers, answer.read()
        except HTTPError as answer:
            with answer:
                return answer.code, answer.headers, answer.read()

    def json(self, path, **options):
        return json.loads(self.ask(path, **options)[2])

    def status(self):
        return self.json("/api/v1/status")

    def up(self):
        super().up()
        until(self._answers, "the page")
        return self

    def _answers(self):
        try:
            return self.ask("/assets/page.css", token=False)[0] == 200
        except (URLError, OSError):
            return False

    # -- what may happen -------------------------------------------------------------------------------------------

    def happen(self, key):
        """A session begins under a key."""
        return Session(self, key).begin()

    def open_circuit(self):
        return self.holdfast("circuit", "open")

    def close_circuit(self):
        return self.holdfast("circuit", "close")

    def silent(self):
        """The companion keeps its connections and says nothing."""
        self.companion.send_signal(signal.SIGSTOP)

    def speaking(self):
        self.companion.send_signal(signal.SIGCONT)

    def gone(self):
        self.down()

    def back(self, other_token=False):
        if other_token:
            (self.state / "dashboard.token").unlink()
        self.up()

    def refusing(self, on):
        """Lists cannot be read, for Redis hangs."""
        if on:
            self.hang_redis()
        else:
            self.go_on()
            until(lambda: self.status()["redis"]["available"], "Redis at work again")

    # -- a Redis of the stage's own --------------------------------------------------------------------------------

    def serve(self):
        self.server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--appendonly", "no"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.root)
        until(lambda: self.redis("PING").strip() == "PONG", "a Redis of our own")

    def kill_redis(self):
        self.server.kill()
        self.server.wait()

    def close(self):
        if self.server and self.root.exists():
            # It is our child: nobody else takes its end.
            processes.send(self.server.pid, signal.SIGCONT)
            self.down()
            self.kill_redis()
        super().close()

    # -- what there is ---------------------------------------------------------------------------------------------

    def number(self, *words):
        return int(self.redis(*words))

    def due(self, id):
        """When an episode is due, ms since 1970."""
        return self.number("ZSCORE", self.key("schedule"), id)

    def failures(self):
        return self.redis("ZRANGE", self.key("failed"), 0, -1).split()

    def work(self, *sessions):
        """Whole sessions: key, question, answer each."""
        return [Session(self, key).whole(question, answer) for key, question, answer in sessions]

    def remembered(self, count):
        """Waits until so many episodes were done."""
        until(lambda: self.number("ZCARD", self.key("done")) >= count, f"{count} episodes that are done")

    def write(self, commands):
        """Many records at once, as the scripts would have written them."""
        done = subprocess.run(
            ["redis-cli", "-s", self.socket, "--pipe"], input=records.wire(commands), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=PATIENCE)
        assert b"errors: 0" in done.stdout, done.stdout.decode()

    def with_sessions(self, count):
        self.write(records.sessions(count, self.host))

    def with_failures(self, count):
        self.write(records.failures(count, self.host, self.key("")))


WORK = [
    ("coder/issue-430", "Fix the parser: it stops at empty lines", "The parser reads on behind an empty line now."),
    ("coder/issue-431", "Why does the build need root?", "It does not: a test wrote outside of its folder."),
    ("reviewer/pr-77", "Review the retry queue", "Two remarks: pace it, and cap the delay."),
    ("docs/page-3", "Add a line to CHANGELOG.md", "Added below Unreleased."),
    ("triage/bug-9", "Explain the flaky test", "It waited for a time to pass instead of a condition."),
]


def well():
    """Sessions and memories, a resume, one that was not wasted, and two episodes that wait for a retry."""
    stage = Stage().up()
    done = stage.work(*WORK)
    Session(stage).whole("Where is the parser?", "In Sources/Parser.swift.")
    stage.remembered(len(WORK) + 1)
    lost = Session(stage, "coder/issue-399").whole()
    stage.remembered(len(WORK) + 2)
    stage.lose(lost.transcript)
    assert stage.holdfast("lookup", "coder/issue-399").code == 1
    assert stage.holdfast("lookup", "coder/issue-430").code == 0
    done[0].hook("SessionStart.resume")
    done[0].turn("And at the end of the file?", "There too.")
    stage.settle()
    stage.remembered(len(WORK) + 3)
    fail(stage, 500, "the server had an error", [("coder/issue-440", "Move the lock behind the queue", "Moved."),
                                                ("coder/issue-441", "Write the migration", "Written.")])
    Session(stage, "coder/issue-450").begin().hook("UserPromptSubmit", prompt="Make the retry paced")
    return stage


def fail(stage, status, message, work):
    """Sessions of whose episodes no memory can be made just now."""
    before = len(stage.failures())
    stage.brain.play("status", status=status, body=json.dumps({"error": {"message": message}}))
    stage.work(*work)
    until(lambda: len(stage.failures()) == before + len(work), "episodes that failed")
    stage.brain.play("ok")
    # Whoever asks for failures again and again would else open the circuit: five in a row do.
    done = stage.number("ZCARD", stage.key("done"))
    stage.work(("triage/after", "Does the model answer again?", "It does."))
    stage.remembered(done + 1)


def circuit_open():
    """The model is overloaded: the circuit opened, the queue is full of what waits for hours, the rest is in the
    backlog."""
    stage = Stage(retry_queue_max_size=60).up()
    stage.work(*WORK[:2])
    stage.remembered(2)
    stage.brain.play("status", status=529, body='{"error": {"message": "Overloaded"}}')
    for number in range(12):
        Session(stage, f"coder/issue-{500 + number}").begin().turn(f"Look at case {number}", "It is like the others.")
    until(lambda: stage.status()["circuit"]["state"] == "open", "an open circuit")
    stage.with_failures(80)
    until(lambda: any(t["kind"] == "queue_full" for t in stage.status()["troubles"]), "a full queue")
    return stage


def redis_down():
    """The Redis is gone; hooks have left notes since."""
    stage = Stage(redis="own").up()
    stage.work(*WORK[:2])
    stage.remembered(2)
    stage.kill_redis()
    Session(stage, "coder/issue-432").begin().turn().end()
    until(lambda: stage.status()["source"] == "files", "a status read from files")
    return stage


def empty():
    """A fresh install: nothing is configured, nothing has happened."""
    return Stage(provider=False).up()


def many():
    """10,000 sessions and 1,000 failures. The circuit is open, so that nobody works on them meanwhile."""
    stage = Stage(retry_queue_max_size=5000).up()
    stage.work(WORK[0])
    stage.remembered(1)
    assert stage.open_circuit().code == 0
    stage.with_sessions(10_000)
    stage.with_failures(1_000)
    until(lambda: not stage.number("ZCARD", stage.key("unarchived")), "an archive that has them all")
    return stage


def hostile():
    """Text that tries to be markup, to steer a terminal and to turn the direction of writing, wherever text of others
    goes: by the hooks where they take it, written by a stranger into Redis where they do not."""
    stage = Stage().up()
    (folder := stage.root / re.sub("/", "|", EVIL)).mkdir()
    Session(stage, EVIL_KEY, cwd=folder).whole(f"What is {EVIL}?", f"It is {EVIL}.")
    stage.remembered(1)
    added = stage.holdfast("memory", "add", f"zebra {EVIL}", "--key", EVIL_KEY, "--wait", "20")
    assert added.code == 0, added
    stage.brain.play("status", status=401, body=json.dumps({"error": {"message": f"no key: {EVIL}"}}))
    Session(stage, EVIL_KEY, cwd=folder).begin().turn(f"Say {EVIL}", EVIL)
    until(lambda: stage.status()["circuit"]["state"] == "open", "an open circuit")
    stage.write(records.hostile(stage.host, stage.key(""), EVIL, EVIL_KEY))
    until(lambda: len(stage.failures()) == 2, "failures")
    return stage


class Stages:
    """Each state, made when it is first asked for, or before by `prepare`."""
    MAKERS = {maker.__name__: maker for maker in (well, circuit_open, redis_down, empty, many, hostile)}

    def __init__(self):
        self._lock, self._made, self._running = threading.Lock(), {}, {}

    def prepare(self, *names):
        """Begins to make them, at the same time: most of it is waiting."""
        for name in names:
            self._begin(name)

    def _begin(self, name):
        with self._lock:
            if name not in self._running:
                thread = threading.Thread(target=self._make, args=(name,), daemon=True)
                self._running[name] = thread
                thread.start()
            return self._running[name]

    def _make(self, name):
        try:
            self._made[name] = self.MAKERS[name]()
        except BaseException as problem:  # told to whoever asks
            self._made[name] = problem

    def __getattr__(self, name):
        if name not in self.MAKERS:
            raise AttributeError(name)
        self._begin(name).join()
        made = self._made[name]
        if isinstance(made, BaseException):
            raise made
        return made

    def close(self):
        for thread in self._running.values():
            thread.join()
        for made in self._made.values():
            if isinstance(made, Place):
                made.close()
