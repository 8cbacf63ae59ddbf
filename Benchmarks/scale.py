"""What a host costs the Redis that it shares: commands, time and bytes of a session and of a companion at rest, for the
model in docs/scale.md, which this prints too.

    scale.py BIN SCRATCH [SESSIONS [TURNS [REST_SECONDS]]]

BIN is the folder of the static executables. Sessions are told by real hooks, captured and archived by a real companion.
"""
import json
import os
import re
import subprocess
import sys
import time

HOSTS, SESSIONS_A_DAY, TURNS_A_SESSION = 1000, 500, 10
PROMPT, ANSWER, TOOL = 400, 1200, 4000
DAY = 86400


class Scale:
    def __init__(self, folder, scratch):
        self.bin, self.scratch = folder, scratch
        self.socket, self.state = scratch + "/shared.sock", scratch + "/state"
        for part in ("config", "claude/projects/-scale"):
            os.makedirs(f"{scratch}/{part}", exist_ok=True)
        with open(scratch + "/config/holdfast.json", "w", encoding="utf-8") as file:
            json.dump({"dashboard": {"enabled": False}, "inactivity_timeout_seconds": 1}, file)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": scratch, "HOLDFAST_STATE_DIR": self.state,
            "HOLDFAST_CONFIG_DIR": scratch + "/config", "CLAUDE_CONFIG_DIR": scratch + "/claude",
            "CLAUDE_PROJECT_DIR": scratch, "HOLDFAST_REDIS_URL": f"unix:{self.socket}",
        }

    def redis(self, *words):
        return subprocess.run(["redis-cli", "-s", self.socket, *words], capture_output=True, check=True, text=True).stdout

    def run(self, program, *words, key="", text=""):
        subprocess.run(
            [f"{self.bin}/{program}", *words], env=self.environment | ({"HOLDFAST_KEY": key} if key else {}),
            input=text, capture_output=True, check=True, text=True)

    def begin(self):
        server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", self.scratch],
            stdout=subprocess.DEVNULL)
        while subprocess.run(["redis-cli", "-s", self.socket, "ping"], capture_output=True, check=False).returncode:
            time.sleep(0.01)
        return server

    def figures(self):
        """Since the server started: commands (of scripts too), seconds, bytes in and out; and bytes of memory now."""
        def number(text, name):
            return float(re.search(rf"^{name}:([\d.]+)", text, re.M).group(1))

        stats, cpu = self.redis("INFO", "stats"), self.redis("INFO", "cpu")
        calls = [int(one) for one in re.findall(r"^cmdstat_[^:]+:calls=(\d+)", self.redis("INFO", "commandstats"), re.M)]
        return {
            "commands": sum(calls),
            "seconds": number(cpu, "used_cpu_sys") + number(cpu, "used_cpu_user"),
            "in": number(stats, "total_net_input_bytes"), "out": number(stats, "total_net_output_bytes"),
            "memory": number(self.redis("INFO", "memory"), "used_memory"),
        }

    def between(self, work, alone=0.0):
        """What work costs. Not what the server costs for itself: seconds a second, which no number of hosts multiplies."""
        began, before = time.monotonic(), self.figures()
        work()
        took, after = time.monotonic() - began, self.figures()
        costs = {name: after[name] - before[name] for name in after}
        costs["seconds"] = max(0.0, costs["seconds"] - alone * took)
        return costs

    def hook(self, event, session, path, key, **more):
        told = {"hook_event_name": event, "session_id": session, "transcript_path": path, "cwd": self.scratch} | more
        self.run("holdfast-hook", key=key, text=json.dumps(told))

    def session(self, number, turns):
        session, key = f"{number:08x}-0000-4000-8000-000000000001", f"coder/{number}"
        path = f"{self.scratch}/claude/projects/-scale/{session}.jsonl"
        self.hook("SessionStart", session, path, key, source="startup")
        for turn in range(turns):
            self.hook("UserPromptSubmit", session, path, key, prompt="p" * PROMPT)
            with open(path, "a", encoding="utf-8") as file:
                for name, role, size in (("u", "user", PROMPT), ("t", "assistant", TOOL), ("a", "assistant", ANSWER)):
                    words = f"{number} {turn} {name} ".ljust(size, "w")
                    file.write(json.dumps({
                        "type": role, "sessionId": session, "uuid": f"{number}-{turn}-{name}", "cwd": self.scratch,
                        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
                        "message": {"role": role, "content": [{"type": "text", "text": words}]},
                    }) + "\n")
            self.hook("Stop", session, path, key)
        self.hook("SessionEnd", session, path, key, reason="other")

    def settle(self):
        host = open(self.state + "/host", encoding="utf-8").read().strip()
        while os.listdir(self.state + "/spool/waiting") or int(self.redis("ZCARD", f"{{holdfast:{host}}}:unarchived")):
            time.sleep(0.1)

    def kept(self, number):
        """Bytes of what stays of a session when its memory is made, by what it is kept for."""
        session, key = f"{number:08x}-0000-4000-8000-000000000001", f"coder/{number}"
        names = {"session": session, "binding": key, "conversation": key}
        return {name: int(self.redis("MEMORY", "USAGE", f"{{holdfast}}:{name}:{end}")) for name, end in names.items()}

    def sessions(self, numbers, turns):
        for number in numbers:
            self.session(number, turns)
        self.settle()


def told(title, figures, by):
    print(
        f"{title}: {figures['commands'] / by:.1f} commands, {figures['seconds'] / by * 1e3:.2f} ms of Redis, "
        f"{figures['in'] / by / 1e3:.1f} kB in, {figures['out'] / by / 1e3:.1f} kB out")


def main():
    folder, scratch = sys.argv[1], sys.argv[2]
    count, turns, rest = (int(sys.argv[place]) if len(sys.argv) > place else most
                          for place, most in ((3, 50), (4, TURNS_A_SESSION), (5, 60)))
    scale = Scale(folder, scratch)
    server = scale.begin()
    try:
        alone = scale.between(lambda: time.sleep(rest))["seconds"] / rest
        scale.run("holdfast", "up", "--only")
        # What happens once, and pages of memory that the first sessions bring, are in neither figure.
        scale.sessions(range(10), turns)
        idle = scale.between(lambda: time.sleep(rest), alone)
        said = scale.between(lambda: scale.sessions(range(10, 10 + count), turns), alone)
        print(f"the server for itself: {alone * 100:.2f} % of a core")
        told("a companion at rest, a second", idle, rest)
        told(f"a session of {turns} turns", said, count)
        memory, kept = said["memory"] / count, scale.kept(10)
        parts = ", ".join(f"{name} {size / 1e3:.1f} kB" for name, size in kept.items())
        print(f"  it leaves {memory / 1e3:.1f} kB in Redis, archived and without a memory yet; of these {parts}")
        daily = HOSTS * SESSIONS_A_DAY
        commands = daily * said["commands"] / count / DAY + HOSTS * idle["commands"] / rest
        busy = daily * said["seconds"] / count / DAY + HOSTS * idle["seconds"] / rest
        traffic = (daily * (said["in"] + said["out"]) / count + HOSTS * DAY * (idle["in"] + idle["out"]) / rest) / DAY
        print(
            f"{HOSTS} hosts of {SESSIONS_A_DAY} sessions a day: {commands:,.0f} commands a second, {busy * 100:.0f} % of "
            f"the one core of a Redis, {traffic / 1e6:.1f} MB a second, {daily * memory / 1e9:.1f} GB of what stays for a day")
    finally:
        scale.run("holdfast", "down")
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
