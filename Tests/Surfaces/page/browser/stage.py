"""Puts a server into one state after another. The tests know only this; behind it is the mock or a real companion."""
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "mock"))


class Stage:
    """`url` and `token` say where the page is. A state that a stage cannot bring about skips the test that wants it."""
    url = ""
    token = ""

    def _cannot(self, what):
        raise unittest.SkipTest(f"{type(self).__name__} cannot stage: {what}")

    def all_well(self): self._cannot("all well")
    def circuit_open(self): self._cannot("an open circuit with a full queue")
    def redis_down(self): self._cannot("Redis down")
    def empty(self): self._cannot("a fresh install")
    def with_failures(self, n): self._cannot(f"{n} failures")
    def with_sessions(self, n): self._cannot(f"{n} sessions")
    def hostile(self): self._cannot("hostile text in a key, a failure, an event and a trouble")
    def happen(self, event, key): self._cannot("an event")
    def silent(self): self._cannot("a server that keeps the connection and says nothing")
    def speaking(self): self._cannot("the end of silence")
    def gone(self): self._cannot("a server that is gone")
    def back(self, token=None): self._cannot("the server's return, with another token")
    def refusing(self, on): self._cannot("lists that cannot be read")
    def close(self): pass


class MockStage(Stage):
    def __init__(self):
        from server import Server
        self.Server = Server
        self.server = Server().start()
        self.world, self.url, self.token = self.server.world, self.server.url, self.server.token

    def all_well(self): self.speaking(), self.refusing(False), self.world.all_well()
    def circuit_open(self): self.world.circuit_open()
    def redis_down(self): self.world.redis_down()
    def empty(self): self.world.empty()
    def with_failures(self, n): self.world.with_failures(n)
    def with_sessions(self, n): self.world.with_sessions(n)
    def hostile(self): self.world.hostile()
    def happen(self, event, key): self.world.happen({"scope": "registry", "event": event, "dispatch_key": key})
    def refusing(self, on): self.world.refusing = on

    def silent(self):
        self.world.silent = True

    def speaking(self):
        self.world.silent = False
        self.world.bump()

    def gone(self):
        self.server.stop()
        time.sleep(0.2)

    def back(self, token=None):
        port = int(self.url.rsplit(":", 1)[1])
        self.server = self.Server(port, token or self.token, self.world).start()

    def close(self):
        self.server.stop()
