"""Puts sessions back where the client finds them, and holds what the client then sends against the API's rules."""
import json
import os
import re
import shutil
import time
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "Fixtures" / "transcripts"

# Whose transcripts the fixtures are.
RECORDED = "0f3c1a52-1111-4222-8333-123456789abc"


def units(text):
    """The UTF-16 units of a text, by which the client goes."""
    raw = text.encode("utf-16-le")
    return [raw[index] | raw[index + 1] << 8 for index in range(0, len(raw), 2)]


def slug(folder):
    """What the client calls a project's folder of transcripts; as `ClaudeCode+slug.swift` has it."""
    real = os.path.realpath(str(folder))
    name = "".join(chr(unit) if unit < 128 and chr(unit).isalnum() else "-" for unit in units(real))
    if len(name) <= 200:
        return name
    number = 0
    for unit in units(real):
        number = (31 * number + unit) & 0xFFFFFFFF
    number = min(number, (1 << 32) - number)
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return "%s-%s" % (name[:200], digits)


class Kept:
    """A copy of a session's files, by their names below the project's folder."""

    def __init__(self, session, files):
        self.session, self.files = session, files

    @classmethod
    def of(cls, house, session):
        transcript = house.transcript(session)
        found = [transcript] + [path for path in transcript.with_suffix("").rglob("*") if path.is_file()]
        return cls(session, {str(path.relative_to(transcript.parent)): path.read_bytes() for path in found})

    @classmethod
    def recorded(cls, name):
        return cls(RECORDED, {RECORDED + ".jsonl": (FIXTURES / name).read_bytes()})

    @property
    def transcript(self):
        return self.files[self.session + ".jsonl"]

    def put_back(self, config, folder):
        """Byte for byte, under the folder that will resume it. - Returns: the transcript's place."""
        place = config / "projects" / slug(folder)
        for name, content in self.files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
        return place / (self.session + ".jsonl")


def grow_old(transcript, days):
    """Lets a transcript and what lies beside it look as if nobody had touched them for so long."""
    moment = time.time() - days * 86400
    for path in [transcript, *transcript.with_suffix("").rglob("*")]:
        os.utime(str(path), (moment, moment))


def forget_sweep(config):
    """Has the next client look for old transcripts, though one did already today."""
    mark = config / ".last-cleanup"
    if mark.exists():
        mark.unlink()


def remove(transcript):
    transcript.unlink()
    shutil.rmtree(str(transcript.with_suffix("")), ignore_errors=True)


def blocks(message):
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def refusals(body):
    """Why the Messages API would refuse a request (https://platform.claude.com/docs/en/api/messages)."""
    found = []
    said = [message for message in body["messages"] if message["role"] != "system"]
    if said[0]["role"] != "user":
        found.append("the first message is not a user's")
    # What one says in a row is one message to the API.
    turns = []
    for message in said:
        if turns and turns[-1][0] == message["role"]:
            turns[-1][1].extend(blocks(message))
        else:
            turns.append((message["role"], list(blocks(message))))
    before = set()
    for role, content in turns + [("user", [])]:
        kinds = [block["type"] for block in content]
        results = {block["tool_use_id"] for block in content if block["type"] == "tool_result"}
        if role == "user":
            if results != before:
                found.append("calls %s, results %s" % (sorted(before), sorted(results)))
            if "tool_result" in kinds[len(results):]:
                found.append("a result behind something else")
        before = {block["id"] for block in content if block["type"] == "tool_use"}
        if any(block["type"] == "thinking" and not block.get("signature") for block in content):
            found.append("a thought without its signature")
    for message in body["messages"]:
        if not blocks(message) or any(b["type"] == "text" and not b["text"].strip() for b in blocks(message)):
            found.append("an empty message: %s" % json.dumps(message)[:200])
    return found


def words(body):
    """Every capital word of four letters or more in a request."""
    return set(re.findall(r"\b[A-Z]{4,}\b", json.dumps(body["messages"])))
