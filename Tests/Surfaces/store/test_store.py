"""The Agent SDK's session store (integrations/python), by the SDK's own conformance suite and against a running companion."""
import asyncio
import socket
import sys
import unittest
import uuid
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent.parent / "integrations" / "python")]

from claude_agent_sdk.testing import run_session_store_conformance  # noqa: E402
from holdfast_session_store import HoldfastError, HoldfastSessionStore  # noqa: E402
from place import Place, until  # noqa: E402

PROJECT = "-srv-app"


def listens(path):
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(path) == 0


def said(role, text, session, **more):
    """An entry as the client writes it."""
    content = text if role == "user" else [{"type": "text", "text": text}]
    return {
        "type": role, "uuid": str(uuid.uuid4()), "parentUuid": None, "sessionId": session, "cwd": "/srv/app",
        "timestamp": "2026-01-01T00:00:00.000Z", "version": "2.1.332", "isSidechain": False, "userType": "external",
        "message": {"role": role, "content": content, "id": "msg_1", "model": "m"}, **more,
    }


class Store(unittest.TestCase):
    def setUp(self):
        self.place = Place(inactivity_timeout_seconds=1)
        self.addCleanup(self.place.close)
        self.place.up()
        self.store = self.of(self.place)
        self.session = str(uuid.uuid4())
        self.key = {"project_key": PROJECT, "session_id": self.session}

    @staticmethod
    def of(place):
        address = place.state / "api.address"
        until(lambda: address.exists() and listens(address.read_text()), "the socket for programs")
        return HoldfastSessionStore(socket=address.read_text())

    def wait(self, coroutine):
        return asyncio.run(coroutine)

    def test_conformance(self):
        """Each contract in a store of its own, as the suite asks for: in a place of its own."""
        def make():
            place = Place()
            self.addCleanup(place.close)
            place.up()
            return self.of(place)

        self.wait(run_session_store_conformance(make))

    def test_what_was_stored_outlives_the_companion_and_is_stored_once(self):
        entries = [said("user", "hello", self.session), said("assistant", "U+2028: \u2028, U+0085: \u0085", self.session)]
        title = {"type": "custom-title", "customTitle": "hello"}
        self.wait(self.store.append(self.key, entries + [title]))
        self.place.companion.kill()
        self.place.companion.wait()
        self.place.up()
        store = self.of(self.place)
        self.assertEqual(self.wait(store.load(self.key)), entries + [title])
        # A batch that is tried again; what has no uuid is added again, as the contract wants it.
        self.wait(store.append(self.key, entries + [title]))
        self.assertEqual(self.wait(store.load(self.key)), entries + [title, title])

    def test_what_was_stored_is_searched_kept_and_given_back_elsewhere(self):
        sub = {**self.key, "subpath": "subagents/agent-1"}
        entries = [said("user", "where is the heron?", self.session), said("assistant", "by the quiet pond", self.session)]
        inner = [said("user", "look for it", self.session, isSidechain=True, agentId="1")]
        self.wait(self.store.append(self.key, entries))
        self.wait(self.store.append(sub, inner))
        until(lambda: "quiet" in self.place.holdfast("memory", "search", "quiet pond").stdout, "what was said, found")
        self.assertEqual(self.place.holdfast("sync").code, 0)
        until(lambda: self.session in self.place.holdfast("vault", "list").stdout, "the session in the vault")
        archive = self.place.root / "session.tar.zst"
        exported = self.place.run("sh", "-c", f'exec "$0" vault export {self.session} > {archive}', _holdfast())
        self.assertEqual(exported.code, 0, exported)
        with Place() as other:
            other.up()
            imported = other.run("sh", "-c", f'exec "$0" vault import < {archive}', _holdfast())
            self.assertEqual(imported.code, 0, imported)
            store = self.of(other)
            self.assertEqual(self.wait(store.load(self.key)), entries)
            self.assertEqual(self.wait(store.list_subkeys(self.key)), ["subagents/agent-1"])
            self.assertEqual(self.wait(store.load(sub)), inner)
            listed = self.wait(store.list_sessions(PROJECT))
            self.assertEqual([row["session_id"] for row in listed], [self.session])
            self.wait(store.delete(self.key))
            self.assertIsNone(self.wait(store.load(self.key)))

    def test_what_is_forgotten_is_stored_no_more(self):
        entries = [said("user", "the word is MARIGOLD", self.session), said("assistant", "it is noted, as you said", self.session)]
        self.wait(self.store.append(self.key, entries))
        done = self.place.holdfast("forget", "--text", "MARIGOLD", "--yes")
        self.assertEqual(done.code, 0, done)
        self.assertEqual(self.wait(self.store.load(self.key)), entries[1:])
        # A batch that is tried again.
        self.wait(self.store.append(self.key, entries))
        self.assertEqual(self.wait(self.store.load(self.key)), entries[1:])
        done = self.place.holdfast("forget", "--session", self.session, "--yes")
        self.assertEqual(done.code, 0, done)
        self.assertIsNone(self.wait(self.store.load(self.key)))
        with self.assertRaisesRegex(HoldfastError, "is forgotten here"):
            self.wait(self.store.append(self.key, entries))

    def test_a_name_that_is_none_and_a_companion_that_is_gone_are_told(self):
        with self.assertRaisesRegex(HoldfastError, "is no project"):
            self.wait(self.store.append({"project_key": "../etc", "session_id": "s"}, [{"type": "x"}]))
        self.place.down()
        with self.assertRaisesRegex(HoldfastError, "holdfast up"):
            self.wait(self.store.load(self.key))

    def test_writers_of_one_session_lose_nothing_of_each_other(self):
        async def all_at_once():
            batches = [[said("user", f"{number}", self.session)] for number in range(20)]
            await asyncio.gather(*(self.store.append(self.key, batch) for batch in batches))
            return await self.store.load(self.key)

        loaded = self.wait(all_at_once())
        self.assertEqual(sorted(int(entry["message"]["content"]) for entry in loaded), list(range(20)))
        (summary,) = self.wait(self.store.list_session_summaries(PROJECT))
        self.assertEqual(summary["session_id"], self.session)


def _holdfast():
    from place import BIN
    return str(BIN / "holdfast")


if __name__ == "__main__":
    unittest.main(verbosity=2)
