"""A GitHub on loopback: a bare repository over https with a token, the two questions of the API, and weather.

`git http-backend` answers git. The certificate is made for its address in the folder that is given; whoever is to trust
it is told of `authority`.
"""
import base64
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

API = "/api/v3"
OWNER, NAME = "me", "kept"

# What GitHub says where a file is too large, and where a rule of the repository forbids a push.
TOO_LARGE = ("error: GH001: Large files detected. You may want to try Git Large File Storage.",
             "error: File objects is 123.00 MB; this exceeds GitHub's file size limit of 100.00 MB")
FORBIDDEN = ("error: GH013: Repository rule violations found for refs/heads/holdfast.",)


class Weather:
    """How the server is disposed. Fair, unless told otherwise."""

    def __init__(self, **how):
        # Of every answer, s.
        self.latency = 0
        # Of the API, and of git: (status, headers, text), instead of an answer.
        self.api, self.git = None, None
        # Lines by which a push is declined.
        self.declines = ()
        # How many pushes somebody else is faster than.
        self.races = 0
        # A barrier at which the next pushes wait for each other.
        self.meeting = None
        # After so many bytes of a push, or of what is fetched, the connection is no more.
        self.cuts_request, self.cuts_answer = None, None
        for name, value in how.items():
            assert hasattr(self, name), name
            setattr(self, name, value)


def limited(seconds):
    """GitHub's answer to who asked too often."""
    now = int(time.time())
    return 403, {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "retry-after": str(seconds),
                 "x-ratelimit-reset": str(now + seconds)}, "API rate limit exceeded"


class GitHubServer:
    def __init__(self, folder, token, address="127.0.0.1"):
        # No other port: that of the API is not looked for in its address.
        self.folder, self.token, self.address, self.port = folder, token, address, 443
        self.repositories, self.authority = folder / "repositories", folder / "authority.pem"
        self.repositories.mkdir(parents=True)
        # What was answered, and what was asked.
        self.weather, self.requests, self.begun = Weather(), [], []
        self._make_certificate()
        self.repository = self.repositories / OWNER / (NAME + ".git")
        self._make_repository()
        self._server = Listener(self)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def _make_certificate(self):
        self._key = self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=" + self.address, "-addext", "subjectAltName=IP:" + self.address,
                        "-keyout", str(self._key), "-out", str(self.authority)], check=True, stderr=subprocess.DEVNULL)

    def _make_repository(self):
        self.repository.mkdir(parents=True)
        self.git("init", "--quiet", "--bare")
        # As GitHub has it; what is cut in its middle is to leave nothing behind that counts.
        for name in ("http.receivepack", "uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
            self.git("config", name, "true")
        hook = self.repository / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text('#!/bin/sh\ncat > /dev/null\n[ ! -e declined ] || { cat declined >&2; exit 1; }\n')
        hook.chmod(0o755)

    @property
    def url(self):
        return "https://%s/%s/%s.git" % (self.address, OWNER, NAME)

    @property
    def api_url(self):
        return "https://%s%s" % (self.address, API)

    @contextmanager
    def becoming(self, **how):
        """Other weather for a while."""
        self.become(**how)
        try:
            yield self
        finally:
            self.become()

    def become(self, **how):
        self.weather = Weather(**how)
        declined = self.repository / "declined"
        if self.weather.declines:
            declined.write_text("\n".join(self.weather.declines) + "\n")
        elif declined.exists():
            declined.unlink()

    def asked(self, part="", status=None):
        """The moments at which something was asked of a path that has this part, in their order."""
        return [moment for moment, path, code in self.requests if part in path and status in (None, code)]

    # -- the repository --------------------------------------------------------------------------------------------

    def git(self, *words, **options):
        return subprocess.run(["git", "-C", str(self.repository), *words], check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, **options).stdout

    def tip(self):
        """The latest commit, or nothing."""
        return self.git("for-each-ref", "--format=%(objectname)", "refs/heads/holdfast").decode().strip()

    def push_of_somebody_else(self):
        """Another commit, by which whoever looked before comes too late. It changes no file."""
        if self.tip():
            who = {"GIT_%s_%s" % (role, what): "holdfast"
                   for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
            commit = self.git("commit-tree", "-p", self.tip(), "-m", "holdfast", self.tip() + "^{tree}",
                              env=dict(os.environ, **who)).decode().strip()
            self.git("update-ref", "refs/heads/holdfast", commit)

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, github):
        self.github = github
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(str(github.authority), str(github._key))
        super().__init__((github.address, github.port), Handler)

    def finish_request(self, request, client):
        # In the thread of the connection: one that says nothing holds up no other.
        try:
            request.settimeout(30)
            with self._tls.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client)
        except OSError:
            pass  # whoever asked has gone

    def handle_error(self, request, client):
        pass


class Cut(Exception):
    """The connection is to be no more."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        github = self.server.github
        self.weather, self.sent = github.weather, 0
        path = self.path.split("?")[0]
        github.begun.append(path)
        try:
            time.sleep(self.weather.latency)
            scripted = self.weather.api if path.startswith(API) else self.weather.git
            if scripted:
                self.answer(*scripted)
            elif not self.is_known():
                self.answer(401, {"WWW-Authenticate": 'Basic realm="GitHub"'}, "Bad credentials")
            elif path.startswith(API):
                self.answer_api(path[len(API):])
            else:
                self.answer_git(path)
        except Cut:
            # A reset, not an end: so it is when a cable is pulled somewhere.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            self.note(0)

    do_POST = do_GET

    def note(self, status):
        self.server.github.requests.append((time.time(), self.path, status))

    def is_known(self):
        """Whether the token was shown: `Bearer` to the API, as the password of anybody to git."""
        kind, _, shown = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            shown = base64.b64decode(shown).decode().partition(":")[2]
        return shown == self.server.github.token

    def answer(self, status, headers=None, body="", kind=None):
        raw = body if isinstance(body, bytes) else body.encode()
        if not isinstance(body, bytes) and self.path.startswith(API):
            raw, kind = json.dumps({"message": body}).encode(), "application/json"
        # What a client still wants to send is not read: the connection goes.
        self.close_connection = True
        self.note(status)
        self.send_response(status)
        for name, value in dict(headers or {}, **{"Content-Type": kind or "text/plain"}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(raw)

    # -- the API ---------------------------------------------------------------------------------------------------

    def answer_api(self, path):
        left = {"limit": 5000, "remaining": 4999, "reset": int(time.time()) + 3600}
        headers = {"x-ratelimit-" + name: str(value) for name, value in left.items()}
        if path == "/rate_limit":
            found = {"resources": {"core": left}, "rate": left}
        elif path == "/repos/%s/%s" % (OWNER, NAME):
            found = {"size": 1, "private": True, "permissions": {"push": True, "pull": True}}
        else:
            return self.answer(404, headers, "Not Found")
        self.answer(200, headers, json.dumps(found).encode(), "application/json")

    # -- git -------------------------------------------------------------------------------------------------------

    def answer_git(self, path):
        github, weather = self.server.github, self.weather
        is_push = path.endswith("/git-receive-pack")
        body = self.body(weather.cuts_request if is_push else None)
        # The first of two requests only asks whether the token will do.
        if is_push and weather.races > 0 and len(body) > 4:
            weather.races -= 1
            github.push_of_somebody_else()
        if is_push and weather.meeting and len(body) > 4:
            try:
                weather.meeting.wait(10)
                weather.meeting = None
            except threading.BrokenBarrierError:
                pass  # the other does not come
        env = dict(
            PATH=os.environ["PATH"], GIT_PROJECT_ROOT=str(github.repositories), GIT_HTTP_EXPORT_ALL="1",
            GIT_CONFIG_NOSYSTEM="1", HOME=str(github.folder), REMOTE_USER=OWNER, REMOTE_ADDR=self.client_address[0],
            REQUEST_METHOD=self.command, PATH_INFO=path, QUERY_STRING=self.path.partition("?")[2],
            CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
        done = subprocess.run(["git", "http-backend"], input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env=env)
        head, _, rest = done.stdout.partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(lines.pop("Status", "200").split()[0])
        self.note(status)
        self.send_response(status)
        for name, value in lines.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        limit = weather.cuts_answer if path.endswith("/git-upload-pack") else None
        self.wfile.write(rest[:limit])
        if limit is not None and len(rest) > limit:
            raise Cut

    def body(self, limit):
        """What was sent along, whole or in chunks; cut where more than the limit comes."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        read = b""
        for piece in self.pieces():
            read += piece
            if limit is not None and len(read) > limit:
                raise Cut
        return read

    def pieces(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            left = int(self.headers.get("Content-Length") or 0)
            while left:
                piece = self.rfile.read(min(left, 4096))
                if not piece:
                    raise Cut
                left -= len(piece)
                yield piece
            return
        while True:
            size = int(self.rfile.readline().split(b";")[0] or b"0", 16)
            piece = self.rfile.read(size)
            self.rfile.readline()
            if not size:
                return
            yield piece
