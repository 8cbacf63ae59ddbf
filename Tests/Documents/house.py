"""A home with a companion and an embedded Redis of its own, in which commands are run as a user would.

The programs are those of an installation, as `make install` lays it out, so far as it matters here.
"""

import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from programs import BIN, PROGRAMS, Programs

HERE = pathlib.Path(__file__).resolve().parent
# At most so many seconds until what was said is captured and archived, and for one command.
PATIENCE = 20
COMMAND_PATIENCE = 60


class Installation:
    """The programs below a prefix of their own, with a folder for the plugin."""

    def __enter__(self):
        self.prefix = pathlib.Path(tempfile.mkdtemp(prefix="hd.", dir="/tmp"))
        self.bin = self.prefix / "bin"
        self.bin.mkdir()
        for name in PROGRAMS:
            shutil.copy(BIN / name, self.bin)
        (self.bin / "claude").symlink_to(HERE / "client")
        (self.prefix / "share/holdfast/plugin").mkdir(parents=True)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.prefix, ignore_errors=True)


class House(Programs):
    def __init__(self, installation):
        self.__enter__()
        self.installation = installation
        self.project = self.home / "app"
        self.project.mkdir()
        self.provider = Provider()
        self.environment |= {
            "PATH": f"{installation.bin}:{os.environ['PATH']}",
            "HOLDFAST_BIN": str(installation.bin),
            "OPENAI_API_KEY": "none",
        }
        # Beside a companion of whoever runs this.
        configuration = {"dashboard": {"listen": f"127.0.0.1:{free_port()}"}}
        folder = self.home / ".config/holdfast"
        folder.mkdir(parents=True)
        (folder / "holdfast.json").write_text(json.dumps(configuration))
        (self.home / "plain.json").write_text(json.dumps(configuration))
        (self.home / "without-vault.json").write_text(json.dumps(configuration | {"vault": {"enabled": False}}))
        # For a page to take.
        address = f"http://127.0.0.1:{self.provider.server_port}/v1"
        configuration["provider"] = {"kind": "openai", "base_url": address, "model": "gpt-5-mini"}
        (self.home / "with-provider.json").write_text(json.dumps(configuration))
        (self.project / "issue.md").write_text("Fix the parser: it stops at empty lines\n")
        (self.project / "review.md").write_text("Write a line about it into the changelog\n")
        status, printed = self.shell("holdfast up --only")
        if status:
            sys.exit(f"check: no companion starts: {printed}")

    def end(self):
        # What a hook started may write still.
        self.rest()
        subprocess.run([BIN / "holdfast", "down"], env=self.environment, capture_output=True)
        self.provider.shutdown()
        self.provider.server_close()
        self.__exit__()

    def shell(self, script):
        """Runs a script in the project's folder, once the house is at rest: its exit code, and what it printed."""
        self.rest()
        with subprocess.Popen(
            ["bash", "-c", script],
            env=self.environment,
            cwd=self.project,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as run:
            try:
                printed, _ = run.communicate(timeout=COMMAND_PATIENCE)
            except BaseException as end:
                os.killpg(run.pid, signal.SIGKILL)
                printed, _ = run.communicate()
                if not isinstance(end, subprocess.TimeoutExpired):
                    raise
                printed += f"(no end after {COMMAND_PATIENCE} s)\n"
        return run.returncode, printed

    def rest(self):
        """Waits until what was said is captured and in the archive; not where no companion could do it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = subprocess.run(
                [BIN / "holdfast", "status", "--json"], env=self.environment, capture_output=True, text=True
            )
            try:
                status = json.loads(answer.stdout)
            except ValueError:
                return
            if not status["redis"]["available"] or not status["companions"] or at_rest(status):
                return
            time.sleep(0.05)

    def told(self, text):
        """What was printed, with folders and provider as a reader has them."""
        for ours, theirs in [
            (str(self.installation.prefix), "/home/me/.local"),
            (str(self.home), "/home/me"),
            (re.sub("[^A-Za-z0-9]", "-", str(self.home)), "-home-me"),
            (f"127.0.0.1:{self.provider.server_port}", "api.openai.com"),
        ]:
            text = text.replace(ours, theirs)
        return text


class Provider(http.server.ThreadingHTTPServer):
    """Refuses each key, as a provider does."""

    daemon_threads = True

    class Refusal(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps({"error": {"message": "invalid x-api-key", "code": "invalid_api_key"}}).encode()
            self.send_response(401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Refusal)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def at_rest(status):
    """Whether all that was said is captured and archived, by a companion that has taken up its work."""
    return (
        status["capture"]["notes"] == 0
        and status["archive"]["oldest_unarchived"] is None
        and status["companions"][0]["archive"] != "standby"
        and status["vault"]["last_look"] is not None
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
