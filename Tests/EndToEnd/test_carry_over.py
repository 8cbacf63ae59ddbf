"""A fresh session goes on with what was said last, where the one before cannot be resumed."""
import re

from fakeapi import text
from house import BIN, PLUGIN, HouseTest, about_resuming, smoke
from polling import until

KEY = "coder/issue-77"
# Not written out, so that nobody takes it for a leak.
TOKEN = "gh" + "p_" + "x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sAeUiO"
REASON = r"Session \S+, the one before this, could not be resumed: %s \("


class CarryOver(HouseTest):
    # A transcript that is gone would be put back.
    settings = {"vault": {"enabled": False}}

    def ask(self, prompt, **options):
        """Dispatches, and waits until the conversation has the answer."""
        done = self.house.ask(KEY, prompt, **options)
        self.house.settled(done.session)
        return done

    def conversation(self):
        return self.house.redis("LRANGE", "{holdfast}:conversation:" + KEY, 0, -1)

    def request(self, words):
        """What the model was asked with these words, as one text."""
        asked = self.house.api.turns(words)
        self.assertTrue(asked, words)
        return text(asked[-1]["body"])

    def quotation(self, request):
        """What a request carries over: the reason's line and the quotation."""
        found = re.search(r"^.*the one before this, could not be resumed.*(?:\n> .*)+", request, re.M)
        self.assertIsNotNone(found, request[-6000:])
        # The client may put words of its own before it, on the same line.
        return found.group()[found.group().index("Session "):]

    def forget(self, session):
        self.house.transcript(session).unlink()

    @smoke
    @about_resuming
    def test_the_last_messages_are_carried_over_once_without_their_secrets(self):
        filler = " ".join(["word"] * 60)
        for turn in range(11):
            last = self.ask("prompt-%d- %s %s" % (turn, TOKEN, filler))
        self.assertEqual(len(self.conversation().splitlines()), 22)
        self.assertNotIn(TOKEN, self.conversation())

        until(lambda: self.house.lookup(KEY, MAX_SESSION_AGE_MS="1000")["verdict"] == "expired", "its expiry")
        second = self.ask("and now FOXGLOVE")
        self.assertNotEqual(second.session, last.session)
        carried = self.quotation(self.request("FOXGLOVE"))
        self.assertRegex(carried, r"\A" + REASON % "it was unused for too long")
        self.assertLessEqual(len(carried.encode("utf-16-le")) // 2, 4000)
        heads = re.findall(r"^> (user|assistant), \d{4}-\d\d-\d\d \d\d:\d\d UTC:$", carried, re.M)
        self.assertGreater(len(heads), 7)
        self.assertLessEqual(len(heads), 20)
        self.assertEqual(heads[-2:], ["user", "assistant"])
        numbers = list(map(int, re.findall(r"^> > prompt-(\d+)-", carried, re.M)))
        self.assertEqual(numbers, sorted(numbers), "the oldest first")
        self.assertEqual(numbers[-1], 10)
        self.assertIn("[redacted:github-token]", carried)
        self.assertNotIn(TOKEN, carried)
        self.assertEqual(self.house.metric("claude_session_carry_overs_total", reason="expired"), 1)

        # Another fresh start of the key has nothing to take over.
        third = self.house.client(KEY, "-p", "begin LARKSPUR", "--output-format", "json")
        self.assertAnswered(third)
        self.assertNotIn("could not be resumed", self.request("LARKSPUR"))
        self.assertEqual(self.house.metric("claude_session_carry_overs_total", reason="expired"), 1)

    @about_resuming
    def test_twenty_messages_at_most(self):
        for turn in range(11):
            last = self.ask("p%d" % turn)
        self.forget(last.session)
        why = self.house.holdfast("why", KEY, "--json").json["carry_over"]
        self.assertEqual((why["reason"], why["messages"]), ("missing", 20))
        self.ask("and now FOXGLOVE")
        carried = self.quotation(self.request("FOXGLOVE"))
        self.assertEqual(len(re.findall(r"^> [ua]", carried, re.M)), 20)
        self.assertEqual(re.findall(r"^> > p(\d+)$", carried, re.M), [str(turn) for turn in range(1, 11)])
        # When it was found is told by the dispatch that finds it.
        self.assertEqual(carried.split("\n")[1:], why["text"].split("\n")[1:])

    @about_resuming
    def test_it_outlasts_a_restart_of_everything(self):
        first = self.ask("remember MARIGOLD")
        self.house.down()
        self.forget(first.session)
        self.house.up()
        self.ask("and now FOXGLOVE")
        carried = self.quotation(self.request("FOXGLOVE"))
        self.assertRegex(carried, REASON % "its transcript is gone")
        self.assertRegex(carried, r"> > remember MARIGOLD\n> assistant, .*:\n> > ANSWER\[\d+\]: remember MARIGOLD\Z")

    @smoke
    @about_resuming
    def test_a_resume_that_fails_carries_over_in_the_same_call(self):
        self.ask("remember MARIGOLD")
        strange = self.house.bind_elsewhere(KEY)
        done = self.house.ask(KEY, "and now FOXGLOVE")
        self.assertEqual(self.house.resumes()[1:], [strange, None])
        self.assertNotEqual(done.session, strange)
        carried = self.quotation(self.request("FOXGLOVE"))
        self.assertRegex(carried, REASON % "the client did not take it up again")
        self.assertIn("> > remember MARIGOLD", carried)

    @about_resuming
    def test_nothing_is_carried_over_where_nobody_wants_it(self):
        first = self.ask("remember MARIGOLD")
        self.forget(first.session)
        command = self.house.client_command("-p", "and now FOXGLOVE", "--output-format", "json")
        self.assertAnswered(self.house.holdfast("dispatch", KEY, "--no-carry-over", "--", *command))
        self.assertNotIn("MARIGOLD", self.request("FOXGLOVE"))

    def test_a_resume_carries_nothing_over(self):
        self.ask("remember MARIGOLD")
        self.ask("and now FOXGLOVE")
        self.assertNotIn("could not be resumed", self.request("FOXGLOVE"))

    @about_resuming
    def test_nothing_of_before_a_clear_is_carried_over(self):
        self.ask("remember MARIGOLD")
        steps = ["expect:❯", "type:and now FOXGLOVE", "enter", "go:1", "type:/clear", "enter",
                 "go:2", "type:begin with LARKSPUR", "enter", "go:3", "quit"]
        terminal = self.house.terminal(steps, [BIN / "holdfast", "dispatch", KEY, "--", *self.house.client_command()])
        until(lambda: "FOXGLOVE" in self.conversation(), "what was said first", deadline=30)
        first = self.house.binding(KEY)["session_id"]
        self.house.go(1)
        until(lambda: not self.conversation().strip(), "the end of the conversation")
        self.house.go(2)
        until(lambda: "LARKSPUR" in self.conversation(), "what was said then", deadline=30)
        second = until(lambda: self.house.binding(KEY).get("session_id"), "a new binding", deadline=30)
        self.house.go(3)
        terminal.wait()
        self.house.settled(second)
        self.assertNotEqual(second, first)
        self.assertNotIn("/clear", self.conversation())

        # Neither does it come back with a Redis that was emptied.
        until(lambda: not self.unarchived(), "all in the archive")
        self.house.redis("FLUSHALL")
        until(lambda: "LARKSPUR" in self.conversation(), "the conversation from the archive", deadline=60)
        self.assertNotIn("MARIGOLD", self.conversation())
        self.assertNotIn("FOXGLOVE", self.conversation())

    def test_a_nested_client_says_nothing_under_its_outer_ones_key(self):
        # It inherits the key from the Bash tool's environment.
        script = self.house.root / "inner.sh"
        script.write_text("'%s' --plugin-dir '%s' -p 'inner FOXGLOVE' < /dev/null\n" % (self.house.claude, PLUGIN))
        outer = self.house.ask_with_tools(KEY, "TOOLCMD{sh %s}" % script)
        self.house.settled(outer.session)
        until(lambda: len(self.house.redis("ZRANGE", "{holdfast}:sessions", 0, -1).split()) == 2, "both sessions")
        until(lambda: "inner FOXGLOVE" in self.house.captured_text(), "what the inner one said")
        self.assertIn("inner.sh", self.conversation())
        self.assertNotIn('"text":"inner FOXGLOVE', self.conversation())

    def unarchived(self):
        keys = self.house.redis("--scan", "--pattern", "{holdfast:*}:unarchived").split()
        return [key for key in keys if self.house.redis("ZCARD", key).strip() != "0"]
