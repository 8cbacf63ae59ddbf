"""The built programs, with a home of their own."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = pathlib.Path(os.environ.get("HOLDFAST_BIN") or ROOT / ".build/debug").resolve()
PROGRAMS = ("holdfast", "holdfast-hook", "holdfast-companion")
# What a house must not know of the one who runs the check.
FOREIGN = re.compile("HOLDFAST_|MAX_SESSION_|XDG_|CLAUDE|ANTHROPIC_|OPENAI_")


class Programs:
    """A scratch folder with a home; whatever runs in it is asked by `run` or `shell`."""

    base = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}

    def __enter__(self):
        if missing := [name for name in PROGRAMS if not os.access(BIN / name, os.X_OK)]:
            sys.exit(f"check: no {missing[0]} in {BIN}; build it, or let HOLDFAST_BIN name its folder")
        # A socket's path must be short.
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="hd.", dir="/tmp"))
        self.home = self.scratch / "home"
        self.home.mkdir()
        self.environment = self.base | {"HOME": str(self.home), "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def run(self, *arguments):
        """What `holdfast` answers.

        - Raises: `CalledProcessError` where it exits otherwise than 0.
        """
        return subprocess.run(
            [BIN / "holdfast", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def grammar(self):
        """What the parser knows of itself, with the topics of `holdfast help`, which is read before it."""
        command = json.loads(self.run("--experimental-dump-help"))["command"]
        return command | {"topics": [topic["name"] for topic in json.loads(self.run("help", "--json"))]}

    def verbs(self):
        """The path of each verb that is shown, `holdfast` itself first."""

        def walk(path, command):
            yield path
            for verb in subverbs(command).values():
                if verb["shouldDisplay"]:
                    yield from walk([*path, verb["commandName"]], verb)

        return list(walk([], self.grammar()))


def subverbs(command):
    """The verbs below a verb by their name; `help` is the parser's own."""
    return {verb["commandName"]: verb for verb in command.get("subcommands", []) if verb["commandName"] != "help"}
