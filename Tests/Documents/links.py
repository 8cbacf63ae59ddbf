"""Each relative link and anchor leads somewhere, each page can be reached, and each excerpt stands in its file.

A block is an excerpt where `<!-- of: FILE -->` stands above it, FILE from the checkout's top.
"""

import re
import urllib.parse

from pages import documents
from programs import ROOT

LINK = re.compile(r"\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    seen = {}
    for heading in re.findall(r"(?m)^#{1,6}\s+(.*?)\s*#*$", page.prose):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        yield f"{slug}-{count}" if count else slug


def check(_):
    """How many links there are, and which lead nowhere."""
    pages = documents()
    known = {page.path: set(anchors(page)) for page in pages}
    linked, findings, count = set(), [], 0
    for page in pages:
        prose = re.sub(r"`[^`\n]+`", lambda code: "x" * len(code[0]), page.prose)
        for match in LINK.finditer(prose):
            place = f"{page.name}:{page.line(match.start())}"
            target = urllib.parse.unquote(match[1])
            if re.match(r"[a-z]+:", target):
                continue
            count += 1
            name, _, anchor = target.partition("#")
            path = (page.path.parent / name).resolve() if name else page.path
            if not path.is_relative_to(ROOT) or not path.exists():
                findings.append(f"{place}: there is no {name}")
                continue
            if path != page.path:
                linked.add(path)
            if anchor and anchor not in known.get(path, ()):
                findings.append(f"{place}: {path.relative_to(ROOT)} has no #{anchor}")
    for page in pages:
        if page.path.parent == ROOT / "docs" and page.path not in linked:
            findings.append(f"{page.name}: no page leads here")
    findings += [what for page in pages for block in page.blocks for what in excerpt(block)]
    return f"{count} links", findings


def excerpt(block):
    """What of an excerpt does not stand in its file, indentation apart."""
    for name in [rest for word, rest in block.remarks if word == "of"]:
        lines = {line.strip() for line in (ROOT / name).read_text().splitlines()}
        yield from (f"{block.place}: not in {name}: {line}" for line in block.lines if line.strip() not in lines)
