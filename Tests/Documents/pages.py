"""The documents as lines, blocks of code and prose."""

import re

from programs import ROOT

FENCE = re.compile(r"^\s*(```+)\s*(\S*)")
REMARK = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)


class Page:
    """One Markdown file.

    - blocks: its fenced blocks, in order.
    - prose: its text without them, line for line, so that line numbers stay.
    """

    def __init__(self, path):
        self.path = path
        self.name = str(path.relative_to(ROOT))
        self.text = path.read_text()
        self.blocks, prose, block = [], [], None
        for number, line in enumerate(self.text.splitlines(), 1):
            fence = FENCE.match(line)
            if block:
                if fence and fence[1] == block.fence and not fence[2]:
                    block = None
                else:
                    block.lines.append(line)
                prose.append("")
            elif fence:
                block = Block(self, number, fence[1], fence[2], remarks("\n".join(prose)))
                self.blocks.append(block)
                prose.append("")
            else:
                prose.append(line)
        self.prose = "\n".join(prose)

    def line(self, offset):
        """The number of the line at an offset of `prose`."""
        return self.prose.count("\n", 0, offset) + 1


class Block:
    """A fenced block; `remarks` are those that stand directly above it, as `(word, rest)`."""

    def __init__(self, page, line, fence, language, remarks):
        self.page, self.line, self.fence, self.language, self.remarks = page, line, fence, language, remarks
        self.lines = []

    @property
    def place(self):
        return f"{self.page.name}:{self.line}"

    @property
    def text(self):
        return "\n".join(self.lines)


def remarks(above):
    """The comments at the end of a text, those nearest to the end last: `<!-- before: … -->` is `("before", "…")`."""
    found = []
    above = above.rstrip()
    while above.endswith("-->"):
        above, _, last = above.rpartition("<!--")
        word, _, rest = last.removesuffix("-->").strip().partition(":")
        found.insert(0, (word.strip(), rest.strip()))
        above = above.rstrip()
    return found


def documents():
    """README.md, docs and the READMEs of integrations."""
    paths = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("integrations/**/README.md"))]
    return [Page(path) for path in paths]


def spans(prose):
    """The spans of inline code with their offsets; one may go over a line's end."""
    for match in re.finditer(r"(?<!`)`([^`]+)`(?!`)", prose):
        yield match.start(), " ".join(match[1].split())
