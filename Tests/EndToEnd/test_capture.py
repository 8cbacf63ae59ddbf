"""No word is lost: after whatever happened to a session, all that was said in it is in episodes, and once."""
import json
import os
import re
import signal
import time
import uuid
from collections import Counter

import processes
from house import BIN, LOOKS_EVERYWHERE, HouseTest, about_resuming, only_clients, smoke
from polling import until

KEY = "coder/issue-7"

# The watcher captures what no hook reported a moment after it was written.
HASTY = {"inactivity_timeout_seconds": 1, "check_interval_seconds": 1}
NO_HOOKS = ["--settings", '{"disableAllHooks": true}']

# What Claude Code writes as a user's text though nobody typed it.
NOT_TYPED = ("<command-", "<local-command-", "<task-notification>", "<system-reminder>", "<bash-", "<ide",
             "Caveat: The messages below", "[Request interrupted by user")


def said(transcript):
    """Every typed prompt and every answer of a transcript: (uuid, role, text), read without Holdfast's help."""
    found = []
    for line in transcript.read_text(errors="replace").split("\n"):
        try:
            line = json.loads(line)
        except ValueError:
            continue  # the end, or cut when its client was killed
        attachment = line.get("attachment") or {}
        if line.get("type") == "attachment" and attachment.get("type") == "queued_command":
            found += [(line["uuid"], "user", text) for text in texts(attachment.get("prompt")) if is_typed(text)]
        elif line.get("type") == "user" and not line.get("isMeta") and not line.get("isCompactSummary"):
            found += [(line["uuid"], "user", text) for text in texts(line["message"]["content"]) if is_typed(text)]
        elif line.get("type") == "assistant" and not line.get("isApiErrorMessage"):
            found += [(line["uuid"], "agent", text) for text in texts(line["message"]["content"])]
    return found


def texts(content):
    if isinstance(content, str):
        return [content] if content.strip() else []
    return [block["text"] for block in content or [] if block.get("type") == "text" and block["text"].strip()]


def is_typed(text):
    return not text.lstrip().startswith(NOT_TYPED)


def plain(text):
    """A text as an episode holds it: without what would trouble a terminal, colours as a whole."""
    text = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", text)
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text).strip()


def prompts(transcript):
    return [text for _, role, text in said(transcript) if role == "user"]


class CaptureTest(HouseTest):
    def assertAllCaptured(self, session, excluded=(), deadline=20):
        """Waits until the ledger has nothing pending, then looks for every word; `excluded` is nowhere."""
        house = self.house
        until(lambda: not house.notes(), "an empty spool", deadline)
        until(lambda: house.verified(session)["pending"] == 0, "a ledger without anything pending", deadline)
        until(lambda: not house.notes(), "an empty spool", deadline)
        account = house.verified(session)
        self.assertEqual((account["missing"], account["troubles"]), (0, []), account)
        self.assertEqual(account["bytes"], account["captured"] + sum(account["excluded"].values()), account)

        for file in [house.transcript(session), *house.sidechains(session)]:
            self.assertSaidOnce(file, session, excluded)
        for words in excluded:
            self.assertNotIn(words, house.captured_text())

    def assertSaidOnce(self, file, session, excluded=()):
        """Every prompt and answer of the file is in one entry of one episode, and the episodes lie end to end."""
        episodes = [one for one in self.house.episodes(session) if one["session_file"] == str(file)]
        generations = {one["generation"] for one in episodes}
        self.assertLessEqual(len(generations), 1, "a file that only grew has one generation")
        entries = [entry for one in episodes for entry in one["said"]]
        twice = [which for which, count in Counter((one["uuid"], one["hash"]) for one in entries).items() if count > 1]
        self.assertEqual(twice, [], "entries that were captured more than once")

        captured = [(one["uuid"], one["role"], plain(one["text"])) for one in entries]
        wanted = [(line, role, plain(text)) for line, role, text in said(file)
                  if not any(words in text for words in excluded)]
        self.assertTrue(wanted or excluded, "%s holds no conversation" % file)
        for one in wanted:
            self.assertEqual(captured.count(one), 1, "%s in %s, captured: %s" % (one, file.name, captured))
        self.assertTiled(file, episodes)

    def assertTiled(self, file, episodes):
        place = 0
        for one in episodes:
            self.assertEqual(int(one["bytes_from"]), place, [(one["bytes_from"], one["bytes_to"]) for one in episodes])
            place = int(one["bytes_to"])
        self.assertEqual(place, int(self.house.cursors().get(str(file), {}).get("offset", 0)))

    def assertNothingCaptured(self, session):
        self.assertEqual(self.house.episodes(session), [])

    def client(self, *arguments, **options):
        """Runs the client by itself and checks that it answered."""
        done = self.house.client(KEY, *arguments, "--output-format", "json", **options)
        self.assertAnswered(done)
        return done

    def answered(self, session, words, deadline=30):
        """Waits until the answer to a prompt is in the transcript."""
        def is_there():
            found = said(self.house.transcript(session))
            places = [index for index, (_, role, text) in enumerate(found) if role == "user" and words in text]
            return places and any(role == "agent" for _, role, _ in found[places[-1]:])
        until(is_there, "the answer to " + words, deadline)

    def sessions_on_disk(self):
        return {path.stem for path in self.house.transcripts()}

    def opened(self, before=()):
        """Waits for the transcript of a session that is not among those before, and returns its ID."""
        [session] = until(lambda: self.sessions_on_disk() - set(before), "a new session's transcript", deadline=30)
        return session

    def watcher_came_by(self):
        """Waits until the watcher captured two turns that end after all that was said so far."""
        control = self.client(*NO_HOOKS, "-p", "control LARKSPUR").session
        self.assertAllCaptured(control)
        self.client(*NO_HOOKS, "--resume", control, "-p", "control PRIMROSE")
        self.assertAllCaptured(control)
        self.assertIn("control PRIMROSE", self.house.captured_text(control))


class Turns(CaptureTest):
    @smoke
    @about_resuming
    def test_one_turn(self):
        session = self.house.ask(KEY, "remember MARIGOLD").session
        self.assertAllCaptured(session)
        [episode] = self.house.episodes(session)
        entries = [(entry["role"], entry["text"]) for entry in episode["said"]]
        self.assertEqual(entries[0], ("user", "remember MARIGOLD"))
        self.assertRegex(entries[1][1], r"\AANSWER\[\d+\]: remember MARIGOLD\Z")
        self.assertEqual(len(entries), 2)
        self.assertEqual((episode["dispatch_key"], episode["group_id"]), (KEY, "coder"))

    @about_resuming
    def test_many_turns(self):
        prompts_ = ["turn number %d, MARIGOLD %d" % (number, number) for number in range(5)]
        [session] = {self.house.ask(KEY, prompt).session for prompt in prompts_}
        self.assertAllCaptured(session)
        self.assertEqual(prompts(self.house.transcript(session)), prompts_)
        self.assertGreater(len(self.house.episodes(session)), 1)

    @smoke
    def test_tools(self):
        # The command fails, and its name must be findable, the one that succeeds too.
        failing = self.house.root / "no-such-BEGONIA"
        first = self.house.ask_with_tools(KEY, "remember MARIGOLD TOOLCMD{cat %s}" % failing)
        self.house.ask_with_tools(KEY, "and now FOXGLOVE TOOLCMD{echo LARKSPUR}")
        self.assertAllCaptured(first.session)
        entries = [entry for one in self.house.episodes(first.session) for entry in one["said"]]
        failures = "\n".join(entry["text"] for entry in entries if entry["role"] == "failure")
        self.assertIn("cat %s" % failing, failures)
        self.assertIn("No such file", failures)
        calls = [entry["text"] for entry in entries if entry["role"] == "call"]
        self.assertTrue(any("echo LARKSPUR" in call for call in calls), calls)

    @smoke
    def test_a_subagent(self):
        session = self.house.ask_with_tools(KEY, "remember MARIGOLD SUBAGENT").session
        self.assertAllCaptured(session)
        [own] = self.house.sidechains(session)
        episodes = [one for one in self.house.episodes(session) if one["session_file"] == str(own)]
        self.assertTrue(episodes)
        for one in episodes:
            self.assertEqual(one["session_id"], session)
            self.assertEqual("agent-%s" % one["agent_id"], own.stem)
        self.assertIn("You are the sub worker.", "\n".join(
            entry["text"] for one in episodes for entry in one["said"]))
        self.assertIn(str(own), self.house.cursors())
        for one in self.house.episodes(session):
            if one["session_file"] != str(own):
                self.assertNotIn("agent_id", one)

    def test_an_answer_too_long_for_one_episode(self):
        answer = "\n".join("line %05d of a long answer, MARIGOLD" % number for number in range(8000))
        done = self.house.dispatch(KEY, "-p", "--output-format", "json", piped="SAY{%s}" % answer)
        self.assertAnswered(done)
        self.house.settled(done.session)
        until(lambda: self.house.verified(done.session)["pending"] == 0, "a ledger without anything pending")
        until(lambda: not self.house.notes(), "an empty spool")
        episodes = self.house.episodes(done.session)
        self.assertGreater(len(episodes), 1)
        parts = [one["text"] for episode in episodes for one in episode["said"] if one["role"] == "agent"]
        self.assertEqual("".join(parts), answer)
        self.assertTiled(self.house.transcript(done.session), episodes)

    @about_resuming
    def test_two_clients_in_one_session(self):
        first = self.house.ask(KEY, "remember MARIGOLD").session
        both = [self.house.start(self.house.client_command("--resume", first, "-p", words), HOLDFAST_KEY=KEY)
                for words in ("and now FOXGLOVE", "and now LARKSPUR")]
        for one in both:
            self.assertAnswered(one.wait())
        self.assertAllCaptured(first)
        for words in ("and now FOXGLOVE", "and now LARKSPUR"):
            self.assertIn(words, self.house.captured_text(first))

    @about_resuming
    def test_an_api_error(self):
        first = self.house.ask(KEY, "remember MARIGOLD").session
        self.house.api.answers("error", status=529, type="overloaded_error", message="overloaded")
        self.assertNotEqual(self.house.dispatch(KEY, "-p", "and now FOXGLOVE").code, 0)
        self.assertAllCaptured(first)
        self.assertIn("and now FOXGLOVE", self.house.captured_text(first))
        self.house.api.normal()

        self.assertEqual(self.house.ask(KEY, "go on").session, first)
        self.assertAllCaptured(first)
        agent = [entry["text"] for one in self.house.episodes(first) for entry in one["said"]
                 if entry["role"] == "agent"]
        self.assertFalse([text for text in agent if "overloaded" in text.lower()], "an error is no answer")

    @about_resuming
    def test_a_fork(self):
        first = self.house.ask(KEY, "remember MARIGOLD").session
        fork = self.client("--resume", first, "--fork-session", "-p", "and now FOXGLOVE").session
        self.assertNotEqual(fork, first)
        self.assertAllCaptured(first)
        self.assertAllCaptured(fork)
        # Its history is part of its own file; ingest takes the copy out.
        self.assertIn("remember MARIGOLD", self.house.captured_text(fork))
        self.assertNotIn("FOXGLOVE", self.house.captured_text(first))

    @about_resuming
    def test_resumed_on_the_ninth_day(self):
        house = self.house
        first = house.ask(KEY, "remember MARIGOLD").session
        self.assertAllCaptured(first)
        before = house.episodes(first)
        ninth = time.time() - 9 * 86400
        house.transcript(first).touch()
        os.utime(str(house.transcript(first)), (ninth, ninth))
        for name in ("binding:" + KEY, "session:" + first):
            house.redis("HSET", "{holdfast}:" + name, "last_used_ms", int(ninth * 1000))
        self.assertEqual(house.lookup(KEY)["verdict"], "expired")

        self.assertEqual(self.client("--resume", first, "-p", "and now FOXGLOVE").session, first)
        self.assertAllCaptured(first)
        after = house.episodes(first)
        self.assertEqual([one["id"] for one in after[:len(before)]], [one["id"] for one in before])
        self.assertEqual([one["text"] for episode in after for one in episode["said"] if one["role"] == "user"],
                         ["remember MARIGOLD", "and now FOXGLOVE"])
        self.assertIn("and now FOXGLOVE", house.captured_text(first))


class TerminalTest(CaptureTest):
    def terminal(self, steps, *arguments):
        return self.house.terminal(steps, self.house.client_command(*arguments), HOLDFAST_KEY=KEY)

    @property
    def gated_turn(self):
        """What is typed for a turn whose tool runs until the gate is opened; short, as it is typed by hand."""
        script = self.house.root / "wait"
        script.write_text("while test -d %s -a ! -e %s; do sleep 0.05; done\n" % (self.house.root, self.house.gate))
        return ["type:and now FOXGLOVE TOOLCMD{sh %s}" % script, "enter"]

    def gated(self):
        """Lets the terminal go on twice, the second time while the gated tool runs; returns the session."""
        session = self.opened()
        self.answered(session, "MARIGOLD")
        self.house.go(1)
        transcript = self.house.transcript(session)
        until(lambda: '"type":"tool_use"' in transcript.read_text(), "the call of the tool", deadline=30)
        self.house.go(2)
        return session

    def interrupted(self):
        """Has Esc pressed while the gated tool runs; returns the session."""
        session = self.gated()
        transcript = self.house.transcript(session)
        until(lambda: "[Request interrupted by user" in transcript.read_text(), "the interruption", deadline=30)
        return session


class Interactive(TerminalTest):
    @smoke
    def test_a_compaction(self):
        steps = ["expect:❯", "type:remember MARIGOLD", "enter", "go:1", "type:and now FOXGLOVE", "enter",
                 "go:2", "type:/compact", "enter", "go:3", "type:begin with LARKSPUR", "enter", "go:4",
                 "quit"]
        terminal = self.terminal(steps)
        session = self.opened()
        for number, words in ((1, "MARIGOLD"), (2, "FOXGLOVE")):
            self.answered(session, words)
            self.house.go(number)
        transcript = self.house.transcript(session)
        until(lambda: '"isCompactSummary":true' in transcript.read_text(), "the compaction", deadline=30)
        self.house.go(3)
        self.answered(session, "LARKSPUR")
        self.house.go(4)
        self.assertAnswered(terminal.wait())
        self.assertAllCaptured(session)
        self.assertIn("conversation compacted: ", self.house.captured_text(session))

    def test_escape_is_captured_at_the_end_of_the_session(self):
        steps = ["expect:❯", "type:remember MARIGOLD", "enter", "go:1", *self.gated_turn, "go:2", "esc",
                 "go:3", "quit"]
        terminal = self.terminal(steps, "--dangerously-skip-permissions")
        session = self.interrupted()
        self.house.go(3)
        self.assertAnswered(terminal.wait())
        self.assertAllCaptured(session)
        self.assertIn("and now FOXGLOVE", self.house.captured_text(session))

    def test_a_prompt_typed_while_the_agent_works(self):
        steps = ["expect:❯", "type:remember MARIGOLD", "enter", "go:1", *self.gated_turn, "go:2",
                 "type:and meanwhile BEGONIA", "enter", "go:3", "quit"]
        terminal = self.terminal(steps, "--dangerously-skip-permissions")
        session = self.gated()
        transcript = self.house.transcript(session)
        until(lambda: "and meanwhile BEGONIA" in transcript.read_text(), "the queued prompt", deadline=30)
        self.house.open_gate()
        self.answered(session, "and meanwhile BEGONIA")
        self.house.go(3)
        self.assertAnswered(terminal.wait())
        self.assertAllCaptured(session)
        self.assertIn("and meanwhile BEGONIA", self.house.captured_text(session))

    def test_clear(self):
        steps = ["expect:❯", "type:remember MARIGOLD", "enter", "go:1", "type:/clear", "enter",
                 "go:2", "type:begin with LARKSPUR", "enter", "go:3", "quit"]
        terminal = self.terminal(steps)
        first = self.opened()
        self.answered(first, "MARIGOLD")
        self.house.go(1)
        until(lambda: self.house.hash("session:" + first).get("state") == "ended", "the end of the first session")
        self.house.go(2)
        second = self.opened([first])
        self.answered(second, "LARKSPUR")
        self.house.go(3)
        self.assertAnswered(terminal.wait())
        self.assertAllCaptured(first)
        self.assertAllCaptured(second)
        self.assertNotIn("LARKSPUR", self.house.captured_text(first))


class HastyInteractive(TerminalTest):
    """The watcher captures while the client lives on."""

    settings = HASTY

    def test_escape_is_captured_by_the_watcher(self):
        steps = ["expect:❯", "type:remember MARIGOLD", "enter", "go:1", *self.gated_turn, "go:2", "esc",
                 "go:3", "type:go on with LARKSPUR", "enter", "go:4", "quit"]
        terminal = self.terminal(steps, "--dangerously-skip-permissions")
        session = self.interrupted()
        until(lambda: "interrupted by the user" in self.house.captured_text(session), "what the watcher captures")
        self.assertIn("and now FOXGLOVE", self.house.captured_text(session))
        self.house.client_pid()  # it lives, and no hook said that the turn ended
        self.house.go(3)
        self.answered(session, "LARKSPUR")
        self.house.go(4)
        self.assertAnswered(terminal.wait())
        self.assertAllCaptured(session)

    def test_tracking_is_stopped_for_one_turn(self):
        house = self.house
        steps = ["expect:❯", "type:remember MARIGOLD", "enter", "go:1", "type:in secret FOXGLOVE", "enter",
                 "go:2", "type:go on with LARKSPUR", "enter", "go:3", "quit"]
        terminal = self.terminal(steps)
        session = self.opened()
        self.answered(session, "MARIGOLD")
        until(lambda: house.hash("session:" + session).get("turns") == "1", "the end of the turn")
        self.assertEqual(house.holdfast("tracking", "stop", "--key", KEY).code, 0)
        house.go(1)
        self.answered(session, "FOXGLOVE")
        self.assertEqual(house.holdfast("tracking", "start", "--key", KEY).code, 0)
        house.go(2)
        self.answered(session, "LARKSPUR")
        house.go(3)
        self.assertAnswered(terminal.wait())
        self.assertAllCaptured(session, excluded=["FOXGLOVE"])
        self.assertIn("recording was off", house.verified(session)["excluded"])


class Watched(CaptureTest):
    """What no hook reports."""

    settings = HASTY

    @smoke
    @about_resuming
    def test_a_client_killed_in_mid_turn_and_resumed(self):
        first = self.house.ask(KEY, "remember MARIGOLD").session
        running = self.house.start_gated(KEY, "and now FOXGLOVE")
        transcript = self.house.transcript(first)
        until(lambda: "and now FOXGLOVE" in "".join(prompts(transcript)), "the prompt in the transcript")
        processes.send(self.house.client_pid(), signal.SIGKILL)
        self.assertIn(running.wait().code, (137, -signal.SIGKILL))
        self.house.open_gate()  # ends the tool that the client left behind
        self.assertAllCaptured(first)
        self.assertIn("and now FOXGLOVE", self.house.captured_text(first))

        self.assertEqual(self.house.ask(KEY, "go on with LARKSPUR").session, first)
        self.assertAllCaptured(first)
        self.assertIn("go on with LARKSPUR", self.house.captured_text(first))

    @about_resuming
    def test_a_client_killed_in_its_first_turn(self):
        running = self.house.start_gated(KEY, "remember MARIGOLD")
        session = self.opened()
        until(lambda: prompts(self.house.transcript(session)), "the prompt in the transcript")
        processes.send(self.house.client_pid(), signal.SIGKILL)
        running.wait()
        self.house.open_gate()
        self.assertAllCaptured(session)
        self.assertIn("remember MARIGOLD", self.house.captured_text(session))

    @about_resuming
    def test_hooks_switched_off(self):
        session = self.client(*NO_HOOKS, "-p", "remember MARIGOLD").session
        self.assertEqual(self.house.redis("EXISTS", "{holdfast}:session:" + session).strip(), "0", "no hook ran")
        self.assertAllCaptured(session)
        self.client(*NO_HOOKS, "--resume", session, "-p", "and now FOXGLOVE")
        until(lambda: "and now FOXGLOVE" in self.house.captured_text(session), "the second turn")
        self.assertAllCaptured(session)

    def test_a_subagent_without_hooks(self):
        session = self.client(*NO_HOOKS, "--dangerously-skip-permissions", "-p", "remember MARIGOLD SUBAGENT").session
        self.assertEqual(len(self.house.sidechains(session)), 1)
        self.assertAllCaptured(session)

    @about_resuming
    def test_the_watcher_and_hooks_race(self):
        [session] = {self.house.ask(KEY, "turn number %d" % number).session for number in range(3)}
        # The watcher takes what is said before a tool that runs long, the hook what is said after it.
        running = self.house.start_gated(KEY, "and now FOXGLOVE")
        until(lambda: "and now FOXGLOVE" in self.house.captured_text(session), "the first half, in mid-turn")
        self.house.open_gate()
        self.assertAnswered(running.wait())
        self.assertAllCaptured(session)
        self.assertGreaterEqual(len(self.house.episodes(session)), 5)


class SwitchedOff(CaptureTest):
    """What a person does not want recorded: nobody captures it, now or later."""

    settings = HASTY

    @about_resuming
    def test_a_disabled_session(self):
        session = self.client("-p", "in secret FOXGLOVE", HOLDFAST_DISABLED="1").session
        self.watcher_came_by()
        self.assertNothingCaptured(session)
        account = self.house.verified(session)
        self.assertEqual((account["captured"], account["pending"], account["missing"]), (0, 0, 0), account)
        self.assertIn("recording was off", account["excluded"])

    @smoke
    @about_resuming
    def test_a_disabled_turn_between_others(self):
        first = self.house.ask(KEY, "remember MARIGOLD").session
        self.assertAllCaptured(first)
        self.client("--resume", first, "-p", "in secret FOXGLOVE", HOLDFAST_DISABLED="1")
        self.watcher_came_by()
        self.assertEqual(self.house.ask(KEY, "go on with BEGONIA").session, first)
        self.assertAllCaptured(first, excluded=["FOXGLOVE"])

    @about_resuming
    def test_tracking_stopped_and_started(self):
        first = self.house.ask(KEY, "remember MARIGOLD").session
        self.assertEqual(self.house.holdfast("tracking", "stop", "--key", KEY).code, 0)
        self.assertEqual(self.house.ask(KEY, "in secret FOXGLOVE").session, first)
        self.assertEqual(self.house.holdfast("tracking", "start", "--key", KEY).code, 0)
        self.assertEqual(self.house.ask(KEY, "go on with LARKSPUR").session, first)
        self.assertAllCaptured(first, excluded=["FOXGLOVE"])
        self.assertIn("recording was off", self.house.verified(first)["excluded"])
        self.assertIn("go on with LARKSPUR", self.house.captured_text(first))

    def test_a_subagent_of_a_disabled_session(self):
        session = self.with_subagent()
        self.watcher_came_by()
        self.assertNothingCaptured(session)
        account = self.house.verified(session)
        self.assertEqual((account["captured"], account["pending"]), (0, 0), account)

    def test_a_subagent_of_a_disabled_turn(self):
        session = self.with_subagent()
        self.client("--resume", session, "-p", "go on with LARKSPUR")
        self.watcher_came_by()
        self.assertIn("go on with LARKSPUR", self.house.captured_text(session))
        self.assertNotIn("FOXGLOVE", self.house.captured_text())
        self.assertNotIn("You are the sub worker.", self.house.captured_text())

    def with_subagent(self):
        session = self.client("--dangerously-skip-permissions", "-p", "in secret FOXGLOVE SUBAGENT",
                              HOLDFAST_DISABLED="1").session
        self.assertEqual(len(self.house.sidechains(session)), 1)
        return session

    @about_resuming
    def test_a_fork_of_a_disabled_session(self):
        # It copies the history.
        session = self.client("-p", "in secret FOXGLOVE", HOLDFAST_DISABLED="1").session
        fork = self.client("--resume", session, "--fork-session", "-p", "go on with LARKSPUR").session
        until(lambda: "go on with LARKSPUR" in self.house.captured_text(fork), "the fork's own turn")
        self.watcher_came_by()
        self.assertNotIn("FOXGLOVE", self.house.captured_text())

    @only_clients(since=LOOKS_EVERYWHERE)
    def test_a_disabled_turn_is_followed_by_one_from_another_folder(self):
        # SessionStart names a transcript under the wrong slug then.
        session = self.client("-p", "in secret FOXGLOVE", HOLDFAST_DISABLED="1").session
        elsewhere = self.house.root / "elsewhere"
        elsewhere.mkdir()
        self.assertEqual(self.client("--resume", session, "-p", "go on with LARKSPUR", cwd=elsewhere).session, session)
        self.watcher_came_by()
        self.assertAllCaptured(session, excluded=["FOXGLOVE"])
        self.assertIn("go on with LARKSPUR", self.house.captured_text(session))


class SwitchedOffElsewhere(CaptureTest):
    @only_clients(since=LOOKS_EVERYWHERE)
    def test_a_disabled_turn_in_another_folder_costs_nothing_said_before(self):
        # Nobody captured the first turn yet when the second one begins.
        session = self.client(*NO_HOOKS, "-p", "remember MARIGOLD").session
        elsewhere = self.house.root / "elsewhere"
        elsewhere.mkdir()
        self.client("--resume", session, "-p", "in secret FOXGLOVE", cwd=elsewhere, HOLDFAST_DISABLED="1")
        self.client("--resume", session, "-p", "go on with LARKSPUR")
        self.assertAllCaptured(session, excluded=["FOXGLOVE"])


class Outages(CaptureTest):
    @smoke
    @about_resuming
    def test_redis_is_stopped_during_a_turn(self):
        house = self.house
        first = house.ask(KEY, "remember MARIGOLD").session
        running = house.start_gated(KEY, "and now FOXGLOVE")
        companion = house.companion_pid()
        processes.send(companion, signal.SIGSTOP)  # or it would bring Redis back at once
        house.stop_redis()
        house.open_gate()
        self.assertAnswered(running.wait())
        self.assertTrue(house.notes(), "the hooks left notes")
        processes.send(companion, signal.SIGCONT)
        house.serving()
        self.assertAllCaptured(first)
        self.assertIn("and now FOXGLOVE", house.captured_text(first))

    @about_resuming
    def test_the_companion_is_down_for_a_turn(self):
        self.house.down()
        session = self.client("-p", "remember MARIGOLD").session
        until(self.house.notes_lie_still, "every capturer has given its note back")
        self.house.up()
        self.assertAllCaptured(session)


class History(CaptureTest):
    # What is older than this is for sync alone.
    settings = {"rolling_period_hours": 1, "check_interval_seconds": 1}

    def never_captured(self, words, **options):
        """Leaves a transcript that no hook reported and that is too old for the watcher."""
        session = self.client(*NO_HOOKS, "-p", words, **options).session
        before = time.time() - 7200
        os.utime(str(self.house.transcript(session)), (before, before))
        return session

    @smoke
    def test_sync(self):
        house = self.house
        sessions = [self.never_captured("remember MARIGOLD %d" % number) for number in range(3)]
        other = house.root / "other"
        other.mkdir()
        elsewhere = self.never_captured("and now FOXGLOVE", cwd=other)
        sync = ["sync", "--project", house.project]

        plan = house.holdfast(*sync, "--dry-run", "--json")
        self.assertAnswered(plan)
        self.assertEqual([plan.json[field] for field in ("transcripts", "episodes")], [3, 3])
        self.assertGreater(plan.json["tokens"], 0)
        self.assertEqual(house.episodes(), [], "a dry run captures nothing")
        self.assertEqual(house.verified(sessions[0])["captured"], 0)
        self.assertGreater(house.verified(sessions[0])["pending"], 0)

        done = house.holdfast(*sync, "--json")
        self.assertAnswered(done)
        self.assertEqual(done.json["captured"], 3)
        for session in sessions:
            self.assertAllCaptured(session)
        self.assertNothingCaptured(elsewhere)
        self.assertEqual(house.holdfast(*sync).code, 1, "there is nothing left to do")

        self.assertAnswered(house.holdfast("sync"))
        self.assertAllCaptured(elsewhere)

    def test_one_file_by_hand(self):
        house = self.house
        session = self.never_captured("remember MARIGOLD")
        file = house.transcript(session)
        self.assertAnswered(house.holdfast("capture", file))
        self.assertAllCaptured(session)
        again = house.holdfast("capture", file, "--json")
        self.assertAnswered(again)
        self.assertEqual((again.json["session_id"], again.json["episodes"]), (session, "0"))
        self.assertEqual(house.holdfast("capture", house.root / "no-such.jsonl").code, 65)
        self.assertEqual(len(house.episodes(session)), 1)

    def test_the_ledger_is_asked_while_a_transcript_grows(self):
        house = self.house
        session = str(uuid.uuid4())
        file = house.config / "projects" / "-somewhere" / (session + ".jsonl")
        file.parent.mkdir(parents=True)
        self.write_prompt(file, session, 0)
        for number in range(1, 61):
            self.write_prompt(file, session, number)
            capture = house.start([BIN / "holdfast", "capture", file])
            while not capture.ended:
                house.verified(session)
            self.assertAnswered(capture.wait())
        self.assertAllCaptured(session)

    def write_prompt(self, file, session, number):
        message = {"role": "user", "content": "prompt %d" % number}
        entry = {"type": "user", "uuid": str(uuid.uuid4()), "sessionId": session, "cwd": str(self.house.project),
                 "timestamp": "2026-01-01T00:00:00.000Z", "message": message}
        with file.open("a") as out:
            out.write(json.dumps(entry) + "\n")

    def test_episodes_on_the_command_line(self):
        house = self.house
        # Nobody listens there, so that the episode stays on the schedule.
        house.configure(provider={"kind": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "none"})
        session = house.ask(KEY, "remember MARIGOLD").session
        self.assertAllCaptured(session)
        until(lambda: house.holdfast("circuit", "open").code == 0, "the circuit")
        [row] = until(lambda: [row for row in house.holdfast("episodes", "list", "--json").json
                               if row["state"] == "scheduled"], "the episode on the schedule")
        self.assertEqual([row[field] for field in ("session_id", "dispatch_key", "state", "session_file")],
                         [session, KEY, "scheduled", str(house.transcript(session))])
        episode = row["episode_id"]

        self.assertIn("remember MARIGOLD", house.holdfast("episodes", "show", episode).stdout)
        shown = house.holdfast("episodes", "show", episode, "--json").json
        self.assertIn("remember MARIGOLD", shown["text"])
        self.assertEqual(shown["fields"]["session_id"], session)
        self.assertEqual([entry["role"] for entry in shown["entries"]], ["user", "agent"])

        [key] = house.redis("--scan", "--pattern", "*:episode:" + episode).split()
        plain = house.redis("HGETALL", key)
        self.assertRegex(plain, r"(?m)^content\n\{.*remember MARIGOLD")
        self.assertIn('"role":"user"', plain)
        self.assertRegex(plain, r"(?m)^captured_at\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$")

        self.assertAnswered(house.holdfast("episodes", "discard", episode))
        self.assertNotIn("MARIGOLD", house.redis("HGETALL", key))
        self.assertEqual(house.holdfast("episodes", "list", "--json").json, [])
        self.assertEqual(house.holdfast("episodes", "discard", episode).code, 1)
        # It never comes back, and the ledger does not miss it.
        house.holdfast("capture", house.transcript(session))
        self.assertEqual(house.queued_episodes(session), [])
        [archived] = house.archived_episodes()
        self.assertEqual(archived["outcome"], "discarded")
        self.assertEqual(house.verified(session)["missing"], 0)
        self.assertEqual(house.ask(KEY, "and now FOXGLOVE").session, session)
        until(lambda: "and now FOXGLOVE" in house.captured_text(session), "the second turn")
        self.assertNotIn("MARIGOLD", json.dumps(house.queued_episodes(session)))
