"""damage_run.py SEED: one random history of damage to what is stored. Exits 0 if no word was lost or doubled, what was
damaged was found and mended, and no status lied.

Before each damage it is reckoned which sources of each word are whole; one of them is always left.
"""
import random
import re
import sqlite3
import sys
import time

from damagehouse import DamageHouse
from polling import Away, until
from random_run import RandomRun, main
from sources import Sources, left
from speech import Speech
from strikes import Strikes

# How often all is mended in the end, until an audit finds nothing.
AUDITS = 2


class DamageRun(RandomRun):
    def __init__(self, seed):
        super().__init__(seed)
        self.house.speeches = self.speeches
        self.sources = Sources(self.house)
        # Words whose memory some source always had.
        self.safe_memories = set()
        self.damages, self.audits, self.complaints = [], [], []

    def build_house(self):
        return DamageHouse(self.chance)

    # -- what happens ------------------------------------------------------------------------------------------------

    def speak(self, speech=None):
        if all(speech.is_over for speech in self.speeches):
            self.speeches.append(Speech(self.house, len(self.speeches)))
        super().speak(self.chance.choice([speech for speech in self.speeches if not speech.is_over]))

    def keep(self):
        """Puts what there is into vault, a checkpoint or the second copy; what is there by then is remembered."""
        what = self.chance.choice(("vault", "checkpoint", "copy", "copy"))
        words, memories = self.sources.account()
        if what == "vault":
            self.house.answer("sync", codes=(0, 1))
            self.sources.vaulted(self.house.words_in_vault())
        elif what == "checkpoint":
            made = self.house.answer("checkpoint", "create")
            if made and not made["error"]:
                self.sources.checkpointed(made["id"], words, memories)
        else:
            sent = self.house.answer("remote", "sync", "--force", codes=(0, 1))
            if sent and sent["outcome"] == "done" and not sent["lacking_items"]:
                self.sources.copied(words, memories)
        self.note("kept: " + what)

    def strike(self):
        # What there is to strike differs by what the machine does meanwhile: what comes after is to be drawn alike.
        chance = random.Random(self.chance.random())
        strikes = Strikes(self.house, chance, self.sources.checkpoints).found
        where = chance.choice(sorted({name.partition(":")[0] for name in strikes}))
        name = chance.choice(sorted(name for name in strikes if name.startswith(where + ":")))
        strike = strikes[name]
        sources = self.sources.of_words()
        if len(left(sources, self.words, strike.spoils)) < len(set(self.words)):
            return
        memories = self.sources.of_memories()
        self.safe_memories = left(memories, self.safe_memories | memories["archive"], strike.spoils)
        try:
            has_changed = strike.do()
        except (OSError, AssertionError, sqlite3.DatabaseError) as reason:
            # Gone, replaced or in use meanwhile, or harmed before.
            return self.note("%s: %s" % (name, reason))
        self.damages.append(name)
        self.note(name)
        for source in strike.spoils & {"vault", "copy", "archive"} if strike.is_whole_file else ():
            self.sources.spoil(source)
        if any(source.startswith("checkpoint ") for source in strike.spoils):
            self.sources.checkpoints.clear()
        if chance.random() < 0.4 and strike.seen and has_changed is not False:
            self.see(name, strike)

    def see(self, name, strike):
        """Has an audit look, with nothing mended between."""
        bad = self.integrity()
        if strike.witness:
            strike.witness.look()
        answer = self.audit()
        named = " ".join("%(kind)s" % one for one in answer["findings"])
        # What somebody who read it found before the audit did was counted by him.
        if not re.search(strike.seen, named) and self.integrity() == bad:
            if strike.witness and strike.witness.has_nothing():
                return
            self.complaints.append("not found by an audit: %s (found: %s)" % (name, named or "nothing"))
        elif answer["open"] and self.house.status()["sentence"].startswith("All is well"):
            self.complaints.append("the status says well, and an audit found: " + named)

    def integrity(self):
        report = self.house.answer("reliability")
        return report["integrity"]["bad"] if report else 0

    def audit(self, *words):
        answer, reason = self.house.audit(*words)
        if answer is None:
            self.complaints.append("an audit ends with: " + reason)
            self.note("no audit: " + reason)
            return {"findings": [], "open": 1, "unseen": [reason]}
        self.audits.append(answer)
        self.note("audit: %d found, %d mended, %d lost; %s" % (
            answer["found"], answer["mended"], answer["lost"],
            ", ".join("%(kind)s %(outcome)s %(source)s" % one for one in answer["findings"])))
        return answer

    def mend_all(self):
        answer = self.audit("--repair")
        if not answer["open"]:
            self.sources.mended("archive")
        return answer

    def has_mended_all(self):
        answer = self.mend_all()
        return not answer["unseen"] and not [one for one in answer["findings"] if one["outcome"] == "found"]

    def act(self):
        until(self.house.try_up, "a companion", 60)
        self.speak()
        for _ in range(self.chance.randint(10, 24)):
            what = self.chance.random()
            if what < 0.3:
                self.speak()
            elif what < 0.5:
                self.keep()
            elif what < 0.9:
                self.strike()
            else:
                self.mend_all()
            time.sleep(self.chance.random() * self.chance.choice((0.03, 0.2, 0.5)))

    # -- how it ends -------------------------------------------------------------------------------------------------

    def heal(self):
        until(self.house.try_up, "a companion", 60)
        until(self.house.takes_writes, "a Redis that takes writes", 60)
        for speech in self.speeches:
            if speech.words and not speech.is_over:
                self.house.event(speech, "SessionEnd", reason="other")
        # Nothing is called lost before every source was asked: an archive that is being made anew is waited for.
        try:
            until(self.has_mended_all, "an audit that sees all and mends what it finds", 60)
        except AssertionError as reason:
            self.complaints.append(str(reason))
        for _ in range(AUDITS):
            self.mend_all()
        self.note("all is mended")

    def is_kept(self):
        try:
            account = self.account()
        except Away:
            return False
        return not [word for word in self.words if not account.kept[word]]

    def judge(self):
        # Of bytes that the vault alone had, or of a memory, no source may be left: of words one always is.
        lost = {one["kind"] for answer in self.audits for one in answer["findings"] if one["outcome"] == "lost"}
        lost = sorted(kind for kind in lost if kind.startswith(("episode_", "archive_")))
        wrong = ["called lost, and a source was whole: %s" % ", ".join(lost)] if lost else []
        left_open = [one for one in self.audit()["findings"] if one["outcome"] in ("found", "lost")]
        if left_open:
            wrong.append("still found: " + ", ".join("%(kind)s %(thing)s" % one for one in left_open[:4]))
        wrong += self.counted()
        try:
            # What a capture brought last may be on its way.
            until(self.is_kept, "every word in the archive", 20)
            until(lambda: not self.lacking(), "every memory that a source had", 20)
        except AssertionError as reason:
            wrong.append(str(reason))
        wrong += [one for one in self.account().faults(self.words) if "in memories" not in one]
        if self.lacking():
            wrong.append("lost in memories: %s" % " ".join(self.lacking()[:6]))
        verified = self.house.answer("verify", codes=(0, 1))
        if not verified or not verified["is_complete"]:
            missing = {one["session_id"]: one["missing"] for one in (verified or {"sessions": []})["sessions"]}
            wrong.append("the ledger misses bytes: %r" % missing)
        return self.complaints + wrong

    def lacking(self):
        remembered = self.account().remembered
        return sorted(word for word in self.safe_memories if not remembered[word])

    def counted(self):
        """Whether the chronicle has what the audits said."""
        report = self.house.answer("reliability")
        if not report:
            return ["no report of reliability"]
        # One that was begun anew knows nothing of before.
        if any("chronicle.sqlite" in line for line in self.history):
            return []
        bad = sum(1 for answer in self.audits for one in answer["findings"] if one["outcome"] != "orphan")
        mended = sum(answer["mended"] for answer in self.audits)
        integrity = report["integrity"]
        if integrity["bad"] < bad or integrity["mended"] < mended:
            return ["audits found %d and mended %d, and the report has %r" % (bad, mended, integrity)]
        return []


if __name__ == "__main__":
    sys.exit(main(DamageRun))
