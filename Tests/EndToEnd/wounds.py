"""Damages that take more than a word: they prepare what they strike, or take other sources away first."""
import shutil
import signal

import harm
import processes
import things
from damage import between, in_archive, in_redis, together
from polling import until
from speech import Account, Speech, words_of


def without(house, *sources):
    """Takes sources of the first session's words away."""
    speech = house.speeches[0]
    if "transcript" in sources:
        speech.path.unlink()
    if "vault" in sources:
        shutil.rmtree(str(house.state / "vault"))
    if "checkpoint" in sources:
        shutil.rmtree(str(house.state / "checkpoints"))
    if "second copy" in sources:
        # A sync that is on its way writes into it meanwhile.
        until(lambda: shutil.rmtree(str(house.copy), ignore_errors=True) or not house.copy.exists(), "no second copy")
        house.copy.mkdir()
        # What was told to it lies here once more.
        shutil.rmtree(str(house.state / "copy" / "changes"), ignore_errors=True)


def apart(gone, *strikes):
    """Who runs tells a second copy that is gone all of it again, from what is still whole."""
    return between(*strikes) if "second copy" in gone else together(*strikes)


def words_altered(*gone):
    return apart(gone, lambda house: without(house, *gone),
                 lambda house: harm.flip_text(harm.fold(house.archive), "Question ", "said-0-0"))


def side_by_side(house):
    """Alters the words of the first two episodes of the first session."""
    numbers = harm.ask(house.archive, "SELECT number FROM episode WHERE session_id = '%s' ORDER BY bytes_from LIMIT 2"
                       % house.speeches[0].session)
    harm.rows(house.archive, *["UPDATE entry SET text = replace(text, 'said-', 'sayd-') WHERE episode = %d" % number
                               for [number] in numbers])


def memory_altered(*gone):
    def alter(house):
        [[body]] = harm.ask(house.archive, "SELECT body FROM memory WHERE episode = %d" % things.first_episode(house))
        harm.flip_text(harm.fold(house.archive), body[:body.index("said-0-0")], "said-0-0")
    return apart(gone, lambda house: without(house, *gone), alter)


def segment_flipped(house):
    """Of the first session."""
    [[number, offset, length]] = harm.ask(things.index(house), """
        SELECT pack, offset, length FROM segment JOIN generation ON generation.number = segment.generation
        JOIN file ON file.number = generation.file WHERE name = '%s.jsonl'""" % house.speeches[0].session)
    harm.flip(house.state / "vault" / "packs" / ("%08d.pack" % number), offset + length - 100)


def one_more_sent(house):
    """A session more in the vault, and what the vault is by then in the second copy."""
    one_more(house)
    house.keep()
    done = until(house.synced, "a companion that does not sync", 30)
    assert done.code == 0, repr(done)


def marks_flipped(house):
    for entry in harm.files(house.copy / "hosts"):
        harm.flip(entry, 9)


def transcript_flipped(house):
    harm.flip_text(house.speeches[0].path, "Question ", "said-0-0")


def transcripts_deleted(house):
    for speech in house.speeches:
        speech.path.unlink()


def one_more(house):
    """A session that is captured and lies in the vault's intake."""
    speech = house.say_more()
    until(house.is_remembered, "the words of one more", 30)
    speech.whole = speech.path.read_bytes()


def queued(house):
    """An episode that waits for the model; its words are archived."""
    house.model.become("500")
    speech = house.say_more()
    until(lambda: all(Account(house.archive).kept[word] for word in speech.words), "the words of what waits", 30)
    episode = until(house.queued, "an episode in the queue")[0].id
    house.down()
    return episode


def episode_deleted(house):
    in_redis("DEL", "%(pool)sepisode:" + queued(house))(house)


def unarchived_deleted(house):
    """An episode that nobody has archived yet, and beyond which its cursor stands."""
    house.down()
    speech = house.say_more()
    until(lambda: set(speech.words) <= {word for one in house.queued() for word in words_of(str(one.words))},
          "the words of what waits")
    for one in house.queued():
        in_redis("DEL", "%(pool)sepisode:" + one.id)(house)


def forgotten_by_queue(house):
    """The same, when the queue has taken the name of it out already: nobody is to come back to it by that."""
    pid = house.companion_pid()
    processes.send(pid, signal.SIGSTOP)
    house.say_more()
    names = [one.id for one in until(house.queued, "an episode in the queue")]
    for name in names:
        in_redis("DEL", "%(pool)sepisode:" + name)(house)
    processes.send(pid, signal.SIGCONT)
    waiting = things.pool(house) + "unarchived"
    until(lambda: not set(names) & set(house.redis("ZRANGE", waiting, 0, -1).split()), "a queue without its name")


def in_no_set(house):
    episode = queued(house)
    for name in ("schedule", "leases", "dead", "pending", "failed", "unarchived"):
        house.redis("ZREM", things.pool(house) + name, episode)


def note_left(house):
    """A session of which a hook left word, while Redis was away."""
    speech = Speech(house, 5)
    house.speeches.append(speech)
    for line in speech.turn():
        speech.append(line)
    house.leave_note(speech)


def change_flipped(house):
    harm.flip_text(things.copy_changes(house), "Question ", "said-0-0")
    # The file is sent again when something new is in it.
    one_more(house)


def unwitnessed(house):
    """Neither transcript, vault nor archive has the first session."""
    speech = house.speeches[0]
    without(house, "transcript", "vault")
    in_archive(*["DELETE FROM %s WHERE %s IN (SELECT number FROM episode WHERE session_id = '%s')" % (
        table, column, speech.session) for table, column in (
            ("entry", "episode"), ("memory_sum", "episode"), ("memory", "episode"), ("digest", "episode"),
            ("episode", "number"))])(house)
