"""A house in which all that can be stored is stored, to be damaged from one state again and again."""
import os
import random
import shutil
import subprocess

import harm
from faults import HOOK, FaultHouse, Link
from house import BIN
from polling import Away, until
from randomhouse import AOF
from scriptedmodel import ScriptedModel
from speech import WORD, Account, Speech

# What waits waits short; nothing looks by itself while a test damages things, so that it is the audit which finds them.
SETTINGS = {
    "inactivity_timeout_seconds": 3600, "check_interval_seconds": 3600, "health_check_interval_seconds": 5,
    "retry_delays_seconds": [1], "retry_max_attempts": 100, "episode_timeout_seconds": 3,
    "spool": {"min_free_bytes": 0}, "dashboard": {"enabled": False}, "companion": {"autostart": False},
}
TURNS = 3


class AuditHouse(FaultHouse):
    """Sessions in transcripts, archive and vault, with memories; a checkpoint, and a second copy in a folder."""

    def __init__(self, keeps_in_git=False, encrypts=False):
        super().__init__(*AOF)
        self.copy, self.kept = self.root / "copy", self.root / "kept"
        self.model = ScriptedModel(random.Random(1))
        provider = {"kind": "openai", "base_url": self.model.url, "model": "scripted"}
        self.key_of_vault, more = self.settings / "vault.key", {}
        if encrypts:
            self.key_of_vault.write_text("%064x\n" % random.getrandbits(256))
            self.key_of_vault.chmod(0o600)
            more = {"vault": {"encrypt_key_file": str(self.key_of_vault)}}
        self.configure(provider=provider, remote={"url": str(self.copy)}, **SETTINGS, **more)
        self.copy.mkdir()
        if keeps_in_git:
            subprocess.run(["git", "init", "--bare", "--quiet", str(self.copy)], check=True)
        self.speeches = []
        # Words that are to be nowhere: of a session that was forgotten, and of a time when nothing was recorded.
        self.silent = []

    def environment(self, **more):
        return super().environment(**dict({"OPENAI_API_KEY": "sk-of-nobody"}, **more))

    # -- filling -----------------------------------------------------------------------------------------------------

    def fill(self, sessions=3):
        """Has sessions speak, each under a key of its own, and keeps what they said wherever it can be kept."""
        self.do("remote", "key", "--make")
        self.up()
        self.fall_silent()
        for number in range(sessions):
            speech = Speech(self, number)
            self.speeches.append(speech)
            self.speak(speech)
        until(self.is_remembered, "every word in a memory", 30)
        for speech in self.speeches:
            self.do("conversation", "add", self.key(speech), "hello", "--role", "user", "--session", speech.session)
        self.keep()
        self.do("checkpoint", "create")
        done = until(self.synced, "a companion that does not sync", 30)
        assert done.code == 0, repr(done)
        answer = self.audit()
        assert not answer["findings"] and not answer["unseen"], pretty(answer["findings"])
        return self

    def fall_silent(self):
        """One session is forgotten, and the beginning of another is not recorded."""
        forgotten, stopped = Speech(self, 8), Speech(self, 9)
        self.speak(forgotten, turns=1)
        until(lambda: not Account(self.archive).missing(forgotten.words), "a memory to be forgotten", 30)
        # 1: that it is gone from the second copy, too, is not known yet.
        assert self.holdfast("forget", "--session", forgotten.session, "--yes").code in (0, 1)
        self.do("tracking", "stop", "--key", self.key(stopped))
        self.speak(stopped, turns=1)
        self.do("tracking", "start", "--key", self.key(stopped))
        self.silent = forgotten.words + stopped.words
        self.speak(stopped, turns=1)

    @staticmethod
    def key(speech):
        return "coder/issue-%d" % speech.number

    def speak(self, speech, turns=TURNS):
        self.event(speech, "SessionStart", source="startup")
        for _ in range(turns):
            question, answer = speech.turn(10)
            speech.append(question)
            self.event(speech, "UserPromptSubmit", prompt="so?")
            speech.append(answer)
            self.event(speech, "Stop")
        self.event(speech, "SessionEnd", reason="other")

    def say_more(self):
        """One more session, of one turn; it is in no checkpoint."""
        speech = Speech(self, len(self.speeches))
        self.speeches.append(speech)
        self.speak(speech, turns=1)
        return speech

    def event(self, speech, event, **more):
        self.quiet_hook(speech.payload(event, **more), HOLDFAST_KEY=self.key(speech))

    def keep(self):
        """Has the vault take in what there is."""
        until(lambda: not self.running(HOOK) and set(self.notes()) == set(self.corrupt()), "every capturer's end", 30)
        # 1: there was nothing to keep.
        done = self.holdfast("sync", "--json")
        assert done.code in (0, 1), repr(done)

    def do(self, *words):
        done = self.holdfast(*words)
        assert done.code == 0, repr(done)
        return done

    # -- one state, many times ---------------------------------------------------------------------------------------

    @property
    def _folders(self):
        return self.state, self.home, self.settings, self.copy

    def remember(self):
        """What is now is what `restore` goes back to."""
        self.down()
        for speech in self.speeches:
            speech.whole = speech.path.read_bytes()
        self._spoken = list(self.speeches)
        for folder in self._folders:
            shutil.copytree(str(folder), str(self.kept / folder.name), symlinks=True)
        with Link(self.socket) as link:
            self._values = [(key, max(0, link.ask("PTTL", key)), link.ask("DUMP", key)) for key in link.keys("*")]
        self.up()

    def restore(self):
        self.down()
        for folder in self._folders:
            shutil.rmtree(str(folder))
            shutil.copytree(str(self.kept / folder.name), str(folder), symlinks=True)
        with Link(self.socket) as link:
            link.ask("FLUSHALL")
            for key, rest, value in self._values:
                link.ask("RESTORE", key, rest, value)
        self.model.become("well")
        self.speeches = list(self._spoken)
        self.up()

    def let_days_pass(self, days):
        """All that is noted was noted so many days before; the clock of a program cannot be set for it alone."""
        self.down()
        passed = days * 86400
        harm.age(self.state / "chronicle.sqlite", passed)
        for path in self.state.rglob("*"):
            status = path.stat()
            os.utime(str(path), (status.st_atime - passed, status.st_mtime - passed))
        with Link(self.socket) as link:
            for key in link.keys("{holdfast:*}:cursor:*"):
                link.ask("HSET", key, "captured_at", "2026-01-01T00:00:00.000Z")
        self.up()

    # -- looking -----------------------------------------------------------------------------------------------------

    def audit(self, *words):
        """What an audit of every byte answers; it may exit 1."""
        done = self.holdfast("audit", "--deep", "--json", *words)
        assert done.code in (0, 1) and done.stdout.startswith("{"), repr(done)
        answer = done.json
        answer["code"] = done.code
        return answer

    def mend(self):
        return self.audit("--repair")

    def reliability(self):
        return self.do("reliability", "--json").json

    @property
    def archive(self):
        return next((self.state / "archive").glob("*.sqlite"), self.state / "none.sqlite")

    @property
    def words(self):
        return [word for speech in self.speeches for word in speech.words]

    def is_remembered(self):
        try:
            return not Account(self.archive).missing(self.words)
        except Away:
            return False

    def not_whole(self):
        """What of the house is not as it was when it was filled, as sentences."""
        try:
            wrong, exported = list(Account(self.archive).faults(self.words)), {}
        except Away as reason:
            return [str(reason)]
        for one in self.archived_episodes():
            if one["id"] in exported:
                wrong.append("twice in the export: " + one["id"])
            exported[one["id"]] = one
        said = WORD.findall("\n".join(entry["text"] for one in exported.values() for entry in one["said"]))
        wrong += ["not in an export: " + word for word in sorted(set(self.words) - set(said))]
        for speech in self.speeches:
            if self.binding(self.key(speech)).get("session_id") != speech.session:
                wrong.append("%s is not bound to its session" % self.key(speech))
            if speech.whole and self.vaulted(speech) != speech.whole:
                wrong.append("the vault does not give back the transcript of %s" % self.key(speech))
        return wrong

    def not_silent(self):
        """What is in the archive and was to be nowhere, as sentences."""
        account = Account(self.archive)
        return ["was to be nowhere: " + word for word in self.silent if account.kept[word] or account.remembered[word]]

    def vaulted(self, speech):
        """The bytes that the vault gives back for a transcript."""
        done = subprocess.run("set -o pipefail; '%s' vault export %s | zstd -dcq | tar -xOf - %s.jsonl"
                              % (BIN / "holdfast", speech.session, speech.session), shell=True, executable="/bin/bash",
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self.environment(),
                              cwd=str(self.project), timeout=60)
        return done.stdout

    def synced(self):
        """What a sync by hand answers; nothing while the companion is at it."""
        done = self.holdfast("remote", "sync", "--force")
        return None if "the companion syncs just now" in done.stderr else done

    def lacking_in_copy(self):
        """The words that who has lost everything else would not get back from the second copy."""
        done = until(self.synced, "a companion that does not sync", 30)
        if done.code:
            return ["no second copy can be kept: " + done.stderr]
        place = self.root / "elsewhere"
        shutil.copytree(str(self.settings), str(place / "settings"))
        try:
            # Redis is of no account here: what is in the copy has come when it is asked for.
            self.holdfast("remote", "clone", HOLDFAST_STATE_DIR=str(place), HOLDFAST_CONFIG_DIR=str(place / "settings"),
                          HOLDFAST_REDIS_URL="unix:%s/none.sock" % place)
            account = Account(next((place / "archive").glob("*.sqlite"), place / "none"))
            brought = WORD.findall("\n".join(path.read_text() for path in (place / "import").glob("*.jsonl")))
            lacking = [word for word in account.missing(self.words) if word not in brought]
            return ["%d words are not in the second copy: %s" % (len(lacking), lacking[0])] if lacking else []
        finally:
            shutil.rmtree(str(place))

    def close(self):
        self.model.become("well")
        self.model.close()
        super().close()


def pretty(findings):
    """Findings as lines to be read in a failure."""
    lines = ["%(kind)s %(thing)s: %(outcome)s %(source)s (%(detail)s)" % finding for finding in findings]
    return "\n".join(lines) or "none"
