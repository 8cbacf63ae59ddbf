"""What Graphiti's servers do with episodes, whatever graph lies behind them.

As there (getzep/graphiti, server/graph_service and mcp_server): what is taken waits in memory until a worker adds it to the
graph, one after the other, so that a kill loses it. FOLDER/mode says how it does: well; idle (the worker does nothing);
429; 500; hang; 401. FOLDER/refused counts what was refused, FOLDER/busy is there while a request is read or answered, and
while something waits or is being added. FOLDER/taken tells of what was taken, and when.

A graph has add(group, message), episodes(group, count), search(groups, query, count).
"""
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Inbox:
    def __init__(self, folder, graph):
        self.folder, self.graph = folder, graph
        self.waiting, self.lock, self.tasks = [], threading.Lock(), 0
        threading.Thread(target=self.work, daemon=True).start()

    def mode(self):
        try:
            with open(os.path.join(self.folder, "mode")) as file:
                return file.read().strip()
        except FileNotFoundError:
            return "well"

    def begin(self, count=1):
        """Something is to be done, and is until end()."""
        with self.lock:
            self.tasks += count
            open(os.path.join(self.folder, "busy"), "w").close()

    def end(self):
        with self.lock:
            self.tasks -= 1
            if not self.tasks:
                os.remove(os.path.join(self.folder, "busy"))

    def put(self, group, messages):
        self.begin(len(messages))
        with self.lock:
            with open(os.path.join(self.folder, "taken"), "a") as file:
                for message in messages:
                    file.write("%s %.3f\n" % (message["name"], time.time()))
            self.waiting.extend((group, message) for message in messages)

    def work(self):
        while True:
            one = None
            with self.lock:
                if self.waiting and self.mode() == "well":
                    one = self.waiting.pop(0)
            if not one:
                time.sleep(0.02)
                continue
            try:
                self.graph.add(*one)
            except Exception as error:  # as Graphiti's worker, it goes on with the next
                print("not added:", repr(error), file=sys.stderr, flush=True)
            self.end()

    def refuses(self):
        """The status to answer with instead; None while it is well."""
        state = self.mode()
        if state not in ("429", "500", "401", "hang"):
            return None
        with open(os.path.join(self.folder, "refused"), "a") as file:
            file.write(state + "\n")
        # It holds the connection, and never answers.
        while state == "hang" and self.mode() == "hang":
            time.sleep(0.1)
        return 500 if state == "hang" else int(state)


def serve(port, inbox):
    """The REST server: POST /messages answers 202; GET /episodes/{group}?last_n=; POST /search."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def answer(self, status, body, **headers):
            text = json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def refused(self):
            status = inbox.refuses()
            if status:
                self.answer(status, {"detail": str(status)}, **({"retry-after": "1"} if status == 429 else {}))
            return status is not None

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if self.refused():
                return
            if self.path == "/search":
                facts = inbox.graph.search(body["group_ids"], body["query"], body["max_facts"])
                return self.answer(200, {"facts": facts})
            if self.path != "/messages" or any("uuid" in message for message in body["messages"]):
                return self.answer(422, {"detail": "not as it must be"})
            inbox.put(body["group_id"], body["messages"])
            self.answer(202, {"message": "Messages added to processing queue", "success": True})

        def do_GET(self):
            if self.refused():
                return
            parts = urlsplit(self.path)
            if not parts.path.startswith("/episodes/"):
                return self.answer(404, {"detail": "Not Found"})
            count = int(parse_qs(parts.query)["last_n"][0])
            self.answer(200, inbox.graph.episodes(parts.path.split("/")[2], count))

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def process_request(self, request, address):
            inbox.begin()
            super().process_request(request, address)

        def shutdown_request(self, request):
            super().shutdown_request(request)
            inbox.end()

    server = Server(("127.0.0.1", port), Handler)
    print("ready", flush=True)
    server.serve_forever()


def serve_tools(port, inbox):
    """The MCP server over streamable HTTP: add_memory, get_episodes, search_memory_facts."""
    import uvicorn
    from mcp.server.fastmcp import FastMCP
    from starlette.responses import JSONResponse

    server = FastMCP("Graphiti", host="127.0.0.1", port=port)

    @server.tool()
    def add_memory(name: str, episode_body: str, group_id: str = "", source: str = "text",
                   source_description: str = "", uuid: str = "") -> dict:
        assert not uuid
        inbox.put(group_id, [{"name": name, "content": episode_body, "role": "holdfast", "role_type": "system",
                              "timestamp": "", "source_description": source_description}])
        return {"message": "Episode '%s' queued for processing in group '%s'" % (name, group_id)}

    @server.tool()
    def get_episodes(group_ids: list[str], max_episodes: int = 10) -> dict:
        return {"message": "Episodes retrieved successfully",
                "episodes": [one for group in group_ids for one in inbox.graph.episodes(group, max_episodes)]}

    @server.tool()
    def search_memory_facts(query: str, group_ids: list[str], max_facts: int = 10) -> dict:
        return {"message": "Facts retrieved successfully", "facts": inbox.graph.search(group_ids, query, max_facts)}

    app = server.streamable_http_app()

    async def guarded(scope, receive, send):
        import asyncio
        if scope["type"] != "http":
            return await app(scope, receive, send)
        inbox.begin()
        try:
            status = await asyncio.to_thread(inbox.refuses)
            if status:
                return await JSONResponse({"detail": str(status)}, status)(scope, receive, send)
            await app(scope, receive, send)
        finally:
            inbox.end()

    class Server(uvicorn.Server):
        async def startup(self, sockets=None):
            await super().startup(sockets)
            print("ready", flush=True)

    Server(uvicorn.Config(guarded, host="127.0.0.1", port=port, log_level="error")).run()
