"""Measures hooks beside 100,000 conversations and beside none, and holds the one against the other.

    conversations.py BIN SCRATCH FULL EMPTY [RUNS]

BIN holds the static holdfast-hook; FULL and EMPTY are sockets of empty redis-servers, the first of which is filled. A
missed bar is told and is no failure.
"""
import json
import os
import statistics
import subprocess
import sys
import time

BIN, SCRATCH, FULL, EMPTY = sys.argv[1:5]
RUNS = int(sys.argv[5]) if len(sys.argv) > 5 else 200
BAR, CONVERSATIONS, MESSAGES = 1.05, 100_000, 10
FILL = """
for n = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local key = '{holdfast}:conversation:others/' .. n
  for m = 1, %d do redis.call('RPUSH', key, ARGV[3]) end
  redis.call('EXPIRE', key, 86400)
end
""" % MESSAGES
SESSION = "00000000-0000-4000-8000-000000000001"


def fill():
    said = json.dumps({"role": "user", "at": "2026-11-20T10:00:00.000Z", "session": SESSION, "text": "go on " * 30})
    for start in range(0, CONVERSATIONS, 1000):
        subprocess.run(["redis-cli", "-s", FULL, "EVAL", FILL, "0", str(start), str(start + 999), said],
                       stdout=subprocess.DEVNULL, check=True)


def microseconds(event, socket):
    """Of one hook, from spawn to exit. What it leaves behind is waited for: it would compete with the next."""
    state = SCRATCH + "/" + os.path.basename(socket)
    transcript = SCRATCH + "/claude/projects/-bench/%s.jsonl" % SESSION
    payload = {"session_id": SESSION, "transcript_path": transcript, "cwd": SCRATCH, "hook_event_name": event,
               "source": "startup"}
    environment = {"PATH": os.environ["PATH"], "HOME": SCRATCH, "HOLDFAST_REDIS_URL": "unix:" + socket,
                   "HOLDFAST_STATE_DIR": state, "HOLDFAST_CONFIG_DIR": SCRATCH + "/config",
                   "CLAUDE_CONFIG_DIR": SCRATCH + "/claude", "HOLDFAST_KEY": "bench/1", "CLAUDE_PID": str(os.getpid())}
    began = time.perf_counter()
    subprocess.run([BIN + "/holdfast-hook"], input=json.dumps(payload).encode(), env=environment,
                   stdout=subprocess.DEVNULL, check=True)
    took = time.perf_counter() - began
    while any(".note" in name for name in os.listdir(state + "/spool")):
        time.sleep(0.005)
    return took * 1e6


def main():
    os.makedirs(SCRATCH + "/claude/projects/-bench", exist_ok=True)
    os.makedirs(SCRATCH + "/config", exist_ok=True)
    with open(SCRATCH + "/claude/projects/-bench/%s.jsonl" % SESSION, "w") as file:
        file.write(json.dumps({"type": "user", "uuid": "1", "sessionId": SESSION,
                               "message": {"role": "user", "content": "go on"}}) + "\n")
    # No companion is started by a hook of the bench.
    with open(SCRATCH + "/config/holdfast.json", "w") as file:
        json.dump({"companion": {"autostart": False}}, file)
    fill()
    print("Hooks beside %s conversations of %d messages and beside none, medians of %d interleaved runs, in µs.\n"
          % (format(CONVERSATIONS, ","), MESSAGES, RUNS))
    for event in ("SessionStart", "UserPromptSubmit", "Stop"):
        times = {FULL: [], EMPTY: []}
        for _ in range(RUNS):
            for socket, taken in times.items():
                taken.append(microseconds(event, socket))
        full, empty = (statistics.median(times[socket]) for socket in (FULL, EMPTY))
        print("%s %-16s %7.0f %7.0f  bar %.2f, measured %.2f"
              % ("ok  " if full / empty <= BAR else "over", event, full, empty, BAR, full / empty))


main()
