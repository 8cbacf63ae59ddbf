"""Writes for each state what the API answers, the context made of it and the page: fixtures for whoever ports the page."""
import json
from pathlib import Path

from context import full_context, reduced_context
from mustache import render_page
from world import World

TESTS = Path(__file__).parent.parent.parent
FIXTURES = TESTS / "DashboardTests" / "Fixtures"
TEMPLATE = TESTS.parent / "Sources" / "Dashboard" / "Assets" / "page.mustache"
AWAY = {"error": {"category": "redis_unavailable", "message": "cannot reach Redis at /run/redis.sock (Connection refused)", "remedy": "run 'holdfast up', or set redis.url in holdfast.json"}}


def answers(world, query):
    """Short lists, and another page of them when the query asks for one."""
    status = world.status()
    status["circuit_history"], status["recent_failures"] = status["circuit_history"][:4], status["recent_failures"][:2]
    sessions, failures = world.sessions[:2], world.failures[:2]
    episode = next(iter(world.episodes.values()), None) if query.get("q") else None
    if episode:
        episode |= {"text": episode["text"][:200], "memory": {"title": "Empty lines", "summary": "The parser goes on.", "decisions": ["Go on"], "files": [], "commands": [], "open_questions": []}}
    hits = [{name: episode[name] for name in ("episode_id", "dispatch_key", "session_id", "captured_at", "title")} | {"snippet": "It stops at the first empty line.", "found_in": "raw", "score": 1.5}] if episode else []
    lists = {"sessions": {"sessions": sessions, "total": len(world.sessions), "next_offset": 22 if query.get("offset") else None},
             "failures": {"failures": failures, "total": len(world.failures), "next_cursor": "22" if query.get("cursor") else None},
             "memory": {"hits": hits} if query.get("q") else None, "events": {"events": world.events[:2]}, "episode": episode}
    if status["source"] == "files":
        lists |= {"sessions": AWAY, "failures": AWAY, "events": AWAY, "memory": AWAY, "episode": AWAY}
    return {"status": status, "query": query, "lists": lists}


def write(name, text):
    (FIXTURES / name).write_text(text)


def text_of(value):
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def main():
    world = World()
    # The same moment for all, so that they change only when the page does.
    world.clock = lambda: 1795288637.877
    template = TEMPLATE.read_text()
    FIXTURES.mkdir(parents=True, exist_ok=True)
    wanted = {"q": "parser", "memory_key": "coder", "episode": "3f" * 16, "since": "a year", "offset": "-1", "class": "nonsense"}
    further = {"search": "coder/issue & more", "offset": "20", "class": "overloaded", "key": "coder/größe", "since": "7d", "cursor": "20"}
    for name, state, query in (("all-well", world.all_well, wanted), ("circuit-open", world.circuit_open, further), ("redis-down", world.redis_down, {"q": "parser", "episode": "3f" * 16}),
                               ("empty", world.empty, {}), ("hostile", world.hostile, {"q": "<b>\"\u0301 \u202e", "search": "\x1b[31m\"><script>"}), ("reduced", world.circuit_open, {})):
        state()
        inputs = answers(world, query)
        if name == "reduced":
            inputs = {"status": inputs["status"]}
        context = full_context(**inputs) if "lists" in inputs else reduced_context(**inputs)
        write(f"inputs-{name}.json", text_of(inputs))
        write(f"context-{name}.json", text_of(context))
        write(f"page-{name}.html", render_page(template, context))


if __name__ == "__main__":
    main()
