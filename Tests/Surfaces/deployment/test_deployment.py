"""The examples for Kubernetes and Compose: by the schemas of both, and their commands and probes as they stand there.

HOLDFAST_BIN  folder with holdfast and holdfast-companion
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import compose_spec
import kubernetes_validate
import yaml

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from place import until  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
KUBERNETES, COMPOSE = ROOT / "docs/examples/kubernetes.yaml", ROOT / "docs/examples/compose.yaml"
BIN = os.environ["HOLDFAST_BIN"]


def manifests():
    return list(yaml.safe_load_all(KUBERNETES.read_text()))


def pod():
    return next(one for one in manifests() if one["kind"] == "StatefulSet")["spec"]["template"]["spec"]


def configurations(path):
    """What the comments at the head of an example have as holdfast.json."""
    lines = [line.removeprefix("#").strip() for line in path.read_text().splitlines() if line.startswith("#")]
    return [json.loads(text) for text in re.findall(r"\{\".*\}", " ".join(lines))]


class Forms(unittest.TestCase):
    def test_kubernetes_takes_it(self):
        for version in "1.29", "1.34":
            for manifest in manifests():
                kubernetes_validate.validate(manifest, version, strict=True)

    def test_kubernetes_check_can_fail(self):
        wrong = manifests()[1]
        wrong["spec"]["replica"] = wrong["spec"].pop("replicas")
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(wrong, "1.34", strict=True)

    def test_compose_takes_it(self):
        text = COMPOSE.read_text()
        compose_spec.PyCompose.from_yaml(text).validate()
        with self.assertRaises(Exception):
            compose_spec.PyCompose.from_yaml(text.replace("hostname:", "hostnames:", 1)).validate()

    def test_each_container_sees_one_state(self):
        """What tells processes apart must be the same for who dispatches and for the companion."""
        self.assertTrue(pod()["shareProcessNamespace"])
        agent, companion = pod()["containers"]
        self.assertEqual(agent["env"], companion["env"])
        self.assertEqual(agent["volumeMounts"], companion["volumeMounts"])
        services = yaml.safe_load(COMPOSE.read_text())["services"]
        agent, companion = services["agent"], services["holdfast"]
        for name in "environment", "volumes", "hostname":
            self.assertEqual(agent[name], companion[name], name)
        # The end of the first process of a namespace ends all others: it is neither of them.
        self.assertEqual({agent["pid"], companion["pid"]}, {"service:processes"})
        self.assertNotIn("holdfast", services["processes"]["command"])


class Programs(unittest.TestCase):
    """With the built programs, in a home of its own."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="hfd.", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        services = yaml.safe_load(COMPOSE.read_text())["services"]
        named = {one["name"] for one in pod()["containers"][0]["env"]}
        self.assertEqual(named, set(services["agent"]["environment"]))
        places = {name: f"{self.home}/{name.lower()}" for name in named}
        self.environment = {"HOME": self.home, "PATH": f"{BIN}:/usr/bin:/bin"} | places

    def run_in_home(self, command, **more):
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, **more
        )

    def configure(self, configuration):
        folder = pathlib.Path(self.environment["HOLDFAST_CONFIG_DIR"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "holdfast.json").write_text(json.dumps(configuration))

    def test_each_configuration_is_understood(self):
        for path in KUBERNETES, COMPOSE:
            found = configurations(path)
            self.assertEqual(len(found), 1, path)
            self.configure(found[0])
            checked = self.run_in_home(["holdfast", "config", "check"])
            self.assertNotIn("unknown", checked.stdout + checked.stderr)
            shown = self.run_in_home(["holdfast", "config", "show", "--json"])
            self.assertEqual(shown.returncode, 0, checked)

    def test_each_secret_is_where_it_is_named(self):
        """What the configuration names as a file is what the secret has and the first container installs."""
        configuration, text = configurations(KUBERNETES)[0], KUBERNETES.read_text()
        named = [configuration["redis"]["password_file"], *(configuration["remote"][name] for name in ("token_file", "key_file"))]
        source, target = pod()["initContainers"][0]["command"][-1].split()[-2:]
        self.assertEqual(source, "/secret/*")
        made = re.findall(r"--from-(?:literal|file)=([\w.-]+)", text.split("create configmap")[0])
        self.assertEqual({f"{target}/{name}" for name in made}, set(named))

    def test_each_command_is_one(self):
        commands = [one["command"] for one in pod()["containers"]]
        commands += [one["command"] for one in yaml.safe_load(COMPOSE.read_text())["services"].values()]
        commands += [["holdfast", *words.split()] for words in re.findall(r"-- holdfast (\S+)", KUBERNETES.read_text())]
        ours = [command for command in commands if command[0] == "holdfast"]
        self.assertEqual(len(ours), 3)
        for command in ours:
            self.assertEqual(self.run_in_home([*command, "--help"]).returncode, 0, command)

    def probes(self):
        container = pod()["containers"][1]
        found = {name: container[name]["exec"]["command"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
        kind, text = yaml.safe_load(COMPOSE.read_text())["services"]["holdfast"]["healthcheck"]["test"]
        self.assertEqual(kind, "CMD-SHELL")
        return found | {"healthcheck": ["sh", "-c", text.replace("$$", "$")]}

    def test_each_probe_tells_a_companion_that_serves_from_none(self):
        self.configure({"dashboard": {"enabled": False}})
        for name, command in self.probes().items():
            self.assertNotEqual(self.run_in_home(command).returncode, 0, name)
        self.addCleanup(self.run_in_home, ["holdfast", "down"])
        up = self.run_in_home(["holdfast", "up", "--only"])
        self.assertEqual(up.returncode, 0, up)
        for name, command in self.probes().items():
            until(lambda command=command: self.run_in_home(command).returncode == 0, name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
