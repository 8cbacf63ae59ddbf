"""Ways to harm what is stored: bytes, files, rows, keys."""
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from polling import until


def flip(path, where=0.5):
    """Flips a bit of one byte: at an offset, or at that share of the file."""
    status = path.stat()
    size = status.st_size
    assert size, "%s is empty" % path
    offset = int(size * where) if isinstance(where, float) else where
    with open(str(path), "r+b", buffering=0) as file:
        byte = os.pread(file.fileno(), 1, offset)[0]
        os.pwrite(file.fileno(), bytes([byte ^ 1]), offset)
    # A disk that alters a byte tells nobody when.
    os.utime(str(path), ns=(status.st_atime_ns, status.st_mtime_ns))


def fold(database):
    """Brings all of a database into its one file, where the next flip meets it."""
    with closing(sqlite3.connect(str(database), timeout=10)) as connection:
        until(lambda: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0,
              "%s, which nobody reads" % database)
    return database


def flip_text(path, before, word):
    """Flips a bit in the first letter of a word behind a text, wherever that stands in a file."""
    content, text = path.read_bytes(), (before + word).encode()
    found, at = 0, content.find(text)
    while at >= 0:
        flip(path, at + len(before.encode()))
        found, at = found + 1, content.find(text, at + 1)
    assert found, "%r does not stand in %s" % (text, path)


def cut(path, share=0.5):
    os.truncate(str(path), int(path.stat().st_size * share))


def rows(database, *statements):
    """Runs statements as a hand would that knows no better: without foreign keys, checks or triggers."""
    with closing(sqlite3.connect(str(database), timeout=10)) as connection:
        for statement in statements:
            changed = connection.execute(statement).rowcount
            assert changed, "nothing was changed by: " + statement
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def age(database, seconds):
    """Takes all moments that a database of ours holds back by so much."""
    with closing(sqlite3.connect(str(database), timeout=10)) as connection:
        for [table] in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            for column in [row[1] for row in connection.execute("PRAGMA table_info(%s)" % table).fetchall()]:
                if column.endswith("_ms") and column != "took_ms":
                    connection.execute("UPDATE %s SET %s = %s - %d WHERE %s > 1e12"
                                       % (table, column, column, seconds * 1000, column))
        connection.commit()


def ask(database, query):
    with closing(sqlite3.connect("file:%s?mode=ro" % database, uri=True, timeout=10)) as connection:
        return connection.execute(query).fetchall()


def files(folder, pattern="*"):
    """All files below a folder, locks and empty ones left out."""
    return sorted(path for path in Path(folder).rglob(pattern) if path.is_file() and path.stat().st_size)
