"""What it costs to see how things stand: `holdfast status` beside `redis-cli PING`, and the page, as Redis fills up.

    status.py BIN SCRATCH SOCKET [RUNS]

BIN is the folder of the static executables, SOCKET that of an empty Redis. Sessions and episodes are written as the
scripts leave them; the queue's archive is said to belong to somebody else, so that the companion leaves them alone.
"""
import http.client
import json
import os
import statistics
import subprocess
import sys
import time

BAR_TO_PING, BAR_TO_SMALL = 2.0, 1.3
SESSIONS = """
local now = tonumber(ARGV[3])
for n = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local id, key = string.format('00000000-0000-4000-8000-%012d', n), string.format('bench/%012d', n)
  redis.call('HSET', '{holdfast}:session:' .. id, 'dispatch_key', key, 'state', 'idle', 'last_used_ms', now - n,
    'host', 'elsewhere-00000000', 'cwd', '/home/dev/project', 'turns', '3')
  redis.call('HSET', '{holdfast}:binding:' .. key, 'session_id', id, 'last_used_ms', now - n)
  redis.call('ZADD', '{holdfast}:sessions', now - n, id)
  redis.call('ZADD', '{holdfast}:open', now - n, id)
  redis.call('ZADD', '{holdfast}:bindings', now - n + 172800000, key)
end
"""
EPISODES = """
local now, pool = tonumber(ARGV[3]), ARGV[4]
for n = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local id = string.format('%032x', n)
  redis.call('HSET', pool .. 'episode:' .. id, 'session_id', 's' .. n, 'dispatch_key', 'bench/' .. n, 'captured_ms', now,
    'archived', '1', 'retry_count', '1', 'error_type', 'timeout', 'error_message', 'too late', 'failed_ms', now - n,
    'content', '{}')
  redis.call('ZADD', pool .. 'schedule', now + n * 100, id)
  redis.call('ZADD', pool .. (n % 2 == 0 and 'failed' or 'pending'), now - n, id)
end
"""


class Bench:
    def __init__(self, folder, scratch, path, runs):
        self.bin, self.scratch, self.socket, self.runs = folder, scratch, path, runs
        self.page = scratch + "/page.sock"
        os.makedirs(scratch + "/config", exist_ok=True)
        with open(scratch + "/config/holdfast.json", "w") as file:
            json.dump({"dashboard": {"listen": "unix:" + self.page}}, file)
        self.environment = dict(
            os.environ, HOME=scratch, HOLDFAST_STATE_DIR=scratch + "/state", HOLDFAST_CONFIG_DIR=scratch + "/config",
            HOLDFAST_REDIS_URL="unix:" + path)

    def redis(self, *words):
        done = subprocess.run(["redis-cli", "-s", self.socket, *map(str, words)], capture_output=True, check=True)
        return done.stdout.decode().strip()

    def fill(self, script, first, last, *more):
        for start in range(first, last, 1000):
            self.redis("EVAL", script, 0, start, min(start + 999, last - 1), int(time.time() * 1000), *more)

    def took(self, *command):
        start = time.perf_counter()
        subprocess.run(command, env=self.environment, stdout=subprocess.DEVNULL, check=True)
        return time.perf_counter() - start

    def asked(self, path):
        """Seconds that one request takes, on a connection of its own."""
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket_to(self.page)
        start = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": "Bearer " + self.token})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        return time.perf_counter() - start

    def medians(self):
        status, ping, page, api = [], [], [], []
        for _ in range(self.runs):
            ping.append(self.took("redis-cli", "-s", self.socket, "PING"))
            status.append(self.took(self.bin + "/holdfast", "status"))
            page.append(self.asked("/"))
            api.append(self.asked("/api/v1/status"))
        return [statistics.median(times) * 1000 for times in (status, ping, page, api)]

    def run(self):
        companion = subprocess.Popen([self.bin + "/holdfast-companion"], env=self.environment, stderr=subprocess.DEVNULL)
        try:
            wait(lambda: os.path.exists(self.page) and os.path.exists(self.scratch + "/state/dashboard.token"))
            with open(self.scratch + "/state/dashboard.token") as file:
                self.token = file.read().strip()
            with open(self.scratch + "/state/host") as file:
                pool = "{holdfast:%s}:" % file.read().strip()
            self.redis("SET", pool + "archive_owner", "another:1:1")
            self.beat()
            print("How things stand, in ms, the median of %d interleaved runs.\n" % self.runs)
            print("%12s%12s%12s%12s%12s%12s" % ("sessions", "episodes", "status", "redis-cli", "page", "JSON"))
            small = self.row(1_000, 100, pool)
            large = self.row(1_000_000, 100_000, pool)
            judge("holdfast status, to redis-cli PING", large[0] / large[1], BAR_TO_PING)
            print("\nAt 1,000,000 sessions and 100,000 episodes, to 1,000 and 100; each beside redis-cli PING of its time.\n")
            for name, column in (("holdfast status", 0), ("the JSON of the status", 3), ("the page", 2)):
                judge(name, large[column] / large[1] / (small[column] / small[1]), BAR_TO_SMALL)
        finally:
            companion.terminate()
            companion.wait()

    def beat(self):
        """Of the companion that has the archive: whoever asks for the status learns from it what lies there."""
        now = int(time.time() * 1000)
        self.redis("HSET", "{holdfast}:companion:another", "archive_counted_ms", now, "archive_episodes", 9, "pid", 1)
        self.redis("ZADD", "{holdfast}:companions", now, "another")

    filled = [0, 0]

    def row(self, sessions, episodes, pool):
        self.fill(SESSIONS, self.filled[0], sessions)
        self.fill(EPISODES, self.filled[1], episodes, pool)
        self.filled = [sessions, episodes]
        figures = self.medians()
        print("%12d%12d%12.2f%12.2f%12.2f%12.2f" % (sessions, episodes, *figures))
        return figures


def socket_to(path):
    import socket
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    return connection


def wait(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "the companion does not serve"
        time.sleep(0.02)


def judge(what, ratio, bar):
    print("%s %s: bar %.2f, measured %.2f" % ("over " if ratio > bar else "ok   ", what, bar, ratio))


if __name__ == "__main__":
    Bench(*sys.argv[1:4], int(sys.argv[4]) if len(sys.argv) > 4 else 60).run()
