"""Two dispatches never drive one session at once, and none leaves its client behind."""
import signal

import processes
from house import HouseTest, about_resuming, smoke
from polling import until

KEY = "coder/issue-10"


class TwoDispatches(HouseTest):
    @smoke
    def test_the_second_of_two_dispatches_is_told_that_the_key_is_busy(self):
        first = self.house.start_gated(KEY, "remember MARIGOLD")
        second = self.house.dispatch(KEY, "-p", "and now FOXGLOVE")
        self.assertEqual((second.code, second.stdout), (75, ""), repr(second))
        self.assertTrue(second.own_words)
        found = self.house.holdfast("lookup", KEY)
        self.assertEqual((found.code, found.stdout), (75, ""), repr(found))
        self.assertEqual(self.house.lookup(KEY)["verdict"], "busy")
        self.house.open_gate()

        done = first.wait()
        self.assertAnswered(done)
        self.assertEqual(len(self.house.starts()), 1, "the second one started nothing")
        self.assertEqual(self.house.ask(KEY, "go on").session, done.session)

    def test_a_dispatch_that_waits_resumes_what_the_other_left(self):
        first = self.house.start_gated(KEY, "remember MARIGOLD")
        second = self.house.start_dispatch(KEY, "-p", "and now FOXGLOVE", "--output-format", "json", wait=20)
        # By the time this one was turned away the second one, started before, is waiting.
        self.assertEqual(self.house.dispatch(KEY, "-p", "in between").code, 75)
        self.assertFalse(second.ended, repr(second.so_far()))
        self.assertEqual(len(self.house.starts()), 1)
        self.house.open_gate()

        first, second = first.wait(), second.wait()
        self.assertAnswered(first)
        self.assertAnswered(second)
        self.assertEqual(second.session, first.session)
        self.assertEqual(self.house.resumes(), [None, first.session])
        self.assertEqual(len(self.house.api.turns("MARIGOLD")), 3, "a request, its tool's result, the second dispatch")

    def test_a_dispatch_waits_no_longer_than_it_was_told(self):
        first = self.house.start_gated(KEY, "remember MARIGOLD")
        second = self.house.dispatch(KEY, "-p", "and now FOXGLOVE", wait=1)
        self.assertEqual((second.code, second.stdout), (75, ""), repr(second))
        self.house.open_gate()
        self.assertAnswered(first.wait())

    def test_another_key_is_not_held_up(self):
        first = self.house.start_gated(KEY, "remember MARIGOLD")
        other = self.house.ask("coder/issue-11", "and now FOXGLOVE")
        self.house.open_gate()
        self.assertNotEqual(first.wait().session, other.session)


class KilledDispatch(HouseTest):
    @smoke
    @about_resuming
    def test_a_killed_dispatch_takes_its_client_along_and_the_next_one_resumes(self):
        first = self.house.ask(KEY, "remember MARIGOLD")
        running = self.house.start_gated(KEY, "and now FOXGLOVE")
        client = self.house.client_pid()
        running.send(signal.SIGKILL)
        running.wait()
        until(lambda: not processes.alive(client), "the end of the client", deadline=10)
        self.house.open_gate()

        third = self.house.ask(KEY, "go on")
        self.assertEqual(third.session, first.session)
        self.assertEqual(self.house.resumes(), [None, first.session, first.session])
        self.assertNothingDropped(KEY, first.session)


class Arguments(HouseTest):
    def test_arguments_that_choose_a_session_are_a_usage_error(self):
        for chosen in (["--resume", "x"], ["--continue"], ["--session-id", "x"], ["--fork-session"]):
            done = self.house.dispatch(KEY, *chosen, "-p", "remember MARIGOLD")
            self.assertEqual((done.code, done.stdout), (64, ""), chosen)
        self.assertEqual(self.house.starts(), [])

    def test_explain_says_what_will_be_done_and_the_answer_stays_clean(self):
        command = ["dispatch", KEY, "--explain", "--", *self.house.client_command("-p", "remember MARIGOLD")]
        done = self.house.holdfast(*command)
        self.assertAnswered(done)
        self.assertTrue(done.own_words)
        self.assertRegex(done.stdout, r"\AANSWER\[\d+\]: remember MARIGOLD\n\Z")
