"""The plugin as Claude Code takes it: validated, installed from its folder, working."""
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from house import BIN, PLUGIN, HouseTest, version, smoke

KEY = "coder/issue-11"
SOURCES = Path(__file__).resolve().parents[2]


class Plugin(HouseTest):
    def claude(self, *words, **env):
        return self.house.start([self.house.claude, *words], **env).wait()

    def test_the_plugin_passes_validation(self):
        # 2.1.139 knows no --strict, reads the hooks only when it is pointed at plugin.json, and there
        # takes an unknown event for the error that it is: with one, it loads no hook at all.
        strict = ["--strict"] if version(os.environ["CLIENT_VERSION"]) >= (2, 1, 200) else []
        for path in (PLUGIN, PLUGIN + "/.claude-plugin/plugin.json"):
            done = self.claude("plugin", "validate", *strict, path)
            self.assertEqual(done.code, 0, repr(done))

    @smoke
    def test_the_plugin_installs_into_a_clean_home_and_binds(self):
        (self.house.home / ".claude.json").unlink()
        for words in (("marketplace", "add", PLUGIN), ("install", "holdfast@holdfast")):
            done = self.claude("plugin", *words)
            self.assertEqual(done.code, 0, repr(done))
        listed = self.claude("plugin", "list", "--json")
        self.assertIn("holdfast@holdfast", listed.stdout, repr(listed))

        run = self.claude("-p", "remember MARIGOLD", "--output-format", "json", HOLDFAST_KEY=KEY)
        self.assertAnswered(run)
        self.assertEqual(run.stderr, "")
        self.house.bound(KEY, run.session)
        self.house.settled(run.session)
        found = self.house.holdfast("lookup", KEY)
        self.assertEqual((found.code, found.stdout.strip()), (0, run.session))

    def test_the_marketplace_folder_brings_its_own_programs(self):
        """As handed out: nothing of Holdfast is on the machine but the folder."""
        tree, folder = self.house.root / "tree", self.house.root / "marketplace"
        (tree / "libexec/holdfast").mkdir(parents=True)
        for part in ("bin", "share"):
            (tree / part).symlink_to(BIN.parent / part)
        (tree / "libexec/holdfast/redis-server").symlink_to(shutil.which("redis-server"))
        subprocess.run([SOURCES / "config/dist/marketplace", tree, folder], check=True)
        for words in (("marketplace", "add", folder), ("install", "holdfast@holdfast")):
            done = self.claude("plugin", *words)
            self.assertEqual(done.code, 0, repr(done))
        # A client runs the plugin of a folder from there.
        program = folder / "bin/holdfast"

        told = self.claude("-p", "remember MARIGOLD", "--output-format", "stream-json", "--verbose", HOLDFAST_KEY=KEY)
        self.assertEqual(told.code, 0, repr(told))
        self.assertIn("Once, in a shell: %s up" % program, told.stdout)
        again = self.claude("-p", "remember THISTLE", "--output-format", "stream-json", "--verbose", HOLDFAST_KEY=KEY)
        self.assertNotIn("Once, in a shell", again.stdout)
        found = self.house.start([program, "lookup", KEY]).wait()
        self.assertEqual(found.code, 0, repr(found))
        # In place of the house's own companion the one that lies there.
        for words in (["down"], ["up", "--only"]):
            done = self.house.start([program, *words]).wait()
            self.assertEqual(done.code, 0, repr(done))
        self.assertEqual(len(self.house.running(folder / "bin/holdfast-companion")), 1)
        done = self.house.start([program, "down"]).wait()
        self.assertEqual(done.code, 0, repr(done))

    def test_the_client_asks_whether_all_is_well(self):
        self.house.up()
        # Rarely used tools are offered by name only, unless the client is told otherwise; a model would look it up.
        self.house.ask(
            KEY, "TOOLJSONmcp__plugin_holdfast_holdfast__session_tracking_health{}",
            arguments=["--dangerously-skip-permissions"], ENABLE_TOOL_SEARCH="false")
        blocks = [block for turn in self.house.api.turns() for message in turn["body"]["messages"]
                  if isinstance(message["content"], list) for block in message["content"]]
        [answer] = [json.dumps(block) for block in blocks if block["type"] == "tool_result"]
        self.assertIn("All is well", answer)
        self.assertIn("service_status", answer)

    def test_the_user_is_told_what_only_a_person_can_mend_and_the_model_is_not(self):
        line = "holdfast: Memory is 3 h behind: the API key is refused; nothing lost"
        quiet = self.house.client(KEY, "-p", "remember MARIGOLD", "--output-format", "stream-json", "--verbose")
        self.assertNotIn(line, quiet.stdout)
        (self.house.state / "notice").write_text("%d\n%s" % (time.time() * 1000, line))
        told = self.house.client(KEY, "-p", "remember THISTLE", "--output-format", "stream-json", "--verbose")
        self.assertEqual(told.code, 0, repr(told))
        self.assertIn(line, told.stdout)
        [turn] = self.house.api.turns("THISTLE")
        self.assertNotIn("API key is refused", json.dumps(turn["body"]))

    def test_a_disabled_hook_records_nothing(self):
        done = self.house.client(KEY, "-p", "remember MARIGOLD", HOLDFAST_DISABLED="1")
        self.assertAnswered(done)
        self.assertEqual(self.house.redis("ZCARD", "{holdfast}:sessions").strip(), "0")
        self.assertEqual(self.house.notes(), [])

    def test_commands_cost_no_token_until_they_are_used(self):
        self.house.client(KEY, "-p", "remember MARIGOLD")
        [turn] = self.house.api.turns("MARIGOLD")
        for words in ("What earlier sessions said about some words", "Removes words from everything", "holdfast why"):
            self.assertNotIn(words, json.dumps(turn["body"]))
        self.house.client(KEY, "-p", "/holdfast:recall THISTLE")
        [turn] = self.house.api.turns("Look for what earlier sessions said about: THISTLE")
        self.assertIn("search_memory", json.dumps(turn["body"]))
