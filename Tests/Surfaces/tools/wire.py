"""A tool server and the lines it speaks, without a client's manners in between."""
import itertools
import json
import os
import queue
import shlex
import subprocess
import threading
import time

VERSIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
PATIENCE = 20


def command():
    """The server to test: TOOL_SERVER, words as in a shell."""
    words = shlex.split(os.environ.get("TOOL_SERVER", ""))
    if not words:
        raise SystemExit("TOOL_SERVER is not set: the command that runs the server, such as 'holdfast mcp'")
    return words


class Wire:
    """One running server. Answers are kept until someone asks for them by id; notifications in order."""

    def __init__(self, *more, version="2025-11-25", greet=True, stderr=subprocess.DEVNULL):
        self.process = subprocess.Popen(
            command() + list(more), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr
        )
        self._lines = queue.Queue()
        self._ids = itertools.count(1)
        self.answers, self.others = {}, []
        threading.Thread(target=self._read, daemon=True).start()
        if greet:
            self.greeting = self.ask("initialize", hello(version))["result"]
            self.tell("notifications/initialized")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass

    def _read(self):
        try:
            for line in self.process.stdout:
                self._lines.put(line)
        except ValueError:
            pass  # closed by us
        self._lines.put(None)

    def write(self, raw):
        self.process.stdin.write(raw)
        self.process.stdin.flush()

    def send(self, message):
        self.write(json.dumps(message).encode() + b"\n")

    def tell(self, method, **params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def begin(self, method, params=None):
        """Sends a request without waiting; its id."""
        number = next(self._ids)
        message = {"jsonrpc": "2.0", "id": number, "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)
        return number

    def next(self, patience=PATIENCE):
        """The next line, decoded; None at the end."""
        line = self._lines.get(timeout=patience)
        if line is None:
            return None
        assert line.endswith(b"\n"), line
        return json.loads(line.decode())

    def wait(self, number, patience=PATIENCE):
        """The answer to a request."""
        end = time.monotonic() + patience
        while number not in self.answers:
            message = self.next(max(0.01, end - time.monotonic()))
            if message is None:
                raise AssertionError("the server has ended")
            if isinstance(message, dict) and message.get("id") is not None:
                self.answers[message["id"]] = message
            else:
                self.others.append(message)
        return self.answers.pop(number)

    def ask(self, method, params=None, patience=PATIENCE):
        return self.wait(self.begin(method, params), patience)

    def call(self, tool, **arguments):
        return self.ask("tools/call", {"name": tool, "arguments": arguments})

    def silent(self, seconds):
        """Whether nothing is said for so long."""
        try:
            return self._lines.get(timeout=seconds) is None
        except queue.Empty:
            return True

    def memory(self):
        """Resident bytes of the server."""
        with open("/proc/%d/statm" % self.process.pid) as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def leave(self, patience=PATIENCE):
        """Closes the input; the exit status and the lines that came still."""
        self.process.stdin.close()
        code = self.process.wait(patience)
        rest = []
        while (message := self.next()) is not None:
            rest.append(message)
        return code, rest


def hello(version):
    return {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "wire", "version": "1"}}
