"""Redis as people run it: over TLS, with sentinels, as a cluster; of real servers on loopback, in the test's own network."""
import random
import shlex
import socket
import subprocess

from house import BIN
from polling import until


GIVEN = set()


def free_ports(count):
    """None of them twice, and none that the system gives to who connects."""
    found = []
    while len(found) < count:
        port = random.randrange(15000, 32000)
        with socket.socket() as one:
            if port in GIVEN or one.connect_ex(("127.0.0.1", port)) == 0:
                continue
        GIVEN.add(port)
        found.append(port)
    return found


class Group:
    """Some servers, and the URL by which hosts reach them."""

    url = ""
    settings = {}

    def __init__(self, folder):
        self.folder, self.servers = folder, {}

    def start(self, port, *lines, sentinel=False, plain=True):
        place = self.folder / str(port)
        place.mkdir(parents=True)
        own = ["port %d" % (port if plain else 0), "bind 127.0.0.1", 'save ""', "dir %s" % place]
        (place / "redis.conf").write_text("\n".join([*own, *lines]) + "\n")
        self.servers[port] = subprocess.Popen(
            ["redis-server", str(place / "redis.conf"), *(["--sentinel"] if sentinel else [])],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: self.ask(port, "PING") == "PONG", "the server on %d" % port)

    def options(self):
        """Of redis-cli."""
        return []

    def ask(self, port, *words):
        done = subprocess.run(["redis-cli", "-p", str(port), *self.options(), *map(str, words)], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=5)
        return done.stdout.decode().strip()

    def kill(self, port):
        self.servers[port].kill()
        self.servers[port].wait()

    def close(self):
        for server in self.servers.values():
            server.kill()
            server.wait()


class OverTLS(Group):
    """One server that speaks TLS alone, wants a certificate of ours, and gives its one user besides ours the rights that
    `holdfast config acl` prints."""

    def __init__(self, folder):
        super().__init__(folder)
        folder.mkdir()
        self.ca, self.password = folder / "ca.pem", folder / "password"
        self.openssl("req", "-x509", *self.new_key("ca"), "-out", self.ca, "-subj", "/CN=Test authority", "-days", "400")
        for name in ("server", "client"):
            self.certify(name)
        [self.port] = free_ports(1)
        self.password.write_text("a word of ours\n")
        self.password.chmod(0o600)
        self.url = "rediss://localhost:%d" % self.port
        self.settings = {"redis": {
            "password_file": str(self.password), "user": "joe",
            "tls_ca_file": str(self.ca), "tls_cert_file": str(folder / "client.pem"),
            "tls_key_file": str(folder / "client.key")}}
        self.start(self.port, "tls-port %d" % self.port, "tls-cert-file %s/server.pem" % folder,
                   "tls-key-file %s/server.key" % folder, "tls-ca-cert-file %s" % self.ca, "tls-auth-clients yes",
                   'user default on >ours ~* &* +@all', plain=False)
        line = subprocess.run([str(BIN / "holdfast"), "config", "acl", "--user", "joe"], check=True, stdout=subprocess.PIPE)
        rule = shlex.split(line.stdout.decode().replace("PASSWORD", self.password.read_text().strip()))
        assert self.ask(self.port, *rule) == "OK"

    def refused(self):
        """What our user was refused, as the server tells it."""
        assert self.ask(self.port, "PING") == "PONG", "who cannot be asked has refused nothing either"
        return self.ask(self.port, "ACL", "LOG")

    def new_key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.folder / (name + ".key")]

    def certify(self, name, days=365):
        request, extra = self.folder / (name + ".csr"), self.folder / (name + ".ext")
        extra.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self.openssl("req", "-new", *self.new_key(name), "-out", request, "-subj", "/CN=" + name)
        self.openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.folder / "ca.key", "-CAcreateserial",
                     "-days", days, "-extfile", extra, "-out", self.folder / (name + ".pem"))

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def renew(self, days):
        """A certificate of so many days, which whoever connects from now on is shown; all connect anew."""
        self.certify("server", days)
        assert self.ask(self.port, "CONFIG", "SET", "tls-cert-file", self.folder / "server.pem", "tls-key-file",
                        self.folder / "server.key") == "OK"
        self.ask(self.port, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def options(self):
        return ["--tls", "--cacert", str(self.ca), "--cert", str(self.folder / "client.pem"),
                "--key", str(self.folder / "client.key"), "--pass", "ours", "--no-auth-warning"]


class OverSentinels(Group):
    """A master, its replica, and three sentinels that take it for dead after half a second."""

    def __init__(self, folder):
        super().__init__(folder)
        self.master, self.replica, *self.sentinels = free_ports(5)
        self.start(self.master)
        self.start(self.replica, "replicaof 127.0.0.1 %d" % self.master)
        for port in self.sentinels:
            self.start(port, "sentinel monitor main 127.0.0.1 %d 2" % self.master,
                       "sentinel down-after-milliseconds main 500", "sentinel failover-timeout main 2000", sentinel=True)
        until(lambda: all("num-other-sentinels\n2\n" in self.ask(port, "SENTINEL", "MASTER", "main") for port in self.sentinels),
              "sentinels that know one another")
        self.url = "redis+sentinel://%s/main" % ",".join("127.0.0.1:%d" % port for port in self.sentinels)


class OverACluster(Group):
    """Three masters, each with a replica."""

    def __init__(self, folder):
        super().__init__(folder)
        ports, buses = free_ports(6), free_ports(6)
        for port, bus in zip(ports, buses):
            self.start(port, "cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 1000",
                       "cluster-port %d" % bus, "cluster-replica-validity-factor 0", "repl-diskless-sync-delay 0")
        for port, (first, last) in zip(ports, ((0, 5460), (5461, 10922), (10923, 16383))):
            assert self.ask(port, "CLUSTER", "ADDSLOTSRANGE", first, last) == "OK"
        for port, bus in zip(ports[1:], buses[1:]):
            assert self.ask(ports[0], "CLUSTER", "MEET", "127.0.0.1", port, bus) == "OK"
        until(lambda: all(len(self.nodes(port)) == 6 for port in ports), "nodes that know one another")
        for port, master in zip(ports[3:], ports):
            until(lambda: self.ask(port, "CLUSTER", "REPLICATE", self.ask(master, "CLUSTER", "MYID")) == "OK", "a replica")
        until(lambda: all("cluster_state:ok" in self.ask(port, "CLUSTER", "INFO")
                          and sum("slave" in line for line in self.nodes(port)) == 3 for port in ports), "a cluster")
        until(lambda: all("master_link_status:up" in self.ask(port, "INFO", "replication") for port in ports[3:]),
              "replicas that follow")
        self.ports = ports
        self.url = "redis+cluster://127.0.0.1:%d,127.0.0.1:%d" % tuple(ports[:2])

    def nodes(self, port):
        return self.ask(port, "CLUSTER", "NODES").splitlines()

    def master_of(self, key):
        """The port of the master that has the key's slot now."""
        slot = int(self.ask(self.living(), "CLUSTER", "KEYSLOT", key))
        for line in self.nodes(self.living()):
            words = line.split()
            for part in words[8:] if "master" in words[2] and "fail" not in words[2] else ():
                first, _, last = part.partition("-")
                if first.isdigit() and int(first) <= slot <= int(last or first):
                    return int(words[1].split("@")[0].rpartition(":")[2])
        return None

    def living(self):
        return next(port for port, server in self.servers.items() if server.poll() is None)


def wait_for_a_new_master(group, key, old):
    until(lambda: group.master_of(key) not in (old, None), "another master")
