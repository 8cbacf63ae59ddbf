"""Records of sessions and of failed episodes in bulk, as the scripts of Sources/Storage/Scripts write them."""
import hashlib
import json
import time
import uuid

REGISTRY = "{holdfast}:"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
AGENTS = ["coder/issue", "reviewer/pr", "docs/page", "triage/bug"]
TITLES = ["Fix the parser: it stops at empty lines", "Why does the build need root?", "Make the retry paced",
          "Move the lock behind the queue", "Explain the flaky test"]
ERRORS = [("rate_limit", "429: 60 requests a minute are allowed"), ("overloaded", "529: Overloaded"),
          ("timeout", "no reply within 120 s"), ("server_error", "500: the server had an error"),
          ("context_length", "this model's maximum context length is 128000 tokens")]


def wire(commands):
    """Commands as Redis reads them."""
    out = []
    for command in commands:
        parts = [part if isinstance(part, bytes) else str(part).encode() for part in command]
        out.append(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
    return b"".join(out)


def now():
    return int(time.time() * 1000)


def iso(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms / 1000)) + f".{ms % 1000:03d}Z"


def flat(fields):
    return [part for pair in fields.items() for part in pair]


def session(key, used, host, cwd, model="claude-sonnet-5", bound=True, turns=1, id=None):
    """A session that has ended and, where it is bound, may be resumed."""
    id, expiry = id or str(uuid.uuid4()), used + 8 * DAY
    transcript = f"/home/ada/.claude/projects/x/{id}.jsonl"
    yield ["HSET", f"{REGISTRY}session:{id}", *flat({
        "dispatch_key": key, "cwd": cwd, "config_dir": "/home/ada/.claude", "host": host, "model": model,
        "transcript_path": transcript, "source": "startup", "started_at": iso(used - MINUTE), "state": "ended",
        "ended_at": iso(used), "end_reason": "other", "last_used_at": iso(used), "last_used_ms": used,
        "last_event": "", "turns": turns})]
    yield ["PEXPIRE", f"{REGISTRY}session:{id}", 14 * DAY]
    yield ["ZADD", f"{REGISTRY}sessions", used, id]
    if bound:
        yield ["HSET", f"{REGISTRY}binding:{key}", *flat({
            "session_id": id, "last_used_at": iso(used), "last_used_ms": used, "host": host,
            "config_dir": "/home/ada/.claude", "cwd": cwd, "transcript_path": transcript, "bound_at": iso(used)})]
        yield ["PEXPIREAT", f"{REGISTRY}binding:{key}", expiry]
        yield ["ZADD", f"{REGISTRY}bindings", expiry, key]


def sessions(count, host):
    """The newest first, one each 15 s, some without a binding."""
    start = now() - MINUTE
    for n in range(count):
        key = f"{AGENTS[n % 4]}-{n:05d}" if n % 9 else f"dir:/home/ada/work/project-{n}"
        yield from session(key, start - n * 15_000, host, f"/home/ada/work/project-{n % 60}", bound=n % 5 != 3,
                           turns=1 + n % 23)


def failure(pool, key, host, failed, due, kind, message, question, retries=2):
    """An episode that failed, and is due later or, where it is due never, dead. It took a worker along once, and so stays
    in a queue that is full: others go to the backlog when the companion comes to it.
    """
    captured = failed - 5 * MINUTE
    lines = [{"role": role, "text": text, "at": iso(captured), "uuid": str(uuid.uuid4()), "hash": uuid.uuid4().hex[:16]}
             for role, text in (("user", question), ("agent", "I looked at it. " * 20))]
    content = "\n".join(map(json.dumps, lines))
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    id, file = sha256[:32], uuid.uuid4().hex
    yield ["HSET", f"{pool}episode:{id}", *flat({
        "session_id": str(uuid.uuid4()), "dispatch_key": key, "group_id": key.split("/")[0], "host": host,
        "session_file": f"/home/ada/.claude/projects/x/{file}.jsonl", "file_id": file, "generation": 0,
        "bytes_from": 0, "bytes_to": 940, "entries": 2, "filter": "ffddo16000", "content": content, "sha256": sha256,
        "captured_at": iso(captured), "captured_ms": captured, "archived": 0, "needs_reprocessing": 1,
        "is_history": 0, "retry_count": retries if due else 0, "attempts": 1, "next_retry_at": iso(due) if due else "",
        "failed_at": iso(failed), "failed_ms": failed, "error_type": kind, "error_message": message,
        "cause": "provider" if due else "episode"})]
    yield ["ZADD", pool + ("schedule" if due else "dead"), due or failed, id]
    yield ["ZADD", f"{pool}failed", failed, id]
    yield ["ZADD", f"{pool}unarchived", captured, id]


def failures(count, host, pool):
    """The newest first, one each minute; each fifth is dead, the others are due within seven hours."""
    start = now() - MINUTE
    for n in range(count):
        kind, message = ERRORS[n % 5]
        failed = start - n * MINUTE
        # Crowded at first, thinner later.
        due = None if kind == "context_length" else now() + 10 * MINUTE + int((n * 7919 % 1000 / 1000) ** 2 * 7 * HOUR)
        yield from failure(pool, f"{AGENTS[n % 4]}-{n:05d}", host, failed, due, kind, message, TITLES[n % 5])


def hostile(host, pool, evil, key):
    """What a stranger might have written, control characters and all."""
    yield from session(key + "!", now(), host, f"/tmp/{evil}", model=evil)
    yield from failure(pool, key, host, now(), now() + HOUR, "unknown", evil, evil)
    for stream in (f"{REGISTRY}events", f"{pool}events"):
        yield ["XADD", stream, "*", *flat({"event": "started", "session_id": str(uuid.uuid4()), "dispatch_key": key,
                                           "reason": evil, "host": host, "at": iso(now())})]
