"""What is forgotten is nowhere any more, and nothing brings it back: with the real client, byte by byte."""
import signal
import subprocess

import processes
from house import BIN, HouseTest, about_resuming, smoke
from polling import until

KEY, OTHER = "coder/issue-7", "coder/issue-8"


class Forgetting(HouseTest):
    # The watcher captures what no hook reported a moment after it was written.
    settings = {"inactivity_timeout_seconds": 1, "check_interval_seconds": 1}

    def ask(self, key, prompt):
        session = self.house.ask(key, prompt).session
        self.house.settled(session)
        return session

    def archived(self, *words):
        """Waits until the words are in the archive and in no queue."""
        for word in words:
            until(lambda: self.finds(word), word, deadline=30)
        until(lambda: not self.house.queued_episodes(), "an empty queue", deadline=30)

    def finds(self, word):
        return self.house.holdfast("memory", "search", word).code == 0

    def forget(self, *words):
        done = self.house.holdfast("forget", *words, "--yes", "--json")
        self.assertEqual((done.code, done.json["outcome"]), (0, "forgotten"), repr(done))
        return done.json

    def holding(self, word):
        """The files of the state folder that hold it: archive, log of it, what Redis wrote, vault, spool, mirrors, logs."""
        return [path for path in self.house.state.rglob("*") if path.is_file() and word.encode() in self.content(path)]

    @staticmethod
    def content(path):
        """Of a pack of the vault what is packed in it, too."""
        content = path.read_bytes()
        if path.suffix == ".pack":
            content += subprocess.run(["zstd", "-dc"], input=content, stdout=subprocess.PIPE, check=True).stdout
        return content

    def assertGone(self, *words):
        dump = self.house.root / "dump.rdb"
        subprocess.run(["redis-cli", "-s", str(self.house.socket), "--rdb", str(dump)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for word in words:
            self.assertEqual(self.holding(word), [], word)
            self.assertNotIn(word.encode(), dump.read_bytes(), "Redis' own dump")
            self.assertFalse(self.finds(word), word)
        dump.unlink()

    def assertStaysGone(self, *words):
        """Whoever captures has come by again."""
        self.house.holdfast("sync", "--since", "1d")
        self.house.holdfast("verify", "--repair")
        self.house.redis("FLUSHALL")
        until(lambda: self.house.cursors(), "what the archive puts back", deadline=30)
        self.house.holdfast("sync", "--since", "1d")
        control = self.ask("control", "and now LARKSPUR")
        self.archived("LARKSPUR")
        self.assertGone(*words)
        verified = self.house.holdfast("verify")
        self.assertEqual(verified.code, 0, repr(verified))
        return control

    @smoke
    @about_resuming
    def test_a_text_goes_with_its_messages_and_their_neighbours_stay(self):
        session = self.ask(KEY, "the code is PELICAN-4711, keep it")
        self.assertEqual(self.ask(KEY, "and remember MARIGOLD"), session)
        self.archived("PELICAN", "MARIGOLD")
        self.assertTrue(self.holding("PELICAN-4711"))
        seen = self.house.holdfast("forget", "--text", "PELICAN-4711", "--dry-run", "--json")
        self.assertEqual((seen.code, seen.json["outcome"]), (0, "found"), repr(seen))
        self.assertTrue(self.holding("PELICAN-4711"), "a dry run removes nothing")

        answer = self.forget("--text", "PELICAN-4711")
        self.assertEqual(answer["transcripts"], [str(self.house.transcript(session))])
        self.assertIn(b"PELICAN-4711", self.house.transcript(session).read_bytes(), "the client's file is the user's")
        self.assertGone("PELICAN-4711")
        self.assertTrue(self.finds("MARIGOLD"))
        self.assertIn("forgotten", self.house.verified(session)["excluded"])
        # The session goes on, and is the key's as before.
        again = self.ask(KEY, "what about BEGONIA")
        self.assertEqual(again, session)
        self.archived("BEGONIA")
        self.assertStaysGone("PELICAN-4711")

    def test_a_session_goes_with_what_its_fork_copied(self):
        session = self.ask(KEY, "keep the PELICAN in mind")
        done = self.house.client(OTHER, "-p", "and the fork has MARIGOLD", "--resume", session, "--fork-session",
                                 "--output-format", "json")
        self.assertAnswered(done)
        self.assertNotEqual(done.session, session)
        self.house.settled(done.session)
        self.archived("PELICAN", "MARIGOLD")
        self.forget("--session", session)
        self.assertGone("PELICAN")
        self.assertTrue(self.finds("MARIGOLD"), "the fork's own words stay")
        self.assertEqual(self.house.lookup(KEY).get("session_id"), None)
        account = self.house.verified(session)
        self.assertEqual((account["captured"], account["pending"]), (0, 0), account)
        self.assertIn("forgotten", account["excluded"])
        # It goes on outside of any dispatch, and nothing of it is recorded.
        self.house.client(KEY, "-p", "more of the PELICAN", "--resume", session)
        self.house.client(KEY, "-p", "more of the PELICAN", "--resume", session, "--settings", '{"disableAllHooks": true}')
        self.assertStaysGone("PELICAN")

    def test_of_a_key_every_session_goes(self):
        first = self.ask(KEY, "the first has PELICAN")
        self.house.holdfast("sessions", "drop", KEY)
        second = self.ask(KEY, "the second has GANNET")
        other = self.ask(OTHER, "another key has MARIGOLD")
        self.archived("PELICAN", "GANNET", "MARIGOLD")
        answer = self.forget("--key", KEY)
        self.assertEqual(sorted(answer["sessions"]), sorted([first, second]))
        self.assertGone("PELICAN", "GANNET")
        self.assertEqual(self.house.lookup(OTHER)["session_id"], other)
        third = self.ask(KEY, "the third has BEGONIA")
        self.assertNotIn(third, (first, second))
        self.archived("BEGONIA")
        self.assertStaysGone("PELICAN", "GANNET")

    def test_killed_anywhere_it_is_finished_by_the_next_run(self):
        tombstones = self.house.state / "forgotten"
        # How far it is when it ends, and whether the companion ends with it.
        moments = [lambda word, before: True, lambda word, before: self.marks(tombstones) != before,
                   lambda word, before: not self.finds(word)]
        for number, (moment, with_companion) in enumerate((one, two) for one in moments for two in (False, True)):
            word = "PELICAN%dX" % number
            self.ask(KEY, "number %d is %s" % (number, word))
            self.archived(word)
            before = self.marks(tombstones)
            running = self.house.start([BIN / "holdfast", "forget", "--text", word, "--yes"])
            until(lambda: running.ended or moment(word, before), "the moment to end it")
            for pid in [running.pid] + ([self.house.companion_pid()] if with_companion else []):
                processes.send(pid, signal.SIGKILL)
            running.wait()
            if with_companion:
                until(lambda: not self.house.running(BIN / "holdfast-companion"), "the companion's end")
                self.house.up()
            self.forget("--text", word)
            self.assertGone(word)

    @staticmethod
    def marks(folder):
        return sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*")) if folder.exists() else []
