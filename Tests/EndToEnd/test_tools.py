"""Tools that fail: the model is told, once; where it is wanted their calls are refused, until one is a probe."""
import json
import sys
from pathlib import Path

from house import PLUGIN, HouseTest, smoke
from polling import until

KEY = "coder/issue-21"
SERVER = Path(__file__).resolve().parent / "feeds.py"
TOOL = "mcp__feeds__look"


class Tools(HouseTest):
    guards = False

    def setUp(self):
        super().setUp()
        self.mode("well")
        self.servers = self.house.root / "servers.json"
        self.servers.write_text(json.dumps({"mcpServers": {"feeds": {
            "command": sys.executable, "args": [str(SERVER), str(self.house.root)]}}}))

    def mode(self, mode):
        (self.house.root / "mode").write_text(mode)

    def calls(self):
        file = self.house.root / "calls"
        return file.read_text().split() if file.exists() else []

    def turn(self, words, session=None):
        """One turn, in which the tool is called; returns the session, and what the model was asked with after the call."""
        more = ["--resume", session] if session else []
        guard = ["--plugin-dir", PLUGIN + "/guard"] if self.guards else []
        done = self.house.client(
            KEY, *more, *guard, "--mcp-config", self.servers, "--dangerously-skip-permissions", "--output-format", "json",
            "-p", "%s TOOLJSON%s{}" % (words, TOOL), ENABLE_TOOL_SEARCH="false")
        self.assertAnswered(done)
        until(lambda: not self.house.notes(), "the capture")
        return done.session, self.asked(words)

    def asked(self, words):
        return json.dumps([turn["body"]["messages"] for turn in self.house.api.turns(words)][-1:])

    def shown(self, tool=TOOL):
        done = self.house.holdfast("tools", "show", tool, "--json")
        return done.json if done.code == 0 else {"calls": 0, "failures": 0, "state": ""}

    def counted(self, calls, failures):
        until(lambda: (self.shown()["calls"], self.shown()["failures"]) == (calls, failures),
              "%d calls, %d failures of %s" % (calls, failures, TOOL), deadline=60)

    @smoke
    def test_a_server_that_dies_is_told_of_once_and_once_that_it_is_back(self):
        session, asked = self.turn("begin with MARIGOLD")
        self.assertIn("all is quiet", asked)
        self.counted(1, 0)
        self.mode("dead")
        _, asked = self.turn("on with FOXGLOVE", session)
        self.assertNotIn("holdfast: mcp__", asked)
        _, asked = self.turn("on with LARKSPUR", session)
        self.assertEqual(asked.count("holdfast: mcp__feeds "), 1, asked[-3000:])
        self.assertIn("2 failures in a row", asked)
        # Told once: the conversation repeats it, and nothing is added.
        _, asked = self.turn("on with THISTLE", session)
        self.assertEqual(asked.count("holdfast: mcp__feeds "), 1, asked[-3000:])
        self.counted(4, 3)
        self.assertEqual(self.shown("mcp__feeds")["state"], "unavailable")
        self.assertIn("mcp__feeds", self.house.holdfast("status").stdout)

        self.mode("well")
        _, asked = self.turn("on with PRIMROSE", session)
        self.assertIn("all is quiet", asked)
        self.assertNotIn("works again", asked)
        self.counted(5, 3)
        for _ in range(2):
            _, asked = self.turn("on with COWSLIP", session)
            self.assertEqual(asked.count("holdfast: mcp__feeds works again."), 1, asked[-3000:])

    def test_another_session_is_told_at_its_second_failure(self):
        self.mode("broken")
        for words in ("MARIGOLD", "FOXGLOVE"):
            self.turn("a session with " + words)
        _, asked = self.turn("a session with LARKSPUR")
        self.assertIn("also in", asked)
        self.assertIn("did not answer in time", asked)

    def test_without_redis_nothing_is_told_and_nothing_is_lost(self):
        session, _ = self.turn("begin with MARIGOLD")
        self.counted(1, 0)
        self.mode("broken")
        with self.house.without_autostart():
            self.house.down()
            for words in ("FOXGLOVE", "LARKSPUR"):
                done = self.house.client(
                    KEY, "--resume", session, "--mcp-config", self.servers, "--dangerously-skip-permissions",
                    "--output-format", "json", "-p", "%s TOOLJSON%s{}" % (words, TOOL), ENABLE_TOOL_SEARCH="false")
                self.assertAnswered(done)
                self.assertNotIn("holdfast: mcp__", self.asked(words))
        self.house.forget_stop()
        self.house.up()
        # What no hook could tell the transcript does.
        self.counted(3, 2)


class GuardedTools(Tools):
    guards = True
    settings = {"tools": {"guard": "deny"}}

    def test_a_server_that_dies_is_told_of_once_and_once_that_it_is_back(self):
        self.skipTest("calls of it are refused")

    def test_calls_of_a_tool_that_is_unavailable_are_refused_until_one_is_a_probe(self):
        (self.house.settings / "tools.json").write_text(json.dumps(
            {"tools": {"mcp__*": {"unavailable_after": 2, "retry_after_seconds": 86400}}}))
        self.mode("dead")
        session, _ = self.turn("begin with MARIGOLD")
        self.turn("on with FOXGLOVE", session)
        self.assertEqual(len(self.calls()), 2)
        _, asked = self.turn("on with LARKSPUR", session)
        self.assertEqual(len(self.calls()), 2, "it was called all the same")
        self.assertIn("This call was not made", asked)
        self.assertIn("mcp__feeds", asked)

        # Its time has come: one call is let through, and it is back.
        for tool in (TOOL, "mcp__feeds"):
            self.house.redis("HSET", "{holdfast}:tool:" + tool, "retry_at_ms", 1)
        self.mode("well")
        _, asked = self.turn("on with THISTLE", session)
        self.assertEqual(len(self.calls()), 3)
        self.assertIn("all is quiet", asked)
        until(lambda: self.shown("mcp__feeds")["state"] == "recovering", "the recovery")
        self.turn("on with PRIMROSE", session)
        self.assertEqual(len(self.calls()), 4)
