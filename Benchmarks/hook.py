"""A Python hook that does what holdfast-hook does, with the standard library alone: what `make bench` holds it against.

As in twin.c: the same scripts in one round trip, the same note, the same detached capturer. It measures, it is not
installed, and knows Redis on a Unix socket only. HOLDFAST_SCRIPTS names the folder of the Lua files.
"""

import hashlib
import json
import os
import re
import signal
import socket
import stat
import sys
import time

SHELLS = ("sh", "bash", "dash", "zsh")
BODIES = {"started": "start_session", "ended": "end_session", "cleared": "clear_session"}


class Trouble(Exception):
    """Redis is away, or did not say yes."""


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def write(path, text):
    """Whole or not at all: temporary name, then rename."""
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(temporary, path)


def append(path, line, limit=0):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
        file.write(line + "\n")
        size = file.tell()
    if limit and size > limit:
        os.rename(path, path + ".1")


def fnv1a(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def process(pid):
    """(pid, start ticks, parent, name), or None when it is gone."""
    text = read(f"/proc/{pid}/stat")
    if not text:
        return None
    head, _, tail = text.rpartition(")")
    fields = tail.split()
    if fields[0] in "ZX":
        return None
    return pid, int(fields[19]), int(fields[1]), head.partition("(")[2]


def client_process():
    """CLAUDE_PID, else the parent, past a shell."""
    found = process(int(os.environ.get("CLAUDE_PID") or 0))
    if found:
        return found
    parent = process(os.getppid())
    return process(parent[2]) if parent and parent[3] in SHELLS else parent


def ancestors(of):
    found, upper = [], of[2]
    while upper > 1 and len(found) < 12 and (parent := process(upper)):
        found.append({"pid": parent[0], "start_ticks": parent[1]})
        upper = parent[2]
    return found


def moment():
    return {
        "wall_ms": int(time.time() * 1000),
        "boot_id": (read("/proc/sys/kernel/random/boot_id") or "unknown").strip(),
        "boot_ms": int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000),
    }


def age(news, now):
    then = news["moment"]
    name = "boot_ms" if then["boot_id"] == now["boot_id"] else "wall_ms"
    return max(0, now[name] - then[name])


class Settings:
    def __init__(self):
        home = os.environ.get("HOME", "/")
        config = os.environ.get("HOLDFAST_CONFIG_DIR") or f"{home}/.config/holdfast"
        self.state = os.environ.get("HOLDFAST_STATE_DIR") or f"{home}/.local/state/holdfast"
        own = json.loads(read(f"{config}/holdfast.json") or "{}")
        agents = json.loads(read(f"{config}/agents.json") or "{}")
        url = os.environ.get("HOLDFAST_REDIS_URL") or own.get("redis", {}).get("url", "embedded")
        self.socket = url[5:] if url.startswith("unix:") else f"{self.state}/redis/redis.sock"
        self.max_age = int(os.environ.get("MAX_SESSION_AGE_MS") or agents.get("max_session_age_ms", 86_400_000))

    def log(self, message):
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
        os.makedirs(f"{self.state}/log", 0o700, exist_ok=True)
        append(f"{self.state}/log/hook.log", f"{stamp}.{int(now * 1000) % 1000:03d}Z {message}", 256 << 10)

    def prepare(self):
        if not os.path.exists(f"{self.state}/log"):
            for folder in ("spool", "bindings", "locks", "redis", "log"):
                os.makedirs(f"{self.state}/{folder}", 0o700, exist_ok=True)

    def host(self):
        file = f"{self.state}/host"
        name = read(file)
        if not name:
            own = f"{file}.{os.getpid()}"
            write(own, f"{socket.gethostname()}-{os.urandom(4).hex()}")
            try:
                os.link(own, file)
            except FileExistsError:
                pass
            os.unlink(own)
            name = read(file)
        return name


class Redis:
    """One connection, with a deadline for connecting and one for each reply."""

    def __init__(self, path, connect, reply):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.socket.settimeout(connect)
            self.socket.connect(path)
        except OSError as error:
            raise Trouble(error) from error
        self.socket.settimeout(reply)
        self.file = self.socket.makefile("rb")

    def send(self, *command):
        parts = [part.encode() for part in command]
        request = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        try:
            self.socket.sendall(request)
            return self.reply()
        except OSError as error:
            raise Trouble(error) from error

    def reply(self):
        line = self.file.readline()[:-2].decode()
        kind, rest = line[:1], line[1:]
        if kind == "-":
            return Trouble(rest)
        if kind == ":":
            return int(rest)
        if kind == "$":
            return self.file.read(int(rest) + 2)[:-2].decode() if rest != "-1" else None
        if kind == "*":
            return [self.reply() for _ in range(int(rest))]
        return rest

    def tell(self, news, now):
        """Answers the session the key has then."""
        folder = os.environ["HOLDFAST_SCRIPTS"]
        first, rest = read(f"{folder}/{BODIES.get(news['kind'], 'use_session')}.lua").split("\n", 1)
        text = first + "\n" + read(f"{folder}/prelude.lua") + read(f"{folder}/session.lua") + "\n" + rest
        space = "{" + os.environ.get("HOLDFAST_NAMESPACE", "holdfast") + "}:"
        keys = [f"{space}session:{news['session_id']}", f"{space}binding:{news['dispatch_key']}"]
        tail = [str(len(keys)), *keys, "", str(age(news, now)), json.dumps(news)]
        answer = self.send("EVALSHA", hashlib.sha1(text.encode()).hexdigest(), *tail)
        if isinstance(answer, Trouble) and str(answer).startswith("NOSCRIPT"):
            answer = self.send("EVAL", text, *tail)
        if isinstance(answer, Trouble):
            raise answer
        return answer[0]


def write_note(settings, news):
    text = json.dumps(news)
    name = f"{news['moment']['wall_ms']:013d}-{os.getpid()}-{news['session_id']}-{news['kind']}.note"
    path = f"{settings.state}/spool/{name}"
    write(path, f"holdfast-note 1 {fnv1a(text)}\n{text}")
    return path


def mirror_path(settings, news):
    return f"{settings.state}/bindings/{fnv1a(news['dispatch_key'])}.json"


def save_mirror(settings, news):
    names = ("dispatch_key", "session_id", "host", "config_dir", "cwd", "transcript_path")
    binding = {name: news[name] for name in names} | {"last_used_ms": news["moment"]["wall_ms"]}
    write(mirror_path(settings, news), json.dumps(binding))


def mirror_blindly(settings, news):
    """With Redis away the mirror is all a lookup has: what is surely right for the binding goes in."""
    if news["kind"] == "started":
        if news["source"] == "resume":
            save_mirror(settings, news)
    elif news["transcript"] == "found":
        old = json.loads(read(mirror_path(settings, news)) or "{}")
        if old.get("session_id", news["session_id"]) == news["session_id"]:
            save_mirror(settings, news)


def detach(note):
    """Double fork, new session, standard streams on /dev/null."""
    middle = os.fork()
    if middle == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        null = os.open("/dev/null", os.O_RDWR)
        for stream in range(3):
            os.dup2(null, stream)
        os.execv(sys.executable, [sys.executable, os.path.realpath(__file__), "capture", note])
    os.waitpid(middle, 0)


def folder_mark(projects):
    try:
        status = os.stat(projects)
    except OSError:
        return ""
    return f"{status.st_dev}:{status.st_ino}"


def is_trusted(path, projects, session):
    """This session's file under the config folder's projects, a regular file of this user after resolving links."""
    if not (path.startswith(projects) and path.endswith(f"/{session}.jsonl")):
        return False
    try:
        real = os.path.realpath(path, strict=True)
        status = os.lstat(real)
    except OSError:
        return False
    inside = real.startswith(os.path.realpath(projects) + "/")
    return inside and stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid()


def search(projects, session):
    """At the end all slugs are searched: a client may name a path under the wrong one."""
    try:
        slugs = os.listdir(projects)
    except OSError:
        return "unknown", ""
    for slug in slugs:
        path = f"{projects}{slug}/{session}.jsonl"
        if os.path.isfile(path):
            return "found", path
    return "absent", ""


def run_hook(settings, now):
    event = json.load(sys.stdin)
    session, name = event["session_id"], event["hook_event_name"]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", session) or name not in ("SessionStart", "Stop", "SessionEnd"):
        return settings.log("input not used")
    home = os.environ.get("CLAUDE_CONFIG_DIR") or os.environ.get("HOME", "") + "/.claude"
    projects = f"{home}/projects/"
    project = os.path.realpath(os.environ.get("CLAUDE_PROJECT_DIR") or event["cwd"])
    key = os.environ.get("HOLDFAST_KEY") or f"dir:{project}"
    rules = json.loads(read(f"{settings.state}/tracking.json") or "{}")
    stopped = rules.get("stopped_projects", [])
    if key in rules.get("stopped_keys", []) or any((project + "/").startswith(one + "/") for one in stopped):
        return None
    settings.prepare()
    host = settings.host()
    starts, ends, reason = name == "SessionStart", name == "SessionEnd", event.get("reason", "")
    client = client_process()
    path = event.get("transcript_path", "")
    presence = "unknown"
    if is_trusted(path, projects, session):
        presence = "found"
    else:
        if not (path.startswith(projects) and path.endswith(f"/{session}.jsonl")):
            path = ""
        if ends:
            presence, found = search(projects, session)
            path = found or path
    news = {
        "kind": "started" if starts else "stopped" if not ends else "cleared" if reason == "clear" else "ended",
        "session_id": session,
        "dispatch_key": key,
        "moment": now,
        "host": host,
        "max_session_age_ms": settings.max_age,
        "config_dir": home,
        "cwd": event["cwd"],
        "transcript_path": path,
        "transcript": presence,
        "projects_folder": folder_mark(projects) if presence == "found" else "",
        "process": {"pid": client[0], "start_ticks": client[1]},
        "ancestors": ancestors(client),
        "source": event.get("source", ""),
        "reason": reason,
        "model": event.get("model", ""),
        "start_is_not_pending": False,
        "is_kept": False,
    }
    outer = os.environ.get("HOLDFAST_OUTER_SESSION", session)
    if outer != session:
        news["outer_session"] = outer
    if ends:
        mark = f"-{session}-started.note"
        news["start_is_not_pending"] = not any(mark in note for note in os.listdir(f"{settings.state}/spool"))
    if starts and "CLAUDE_ENV_FILE" in os.environ:
        append(os.environ["CLAUDE_ENV_FILE"], f"export HOLDFAST_OUTER_SESSION={session}")
    note = None if starts else write_note(settings, news)
    if note:
        detach(note)
    try:
        if Redis(settings.socket, 0.02, 0.02).tell(news, now) == session:
            save_mirror(settings, news)
    except Trouble as trouble:
        settings.log(f"{news['kind']} of session {session} is noted only: cannot reach Redis ({trouble})")
        if not note:
            write_note(settings, news)
        mirror_blindly(settings, news)
    return None


def claim(settings, name):
    """Takes a note by renaming it to our pid and start time. Answers (news, claimed path, note's path)."""
    own = process(os.getpid())
    folder = f"{settings.state}/spool"
    original = name
    if name.endswith(".claim"):
        original, _, owner = name.removesuffix(".claim").rpartition(".")
        pid, _, start = owner.partition("-")
        holder = process(int(pid))
        if holder and holder[1] == int(start):
            return None
    claimed = f"{folder}/{original}.{own[0]}-{own[1]}.claim"
    try:
        os.rename(f"{folder}/{name}", claimed)
    except OSError:
        return None
    head, _, text = (read(claimed) or "").partition("\n")
    if head != f"holdfast-note 1 {fnv1a(text)}":
        os.rename(claimed, f"{folder}/{original}.corrupt")
        return None
    return json.loads(text), claimed, f"{folder}/{original}"


def run_capture(settings, note):
    taken = claim(settings, os.path.basename(note))
    if not taken:
        return
    news, claimed, original = taken
    # The last answer reaches the file up to 100 ms after Stop starts; five times that, then without.
    end = time.monotonic() + 0.5
    while news["transcript"] == "unknown" and news["transcript_path"] and time.monotonic() < end:
        if os.path.isfile(news["transcript_path"]):
            news["transcript"] = "found"
            news["projects_folder"] = folder_mark(news["config_dir"] + "/projects")
        else:
            time.sleep(0.02)
    try:
        redis = Redis(settings.socket, 0.5, 1)
        redis.send("PING")
        if redis.tell(news, moment()) == news["session_id"]:
            save_mirror(settings, news)
        os.unlink(claimed)
        older = sorted(name for name in os.listdir(f"{settings.state}/spool") if name.endswith((".note", ".claim")))
        for name in older[:8]:
            if taken := claim(settings, name):
                news, claimed, original = taken
                redis.tell(news, moment())
                os.unlink(claimed)
    except Trouble as trouble:
        os.rename(claimed, original)
        settings.log(f"capture: note kept: {trouble}")


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    now = moment()
    settings = Settings()
    if len(sys.argv) == 3 and sys.argv[1] == "capture":
        run_capture(settings, sys.argv[2])
    elif os.environ.get("HOLDFAST_DISABLED") != "1":
        run_hook(settings, now)


main()
