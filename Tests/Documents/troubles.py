"""Each kind of trouble that the status tells has its place in docs/operations.md, and no other."""

import re

from programs import ROOT

SOURCE = "Sources/Operations/Status/Trouble.swift"
PAGE = "docs/operations.md"


def check(_):
    """How many kinds there are, and which are not told of, or told of and not there."""
    kinds = re.search(r"enum Kind:.*?\{(.*?)\n    \}", (ROOT / SOURCE).read_text(), re.DOTALL)[1]
    kinds = re.sub(r"//.*", "", kinds)
    known = set(re.findall(r"\b[a-z]+_[a-z_]+\b", kinds))
    told = set(re.findall(r"(?m)^[- ] \*?.*\(`([a-z_]+)`\)$", (ROOT / PAGE).read_text()))
    findings = [f"{PAGE}: says nothing of {kind}" for kind in sorted(known - told)]
    findings += [f"{PAGE}: there is no {kind}" for kind in sorted(told - known)]
    return f"{len(known)} kinds", findings
