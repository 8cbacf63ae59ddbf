"""A scratch place for tests of the surfaces: home, project, state, settings, companion and Redis of its own.

HOLDFAST_BIN names the folder of the executables; without it they are taken from .build/debug.
"""
import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.append(str(ROOT / "Tests" / "EndToEnd"))

import processes  # noqa: E402
from polling import Away, until as poll  # noqa: E402

BIN = Path(os.environ.get("HOLDFAST_BIN") or ROOT / ".build" / "debug").resolve()
PAYLOADS = ROOT / "Tests" / "Fixtures" / "payloads"
# The machine may be busy with other things.
PATIENCE = 30

# Who is told to stop leaves nothing behind either: an exit, unlike the signal's own end, closes every place.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def until(condition, what, deadline=PATIENCE):
    """Polls until the condition answers something true, and returns it."""
    return poll(condition, what, deadline)


class Done:
    """A command that has ended."""

    def __init__(self, process):
        self.code = process.returncode
        self.stdout, self.stderr = process.stdout.decode(), process.stderr.decode()

    @property
    def json(self):
        return json.loads(self.stdout)

    def __repr__(self):
        return f"exit {self.code}\n{self.stdout}\n{self.stderr}"


class Place:
    """Settings are given as in holdfast.json; the page listens on a socket here, and nothing starts a companion but
    the test."""

    def __init__(self, **settings):
        # Short: a Unix socket's path has room for some 100 bytes.
        self.root = Path(tempfile.mkdtemp(prefix="hf-", dir="/tmp"))
        self.home, self.project, self.state = self.root / "home", self.root / "project", self.root / "state"
        self.config, self.claude = self.root / "config", self.home / ".claude"
        self.page = self.root / "page.sock"
        self.socket = self.state / "redis" / "redis.sock"
        self.log = self.root / "companion.log"
        for folder in (self.project, self.config, self.claude / "projects"):
            folder.mkdir(parents=True)
        self.companion, self._hung, self.models = None, None, []
        self.settings = {}
        self.configure(**settings)
        atexit.register(self.close)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def configure(self, **settings):
        """Changes some settings; a companion that runs follows those of the provider."""
        standard = {"dashboard": {"listen": f"unix:{self.page}"}, "companion": {"autostart": False}}
        self.settings = {**standard, **self.settings, **settings}
        whole = self.config / "holdfast.json.new"
        whole.write_text(json.dumps(self.settings))
        whole.rename(self.config / "holdfast.json")

    def lose(self, transcript):
        """Deletes a transcript, and what of it waits for the vault."""
        transcript.unlink()
        for part in (self.state / "vault/intake").glob("*.part"):
            if transcript.stem.encode() in part.read_bytes().split(b"\n", 1)[0]:
                part.unlink()

    # -- commands --------------------------------------------------------------------------------------------------

    def environment(self, **more):
        """Nothing of the caller's but PATH; None takes a variable out."""
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8",
            "CLAUDE_CONFIG_DIR": str(self.claude), "HOLDFAST_STATE_DIR": str(self.state),
            "HOLDFAST_CONFIG_DIR": str(self.config), "PROVIDER_KEY": "of-no-worth",
        }
        environment.update(more)
        return {name: value for name, value in environment.items() if value is not None}

    def run(self, *command, input="", cwd=None, **environment):
        return Done(subprocess.run(
            [str(word) for word in command], input=input.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=cwd or self.project, env=self.environment(**environment), timeout=120))

    def holdfast(self, *words, **options):
        return self.run(BIN / "holdfast", *words, **options)

    def hook(self, payload, key=None, **environment):
        """Runs the hook as the client does, under a dispatch key."""
        environment = {"CLAUDE_PROJECT_DIR": str(self.project), "HOLDFAST_KEY": key, **environment}
        done = self.run(BIN / "holdfast-hook", input=json.dumps(payload), **environment)
        assert done.code == 0, repr(done)
        return done

    # -- companion and Redis ---------------------------------------------------------------------------------------

    def up(self):
        """Starts the companion, and waits until it has the archive."""
        if not self.companion or self.companion.poll() is not None:
            with open(self.log, "ab") as log:
                self.companion = subprocess.Popen(
                    [BIN / "holdfast-companion"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    cwd=self.project, env=self.environment())
        until(self._is_serving, "the companion")
        return self

    def _is_serving(self):
        if self.companion.poll() is not None:
            raise AssertionError(f"the companion has ended:\n{self.log.read_text()[-3000:]}")
        return self.redis("--scan", "--pattern", "{holdfast:*}:archive_owner").strip()

    def down(self):
        """Stops the companion, and with it its Redis."""
        if self.companion and self.companion.poll() is None:
            self.companion.send_signal(signal.SIGCONT)
            self.companion.terminate()
            self.companion.wait(PATIENCE)

    def redis(self, *words):
        """What redis-cli prints."""
        try:
            done = subprocess.run(
                ["redis-cli", "-e", "-s", str(self.socket), *map(str, words)], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=5)
        except subprocess.TimeoutExpired:
            raise Away("no reply within 5 s") from None
        if done.returncode:
            raise Away(done.stdout.decode())
        return done.stdout.decode()

    def key(self, name):
        """The full name of a key of this place's queue."""
        return f"{{holdfast:{self.host}}}:{name}"

    @property
    def host(self):
        return (self.state / "host").read_text()

    def redis_pid(self):
        info = dict(line.split(":", 1) for line in self.redis("INFO", "server").split("\r\n") if ":" in line)
        return int(info["process_id"])

    def pause(self):
        """The companion stands still until `go_on`."""
        self.companion.send_signal(signal.SIGSTOP)

    def lose_redis(self):
        """Redis is killed, and the companion, which would bring it back, stands still until `go_on`."""
        pid = self.redis_pid()
        self.pause()
        os.kill(pid, signal.SIGKILL)
        until(lambda: not processes.alive(pid), "the end of Redis")

    def hang_redis(self):
        self._hung = self.redis_pid()
        os.kill(self._hung, signal.SIGSTOP)

    def go_on(self):
        """Ends what `pause`, `lose_redis` and `hang_redis` did."""
        for pid in (self._hung, self.companion.pid):
            if pid:
                processes.send(pid, signal.SIGCONT)
        until(self.redis_pid, "Redis")

    def notes(self, folder=""):
        """Notes in the spool, or in a folder of it."""
        return sorted(path for path in (self.state / "spool" / folder).rglob("*.note*") if path.is_file())

    def settle(self):
        """Waits until all that hooks have reported has arrived."""
        until(lambda: not self.notes(), "an empty spool")

    def model(self):
        """A scripted model that this place's companion may use."""
        model = ScriptedModel(self)
        self.models.append(model)
        return model

    # -- the end ---------------------------------------------------------------------------------------------------

    def close(self):
        """Ends whatever still runs here, and removes the place."""
        if not self.root.exists():
            return
        for pid in self._running():
            processes.send(pid, signal.SIGCONT)
        try:
            self.down()
            for model in self.models:
                model.close()
        finally:
            # The embedded Redis outlives a companion that was killed.
            for pid in self._running():
                processes.end(pid)
            if self.companion:
                self.companion.wait()
            until(lambda: not self._running(), "the end of every process of the place")
            shutil.rmtree(self.root, ignore_errors=True)
            atexit.unregister(self.close)

    def _running(self):
        return processes.of_folder(self.root)


class Session:
    """A session as the client leaves it: a transcript, and the payloads of its hooks."""

    def __init__(self, place, key=None, cwd=None):
        self.place, self.key, self.id = place, key, str(uuid.uuid4())
        self.cwd = Path(cwd or place.project)
        folder = place.claude / "projects" / str(self.cwd).replace("/", "-")
        folder.mkdir(exist_ok=True)
        self.transcript = folder / (self.id + ".jsonl")
        self._last = None

    def payload(self, name, **more):
        """A recorded payload, of this session."""
        payload = json.loads((PAYLOADS / (name + ".json")).read_text())
        place = {"session_id": self.id, "transcript_path": str(self.transcript), "cwd": str(self.cwd)}
        return {**payload, **place, **more}

    def hook(self, name, environment=None, **more):
        settings = {"CLAUDE_PROJECT_DIR": str(self.cwd), **(environment or {})}
        return self.place.hook(self.payload(name, **more), key=self.key, cwd=self.cwd, **settings)

    def say(self, question, answer):
        """One turn, written into the transcript."""
        with open(self.transcript, "a") as file:
            for role, text in (("user", question), ("assistant", answer)):
                file.write(json.dumps(self._line(role, text)) + "\n")
        return self

    def _line(self, role, text):
        message = {"role": role, "content": text}
        if role == "assistant":
            message = {
                "role": role, "id": "msg_" + uuid.uuid4().hex, "model": "claude-sonnet-5", "stop_reason": "end_turn",
                "usage": {"input_tokens": 3, "output_tokens": 5}, "content": [{"type": "text", "text": text}],
            }
        before, self._last = self._last, str(uuid.uuid4())
        return {
            "parentUuid": before, "isSidechain": False, "userType": "external", "cwd": str(self.cwd),
            "sessionId": self.id, "version": "2.1.329", "gitBranch": "", "type": role, "message": message,
            "uuid": self._last, "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        }

    def begin(self, **environment):
        self.hook("SessionStart.startup", environment)
        return self

    def turn(self, question="hello there", answer="hello back", **environment):
        self.hook("UserPromptSubmit", environment, prompt=question)
        self.say(question, answer)
        self.hook("Stop", environment, last_assistant_message=answer)
        return self

    def end(self, **environment):
        self.hook("SessionEnd.other", environment)
        return self

    def whole(self, question="hello there", answer="hello back", **environment):
        """A session of one turn that has ended, and all that its hooks reported has arrived."""
        self.begin(**environment).turn(question, answer, **environment).end(**environment)
        self.place.settle()
        return self


class ScriptedModel:
    """A language model that does as it is told, on loopback."""

    def __init__(self, place):
        self._process = subprocess.Popen(
            [BIN / "scripted-model"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=place.root, env=place.environment())
        self.port = int(self._process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def provider(self):
        """What holdfast.json says of it."""
        return {"kind": "openai", "base_url": self.url + "/v1", "model": "scripted", "api_key_env": "PROVIDER_KEY"}

    def play(self, scene="ok", **more):
        """How it behaves from the next call on."""
        self._post({"scene": scene, **more})

    def queue(self, *scenes):
        """How it behaves for one call each, before what plays."""
        self._post({"queue": list(scenes)})

    def calls(self):
        with urllib.request.urlopen(self.url + "/_calls", timeout=PATIENCE) as answer:
            return json.load(answer)["calls"]

    def completions(self):
        """The bodies of the calls that asked for a memory."""
        return [json.loads(call["body"]) for call in self.calls() if "completions" in call["uri"]]

    def _post(self, value):
        request = urllib.request.Request(self.url + "/_scene", json.dumps(value).encode())
        urllib.request.urlopen(request, timeout=PATIENCE).close()

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
