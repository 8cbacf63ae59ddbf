"""What is the same in two outputs of one command, whatever the time, the machine and the numbers."""

import re

SHAPES = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
    (r"\b(?:[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{12})\b", "ID"),
    (r"\b[A-Za-z][\w.]*(?:-[\w.]+)*-[0-9a-f]{8}\b", "HOST"),
    (r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: ?Z| UTC)?)?", "TIME"),
    (r"\b\d\d:\d\d(?::\d\d)?(?: UTC)?", "TIME"),
    (r"\b\d+(?:[.,]\d+)* ?(?:µs|ms|s|min|h|d|days?|w)\b", "DURATION"),
    (r"\b\d+(?:[.,]\d+)* ?(?:bytes|[KMGT]B)(?!\w)", "SIZE"),
    (r"\d+(?:[.,]\d+)*", "N"),
]


def shape(text):
    """The words of a text, with what changes from run to run as its kind."""
    for pattern, kind in SHAPES:
        text = re.sub(pattern, kind, text)
    return " ".join(text.split())


def matches(shown, printed):
    """Whether an output is what a document shows; a line of dots there stands for any lines."""
    pieces = re.split(r"(?m)^[ \t]*\.\.\.[ \t]*$", shown)
    pattern = r"(?:.*\s)?".join(re.escape(shape(piece) + " ").replace(r"\ ", " ") if shape(piece) else "" for piece in pieces)
    return re.fullmatch(pattern, shape(printed) + " " if printed.strip() else "", re.DOTALL) is not None
