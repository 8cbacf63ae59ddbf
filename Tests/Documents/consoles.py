"""Each ```console block prints what it shows.

A block is what a terminal shows: lines that begin with `$ ` are commands, those behind are what each prints, a line
`...` stands for any lines. The blocks of a page run one after the other in one house: a home, a companion and an
embedded Redis of its own, `claude` played by `client`. Outputs are compared by `shape`. Comments directly above a block
say more and are not shown to readers:

    <!-- before: COMMANDS -->   are run first, what they print is not compared
    <!-- anew -->               in a new house
    <!-- not run: REASON -->    the block needs what a house has not; its commands are held against the help all the same

An `sh` block is run where `<!-- run -->` stands above it, as one script that must exit 0.
"""

from house import House, Installation
from pages import documents
from shape import matches, shape

# Of a script that failed, so much is told.
LAST_LINES = 10


def check(_):
    """How many blocks were run, and which print something else."""
    with Installation() as installation:
        ran = [(block, finding) for page in documents() for block, finding in run_page(page, installation)]
    return f"{len({block.place for block, _ in ran})} blocks", [f"{block.place}: {what}" for block, what in ran if what]


def run_page(page, installation):
    """Each block of a page that is run, with what it printed otherwise, or nothing."""
    house = None
    try:
        for block in page.blocks:
            words = {word for word, _ in block.remarks}
            if "not run" in words or block.language != "console" and not (block.language == "sh" and "run" in words):
                continue
            if house and "anew" in words:
                house.end()
                house = None
            house = house or House(installation)
            yield block, None
            yield from ((block, what) for what in run(block, house))
    finally:
        if house:
            house.end()


def run(block, house):
    for word, script in block.remarks:
        if word == "before":
            status, printed = house.shell(script)
            if status:
                yield f"before it, exit {status}: {script}\n{indented(printed)}"
                return
    if block.language == "sh":
        status, printed = house.shell("set -e\n" + block.text)
        if status:
            last = "\n".join(printed.splitlines()[-LAST_LINES:])
            yield f"exit {status}\n{indented(last)}"
        return
    for command, shown in steps(block):
        _, printed = house.shell(command)
        printed = house.told(printed)
        if not matches(shown, printed):
            yield (
                f"$ {command}\n  shown:\n{indented(shown)}\n  printed:\n{indented(printed)}"
                f"\n  in shape:\n{indented(shape(shown))}\n{indented(shape(printed))}"
            )


def steps(block):
    """The commands of a block with what is shown of each."""
    found = []
    for line in block.lines:
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(lines)) for command, lines in found]


def indented(text):
    return "\n".join("    " + line for line in text.rstrip().splitlines())
