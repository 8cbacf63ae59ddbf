"""A house for one test: home, project, state folder, companion and embedded Redis of its own."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
from contextlib import contextmanager
from pathlib import Path

import processes
from fakeapi import FakeAPI
from polling import Away, until
from runs import Running

CLAUDE = os.environ["CLAUDE"]
PLUGIN = os.environ["HOLDFAST_PLUGIN"]
BIN = Path(os.environ["HOLDFAST_BIN"])
RIG = Path(os.environ["HERE"])

# The client's answers to its own first-start dialogs; the key is the one that every client here is given.
FIRST_START = {
    "hasCompletedOnboarding": True, "theme": "dark", "lastOnboardingVersion": "99.0.0", "numStartups": 5,
    "customApiKeyResponses": {"approved": ["dummy"], "rejected": []}, "bypassPermissionsModeAccepted": True,
}

# Notes how often the client was started and with which arguments, then becomes the client: same pid, same name.
# One write a start, so that parallel starts do not mix.
RECORDER = """#!/bin/sh
line=$(printf '%%s\\037' "$@" | tr '\\n' ' ')
printf '%%s\\n' "$line" >> '%s'
exec '%s' "$@"
"""


def about_resuming(test):
    """Run with every client."""
    test.about_resuming = True
    return test


def smoke(test):
    """One that shows a promise, of which the others show how far it holds: run wherever few can be."""
    test.is_smoke = True
    return test


def only_clients(since="0", before="999"):
    """For behaviour that other versions do not have."""
    def mark(test):
        test.only_clients = since, before
        return test
    return mark


def version(text):
    """To be compared."""
    return tuple(map(int, text.split(".")))


# The first client that finds a session from any directory.
LOOKS_EVERYWHERE = "2.1.223"


class House:
    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="house-", dir=os.environ["WORK"]))
        self.home, self.project, self.state = self.root / "home", self.root / "project", self.root / "state"
        self.settings, self.config = self.root / "settings", self.home / ".claude"
        for folder in (self.home, self.project, self.settings, self.root / "tmp"):
            folder.mkdir()
        trusted = {str(self.project): {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}}
        (self.home / ".claude.json").write_text(json.dumps(dict(FIRST_START, projects=trusted)))
        self.starts_log, self.gate = self.root / "starts", self.root / "gate"
        self.bin, self.plugin = BIN, PLUGIN
        # What redis.url says; the companion's relay leads to any other than these.
        self.redis_url = "embedded"
        # What holdfast.json says, by configure().
        self.configured = {}
        self.claude = self.root / "claude"
        self.claude.write_text(RECORDER % (self.starts_log, CLAUDE))
        self.claude.chmod(0o755)
        self.api, self._running, self._story = FakeAPI(), [], None

    # -- commands ------------------------------------------------------------------------------------------------

    def environment(self, **more):
        """Nothing of the caller's but PATH; None takes a variable out."""
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", "TERM": "xterm-256color",
            "CLAUDE_CODE_TMPDIR": str(self.root / "tmp"), "ANTHROPIC_API_KEY": "dummy",
            "ANTHROPIC_BASE_URL": "http://127.0.0.1:" + os.environ["PORT"], "CLAUDE_CODE_MAX_RETRIES": "0",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1",
            "IS_SANDBOX": "1",
            "HOLDFAST_STATE_DIR": str(self.state), "HOLDFAST_CONFIG_DIR": str(self.settings),
            "HOLDFAST_REDIS_URL": self.redis_url,
        }
        env.update(more)
        return {name: value for name, value in env.items() if value is not None}

    def start(self, command, cwd=None, piped=None, **env):
        running = Running([str(word) for word in command], cwd or self.project, self.environment(**env), piped)
        self._running.append(running)
        return running

    def holdfast(self, *words, **options):
        return self.start([self.bin / "holdfast", *words], **options).wait()

    def client_command(self, *arguments):
        return [self.claude, "--plugin-dir", self.plugin, *arguments]

    def client(self, key, *arguments, **options):
        """Runs the client by itself, hooks in place, under a dispatch key."""
        return self.start(self.client_command(*arguments), HOLDFAST_KEY=key, **options).wait()

    def client_knows(self, verb):
        """Whether the client's help names a verb."""
        return re.search(r"^  %s\b" % verb, self.start(self.client_command("--help")).wait().stdout, re.M) is not None

    def start_dispatch(self, key, *arguments, wait=None, **options):
        patience = [] if wait is None else ["--wait", wait]
        command = [self.bin / "holdfast", "dispatch", key, *patience, "--", *self.client_command(*arguments)]
        return self.start(command, **options)

    def dispatch(self, key, *arguments, **options):
        return self.start_dispatch(key, *arguments, **options).wait()

    def ask(self, key, prompt, arguments=(), **options):
        """Dispatches one prompt and checks that it was answered."""
        done = self.dispatch(key, *arguments, "-p", prompt, "--output-format", "json", **options)
        assert done.code == 0 and not done.json["is_error"], repr(done)
        return done

    def ask_with_tools(self, key, prompt):
        """Like ask(), and the client may run what the prompt tells it to."""
        return self.ask(key, prompt, arguments=["--dangerously-skip-permissions"])

    def start_gated(self, key, prompt, **options):
        """Dispatches a prompt whose turn goes on until open_gate(), and returns in the middle of that turn."""
        # The loop ends with the house too, should a test fail before it opens the gate.
        command = "while test -d %s -a ! -e %s; do sleep 0.05; done" % (self.root, self.gate)
        running = self.start_dispatch(key, "--dangerously-skip-permissions", "--output-format", "json", "-p",
                                      "%s TOOLCMD{%s}" % (prompt, command), **options)
        until(lambda: self.api.turns(prompt) or running.ended, "the gated turn")
        assert not running.ended, repr(running.so_far())
        return running

    def open_gate(self):
        self.gate.touch()

    def starts(self):
        """The arguments of every start of the client, oldest first."""
        if not self.starts_log.exists():
            return []
        return [line.split("\037")[:-1] for line in self.starts_log.read_text().splitlines()]

    def resumes(self):
        """What each start of the client was asked to resume; None for a fresh one."""
        return [start[start.index("--resume") + 1] if "--resume" in start else None for start in self.starts()]

    # -- the registry --------------------------------------------------------------------------------------------

    @property
    def socket(self):
        folder = self.state / "redis"
        return folder / "redis.sock" if self.redis_url == "embedded" else next(folder.glob("relay-*.sock"), folder / "none")

    def redis(self, *words):
        try:
            done = subprocess.run(["redis-cli", "-e", "-s", str(self.socket), *map(str, words)],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=5)
        except subprocess.TimeoutExpired:
            raise Away("no reply within 5 s")
        if done.returncode:
            raise Away(done.stdout.decode())
        return done.stdout.decode()

    def redis_pid(self):
        info = dict(line.split(":", 1) for line in self.redis("INFO", "server").split("\r\n") if ":" in line)
        return int(info["process_id"])

    def hash(self, key):
        lines = self.redis("HGETALL", "{holdfast}:" + key).split("\n")
        return dict(zip(lines[0::2], lines[1::2]))

    def binding(self, key):
        return self.hash("binding:" + key)

    def bound(self, key, session):
        """Waits until the key is bound to the session."""
        until(lambda: self.binding(key).get("session_id") == session, "%s bound to %s" % (key, session))

    def settled(self, session):
        """Waits until everything that the hooks of an ended session reported has arrived."""
        until(lambda: self.hash("session:" + session).get("state") == "ended", "the end of session " + session)
        until(lambda: not self.notes(), "an empty spool")

    def notes(self):
        return sorted(path for path in (self.state / "spool").rglob("*.note*") if path.is_file())

    def notes_lie_still(self):
        """Whether there are notes and nobody holds one."""
        return self.notes() and not any(note.name.endswith(".claim") for note in self.notes())

    @contextmanager
    def without_autostart(self):
        """Nothing but a person starts the companion."""
        file = self.settings / "holdfast.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(dict(self.configured, companion={"autostart": False})))
        try:
            yield
        finally:
            self.configure(**self.configured)

    def configure(self, **settings):
        """What holdfast.json says; read by the companion when it starts."""
        self.configured = settings
        (self.settings / "holdfast.json").write_text(json.dumps(settings))

    def bind_elsewhere(self, key, config=None):
        """Binds a key, as another host would have, to a session that is unknown here."""
        session, now = str(uuid.uuid4()), int(time.time() * 1000)
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now / 1000))
        config = config or self.config
        place = {
            "last_used_at": moment, "last_used_ms": now, "host": "elsewhere-0badcafe", "config_dir": config,
            "cwd": self.project, "transcript_path": "%s/projects/elsewhere/%s.jsonl" % (config, session),
        }
        record = dict(place, dispatch_key=key, state="ended", source="startup", started_at=moment, turns=1, resumes=0)
        for name, fields in (("binding:" + key, dict(place, session_id=session, bound_at=moment)),
                             ("session:" + session, record)):
            self.redis("HSET", "{holdfast}:" + name, *[word for pair in fields.items() for word in pair])
            self.redis("PEXPIRE", "{holdfast}:" + name, 3600000)
        self.redis("ZADD", "{holdfast}:sessions", now, session)
        return session

    def metric(self, name, **labels):
        """One value of `holdfast metrics`; a series that is not there counts as 0."""
        done = self.holdfast("metrics")
        assert done.code == 0, repr(done)
        for line in done.stdout.splitlines():
            series, _, value = line.rpartition(" ")
            if series.split("{")[0] == name and all('%s="%s"' % pair in series for pair in labels.items()):
                return float(value)
        return 0.0

    def lookup(self, key, **options):
        """The JSON answer of a lookup."""
        return self.holdfast("lookup", key, "--json", **options).json

    # -- what was captured ---------------------------------------------------------------------------------------

    def episodes(self, session=None):
        """The episodes of a session, or of all, in the order of their bytes; `said` holds the entries."""
        # The archive second: an episode goes from Redis to there.
        queued = self.queued_episodes(session)
        archived = [one for one in self.archived_episodes() if session in (None, one["session_id"])]
        known = {one["id"] for one in archived}
        found = archived + [one for one in queued if one["id"] not in known]
        return sorted(found, key=lambda one: (one["session_file"], int(one["generation"]), int(one["bytes_from"])))

    def archived_episodes(self):
        """What the archive holds, as `holdfast memory export` tells it; nothing where there is none yet."""
        done = subprocess.run([str(self.bin / "holdfast"), "memory", "export"], env=self.environment(),
                              cwd=str(self.project), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=60)
        lines = [json.loads(line) for line in done.stdout.decode().split("\n")[1:] if line] if not done.returncode else []
        for one in lines:
            one["said"] = one["entries"]
            # As the hash in Redis has them.
            one.update({name: str(one[name]) for name in ("generation", "bytes_from", "bytes_to")})
            if not one["agent_id"]:
                del one["agent_id"]
        return lines

    def queued_episodes(self, session=None):
        found = []
        for key in self.redis("--scan", "--pattern", "{holdfast:*}:episode:*").split():
            episode = json.loads(self.redis("--json", "HGETALL", key))
            # Gone into the archive meanwhile, it has no fields.
            if episode and session in (None, episode.get("session_id")):
                episode["id"] = key.rpartition(":")[2]
                # Gone with a discarded one.
                lines = episode.get("content", "").split("\n")
                episode["said"] = [json.loads(line) for line in lines if line]
                found.append(episode)
        return found

    def captured_text(self, session=None):
        """All that the episodes say, as one text."""
        return "\n".join(entry["text"] for episode in self.episodes(session) for entry in episode["said"])

    def cursors(self):
        """How far each file is captured, by its path."""
        keys = self.redis("--scan", "--pattern", "{holdfast:*}:cursor:*").split()
        found = [json.loads(self.redis("--json", "HGETALL", key)) for key in keys]
        return {cursor["path"]: cursor for cursor in found}

    def verified(self, session):
        """What the ledger has of one session; it must say that nothing at all is missing."""
        done = self.holdfast("verify", "--session", session, "--json")
        assert done.code == 0 and done.json["is_complete"], repr(done)
        accounts = done.json["sessions"]
        assert len(accounts) <= 1, repr(done)
        return accounts[0] if accounts else None

    # -- files and processes -------------------------------------------------------------------------------------

    def transcripts(self):
        return sorted((self.config / "projects").glob("*/*.jsonl"))

    def transcript(self, session):
        found = [path for path in self.transcripts() if path.stem == session]
        assert len(found) == 1, "%s has %d transcripts" % (session, len(found))
        return found[0]

    def sidechains(self, session):
        """The transcripts of a session's sub-agents."""
        return sorted(self.transcript(session).with_suffix("").glob("subagents/**/agent-*.jsonl"))

    def running(self, path):
        """Living processes of this house that run the program."""
        path = os.path.realpath(str(path))
        return [pid for pid in processes.of_folder(self.root) if processes.program(pid) == path]

    def clients(self):
        return self.running(CLAUDE)

    def client_pid(self):
        """The one client; a child that it forked for a tool looks the same until it executes the tool."""
        pids = self.clients()
        pids = [pid for pid in pids if processes.parent(pid) not in pids]
        assert len(pids) == 1, "%d clients are running" % len(pids)
        return pids[0]

    def companion_pid(self):
        pids = self.running(self.bin / "holdfast-companion")
        assert len(pids) == 1, "%d companions are running" % len(pids)
        return pids[0]

    def serving(self):
        """Waits until Redis answers, and returns its pid."""
        return until(self.redis_pid, "Redis")

    def stop_redis(self):
        pid = self.redis_pid()
        try:
            self.redis("SHUTDOWN", "NOSAVE")
        except Away:
            pass  # a server that goes away cannot say so
        until(lambda: not processes.alive(pid), "the end of Redis")

    def up(self):
        done = self.holdfast("up")
        assert done.code == 0, repr(done)
        self.serving()

    def down(self):
        done = self.holdfast("down")
        assert done.code == 0, repr(done)

    def forget_stop(self):
        """What a restart of the machine does: a stop by hand is over."""
        (self.state / "companion.stopped").unlink()

    def terminal(self, steps, command, **options):
        """Drives a command in a terminal. A step `go:N` waits until go(N)."""
        steps = [word for step in steps for word in self._step(step)]
        driver = [sys.executable, RIG / "ptydrive.py", self.root / "screen", json.dumps(steps), "--"]
        return self.start([*driver, *command], **options)

    @staticmethod
    def _step(step):
        kind, _, value = step.partition(":")
        if kind == "go":
            kind, value = "expect", "<go %s>" % value
        # The driver goes on after 8 s in vain; said several times, one step is patient on a slow machine.
        return ["%s:%s" % (kind, value)] * 5 if kind == "expect" else [step]

    def go(self, number):
        """Lets the driver of a terminal go on, by writing on the client's screen, where the driver reads it."""
        screen = os.open("/proc/%d/fd/1" % self.client_pid(), os.O_WRONLY | os.O_NOCTTY)
        os.write(screen, b"\r\n<go %d>\r\n" % number)
        os.close(screen)

    # -- the end -------------------------------------------------------------------------------------------------

    def story(self):
        """What to read when a test failed: logs and the last commands."""
        if self._story is None:
            parts = ["%s\n%r" % (" ".join(run.command), run.so_far()) for run in self._running[-3:]]
            for log in sorted((self.state / "log").glob("*")) + [self.root / "screen"]:
                if log.is_file():
                    parts.append("--- %s\n%s" % (log.name, log.read_text(errors="replace")[-3000:]))
            self._story = "\n".join(parts)
        return self._story

    def close(self):
        """Takes the house down. Whatever is still running after that is ended, and is a failure."""
        self.story()
        for running in self._running:
            running.close()
        self.api.normal()
        self.open_gate()
        for pid in processes.of_folder(self.root):
            processes.send(pid, signal.SIGCONT)
        try:
            # Exit 1 says that there was nothing to stop.
            subprocess.run([str(self.bin / "holdfast"), "down"], env=self.environment(), cwd=str(self.project), timeout=30,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until(lambda: not processes.of_folder(self.root), "the end of every process of the house", deadline=8)
        except AssertionError:
            left = {pid: processes.program(pid) for pid in processes.of_folder(self.root)}
            raise AssertionError("left running after `holdfast down`: %s" % left)
        finally:
            for pid in processes.of_folder(self.root):
                processes.end(pid)
            shutil.rmtree(str(self.root), ignore_errors=True)


class HouseTest(unittest.TestCase):
    """A test that has a house, with its companion up."""

    maxDiff = None
    # Of holdfast.json, where they are not the defaults.
    settings = {}

    def setUp(self):
        self.house = House()
        self.addCleanup(self.house.close)
        self.prepare()
        if self.settings:
            self.house.configure(**self.settings)
        self.house.up()

    def prepare(self):
        """What there is to be before the companion starts."""

    def assertAnswered(self, done):
        self.assertEqual(done.code, 0, repr(done))

    def assertNothingDropped(self, key, session):
        self.assertEqual(self.house.binding(key).get("session_id"), session)
        self.assertEqual(self.house.metric("claude_session_resume_failures_total"), 0)
        for reason in ("missing", "failed", "expired", "swept", "cleared", "manual"):
            self.assertEqual(self.house.metric("claude_session_drops_total", reason=reason), 0, reason)
