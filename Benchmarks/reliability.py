"""What the reliability module costs: MB a second of an audit and of what is encrypted for the second copy, `holdfast
reliability` over a year of history, and the companion at rest with a second copy and without one.

    reliability.py BIN SCRATCH [MEGABYTES [REST_SECONDS [RUNS]]]

BIN is the folder of the static executables. Beside the audit sha256sum reads the same bytes, beside `reliability`
redis-cli answers PING: their ratios count, not the seconds.
"""
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import time

BAR_YEAR_MS, BAR_YEAR_BYTES, BAR_CORE, BAR_COMMANDS = 50, 20_000_000, 0.001, 0.05
HOURS = 366 * 24
APIS = ("remote_latency_ms", "remote_errors_percent", "remote_latency_rise_percent", "rate_limit_left_percent")


class Bench:
    def __init__(self, folder, scratch):
        self.bin, self.scratch = folder, scratch
        self.config = scratch + "/config/holdfast.json"
        self.state = scratch + "/state"
        for part in ("config", "copy", "claude/projects/-bench"):
            os.makedirs(f"{scratch}/{part}", exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": scratch, "HOLDFAST_STATE_DIR": self.state,
            "HOLDFAST_CONFIG_DIR": scratch + "/config", "CLAUDE_CONFIG_DIR": scratch + "/claude",
        }

    def configure(self, **more):
        with open(self.config, "w", encoding="utf-8") as file:
            json.dump({"dashboard": {"enabled": False}, **more}, file)

    def holdfast(self, *words, accepted=(0,)):
        done = subprocess.run(
            [f"{self.bin}/holdfast", *words], env=self.environment, capture_output=True, check=False)
        if done.returncode not in accepted:
            raise SystemExit(f"holdfast {' '.join(words)}: {done.returncode} {done.stderr.decode()}")
        return done.stdout.decode()

    def redis(self, *words):
        done = subprocess.run(
            ["redis-cli", "-s", self.state + "/redis/redis.sock", *words], capture_output=True, check=True)
        return done.stdout.decode()

    # Transcripts of words that repeat as words do.
    def write(self, megabytes):
        dice = random.Random(7)
        words = [f"word{number}" for number in range(2000)]
        for number in range(megabytes):
            session = f"{number:08x}-0000-4000-8000-000000000001"
            with open(f"{self.scratch}/claude/projects/-bench/{session}.jsonl", "w", encoding="utf-8") as file:
                written = 0
                while written < 1 << 20:
                    line = json.dumps({
                        "type": "user", "sessionId": session, "uuid": f"{session}-{written}",
                        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()), "cwd": self.scratch,
                        "message": {"role": "user", "content": " ".join(dice.choices(words, k=200))},
                    })
                    file.write(line + "\n")
                    written += len(line) + 1

    def rates(self, megabytes):
        self.write(megabytes)
        self.configure(
            inactivity_timeout_seconds=3600, remote={"url": self.scratch + "/copy"})
        self.holdfast("remote", "key", "--make")
        self.holdfast("up")
        self.holdfast("sync", "--since", "1w")
        self.holdfast("down")
        began = time.monotonic()
        sent = json.loads(self.holdfast("remote", "sync", "--force", "--json"))
        took = time.monotonic() - began
        print(
            f"second copy: {sent['sent_bytes'] / took / 1e6:.0f} MB/s packed, encrypted and written"
            f" ({sent['sent_bytes'] / 1e6:.0f} MB of packs, archive and checkpoints)")
        self.holdfast("up")
        audit = json.loads(self.holdfast("audit", "--deep", "--json", accepted=(0, 1)))
        rate = audit["bytes"] / audit["seconds"] / 1e6
        packs = [f"{self.state}/vault/packs/{name}" for name in os.listdir(self.state + "/vault/packs")]
        size = sum(os.path.getsize(pack) for pack in packs)
        began = time.monotonic()
        subprocess.run(["sha256sum", *packs], stdout=subprocess.DEVNULL, check=True)
        plain = size / (time.monotonic() - began) / 1e6
        print(
            f"audit --deep: {rate:.0f} MB/s of {audit['bytes'] / 1e6:.0f} MB read, decompressed and summed;"
            f" sha256sum of the packs: {plain:.0f} MB/s")

    # Of all figures there are, the same in each hour.
    def year(self, runs):
        self.holdfast("down")
        path = self.state + "/chronicle.sqlite"
        base = sqlite3.connect(path)
        hour = int(time.time() // 3600)
        with base:
            base.executemany(
                "INSERT OR IGNORE INTO series (indicator, subject) VALUES (?, ?)",
                [(figure, f"api-{number}") for figure in APIS for number in range(12)])
            base.execute("INSERT OR IGNORE INTO figure SELECT number, 50, 0, ?, '' FROM series", [int(time.time() * 1000)])
            base.execute("INSERT OR IGNORE INTO hour SELECT number, 0, 1, 1, 1 FROM series")
        series = [row[0] for row in base.execute("SELECT DISTINCT series FROM hour")]
        names = [row[1] for row in base.execute("PRAGMA table_info(chore)")]
        kinds = [row[0] for row in base.execute("SELECT DISTINCT kind FROM chore")]
        with base:
            base.execute("DELETE FROM hour")
            base.executemany(
                "INSERT INTO hour SELECT ?, ?, 12, 600, 97",
                [(one, hour - back) for one in series for back in range(HOURS)])
            base.execute("DELETE FROM chore")
            places = ", ".join("?" * len(names))
            base.executemany(
                f"INSERT INTO chore VALUES ({places})",
                [(kind, hour - back, *[12] * (len(names) - 2)) for kind in kinds for back in range(HOURS)])
            # A companion that was restarted each day, and something to get over on each.
            base.execute("DELETE FROM presence")
            for day in range(HOURS // 24):
                start = (hour - HOURS + 24 * day) * 3_600_000
                base.execute(
                    "INSERT INTO presence (began_ms, until_ms, boot, booted_ms, companion, serving, end)"
                    " VALUES (?, ?, 'boot', 0, ?, 1, 'stopped')", [start, start + 86_300_000, f"companion-{day}"])
                base.execute(
                    "INSERT INTO incident (cause, subject, began_ms, ended_ms, outcome, attempts, detail)"
                    " VALUES ('sync_failed', '', ?, ?, 'recovered', 1, 'it could not be reached')", [start, start + 60_000])
                base.execute(
                    "INSERT INTO trouble (kind, severity, began_ms, ended_ms, what) VALUES ('sync_lag', 'warning', ?, ?, '')",
                    [start, start + 60_000])
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        base.close()
        size = os.path.getsize(path)
        self.holdfast("up")
        own = self.median(runs, [f"{self.bin}/holdfast", "reliability", "--since", "365d", "--json"])
        week = self.median(runs, [f"{self.bin}/holdfast", "reliability", "--json"])
        ping = self.median(runs, ["redis-cli", "-s", self.state + "/redis/redis.sock", "PING"])
        print(
            f"reliability over a year of {len(series)} figures: {own:.1f} ms, {own / ping:.1f} x redis-cli PING"
            f" ({self.told(own <= BAR_YEAR_MS)} the bar of {BAR_YEAR_MS} ms); over a week {week:.1f} ms;"
            f" {size / 1e6:.1f} MB ({self.told(size <= BAR_YEAR_BYTES)} the bar of {BAR_YEAR_BYTES // 1_000_000} MB)")

    def median(self, runs, command):
        times = []
        for _ in range(runs):
            began = time.monotonic()
            done = subprocess.run(
                command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            times.append((time.monotonic() - began) * 1000)
            assert done.returncode in (0, 1), command
        return statistics.median(times)

    @staticmethod
    def told(holds):
        return "within" if holds else "BEYOND"

    # The companion's seconds of a core, and the server's commands, in a while in which nothing happens.
    def rest(self, seconds):
        pid = int(json.loads(self.holdfast("up", "--json"))["pid"])
        time.sleep(20)
        ticks, commands = self.spent(pid)
        time.sleep(seconds)
        later, asked = self.spent(pid)
        return (later - ticks) / os.sysconf("SC_CLK_TCK") / seconds, (asked - commands - 1) / seconds

    def spent(self, pid):
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        told = dict(line.split(":", 1) for line in self.redis("INFO", "stats").splitlines() if ":" in line)
        return sum(map(int, fields[11:15])), int(told["total_commands_processed"])

    def rests(self, seconds):
        self.holdfast("down")
        self.configure(remote={"url": self.scratch + "/copy"}, checkpoints={"enabled": True})
        core, commands = self.rest(seconds)
        self.holdfast("down")
        self.configure(checkpoints={"enabled": False})
        plain_core, plain_commands = self.rest(seconds)
        self.holdfast("down")
        more, asked = core - plain_core, commands - plain_commands
        print(
            f"at rest for {seconds} s: {core:.3%} of a core and {commands:.2f} Redis commands a second with checkpoints and"
            f" a second copy, {plain_core:.3%} and {plain_commands:.2f} without: {more:+.3%}"
            f" ({self.told(more <= BAR_CORE)} the bar of {BAR_CORE:.1%}), {asked:+.2f} ({self.told(asked <= BAR_COMMANDS)} that of 0)")


def main():
    folder, scratch = sys.argv[1:3]
    megabytes, seconds, runs = [int(word) for word in sys.argv[3:6]] + [100, 120, 60][len(sys.argv) - 3:]
    bench = Bench(folder, scratch)
    try:
        bench.rates(megabytes)
        bench.year(runs)
        bench.rests(seconds)
    finally:
        bench.holdfast("down", accepted=(0, 1, 69))


main()
