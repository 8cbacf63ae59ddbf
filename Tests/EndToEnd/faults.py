"""A house for faults: transcripts that the test writes, hooks fed as the client feeds them, a Redis of its own to harm,
and an account of what was said and what the episodes hold.
"""
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
import uuid
from collections import Counter

from house import BIN, House
from polling import Away, until

FULL = os.environ.get("HOLDFAST_FULL") == "1"
# What is for the long tiers alone.
long_one = unittest.skipUnless(FULL, "it is long: HOLDFAST_FULL=1")
KEY = "coder/issue-7"
HOOK = BIN / "holdfast-hook"
STRACE = shutil.which("strace")
needs_strace = unittest.skipUnless(STRACE, "strace is missing")

# What touches files, as far as a hook or a capturer does it.
FILE_CALLS = {
    "access", "faccessat", "faccessat2", "flock", "fstat", "ftruncate", "getdents64", "link", "lseek", "lstat", "mkdir",
    "mkdirat", "newfstatat", "open", "openat", "pread64", "read", "readlink", "rename", "renameat", "stat", "statx",
    "unlink", "write",
}


def every(step, positions):
    """All of them, and in a short run each `step`-th from a random one on."""
    return positions if FULL else positions[random.randrange(step)::step]


# -- Redis ---------------------------------------------------------------------------------------------------------


class Link:
    """A connection to Redis that takes binary replies; redis-cli prints them for people."""

    def __init__(self, path, patience=5):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(patience)
        try:
            self._socket.connect(str(path))
        except OSError as reason:
            self._socket.close()
            raise Away(str(reason))
        self._file = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()
        self._socket.close()

    def ask(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        try:
            self._socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
            return self._reply()
        except OSError as reason:
            raise Away(str(reason))

    def _reply(self):
        line = self._file.readline()
        if not line.endswith(b"\r\n"):
            raise Away("the connection broke off")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise Away(rest.decode())
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self._file.read(int(rest) + 2)[:-2]
        return [self._reply() for _ in range(int(rest))]

    def hash(self, key):
        flat = [word.decode() for word in self.ask("HGETALL", key)]
        return dict(zip(flat[0::2], flat[1::2]))

    def keys(self, pattern):
        return sorted(key.decode() for key in self.ask("KEYS", pattern))


class Server:
    """A redis-server of the test's own, on a Unix socket."""

    def __init__(self, folder, *options):
        self.folder, self.options, self.path = folder, options, folder / "redis.sock"
        self.process = None

    def start(self):
        command = ["redis-server", "--port", "0", "--unixsocket", self.path, "--dir", self.folder, "--save", "",
                   *self.options]
        self.process = subprocess.Popen([str(word) for word in command], cwd=str(self.folder),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: self.ask("PING"), "Redis")

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def ask(self, *words):
        with Link(self.path) as link:
            return link.ask(*words)


# -- transcripts ---------------------------------------------------------------------------------------------------


class Transcript:
    """A session's file as the client writes it, and what was said in it, by generation of the file."""

    def __init__(self, house, session=None):
        self.house, self.session = house, session or str(uuid.uuid4())
        self.path = house.projects / (self.session + ".jsonl")
        # Entries of each generation: (uuid, role, text).
        self.generations = [[]]
        self._turns = 0

    @property
    def said(self):
        return self.generations[-1]

    @property
    def answer(self):
        return self.said[-1][2]

    def line(self, role, text):
        """One entry as a line, and what it says."""
        content, message = text, {"role": role}
        if role == "assistant":
            content = [{"type": "text", "text": text}]
            message.update(id="msg_" + uuid.uuid4().hex, model="claude-sonnet-5", stop_reason="end_turn",
                           usage={"input_tokens": 3, "output_tokens": 5})
        entry = {
            "parentUuid": self.said[-1][0] if self.said else None, "isSidechain": False, "userType": "external",
            "cwd": str(self.house.project), "sessionId": self.session, "version": "2.1.329", "gitBranch": "",
            "type": role, "message": dict(message, content=content), "uuid": str(uuid.uuid4()),
            "timestamp": "2026-03-01T12:00:00.000Z",
        }
        word = (entry["uuid"], "agent" if role == "assistant" else "user", text)
        return (json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n").encode(), word

    def turn(self, size=0):
        """The lines of one turn, as bytes, with what of them is to be found again."""
        self._turns += 1
        padding = " größer ☂ 🌻" * (size // 20)
        lines, words = [], []
        for role, text in (("user", "question %d%s" % (self._turns, padding)),
                           ("assistant", "answer %d of %s%s" % (self._turns, self.session[:8], padding))):
            line, word = self.line(role, text)
            lines.append(line)
            words.append(word)
            self.said.append(word)
        # Of this nothing is kept.
        noise = {"type": "last-prompt", "sessionId": self.session, "lastPrompt": "question"}
        return b"".join([*lines, (json.dumps(noise) + "\n").encode()]), words

    def add_turns(self, count=1, size=0):
        self.append(b"".join(self.turn(size)[0] for _ in range(count)))
        return self

    def append(self, data):
        with open(str(self.path), "ab") as file:
            file.write(data)

    def begin_anew(self, kept=()):
        """The file will be another one from now on, of which only `kept` is known."""
        self.generations.append(list(kept))

    def payload(self, event, **more):
        fields = {"session_id": self.session, "transcript_path": str(self.path), "cwd": str(self.house.project),
                  "hook_event_name": event}
        if event == "Stop":
            fields.update(prompt_id="prompt-%d" % self._turns, last_assistant_message=self.answer)
        if event == "SessionEnd":
            fields.update(reason="other")
        return json.dumps(dict(fields, **more))


# -- the account ---------------------------------------------------------------------------------------------------


class Episode:
    def __init__(self, identity, fields):
        self.id, self.fields = identity, fields
        self.file, self.generation = fields["session_file"], int(fields["generation"])
        self.start, self.end = int(fields["bytes_from"]), int(fields["bytes_to"])
        self.is_discarded = bool(fields.get("discarded_at") or fields.get("discarded_ms"))
        content = fields.get("content", "")
        self.entries = fields.get("said") or [json.loads(line) for line in content.split("\n") if line]

    @property
    def words(self):
        return [(entry["uuid"], entry["role"], entry["text"]) for entry in self.entries]


def checksum(text):
    """FNV-1a, 64 bits, as notes carry it."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return "%016x" % value


def rewrite_note(path, change, name=None):
    """Changes the news that a note holds, checksum and all, as if a hook had written it so."""
    news, *capture = path.read_text().split("\n")[1:]
    news = json.loads(news)
    change(news)
    body = "\n".join([json.dumps(news), *capture])
    path.unlink()
    path.with_name(name or path.name).write_text("holdfast-note 1 %s\n%s" % (checksum(body), body))


class FaultHouse(House):
    """A house without a client and, until up(), without a companion."""

    def __init__(self, *redis_options, embedded=False):
        super().__init__()
        self.projects = self.config / "projects" / "-project"
        self.projects.mkdir(parents=True)
        # What runs outside of the namespaces of this process is looked at through one that is inside.
        self.prefix, self.state_seen = [], None
        self.server = None if embedded else Server(self.root, *redis_options)
        if self.server:
            self.server.start()

    def environment(self, **more):
        own = {"CLAUDE_PROJECT_DIR": str(self.project), "HOLDFAST_KEY": KEY, "CLAUDE_PID": str(os.getpid())}
        if self.server:
            own["HOLDFAST_REDIS_URL"] = "unix:%s" % self.server.path
        return super().environment(**dict(own, **more))

    @property
    def socket(self):
        return self.server.path if self.server else super().socket

    def configure(self, **settings):
        (self.settings / "holdfast.json").write_text(json.dumps(settings))

    # -- hooks and capturers ---------------------------------------------------------------------------------------

    def execute(self, command, text="", **env):
        """Runs to the end, output into files: a grandchild that holds a pipe open must not hold up the test."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            done = subprocess.run([str(word) for word in [*self.prefix, *command]], input=text.encode(), stdout=out,
                                  stderr=err, cwd=str(self.project), env=self.environment(**env), timeout=60)
            out.seek(0)
            err.seek(0)
            return done.returncode, out.read() + err.read()

    def hook(self, payload, through=(), **env):
        """Feeds one event to the hook as the client does; answers its exit code and all that it printed."""
        return self.execute([*through, HOOK], payload, **env)

    def quiet_hook(self, payload, **env):
        code, output = self.hook(payload, **env)
        assert (code, output) == (0, b""), "the hook disturbed the client: exit %d, %r" % (code, output)

    def capture_note(self, note, through=()):
        return self.execute([*through, HOOK, "capture", self.state / "spool" / note.name])

    def capture(self, transcript):
        """`holdfast capture FILE`; answers its exit code."""
        return self.execute([BIN / "holdfast", "capture", transcript.path])[0]

    def rested(self):
        """Waits until no hook and no capturer runs."""
        until(lambda: not self.running(HOOK), "the end of every capturer", deadline=30)

    def leave_note(self, transcript, event="Stop", **more):
        """The note of a hook that found no Redis, nor did its capturer."""
        # A capturer that still runs, as of a killed hook, takes in every note it finds: this one too.
        self.rested()
        before = set(self.notes())
        self.quiet_hook(transcript.payload(event, **more), HOLDFAST_REDIS_URL="unix:%s/nowhere.sock" % self.root)
        self.rested()
        added = sorted(set(self.notes()) - before)
        assert len(added) == 1, "notes: %s" % added
        return added[0]

    def end(self, *transcripts):
        """The next event of each session, undisturbed, and all that follows from it."""
        for transcript in transcripts:
            self.quiet_hook(transcript.payload("SessionEnd"))
            self.rested()

    def notes(self):
        spool = (self.state_seen or self.state) / "spool"
        return sorted(path for path in spool.rglob("*.note*") if path.is_file() and path.suffix != ".tmp")

    def half_written(self):
        """What hooks began to write and did not finish."""
        return sorted((self.state / "spool").rglob("*.tmp"))

    def corrupt(self):
        return [path for path in self.notes() if path.name.endswith(".corrupt")]

    # -- what is captured ------------------------------------------------------------------------------------------

    def episodes(self):
        """In Redis, or, where a companion archives, in the archive; asked in that order, as an episode goes."""
        queued = self.queued()
        archived = [Episode(one["id"], one) for one in self.archived_episodes()]
        known = {episode.id for episode in archived}
        return archived + [episode for episode in queued if episode.id not in known]

    def queued(self):
        with Link(self.socket) as link:
            keys = link.keys("{holdfast:*}:episode:*")
            found = [(key.rpartition(":")[2], link.hash(key)) for key in keys]
            # One that has gone into the archive meanwhile has no fields.
            return [Episode(identity, fields) for identity, fields in found if fields]

    def cursors(self):
        """Path → (offset, generation)."""
        with Link(self.socket) as link:
            found = [link.hash(key) for key in link.keys("{holdfast:*}:cursor:*")]
        return {fields["path"]: (int(fields["offset"]), int(fields["generation"])) for fields in found}

    def held(self, transcript):
        """Generation → what the episodes of a transcript hold."""
        held = {}
        for episode in self.episodes():
            if episode.file == str(transcript.path):
                held.setdefault(episode.generation, []).extend(episode.words)
        return held

    def has_all(self, transcript):
        """Whether what was said since the file's last beginning is captured."""
        held = self.held(transcript).get(len(transcript.generations) - 1, [])
        return set(transcript.said) <= set(held)

    def has_or_will(self, transcript):
        """Whether it is captured, or a note lies there that says that it is to be."""
        notes = [note for note in self.notes() if transcript.session in note.name and note not in self.corrupt()]
        return self.has_all(transcript) or bool(notes)

    def story(self):
        return super().story() + "\n--- notes\n" + "\n".join(map(str, self.notes()))

    def close(self):
        self.story()
        if self.server:
            self.server.stop()
        super().close()


class Scene:
    """State folder, Redis and transcripts at one moment, to begin from many times."""

    def __init__(self, house):
        self.house = house
        self._copy = house.root / "scene"
        for folder in (house.state, house.projects):
            if folder.exists():
                shutil.copytree(str(folder), str(self._copy / folder.name))
        with Link(house.socket) as link:
            self._values = [(key, max(0, link.ask("PTTL", key)), link.ask("DUMP", key)) for key in link.keys("*")]

    def restore(self):
        for folder in (self.house.state, self.house.projects):
            shutil.rmtree(str(folder), ignore_errors=True)
            if (self._copy / folder.name).exists():
                shutil.copytree(str(self._copy / folder.name), str(folder))
        with Link(self.house.socket) as link:
            link.ask("FLUSHALL")
            for key, rest, value in self._values:
                link.ask("RESTORE", key, rest, value)


class FaultTest(unittest.TestCase):
    """Counts what was said and what the episodes hold."""

    maxDiff = None

    def setUp(self):
        if os.environ["CLIENT"] != "newest":
            self.skipTest("no client takes part; seen to work in the run with the newest one")
        self.house = self.build_house()
        self.addCleanup(self.house.close)

    def build_house(self):
        return FaultHouse()

    def assertGenerations(self, transcript):
        """Within each generation every entry lies in one episode, and the episodes end to end up to the cursor."""
        by_generation = {}
        for episode in self.house.episodes():
            if episode.file == str(transcript.path):
                by_generation.setdefault(episode.generation, []).append(episode)
        offset, generation = self.house.cursors().get(str(transcript.path), (0, 0))
        for number, episodes in by_generation.items():
            episodes.sort(key=lambda episode: episode.start)
            starts = [0] + [episode.end for episode in episodes[:-1]]
            self.assertEqual([episode.start for episode in episodes], starts, "generation %d has gaps" % number)
            self.assertTrue(all(episode.start < episode.end for episode in episodes), "an empty episode")
            if number == generation:
                self.assertEqual(episodes[-1].end, offset, "the cursor stands where the last episode ends")
            count = Counter(word for episode in episodes for word in episode.words)
            self.assertNone((word for word, times in count.items() if times > 1), "twice in generation %d" % number)
        return by_generation

    def assertAllCaptured(self, *transcripts):
        """Every entry of each generation is in one episode of it, and nothing else is."""
        for transcript in transcripts:
            by_generation = self.assertGenerations(transcript)
            for number, said in enumerate(transcript.generations):
                episodes = by_generation.pop(number, [])
                if any(episode.is_discarded for episode in episodes):
                    continue
                held = {word for episode in episodes for word in episode.words}
                self.assertNone(set(said) - held, "lost of generation %d" % number)
                self.assertNone(held - set(said), "never said in generation %d" % number)
            self.assertEqual(list(by_generation), [], "generations that the file never had")
        self.assertIndexed()

    def assertNone(self, words, what):
        """That there are no such entries. Few are shown, and little of them: texts are long."""
        words = sorted((text[:40], role, identity) for identity, role, text in words)
        if words:
            self.fail("%s: %d entries, %s" % (what, len(words), words[:4]))

    def assertIndexed(self):
        """Each episode in Redis that was not discarded is on the schedule, and waits for the archive."""
        def members(link, name):
            return sorted(word.decode() for key in link.keys("{holdfast:*}:" + name)
                          for word in link.ask("ZRANGE", key, 0, -1))

        def indexed():
            with Link(self.house.socket) as link:
                scheduled, unarchived = members(link, "schedule"), members(link, "unarchived")
            episodes = self.house.queued()
            return (scheduled == sorted(episode.id for episode in episodes if not episode.is_discarded)
                    and unarchived == sorted(episode.id for episode in episodes))

        # A companion takes them away meanwhile.
        until(indexed, "every episode in the sets where it belongs")

    def assertNoNotes(self):
        self.assertEqual(self.house.notes(), [])

    def untilCaptured(self, *transcripts, deadline=20):
        until(lambda: all(self.house.has_all(transcript) for transcript in transcripts), "the capture", deadline)
        self.house.rested()
        self.assertAllCaptured(*transcripts)


# -- system calls --------------------------------------------------------------------------------------------------


class Tracer:
    """Disturbs single system calls of a program. Children of the program are left alone."""

    def __init__(self, house):
        self._file, self._struck = house.root / "trace", house.root / "struck"

    def watching(self):
        return [STRACE, "-qq", "-o", self._file]

    def injecting(self, call, number, fault):
        """A fault at the `number`-th call of that name; `1+` for all of them."""
        return [STRACE, "-qq", "-o", self._struck, "-e", "trace=" + call, "-e",
                "inject=%s:%s:when=%s" % (call, fault, number)]

    def calls(self):
        """How many of the calls that are traced for a fault have returned."""
        return self._struck.read_text(errors="replace").count("\n") if self._struck.exists() else 0

    def struck(self):
        """Whether the last error that was to be injected was."""
        return "(INJECTED" in self._struck.read_text(errors="replace")

    def positions(self):
        """Each system call of the last run that was watched, as (name, how many of that name, line)."""
        seen, found = Counter(), []
        for line in self._file.read_text(errors="replace").splitlines():
            call = re.match(r"(\w+)\(", line)
            if call and call.group(1) != "execve":  # that one starts the program
                seen[call.group(1)] += 1
                found.append((call.group(1), seen[call.group(1)], line))
        return found
