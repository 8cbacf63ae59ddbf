"""Each kind of trouble that the status tells has its place in docs/operations.md, under the words that it is told in, and
each alert its troubles."""

import re

from programs import ROOT

KINDS = ROOT / "Sources/Operations/Status/Trouble.swift"
SENTENCES = ROOT / "Sources/Operations/Status/Sections"
PAGE = "docs/operations.md"
ALERTS = ROOT / "config/alerts.yml"
# Of a sentence so many letters at least are not filled in.
FIXED = 6


def check(_):
    """How many troubles the page tells of, and what of them is not as the sources have it."""
    kinds = re.search(r"enum Kind:.*?\{(.*?)\n    \}", KINDS.read_text(), re.DOTALL)[1]
    known = set(re.findall(r"\b[a-z]+_[a-z_]+\b", re.sub(r"//.*", "", kinds)))
    told = re.findall(r"(?m)^- \*\*((?:[^*\n]|\n  )+)\*\*\s+\(`([a-z_]+)`\)$", (ROOT / PAGE).read_text())
    said = {kind for _, kind in told}
    findings = [f"{PAGE}: says nothing of {kind}" for kind in sorted(known - said)]
    findings += [f"{PAGE}: there is no {kind}" for kind in sorted(said - known)]
    sentences = [one for file in sorted(SENTENCES.glob("*.swift")) for one in literals(file.read_text())]
    for words, _ in told:
        words = " ".join(words.split())
        if words != "…" and not any(fits(words, one) or fits(one, words) for one in sentences):
            findings.append(f"{PAGE}: no trouble is told as '{words}'")
    rows = dict(re.findall(r"(?m)^\| (`Holdfast.*) \| (.*) \|$", (ROOT / PAGE).read_text()))
    alerts = set(re.findall(r"(?m)^ *- alert: (\w+)$", ALERTS.read_text()))
    mapped = set(re.findall(r"Holdfast\w+", " ".join(rows)))
    findings += [f"{PAGE}: the table of alerts and {ALERTS.name} differ in {one}" for one in sorted(alerts ^ mapped)]
    meant = set(re.findall(r"`([a-z_]+)`", " ".join(rows.values())))
    findings += [f"{PAGE}: an alert is said to be {kind}, which is none" for kind in sorted(meant - known)]
    return f"{len(told)} troubles, {len(alerts)} alerts", findings


def fits(sentence, other):
    """Whether a sentence is another one where dots stand for anything."""
    return re.fullmatch(re.escape(other).replace("…", ".*"), sentence) is not None


def literals(swift):
    """The string literals of a source, with dots for what is filled in."""
    at = 0
    while (at := swift.find('"', at)) >= 0:
        text, inner, at = literal(swift, at + 1)
        yield from (one for one in [*inner, text] if len(one.replace("…", "")) >= FIXED)


def literal(swift, at):
    """Reads one literal.

    - at: behind its opening quote.
    - Returns: its text, those of literals inside what is filled in, and where it ends.
    """
    text, inner = "", []
    while at < len(swift) and swift[at] not in '"\n':
        if swift.startswith("\\(", at):
            depth, at = 1, at + 2
            while depth:
                if swift[at] == '"':
                    nested, deeper, at = literal(swift, at + 1)
                    inner += [*deeper, nested]
                    continue
                depth += {"(": 1, ")": -1}.get(swift[at], 0)
                at += 1
            text += "…"
        else:
            text += swift[at]
            at += 1
    return text, inner, at + 1
