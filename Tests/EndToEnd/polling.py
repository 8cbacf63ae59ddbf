"""Waiting for a condition, never for a time to pass."""
import time


class Away(Exception):
    """Redis does not answer: not yet, as far as a poll is concerned."""


# A machine that is busy is late, and not wrong: less than this is no patience, whatever is asked for.
PATIENCE = 60


def until(condition, what, deadline=15):
    """Polls until the condition answers something true, and returns it."""
    deadline = max(deadline, PATIENCE)
    end, last = time.monotonic() + deadline, None
    while True:
        try:
            last = condition()
        except Away as reason:
            last = reason
        else:
            if last:
                return last
        if time.monotonic() > end:
            raise AssertionError("waited %d s in vain for: %s (last: %r)" % (deadline, what, last))
        time.sleep(0.03)
