"""random_run.py SEED: one random history of faults. Exits 0 if no word was lost or doubled and no status lied.

The same seed draws the same faults in the same order; what they meet differs by what the machine does meanwhile.
"""
import random
import signal
import sys
import time

from faults import HOOK
from house import BIN
from polling import Away, until
from randomhouse import RandomHouse
from scriptedmodel import STATES
from speech import Account, Speech

COMPANION = BIN / "holdfast-companion"
DRAIN_DEADLINE = 150
# How long an answer may take until it lies in the archive, s.
TO_STORE = 3


class RandomRun:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.house = self.build_house()
        self.speeches = [Speech(self.house, number) for number in range(self.chance.randint(1, 3))]
        self.history, self.lies, self.ending = [], [], {}
        self.began = time.monotonic()

    def build_house(self):
        return RandomHouse(self.chance)

    def note(self, what):
        self.history.append("%6.2f %s" % (time.monotonic() - self.began, what))

    # -- what happens ----------------------------------------------------------------------------------------------

    def speak(self, speech=None):
        speech = speech or self.chance.choice(self.speeches)
        if not speech.words:
            self.house.event(speech, "SessionStart", source="startup")
        for _ in range(self.chance.randint(1, 3)):
            question, answer = speech.turn(self.chance.choice((0, 0, 0, 10, 100)))
            mercy = self.chance.random() < 0.7
            speech.append(question)
            self.house.event(speech, "UserPromptSubmit", prompt="so?", mercy=mercy or self.chance.random() < 0.5)
            # The client writes its answer before or, now and then, a moment after it tells of it.
            late = self.chance.random() < 0.2
            if not late:
                speech.append(answer)
            self.house.event(speech, "Stop", mercy=mercy)
            if late:
                time.sleep(self.chance.random() * 0.1)
                speech.append(answer)
            if self.chance.random() < 0.15:
                self.house.send_to(HOOK, signal.SIGKILL)
        self.note("spoke to %s, to %d" % (speech.session[:8], len(speech.words)))

    def blows(self):
        """Name → how it begins, and how it ends; None for what is over at once."""
        house, ask = self.house, self.house.ask_redis
        return {
            "companion killed": (house.kill_companion, house.try_up),
            "companion stopped": (lambda: house.send_to(COMPANION, signal.SIGSTOP),
                                  lambda: house.send_to(COMPANION, signal.SIGCONT)),
            "capturers stopped": (lambda: house.send_to(HOOK, signal.SIGSTOP),
                                  lambda: house.send_to(HOOK, signal.SIGCONT)),
            "Redis killed": (house.kill_redis, house.start_redis),
            "Redis stopped": (lambda: house.send_to_redis(signal.SIGSTOP),
                              lambda: house.send_to_redis(signal.SIGCONT)),
            "Redis emptied": (lambda: ask("FLUSHALL"), None),
            "Redis without scripts": (lambda: ask("SCRIPT", "FLUSH"), None),
            "Redis full": (lambda: ask("CONFIG", "SET", "maxmemory", "1"),
                           lambda: ask("CONFIG", "SET", "maxmemory", "0")),
            "Redis a replica": (lambda: ask("REPLICAOF", "127.0.0.1", "1"), lambda: ask("REPLICAOF", "NO", "ONE")),
            "Redis without replicas": (lambda: ask("CONFIG", "SET", "min-replicas-to-write", "1"),
                                       lambda: ask("CONFIG", "SET", "min-replicas-to-write", "0")),
            "disk full": (house.fill_disk, house.free_disk),
            **{"model " + state: (lambda state=state: house.model.become(state), lambda: house.model.become("well"))
               for state in STATES if state != "well"},
        }

    def strike(self):
        blows = self.blows()
        name = self.chance.choice(sorted(blows))
        if name.startswith("model "):
            # One state at a time.
            for other in [other for other in self.ending if other.startswith("model ")]:
                del self.ending[other]
        if name in self.ending:
            return self.mend(name)
        begin, end = blows[name]
        self.house.struck(name)
        begin()
        self.note(name)
        if end:
            self.ending[name] = end
        else:
            self.house.mended(name)

    def mend(self, name):
        self.ending.pop(name)()
        self.note("no more " + name)
        self.house.mended(name)

    def look(self):
        before = self.house.not_well_because()
        status = self.house.status()
        after = self.house.not_well_because()
        sentence = status["sentence"]
        if not sentence.startswith("All is well"):
            return
        reasons = before & after
        counters = {"dead": status["queue_status"]["dead"], "corrupt notes": status["capture"]["corrupt_notes"],
                    "missing": (status["ledger"] or {}).get("missing", 0)}
        reasons |= {"%s: %d" % pair for pair in counters.items() if pair[1]}
        if reasons:
            self.note("LIE")
            self.lies.append("%r, and %s" % (sentence, ", ".join(sorted(reasons))))

    def act(self):
        self.house.try_up()
        for _ in range(self.chance.randint(8, 20)):
            what = self.chance.random()
            if what < 0.4:
                self.speak()
            elif what < 0.85 or not self.ending:
                self.strike()
            else:
                self.mend(self.chance.choice(sorted(self.ending)))
            if self.chance.random() < 0.4:
                self.look()
            # In the middle of what the last step set going, or when that is over.
            time.sleep(self.chance.random() * self.chance.choice((0.03, 0.2, 1)))

    # -- how it ends -----------------------------------------------------------------------------------------------

    def heal(self):
        for name in sorted(self.ending):
            if name != "companion killed":
                self.mend(name)
        self.ending = {}
        # What Redis took in while something else was wrong with it.
        self.house.start_redis()
        if not self.house.companions():
            until(self.house.try_up, "a companion that starts", deadline=90)
        self.house.mended("companion killed")
        until(self.house.takes_writes, "a Redis that takes writes", deadline=60)
        self.note("all is mended")
        for speech in self.speeches:
            if speech.words and self.chance.random() < 0.5:
                self.house.event(speech, "SessionEnd", reason="other")

    @property
    def words(self):
        return [word for speech in self.speeches for word in speech.words]

    def account(self):
        return Account(self.house.archive)

    def settled(self):
        time.sleep(1)
        return not self.account().missing(self.words) and not self.house.notes()

    def paid_twice(self):
        """Words for which the model answered again though the first answer had reached somebody in good health."""
        paid, again = {}, set()
        for call in self.house.model.calls:
            # A session's summary is made of memories, which tell the words once more, and anew when the session goes on.
            if call.answered and call.kind != "session":
                for word in call.words:
                    if word in paid and not self.house.was_struck(paid[word].began, paid[word].ended + TO_STORE):
                        again.add(word)
                    paid[word] = call
        return ["paid twice: %d words, %s" % (len(again), " ".join(sorted(again)[:6]))] if again else []

    def judge(self):
        """All that is wrong in the end, as sentences."""
        wrong = list(self.lies)
        try:
            until(self.settled, "every word in the archive and in a memory", DRAIN_DEADLINE)
            self.note("all is remembered")
        except AssertionError as reason:
            wrong.append(str(reason))
        wrong += self.account().faults(self.words)
        verified = self.house.holdfast("verify", "--json")
        if verified.code != 0 or not verified.json["is_complete"]:
            wrong.append("the ledger: %r" % verified)
        try:
            until(self.says_well, "a status that says well", 90)
        except AssertionError as reason:
            wrong.append("%s %s" % (reason, self.house.status()["sentence"]))
        wrong += self.paid_twice()
        return wrong

    def says_well(self):
        time.sleep(0.5)
        # Where nobody happened to speak it says that it is ready, and is right.
        return self.house.status()["sentence"].startswith(
            "All is well" if self.words else ("All is well", "Ready, and nothing is recorded yet"))

    def run(self):
        wrong = []
        try:
            self.act()
            self.heal()
            wrong = self.judge()
        except (AssertionError, Away) as reason:
            wrong = [str(reason)]
        if wrong:
            print("\n".join(self.history))
            print(self.house.story())
        try:
            self.house.close()
        except AssertionError as reason:
            wrong.append(str(reason))
        return wrong


def main(kind):
    seed = int(sys.argv[1])
    run = kind(seed)
    wrong = run.run()
    print("seed %d: %s (%.0f s, %d words)" % (seed, "; ".join(wrong) or "well", time.monotonic() - run.began,
                                                len(run.words)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(RandomRun))
