"""Redis over TLS, behind sentinels, as a cluster: sessions resume there as they do with a server of our own."""
import json
import os
import shutil
import tempfile
from pathlib import Path

from elsewhere import OverACluster, OverSentinels, OverTLS, wait_for_a_new_master
from house import HouseTest, smoke
from polling import until

KEY = "coder/issue-7"


class Elsewhere(HouseTest):
    group_of = None

    def prepare(self):
        if not self.group_of:
            self.skipTest("it is what the others have in common")
        place = Path(tempfile.mkdtemp(prefix="redis-", dir=os.environ["WORK"]))
        self.addCleanup(shutil.rmtree, str(place), ignore_errors=True)
        self.group = self.group_of(place / "servers")
        self.addCleanup(self.group.close)
        self.house.redis_url, self.settings = self.group.url, self.group.settings

    def troubles(self):
        return [trouble["kind"] for trouble in self.house.holdfast("status", "--json").json["troubles"]]

    @smoke
    def test_sessions_resume_a_dead_one_fails_once_and_every_word_is_there(self):
        house = self.house
        first = house.ask(KEY, "remember the word MARIGOLD")
        house.bound(KEY, first.session)
        second = house.ask(KEY, "and the word LARKSPUR")
        self.assertEqual(second.session, first.session)
        self.assertEqual(house.resumes(), [None, first.session])
        dead = house.bind_elsewhere("coder/dead")
        done = house.dispatch("coder/dead", "-p", "go on", "--output-format", "json")
        self.assertAnswered(done)
        self.assertEqual(house.resumes()[2:], [dead, None])
        house.settled(first.session)
        until(lambda: "LARKSPUR" in house.captured_text(first.session), "every word")
        house.verified(first.session)
        status = house.holdfast("status", "--json").json
        self.assertEqual([trouble for trouble in status["troubles"] if "redis" in trouble["kind"]], [])
        self.assertEqual(status["redis"]["url"], house.redis_url)
        checks = {check["name"]: check for check in json.loads(house.holdfast("doctor", "--json").stdout)}
        self.assertEqual(checks["redis relay"]["outcome"], "ok", checks)
        self.assertIn("master", checks["redis role"]["finding"])

    def test_without_a_companion_a_dispatch_starts_it_and_hooks_leave_notes(self):
        house = self.house
        session = house.ask(KEY, "remember the word MARIGOLD").session
        house.bound(KEY, session)
        house.settled(session)
        house.down()
        with house.without_autostart():
            done = house.client(KEY, "-p", "while it was away", "--output-format", "json")
            self.assertAnswered(done)
            until(house.notes_lie_still, "notes")
        house.up()
        until(lambda: not house.notes(), "notes that were taken in")
        house.bound(KEY, done.json["session_id"])


class TLS(Elsewhere):
    group_of = OverTLS

    def tearDown(self):
        self.assertEqual(self.group.refused(), "", "what it does is what it is allowed to")

    def test_the_rights_that_are_printed_are_enough(self):
        house = self.house
        session = house.ask(KEY, "remember the word MARIGOLD").session
        house.bound(KEY, session)
        house.settled(session)
        for words in (["doctor", "--self-test"], ["checkpoint", "create"], ["audit", "--deep"], ["status"], ["metrics"],
                      ["sessions"], ["tools"], ["conversation", "show", KEY], ["sync"], ["verify"],
                      ["forget", "--session", session, "--yes"]):
            done = house.holdfast(*words)
            self.assertIn(done.code, (0, 1), (words, done))

    def test_a_certificate_is_told_of_before_it_ends(self):
        house, group = self.house, self.group
        relay = house.holdfast("status", "--json").json["redis"]["relay"]
        self.assertEqual((relay["servers"], relay["unreached"]), (1, []))
        self.assertNotIn("certificate_expiring", self.troubles())
        group.renew(days=5)
        until(lambda: "certificate_expiring" in self.troubles(), "it is told", deadline=60)
        self.assertIn("valid for 4 more days", house.holdfast("status").stdout)
        self.assertRegex(house.holdfast("metrics").stdout, r"\nholdfast_redis_certificate_end_timestamp_seconds 1\.?\d")
        group.renew(days=90)
        until(lambda: "certificate_expiring" not in self.troubles(), "the new one is taken", deadline=60)

    def test_no_password_is_told(self):
        house = self.house
        house.ask(KEY, "remember the word MARIGOLD")
        word = "a word of ours"
        for words in (["status"], ["status", "--json"], ["doctor"], ["config", "show"]):
            self.assertNotIn(word, house.holdfast(*words).stdout)
        for path in house.state.rglob("*"):
            if path.is_file():
                self.assertNotIn(word.encode(), path.read_bytes(), path)


class Sentinels(Elsewhere):
    group_of = OverSentinels

    def test_a_sentinel_that_is_away_is_told(self):
        house, group = self.house, self.group
        self.assertNotIn("redis_degraded", self.troubles())
        group.kill(group.sentinels[0])
        until(lambda: "redis_degraded" in self.troubles(), "it is told", deadline=60)
        self.assertIn("sentinel 127.0.0.1:%d" % group.sentinels[0], house.holdfast("status").stdout)
        session = house.ask(KEY, "remember the word MARIGOLD").session
        self.assertEqual(house.lookup(KEY)["session_id"], session)

    def test_a_master_that_dies_costs_no_session(self):
        house, group = self.house, self.group
        session = house.ask(KEY, "remember the word MARIGOLD").session
        house.bound(KEY, session)
        house.settled(session)
        until(lambda: group.ask(group.replica, "HGET", "{holdfast}:binding:" + KEY, "session_id") == session, "the replica")
        group.kill(group.master)
        until(lambda: house.lookup(KEY).get("session_id") == session and house.holdfast("status", "--json").json["redis"]["available"],
              "the new master")
        self.assertEqual(house.ask(KEY, "which word?").session, session)
        self.assertEqual(group.ask(group.replica, "HGET", "{holdfast}:binding:" + KEY, "session_id"), session)


class Cluster(Elsewhere):
    group_of = OverACluster

    def test_a_node_that_dies_costs_no_session(self):
        house, group = self.house, self.group
        session = house.ask(KEY, "remember the word MARIGOLD").session
        house.bound(KEY, session)
        house.settled(session)
        key = "{holdfast}:binding:" + KEY
        old = group.master_of(key)
        # Its replica has it.
        until(lambda: group.ask(old, "WAIT", 1, 1000) == "1", "the replica")
        group.kill(old)
        wait_for_a_new_master(group, key, old)
        until(lambda: house.holdfast("status", "--json").json["redis"]["available"], "Redis again")
        self.assertEqual(house.ask(KEY, "which word?").session, session)
