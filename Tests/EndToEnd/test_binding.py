"""Which session a key is bound to: by its turns, and not by what else runs under the key."""
import json
import signal

import processes
from house import BIN, PLUGIN, HouseTest, about_resuming, smoke
from polling import until

KEY = "coder/issue-1"


class Binding(HouseTest):
    @smoke
    @about_resuming
    def test_a_fresh_run_binds_its_session(self):
        first = self.house.ask(KEY, "remember MARIGOLD")
        self.house.bound(KEY, first.session)
        self.assertEqual(self.house.resumes(), [None])

        found = self.house.holdfast("lookup", KEY)
        self.assertEqual((found.code, found.stdout.strip()), (0, first.session))
        answer = self.house.lookup(KEY)
        said = [answer[field] for field in ("dispatch_key", "verdict", "session_id")]
        self.assertEqual(said, [KEY, "resumable", first.session])
        self.assertEqual(self.house.holdfast("lookup", "coder/never-seen").code, 1)

    @smoke
    @about_resuming
    def test_a_second_dispatch_resumes_the_same_session(self):
        first = self.house.ask(KEY, "remember MARIGOLD")
        second = self.house.ask(KEY, "and now FOXGLOVE")
        self.assertEqual(second.session, first.session)
        self.assertEqual(self.house.resumes(), [None, first.session])
        self.assertEqual(len(self.house.api.turns("FOXGLOVE")), 1)
        self.assertEqual(len(self.house.api.turns("MARIGOLD")), 2, "the second request carries the first turn")
        self.house.bound(KEY, first.session)
        self.assertNothingDropped(KEY, first.session)

    @about_resuming
    def test_keys_do_not_share_a_session(self):
        first = self.house.ask(KEY, "remember MARIGOLD")
        other = self.house.ask("reviewer/issue-1", "remember FOXGLOVE")
        self.assertNotEqual(first.session, other.session)
        self.assertEqual(self.house.ask(KEY, "go on").session, first.session)
        self.assertEqual(self.house.ask("reviewer/issue-1", "go on").session, other.session)

    @smoke
    @about_resuming
    def test_a_session_with_a_deleted_transcript_is_not_tried(self):
        self.house.configure(vault={"enabled": False})
        first = self.house.ask(KEY, "remember MARIGOLD")
        self.house.settled(first.session)
        self.house.transcript(first.session).unlink()

        second = self.house.ask(KEY, "and now FOXGLOVE")
        self.assertEqual(self.house.resumes(), [None, None], "no resume was tried")
        self.assertNotEqual(second.session, first.session)
        self.assertEqual(len(self.house.api.turns("MARIGOLD")), 2, "the fresh one is shown what was said")
        self.assertEqual(self.house.metric("claude_session_drops_total", reason="missing"), 1)
        self.assertEqual(self.house.metric("claude_session_resumes_saved_total"), 1)
        self.assertEqual(self.house.metric("claude_session_resume_failures_total"), 0)
        self.house.bound(KEY, second.session)
        self.assertEqual(self.house.ask(KEY, "go on").session, second.session)


class KilledClient(HouseTest):
    def kill_in_mid_turn(self, running):
        processes.send(self.house.client_pid(), signal.SIGKILL)
        done = running.wait()
        self.assertIn(done.code, (137, -signal.SIGKILL), repr(done))
        self.house.open_gate()  # ends the tool that the client left behind

    @smoke
    @about_resuming
    def test_a_client_killed_in_mid_turn_is_resumed(self):
        first = self.house.ask(KEY, "remember MARIGOLD")
        self.kill_in_mid_turn(self.house.start_gated(KEY, "and now FOXGLOVE"))

        third = self.house.ask(KEY, "go on")
        self.assertEqual(third.session, first.session)
        self.assertEqual(self.house.resumes(), [None, first.session, first.session])
        self.assertEqual(len(self.house.api.turns("MARIGOLD")), 3)
        self.assertNothingDropped(KEY, first.session)

    @about_resuming
    def test_a_client_killed_in_its_first_turn_is_resumed(self):
        running = self.house.start_gated(KEY, "remember MARIGOLD")
        [transcript] = until(self.house.transcripts, "a transcript")
        self.kill_in_mid_turn(running)

        second = self.house.ask(KEY, "go on")
        self.assertEqual(second.session, transcript.stem)
        self.assertEqual(self.house.resumes(), [None, transcript.stem])
        self.assertEqual(len(self.house.api.turns("MARIGOLD")), 2)
        self.house.bound(KEY, transcript.stem)

    @about_resuming
    def test_a_client_killed_before_its_first_answer_is_resumed(self):
        self.house.api.answers("hang")
        running = self.house.start_dispatch(KEY, "-p", "remember MARIGOLD")
        until(lambda: self.house.api.turns("MARIGOLD"), "the first request")
        [transcript] = until(self.house.transcripts, "a transcript")
        until(lambda: "MARIGOLD" in transcript.read_text(), "the prompt in the transcript")
        self.kill_in_mid_turn(running)
        self.house.api.normal()

        self.assertEqual(self.house.ask(KEY, "go on").session, transcript.stem)
        self.assertEqual(len(self.house.api.turns("MARIGOLD")), 2)


class OtherClients(HouseTest):
    """What else runs under the key leaves a good binding alone."""

    def setUp(self):
        super().setUp()
        self.first = self.house.ask(KEY, "remember MARIGOLD").session
        self.house.bound(KEY, self.first)
        self.house.settled(self.first)

    def still_bound(self):
        self.assertEqual(self.house.binding(KEY)["session_id"], self.first)
        self.assertEqual(self.house.holdfast("lookup", KEY).stdout.strip(), self.first)
        self.assertEqual(self.house.ask(KEY, "go on").session, self.first)
        self.assertNothingDropped(KEY, self.first)

    def test_a_nested_client_does_not_take_the_binding(self):
        # The inner client inherits the outer one's environment from the Bash tool, the dispatch key included.
        inner, script = self.house.root / "inner.json", self.house.root / "inner.sh"
        script.write_text("'%s' --plugin-dir '%s' -p 'inner FOXGLOVE' --output-format json < /dev/null > '%s'\n"
                          % (self.house.claude, PLUGIN, inner))
        outer = self.house.ask_with_tools(KEY, "TOOLCMD{sh %s}" % script)
        nested = json.loads(inner.read_text())
        self.assertFalse(nested["is_error"], nested)
        self.assertEqual(outer.session, self.first)
        self.assertNotEqual(nested["session_id"], self.first)
        until(lambda: not self.house.notes(), "an empty spool")
        self.assertNotEqual(self.house.binding(KEY).get("candidate_id"), nested["session_id"])
        self.still_bound()

    def test_a_fork_does_not_take_the_binding(self):
        fork = self.house.client(KEY, "--resume", self.first, "--fork-session", "-p", "FOXGLOVE",
                                 "--output-format", "json")
        self.assertAnswered(fork)
        self.assertNotEqual(fork.session, self.first)
        self.house.settled(fork.session)
        self.still_bound()

    def test_quitting_without_a_prompt_does_not_take_the_binding(self):
        before = self.sessions()
        steps = ["expect:❯", "go:1", "quit"]
        terminal = self.house.terminal(steps, self.house.client_command(), HOLDFAST_KEY=KEY)
        [opened] = until(lambda: self.sessions() - before, "the session that was opened")
        self.house.go(1)
        self.assertAnswered(terminal.wait())
        self.house.settled(opened)
        self.still_bound()

    @smoke
    def test_clearing_unbinds_at_once_and_the_new_session_binds_after_its_first_turn(self):
        steps = ["expect:❯", "type:and now FOXGLOVE", "enter", "go:1", "type:/clear", "enter",
                 "go:2", "type:begin with LARKSPUR", "enter", "go:3", "quit"]
        command = [BIN / "holdfast", "dispatch", KEY, "--", *self.house.client_command()]
        terminal = self.house.terminal(steps, command)
        until(lambda: self.house.hash("session:" + self.first).get("turns") == "2", "the end of the turn", deadline=30)
        self.house.go(1)
        until(lambda: self.house.binding(KEY).get("session_id") != self.first, "the end of the binding")
        self.assertFalse(self.house.binding(KEY).get("session_id"), "nothing is bound before the first turn")
        self.assertEqual(self.house.metric("claude_session_drops_total", reason="cleared"), 1)
        self.house.go(2)
        second = until(lambda: self.house.binding(KEY).get("session_id"), "a new binding", deadline=30)
        self.house.go(3)
        terminal.wait()
        self.assertNotEqual(second, self.first)
        self.house.settled(second)

        self.assertEqual(self.house.ask(KEY, "go on").session, second)
        [last] = self.house.api.turns("go on")
        self.assertIn("LARKSPUR", json.dumps(last["body"]["messages"]))
        self.assertNotIn("MARIGOLD", json.dumps(last["body"]["messages"]))

    def sessions(self):
        return set(self.house.redis("ZRANGE", "{holdfast}:sessions", 0, -1).split())
