"""Reads /proc: which processes belong to a house."""
import os
import signal


def _read(pid, name):
    try:
        with open("/proc/%d/%s" % (pid, name), "rb") as file:
            return file.read()
    except OSError:  # gone meanwhile, or a zombie
        return b""


def _link(pid, name):
    try:
        return os.readlink("/proc/%d/%s" % (pid, name))
    except OSError:
        return ""


def program(pid):
    """The real path of what a process runs; empty for one that is gone or a zombie."""
    return _link(pid, "exe")


def alive(pid):
    return program(pid) != ""


def parent(pid):
    # The name, in parentheses, may hold spaces and parentheses of its own.
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def of_folder(folder):
    """Processes whose environment, command line or working directory names the folder, but not this one.

    Redis writes over its own environment for its title, hence the working directory.
    """
    needle, found = os.fsencode(str(folder)), []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        pid = int(name)
        if needle in _read(pid, "environ") or needle in _read(pid, "cmdline") or str(folder) in _link(pid, "cwd"):
            if alive(pid):
                found.append(pid)
    return found


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def end(pid):
    # A stopped process dies of KILL too.
    send(pid, signal.SIGKILL)
