"""What is captured becomes searchable at once, and memory, with the real client as the model."""
import json
import os

import processes
from house import HouseTest
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
    def test_without_a_model_what_was_said_is_found_and_the_queue_is_empty(self):
        session = self.house.ask(KEY, "remember MARIGOLD").session
        self.house.settled(session)
        until(lambda: self.house.holdfast("memory", "search", "marigold").code == 0, "the words")
        until(lambda: not self.house.queued_episodes(), "an empty queue")
        verified = self.house.holdfast("verify")
        self.assertEqual(verified.code, 0, repr(verified))
