"""Measures capture, filter and redactor on made transcripts, beside wc, jq and Python, and holds them against the bars.

    capture.py BIN SCRATCH SOCKET

BIN holds the static holdfast and holdfast-hook; SOCKET is a redis-server's. A missed bar is told and is no failure.
The transcripts have the shape of real ones: half the bytes are tool output, told twice; long lines among short ones.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import time
import uuid

BIN, SCRATCH, SOCKET = sys.argv[1:4]
SIZES = [("100 KB", 100 << 10, 15), ("10 MB", 10 << 20, 5), ("200 MB", 200 << 20, 3)]
WORDS = "the a session hook redis cursor reads writes line file error value test build swift of and to in".split()


def prose(rng, count):
    return " ".join(rng.choice(WORDS) for _ in range(count))


def lines(rng):
    """Endless lines of a transcript: prompts, answers, calls, results, bookkeeping."""
    session, cwd = str(uuid.UUID(int=rng.getrandbits(128))), "/home/dev/project"

    def entry(kind, message=None, **more):
        base = {"parentUuid": str(uuid.UUID(int=rng.getrandbits(128))), "isSidechain": False, "cwd": cwd,
                "sessionId": session, "version": "2.1.329", "gitBranch": "main", "type": kind}
        if message:
            base["message"] = message
        base.update(more, uuid=str(uuid.UUID(int=rng.getrandbits(128))), timestamp="2026-11-20T10:00:00.000Z")
        return json.dumps(base, ensure_ascii=False, separators=(",", ":"))

    usage = {"input_tokens": 5, "cache_read_input_tokens": 90000, "output_tokens": 300, "service_tier": "standard"}
    while True:
        yield entry("user", {"role": "user", "content": prose(rng, 40)})
        for _ in range(rng.randint(2, 12)):
            call = "toolu_%024x" % rng.getrandbits(96)
            path = "%s/src/file%d.swift" % (cwd, rng.randint(1, 99))
            yield entry("assistant", {"id": "msg_%d" % rng.getrandbits(40), "role": "assistant", "usage": usage,
                                      "content": [{"type": "tool_use", "id": call, "name": "Read",
                                                   "input": {"file_path": path}}]})
            output = "\n".join("%5d\t%s \"%s\"" % (n, prose(rng, 8), prose(rng, 2))
                               for n in range(rng.choice([20, 60, 150, 400])))
            yield entry("user", {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": call, "content": output}]},
                toolUseResult={"type": "text", "file": {"filePath": path, "content": output}})
            if rng.random() < 0.3:
                yield entry("progress", data={"type": "bash_progress", "output": prose(rng, 60)})
        yield entry("assistant", {"id": "msg_%d" % rng.getrandbits(40), "role": "assistant", "usage": usage,
                                  "content": [{"type": "text", "text": prose(rng, 120)}]})


def make(path, size):
    # A tenth of it is made and repeated: making 200 MB would take longer than reading it twenty times.
    rng, block, made = random.Random(size), [], 0
    for line in lines(rng):
        block.append(line.encode() + b"\n")
        made += len(block[-1])
        if made >= min(size, 10 << 20):
            break
    with open(path, "wb") as file:
        written = 0
        while written < size:
            for line in block:
                file.write(line)
                written += len(line)
                if written >= size:
                    break
    return os.path.getsize(path), max(map(len, block))


def start(command, stdin, namespace=None):
    env = {"PATH": os.environ["PATH"], "HOME": SCRATCH, "HOLDFAST_REDIS_URL": "unix:" + SOCKET,
           "HOLDFAST_STATE_DIR": SCRATCH + "/state", "HOLDFAST_CONFIG_DIR": SCRATCH + "/config",
           "CLAUDE_CONFIG_DIR": SCRATCH + "/claude", "HOLDFAST_KEY": "bench/1", "CLAUDE_PID": str(os.getpid()),
           "HOLDFAST_NAMESPACE": namespace or "bench-" + uuid.uuid4().hex[:12]}
    return subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL, env=env)


def seconds(command, stdin, namespace=None):
    """Of a whole process, from spawn to exit."""
    began = time.monotonic()
    child = start(command, stdin, namespace)
    if child.wait():
        sys.exit("%s: exit status %d" % (" ".join(command), child.returncode))
    return time.monotonic() - began


def peak_memory(command, stdin):
    """Bytes. Read while it runs: what wait4(2) tells of a child has its parent's peak in it."""
    child, peak = start(command, stdin), 0
    while child.poll() is None:
        try:
            with open("/proc/%d/status" % child.pid) as file:
                peak = max([peak] + [int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM")])
        except (FileNotFoundError, ProcessLookupError):
            break
    child.wait()
    return peak


def best(command, rounds, path=os.devnull):
    """The shortest time and the peak memory."""
    def fed(measure):
        with open(path, "rb") as stdin:
            return measure(command, stdin)
    return min(fed(seconds) for _ in range(rounds)), fed(peak_memory)


def stop_hook(path):
    """Milliseconds of a Stop hook, the shortest of twenty: it must not depend on how long the session is."""
    session = os.path.basename(path)[:-len(".jsonl")]
    payload = json.dumps({"session_id": session, "transcript_path": path, "cwd": SCRATCH, "hook_event_name": "Stop"})
    with open(SCRATCH + "/payload", "w") as file:
        file.write(payload + "\n")
    times, spool = [], SCRATCH + "/state/spool"
    for _ in range(20):
        with open(SCRATCH + "/payload", "rb") as stdin:
            times.append(seconds([BIN + "/holdfast-hook"], stdin, "bench-" + session))
        # The capturer it leaves behind would compete with the next run.
        while any(".note" in name for name in os.listdir(spool)):
            time.sleep(0.01)
    return min(times) * 1000


def bar(met):
    return "" if met else "   BAR MISSED"


def main():
    os.makedirs(SCRATCH + "/claude/projects/-bench", exist_ok=True)
    python = "import json,sys\nfor line in open(sys.argv[1],'rb'): json.loads(line)"
    for name, size, rounds in SIZES:
        path = "%s/claude/projects/-bench/%s.jsonl" % (SCRATCH, uuid.uuid4())
        size, longest = make(path, size)
        print("transcript of %s, longest line %d KB, best of %d" % (name, longest >> 10, rounds))
        for title, command in [
            ("holdfast capture", [BIN + "/holdfast", "capture", path]), ("wc -l", ["wc", "-l", path]),
            ("jq -c .type", ["jq", "-c", ".type", path] if shutil.which("jq") else None),
            ("python json", [sys.executable, "-c", python, path]),
        ]:
            if command is None:
                print("  %-17s not on PATH" % title)
                continue
            took, memory = best(command, rounds)
            rate = size / took / 1e6
            note = ""
            if title.startswith("holdfast"):
                limit = 3 * longest + (32 << 20)
                # A small file is a process start, not a rate.
                note = bar(size < 1 << 20 or rate >= 150) + bar(memory < limit)
                note = "  (bars 150 MB/s, %d MB)%s" % (limit >> 20, note)
            print("  %-17s %8.1f MB/s %8.1f ms %6.1f MB%s" % (title, rate, took * 1000, memory / (1 << 20), note))
        print("  %-17s %17.1f ms" % ("Stop hook", stop_hook(path)))
        os.remove(path)
    text = "%s/text" % SCRATCH
    rng = random.Random(1)
    with open(text, "w") as file:
        for _ in range(200000):
            file.write(prose(rng, 12) + "\n")
    took, memory = best([BIN + "/holdfast", "redact"], 5, text)
    print("redactor           %8.1f MB/s on prose, %.1f MB" % (os.path.getsize(text) / took / 1e6, memory / (1 << 20)))


main()
