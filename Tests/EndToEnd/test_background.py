"""Background sessions: one service runs them all, with the environment of whoever started it first."""
import os
import signal

from house import HouseTest, only_clients, smoke
from polling import until

FIRST, SECOND = "coder/issue-20", "coder/issue-21"


@only_clients(since="2.1.329")
class BackgroundSessions(HouseTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.end_service)

    def end_service(self):
        """What the client left behind: only processes whose home is this house's."""
        mark = ("HOME=%s" % self.house.home).encode()
        for folder in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/environ" % folder, "rb") as environ, open("/proc/%s/cmdline" % folder, "rb") as line:
                    if mark in environ.read().split(b"\0") and b"holdfast" not in line.read().split(b"\0")[0]:
                        os.kill(int(folder), signal.SIGTERM)
            except OSError:
                pass

    def job(self, key, prompt, **env):
        done = self.house.dispatch(key, "--bg", prompt, **env)
        self.assertEqual(done.code, 0, repr(done))
        until(lambda: self.house.binding(key).get("session_id"), "a session of " + key)
        return self.house.binding(key)["session_id"]

    @smoke
    def test_each_is_bound_to_its_own_key(self):
        # Whoever starts the service gives all later ones key and switch.
        started = self.house.client("coder/issue-19", "--bg", "remember MARIGOLD", HOLDFAST_DISABLED="1")
        self.assertEqual(started.code, 0, repr(started))
        first, second = self.job(FIRST, "and now FOXGLOVE"), self.job(SECOND, "and now LARKSPUR")
        self.assertNotEqual(first, second)
        self.assertNotIn("session_id", self.house.binding("coder/issue-19"), "nobody's key goes to another's session")
        until(lambda: self.house.api.turns("LARKSPUR"), "the second job's turn")
        self.assertEqual(self.house.binding(FIRST)["session_id"], first)

    def test_a_held_one_is_stopped_by_the_words_of_its_remedy(self):
        session = self.job(FIRST, "remember MARIGOLD")
        until(lambda: self.house.api.turns("MARIGOLD"), "its turn")
        found = self.house.holdfast("lookup", FIRST)
        self.assertEqual(found.code, 75, repr(found))
        why = self.house.holdfast("why", FIRST).stdout
        if not self.house.client_knows("stop"):
            # To an older client that is a prompt, and would make a session of its own under the key.
            self.assertNotIn("claude stop", why)
            self.assertIn("claude agents", why)
            return
        self.assertIn("claude stop %s" % session[:8], " ".join(why.split()))
        self.assertEqual(self.house.client(FIRST, "stop", session[:8]).code, 0)
        until(lambda: self.house.holdfast("lookup", FIRST).code == 0, "a key that is free")
        self.assertEqual(self.house.holdfast("lookup", FIRST).stdout.strip(), session)
