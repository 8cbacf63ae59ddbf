"""What fails around a session (the API, Redis, the disk, the whole machine) costs no binding."""
import os
import shutil
import signal
import subprocess
import unittest

import processes
from house import BIN, CLAUDE, HouseTest, smoke
from polling import until

KEY = "coder/issue-5"

# Root reads every folder; without these two capabilities it is a user like any other.
WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def status(code):
    """An exit code as a shell gives it."""
    return 128 - code if code < 0 else code


class BoundHouseTest(HouseTest):
    """A house whose key is bound to a session of one turn."""

    def setUp(self):
        super().setUp()
        self.first = self.house.ask(KEY, "remember MARIGOLD").session
        self.house.bound(KEY, self.first)
        self.house.settled(self.first)

    def still_resumes(self):
        before = len(self.house.api.turns("MARIGOLD"))
        self.assertEqual(self.house.ask(KEY, "go on").session, self.first)
        self.assertEqual(len(self.house.api.turns("MARIGOLD")), before + 1)
        self.assertNothingDropped(KEY, self.first)


class ProviderOutages(BoundHouseTest):
    def like_the_bare_client(self, **env):
        """Dispatches against an API that fails, and compares with the client by itself."""
        bare = self.house.start([CLAUDE, "-p", "FOXGLOVE"], **env).wait()
        done = self.house.dispatch(KEY, "-p", "FOXGLOVE", **env)
        self.assertNotEqual(bare.code, 0)
        self.assertEqual(done.code, bare.code, repr(done))
        self.assertEqual(self.house.resumes(), [None, self.first], "tried once")
        self.house.api.normal()
        self.still_resumes()

    @smoke
    def test_a_rejected_key_drops_nothing(self):
        self.house.api.answers("error", status=401, type="authentication_error", message="invalid x-api-key")
        self.like_the_bare_client()

    def test_a_rate_limit_drops_nothing(self):
        self.house.api.answers("error", status=429, type="rate_limit_error", message="slow down")
        self.like_the_bare_client()

    def test_an_overloaded_api_drops_nothing(self):
        self.house.api.answers("error", status=529, type="overloaded_error", message="overloaded")
        self.like_the_bare_client()

    def test_an_api_that_refuses_drops_nothing(self):
        # Nothing but the fake API listens in this network namespace.
        self.like_the_bare_client(ANTHROPIC_BASE_URL="http://127.0.0.1:9")

    def test_an_api_that_hangs_drops_nothing(self):
        self.house.api.answers("hang")
        codes = []
        for start in (lambda: self.house.start([CLAUDE, "-p", "bare FOXGLOVE"]),
                      lambda: self.house.start_dispatch(KEY, "-p", "dispatched FOXGLOVE")):
            before = len(self.house.api.turns("FOXGLOVE"))
            running = start()
            until(lambda: len(self.house.api.turns("FOXGLOVE")) > before, "the request")
            running.send(signal.SIGTERM)
            codes.append(status(running.wait().code))
        self.assertEqual(codes, [143, 143])
        self.assertEqual(self.house.clients(), [], "the signal reached the client")
        self.house.api.normal()
        self.still_resumes()


class RedisOutages(HouseTest):
    def undisturbed(self):
        """Runs the client with Redis in trouble, and returns its session."""
        done = self.house.client(KEY, "-p", "remember MARIGOLD", "--output-format", "json")
        self.assertAnswered(done)
        self.assertEqual(done.stderr, "")
        self.assertFalse(done.json["is_error"])
        return done.session

    def test_a_client_is_not_disturbed_while_redis_is_stopped(self):
        companion = self.house.companion_pid()
        processes.send(companion, signal.SIGSTOP)  # or it would bring Redis back at once
        self.house.stop_redis()
        session = self.undisturbed()
        self.assertTrue(self.house.notes(), "the hooks left notes")
        processes.send(companion, signal.SIGCONT)
        self.house.bound(KEY, session)
        self.house.settled(session)
        self.assertEqual(self.house.ask(KEY, "go on").session, session)

    @smoke
    def test_a_client_is_not_disturbed_while_redis_hangs(self):
        redis = self.house.redis_pid()
        processes.send(redis, signal.SIGSTOP)
        session = self.undisturbed()
        processes.send(redis, signal.SIGCONT)
        self.house.bound(KEY, session)
        self.house.settled(session)
        self.assertEqual(self.house.ask(KEY, "go on").session, session)

    def test_redis_comes_back_during_a_run(self):
        before = self.house.redis_pid()
        running = self.house.start_gated(KEY, "remember MARIGOLD")
        self.house.stop_redis()
        until(lambda: self.house.redis_pid() != before, "a new Redis")
        self.house.open_gate()
        done = running.wait()
        self.assertAnswered(done)
        self.assertEqual(done.own_words, done.stderr.splitlines(), "the client said nothing")
        self.house.bound(KEY, done.session)
        self.assertEqual(self.house.ask(KEY, "go on").session, done.session)

    def test_a_dispatch_resumes_from_the_mirror_while_redis_hangs(self):
        first = self.house.ask(KEY, "remember MARIGOLD")
        self.house.settled(first.session)
        redis = self.house.redis_pid()
        processes.send(redis, signal.SIGSTOP)
        second = self.house.ask(KEY, "and now FOXGLOVE")
        processes.send(redis, signal.SIGCONT)
        self.assertEqual(second.session, first.session)
        self.assertTrue(second.own_words, "holdfast says that Redis is away")
        self.assertEqual(second.own_words, second.stderr.splitlines())
        self.house.settled(first.session)
        self.house.bound(KEY, first.session)


class DiskOutages(BoundHouseTest):
    def setUp(self):
        super().setUp()
        self.projects = self.house.config / "projects"

    def nothing_dropped(self, prefix=()):
        found = self.house.start([*prefix, BIN / "holdfast", "lookup", KEY, "--json"]).wait()
        self.assertNotIn(found.json["verdict"], ("missing", "none", "expired"))
        swept = self.house.start([*prefix, BIN / "holdfast", "sessions", "sweep"]).wait()
        self.assertIn(swept.code, (0, 1), repr(swept))  # 1 says that there was nothing to sweep
        self.assertNothingDropped(KEY, self.first)

    @smoke
    def test_a_projects_folder_that_is_not_mounted_drops_nothing(self):
        away = self.house.root / "projects-away"
        self.projects.rename(away)
        self.nothing_dropped()
        # The vault has it: it was put back where the client looks, and what is mounted hides that.
        self.assertEqual(self.house.transcript(self.first).parent.parent, self.projects)
        shutil.rmtree(self.projects)
        away.rename(self.projects)
        self.still_resumes()

    @unittest.skipUnless(shutil.which("setpriv"), "setpriv (util-linux) is missing")
    def test_a_projects_folder_that_cannot_be_read_drops_nothing(self):
        mode = os.stat(str(self.projects)).st_mode
        self.projects.chmod(0)
        try:
            blind = [] if os.geteuid() else WITHOUT_RIGHTS
            if subprocess.run([*blind, "ls", str(self.projects)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0:
                self.skipTest("this user reads every folder, and setpriv cannot take the right away")
            self.nothing_dropped(blind)
        finally:
            self.projects.chmod(mode)
        self.still_resumes()


class Reboot(HouseTest):
    def test_the_first_hook_leaves_a_note_and_the_next_dispatch_finds_the_session(self):
        self.house.down()
        self.house.forget_stop()
        # Off while the client runs, or what its first Stop leaves behind would start the companion already.
        with self.house.without_autostart():
            first = self.house.client(KEY, "-p", "remember MARIGOLD", "--output-format", "json")
            self.assertAnswered(first)
            self.assertEqual(first.stderr, "")
            until(self.house.notes_lie_still, "every capturer has given its note back")

        second = self.house.ask(KEY, "go on")
        self.assertEqual(second.session, first.session)
        self.assertEqual(len(self.house.api.turns("MARIGOLD")), 2)
        self.house.companion_pid()  # the dispatch started it
        self.house.bound(KEY, first.session)
        self.house.settled(first.session)

    def test_what_a_person_stopped_stays_stopped(self):
        self.house.down()
        first = self.house.client(KEY, "-p", "remember MARIGOLD", "--output-format", "json")
        self.assertAnswered(first)
        until(self.house.notes_lie_still, "every capturer has given its note back")
        self.assertEqual(self.house.running(BIN / "holdfast-companion"), [])
        self.house.up()
        self.house.bound(KEY, first.session)
        self.house.settled(first.session)

    @smoke
    def test_a_power_cut_costs_no_session(self):
        first = self.house.ask(KEY, "remember MARIGOLD")
        self.house.settled(first.session)
        redis = self.house.redis_pid()
        # The companion first, or it would bring Redis back. Sockets and pid files stay behind.
        for pid in (self.house.companion_pid(), redis):
            processes.end(pid)
            until(lambda: not processes.alive(pid), "the end of %d" % pid)

        self.assertEqual(self.house.ask(KEY, "go on").session, first.session)
        self.house.bound(KEY, first.session)
        self.assertNothingDropped(KEY, first.session)
