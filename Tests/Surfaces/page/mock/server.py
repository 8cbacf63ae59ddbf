"""Speaks Holdfast's HTTP contract from a pretended world: for work on the page and for its tests.

    python3 server.py [PORT]        then open http://127.0.0.1:PORT/?token=mock
"""
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

sys.path.insert(0, str(Path(__file__).parent))
from context import asked, full_context, reduced_context  # noqa: E402
from mustache import render_page  # noqa: E402
from world import World  # noqa: E402

ASSETS = Path(__file__).parent.parent.parent.parent / "Sources" / "Dashboard" / "Assets"
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def world(self):
        return self.server.world

    def parse_request(self):
        # A stopped server must not go on over connections that were kept alive.
        self.close_connection = True
        return not self.server.closing and super().parse_request()

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json", **headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": len(data), "Cache-Control": "no-store",
                            "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def json(self, value, status=200):
        self.answer(status, json.dumps(value))

    def refuse(self, status, category, message, remedy):
        self.json({"error": {"category": category, "message": message, "remedy": remedy}}, status)

    def knows_token(self):
        token = self.server.token
        return f"holdfast_token={token}" in self.headers.get("Cookie", "") or self.headers.get("Authorization") == f"Bearer {token}"

    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/" and query.get("token") == self.server.token:
            cookie = f"holdfast_token={self.server.token}; HttpOnly; SameSite=Strict; Path=/"
            return self.answer(303, "", **{"Location": "/", "Set-Cookie": cookie})
        if url.path == "/":
            return self.page(query)
        if url.path.startswith("/assets/"):
            file = ASSETS / Path(url.path).name
            return self.answer(200, file.read_bytes(), KINDS[file.suffix]) if file.is_file() and file.suffix in KINDS else self.refuse(404, "not_found", "no such asset", "")
        if not self.knows_token():
            return self.refuse(401, "unauthorized", "the token is missing", "run holdfast dashboard")
        if self.world.refusing and url.path != "/api/v1/status":
            return self.refuse(503, "redis_unavailable", "Redis does not answer", "run holdfast up")
        if url.path == "/api/v1/events":
            return self.events()
        answer = self.read(url.path, query)
        return self.json(answer) if answer is not None else self.refuse(404, "not_found", "there is no such thing", "look at the list again")

    def read(self, path, query):
        world = self.world
        if path == "/api/v1/status":
            return world.status()
        if path == "/api/v1/sessions":
            search = query.get("search", "")
            found = [s for s in world.sessions if s["dispatch_key"].startswith(search) or s["session_id"] == search]
            first, limit = int(query.get("offset", 0)), int(query.get("limit", 50))
            rest = first + limit
            return {"sessions": found[first:rest], "total": len(found), "next_offset": rest if rest < len(found) else None}
        if path == "/api/v1/failures":
            found = [f for f in world.failures if query.get("class", f["class"]) in ("", f["class"]) and f["dispatch_key"].startswith(query.get("key", ""))]
            first, limit = int(query.get("cursor") or 0), int(query.get("limit", 50))
            return {"failures": found[first:first + limit], "total": len(found), "next_cursor": str(first + limit) if first + limit < len(found) else None}
        if path.startswith("/api/v1/episodes/"):
            return world.episodes.get(path.rsplit("/", 1)[1])
        if path == "/api/v1/memory":
            hits = [e for e in world.episodes.values() if query.get("q", "").lower() in (e["title"] + e["text"]).lower()][:20] if query.get("q") else []
            return {"hits": [{name: e[name] for name in ("episode_id", "dispatch_key", "session_id", "captured_at", "title")} | {"snippet": e["text"][:160], "found_in": "text", "score": 1.0} for e in hits]}
        if path == "/api/v1/history":
            return {"events": world.events[:100]}
        return None

    def page(self, query):
        status = self.world.status()
        if not self.knows_token():
            context = reduced_context(status)
        else:
            wanted = {**asked(query), "limit": "20"}
            read = {"error": {"message": "Redis does not answer", "remedy": "run holdfast up"}} if self.world.refusing else None
            lists = {name: read or self.read(f"/api/v1/{path}", wanted) for name, path in (("sessions", "sessions"), ("failures", "failures"), ("memory", "memory"), ("events", "history"))}
            lists["episode"] = None
            if "episode" in wanted:
                lists["episode"] = self.read(f"/api/v1/episodes/{wanted['episode']}", {}) or {"error": {"message": "there is no such thing", "remedy": "look at the list again"}}
            context = full_context(status, query, lists)
        source = (ASSETS / "page.mustache").read_text()
        self.answer(200, render_page(source, context), "text/html; charset=utf-8")

    def events(self):
        self.send_response(200)
        for name, value in {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        world, seen, newest = self.world, -1, self.world.events[0]["id"] if self.world.events else "0"
        while not self.server.closing:
            with world.changed:
                world.changed.wait_for(lambda: world.version != seen or self.server.closing, timeout=5)
                if world.silent:
                    seen = world.version
                    continue
                fresh = [e for e in world.events if int(e["id"]) > int(newest)]
                seen = world.version
                parts = [("change", event["id"], event) for event in reversed(fresh)] + [("status", f"s{seen}", world.status())]
                newest = world.events[0]["id"] if world.events else newest
            try:
                for name, id, data in parts:
                    self.wfile.write(f"event: {name}\nid: {id}\ndata: {json.dumps(data)}\n\n".encode())
                self.wfile.flush()
            except OSError:
                return

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.knows_token():
            return self.refuse(401, "unauthorized", "the token is missing", "run holdfast dashboard")
        if self.headers.get("Origin") not in (None, f"http://{self.headers['Host']}"):
            return self.refuse(403, "forbidden", "the request comes from another site", "use this page")
        _, _, _, kind, name, act = (*self.path.split("/"), "", "")[:6]
        done, fragment = self.act(kind, unquote(name), act)
        if done is None:
            return self.refuse(404, "not_found", "there is no such thing", "look at the list again")
        if "application/json" in self.headers.get("Accept", ""):
            return self.json(done)
        return self.answer(303, "", Location=f"/#{fragment}")

    def act(self, kind, name, act):
        world = self.world
        with world.changed:
            if kind == "sessions":
                found = next((s for s in world.sessions if s["dispatch_key"] == name and s["bound"]), None)
                if not found:
                    return None, ""
                found["bound"] = False
                world.happen({"scope": "registry", "event": "dropped", "reason": "manual", "dispatch_key": name})
                return {"dispatch_key": name, "session_id": found["session_id"], "outcome": "dropped"}, "sessions"
            found = next((f for f in world.failures if f["episode_id"] == name), None)
            if not found:
                return None, ""
            if act == "retry":
                found |= {"next_retry": world.ago(0), "dead": False}
                world.happen({"scope": "pool", "event": "retried", "dispatch_key": found["dispatch_key"]})
                return {"episode_id": name, "state": "scheduled"}, "failures"
            world.failures.remove(found)
            world.happen({"scope": "pool", "event": "discarded", "dispatch_key": found["dispatch_key"]})
            return {"episode_id": name, "discarded": True}, "failures"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port=0, token="mock", world=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.token, self.world, self.closing = token, world or World(), False
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def start(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.closing = True
        self.world.bump()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        kind = sys.exc_info()[0]
        if not issubclass(kind, OSError):
            super().handle_error(*_)


if __name__ == "__main__":
    server = Server(int(sys.argv[1]) if len(sys.argv) > 1 else 7391)
    print(f"{server.url}/?token={server.token}")
    server.serve_forever()
