"""Two hosts, each in a network of its own, send to one repository at once, also where one's clock is an hour behind."""
import os
import shutil
import subprocess
import threading
import time
import unittest
from pathlib import Path

from faults import FULL, long_one
from githubserver import GitHubServer
from house import BIN, smoke
from polling import until
from remotehouse import TOKEN, Account, RemoteHouse, RemoteTest, missing, moment_of

SERVER = "10.77.0.1"
ROUNDS = 40 if FULL else 4
# Executables that load libraries: a clock is faked by a library, and those that are tried have none.
DYNAMIC = Path(os.environ.get("HOLDFAST_DYNAMIC_BIN") or "/nowhere")
COMPILER = shutil.which("cc") or shutil.which("clang")
HOUR = 3600


def ip(*words):
    subprocess.run(["ip", *map(str, words)], check=True, stdout=subprocess.DEVNULL)


class Network:
    """A network namespace with a cable to that of this process, as long as it is not unplugged."""

    def __init__(self, number):
        # The end of its input ends it.
        self._keeper = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo made && cat"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        assert self._keeper.stdout.readline() == b"made\n", "no network namespace"
        self.number, self.prefix = number, ["nsenter", "-n", "-t", str(self._keeper.pid)]
        ours, theirs, net = "host%d" % number, "cable%d" % number, "10.77.%d." % number
        ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", self._keeper.pid)
        ip("address", "add", net + "1/24", "dev", ours)
        ip("link", "set", ours, "up")
        for words in (["link", "set", "lo", "up"], ["address", "add", net + "2/24", "dev", theirs],
                      ["link", "set", theirs, "up"], ["route", "add", "default", "via", net + "1"]):
            subprocess.run([*self.prefix, "ip", *words], check=True)

    def close(self):
        ip("link", "delete", "host%d" % self.number)
        self._keeper.communicate()


class TwoHosts(RemoteTest):
    """The first host has the right time, and so has the second."""

    executables = BIN

    def clock(self):
        """What has the second host tell another time."""
        return {}

    def build_house(self):
        # Who is an hour behind has all that is said here, and more, to cope with.
        if not FULL and type(self) is TwoHosts:
            self.skipTest("it is long: HOLDFAST_FULL=1")
        self.server_address()
        self.hosts, folder = [], None
        for number in (1, 2):
            network = Network(number)
            self.addCleanup(network.close)
            host = RemoteHouse(bin=self.executables if number == 2 else BIN)
            if number == 2:
                self.addCleanup(host.close)
            host.prefix, host.more["GITHUB_TOKEN"] = network.prefix, TOKEN
            if number == 1:
                self.github = GitHubServer(self.place(), TOKEN, SERVER)
                self.addCleanup(self.github.close)
                self.assertEqual(host.holdfast("remote", "key", "--make").code, 0)
            else:
                host.more.update(self.clock())
            self.join(host)
            self.hosts.append(host)
        self.said, self.decided = 0, {}
        return self.hosts[0]

    def server_address(self):
        ip("address", "replace", SERVER + "/32", "dev", "lo")

    def join(self, host):
        host.url = self.github.url
        host.trust(self.github.authority)
        host.set_remote()
        key = host.settings / "remote.key"
        if not key.exists():
            shutil.copy2(str(self.hosts[0].settings / "remote.key"), str(key))

    def setUp(self):
        super().setUp()
        for host in self.hosts:
            host.up()

    def talk(self, host, key=None, turns=1):
        """A session of one host, all of whose words are its own."""
        if key:
            host.more["HOLDFAST_KEY"] = key
        self.said += 1
        talk = host.talk(turns, number=self.said)
        host.report(talk, "SessionEnd")
        host.more.pop("HOLDFAST_KEY", None)
        host.archived(talk.words)
        return talk

    def bare_house(self):
        bare = RemoteHouse(self.github.url)
        self.addCleanup(bare.close)
        bare.more["GITHUB_TOKEN"] = TOKEN
        self.join(bare)
        self.clone(bare)
        return bare

    def clone(self, host):
        if host.running(host.bin / "holdfast-companion"):
            host.down()
        done = host.holdfast("remote", "clone", "--json")
        self.assertEqual((done.code, done.json["is_whole"]), (0, True), repr(done))
        host.up()
        return done.json

    def kept(self, host):
        """Has all of a host elsewhere, its bindings too."""
        host.holdfast("sync", "--json")
        self.assertEqual(host.holdfast("checkpoint", "create").code, 0)
        host.synced()

    def words(self):
        return [word for host in self.hosts for word in host.words()]

    def conflicts(self, host):
        done = host.holdfast("remote", "conflicts", "--json")
        self.assertEqual(done.code, 0, repr(done))
        return done.json

    @smoke
    def test_both_push_at_once_and_nothing_is_lost(self):
        commits = 0
        for _ in range(ROUNDS):
            for host in self.hosts:
                self.talk(host, turns=2)
            # Where one of them was faster, its push is past the meeting and the other goes on alone.
            self.github.become(meeting=threading.Barrier(2))
            syncs = [host.start([host.bin / "holdfast", "remote", "sync", "--force", "--json"]) for host in self.hosts]
            for sync in syncs:
                done = sync.wait()
                # Where its companion was at it, there is nothing to read.
                self.assertTrue(not done.stdout or done.json["outcome"] == "done", repr(done))
            for host in self.hosts:
                host.synced()
            commits += 2
        self.github.become()
        count = int(self.github.git("rev-list", "--count", "refs/heads/holdfast"))
        self.assertGreaterEqual(count, commits)
        for host in self.hosts:
            self.kept(host)
            self.assertEqual(self.conflicts(host), [])
            self.assertEqual(host.standing()["failures"], 0)
        bare = self.bare_house()
        self.assertWordsOf(bare, self.words())

    def test_a_binding_stays_where_it_moved_last(self):
        first, second = self.hosts
        moves = {"coder/issue-1": (first, second), "coder/issue-2": (second, first)}
        for key, (old, new) in moves.items():
            self.talk(old, key)
            self.kept(old)
        for host in self.hosts:
            self.clone(host)
            # F9: what a host has not told of itself, it does not come after.
            host.synced()
        moved = {}
        for key, (old, new) in moves.items():
            self.assertEqual(new.binding(key)["session_id"], old.binding(key)["session_id"], key)
            self.assertEqual(new.holdfast("sessions", "drop", key).code, 0)
            moved[key] = self.talk(new, key).session
            self.assertEqual(new.binding(key)["session_id"], moved[key])
        for host in (*self.hosts, *self.hosts):
            self.kept(host)
        self.assertEqual(self.conflicts(first), [])
        bare = self.bare_house()
        for key, session in moved.items():
            self.assertEqual(bare.lookup(key).get("session_id"), session, key)
        self.assertWordsOf(bare, self.words())

    def test_what_one_host_forgot_does_not_come_back_from_another(self):
        bare, gone, sessions = self.forgotten()
        packed = bare.packed()
        self.assertEqual([word for word in gone if word.encode() in packed], [])
        for session in sessions:
            self.assertNotEqual(bare.holdfast("vault", "restore", session).code, 0)

    def forgotten(self):
        """Of each host a session and a text that the other forgot. Answers a host that cloned, and what is to be gone.
        """
        first, second = self.hosts
        talks = {host: [self.talk(host, turns=2) for _ in range(3)] for host in self.hosts}
        for host in self.hosts:
            self.kept(host)
        for host in self.hosts:
            self.clone(host)
            until(lambda: not list(missing(host, self.words())), "every word on each host", deadline=60)
        gone, sessions = [], []
        for host, other in ((first, second), (second, first)):
            # Of the other, a session and a text.
            session, text = talks[other][0], talks[other][1].words[2]
            self.forget(host, "--session", session.session)
            self.forget(host, "--text", text)
            gone += [*session.words, text]
            sessions.append(session.session)
        # Who knows nothing of it goes on with what was forgotten elsewhere.
        for host in self.hosts:
            self.kept(host)
        bare = self.bare_house()
        left = [word for word in self.words() if word not in gone]
        self.assertWordsOf(bare, left)
        self.assertEqual([word for word in gone if bare.holdfast("memory", "search", word).code == 0], [])
        self.assertEqual([word for word in gone if Account(bare.archive).kept[word]], [])
        self.assertEqual(self.conflicts(first), [])
        return bare, gone, sessions

    def forget(self, host, *words):
        done = host.holdfast("forget", *words, "--yes", "--json")
        # Until the next sync the copy has it; nothing else does.
        self.assertEqual((done.stdout and done.json["outcome"]), "unproven", repr(done))
        self.assertEqual(done.json["proof"]["remains"], [])
        self.assertEqual([place.split(":")[0] for place in done.json["proof"]["unseen"]], ["the second copy"])

    def in_conflict(self, key):
        """A session of each host under the key, of which the other knows nothing."""
        talks = [self.talk(host, key) for host in self.hosts]
        for host in self.hosts:
            self.kept(host)
        return talks

    @long_one
    def test_a_conflict_is_decided_by_a_person_whoever_has_which_time(self):
        self.decide()
        bare = self.bare_house()
        for key, session in self.decided.items():
            self.assertEqual(bare.lookup(key).get("session_id"), session)

    def conflict_rate(self, host):
        """Percent, as the companion watches it: one that starts looks at once."""
        host.down()
        moment = moment_of(host.holdfast("status", "--json").json["observed_at"])
        host.up()

        def figure():
            found = host.figure("copies_in_conflict_percent")
            return found and moment_of(found["at"]) >= moment and found

        return until(figure, "the share of copies in conflict", deadline=30)["value"]

    def decide(self):
        """A conflict on each host, in which a person there prefers what the other has."""
        for number, loser in enumerate(self.hosts):
            key = "coder/issue-%d" % (3 + number)
            talks = self.in_conflict(key)
            [conflict] = self.conflicts(loser)
            self.assertGreater(self.conflict_rate(loser), 0)
            self.assertIn("copies in conflict", loser.holdfast("status").stdout)
            self.assertEqual(sorted(name for side in conflict["sides"] for name in side["hosts"]),
                             sorted(host.archive.stem for host in self.hosts))
            done = loser.holdfast("remote", "conflicts", "resolve", conflict["id"][:6], "--keep", "remote")
            self.assertEqual(done.code, 0, repr(done))
            for host in self.hosts:
                self.assertEqual(self.conflicts(host), [])
                # Nor does it come back with what each of them says next.
                self.kept(host)
                self.assertEqual(self.conflicts(host), [])
            self.assertEqual(self.conflict_rate(loser), 0)
            self.assertNotIn("copies in conflict", loser.holdfast("status").stdout)
            self.decided[key] = talks[1 - number].session

    def test_a_conflict_is_told_in_words(self):
        self.in_conflict("coder/issue-3")
        told = self.hosts[0].holdfast("remote", "conflicts").stdout
        for word in ("coder/issue-3", *(host.archive.stem for host in self.hosts)):
            self.assertIn(word, told)


@unittest.skipUnless(COMPILER and (DYNAMIC / "holdfast").exists(),
                     "cc, or HOLDFAST_DYNAMIC_BIN with executables that load libraries, is missing")
class AnHourBehind(TwoHosts):
    """The clock of the second host is an hour behind."""

    executables = DYNAMIC
    # As above.
    test_a_conflict_is_told_in_words = None

    def clock(self):
        library = self.place() / "behind.so"
        source = Path(__file__).with_name("behind.c")
        subprocess.run([COMPILER, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
        return {"LD_PRELOAD": str(library), "BEHIND": str(HOUR)}

    def setUp(self):
        super().setUp()
        # By what it says of itself.
        moment = self.hosts[1].holdfast("status", "--json").json["observed_at"]
        self.assertAlmostEqual(time.time() - moment_of(moment), HOUR, delta=60)
