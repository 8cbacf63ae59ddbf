"""The files of an AuditHouse, one of each kind."""
import harm


def index(house):
    return house.state / "vault" / "index.sqlite"


def pack(house):
    return harm.files(house.state / "vault" / "packs")[0]


def manifest(house):
    return sorted((house.state / "checkpoints").glob("*.json"))[-1]


def block(house):
    return harm.files(house.state / "checkpoints" / "blocks")[0]


def objects(house):
    return max(harm.files(house.copy / "objects"), key=lambda path: path.stat().st_size)


def journal(house):
    return harm.files(house.copy / "hosts")[-1]


def mirror(house):
    return harm.files(house.state / "bindings")[0]


def archive_mark(house):
    return house.archive.with_name(house.archive.name + ".id")


def tombstone(house):
    return harm.files(house.state / "forgotten")[0]


def intake(house):
    return harm.files(house.state / "vault" / "intake")[0]


def copy_changes(house):
    """What changed in the archive, as it goes to the second copy."""
    return harm.files(house.state / "copy" / "changes", "*.jsonl")[0]


def pool(house):
    return "{holdfast:%s}:" % (house.state / "host").read_text().strip()


def first_episode(house):
    """Of the first session."""
    return harm.ask(house.archive, "SELECT number FROM episode WHERE session_id = '%s' ORDER BY bytes_from"
                    % house.speeches[0].session)[0][0]


def gap(house):
    return harm.files(house.state / "gaps")[0]


def mark_in_state(house):
    return house.state / "archive.mark"


def archive(house):
    return house.archive


def log_of_archive(house):
    return house.archive.with_name(house.archive.name + "-wal")


def chronicle(house):
    return house.state / "chronicle.sqlite"


def note(house):
    return house.notes()[0]


def key_of_copy(house):
    return house.settings / "remote.key"


def mark_of_copy(house):
    return house.copy / "holdfast-copy"
