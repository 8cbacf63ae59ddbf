"""What no source can mend is said once, plainly, and counts as lost; what is left over goes after a while, and never
without a second witness.
"""
import harm
from audithouse import pretty
from auditing import AuditTest
from damage import between, in_archive
from house import smoke
from polling import until
from wounds import without, words_altered

LONG = 400


class Losses(AuditTest):
    def lose(self):
        """Flips words that nothing else has."""
        words_altered("transcript", "vault", "checkpoint", "second copy")(self.house)

    def of_words(self, answer):
        return [one for one in answer["findings"] if one["kind"] == "episode_damaged"]

    @smoke
    def test_it_is_said_once_and_plainly(self):
        house = self.house
        before = house.reliability()["loss"]
        self.lose()
        told = house.holdfast("audit", "--deep", "--repair")
        self.assertEqual(told.code, 1, repr(told))
        self.assertRegex(told.stdout, r"(?i)\blost\b", repr(told))
        counted = house.reliability()
        self.assertEqual(counted["loss"]["episodes"] - before["episodes"], 1)
        self.assertGreater(counted["loss"]["bytes"], before["bytes"])
        self.assertRegex(counted["sentence"], "lost: 1 episode")
        again = house.mend()
        self.assertEqual(pretty(self.of_words(again)), "none", "said twice")
        after = house.reliability()
        self.assertEqual(after["loss"], counted["loss"], "it counts once")
        self.assertEqual(after["integrity"]["bad"], counted["integrity"]["bad"])

    def test_it_counts_until_a_source_comes_back(self):
        house, speech = self.house, self.house.speeches[0]
        self.lose()
        self.assertEqual([one["outcome"] for one in self.of_words(house.mend())], ["lost"])
        speech.path.write_bytes(speech.whole)
        house.mend()
        self.assertEqual(house.reliability()["loss"]["episodes"], 0)
        self.assertEqual([word for word in speech.words if not self.kept(word)], [])

    def kept(self, word):
        return harm.ask(self.house.archive, "SELECT 1 FROM entry WHERE text LIKE '%% %s%%'" % word)


class LeftOver(AuditTest):
    """Cursors of transcripts that are gone."""

    def cursor_of(self, speech):
        return [path for path in self.house.cursors() if path == str(speech.path)]

    def outcomes(self, answer, speech):
        return [one["outcome"] for one in answer["findings"]
                if one["kind"] == "cursor_without_file" and one["thing"] == str(speech.path)]

    def test_it_stays_for_a_while_and_goes_then(self):
        house, speech = self.house, self.house.speeches[0]
        without(house, "transcript")
        for _ in range(2):
            self.assertEqual(self.outcomes(house.mend(), speech), ["orphan"])
            self.assertTrue(self.cursor_of(speech), "it went before its time")
        house.let_days_pass(LONG)
        # A companion that has just been started puts back what the archive knows of cursors.
        until(lambda: house.mend() and not self.cursor_of(speech), "the end of the cursor", deadline=60)
        self.assertEqual(house.not_whole(), [])

    def test_it_stays_where_nothing_else_has_the_words(self):
        house, speech = self.house, self.house.speeches[0]
        of_it = "IN (SELECT number FROM episode WHERE session_id = '%s')" % speech.session
        between(lambda house: without(house, "transcript", "vault", "checkpoint", "second copy"),
                in_archive(*["DELETE FROM %s WHERE episode %s" % (table, of_it)
                             for table in ("entry", "memory_sum", "memory", "digest")],
                           "DELETE FROM episode WHERE session_id = '%s'" % speech.session))(house)
        self.assertNotIn("orphan", self.outcomes(house.mend(), speech), "nothing else has its words")
        house.let_days_pass(LONG)
        house.mend()
        self.assertTrue(self.cursor_of(speech), "it went without a second witness")
