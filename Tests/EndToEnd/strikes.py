"""What random damage does to stored things, and which sources of words count as damaged by it."""
import shutil
import sqlite3
from contextlib import closing

import harm
from faults import Link
from polling import Away
from speech import WORD, Account


class Strike:
    """`spoils`: sources that it may take a word from; `is_whole_file` where nobody can say which. `seen`: how an audit
    names it, if nobody else mends it before. `do` may answer False: there was nothing to change. `witness`: looks by
    itself, before an audit and, where that found nothing, after it, whether there is anything to be found.
    """

    def __init__(self, spoils, do, seen, is_whole_file, witness=None):
        self.spoils, self.do, self.seen, self.is_whole_file = spoils, do, seen, is_whole_file
        self.witness = witness


class Held:
    """Of an episode that is to be deleted, its words: the queue may have them still, and it comes back from there."""

    def __init__(self, house):
        self.house, self.words, self.was_whole = house, set(), False

    def note(self, number):
        found = harm.ask(self.house.archive, "SELECT text FROM entry WHERE episode = %d" % number)
        self.words = {word for [text] in found for word in WORD.findall(text)}

    def look(self):
        self.was_whole = self.is_whole()

    def has_nothing(self):
        return self.was_whole or self.is_whole()

    def is_whole(self):
        """Whether queue or archive has each of them now."""
        try:
            # The queue first: what has left it meanwhile is in the archive.
            queued = {word for episode in self.house.queued() for word in WORD.findall(str(episode.words))}
            return self.words <= queued | set(Account(self.house.archive).kept)
        except Away:
            return False


class Wanted:
    """An object of the second copy that is to be harmed: whether anything lies in it that is to come back. What was told
    anew meanwhile lies in another, and of what no entry tells nobody knows.
    """

    def __init__(self, house, file):
        self.house, self.file, self.whole = house, file, b""
        self.place = house.root / "compared"

    def note(self):
        self.whole = self.file.read_bytes()

    def look(self):
        shutil.rmtree(str(self.place), ignore_errors=True)
        self.snapshot("before")

    def has_nothing(self):
        self.snapshot("after")
        return self.is_dead("before") or self.is_dead("after")

    def snapshot(self, name):
        try:
            shutil.copytree(str(self.house.copy), str(self.place / name))
        except (OSError, shutil.Error):
            # It is written to meanwhile; what is not whole proves nothing.
            shutil.rmtree(str(self.place / name), ignore_errors=True)

    def is_dead(self, name):
        """Whether as much comes back of a copy as of one in which the object is whole."""
        copy = self.place / name
        if not copy.exists():
            return False
        harmed = self.house.came_back(copy)
        whole = copy / self.file.relative_to(self.house.copy)
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(self.whole)
        return harmed is not None and harmed == self.house.came_back(copy)


class Strikes:
    """All that can be damaged of a house at this moment, by name."""

    def __init__(self, house, chance, checkpoints):
        self.house, self.chance, self.checkpoints = house, chance, checkpoints
        self.found = {}
        for look in (self.archive, self.vault, self.redis, self.checkpoint_files, self.copy, self.transcripts, self.rest):
            look()

    def add(self, name, do, spoils, seen=None, is_whole_file=True, witness=None):
        self.found[name] = Strike(spoils, do, seen, is_whole_file, witness)

    def harm(self, path, kinds=("flip", "cut", "delete")):
        """One way to harm a file, drawn at random: its name, and what does it."""
        kind, where = self.chance.choice(kinds), self.chance.random()
        return kind, {"flip": lambda: harm.flip(path, where), "cut": lambda: harm.cut(path, where),
                      "delete": path.unlink}[kind]

    # -- archive -----------------------------------------------------------------------------------------------------

    def archive(self):
        archive = self.house.archive
        if not archive.exists():
            return
        gone = {"archive"}
        for number in self.episodes():
            of_it = "WHERE episode = %d" % number
            tables = ("entry", "memory_sum", "memory", "digest", "repetition")
            for name, seen, statements in (
                    ("words of an episode altered", "episode_",
                     ["UPDATE entry SET text = replace(text, 'said-', 'sayd-') " + of_it]),
                    ("words of an episode deleted", "episode_", ["DELETE FROM entry " + of_it]),
                    ("a memory altered", "memory_",
                     ["UPDATE memory SET body = replace(body, 'said-', 'sayd-') " + of_it])):
                self.add("archive: " + name, self.rows(*statements), gone, seen, is_whole_file=False)
            rows = self.rows(*["DELETE FROM %s %s" % (table, of_it) for table in tables],
                             "DELETE FROM episode WHERE number = %d" % number)
            held = Held(self.house)

            def delete(number=number, rows=rows, held=held):
                held.note(number)
                return rows()
            self.add("archive: an episode deleted", delete, gone, "episode_|archive_|words_", is_whole_file=False,
                     witness=held)
        kind, do = self.harm(archive)
        self.add("archive: %s" % kind, lambda: (self.folded(archive), do()), gone)
        log = archive.with_name(archive.name + "-wal")
        if log.exists() and log.stat().st_size:
            kind, do = self.harm(log)
            self.add("archive: its log, %s" % kind, do, gone)

    def episodes(self):
        """One of the archive's, at random."""
        try:
            numbers = harm.ask(self.house.archive, "SELECT DISTINCT episode FROM entry JOIN episode ON"
                               " episode.number = entry.episode WHERE damage = ''")
        except sqlite3.DatabaseError:
            return []
        return [self.chance.choice(sorted(numbers))[0]] if numbers else []

    def rows(self, *statements):
        def do():
            with closing(sqlite3.connect(str(self.house.archive), timeout=10)) as database:
                changed = sum(database.execute(statement).rowcount for statement in statements)
                database.commit()
                return changed > 0
        return do

    @staticmethod
    def folded(database):
        try:
            harm.fold(database)
        except (AssertionError, sqlite3.DatabaseError):
            pass  # in use, or harmed before: what is struck then is what there is

    # -- vault -------------------------------------------------------------------------------------------------------

    def vault(self):
        folder = self.house.state / "vault"
        for name, place in (("pack", "packs"), ("part", "intake")):
            files = harm.files(folder / place)
            if files:
                kind, do = self.harm(self.chance.choice(files))
                # What else is struck may be what nobody wants any more.
                self.add("vault: a %s, %s" % (name, kind), do, {"vault"},
                         "pack_" if (name, kind) == ("pack", "delete") else None)
        index = folder / "index.sqlite"
        if index.exists():
            kind, do = self.harm(index)
            self.add("vault: index, %s" % kind, lambda: (self.folded(index), do()), set())

    # -- Redis -------------------------------------------------------------------------------------------------------

    def redis(self):
        self.add("Redis: emptied", lambda: self.house.ask_redis("FLUSHALL"), {"Redis"})
        try:
            with Link(self.house.socket) as link:
                keys = link.keys("{holdfast*")
        except Away:
            return
        for what in ("episode:", "cursor:", "session:", "binding:", "schedule", "unarchived", "sessions", "bindings"):
            found = [key for key in keys if key.partition("}:")[2].startswith(what)]
            if found:
                key = self.chance.choice(found)
                self.add("Redis: %s deleted" % what, lambda key=key: self.house.ask_redis("DEL", key), {"Redis"})
                self.add("Redis: %s renamed" % what, lambda key=key: self.house.ask_redis("RENAME", key, key + "x"),
                         {"Redis"})

    # -- checkpoints, second copy ------------------------------------------------------------------------------------

    def checkpoint_files(self):
        folder = self.house.state / "checkpoints"
        # Checkpoints share blocks: who loses one may lose them all.
        every = {"checkpoint " + identity for identity in self.checkpoints}
        for name, files, seen in (("manifest", sorted(folder.glob("*.json")), "checkpoint_|block_"),
                                  ("block", harm.files(folder / "blocks"), "block_")):
            if files:
                file = self.chance.choice(files)
                kind, do = self.harm(file)
                named = "".join(one.read_text(errors="replace") for one in folder.glob("*.json") if one != file)
                if name == "block":
                    is_wanted = file.name in named
                else:
                    # One that is gone is known by the blocks that are left of it: where others have them all, nobody can.
                    blocks = harm.files(folder / "blocks")
                    is_wanted = kind != "delete" or any(one.name not in named for one in blocks)
                self.add("checkpoints: a %s, %s" % (name, kind), do, every, seen if is_wanted else None)

    def copy(self):
        for what in ("objects", "hosts"):
            files = harm.files(self.house.copy / what)
            if files:
                file = self.chance.choice(files)
                kind, do = self.harm(file)
                # An entry that came last leaves no gap: it is told again by the next sync.
                is_seen = what == "objects" or kind != "delete"
                wanted = Wanted(self.house, file) if what == "objects" else None

                def strike(do=do, wanted=wanted):
                    if wanted:
                        wanted.note()
                    do()
                self.add("second copy: of %s, %s" % (what, kind), strike, {"copy"}, "copy" if is_seen else None,
                         witness=wanted)

    # -- transcripts -------------------------------------------------------------------------------------------------

    def transcripts(self):
        there = [speech for speech in self.house.speeches if speech.words and speech.path.exists()]
        if not there:
            return
        speech = self.chance.choice(there)
        words = WORD.findall(speech.path.read_text(errors="replace"))
        ways = {"delete": speech.path.unlink, "cut": lambda share=self.chance.random(): harm.cut(speech.path, share)}
        if words:
            word = self.chance.choice(words)
            ways["flip"] = lambda: harm.flip_text(speech.path, " ", word)
        kind = self.chance.choice(sorted(ways))

        def do():
            ways[kind]()
            # Who wrote it writes no more: what comes after would be another file.
            speech.is_over = True
        self.add("transcripts: %s" % kind, do, {"transcript " + speech.session})

    # -- what no word stands in --------------------------------------------------------------------------------------

    def rest(self):
        self.add("companion: killed", lambda: (self.house.kill_companion(), self.house.try_up()), set())
        state = self.house.state
        groups = {"mirror": state / "bindings", "marks": state / "archive", "changes": state / "copy",
                  "places": state / "places"}
        for name, folder in groups.items():
            files = [path for path in harm.files(folder) if not path.name.endswith((".sqlite", "-wal", "-shm"))]
            if files:
                file = self.chance.choice(files)
                kind, do = self.harm(file)
                self.add("rest: %s, %s" % (name, kind), do, {"copy"} if name == "changes" else set())
        for name in ("archive.mark", "chronicle.sqlite", "config-dirs", "latencies.hooks"):
            if (state / name).exists() and (state / name).stat().st_size:
                kind, do = self.harm(state / name)
                self.add("rest: %s, %s" % (name, kind), do, set())
