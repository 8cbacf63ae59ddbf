"""A house in which anything may fail: companion, Redis, disk and model of its own, and faults that begin and end."""
import json
import random
import signal
import subprocess
import time
from pathlib import Path

import processes
from faults import HOOK, FaultHouse, Link
from house import BIN
from polling import Away, until
from scriptedmodel import ScriptedModel

# Everything that waits waits as short as it may.
SETTINGS = {
    "inactivity_timeout_seconds": 1, "check_interval_seconds": 1, "health_check_interval_seconds": 5,
    "retry_delays_seconds": [1], "retry_max_attempts": 100, "episode_timeout_seconds": 3,
    "spool": {"min_free_bytes": 0}, "dashboard": {"enabled": False}, "log_level": "debug",
}
DISK = "24m"
# How long a failure may take until a status knows of it, s.
TO_TELL = 3
AOF = ("--appendonly", "yes", "--maxmemory-policy", "noeviction")


class RandomHouse(FaultHouse):
    """Its processes are the only ones it sees: it is to be built in a PID and a mount namespace of its own."""

    disk = DISK

    def __init__(self, chance):
        self.chance = chance
        embedded = chance.random() < 0.3
        super().__init__(*AOF, embedded=embedded)
        self.state.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=700,size=" + self.disk, "none", str(self.state)], check=True)
        # A chance of its own: its threads draw in no order.
        self.model = ScriptedModel(random.Random(chance.random()))
        provider = {"kind": "openai", "base_url": self.model.url, "model": "scripted", "connect_timeout_seconds": 1,
                    "response_timeout_seconds": 2}
        self.configure(provider=provider, companion={"autostart": embedded and chance.random() < 0.5}, **SETTINGS)
        # [fault, since, until]; of companion, Redis, disk and capturers.
        self.blows = []

    def environment(self, **more):
        return super().environment(**dict({"OPENAI_API_KEY": "sk-of-nobody"}, **more))

    # -- Redis -----------------------------------------------------------------------------------------------------

    def ask_redis(self, *words):
        try:
            with Link(self.socket) as link:
                return link.ask(*words)
        except Away:
            return None

    def redis_processes(self):
        return [pid for pid in processes.of_folder(self.root) if processes.program(pid).rpartition("/")[2].startswith(
            ("redis-server", "redis-check"))]

    def send_to_redis(self, number):
        for pid in self.redis_processes():
            processes.send(pid, number)

    def kill_redis(self):
        if self.server:
            self.server.stop()
        else:
            for pid in self.redis_processes():
                processes.end(pid)

    def start_redis(self):
        if self.server and not self.server.process:
            self.server.start()

    def takes_writes(self):
        """Whether Redis takes a write at this moment."""
        try:
            with Link(self.socket, patience=0.5) as link:
                return link.ask("SET", "{holdfast}:probe", "x", "PX", 1000) == b"OK"
        except Away:
            return False

    # -- what was struck when --------------------------------------------------------------------------------------

    def struck(self, name):
        if not name.startswith("model "):
            self.blows.append([name, time.monotonic(), None])

    def mended(self, name):
        for blow in self.blows:
            if blow[0] == name and blow[2] is None:
                blow[2] = time.monotonic()

    def was_struck(self, since, until):
        """Whether something but the model was in trouble within that time, by which news may have been lost."""
        return any(began <= until and (ended is None or ended >= since) for _, began, ended in self.blows)

    # -- companion, hooks ------------------------------------------------------------------------------------------

    def send_to(self, program, number):
        for pid in self.running(program):
            processes.send(pid, number)

    def companions(self):
        return self.running(BIN / "holdfast-companion")

    def kill_companion(self):
        """And waits until the kernel has taken its locks from it."""
        pids = self.companions()
        for pid in pids:
            processes.end(pid)
        until(lambda: not any(Path("/proc/%d" % pid).exists() for pid in pids), "the end of the companion")

    def try_up(self):
        """Starts the companion if it can be started now."""
        return self.start([BIN / "holdfast", "up"]).wait(deadline=90).code == 0

    def event(self, speech, event, mercy=True, **more):
        """Feeds a hook as the client does; without mercy it is killed or stopped somewhere on its way."""
        payload = speech.payload(event, **more).encode()
        hook = subprocess.Popen([str(HOOK)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, cwd=str(self.project), env=self.environment())
        try:
            hook.stdin.write(payload)
            hook.stdin.close()
        except OSError:
            pass
        if not mercy:
            time.sleep(self.chance.random() * 0.012)
            if self.chance.random() < 0.7:
                hook.kill()
            else:
                hook.send_signal(signal.SIGSTOP)
                time.sleep(self.chance.random() * 0.3)
                hook.send_signal(signal.SIGCONT)
        code = hook.wait(30)
        assert code in (0, -signal.SIGKILL), "a hook exits %d" % code

    # -- disk ------------------------------------------------------------------------------------------------------

    def fill_disk(self):
        try:
            with open(str(self.state / "fill"), "ab", buffering=0) as file:
                while file.write(b"x" * (1 << 20)) == 1 << 20:
                    pass
                while file.write(b"x" * 4096) == 4096:
                    pass
        except OSError:
            pass

    def free_disk(self):
        if (self.state / "fill").exists():
            (self.state / "fill").unlink()

    def disk_is_full(self):
        try:
            Path(self.state / "probe").write_bytes(b"x" * 4096)
            return False
        except OSError:
            return True
        finally:
            try:
                (self.state / "probe").unlink()
            except OSError:
                pass

    @property
    def archive(self):
        """The archive's file, if there is one yet."""
        return next((self.state / "archive").glob("*.sqlite"), self.state / "none.sqlite")

    # -- status ----------------------------------------------------------------------------------------------------

    def status(self):
        run = subprocess.run([str(BIN / "holdfast"), "status", "--json"], env=self.environment(), cwd=str(self.project),
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        assert run.stdout, "no status: %s" % run.stderr.decode()
        return json.loads(run.stdout.decode())

    def not_well_because(self):
        """What is wrong at this moment, as far as anybody can see from outside."""
        reasons = set()
        if not self.takes_writes():
            reasons.add("Redis takes no writes")
        if not self.companions():
            reasons.add("no companion runs")
        if self.disk_is_full():
            reasons.add("the disk is full")
        if self.calls_fail():
            reasons.add("the last call of the model failed")
        return reasons

    def calls_fail(self):
        """Whether the last call that ended failed, and everybody had time to hear of it."""
        ended = [call for call in self.model.calls if call.ended]
        if not ended:
            return False
        last, now = max(ended, key=lambda call: call.ended), time.monotonic()
        if now - last.ended < TO_TELL or self.was_struck(last.began, now):
            return False
        return not any(call.answered and call.ended >= last.began for call in ended)

    def close(self):
        self.model.become("well")
        self.model.close()
        if self.server and self.server.process:
            self.server.go_on()
        super().close()
