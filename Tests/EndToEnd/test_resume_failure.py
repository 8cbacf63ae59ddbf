"""A session that cannot be resumed costs one failed try, never two."""
import json
import re
from concurrent.futures import ThreadPoolExecutor

from faults import FULL
from house import LOOKS_EVERYWHERE, HouseTest, about_resuming, only_clients, smoke

KEY = "coder/issue-3"

# Longer than any pipe holds at once: a dispatch that forwards it only once would leave the fresh start without.
PROMPT = "\n".join("line %05d of a long prompt" % number for number in range(5000)) + "\nthe last word is MARIGOLD"


class ResumeFailure(HouseTest):
    def one_failure_then_fresh(self, *mode, config=None):
        """Dispatches a dead binding with a piped prompt, and returns what came out."""
        house = self.house
        dead = house.bind_elsewhere(KEY, config=config)
        done = house.dispatch(KEY, "-p", *mode, piped=PROMPT)
        self.assertAnswered(done)
        self.assertEqual(house.resumes(), [dead, None], "one failed resume, then a fresh start")
        self.assertNotIn("No conversation found", done.stdout)
        self.assertNotIn(dead, done.stdout)
        self.assertEqual(len(house.api.turns(PROMPT)), 1, "the fresh start got the whole prompt")
        self.assertEqual(house.metric("claude_session_resume_failures_total"), 1)
        self.assertEqual(house.metric("claude_session_drops_total", reason="failed"), 1)
        self.assertTrue(done.own_words, "holdfast says what it did")

        [transcript] = house.transcripts()
        fresh = transcript.stem
        house.bound(KEY, fresh)
        self.assertEqual(house.ask(KEY, "go on").session, fresh)
        self.assertEqual(house.resumes(), [dead, None, fresh], "the next dispatch is clean")
        self.assertEqual(house.metric("claude_session_resume_failures_total"), 1)
        return done

    @smoke
    @about_resuming
    def test_a_dead_session_fails_once_in_text_mode(self):
        done = self.one_failure_then_fresh()
        self.assertRegex(done.stdout, re.compile(r"\AANSWER\[\d+\]: .*the last word is MARIGOLD\n\Z", re.DOTALL))

    @about_resuming
    def test_a_dead_session_fails_once_in_json_mode(self):
        done = self.one_failure_then_fresh("--output-format", "json")
        self.assertFalse(done.json["is_error"])
        self.assertIn("MARIGOLD", done.json["result"])

    @about_resuming
    def test_a_dead_session_fails_once_in_stream_json_mode(self):
        done = self.one_failure_then_fresh("--output-format", "stream-json", "--verbose")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        results = [line for line in lines if line["type"] == "result"]
        self.assertEqual([result["is_error"] for result in results], [False])
        self.assertEqual(len({line["session_id"] for line in lines if "session_id" in line}), 1)

    @about_resuming
    def test_the_other_host_may_keep_its_sessions_elsewhere(self):
        self.one_failure_then_fresh("--output-format", "json", config="/home/somebody/.claude")

    @smoke
    def test_dead_bindings_fail_once_each(self):
        house, count = self.house, 40 if FULL else 8
        keys = ["coder/dead-%02d" % number for number in range(count)]
        dead = {key: house.bind_elsewhere(key) for key in keys}

        def twice(key):
            return key, house.ask(key, "first of " + key), house.ask(key, "second of " + key)

        with ThreadPoolExecutor(4) as pool:
            for key, first, second in pool.map(twice, keys):
                self.assertEqual(first.session, second.session, key)
                self.assertNotIn(first.session, dead.values())
        tried = [session for session in house.resumes() if session in dead.values()]
        self.assertEqual(sorted(tried), sorted(dead.values()), "each dead session was tried exactly once")
        self.assertEqual(house.metric("claude_session_resume_failures_total"), count)
        self.assertEqual(len(house.starts()), 3 * count, "per key: a failure, a fresh start, a resume")


class AnotherDirectory(HouseTest):
    def setUp(self):
        super().setUp()
        self.first = self.house.ask(KEY, "remember MARIGOLD").session
        self.house.bound(KEY, self.first)
        self.house.settled(self.first)
        self.elsewhere = self.house.root / "elsewhere"
        self.elsewhere.mkdir()

    @smoke
    @about_resuming
    @only_clients(before=LOOKS_EVERYWHERE)
    def test_a_client_that_looks_only_in_its_own_directory_starts_fresh_in_the_same_call(self):
        done = self.house.dispatch(KEY, "-p", "and now FOXGLOVE", cwd=self.elsewhere)
        self.assertAnswered(done)
        said = "\n".join(done.own_words)
        self.assertIn(str(self.house.project), said, "holdfast says where the session can be resumed")
        self.assertEqual(self.house.resumes(), [None, self.first, None])
        self.assertEqual(self.house.metric("claude_session_drops_total", reason="failed"), 0, "nothing was dropped")
        self.assertEqual(self.house.metric("claude_session_resume_failures_total"), 1)

    @about_resuming
    @only_clients(since=LOOKS_EVERYWHERE)
    def test_a_client_that_looks_everywhere_resumes_from_another_directory(self):
        self.assertEqual(self.house.ask(KEY, "and now FOXGLOVE", cwd=self.elsewhere).session, self.first)
        self.assertEqual(self.house.ask(KEY, "go on").session, self.first)
        self.assertNothingDropped(KEY, self.first)
