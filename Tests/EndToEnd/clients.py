"""clients.py newest|VERSION FOLDER: brings a Claude Code client into the folder; prints its version and its path.

Clients come inside the wheels of claude-agent-sdk, which are fetched and unpacked once. A wheel that lies in the folder
is not fetched.
"""
import datetime
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

PACKAGE = "claude-agent-sdk"
# Version of the client → of the package that brings it.
KNOWN = {
    "2.1.81": "0.1.50", "2.1.139": "0.1.81", "2.1.206": "0.2.115", "2.1.235": "0.2.140", "2.1.329": "0.2.186",
    "2.1.332": "0.2.189",
}
# Taken for the newest where the index cannot be asked, with the day on which it was.
PINNED, PINNED_ON = "0.2.189", datetime.date(2026, 11, 28)
OLDEST = datetime.timedelta(days=30)


class Failure(Exception):
    pass


def pip(*words):
    done = subprocess.run([sys.executable, "-m", "pip", *words, "--disable-pip-version-check"], timeout=600,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise Failure(done.stderr.decode().strip().rpartition("\n")[2])
    return done.stdout.decode()


def parts(version):
    return tuple(map(int, version.split(".")))


def newest(today, index):
    """The package's newest version as the index has it; the pinned one where that is younger or there is no answer.

    Raises Failure where the pinned one may be older than 30 days.
    """
    try:
        found = re.search(r"^%s \((\d+(?:\.\d+)+)\)" % PACKAGE, index(), re.MULTILINE)
        if found and parts(found.group(1)) >= parts(PINNED):
            return found.group(1)
        why = "the index names none that is younger than %s" % PINNED
    except (Failure, OSError, subprocess.SubprocessError) as reason:
        why = str(reason)
    if today - PINNED_ON > OLDEST:
        raise Failure("which client is the newest could not be found out (%s), and the pinned one is of %s: let pip "
                      "reach its index, or renew PINNED in Tests/EndToEnd/clients.py" % (why, PINNED_ON))
    print("end-to-end: taking %s %s for the newest: %s" % (PACKAGE, PINNED, why), file=sys.stderr)
    return PINNED


def wheel_of(package, folder):
    pattern = "%s-%s-*.whl" % (PACKAGE.replace("-", "_"), package)
    if not list(folder.glob(pattern)):
        print("end-to-end: fetching %s==%s" % (PACKAGE, package), file=sys.stderr)
        try:
            pip("download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder),
                "%s==%s" % (PACKAGE, package))
        except Failure as reason:
            raise Failure("pip could not fetch %s==%s (%s); put its wheel into %s to go without"
                          % (PACKAGE, package, reason, folder))
    return next(folder.glob(pattern))


def unpack(wheel, folder):
    """A broken unpacking leaves nothing behind."""
    partial = folder.with_name("%s.%d" % (folder.name, os.getpid()))
    partial.mkdir()
    try:
        with zipfile.ZipFile(str(wheel)) as archive:
            text = archive.read("claude_agent_sdk/_cli_version.py").decode()
            version = re.search(r'__cli_version__ = "([\d.]+)"', text).group(1)
            with archive.open("claude_agent_sdk/_bundled/claude") as source:
                with open(str(partial / "claude"), "wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
        (partial / "claude").chmod(0o755)
        (partial / "version").write_text(version)
        partial.rename(folder)
    except (AttributeError, KeyError, OSError, zipfile.BadZipFile) as problem:
        raise Failure("%s holds no client (%s); remove it and run again" % (wheel, problem))
    finally:
        shutil.rmtree(str(partial), ignore_errors=True)


def bring(package, folder):
    place = folder / ("%s-%s" % (PACKAGE, package))
    if not (place / "version").exists():
        wheel = wheel_of(package, folder)
        shutil.rmtree(str(place), ignore_errors=True)
        unpack(wheel, place)
    return (place / "version").read_text(), place / "claude"


def main():
    wanted, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if wanted == "newest":
            package = newest(datetime.date.today(), lambda: pip("index", "versions", PACKAGE))
        elif wanted in KNOWN:
            package = KNOWN[wanted]
        else:
            raise Failure("no client is called '%s'; say 'newest' or one of %s" % (wanted, ", ".join(KNOWN)))
        version, claude = bring(package, folder)
    except Failure as reason:
        sys.exit("end-to-end: %s" % reason)
    if wanted not in ("newest", version):
        sys.exit("end-to-end: %s %s brings %s, not %s" % (PACKAGE, package, version, wanted))
    print(version, claude)


if __name__ == "__main__":
    main()
