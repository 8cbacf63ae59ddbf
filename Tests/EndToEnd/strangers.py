"""What somebody can learn of a second copy who has the repository, and no key."""
import hashlib
import math
import os
import re
import statistics
import subprocess
from collections import Counter, namedtuple

# Of every stored file: "HFcopy", version, sealed, the key's mark, the length; then nonce, box and tag.
HEAD = 24
NAME = re.compile(r"holdfast-copy|objects/([0-9a-f]{2})/\1[0-9a-f]{62}|hosts/[0-9a-f]{64}/\d{8}-[0-9a-f]{64}")
MARKER = b'{"format":1,"sealed":true}\n'

Thing = namedtuple("Thing", "name kind content")


def things(repository):
    """Every object that git has there, reachable or not, unpacked."""
    done = subprocess.run(["git", "-C", str(repository), "cat-file", "--batch-all-objects", "--batch"],
                          stdout=subprocess.PIPE, check=True).stdout
    place = 0
    while place < len(done):
        end = done.index(b"\n", place)
        name, kind, size = done[place:end].decode().split()
        yield Thing(name, kind, done[end + 1:end + 1 + int(size)])
        place = end + 1 + int(size) + 1


def entropy(content):
    """Bits a byte, as the counts of its bytes have it (Shannon)."""
    return -sum(count / len(content) * math.log2(count / len(content)) for count in Counter(content).values())


def least_entropy(length, floors={}):
    """What so many random bytes have at least, but for once in a million times or less.

    A byte has 8 bits only in the long run: of n random ones the counts fall short of that by X / (2 n ln 2), where X is
    chi-squared with 255 degrees of freedom: 255 on average, 22.6 its deviation. Six deviations are allowed. Where bytes
    are too few for that rule (on average under 16 of each) random ones of that length are drawn, and six of their
    deviations are allowed.
    """
    if length not in floors:
        if length >= 4096:
            floors[length] = 8 - (255 + 6 * math.sqrt(2 * 255)) / (2 * length * math.log(2))
        else:
            drawn = [entropy(os.urandom(length)) for _ in range(100)]
            floors[length] = statistics.mean(drawn) - 6 * statistics.stdev(drawn)
    return floors[length]


def speaking(content):
    """Why a stored file is more than noise; nothing where it is not."""
    if content == MARKER:
        return None
    if content[:8] != b"HFcopy\1\1":
        return "it is not sealed"
    sealed = content[HEAD:]
    if b"\x28\xb5\x2f\xfd" in sealed:
        return "zstd's mark is in it"
    if entropy(sealed) < least_entropy(len(sealed)):
        return "%d bytes of %.3f bits, at least %.3f were random" % (
            len(sealed), entropy(sealed), least_entropy(len(sealed)))
    return None


def told(repository, needles, files=()):
    """Whatever a stranger learns, as sentences. `files` are such that he may have, too: names are not to tell of them."""
    needles = re.compile(b"|".join(sorted({re.escape(word.encode()) for word in needles}, key=len, reverse=True)))
    sums = {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    for thing in things(repository):
        found = needles.search(thing.content)
        if found:
            yield "%s %s says %r" % (thing.kind, thing.name, found.group())
        if thing.kind == "blob" and speaking(thing.content):
            yield "blob %s: %s" % (thing.name, speaking(thing.content))
        if thing.kind == "commit":
            head, _, message = thing.content.decode().partition("\n\n")
            who = re.findall(r"^(author|committer) holdfast <holdfast@localhost> \d+ \+0000$", head, re.M)
            rest = [line for line in head.splitlines() if line.split()[0] not in ("tree", "parent", "author", "committer")]
            if message.strip() != "holdfast" or who != ["author", "committer"] or rest:
                yield "commit %s: %s" % (thing.name, thing.content.decode())
        if thing.kind == "tag":
            yield "a tag: %s" % thing.name
    names = subprocess.run(["git", "-C", str(repository), "log", "--all", "--format=", "--name-only", "-z", "-m"],
                           stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if not NAME.fullmatch(name):
            yield "a file is called %s" % name
        if any(part in sums for part in re.findall("[0-9a-f]{64}", name)):
            yield "%s is the SHA-256 of a file of the host" % name
    refs = subprocess.run(["git", "-C", str(repository), "for-each-ref", "--format=%(refname)"], stdout=subprocess.PIPE,
                          check=True).stdout.decode().split()
    for ref in refs:
        if ref != "refs/heads/holdfast":
            yield "a reference is called %s" % ref
