"""What tests of audits have in common: what an audit has to say of a damage, and what is to be whole afterwards."""
import re

from audithouse import AuditHouse, pretty
from faults import FaultTest
from polling import until


def named(finding):
    return "%(kind)s %(thing)s %(detail)s" % finding


class Auditor:
    """Holds what an audit of a house says against what was done to it; whatever is wrong is a sentence."""

    def __init__(self, house):
        self.house = house

    def wrong(self, damage):
        """That one audit finds it and mends it, that it is counted, and that nothing is left of it."""
        house = self.house
        before = house.reliability()
        damage.strike(house)
        if damage.unattended:
            wrong = self.not_found(damage, house.audit(), outcomes=("found",))
            house.up()
            answer = house.mend()
        else:
            answer = house.mend()
            wrong = self.not_found(damage, answer, damage.outcomes)
        wrong += self.not_counted(before, answer)
        if not {"found", "lost"} & {one["outcome"] for one in answer["findings"]}:
            wrong += self.not_whole(damage)
        return wrong and wrong + ["-- what the audit found:", pretty(answer["findings"])]

    @staticmethod
    def not_found(damage, answer, outcomes):
        if not damage.finds:
            return []
        found = [one for one in answer["findings"] if re.search(damage.finds, named(one))]
        wrong = [] if found else ["it was not found"]
        for one in found:
            if one["outcome"] not in outcomes:
                wrong.append("%s: %s, not %s" % (one["kind"], one["outcome"], " or ".join(outcomes)))
            elif one["outcome"] == "mended" and not re.search(damage.sources, one["source"]):
                wrong.append("%s: mended from %r, not from %s" % (one["kind"], one["source"], damage.sources))
        return wrong

    def not_counted(self, before, answer):
        """What of an audit the chronicle does not have, and whether the score fell by it and says why."""
        bad = [one for one in answer["findings"] if one["outcome"] != "orphan"]
        after, wrong = self.house.reliability(), []
        was, now = before["integrity"], after["integrity"]
        if now["bad"] - was["bad"] < len(bad) or now["mended"] - was["mended"] < answer["mended"]:
            wrong.append("not counted: integrity was %r, is %r" % (was, now))
        if bad:
            if not now["share_percent"] < was["share_percent"] or not after["score_percent"] < before["score_percent"]:
                wrong.append("the score did not fall")
            if not re.search("lowered by.*integrity", after["sentence"]):
                wrong.append("the score does not say why: " + after["sentence"])
        return wrong

    def not_whole(self, damage):
        """What another audit still finds, and what is not as it was, here or in the second copy."""
        house, wrong = self.house, []
        left = [one for one in house.audit()["findings"] if one["outcome"] != "orphan"]
        if left:
            wrong.append("a second audit finds: " + pretty(left))
        if not damage.finds:
            house.keep()
        if damage.unattended or not damage.finds:
            house.model.become("well")
            try:
                until(house.is_remembered, "every word in a memory", 15)
            except AssertionError as reason:
                wrong.append(str(reason))
        wrong += house.not_whole()
        if damage.looks == "copy":
            wrong += house.lacking_in_copy()
        if damage.looks == "silence":
            # What is read again now is none of what is to be nowhere.
            house.keep()
            wrong += house.not_silent()
        return [one for one in wrong if not (damage.bears and damage.bears in one)]


class AuditTest(FaultTest):
    def build_house(self):
        return AuditHouse()

    def setUp(self):
        super().setUp()
        if hasattr(self, "house"):
            self.house.fill().remember()

    def matrix(self, damages):
        """Does each damage in a house of which all is whole."""
        for damage in damages:
            with self.subTest(damage=damage.name):
                wrong = Auditor(self.house).wrong(damage)
                if wrong:
                    self.fail("\n".join(wrong))
            self.house.restore()
