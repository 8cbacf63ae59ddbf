"""What is kept comes back: a session whose transcript is gone resumes with its whole history."""
import os
import time

from fakeapi import text
from house import HouseTest, about_resuming
from polling import until

KEY = "coder/issue-7"
DAY = 86400


class VaultTest(HouseTest):
    def three_turns(self, key=KEY):
        """A session of three turns and a sub-agent; answers its ID when all of it is in the vault."""
        house = self.house
        session = house.ask(key, "the first word is MARIGOLD").session
        house.bound(key, session)
        house.ask_with_tools(key, "and an agent SUBAGENT")
        self.assertEqual(house.ask(key, "the third word is FOXGLOVE").session, session)
        house.settled(session)
        self.keep(session)
        return session

    def keep(self, session):
        """Has the vault take in all there is of a session."""
        self.house.holdfast("sync", "--json")
        shown = self.house.holdfast("vault", "show", session, "--json").json
        kept = {file["name"]: file for file in shown["files"]}
        self.assertEqual(set(kept), set(self.files(session)))
        for name, content in self.files(session).items():
            self.assertEqual((kept[name]["bytes"], kept[name]["kept_bytes"], kept[name]["holes"]),
                             (len(content), len(content), []), name)

    def files(self, session):
        """What lies on disk of a session, by its names from the folder of its transcript on."""
        transcript = self.house.transcript(session)
        found = [transcript, *sorted(transcript.with_suffix("").rglob("*"))]
        return {str(path.relative_to(transcript.parent)): path.read_bytes() for path in found if path.is_file()}

    def sweep(self, session):
        """Has the client delete the session, as it does with what nobody touched for thirty days."""
        house = self.house
        transcript = house.transcript(session)
        old = time.time() - 40 * DAY
        for path in [transcript, *transcript.with_suffix("").rglob("*")]:
            os.utime(path, (old, old))
        self.another_session_of_15_s()
        until(lambda: not transcript.exists(), "the client's sweep", deadline=30)

    def another_session_of_15_s(self):
        """The client sweeps some ten seconds after its start."""
        self.house.ask_with_tools("other/key", "TOOLCMD{sleep 15}")


class DeadSessions(VaultTest):
    @about_resuming
    def test_a_swept_session_resumes_with_its_history(self):
        house = self.house
        session = self.three_turns()
        before = self.files(session)
        self.sweep(session)
        done = house.ask(KEY, "which words were there?")
        self.assertEqual(done.session, session)
        self.assertIn("put back from the vault", " ".join(done.own_words))
        [turn] = house.api.turns("which words were there?")
        for word in ("MARIGOLD", "FOXGLOVE"):
            self.assertIn(word, text(turn["body"]))
        after = self.files(session)
        for name, content in before.items():
            self.assertEqual(after[name][:len(content)], content, name)
        self.assertEqual(house.metric("claude_session_restores_total", outcome="whole"), 1)
        self.another_session_of_15_s()
        self.assertTrue(house.transcript(session).exists(), "the next sweep leaves it")
