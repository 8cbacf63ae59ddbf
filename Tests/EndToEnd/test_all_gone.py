"""State folder, Redis and transcripts of 200 sessions are gone: every word comes back from the second copy, and who has
that copy without its key learns nothing.
"""
import os
import shutil
import subprocess
import unittest

from faults import FULL, Link
from house import smoke
from polling import until
from remotehouse import Account, RemoteHouse, RemoteTest
from strangers import MARKER, entropy, least_entropy, speaking, things, told

SESSIONS = 200
# The archive redacts them; the vault keeps transcripts as they are.
SECRETS = ("sk-ant-api03-" + "Zq7" * 31, "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8", "AKIAIOSFODNN7REMOTES",
           "hunter2-of-nobody-else", "-----BEGIN OPENSSH PRIVATE KEY-----")
# A host east of Greenwich: its commits must not say so.
ZONE = "/usr/share/zoneinfo/Asia/Tokyo"


class KeptTest(RemoteTest):
    """A house whose second copy is a bare repository beside it."""

    def build_house(self):
        house = RemoteHouse()
        house.url = self.place() / "kept.git"
        subprocess.run(["git", "init", "--bare", "--quiet", str(house.url)], check=True)
        house.set_remote()
        self.assertEqual(house.holdfast("remote", "key", "--make").code, 0)
        return house


class AllGone(KeptTest):
    def key(self, number):
        return "coder/issue-%d" % number

    def sessions(self):
        house = self.house
        for number in range(SESSIONS):
            house.more = {"HOLDFAST_KEY": self.key(number)}
            talk = house.talk(1 + number % 3)
            if number % 20 == 0:
                secret = SECRETS[number // 20 % len(SECRETS)]
                talk.append(talk.line("user", "keep %s, of %s" % (secret, talk.word()))[0])
            house.report(talk, "SessionEnd")
            if number % 40 == 0:
                # Small files, too.
                house.archived()
                house.synced()
        house.more = {}
        house.archived(deadline=60)
        # Whatever the vault has not taken in by itself.
        house.holdfast("sync", "--json")
        self.assertEqual(house.holdfast("checkpoint", "create").code, 0)

    def bindings(self):
        with Link(self.house.socket) as link:
            found = {key: link.hash("{holdfast}:binding:" + key) for key in map(self.key, range(SESSIONS))}
        return {key: fields.get("session_id") for key, fields in found.items()}

    def test_every_word_of_200_sessions_comes_back_and_the_copy_tells_nobody(self):
        house = self.house
        house.up()
        self.sessions()
        house.synced()
        bound = self.bindings()
        self.assertEqual(bound, {self.key(number): talk.session for number, talk in enumerate(house.talks)})
        transcripts = {talk.path: talk.path.read_bytes() for talk in house.talks}
        self.assertUnheard()

        house.down()
        shutil.rmtree(str(house.state))
        shutil.rmtree(str(house.projects))
        done = house.holdfast("remote", "clone", "--json")
        self.assertEqual((done.code, done.json["is_whole"], done.json["failures"]), (0, True, []), repr(done))
        house.up()
        self.assertWordsOf(house, house.words())
        self.assertEqual(self.bindings(), bound)
        # Byte for byte, in their clients' folder, where somebody asks for them.
        packed = house.packed()
        for path, content in transcripts.items():
            self.assertTrue(all(line in packed for line in content.splitlines()), path)
        asked = house.talks if FULL else house.talks[::40]
        for talk in asked:
            self.assertEqual(house.holdfast("vault", "restore", talk.session).code, 0)
            found = next(house.config.glob("projects/*/%s.jsonl" % talk.session))
            self.assertEqual(found.read_bytes(), transcripts[talk.path])
        self.assertEqual(house.holdfast("vault", "verify").code, 0)

    def needles(self):
        house = self.house
        yield from house.words()
        yield from SECRETS
        for number, talk in enumerate(house.talks):
            yield talk.session
            yield self.key(number)
        for name in (house.archive.stem, "issue-", "holdfast.json", "transcript", "session_id", str(house.root),
                     house.root.name, str(house.project), "said-", "bindings", "archive", "vault"):
            yield name
        yield (house.settings / "remote.key").read_text().split()[-1]

    def assertUnheard(self):
        house = self.house
        files = [path for path in house.state.rglob("*.*") if path.suffix in (".pack", ".jsonl", ".json")]
        self.assertTrue(files)
        blobs = [thing.content for thing in things(house.url) if thing.kind == "blob"]
        self.assertGreater(sum(map(len, blobs)), 100_000)
        self.assertLess(min(len(blob) for blob in blobs if blob != MARKER), 1000)
        self.assertEqual(list(told(house.url, self.needles(), files)), [])
        # The same eyes see it where it is to be seen.
        plain = [path.read_bytes() for path in files if path.suffix != ".pack"]
        self.assertTrue(all(speaking(content) for content in plain))
        longest = max(plain, key=len)
        self.assertLess(entropy(longest), least_entropy(len(longest)))
        packed = house.packed().decode()
        for needle in [*SECRETS, *house.words()]:
            self.assertIn(needle, packed)


@unittest.skipUnless(os.path.exists(ZONE), "the zones of the world (tzdata) are missing")
class ATravelledHost(KeptTest):
    def test_commits_do_not_tell_where_a_host_is(self):
        house = self.house
        house.mounts["/etc/localtime"] = ZONE
        house.up()
        house.talk()
        house.archived()
        house.synced()
        self.assertEqual(list(told(house.url, house.words())), [])


class AClonedHost(KeptTest):
    """Lives on: it may have been stopped by hand before, and forgets afterwards."""

    def setUp(self):
        super().setUp()
        house = self.house
        house.up()
        house.more = {"HOLDFAST_KEY": "coder/issue-7"}
        self.talk = house.talk(2)
        house.report(self.talk, "SessionEnd")
        house.more = {}
        house.archived()
        house.holdfast("sync", "--json")
        self.assertEqual(house.holdfast("checkpoint", "create").code, 0)
        house.synced()
        house.down()

    @smoke
    def test_a_clone_after_a_stop_by_hand(self):
        done = self.house.holdfast("remote", "clone", "--json")
        self.assertEqual(done.code, 0, repr(done))
        self.house.up()
        self.assertEqual(self.house.binding("coder/issue-7").get("session_id"), self.talk.session)

    def test_forgetting_after_a_clone(self):
        house = self.house
        shutil.rmtree(str(house.state))
        self.assertEqual(house.holdfast("remote", "clone", "--json").code, 0)
        house.up()
        self.assertWordsOf(house, house.words())
        done = house.holdfast("forget", "--session", self.talk.session, "--yes", "--json")
        self.assertEqual(done.stdout and done.json["proof"]["remains"], [], repr(done))
