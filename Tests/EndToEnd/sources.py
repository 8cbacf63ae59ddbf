"""Which sources still have a word whole, as far as the test itself has seen and done."""
from polling import Away
from speech import WORD, Account


class Sources:
    """Transcripts, archive and Redis are looked at; of vault, checkpoints and second copy it is remembered what was put
    there, and given up at the first damage. Nothing that is doubtful counts as whole.
    """

    def __init__(self, house):
        self.house = house
        # Checkpoint → words and words in memories that its archive has.
        self.checkpoints = {}
        # Where words are kept: "vault", "copy".
        self.kept, self.remembered = {"vault": set(), "copy": set()}, {"copy": set()}
        self.spoilt = set()

    def account(self):
        """Words in the archive, and words in memories; none where its file was harmed."""
        if "archive" in self.spoilt:
            return set(), set()
        try:
            account = Account(self.house.archive)
        except Away:
            return set(), set()
        return set(account.kept), set(account.remembered)

    # -- what was put where ------------------------------------------------------------------------------------------

    def vaulted(self, words):
        self.kept["vault"] = set(words)
        self.spoilt.discard("vault")

    def checkpointed(self, identity, words, memories):
        self.checkpoints[identity] = words, memories

    def copied(self, words, memories):
        if "copy" not in self.spoilt:
            self.kept["copy"] |= words
            self.remembered["copy"] |= memories

    def spoil(self, source):
        self.spoilt.add(source)
        if source != "archive":
            self.kept[source] = set()
            self.remembered[source] = set()

    def mended(self, source):
        """An audit says that it mended all; if it did not, words will be missing."""
        self.spoilt.discard(source)

    # -- what is whole -----------------------------------------------------------------------------------------------

    def of_words(self):
        """Source → the words that it has."""
        found = dict(self.kept)
        found["archive"] = self.account()[0]
        for identity, (words, _) in self.checkpoints.items():
            found["checkpoint " + identity] = words
        for speech in self.house.speeches:
            if speech.path.exists():
                found["transcript " + speech.session] = set(WORD.findall(speech.path.read_text(errors="replace")))
        return found

    def of_memories(self):
        found = dict(self.remembered)
        found["archive"] = self.account()[1]
        for identity, (_, memories) in self.checkpoints.items():
            found["checkpoint " + identity] = memories
        return found


def left(sources, words, without):
    """Of the words, those that a source has which is not among those to be damaged."""
    whole = set()
    for source, has in sources.items():
        if source not in without:
            whole |= has
    return set(words) & whole
