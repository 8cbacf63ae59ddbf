"""A language model on loopback that speaks Chat Completions, does as it is told, and remembers what it was asked."""
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import speech

# How it can be: well, each kind of failure by status, no answer, an answer that is none, nobody there.
STATES = ("well", "429", "500", "401", "hangs", "no JSON", "away")
REASONS = {
    "429": {"error": {"message": "Rate limit reached", "type": "rate_limit_error", "code": "rate_limit_exceeded"}},
    "500": {"error": {"message": "The server had an error", "type": "server_error"}},
    "401": {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error",
                      "code": "invalid_api_key"}},
}
LONGEST_HANG = 30


class Call:
    """A completion that was asked for. `ended` and `answered` are set when it is over."""

    def __init__(self, words, kind="memory"):
        # memory, of an episode; session, its summary; message, summaries of long ones.
        self.kind = kind
        self.words, self.began, self.ended, self.answered = words, time.monotonic(), None, False


class ScriptedModel:
    def __init__(self, chance):
        self.state, self.calls, self._chance = "well", [], chance
        self._changed = threading.Condition()
        self._server = self._listen(0)
        self.port = self._server.server_address[1]

    @property
    def url(self):
        return "http://127.0.0.1:%d/v1" % self.port

    def become(self, state):
        with self._changed:
            before, self.state = self.state, state
            self._changed.notify_all()
        if state == "away" and before != "away":
            self.close()
        elif before == "away" and state != "away":
            self._server = self._listen(self.port)

    def close(self):
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _listen(self, port):
        server = ThreadingHTTPServer(("127.0.0.1", port), handler(self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def answer(self, path, body):
        """Status and body of an answer; None to hang up without one."""
        is_completion = path.endswith("/chat/completions")
        prompt = body["messages"][-1]["content"] if is_completion else ""
        call = Call(speech.words_of(prompt), kind_of(prompt))
        if is_completion:
            self.calls.append(call)
            # So that what happens meanwhile happens in the middle of calls, too.
            time.sleep(self._chance.random() * 0.2)
        try:
            with self._changed:
                state = self.state
                if state == "hangs":
                    self._changed.wait_for(lambda: self.state != "hangs", LONGEST_HANG)
                if state in ("hangs", "away"):
                    return None
            if state in REASONS:
                return int(state), json.dumps(REASONS[state])
            if state == "no JSON":
                return 200, "<html><body>Welcome to our network. Please accept the terms.</body></html>"
            call.answered = is_completion
            return 200, json.dumps(completion(call) if is_completion else {"object": "list", "data": []})
        finally:
            call.ended = time.monotonic()


def kind_of(prompt):
    """Which of the prompts it is, by how it ends."""
    if "Summarise these messages" in prompt:
        return "message"
    return "session" if "Summarise this session" in prompt else "memory"


def completion(call):
    answer = {"title": "What was said", "summary": " ".join(call.words), "decisions": []}
    if call.kind == "message":
        answer = {"summaries": [{"number": number + 1, "summary": "In short: " + word}
                                for number, word in enumerate(call.words)]}
    message = {"role": "assistant", "content": json.dumps(answer)}
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5}}


def handler(model):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.reply(model.answer(self.path, None))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.reply(model.answer(self.path, json.loads(body)))

        def reply(self, answer):
            if answer is None:
                return self.connection.shutdown(socket.SHUT_RDWR)
            status, body = answer
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())
            except OSError:
                pass  # whoever asked is dead

        def log_message(self, *_):
            pass

    return Handler
