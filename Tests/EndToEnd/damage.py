"""A single damage to what a house holds: what is struck, and what an audit has to say of it."""
import shutil

import harm
import things

HASH = "{holdfast}:"
NOBODY = "99999999-0000-4000-8000-000000000009"
NO_EPISODE = "9" * 32
# Where it does not matter from what a thing was mended.
ANY = r".*"


class Damage:
    """What is done, and what an audit has to say of it.

    Without `finds` nobody can know, or it is of no account: nothing is missing afterwards all the same. `bears` is what
    of the house cannot be whole then. `unattended`: the companion is down then, which would see to it before an audit
    does. `looks`: at the second copy ("copy"), or whether anything is read again that was to be nowhere ("silence").
    """

    def __init__(self, name, strike, finds, sources=ANY, outcomes=("mended",), bears=None, unattended=False,
                 looks=None):
        self.name, self.strike, self.finds = name, strike, finds
        self.sources, self.outcomes, self.bears = sources, outcomes, bears
        self.unattended, self.looks = unattended, looks


# -- what strikes ----------------------------------------------------------------------------------------------------


def in_archive(*statements):
    return lambda house: harm.rows(
        house.archive, *[one.format(episode=things.first_episode(house)) for one in statements])


def in_vault(*statements):
    def strike(house):
        harm.rows(things.index(house), *statements)
    return strike


def in_redis(*words):
    def strike(house):
        names = {"first": house.speeches[0].session, "pool": things.pool(house), "nobody": NOBODY, "none": NO_EPISODE,
                 "hash": HASH}
        answer = house.redis(*[word % names for word in words]).strip()
        assert answer not in ("0", ""), "nothing was changed by: %r" % (words,)
    return strike


def deleted(thing):
    def strike(house):
        path = thing(house)
        if path.is_dir():
            shutil.rmtree(str(path))
        else:
            path.unlink()
    return strike


def flipped(thing, where=0.5):
    return lambda house: harm.flip(thing(house), where)


def page_flipped(thing, table):
    def strike(house):
        database = harm.fold(thing(house))
        harm.flip(database, page_of(database, table))
    return strike


def page_of(database, table):
    """Where the root page of a table begins, past its head: what stands there are the places of its rows."""
    [[page]] = harm.ask(database, "SELECT rootpage FROM sqlite_schema WHERE name = '%s'" % table)
    [[size]] = harm.ask(database, "PRAGMA page_size")
    return (page - 1) * size + (100 if page == 1 else 0)


def together(*strikes):
    def strike(house):
        for one in strikes:
            one(house)
    return strike


def while_down(*strikes):
    """Strikes while no companion runs."""
    return together(lambda house: house.down(), *strikes)


def between(*strikes):
    """Strikes while no companion runs, which would tell again at once what is taken away, and starts one."""
    return together(while_down(*strikes), lambda house: house.up())
