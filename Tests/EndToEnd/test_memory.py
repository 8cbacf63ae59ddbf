"""What is captured becomes searchable at once, and memory, with the real client as the model."""
import json
import os

import processes
from fakeapi import text
from house import HouseTest, smoke
from polling import until

KEY = "coder/issue-9"
MEMORY = {"title": "About MARIGOLD", "summary": "They spoke of MARIGOLD.", "decisions": ["plant it"]}


class ClaudeAsModel(HouseTest):
    """Claude Code itself makes the memories: the scripted API answers what the conversation tells it to."""

    def model(self, **settings):
        self.house.configure(provider={"kind": "claude-cli", "command": str(self.house.client_command()[0])}, **settings)

    def speak(self):
        return self.house.ask(KEY, "SAY{%s}" % json.dumps(MEMORY)).session

    def found(self, words):
        run = self.house.holdfast("memory", "search", words, "--json")
        return run.json if run.code == 0 else []

    @smoke
    def test_a_memory_is_made_and_the_call_is_not_captured(self):
        self.model()
        session = self.speak()
        until(lambda: MEMORY["title"] in [hit["title"] for hit in self.found("marigold")], "the memory", deadline=60)
        [hit] = self.found("marigold")
        self.assertEqual((hit["session_id"], hit["dispatch_key"]), (session, KEY))
        shown = self.house.holdfast("memory", "show", hit["episode_id"], "--json").json
        self.assertEqual(shown["memory"]["decisions"], MEMORY["decisions"])
        sessions = self.house.redis("ZRANGE", "{holdfast}:sessions", 0, -1).split()
        self.assertEqual(sessions, [session], "the model's own session is not recorded")
        self.assertEqual({one["session_id"] for one in self.house.episodes()}, {session})
        verified = self.house.holdfast("verify")
        self.assertEqual(verified.code, 0, repr(verified))

    def test_a_fresh_session_is_shown_the_titles_of_memories(self):
        self.model(recall={"at_start": 1500})
        session = self.speak()
        self.house.settled(session)
        until(lambda: list((self.house.state / "recall").glob("key-*")), "its title", deadline=60)
        [hit] = self.found("marigold")
        line = "> %s %s" % (hit["episode_id"][:12], MEMORY["title"])

        self.house.ask(KEY, "and now FOXGLOVE")
        self.assertNotIn(line, self.asked("FOXGLOVE"), "a resume has its past")
        other = self.house.ask("coder/issue-10", "begin HEATHER")
        self.assertIn(line, self.asked("HEATHER"), "another key of the project")
        self.house.settled(other.session)
        self.assertEqual(self.house.holdfast("sessions", "drop", KEY).code, 0)
        why = self.house.holdfast("why", KEY, "--json").json
        self.assertIn(line, why["recall"]["text"])
        last = self.house.ask(KEY, "begin LARKSPUR")
        self.assertIn(why["recall"]["text"], self.asked("LARKSPUR"))
        self.house.settled(last.session)

        forgotten = self.house.holdfast("forget", "--text", "MARIGOLD", "--yes", "--json")
        self.assertEqual(forgotten.json["proof"]["remains"], [], repr(forgotten))
        self.assertNotIn("MARIGOLD", "".join(path.read_text() for path in (self.house.state / "recall").glob("*")))

    def asked(self, words):
        """What the model was asked with these words, as one text."""
        asked = self.house.api.turns(words)
        self.assertTrue(asked, words)
        return text(asked[-1]["body"])

    def test_a_call_that_hangs_is_ended_with_all_that_it_started(self):
        self.model(episode_timeout_seconds=2)
        session = self.speak()
        self.house.settled(session)
        until(lambda: self.found("marigold"), "the raw text", deadline=30)
        self.house.api.answers("hang")
        run = self.house.holdfast("memory", "add", "BEGONIA goes beside it", "--key", KEY, "--json")
        until(lambda: "timeout" in self.error_type(run.json["episode_id"]), "the end of the call", deadline=60)
        self.assertTrue(self.found("begonia"), "what was said is searchable all the same")
        client = os.path.realpath(self.house.client_command()[0])
        until(lambda: client not in map(processes.program, processes.of_folder(self.house.root)), "the end of the client")

    def error_type(self, identity):
        """Empty, too, while the text waits in a file: a Redis that answers late has it a second later."""
        keys = self.house.redis("--scan", "--pattern", "{holdfast:*}:episode:" + identity).split()
        return "".join(self.house.redis("HGET", key, "error_type") for key in keys)


class Searchable(HouseTest):
    @smoke
    def test_without_a_model_what_was_said_is_found_and_the_queue_is_empty(self):
        session = self.house.ask(KEY, "remember MARIGOLD").session
        self.house.settled(session)
        until(lambda: self.house.holdfast("memory", "search", "marigold").code == 0, "the words")
        until(lambda: not self.house.queued_episodes(), "an empty queue")
        verified = self.house.holdfast("verify")
        self.assertEqual(verified.code, 0, repr(verified))
