"""What the companion's relay costs: a hook over TLS beside one at a plain Unix socket, hooks a second through one relay,
and the relay's memory over thousands of connections.

    relay.py BIN SCRATCH [RUNS [SECONDS [CONNECTIONS]]]

BIN is the folder of the static executables. One Redis serves both: by its Unix socket, and over TLS with a certificate
that is made here.
"""
import glob
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time

BAR_HOOK, BAR_RATE = 1.3, 1000
# A companion's answers, page and archive have grown to what they are by then.
WARM = 500


def certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/server.key",
         "-out", folder + "/server.pem"], check=True, stderr=subprocess.DEVNULL)


class Server:
    def __init__(self, scratch):
        certificate(scratch)
        self.socket, self.port = scratch + "/redis.sock", random.randrange(15000, 32000)
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", scratch, "--bind", "127.0.0.1",
             "--tls-port", str(self.port), "--tls-cert-file", scratch + "/server.pem", "--tls-key-file", scratch + "/server.key",
             "--tls-ca-cert-file", scratch + "/server.pem", "--tls-auth-clients", "no"], stdout=subprocess.DEVNULL)
        while subprocess.run(["redis-cli", "-s", self.socket, "ping"], capture_output=True, check=False).returncode:
            if self.process.poll() is not None:
                raise SystemExit("redis-server did not start; does its version speak TLS?")
            time.sleep(0.01)

    def close(self):
        self.process.kill()
        self.process.wait()


class Host:
    """A state folder with its companion, which reaches the server at a URL."""

    def __init__(self, folder, scratch, name, url):
        self.bin, self.home = folder, f"{scratch}/{name}"
        for part in ("config", "claude/projects/-relay"):
            os.makedirs(f"{self.home}/{part}")
        with open(self.home + "/config/holdfast.json", "w", encoding="utf-8") as file:
            json.dump({"dashboard": {"enabled": False}, "redis": {"tls_ca_file": scratch + "/server.pem"}}, file)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.home, "HOLDFAST_STATE_DIR": self.home + "/state",
            "HOLDFAST_CONFIG_DIR": self.home + "/config", "CLAUDE_CONFIG_DIR": self.home + "/claude",
            "CLAUDE_PROJECT_DIR": self.home, "HOLDFAST_REDIS_URL": url, "HOLDFAST_KEY": "coder/1"}
        self.session = "00000001-0000-4000-8000-000000000001"
        self.input = self.home + "/input"
        with open(self.input, "w", encoding="utf-8") as file:
            json.dump({
                "hook_event_name": "UserPromptSubmit", "session_id": self.session, "cwd": self.home, "prompt": "p" * 400,
                "transcript_path": f"{self.home}/claude/projects/-relay/{self.session}.jsonl"}, file)

    def holdfast(self, *words):
        return subprocess.run(
            [self.bin + "/holdfast", *words], env=self.environment, check=True, capture_output=True, text=True).stdout

    def hook(self):
        """Seconds of one hook as a whole process."""
        began = time.perf_counter()
        pid = os.posix_spawn(self.bin + "/holdfast-hook", ["holdfast-hook"], self.environment, file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, self.input, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0), (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
        os.waitpid(pid, 0)
        return time.perf_counter() - began

    def notes(self):
        """Hooks that did not reach Redis and left a note."""
        return sum(len(files) for _, _, files in os.walk(self.home + "/state/spool/waiting"))

    @property
    def companion(self):
        with open(self.home + "/state/companion.lock", encoding="utf-8") as file:
            return int(file.read().split()[0])

    def cost(self):
        """Seconds of processor that the companion has used."""
        with open(f"/proc/{self.companion}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Bytes of the companion's own pages."""
        with open(f"/proc/{self.companion}/smaps_rollup", encoding="utf-8") as file:
            return 1000 * sum(int(line.split()[1]) for line in file if line.startswith(("Private_Dirty", "Private_Clean")))


def compare(plain, relayed, runs):
    for _ in range(20):
        plain.hook(), relayed.hook()
    pairs = [(plain.hook(), relayed.hook()) for _ in range(runs)]
    one, other = (statistics.median(pair[place] for pair in pairs) for place in (0, 1))
    print(
        f"a hook over TLS: {other * 1e6:.0f} us by the relay, {one * 1e6:.0f} us at a plain Unix socket: "
        f"{other / one:.2f} times (bar {BAR_HOOK})")


def rate(host, seconds, beside=8):
    counts, ends = [0] * beside, time.monotonic() + seconds
    before, began = host.cost(), time.monotonic()

    def work(place):
        while time.monotonic() < ends:
            host.hook()
            counts[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(beside)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, used, done = time.monotonic() - began, host.cost() - before, sum(counts)
    print(
        f"hooks through one relay: {done / took:.0f} a second, each a process of its own on these {os.cpu_count()} cores "
        f"(bar {BAR_RATE}); the companion takes {used / done * 1e6:.0f} us of a core for each; {host.notes()} notes were left")


class Client:
    """A connection to the relay, as a program makes one that asks a question."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)

    def ask(self):
        self.socket.sendall(b"*2\r\n$3\r\nGET\r\n$19\r\n{holdfast}:no:of:it\r\n")
        answer = b""
        while not answer.endswith(b"\r\n"):
            answer += self.socket.recv(100)
        assert answer == b"$-1\r\n", answer

    def close(self):
        self.socket.close()


def questions(path, seconds, beside=50):
    """Questions a second over connections that stay, one at a time on each: how fast the relay is where nobody starts a
    process for one."""
    clients = [Client(path) for _ in range(beside)]
    done, ends = 0, time.monotonic() + seconds
    request = b"*2\r\n$3\r\nGET\r\n$19\r\n{holdfast}:no:of:it\r\n"
    while time.monotonic() < ends:
        for client in clients:
            client.socket.sendall(request)
        for client in clients:
            assert client.socket.recv(100) == b"$-1\r\n"
        done += beside
    for client in clients:
        client.close()
    print(f"questions through one relay, {beside} at a time: {done / seconds:,.0f} a second")


def memory(host, path, connections):
    def one_after_the_other(count):
        for _ in range(count):
            client = Client(path)
            client.ask()
            client.close()

    one_after_the_other(WARM)
    first = host.memory()
    one_after_the_other(connections)
    later = host.memory()
    many = [Client(path) for _ in range(500)]
    for client in many:
        client.ask()
    held = host.memory()
    for client in many:
        client.close()
    print(
        f"the companion's memory: {first / 1e6:.1f} MB, after {connections:,} connections {later / 1e6:.1f} MB "
        f"({(later - first) / connections:+.0f} bytes each), with 500 at once {held / 1e6:.1f} MB")


def main():
    folder, scratch = sys.argv[1], sys.argv[2]
    runs, seconds, connections = (
        int(sys.argv[place]) if len(sys.argv) > place else most for place, most in ((3, 300), (4, 10), (5, 10_000)))
    server = Server(scratch)
    hosts = []
    try:
        plain = Host(folder, scratch, "plain", "unix:" + server.socket)
        relayed = Host(folder, scratch, "relayed", f"rediss://localhost:{server.port}")
        for host in (plain, relayed):
            host.holdfast("up", "--only")
            hosts.append(host)
        [path] = glob.glob(relayed.home + "/state/**/relay-*.sock", recursive=True)
        compare(plain, relayed, runs)
        rate(relayed, seconds)
        questions(path, seconds)
        memory(relayed, path, connections)
    finally:
        for host in hosts:
            host.holdfast("down")
        server.close()


if __name__ == "__main__":
    main()
