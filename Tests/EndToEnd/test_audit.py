"""One flipped byte in each kind of stored thing, one deleted file of each kind, one broken reference of each kind:
found by one audit, mended, counted; the score falls and says why.
"""
from collections import Counter

from audithouse import pretty
from auditing import AuditTest, Auditor
from damages import AT_ONCE, DELETED, FLIPPED, REFERENCES
from faults import long_one
from house import smoke


class EveryKind(AuditTest):
    @long_one
    def test_a_flipped_byte(self):
        self.matrix(FLIPPED)

    @long_one
    def test_a_deleted_file(self):
        self.matrix(DELETED)

    @long_one
    def test_a_broken_reference(self):
        self.matrix(REFERENCES)

    @smoke
    def test_all_at_once(self):
        house, auditor = self.house, Auditor(self.house)
        before = house.reliability()
        for damage in AT_ONCE:
            damage.strike(house)
        answer = house.mend()
        for damage in AT_ONCE:
            with self.subTest(damage=damage.name):
                wrong = auditor.not_found(damage, answer, damage.outcomes)
                self.assertEqual(wrong, [], pretty(answer["findings"]))
        with self.subTest("counted"):
            self.assertEqual(auditor.not_counted(before, answer), [])
            counts = Counter(one["outcome"] for one in answer["findings"])
            told = {name: answer[name] for name in ("found", "mended", "lost", "open")}
            self.assertEqual(told, {"found": sum(counts.values()), "mended": counts["mended"], "lost": counts["lost"],
                                    "open": counts["lost"] + counts["found"]})
        with self.subTest("whole again"):
            self.assertEqual(auditor.not_whole(AT_ONCE[0]), [])
