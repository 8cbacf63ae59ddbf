"""Every kind of stored thing with one byte flipped, every kind of file gone, every kind of reference broken."""
import harm
import things
import wounds
from damage import Damage, between, deleted, flipped, in_archive, in_redis, in_vault, page_flipped, together, while_down

# -- one flipped byte ------------------------------------------------------------------------------------------------

TRANSCRIPT, VAULT, CHECKPOINT, COPY = r"^transcript", r"^vault", r"^(a )?(new )?checkpoint", r"second copy|^copy"

FLIPPED = [
    Damage("words in the archive", wounds.words_altered(), "^episode_damaged", TRANSCRIPT),
    Damage("words in the archive, their transcript gone", wounds.words_altered("transcript"), "^episode_damaged",
           VAULT),
    Damage("words in the archive, transcript and vault gone", wounds.words_altered("transcript", "vault"),
           "^episode_damaged", "|".join((VAULT, CHECKPOINT, COPY)), bears="the vault"),
    Damage("words in the archive, kept elsewhere by the second copy alone",
           wounds.words_altered("transcript", "vault", "checkpoint"), "^episode_damaged", "|".join((VAULT, COPY)),
           bears="the vault"),
    Damage("words in the archive and in their transcript", together(wounds.words_altered(), wounds.transcript_flipped),
           "^episode_damaged", VAULT),
    Damage("words of two episodes in a row, kept in their transcript alone", between(
        lambda house: wounds.without(house, "vault", "checkpoint", "second copy"), wounds.side_by_side),
           "^episode_damaged", TRANSCRIPT, bears="the vault"),
    Damage("a memory", wounds.memory_altered(), "^memory_damaged", CHECKPOINT),
    Damage("a memory, no checkpoint left", wounds.memory_altered("checkpoint"), "^memory_damaged", COPY),
    Damage("an episode's sum in the archive",
           in_archive("UPDATE episode SET sha256 = '%s' WHERE number = {episode}" % ("0" * 64)),
           "^episode_damaged", CHECKPOINT),
    Damage("an entry's role in the archive", in_archive("UPDATE entry SET role = 'tool' WHERE episode = {episode}"),
           "^episode_damaged", TRANSCRIPT),
    Damage("the head of the archive", flipped(lambda house: harm.fold(house.archive), 3), "^archive_damaged"),
    Damage("a page of the archive", page_flipped(things.archive, "entry"), "^archive_damaged|^episode_damaged"),
    Damage("the search index of the archive", in_archive(
        "UPDATE conversation_words_data SET block = zeroblob(length(block)) WHERE id > 10"), "^archive_damaged"),
    Damage("the mark beside the archive", flipped(things.archive_mark), "^archive_|mark"),
    # The companion writes it anew within ten seconds.
    Damage("the mark of the archive", flipped(things.mark_in_state, 0), None),
    Damage("a segment in a pack of the vault", wounds.segment_flipped, "^segment_damaged", TRANSCRIPT),
    Damage("a segment in a pack of the vault, its transcripts gone",
           together(wounds.transcripts_deleted, wounds.segment_flipped), "^segment_damaged", COPY),
    # The copy is not to get what is damaged in the place of what is whole.
    Damage("a segment in a pack of the vault, its transcripts gone, before the pack grows",
           together(wounds.transcripts_deleted, wounds.segment_flipped, wounds.one_more_sent), "^segment_damaged", COPY),
    Damage("a segment in a pack of the vault, and its transcript",
           together(wounds.transcript_flipped, wounds.segment_flipped), "^segment_damaged", COPY, bears="the vault"),
    Damage("the head of a segment in a pack", flipped(things.pack, 12), "^segment_damaged|^vault_damaged"),
    Damage("the head of the vault's index", flipped(lambda house: harm.fold(things.index(house)), 3), "^vault_damaged"),
    Damage("a page of the vault's index", page_flipped(things.index, "segment"), "^vault_damaged"),
    Damage("a sum in the vault's index", in_vault("UPDATE segment SET sha256 = replace(sha256, 'a', 'b')"),
           "^vault_damaged|^segment_damaged"),
    Damage("a block of a checkpoint", flipped(things.block), "^block_damaged", CHECKPOINT),
    Damage("the manifest of a checkpoint", flipped(things.manifest), "^checkpoint_damaged", CHECKPOINT),
    Damage("an object of the second copy", while_down(flipped(things.objects)), "copy", looks="copy", unattended=True),
    Damage("a journal of the second copy", while_down(flipped(things.journal)), "copy", looks="copy", unattended=True),
    # As if another key had sealed them.
    Damage("the key's mark in each journal of the second copy", while_down(wounds.marks_flipped), "^copy_damaged",
           looks="copy", unattended=True),
    Damage("the mark of the second copy", while_down(flipped(things.mark_of_copy, 3)), "copy", looks="copy",
           unattended=True),
    Damage("the key of the second copy", flipped(things.key_of_copy, 0.9), "copy|key",
           outcomes=("mended", "found"), looks="copy"),
    Damage("what is to go to the second copy", wounds.change_flipped, None, looks="copy"),
    Damage("the chronicle", flipped(lambda house: harm.fold(things.chronicle(house)), 3), "chronicle",
           outcomes=("mended", "lost")),
    Damage("the mirror of a binding", flipped(things.mirror), "mirror|bindings/"),
    Damage("what a capturer handed to the vault", together(wounds.one_more, flipped(things.intake)), None),
    Damage("a note in the spool", together(wounds.note_left, flipped(things.note, 0.8)), None, bears="not bound"),
    Damage("a tombstone", flipped(things.tombstone, 0.9), "tombstone|forgotten", looks="silence"),
    Damage("where nothing was recorded", flipped(things.gap), "gap", looks="silence"),
]

# -- one deleted file ------------------------------------------------------------------------------------------------

DELETED = [
    Damage("the archive, while no companion runs", while_down(deleted(things.archive)), "^archive_missing",
           unattended=True),
    Damage("the archive with its mark, while no companion runs",
           while_down(deleted(things.archive_mark), deleted(things.archive)), "^archive_missing", unattended=True),
    # Who has it open may have saved it before an audit looks.
    Damage("the archive", deleted(things.archive), None),
    Damage("the log of the archive, which is in use", together(wounds.one_more, deleted(things.log_of_archive)), None),
    Damage("the archive, its log in use", together(wounds.one_more, deleted(things.archive)), None),
    Damage("the archive with its mark", together(deleted(things.archive_mark), deleted(things.archive)), None),
    Damage("the mark beside the archive", deleted(things.archive_mark), "^archive_|mark"),
    Damage("the mark of the archive", deleted(things.mark_in_state), None),
    Damage("a pack of the vault", deleted(things.pack), "^pack_missing", TRANSCRIPT),
    Damage("a pack of the vault, its transcripts gone",
           together(wounds.transcripts_deleted, deleted(things.pack)), "^pack_missing", COPY),
    Damage("the vault's index", deleted(things.index), "^vault_"),
    Damage("the vault as a whole", deleted(lambda house: house.state / "vault"), "^vault_|^pack_missing"),
    Damage("a block of a checkpoint", deleted(things.block), "^block_missing", CHECKPOINT),
    Damage("a checkpoint's manifest", deleted(things.manifest), "^checkpoint_|^block_", outcomes=("mended", "orphan")),
    Damage("a transcript", lambda house: house.speeches[0].path.unlink(), "^cursor_without_file", outcomes=("orphan",)),
    Damage("the chronicle", deleted(things.chronicle), "chronicle", outcomes=("mended", "found", "lost")),
    Damage("the key of the second copy", deleted(things.key_of_copy), "copy|key", outcomes=("found", "lost")),
    Damage("an object of the second copy", while_down(deleted(things.objects)), "copy", looks="copy", unattended=True),
    # What came last leaves no gap; it is told again by the next sync.
    Damage("a journal of the second copy", while_down(deleted(things.journal)), None, looks="copy", unattended=True),
    Damage("the mark of the second copy", while_down(deleted(things.mark_of_copy)), "copy", looks="copy",
           unattended=True),
    Damage("what is to go to the second copy", together(deleted(things.copy_changes), wounds.one_more), None,
           looks="copy"),
    Damage("the mirror of a binding", deleted(things.mirror), "mirror|bindings/"),
    Damage("what a capturer handed to the vault", together(wounds.one_more, deleted(things.intake)), None),
    Damage("a note in the spool", together(wounds.note_left, deleted(things.note)), None, bears="not bound"),
    Damage("a tombstone", deleted(things.tombstone), "tombstone|forgotten", looks="silence"),
    Damage("where nothing was recorded", deleted(things.gap), "gap", looks="silence"),
]

# -- one broken reference --------------------------------------------------------------------------------------------

REFERENCES = [
    Damage("binding → session", in_redis("DEL", "%(hash)ssession:%(first)s"), "^binding_without_session", CHECKPOINT),
    Damage("index → session", in_redis("DEL", "%(hash)ssession:%(first)s"), "^member_without_session", CHECKPOINT),
    Damage("index → a session that never was", in_redis("ZADD", "%(hash)ssessions", "1", "%(nobody)s"),
           "^member_without_session"),
    Damage("index → binding", in_redis("DEL", "%(hash)sbinding:coder/issue-0"), "^member_without_binding",
           CHECKPOINT + "|mirror"),
    Damage("a session that no index names", in_redis("ZREM", "%(hash)ssessions", "%(first)s"), "session"),
    Damage("a binding that no index names", in_redis("ZREM", "%(hash)sbindings", "coder/issue-0"), "binding"),
    Damage("a binding gone with its name in the index",
           together(in_redis("DEL", "%(hash)sbinding:coder/issue-0"),
                    in_redis("ZREM", "%(hash)sbindings", "coder/issue-0")), "binding", CHECKPOINT + "|mirror"),
    Damage("conversation → session", together(
        in_redis("DEL", "%(hash)sbinding:coder/issue-0"), in_redis("DEL", "%(hash)ssession:%(first)s"),
        in_redis("ZREM", "%(hash)sbindings", "coder/issue-0"), in_redis("ZREM", "%(hash)ssessions", "%(first)s")),
        "^conversation_without_session", outcomes=("orphan", "mended"), bears="not bound"),
    Damage("session → transcript, vault and archive", wounds.unwitnessed,
           "^session_without_artefact",
           COPY + "|" + CHECKPOINT),
    Damage("a set of the queue → episode",
           while_down(in_redis("ZADD", "%(pool)sdead", "1", "%(none)s")),
           "^member_without_episode", unattended=True),
    Damage("what is to be worked on → episode", wounds.episode_deleted, "^member_without_episode",
           "^archive|" + TRANSCRIPT, unattended=True),
    Damage("what is to be archived → episode", wounds.unarchived_deleted, "^member_without_episode", unattended=True),
    Damage("an episode gone before it was archived", wounds.forgotten_by_queue, "^episode_|^member_|^words_", TRANSCRIPT,
           bears="the vault"),
    Damage("an episode on which nobody would work", wounds.in_no_set, "^episode_without_set", "^Redis", unattended=True),
    Damage("an episode's words → episode", in_archive("DELETE FROM episode WHERE number = {episode}"),
           "^archive_damaged|^episode_"),
    Damage("an episode → its words", in_archive("DELETE FROM entry WHERE episode = {episode}"), "^episode_damaged",
           TRANSCRIPT),
    Damage("a memory → episode", in_archive(
        "UPDATE memory SET episode = 999999 WHERE episode = {episode}"), "^archive_damaged|^memory_"),
    Damage("an episode → its memory", in_archive("DELETE FROM memory WHERE episode = {episode}"), "^memory_",
           CHECKPOINT),
    Damage("an episode gone with all that is of it", in_archive(
        "DELETE FROM entry WHERE episode = {episode}", "DELETE FROM memory_sum WHERE episode = {episode}",
        "DELETE FROM memory WHERE episode = {episode}", "DELETE FROM digest WHERE episode = {episode}",
        "DELETE FROM episode WHERE number = {episode}"), "^episode_"),
    Damage("index of the vault → pack", in_vault("UPDATE segment SET pack = (SELECT max(number) FROM pack) + 7"),
           "^vault_|^pack_missing|^segment_damaged"),
    Damage("a transcript in the vault → its segments", in_vault(
        "DELETE FROM segment WHERE number = (SELECT min(number) FROM segment)"), "^vault_|^segment_"),
    Damage("a segment in the vault → its transcript", in_vault("DELETE FROM generation WHERE number = 1"),
           "^vault_|^segment_"),
]

# -- many at once ----------------------------------------------------------------------------------------------------


def one_of(damages, name):
    [found] = [damage for damage in damages if damage.name == name]
    return found


# None of them hides another, and of each a source is whole.
AT_ONCE = [
    one_of(FLIPPED, "words in the archive"), one_of(FLIPPED, "a memory"),
    one_of(FLIPPED, "a segment in a pack of the vault"), one_of(FLIPPED, "the mirror of a binding"),
    one_of(REFERENCES, "binding → session"), one_of(REFERENCES, "index → a session that never was"),
    one_of(FLIPPED, "a journal of the second copy"),
    Damage("the later of two checkpoints", together(
        lambda house: house.do("checkpoint", "create"), flipped(things.manifest)), "^checkpoint_damaged"),
]
