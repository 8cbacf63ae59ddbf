"""Two versions: an upgrade while a session runs, hooks of one with the companion of the other, and the way back."""
import os
import shutil
import unittest
from pathlib import Path

from house import BIN, House, HouseTest
from polling import until

KEY = "coder/upgrade"
# What `config/earlier` makes: bin/ and share/ of a version before this one.
EARLIER = os.environ.get("HOLDFAST_EARLIER")
LATER = BIN.parent


@unittest.skipUnless(EARLIER, "HOLDFAST_EARLIER names no earlier version")
class Upgrade(HouseTest):
    def setUp(self):
        self.earlier = Path(EARLIER)
        self.house = House()
        self.addCleanup(self.house.close)
        self.place = self.house.root / "installed"
        self.house.bin, self.house.plugin = self.place / "bin", self.place / "share/holdfast/plugin"

    def install(self, tree):
        """As install.sh does it: by renaming, whatever runs."""
        for path in sorted(tree.rglob("*")):
            to = self.place / path.relative_to(tree)
            if path.is_dir() and not path.is_symlink():
                to.mkdir(parents=True, exist_ok=True)
            else:
                fresh = to.with_name(to.name + ".new")
                shutil.copy2(str(path), str(fresh), follow_symlinks=False)
                os.replace(str(fresh), str(to))
        return self.house.holdfast("--version").stdout.strip()

    def companion_version(self):
        key = self.house.redis("--scan", "--pattern", "{holdfast}:companion:*").split()
        assert len(key) == 1, key
        return self.house.redis("HGET", key[0], "version").strip()

    def check_all_is_there(self, session, *words):
        """Each of the words is captured, once, and nothing is missing."""
        self.house.settled(session)
        until(lambda: all(word in self.house.captured_text(session) for word in words), "the capture of all turns")
        # The answer says the prompt again.
        asked = [entry["text"] for one in self.house.episodes(session) for entry in one["said"] if entry["role"] == "user"]
        for word in words:
            self.assertEqual(sum(word in text for text in asked), 1, "%s in %s" % (word, asked))
        until(lambda: self.house.holdfast("verify", "--session", session).code == 0, "a whole ledger")

    def talk(self):
        first = self.house.ask(KEY, "the first word is MARIGOLD")
        self.house.bound(KEY, first.session)
        second = self.house.ask(KEY, "the second word is FOXGLOVE")
        self.assertEqual(second.session, first.session)
        self.check_all_is_there(first.session, "MARIGOLD", "FOXGLOVE")

    def test_hooks_of_the_earlier_with_the_companion_of_the_later(self):
        self.install(LATER)
        self.house.plugin = self.earlier / "share/holdfast/plugin"
        self.house.up()
        self.talk()

    def test_hooks_of_the_later_with_the_companion_of_the_earlier(self):
        self.install(self.earlier)
        self.house.plugin = LATER / "share/holdfast/plugin"
        self.house.up()
        self.talk()

    def test_an_upgrade_in_the_midst_of_a_turn(self):
        before = self.install(self.earlier)
        self.house.up()
        running = self.house.start_gated(KEY, "the first word is MARIGOLD")
        after = self.install(LATER)
        self.assertNotEqual(before, after)
        self.house.open_gate()
        first = running.wait()
        self.assertAnswered(first)
        self.house.bound(KEY, first.session)
        self.assertEqual(self.companion_version(), before, "it runs on until somebody says 'up'")
        self.house.up()
        until(lambda: self.companion_version() == after, "the companion of the later version")
        second = self.house.ask(KEY, "the second word is FOXGLOVE")
        self.assertEqual(second.session, first.session)
        self.check_all_is_there(first.session, "MARIGOLD", "FOXGLOVE")
        self.assertEqual(self.house.holdfast("status", "--json").json["companions"][0]["version"], after)

    def test_a_downgrade_is_refused_and_loses_nothing(self):
        after = self.install(LATER)
        self.house.up()
        first = self.house.ask(KEY, "the first word is MARIGOLD")
        self.house.settled(first.session)
        self.house.down()
        self.house.forget_stop()
        self.install(self.earlier)
        refused = self.house.holdfast("up")
        self.assertEqual(refused.code, 78, repr(refused))
        self.assertIn(after, refused.stderr)
        # Nothing of the earlier version starts a companion; its hooks leave notes.
        told = self.house.client(KEY, "--resume", first.session, "-p", "the second word is FOXGLOVE",
                                 "--output-format", "json")
        self.assertAnswered(told)
        self.install(LATER)
        self.house.up()
        third = self.house.ask(KEY, "the third word is LARKSPUR")
        self.assertEqual(third.session, first.session)
        self.check_all_is_there(first.session, "MARIGOLD", "FOXGLOVE", "LARKSPUR")
