"""Each command that is shown has verbs, options and keys that there are."""

import re
import shlex

from pages import documents, spans
from programs import ROOT, subverbs

# Written by the program itself.
GENERATED = "docs/commands.md"
SHELLS = ("sh", "console")


def check(programs):
    """How many commands are shown, and what of them there is not."""
    grammar, targets, keys = programs.grammar(), make_targets(), redis_keys()
    findings, count = [], 0
    for page in documents():
        if page.name == GENERATED:
            continue
        said = [(page.line(offset), text) for offset, text in spans(page.prose)]
        shown = [(block.line + number, line) for block in page.blocks for number, line in numbered(block)]
        for line, text in said + shown:
            wrong = [problem(words, grammar) for words in commands("holdfast", text)]
            wrong += [verb_problem(words, targets) for words in commands("make", text)]
            wrong += [key_problem(words, keys) for words in commands("redis", text)]
            count += len(wrong)
            findings += [f"{page.name}:{line}: {what}" for what in wrong if what]
        findings += [f"{block.place}: a block with '$ ' must be ```console" for block in page.blocks
                     if block.language != "console" and any(line.startswith("$ ") for line in block.lines)]
    return f"{count} commands", findings


def numbered(block):
    """The lines of a block; one that a backslash continues is told with the next."""
    if block.language not in SHELLS:
        return
    before = ""
    for number, line in enumerate(block.lines, 1):
        if line.endswith("\\"):
            before += line[:-1] + " "
        else:
            yield number, before + line
            before = ""


def commands(program, text):
    """The arguments of each call of a program in a line of shell, in a remark, or in a sentence that quotes it."""
    for match in re.finditer(rf"(?<![\w./@{{-]){program}(?=[\s'`]|$)(?!-)", text):
        rest = text[match.end():]
        # Also behind another command of the same quotation: 'holdfast down && holdfast up'.
        if re.search(r"(?:^|[\s(])'[^']*$|'$", text[:match.start()]):
            rest = rest.partition("'")[0]
        elif text[:match.start()].rstrip().endswith("add"):
            continue
        yield arguments(rest)


def arguments(text):
    """The words of a command up to what ends it."""
    quoted, kept = None, ""
    for character in text:
        if quoted:
            quoted = None if character == quoted else quoted
        elif character in "'\"":
            quoted = character
        elif character in "|;&()<>#`" and not (character == "|" and re.search(r"\w$", kept)):
            break
        kept += character
    try:
        return shlex.split(kept)
    except ValueError:
        return kept.split()


def problem(words, command):
    """What of a call of `holdfast` there is not, or nothing.

    Brackets, alternatives (`show|drop`) and dots are taken as a synopsis has them.
    """
    path, places = ["holdfast"], 0
    words = [word for word in (word.strip("[],.:") for word in words) if word and word != "…"]
    while words:
        word = words.pop(0)
        verbs = subverbs(command)
        positional = [argument for argument in command.get("arguments", []) if argument["kind"] == "positional"]
        if word == "--":
            return None
        if word.startswith("-"):
            name, _, value = word.partition("=")
            option = options(command).get(name)
            if not option:
                return f"{' '.join(path)}: there is no option {name}"
            if option["kind"] == "option" and not value and words:
                words.pop(0)
        elif word == "help" and path == ["holdfast"]:
            # Read before the parser; a topic or a verb follows.
            about = next((word for word in words if not word.startswith("-")), "TOPIC")
            is_there = about.isupper() or about in command["topics"] or about in verbs
            return None if is_there else f"holdfast help: there is no topic {about}"
        elif word == "companion" and path == ["holdfast"]:
            # What the launcher calls, and no verb.
            return None
        elif verbs:
            names = word.split("|")
            if wrong := [name for name in names if name not in verbs]:
                return f"{' '.join(path)}: there is no verb {wrong[0]}"
            if len(names) > 1:
                return None
            command = verbs[word]
            path.append(word)
        else:
            places += 1
            if places > len(positional) and not any(argument.get("isRepeating") for argument in positional):
                return f"{' '.join(path)}: takes no '{word}'"
    return None


def verb_problem(words, targets):
    """What of a call of `make` there is not, or nothing."""
    verb = words[0].strip("[],.:") if words else ""
    return f"make {verb}: there is no such verb" if re.match("[a-z]", verb) and verb not in targets else None


def key_problem(words, keys):
    """Which key that a call of `redis` names there is not, or nothing."""
    return next((f"Redis has no key '{key}'" for key in named(words) if key not in keys), None)


def options(command):
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    return {dashes[name["kind"]] + name["name"]: argument
            for argument in command.get("arguments", []) for name in argument.get("names", [])}


def make_targets():
    return set(re.findall(r"(?m)^([a-z0-9-]+):", (ROOT / "Makefile").read_text()))


def redis_keys():
    """The keys that docs/redis.md lists, without what stands for a name."""
    text = (ROOT / "docs/redis.md").read_text()
    return {name.partition("<")[0].rstrip(":") for name in re.findall(r"(?m)^- `([^`]+)`", text)}


def named(words):
    """The keys that a call of `redis` names, without prefix and name: `{holdfast}:lock:coder` is `lock`."""
    for word in words:
        if match := re.match(r"(?:\{holdfast[^}]*\}|\$pool):([a-z_]+)", word):
            yield match[1]
