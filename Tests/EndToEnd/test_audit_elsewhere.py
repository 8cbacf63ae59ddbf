"""Damage to a second copy in a git repository, and a key of an encrypted vault that is away."""
import subprocess

import things
from audithouse import AuditHouse, pretty
from auditing import AuditTest
from damage import Damage, deleted, flipped, while_down

# What a server has and cannot read is no host's to mend; it is said, and nothing here is lost by it.
OUTCOMES = ("mended", "found")
IN_GIT = [
    Damage("an object in the repository, flipped", while_down(flipped(things.objects)), "copy", outcomes=OUTCOMES, looks="copy",
           unattended=True),
    Damage("an object in the repository, deleted", while_down(deleted(things.objects)), "copy", outcomes=OUTCOMES, looks="copy",
           unattended=True),
    Damage("the branch in the repository, deleted", while_down(lambda house: subprocess.run(
        ["git", "-C", str(house.copy), "update-ref", "-d", "refs/heads/holdfast"], check=True)), "copy", looks="copy",
           unattended=True),
]


class Repository(AuditTest):
    def build_house(self):
        return AuditHouse(keeps_in_git=True)

    def test_damage_in_a_repository(self):
        self.matrix(IN_GIT)


class EncryptedVault(AuditTest):
    def build_house(self):
        return AuditHouse(encrypts=True)

    def locked(self, answer):
        return sorted({(one["kind"], one["outcome"]) for one in answer["findings"]})

    def assertLocked(self):
        """That what cannot be opened is said, is no loss, and is not read as damage."""
        answer = self.house.mend()
        self.assertEqual(self.locked(answer), [("segment_locked", "found")], pretty(answer["findings"]))
        self.assertEqual(self.house.reliability()["loss"]["episodes"], 0)

    def test_a_key_that_is_away_or_another_is_no_damage(self):
        key = self.house.key_of_vault
        right = key.read_text()
        for wrong in (None, "%064x\n" % 7, right[:9] + ("0" if right[9] != "0" else "1") + right[10:]):
            with self.subTest(key=wrong):
                if wrong is None:
                    key.unlink()
                else:
                    key.write_text(wrong)
                self.assertLocked()
                key.write_text(right)
                key.chmod(0o600)
                self.assertEqual(pretty(self.house.mend()["findings"]), "none")
                self.assertEqual(self.house.not_whole(), [])
