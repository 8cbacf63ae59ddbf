"""Words that nobody else ever said, to be counted where they end up."""
import re
import sqlite3
from collections import Counter
from contextlib import closing

from faults import Transcript
from polling import Away

WORD = re.compile(r"\bsaid-\d+-\d+\b")


def words_of(text):
    """Each word of a text once, in their order."""
    return list(dict.fromkeys(WORD.findall(text)))


class Speech(Transcript):
    """A session in which each entry says a word of its own."""

    def __init__(self, house, number):
        super().__init__(house)
        self.number, self.words = number, []
        # What its transcript was, for whom the test wants to put it back; whether nobody adds to it any more.
        self.whole, self.is_over = None, False

    def word(self):
        self.words.append("said-%d-%d" % (self.number, len(self.words)))
        return self.words[-1]

    def turn(self, size=0):
        """The lines of a question and of its answer."""
        self._turns += 1
        lines, padding = [], " größer ☂ 🌻" * size
        for role, text in (("user", "Question %s, please.%s"), ("assistant", "Answer %s: done.%s")):
            line, said = self.line(role, text % (self.word(), padding))
            lines.append(line)
            self.said.append(said)
        return lines


class Account:
    """What became of the words: how often each lies in the archive, and in how many memories.

    Read from the file itself: an export shows an entry with each episode that brought it, however often it is kept.
    """

    def __init__(self, archive):
        self.kept, self.remembered = Counter(), Counter()
        if archive.exists():
            try:
                self._read(archive)
            except sqlite3.DatabaseError as reason:
                raise Away("the archive: %s" % reason)

    def _read(self, archive):
        with closing(sqlite3.connect("file:%s?mode=ro" % archive, uri=True)) as database:
            for text, in database.execute("SELECT text FROM entry"):
                self.kept.update(WORD.findall(text))
            # The summary of a session repeats what its episodes' memories say.
            for text, in database.execute("SELECT body FROM memory JOIN episode ON number = memory.episode "
                                          "WHERE filter <> 'session'"):
                self.remembered.update(words_of(text))

    def missing(self, words):
        return [word for word in words if not self.kept[word] or not self.remembered[word]]

    def faults(self, words):
        """Whatever is not there once, as sentences."""
        for what, counts in (("in the archive", self.kept), ("in memories", self.remembered)):
            lost = [word for word in words if not counts[word]]
            doubled = ["%s (%d)" % (word, counts[word]) for word in words if counts[word] > 1]
            for kind, found in (("lost", lost), ("doubled", doubled)):
                if found:
                    yield "%s %s: %d of %d words, %s" % (kind, what, len(found), len(words), " ".join(found[:6]))
