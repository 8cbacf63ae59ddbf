"""Plain Mustache with the truth values of swift-mustache, and strict: an unknown or null variable is an error.

Only null, false and the empty array are false there; 0 and "" are true. Sections over anything but a flag, an array,
an object or null are therefore refused unless the value is a non-empty string: they would mean two things.
"""
import html
import re

TAG = re.compile(r"\{\{([#^/!]?)\s*([^}]*?)\s*\}\}")
STANDALONE = re.compile(r"^[ \t]*(\{\{[#^/!][^}]*\}\})[ \t]*\n", re.M)


class TemplateError(Exception):
    pass


def parse(source):
    root, stack, position = [], [], 0
    current = root
    source = STANDALONE.sub(r"\1", source)
    for match in TAG.finditer(source):
        current.append(source[position:match.start()])
        position = match.end()
        kind, name = match.groups()
        if kind in ("#", "^"):
            body = []
            current.append((kind, name, body))
            stack.append((name, current))
            current = body
        elif kind == "/":
            opened, current = stack.pop()
            if opened != name:
                raise TemplateError(f"{opened} is closed by {name}")
        elif kind == "":
            current.append(("", name, None))
    if stack:
        raise TemplateError(f"{stack[-1][0]} is not closed")
    current.append(source[position:])
    return root


def look_up(name, stack):
    first, *rest = name.split(".")
    for value in reversed(stack):
        if isinstance(value, dict) and first in value:
            value = value[first]
            for part in rest:
                value = value.get(part) if isinstance(value, dict) else None
            return value
    raise TemplateError(f"{name} is not in the context")


def render(nodes, stack):
    out = []
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
            continue
        kind, name, body = node
        value = look_up(name, stack)
        if kind == "":
            if value is None or isinstance(value, (bool, list, dict, float)) and not isinstance(value, float):
                raise TemplateError(f"{name} is {value!r}: not text")
            out.append(html.escape(str(value)).replace("&#x27;", "&#39;"))
            continue
        if isinstance(value, (int, float)) and not isinstance(value, bool) or value == "":
            raise TemplateError(f"section over {name} = {value!r}")
        if kind == "^":
            if value in (None, False, []):
                out.append(render(body, stack))
        elif isinstance(value, list):
            out.extend(render(body, stack + [item]) for item in value)
        elif value not in (None, False):
            out.append(render(body, stack if value is True else stack + [value]))
    return "".join(out)


def render_page(source, context):
    return render(parse(source), [context])
