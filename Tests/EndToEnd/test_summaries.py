"""Long messages and whole sessions are summed up by a model: what is paid for and stored is not asked for again."""
import json
import random
import signal
import time
import uuid

import processes
from house import HouseTest, smoke
from polling import until
from scriptedmodel import ScriptedModel


class Summaries(HouseTest):
    def setUp(self):
        super().setUp()
        self.model = ScriptedModel(random.Random(3))
        self.addCleanup(self.model.close)
        self.house.configure(
            provider={"kind": "openai", "base_url": self.model.url, "model": "scripted"}, inactivity_timeout_seconds=1,
            filtering={"agent_messages": "summary", "summary_min_chars": 1000})
        self.session = str(uuid.uuid4())
        folder = self.house.config / "projects" / str(self.house.project).replace("/", "-")
        folder.mkdir(parents=True, exist_ok=True)
        self.transcript = folder / (self.session + ".jsonl")

    def say(self, number, count=1):
        """Adds a turn: a prompt, and long answers."""
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        common = {"sessionId": self.session, "cwd": str(self.house.project), "version": "2.1.300", "timestamp": now,
                  "isSidechain": False, "userType": "external"}
        lines = [dict(common, type="user", uuid=str(uuid.uuid4()), parentUuid=None,
                      message={"role": "user", "content": "see to said-%d-0" % number})]
        for answer in range(count):
            text = "said-%d-%d " % (number, answer + 1) + " ".join("w%d" % word for word in range(600))
            lines.append(dict(common, type="assistant", uuid=str(uuid.uuid4()), parentUuid=lines[-1]["uuid"], message={
                "id": "m", "role": "assistant", "model": "m", "content": [{"type": "text", "text": text}]}))
        with open(self.transcript, "a") as file:
            file.write("".join(json.dumps(line) + "\n" for line in lines))

    def capture(self):
        done = self.house.holdfast("capture", str(self.transcript))
        self.assertEqual(done.code, 0, repr(done))

    def calls(self, kind):
        return [call for call in self.model.calls if call.kind == kind]

    def memories(self):
        return self.house.holdfast("status", "--json").json["archive"]["memories"]

    def shown(self):
        """What was said, as it is read."""
        done = self.house.holdfast("memory", "search", "see to", "--limit", "50", "--json")
        episodes = {hit["episode_id"] for hit in done.json} if done.code == 0 else set()
        return "".join(self.house.holdfast("memory", "show", episode, "--raw").stdout for episode in sorted(episodes))

    def kill_during(self, kind):
        """Kills the companion while a call of a kind is under way, or just after."""
        before = len(self.calls(kind))
        until(lambda: len(self.calls(kind)) > before, "a call for a " + kind, deadline=60)
        processes.send(self.house.companion_pid(), signal.SIGKILL)
        self.house.up()

    @smoke
    def test_no_text_is_paid_twice_over_kills(self):
        draws = random.Random(11)
        for number in range(1, 7):
            self.say(number, count=2)
            self.capture()
            if number % 2:
                self.kill_during(draws.choice(("message", "memory", "session")))
        until(lambda: self.memories() >= 7, "six memories, and the session's", deadline=180)
        until(lambda: self.shown().count("[summary of ") >= 12, "all is summed up", deadline=60)
        stored = {}
        for call in self.calls("message"):
            for word in call.words:
                if call.answered:
                    stored[word] = stored.get(word, 0) + 1
        # An answer that a kill met on its way is paid and lost; each kill can cost one call's texts, and no other is
        # asked for twice.
        again = sum(count - 1 for count in stored.values())
        self.assertLessEqual(again, 2 * 3, stored)
        self.assertEqual({word for word in stored if not word.endswith("-0")},
                         {"said-%d-%d" % (number, part) for number in range(1, 7) for part in (1, 2)})

    def test_a_transcript_that_is_gone_is_read_from_the_vault(self):
        self.model.become("500")
        self.say(1)
        self.capture()
        until(lambda: self.session in self.house.holdfast("vault", "list", "--json").stdout, "it is in the vault",
              deadline=90)
        self.transcript.unlink()
        self.model.become("well")
        self.house.holdfast("circuit", "close")
        waiting = self.house.holdfast("episodes", "list", "--json").json
        for episode in waiting["episodes"] if isinstance(waiting, dict) else waiting:
            self.house.holdfast("episodes", "retry", episode["episode_id"])
        until(lambda: self.memories() >= 1, "a memory", deadline=180)
        self.assertEqual(len([call for call in self.calls("message") if call.answered]), 1)
        self.assertIn("[summary of ", self.shown())
