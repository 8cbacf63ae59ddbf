"""A house whose second copy is elsewhere: sessions whose every word is known, and whatever may tell of it."""
import datetime
import os
import subprocess
import tempfile
from pathlib import Path

from faults import FaultHouse, FaultTest, Link
from house import BIN
from polling import until
from speech import Account, Speech

# What a token of GitHub's looks like, and no other text here does.
TOKEN = "github_pat_11ABCDEFG0123456789_NobodyMayReadThisAnywhereAtAll"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


class Talk(Speech):
    """A session of which every entry says a word of its own, and, where wanted, much that no program makes smaller."""

    def turn(self, size=0):
        self._turns += 1
        lines = []
        for role in ("user", "assistant"):
            noise = os.urandom(size // 2).hex()
            noise = " ".join(noise[start:start + 40] for start in range(0, len(noise), 40))
            line, said = self.line(role, "It is %s. %s" % (self.word(), noise))
            lines.append(line)
            self.said.append(said)
        return lines, lines

    def say(self, turns=1, size=0):
        for _ in range(turns):
            self.append(b"".join(self.turn(size)[0]))
        return self


class RemoteHouse(FaultHouse):
    """A Redis, an archive and a vault of its own; `settings` beside where the second copy lies."""

    def __init__(self, url="", bin=BIN, **settings):
        super().__init__(embedded=True)
        self.bin, self.url, self.talks = bin, url, []
        # No browser; and a machine that is busy is slow, which is no trouble of a test's.
        watch = dict({"latency_warning_ms": 60_000, "latency_critical_ms": 120_000}, **settings.pop("watch", {}))
        self.always = dict({"dashboard": {"enabled": False}, "log_level": "debug", "watch": watch}, **settings)
        # More variables; and what lies in the place of something of this machine.
        self.more, self.mounts = {}, {}
        # All that any command said.
        self.heard = []
        self.set_remote()

    def environment(self, **more):
        # No key: each session is its own.
        return super().environment(**dict({"HOLDFAST_KEY": None}, **dict(self.more, **more)))

    def trust(self, authority):
        """As git is told of a certificate, and by force: no setting of Holdfast names one for GitHub's API."""
        self.more["GIT_SSL_CAINFO"], self.mounts[BUNDLE] = str(authority), authority

    def set_remote(self, **remote):
        self.configure(**dict(self.always, remote=dict({"url": str(self.url)}, **remote)))

    def start(self, command, **options):
        """In the network of the house, and in a mount namespace of its own where something lies in another's place."""
        command = [*self.prefix, *command]
        for place, what in self.mounts.items():
            script = 'mount --bind "$0" "$1" && shift && exec "$@"'
            command = ["unshare", "-m", "sh", "-c", script, what, place, *command]
        return super().start(command, **options)

    def holdfast(self, *words, **options):
        done = super().holdfast(*words, **options)
        self.heard.append("%s\n%s" % (done.stdout, done.stderr))
        return done

    def hook(self, payload, through=(), **env):
        return self.execute([*through, self.bin / "holdfast-hook"], payload, **env)

    # -- sessions --------------------------------------------------------------------------------------------------

    def talk(self, turns=1, size=0, number=None):
        """A session that says so much, reported by its hooks as a client reports it."""
        talk = Talk(self, len(self.talks) if number is None else number)
        self.talks.append(talk)
        self.report(talk, "SessionStart", source="startup")
        talk.say(turns, size)
        self.report(talk, "Stop")
        return talk

    def report(self, talk, event, **more):
        code, output = self.hook(talk.payload(event, **more))
        assert code == 0, "the hook of %s exits %d: %r" % (event, code, output)
        # The first of a session may tell a person what is wrong; no other says a word.
        assert not output or event == "SessionStart" and b'"systemMessage"' in output, "%s: %r" % (event, output)
        self.heard.append(output.decode())

    def words(self):
        return [word for talk in self.talks for word in talk.words]

    @property
    def archive(self):
        return next((self.state / "archive").glob("*.sqlite"), self.state / "none.sqlite")

    def archived(self, words=None, deadline=30):
        """Waits until the archive has every word."""
        words = self.words() if words is None else words
        def lacking():
            kept = Account(self.archive).kept
            return [word for word in words if not kept[word]]

        until(lambda: not lacking(), "every word in the archive", deadline)

    def packed(self):
        """All that the vault keeps, as one text."""
        packs = sorted((self.state / "vault" / "packs").glob("*.pack"))
        return b"".join(subprocess.run(["zstd", "-dc", str(pack)], stdout=subprocess.PIPE, check=True).stdout
                        for pack in packs)

    # -- the second copy -------------------------------------------------------------------------------------------

    def sync(self, *words):
        return self.holdfast("remote", "sync", "--force", "--json", *words)

    def synced(self):
        """Sends what the copy lacks; the companion may be at it already."""
        def done():
            answer = self.sync()
            return answer.code == 0 and (answer.json["outcome"], answer.json["lacking_items"]) == ("done", 0) and answer
        return until(done, "a sync that sends everything", deadline=40)

    def standing(self):
        """What `holdfast remote status` knows."""
        return self.holdfast("remote", "status", "--json").json

    def reliability(self):
        """The report, with what is watched by indicator and subject."""
        report = self.holdfast("reliability", "--json").json
        report["watched"] = {(one["indicator"], one["subject"]): one for one in report["figures"]}
        return report

    def figure(self, indicator, subject=""):
        """One that is watched; nothing where it is not known."""
        return self.reliability()["watched"].get((indicator, subject))

    def log(self):
        """All that the companion wrote."""
        return "".join(path.read_text(errors="replace") for path in sorted((self.state / "log").glob("*")))

    # -- where a secret might be -----------------------------------------------------------------------------------

    def files_with(self, needle, *without):
        """The files of the house that hold it, other than those that are to."""
        without = {str(path) for path in without}
        found = subprocess.run(["grep", "-rlaF", needle, str(self.state), str(self.settings), str(self.home)],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return [path for path in found.stdout.decode().splitlines() if path not in without]

    def keys_with(self, needle):
        """The keys of Redis that hold it, in name or value."""
        readers = {b"string": ("GET",), b"hash": ("HGETALL",), b"list": ("LRANGE", 0, -1), b"set": ("SMEMBERS",),
                   b"zset": ("ZRANGE", 0, -1), b"stream": ("XRANGE", "-", "+")}
        with Link(self.socket) as link:
            found = []
            for key in link.keys("*"):
                word, *rest = readers[link.ask("TYPE", key)]
                if needle in key or needle.encode() in flat(link.ask(word, key, *rest)):
                    found.append(key)
            return found

    def commands_with(self, needle):
        """What runs here and shows it in its command line, where everybody may read."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open("/proc/%s/cmdline" % name, "rb") as file:
                        line = file.read()
                except OSError:
                    continue
                if needle.encode() in line:
                    found.append(line.decode(errors="replace").replace("\0", " "))
        return found


def flat(reply):
    """All that a reply of Redis says, as bytes."""
    if isinstance(reply, list):
        return b"\n".join(map(flat, reply))
    return reply if isinstance(reply, bytes) else str(reply).encode()


def moment_of(text):
    """Seconds since 1970."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class RemoteTest(FaultTest):
    def build_house(self):
        raise NotImplementedError

    def place(self):
        """A folder in no house: whose processes name a folder of another house are taken for that one's."""
        return Path(tempfile.mkdtemp(prefix="outside-", dir=os.environ["WORK"]))

    def failing(self):
        """A sync that fails, as it tells of it; the companion may be at one already."""
        def failed():
            done = self.house.sync()
            return done.code == 1 and done.stdout and done.json["outcome"] == "failed" and done.json
        return until(failed, "a sync that fails", deadline=30)

    def assertWordsOf(self, house, words):
        """That every word is in the archive there, once, and that searching finds those of the ends."""
        until(lambda: not list(missing(house, words)), "every word back", deadline=60)
        for word in (words[0], words[len(words) // 2], words[-1]):
            self.assertEqual(house.holdfast("memory", "search", word).code, 0, word)

    def assertUntold(self, house, secret, *allowed):
        """That nothing of the house tells a secret, but the files that are made to hold it."""
        self.assertEqual(house.files_with(secret, *allowed), [])
        self.assertEqual(house.keys_with(secret), [])
        self.assertNotIn(secret, "\n".join(house.heard))


def missing(house, words):
    account = Account(house.archive)
    return (word for word in words if account.kept[word] != 1)
