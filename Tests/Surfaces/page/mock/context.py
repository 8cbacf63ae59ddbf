"""The template's context, from the status and the answers of the API: what page-context.md says, as code."""
import math
import re
import unicodedata
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, urlencode

TIMES = set("""at since observed_at last_check last_success oldest_pending last_captured last_completed next_retry
oldest_failure failed_at next_try from oldest_note last_hook started_at beat_at last_claim_at captured_at last_used_at
oldest_unarchived""".split())
# Where the API has no value it may say "": the template wants null.
OPTIONAL = {"provider", "model", "error", "eviction_policy", "persistence", "owner"}
STEERING = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", re.A)
CLASSES = """auth permission quota rate_limit overloaded server_error timeout network context_length request_too_large
content_filter model_not_found invalid_request aborted unknown crash""".split()
SINCES = [("1h", "the last hour"), ("24h", "the last day"), ("7d", "the last week"), ("30d", "the last month")]
CIRCUITS = {"closed": "closed", "open": "open", "half-open": "half-open", "none": "no provider"}
BARS = {"open": (2, 40), "half-open": (22, 20), "closed": (36, 6), "unknown": (39, 1)}
SPAN = 6 * 3_600_000
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def visible(text):
    text = STEERING.sub(lambda m: f"\\u{{{ord(m[0]):X}}}", text.replace("\r\n", "\n"))
    # Swift escapes by Character: a mark after a quote makes another Character of it, which would pass unescaped.
    return re.sub("(?<=[\"'<>&]).", lambda m: f"\\u{{{ord(m[0]):X}}}" if unicodedata.category(m[0])[0] == "M" or m[0] in "\u200c\u200d" else m[0], text)


def word(text):
    """What may stand in public: a word of Holdfast's own."""
    return text if re.fullmatch("[a-z][a-z -]{0,39}", text) else "unknown"


def millis(iso):
    """Since 1970, or None for what is no time."""
    match = TIME.fullmatch(iso or "")
    try:
        whole = (datetime.strptime(match[1], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc) - EPOCH) // timedelta(seconds=1) if match else None
    except ValueError:
        return None
    return None if whole is None else whole * 1000 + int(((match[2] or "") + "000")[:3])


def iso_of(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_of_millis(ms):
    return (EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def rounded(n):
    n = math.floor(n * 100 + 0.5) / 100
    return int(n) if n == int(n) else n


def count(n):
    return f"{int(n):,}"


def tenths(n):
    whole = math.floor(n * 10 + 0.5)
    return f"{whole // 10}.{whole % 10}"


def duration(s):
    s = max(0, s)
    if s < 0.01:
        return f"{tenths(s * 1000)} ms"
    if s < 1:
        return f"{int(s * 1000)} ms"
    if s < 60:
        return f"{int(s)} s"
    if s < 3600:
        return f"{int(s // 60)} min"
    return f"{int(s // 3600)} h" if s < 172800 else f"{count(s // 86400)} d"


def size(n):
    for unit, one in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n >= one:
            return f"{tenths(n / one)} {unit}"
    return f"{int(n)} bytes"


def share(used, limit, words):
    return f"{words(used)} of {words(limit)}" if limit else words(used)


def relative(at, now):
    age = int((now - at) / 1000)
    text = duration(abs(age)) if age else "0 s"
    return f"{text} ago" if age >= 0 else f"in {text}"


def when(iso, now):
    at = millis(iso)
    return None if at is None else {"iso": iso, "text": relative(at, now)}


def shown(value, now, key=""):
    """Every value as the template prints it: times as iso and text, whole numbers grouped, text made visible."""
    if isinstance(value, dict):
        return {name: shown(item, now, name) for name, item in value.items()}
    if isinstance(value, list):
        return [shown(item, now) for item in value]
    if key in TIMES and (value is None or isinstance(value, str)):
        return when(value, now)
    if isinstance(value, str):
        return None if key in OPTIONAL and not value else visible(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value):
        return count(value)
    return value


def asked(query):
    """What the address asks for; what cannot be is not asked for."""
    def fits(name, value):
        if name in ("search", "key", "memory_key"):
            return len(value) <= 512
        if name == "q":
            return len(value) <= 800
        if name == "offset":
            return re.fullmatch("[0-9]{1,9}", value) and int(value) <= 100_000_000
        if name == "class":
            return value in CLASSES
        if name == "since":
            return value in [since for since, _ in SINCES]
        if name == "cursor":
            return re.fullmatch("[A-Za-z0-9_-]{1,64}", value)
        return name == "episode" and re.fullmatch("[0-9a-f]{32}", value)
    return {name: value for name, value in query.items() if value and "\0" not in value and fits(name, value)}


def tone(status):
    if status["service_status"] == "stopped" or any(t["severity"] == "error" for t in status["troubles"]):
        return "bad"
    return "good" if status["service_status"] == "running" and not status["troubles"] else "warn"


def segments(status, now, full):
    history = status["circuit_history"]
    start = now - SPAN
    before = "unknown" if len(history) >= 50 or status["circuit"]["state"] == "none" else "closed"
    changes = [(0, before, "")] + [(millis(c["at"]) or 0, c["state"] if c["state"] in BARS else "unknown", c["reason"]) for c in reversed(history)]
    found = []
    for i, (at, state, reason) in enumerate(changes):
        begin = max(start, at)
        end = max(start, changes[i + 1][0]) if i + 1 < len(changes) else now
        if end <= begin:
            continue
        y, height = BARS[state]
        words = [state, visible(reason) if full else "", relative(at, now) if at else "before"]
        found.append({"state": state, "x": rounded(100 * (begin - start) / SPAN), "width": max(0.4, rounded(100 * (end - begin) / SPAN)),
                      "y": y, "height": height, "title": ", ".join(w for w in words if w)})
    return found


def schedule(status, now):
    plan = status["schedule"]
    counts, most, total, start = plan["counts"], max(plan["counts"], default=0), sum(plan["counts"]), millis(plan["from"]) or now
    columns, rows = [], []
    for i, n in enumerate(counts):
        if not n:
            continue
        at = when(iso_of_millis(start + i * int(plan["interval_seconds"] * 1000)), now)
        height = max(3, 96 * n / max(10, most))
        label = f"{count(n)} {'now' if at['text'] == '0 s ago' else at['text']}"
        columns.append({"x": rounded(100 * i / 36 + 0.2), "y": rounded(99 - height), "height": rounded(height), "label": label})
        rows.append({"at": at, "count": count(n)})
    any_due = plan["due_now"] + plan["later"] + total > 0
    words = (f"{count(plan['due_now'])} due now, {count(sum(counts[:6]))} within the next hour, {count(total)} within six hours, "
             f"{count(plan['later'])} later.") if any_due else "Nothing waits for a retry."
    return {"columns": columns, "due_rows": rows, "any_due": any_due,
            "schedule_shown": {"words": words, "most": f"At most {count(most)} in ten minutes." if most else ""}}


def ledger(sums):
    if sums is None:
        blank = {"transcripts": "0"} | dict.fromkeys(("bytes", "captured", "pending", "excluded", "missing"), "0 bytes")
        return {"ledger_shown": blank, "ledger_parts": []}
    parts, x = [], 0.0
    for kind in ("captured", "pending", "excluded", "missing"):
        width = 100 * sums[kind] / max(1, sums["bytes"])
        parts.append({"kind": kind, "x": rounded(x), "width": rounded(width)})
        x += width
    texts = {kind: size(sums[kind]) for kind in ("bytes", "captured", "pending", "excluded", "missing")}
    return {"ledger_shown": {"transcripts": count(sums["transcripts"]), **texts}, "ledger_parts": parts}


def link(fragment, **query):
    query = {name: value for name, value in query.items() if value}
    return "/" + (f"?{urlencode(query)}" if query else "") + f"#{fragment}"


def row(item, now):
    out = {name: "" if value is None and name not in TIMES else value for name, value in shown(item, now).items()}
    out["dispatch_key"] = out.get("dispatch_key") or ("no key" if "dispatch_key" in item and "event" not in item else "")
    out["key_path"] = quote(item.get("dispatch_key") or "", safe="")
    out["short_id"] = visible(item.get("episode_id") or "")[:12]
    return out


def unread(answer, what):
    """Why a list is not there, and the way out; "" when it is."""
    error = answer.get("error")
    return visible(f"{what} {': '.join(part for part in (error['message'], error['remedy']) if part)}") if error else ""


UNREAD = "This list could not be read."


def sessions_page(answer, query, now):
    first, search, trouble = int(query.get("offset") or 0), query.get("search", ""), unread(answer, UNREAD)
    rows = [row(item, now) for item in answer.get("sessions", [])]
    following = answer.get("next_offset")
    empty = "No session has that key or ID, and no key begins like that." if search else "No session is recorded yet."
    return {"search": visible(search), "rows": rows, "any": bool(rows), "empty_words": trouble or empty,
            "range": f"{count(first + 1)}–{count(first + len(rows))} of {count(answer['total'])}" if rows else "",
            "has_previous": first > 0, "previous_href": link("sessions", search=search, offset=max(0, first - 20)),
            "has_next": following is not None, "next_href": link("sessions", search=search, offset=following)}


def failures_page(answer, query, now):
    rows, trouble = [row(item, now) for item in answer.get("failures", [])], unread(answer, UNREAD)
    kind, key, since, cursor = (query.get(name, "") for name in ("class", "key", "since", "cursor"))
    since = since or "24h"
    filters = {"class": kind, "key": key, "since": since}
    span = "" if not rows else f"{count(len(rows))} of {count(answer['total'])}" if cursor else f"1–{count(len(rows))} of {count(answer['total'])}"
    empty = f"Nothing failed in this time{' with that class and key' if kind or key else ''}."
    return {"key": visible(key), "rows": rows, "any": bool(rows), "empty_words": trouble or empty, "range": span,
            "classes": [{"value": "", "text": "any", "selected": not kind}] + [{"value": c, "text": c, "selected": c == kind} for c in CLASSES],
            "sinces": [{"value": value, "text": text, "selected": value == since} for value, text in SINCES],
            "has_previous": bool(cursor), "first_href": link("failures", **filters),
            "has_next": answer.get("next_cursor") is not None, "next_href": link("failures", **filters, cursor=answer.get("next_cursor"))}


def memory_page(answer, query, now):
    q, answer = query.get("q", ""), answer or {}
    hits = [row(hit, now) for hit in answer.get("hits", [])] if q else []
    found = "The best 20" if len(hits) == 20 else count(len(hits))
    words = "" if not q else f"{found} for “{q}”." if hits else f"Nothing was found for “{q}”. Fewer words find more."
    for hit in hits:
        hit["title"] = hit["title"] or "(no title)"
    return {"q": visible(q), "key": visible(query.get("memory_key", "")), "hits": hits,
            "words": unread(answer, "The search did not work.") if q and "error" in answer else visible(words)}


def events_page(answer, now):
    rows, trouble = [row(event, now) for event in answer.get("events", [])], unread(answer, UNREAD)
    return {"rows": rows, "any": bool(rows), "empty_words": trouble or "Nothing happened yet."}


def episode_shown(answer, now):
    trouble = unread(answer, "The episode could not be read.") if answer else ""
    if answer is None or trouble:
        return {"episode": None, "episode_trouble": trouble or None}
    out = shown(answer, now)
    texts = {"title": out.get("title") or "(no title)", "dispatch_key": out.get("dispatch_key") or "no key", "text": out.get("text") or "not kept"}
    return {"episode": out | texts | {"short_id": visible(answer.get("episode_id") or "")[:12], "error_message": out.get("error_message") or None,
                                      "digest": out.get("digest") or None, "memory": out.get("memory")}, "episode_trouble": None}


def held(queue):
    """What takes room in the queue."""
    return queue["scheduled"] + queue["processing"] + queue["dead"]


def texts(status):
    redis, budget, saved, capture = (status[name] for name in ("redis", "budget", "saved", "capture"))
    used = redis["memory_bytes"] if redis["available"] else None
    return {"saved": f"{count(saved['seconds_low'])} to {count(saved['seconds_high'])} s",
            "tokens": share(budget["tokens_today"], budget["daily_token_budget"], count), "cost": f"${math.floor(budget['cost_usd_today'] * 100 + 0.5) / 100:.2f}",
            "redis_answers": "no" if redis["latency_seconds"] is None else duration(redis["latency_seconds"]),
            "redis_memory": "not known" if used is None else share(used, redis["memory_limit_bytes"], size),
            "spool": share(capture["spool_bytes"], capture["spool_limit_bytes"], size), "disk": size(capture["disk_free_bytes"]),
            "archive": size(status["archive"]["bytes"])}


def both(status, now):
    """What either form of the page has."""
    queue = status["queue_status"]
    oldest, state, limit = queue["oldest_pending_seconds"], status["circuit"]["state"], queue["limit"]
    return {"tone": tone(status), "files_only": status["source"] == "files",
            "queue_percent": rounded(min(100, 100 * held(queue) / limit)) if limit else 0,
            "shown": {"oldest_pending": "none" if oldest is None else duration(oldest), "circuit": CIRCUITS.get(state, "unknown"), "queue": share(held(queue), limit, count)}}


def public_sentence(status):
    """What is wrong, without a word that anybody else wrote."""
    troubles, service = status["troubles"], word(status["service_status"])
    if service == "running" and not troubles:
        return "All is well."
    more = len(troubles) - 1
    others = f" and {count(more)} other trouble{'s' if more > 1 else ''}" if more > 0 else ""
    what = f": {word(troubles[0]['kind'].replace('_', ' '))}{others}" if troubles else ""
    return f"{service[0].upper()}{service[1:]}{what}. Run 'holdfast status' or open the page with its token for more."


def public_status(status, now):
    """The numbers and times of what the reduced page shows, and words of Holdfast's own."""
    def figures(name):
        return {key: value for key, value in status[name].items() if key in TIMES or isinstance(value, (int, float)) and not isinstance(value, bool)}
    state = status["circuit"]["state"]
    return shown({"observed_at": status["observed_at"], "level": status["level"], "queue_status": figures("queue_status"), "retry_queue": figures("retry_queue"),
                  "archive": {"without_memory": status["archive"]["without_memory"]}, "circuit": figures("circuit")}, now) | {
        "sentence": public_sentence(status), "service_status": word(status["service_status"]), "level_name": word(status["level_name"]), "host": visible(status["host"])} | {
        "circuit": shown(figures("circuit"), now) | {"state": state if state in CIRCUITS else "none"}}


def reduced_context(status):
    now = millis(status["observed_at"]) or 0
    return both(status, now) | {"full": False, "status": public_status(status, now), "segments": segments(status, now, full=False)}


def full_status(status, now):
    out = shown(status, now)
    if status["llm_status"]["provider"] == "none":
        out["llm_status"]["provider"] = None
    out["companions"] = [row(c, now) | {"words": ", ".join(visible(c[name]) for name in ("state", "archive") if c[name])} for c in status["companions"]]
    return out


def full_context(status, query, lists):
    """`lists`: the answers sessions, failures, memory, events and episode, each the API's JSON; memory and episode may be None."""
    now, query = millis(status["observed_at"]) or 0, asked(query)
    general = both(status, now)
    return general | schedule(status, now) | ledger(status["ledger"]) | episode_shown(lists["episode"], now) | {
        "full": True, "status": full_status(status, now), "shown": general["shown"] | texts(status), "segments": segments(status, now, full=True),
        "any_trouble": bool(status["troubles"]), "any_change": bool(status["circuit_history"]), "any_companion": bool(status["companions"]),
        "sessions_page": sessions_page(lists["sessions"], query, now), "failures_page": failures_page(lists["failures"], query, now),
        "memory_page": memory_page(lists["memory"], query, now), "events_page": events_page(lists["events"], now)}
