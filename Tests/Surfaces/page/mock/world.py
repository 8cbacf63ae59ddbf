"""What the mock pretends: a status and its lists, put into one state or another."""
import hashlib
import threading
import time

from context import iso_of

TITLES = ["Fix the parser: it stops at empty lines", "Add a line to CHANGELOG.md", "Why does the build need root?", "Move the lock behind the queue",
          "Review of pull request 430", "Make the retry paced", "Write the migration for sessions", "Explain the flaky test"]
AGENTS = ["coder/issue", "reviewer/pr", "docs/page", "triage/bug"]
ERRORS = [("rate_limit", "429: 60 requests a minute are allowed, try again in 20 s"), ("overloaded", "529: Overloaded"),
          ("timeout", "no reply within 120 s"), ("context_length", "this model's maximum context length is 128000 tokens"),
          ("server_error", "500: The server had an error while processing your request")]


def hexadecimal(*parts, length=32):
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:length]


def uuid(*parts):
    h = hexadecimal(*parts)
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


class World:
    def __init__(self):
        self.changed = threading.Condition(threading.RLock())
        self.clock = time.time
        self.version, self.silent, self.refusing = 0, False, False
        self.all_well()

    # States

    def fresh(self):
        self.sessions, self.failures, self.events, self.episodes = [], [], [], {}
        self.parts = {}

    def all_well(self):
        with self.changed:
            self.fresh()
            self.with_sessions(40)
            self.with_failures(3)
            self.event_rows(30)
            self.put(sentence="All is well: 1,240 turns were captured today, the last 9 s ago; 2 episodes wait, the oldest 4 min old; nothing is lost and there is nothing to do.")

    def circuit_open(self):
        with self.changed:
            self.fresh()
            self.with_sessions(40)
            self.with_failures(120)
            self.event_rows(30)
            history = [{"at": self.ago(at), "provider": "openai:1a2b3c4d", "state": state, "reason": reason, "message": message} for at, state, reason, message in [
                (380, "open", "overloaded", "529: Overloaded"), (390, "half-open", "", ""), (700, "open", "overloaded", "529: Overloaded"), (706, "half-open", "", ""),
                (840, "open", "overloaded", "529: Overloaded, three times in a row"), (21600, "closed", "", "after 4 min"), (21610, "half-open", "", ""),
                (21850, "open", "timeout", "no reply within 120 s"), (62000, "closed", "", "after 31 min"), (63860, "open", "rate_limit", "429: 60 requests a minute")]]
            self.put(sentence="The language model is overloaded since 14 min: 1,190 episodes wait, the oldest 41 min old. Nothing is lost: all is kept and searchable, memories come later. Holdfast tries again in 40 s; there is nothing to do.",
                     service_status="degraded", level=2, level_name="raw only", level_reason="the circuit is open: overloaded",
                     troubles=[{"kind": "provider_overloaded", "severity": "error", "what": "openai answers 529 Overloaded; the circuit is open", "since": self.ago(840),
                                "at_risk": "nothing: episodes are archived and searchable; memories are late", "remedy": "wait; holdfast circuit close tries at once"},
                               {"kind": "queue_full", "severity": "warning", "what": "the queue is full: 1,000 of 1,000; 214 more wait in the backlog", "since": self.ago(300),
                                "at_risk": "nothing: the backlog is in the archive", "remedy": "nothing to do: it drains when the circuit closes"}],
                     queue={"pending": 643, "scheduled": 976, "processing": 0, "backlog": 214, "failed_today": 24, "oldest_pending": self.ago(2460), "oldest_pending_seconds": 2460.0, "last_completed": self.ago(850), "completed_last_hour": 96},
                     circuit={"state": "open", "since": self.ago(840), "reason": "overloaded", "message": "529: Overloaded", "next_try": self.ago(-40), "failures": 7, "last_success": self.ago(850)},
                     history=history, retry={"count": 333, "next_retry": self.ago(-40), "oldest_failure": self.ago(2400)}, llm={"available": False, "error": "529: Overloaded", "last_success": self.ago(850)},
                     counts=[46, 31, 12, 9, 22, 40, 18, 7, 3, 0, 0, 5, 14, 21, 16, 9, 4, 2, 0, 0, 0, 1, 3, 6, 8, 12, 9, 5, 3, 1, 0, 0, 0, 2, 4, 5], due_now=12, later=3)

    def redis_down(self):
        with self.changed:
            self.fresh()
            self.with_sessions(40)
            self.put(sentence="Redis does not answer since 3 min: sessions are looked up in the mirror on disk, 7 notes wait in the spool. Nothing is lost. Run: holdfast up",
                     service_status="degraded", source="files", level=1, level_name="partial", level_reason="Redis is away",
                     troubles=[{"kind": "redis_down", "severity": "error", "what": "Redis at unix:/run/user/1000/holdfast/redis.sock refuses connections", "since": self.ago(180),
                                "at_risk": "nothing: hooks write to the spool, which has room for 400,000 notes", "remedy": "run: holdfast up"}],
                     queue={"pending": 0, "scheduled": 0, "processing": 0, "oldest_pending": None, "oldest_pending_seconds": None},
                     capture={"notes": 7, "oldest_note": self.ago(170), "lag_seconds": 170.0, "spool_bytes": 14200},
                     redis={"available": False, "error": "Connection refused", "latency_seconds": None, "memory_bytes": 0, "memory_limit_bytes": 0, "eviction_policy": "", "persistence": "unknown", "version": "", "started_at": None})

    def empty(self):
        with self.changed:
            self.fresh()
            never = dict.fromkeys(("captured_today", "completed_today", "failed_today", "captured_last_hour", "completed_last_hour", "pending", "scheduled", "processing"), 0)
            self.put(sentence="Nothing was captured yet: the companion runs, Redis answers, no hook has fired. Start a Claude Code session; holdfast doctor tells whether the hooks are installed.",
                     level=2, level_name="raw only", level_reason="no provider is configured", ledger=None,
                     queue=never | dict.fromkeys(("oldest_pending", "oldest_pending_seconds", "last_captured", "last_completed")),
                     llm={"available": False, "last_check": None, "last_success": None, "provider": "none", "model": ""},
                     circuit={"provider": None, "state": "none", "since": None, "last_success": None, "last_check": None}, retry={"count": 0, "next_retry": None, "oldest_failure": None},
                     counts=[0] * 36, due_now=0, later=0, history=[], capture={"last_hook": None}, archive={"episodes": 0, "memories": 0, "without_memory": 0, "bytes": 4096},
                     sessions=dict.fromkeys(("recorded", "bound", "resumable", "busy"), 0), saved=dict.fromkeys(("resumes", "calls", "seconds_low", "seconds_high"), 0),
                     budget={"tokens_today": 0, "calls_today": 0, "cost_usd_today": 0.0})

    def with_sessions(self, n):
        now = self.clock()
        with self.changed:
            self.sessions = [{"session_id": uuid("s", i), "dispatch_key": f"{AGENTS[i % 4]}-{i:05d}" if i % 9 else f"dir:/home/ada/work/project-{i}", "state": ("ended", "idle", "busy", "ended")[i % 4],
                              "bound": i % 5 != 3, "last_used_at": iso_of(now - 30 - i * 97), "turns": 1 + i % 23, "resumes": i % 4,
                              "cwd": f"/home/ada/work/project-{i % 60}", "host": "box-1a2b3c4d", "model": "claude-fable"} for i in range(n)]
            self.bump()

    def with_failures(self, n):
        with self.changed:
            self.failures = []
            for i in range(n):
                kind, message = ERRORS[i % len(ERRORS)]
                self.failure(hexadecimal("e", i), f"{AGENTS[i % 4]}-{i:05d}", kind, message, 60 + i * 71, dead=kind == "context_length", title=TITLES[i % 8])
            self.bump()

    def hostile(self):
        """Text that tries to be markup, to steer a terminal, and to turn the direction of writing."""
        with self.changed:
            self.all_well()
            evil = "<img src=x onerror=alert(1)>\u202egnp.exe\u202c \x1b[31mred\x1b[0m \"\u0301 onfocus=alert(2) {{sentence}}"
            self.sessions[0] |= {"dispatch_key": f"evil/{evil}", "cwd": f"/tmp/{evil}"}
            self.failures = []
            self.failure(hexadecimal("evil"), f"evil/{evil}", "unknown", evil, 60, title=evil)
            self.events[0] |= {"reason": evil}
            self.parts["troubles"] = [{"kind": "<b>configuration", "severity": "warning", "what": evil, "since": None, "at_risk": "nothing", "remedy": evil}]
            self.bump()

    # Parts

    def failure(self, id, key, kind, message, age, dead=False, title=""):
        self.failures.append({"episode_id": id, "error": kind, "class": kind, "message": message, "retry_count": 5 if dead else 2, "attempts": 0,
                              "next_retry": None if dead else self.ago(-240 - age % 9000), "failed_at": self.ago(age), "dead": dead, "dispatch_key": key, "session_id": uuid(id)})
        self.episodes[id] = {"episode_id": id, "dispatch_key": key, "session_id": uuid(id), "captured_at": self.ago(age + 300), "state": "dead" if dead else "scheduled", "error_type": kind,
                             "error_message": message, "retry_count": 2, "next_retry": None, "title": title, "digest": f"Asked: {title}\nFiles: Sources/Parser.swift, Tests/ParserTests.swift",
                             "text": f"user: {title}\n\nassistant: I looked at the parser.\n" + "It reads line by line and stops at the first empty one.\n" * 30, "memory": None}

    def event_rows(self, n):
        names = [("registry", "started", "startup"), ("pool", "captured", ""), ("pool", "completed", "memory"), ("registry", "bound", "resumed"), ("registry", "dropped", "missing")]
        self.events = [{"id": f"{1000 - i}", "at": self.ago(9 + i * 61), "scope": names[i % 5][0], "event": names[i % 5][1], "session_id": uuid("s", i),
                        "dispatch_key": f"{AGENTS[i % 4]}-{i:05d}", "reason": names[i % 5][2], "host": "box-1a2b3c4d"} for i in range(n)]

    def happen(self, event):
        with self.changed:
            number = int(self.events[0]["id"]) + 1 if self.events else 1
            self.events.insert(0, {"id": str(number), "at": self.ago(0), "session_id": uuid("new"), "dispatch_key": None, "reason": "", "host": "box-1a2b3c4d"} | event)
            self.bump()

    def ago(self, seconds):
        return iso_of(self.clock() - seconds)

    def put(self, **parts):
        self.parts = parts
        self.bump()

    def bump(self):
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def status(self):
        p, ago = self.parts, self.ago
        part = lambda name, base: base | p.get(name, {})
        minute = self.clock() // 600 * 600
        return {
            "sentence": p.get("sentence", ""), "service_status": p.get("service_status", "running"), "level": p.get("level", 0), "level_name": p.get("level_name", "full"), "level_reason": p.get("level_reason", ""),
            "observed_at": ago(0), "source": p.get("source", "redis"), "host": "box-1a2b3c4d", "troubles": p.get("troubles", []),
            "llm_status": part("llm", {"available": True, "last_check": ago(9), "last_success": ago(9), "provider": "openai", "model": "gpt-large", "error": None}),
            "queue_status": part("queue", {"pending": 2, "scheduled": 5, "processing": 1, "captured_today": 1240, "completed_today": 1215, "failed_today": 3, "dead": sum(f["dead"] for f in self.failures), "captured_last_hour": 112,
                                           "completed_last_hour": 111, "unarchived": 0, "backlog": 0, "limit": 1000, "oldest_pending": ago(240), "oldest_pending_seconds": 240.0, "last_captured": ago(9), "last_completed": ago(9)}),
            "retry_queue": part("retry", {"count": 3, "next_retry": ago(-240), "oldest_failure": ago(4000)}), "recent_failures": self.failures[:10],
            "circuit": part("circuit", {"provider": "openai:1a2b3c4d", "state": "closed", "since": ago(21600), "reason": "", "message": "", "next_try": None, "failures": 0, "last_check": ago(9), "last_success": ago(9)}),
            "circuit_history": p.get("history", [{"at": ago(21600), "provider": "openai:1a2b3c4d", "state": "closed", "reason": "", "message": "after 4 min"}, {"at": ago(21610), "provider": "openai:1a2b3c4d", "state": "half-open", "reason": "", "message": ""},
                                                 {"at": ago(21850), "provider": "openai:1a2b3c4d", "state": "open", "reason": "timeout", "message": "no reply within 120 s"}]),
            "schedule": {"due_now": p.get("due_now", 0), "interval_seconds": 600, "from": iso_of(minute), "counts": p.get("counts", [1, 0, 1, 0, 0, 1] + [0] * 30), "later": p.get("later", 0)},
            "sessions": part("sessions", {"recorded": len(self.sessions), "bound": sum(s["bound"] for s in self.sessions), "resumable": max(0, len(self.sessions) - 12), "busy": 2, "lookups": 310, "resume_failures": 1,
                                          "dropped": {"expired": 0, "missing": 1, "failed": 0, "swept": 4, "cleared": 2, "manual": 0}}),
            "saved": part("saved", {"resumes": 12, "calls": 12, "seconds_low": 36, "seconds_high": 120}),
            "capture": part("capture", {"notes": 0, "oldest_note": None, "lag_seconds": None, "corrupt_notes": 0, "spool_bytes": 0, "spool_pressure": "ample", "disk_free_bytes": 48_100_000_000, "transcripts_endangered": 0, "spool_limit_bytes": 1 << 30, "last_hook": ago(9)}),
            "ledger": p.get("ledger", {"at": ago(5400), "transcripts": 412, "bytes": 912_400_000, "captured": 118_300_000, "pending": 2_100_000, "excluded": 792_000_000, "missing": 0}),
            "archive": part("archive", {"owner": "box-1a2b3c4d", "episodes": 18_240, "memories": 18_102, "without_memory": 138, "bytes": 214_000_000, "error": None, "oldest_unarchived": None, "at": ago(9)}),
            "budget": part("budget", {"tokens_today": 412_000, "calls_today": 1215, "cost_usd_today": 0.42, "daily_token_budget": 2_000_000}),
            "companions": p.get("companions", [{"host": "box-1a2b3c4d", "state": "running", "pid": 4242, "version": "0.1.0", "started_at": ago(90_000), "beat_at": ago(2), "archive": "owner", "leases": 1, "last_claim_at": ago(9)}]),
            "redis": part("redis", {"available": True, "url": "unix:/run/user/1000/holdfast/redis.sock", "version": "7.0.15", "error": None, "latency_seconds": 0.0002, "memory_bytes": 21_400_000, "memory_limit_bytes": 0,
                                    "eviction_policy": "noeviction", "evicted_keys": 0, "persistence": "append-only file", "started_at": ago(90_000), "clock_offset_seconds": 0.0}),
        }
