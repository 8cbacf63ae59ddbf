"""Holds dashboard and alerts against the metrics that there are.

    check_dashboard.py METRICS [DASHBOARD [ALERTS]]

METRICS is a file of Prometheus text, such as `holdfast metrics` prints; DASHBOARD and ALERTS are config/grafana.json
and config/alerts.yml unless told otherwise. Prints what is wrong, a line for each, and exits 1; needs promtool.
"""
import json
import re
import subprocess
import sys
import tempfile

# What Prometheus and the node exporter bring.
FOREIGN = {"up", "node_textfile_mtime_seconds"}
# What scraping adds to every metric.
SCRAPED = {"job", "instance"}
KEYWORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"}
# Stand-ins for what Grafana puts in.
BUILT_IN = {"__rate_interval": "5m", "__interval": "1m", "__range": "6h"}
GROUPING = r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"
STRING = r'"(?:[^"\\]|\\.)*"'
# A string by itself, or a name with its matchers and, if it is a function's, a parenthesis.
SELECTOR = re.compile(STRING + r"|(?<![\w.:])([a-zA-Z_:][\w:]*)\s*(?:\{((?:" + STRING + r'|[^}"])*)\})?(\s*\()?')
MATCHER = re.compile(r"(\w+)\s*(=~|!~|!=|=)\s*(" + STRING + ")")

problems = []


def complain(place, what):
    problems.append(f"{place}: {what}")


def read_metrics(path):
    """Types by metric; values by label, by series name: a histogram's are its _bucket, _sum and _count."""
    types, series = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if declared := re.match(r"# TYPE (\S+) (\S+)", line):
                types[declared[1]] = declared[2]
            elif sample := re.match(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ", line):
                labels = series.setdefault(sample[1], {})
                for label, _, value in MATCHER.findall(sample[2] or ""):
                    labels.setdefault(label, set()).add(json.loads(value))
    for name, kind in list(types.items()):
        for suffix in ("_bucket", "_sum", "_count") if kind == "histogram" else ():
            types[name + suffix] = "counter"
            series.setdefault(name + suffix, {})
    return types, series


def selectors(expression):
    """Yields each metric's name with its matchers: what is no grouping, range, function or keyword."""
    text = re.sub(GROUPING, " ", expression)
    text = re.sub(r"\[[^\]]*\]", " ", text)
    text = re.sub(r"\boffset\s+\S+", " ", text)
    for name, matchers, call in SELECTOR.findall(text):
        if name and not call and name.lower() not in KEYWORDS:
            yield name, MATCHER.findall(matchers)


def check_names(place, expression, types, series):
    found = list(selectors(expression))
    if not found:
        complain(place, f"names no metric: {expression}")
    for name, matchers in found:
        if name in FOREIGN:
            continue
        if name not in series:
            # One that is declared may have no sample: nothing is known of it.
            if name not in types:
                complain(place, f"there is no metric {name}")
            continue
        for label, operator, quoted in matchers:
            if label in SCRAPED:
                continue
            if label not in series[name]:
                complain(place, f"{name} has no label {label}")
                continue
            wanted = json.loads(quoted)
            if operator == "=~" and not re.fullmatch(r"[\w|-]+", wanted):
                continue
            for value in wanted.split("|") if operator in ("=~", "!~") else [wanted]:
                if value not in series[name][label]:
                    complain(place, f'{name} is never there with {label}="{value}"')
    for function, name in re.findall(r"\b(i?rate|increase|deriv|i?delta)\s*\(\s*([a-zA-Z_:][\w:]*)", expression):
        counts = function.endswith(("rate", "increase"))
        if name in types and counts != (types[name] == "counter"):
            complain(place, f"{function} of {name}, which is a {types[name]}")


def alert_expressions(text):
    """Yields name and expression of each rule; of YAML it knows `expr: …` on one line and `expr: |`."""
    name, block, indent = None, None, 0
    for line in text.split("\n") + ["end"]:
        depth = len(line) - len(line.lstrip())
        if block is not None:
            if not line.strip() or depth > indent:
                block.append(line.strip())
                continue
            yield name, " ".join(block)
            block = None
        if alert := re.match(r"\s*- alert: (\S+)", line):
            name = alert[1]
        if expression := re.match(r"\s*expr: (.*)", line):
            if expression[1] in ("|", ">-", ">", "|-"):
                block, indent = [], depth
            else:
                yield name, expression[1]


def panels_of(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def check_places(group):
    """Panels that lie on each other, or leave the 24 columns."""
    for number, panel in enumerate(group):
        own = panel["gridPos"]
        title = f"panel {panel.get('title')!r}"
        if own["x"] < 0 or own["y"] < 0 or own["w"] < 1 or own["h"] < 1 or own["x"] + own["w"] > 24:
            complain(title, f"gridPos is out of bounds: {own}")
        for other in group[:number]:
            its = other["gridPos"]
            if (own["x"] < its["x"] + its["w"] and its["x"] < own["x"] + own["w"]
                    and own["y"] < its["y"] + its["h"] and its["y"] < own["y"] + own["h"]):
                complain(title, f"lies on panel {other.get('title')!r}")
        if panel.get("panels"):
            check_places(panel["panels"])


def check_panel(panel, defined):
    title = f"panel {panel.get('title')!r}"
    if not panel.get("title"):
        complain(title, f"id {panel.get('id')} has no title")
    if panel["type"] == "row":
        return
    if not panel.get("description"):
        complain(title, "has no description")
    if not panel.get("targets"):
        complain(title, "asks nothing")
    if not panel.get("fieldConfig", {}).get("defaults", {}).get("unit"):
        complain(title, "has no unit")
    marks = [target.get("refId") for target in panel.get("targets", [])]
    if len(set(marks)) != len(marks):
        complain(title, f"refIds repeat: {marks}")
    for source in [panel] + panel.get("targets", []):
        if source.get("datasource", {}).get("uid") != "${DS_PROMETHEUS}":
            complain(title, "a datasource is not ${DS_PROMETHEUS}")
    for used in re.findall(r"\$\{?(\w+)", json.dumps(panel)):
        if used not in defined and used not in BUILT_IN:
            complain(title, f"there is no variable ${used}")


def plain(expression):
    """As promtool can read it."""
    def value(match):
        name = match[1] or match[2]
        return BUILT_IN.get(name, {"window": "1h"}.get(name, ".*"))
    return re.sub(r"\$(?:\{(\w+)[^}]*\}|(\w+))", value, expression)


def promtool(arguments, place):
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        complain(place, (done.stdout + done.stderr).strip())


def main():
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__.strip())
    defaults = ["config/grafana.json", "config/alerts.yml"]
    metrics, dashboard_file, alerts_file = sys.argv[1:] + defaults[len(sys.argv) - 2:]
    types, series = read_metrics(metrics)

    with open(alerts_file, encoding="utf-8") as file:
        text = file.read()
    rules = list(alert_expressions(text))
    if not rules or len(rules) != len(re.findall(r"(?m)^\s*- alert:", text)):
        complain(alerts_file, f"{len(rules)} expressions were understood, which is not one for each alert")
    for name, expression in rules:
        check_names(f"alert {name}", expression, types, series)
    promtool(["check", "rules", alerts_file], alerts_file)

    try:
        with open(dashboard_file, encoding="utf-8") as file:
            dashboard = json.load(file)
    except ValueError as problem:
        sys.exit(f"{dashboard_file}: {problem}")
    panels = list(panels_of(dashboard))
    ids = [panel.get("id") for panel in panels]
    for repeated in sorted({str(number) for number in ids if number is None or ids.count(number) > 1}):
        complain(dashboard_file, f"panel id {repeated} is not one panel's own")
    check_places(dashboard["panels"])
    variables = dashboard["templating"]["list"]
    defined = {variable["name"] for variable in variables}
    for variable in variables:
        if variable["type"] == "query":
            query = variable["query"]
            query = query if isinstance(query, str) else query["query"]
            asked = re.sub(r"label_values\((.*),[^,]*\)", r"\1", query)
            check_names(f"variable {variable['name']}", asked, types, series)
    checked = []
    for panel in panels:
        check_panel(panel, defined)
        for target in panel.get("targets", []):
            expression = plain(target["expr"])
            check_names(f"panel {panel['title']!r}", expression, types, series)
            checked.append((f"panel_{panel['id']}_{target['refId']}", expression))
    with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
        # A JSON string is a YAML string too.
        file.write("groups:\n  - name: dashboard\n    rules:\n")
        for name, expression in checked:
            file.write(f"      - record: dashboard:{name}\n        expr: {json.dumps(expression)}\n")
        file.flush()
        promtool(["check", "rules", file.name], dashboard_file)

    for problem in problems:
        print(problem)
    if problems:
        sys.exit(1)
    print(f"{len(rules)} alerts and {len(checked)} expressions in {len(panels)} panels name metrics that there are")


if __name__ == "__main__":
    main()
