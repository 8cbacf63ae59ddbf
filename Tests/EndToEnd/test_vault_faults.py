"""Whatever dies or is full while the vault is written: every byte is kept, once."""
import io
import json
import os
import random
import re
import signal
import subprocess
import tarfile
from collections import Counter

from faults import FILE_CALLS, FULL, STRACE, Scene, Transcript, needs_strace
from house import BIN, smoke
from polling import until
from test_faults import SmallDisk, TracedTest

# So many places a run, of all that there are; drawn anew each time, with the seed in the test's name.
RUNS = 200 if FULL else 12
ERRORS = ("ENOSPC", "EIO")


class Keeping:
    """What tests of the vault have in common."""

    def holdfast(self, *words, through=()):
        return self.house.execute([*through, BIN / "holdfast", *words])

    def sync(self, through=()):
        return self.holdfast("sync", "--json", through=through)[0]

    def assertKept(self, transcript):
        """That the vault gives back what lies on disk, and holds it once."""
        session = transcript.path.stem
        command = [str(word) for word in [*self.house.prefix, BIN / "holdfast", "vault", "export", session]]
        done = subprocess.run(command, env=self.house.environment(), cwd=str(self.house.project),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        plain = subprocess.run(["zstd", "-dc"], input=done.stdout, stdout=subprocess.PIPE, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
            kept = archive.extractfile(session + ".jsonl").read()
        self.assertEqual(kept, transcript.path.read_bytes())

    def assertWhole(self, *transcripts):
        """That the vault holds all of them, once, and nothing else."""
        for transcript in transcripts:
            self.assertKept(transcript)
        code, output = self.holdfast("vault", "verify", "--json")
        self.assertEqual(code, 0, output)
        status = json.loads(self.holdfast("vault", "status", "--json")[1])
        size = sum(one.path.stat().st_size for one in transcripts)
        self.assertEqual((status["kept_bytes"], status["files"], status["waiting_parts"]),
                         (size, len(transcripts), 0))


class VaultTest(Keeping, TracedTest):
    pass


@needs_strace
class DisturbedVault(VaultTest):
    def setUp(self):
        super().setUp()
        self.first = Transcript(self.house).add_turns(3)
        self.sync()
        # What is there grows, and something new comes: a segment gives way to a larger one.
        self.first.add_turns(2)
        self.second = Transcript(self.house).add_turns(1)
        self.scene = Scene(self.house)

    def positions(self):
        """Every system call of a whole filling of the vault, from the first that is about it."""
        self.assertEqual(self.sync(self.tracer.watching()), 0)
        positions = self.tracer.positions()
        begun = next(index for index, (_, _, line) in enumerate(positions) if "/vault" in line)
        return positions[begun:]

    def disturbed(self, faults):
        struck = 0
        for call, number, fault, line in faults:
            with self.subTest(fault=fault, before=line):
                self.scene.restore()
                code = self.sync(self.tracer.injecting(call, number, fault))
                struck += code == -signal.SIGKILL or self.tracer.struck()
                self.sync()
                self.assertWhole(self.first, self.second)
        self.assertMost(struck, faults)

    def test_killed_anywhere(self):
        positions = self.positions()
        chosen = random.sample(positions, min(RUNS, len(positions)))
        self.disturbed([(call, number, "signal=KILL", line) for call, number, line in chosen])

    def test_on_a_disk_that_fails(self):
        positions = [position for position in self.positions() if position[0] in FILE_CALLS]
        chosen = random.sample(positions, min(RUNS, len(positions)))
        self.disturbed([(call, number, "error=" + random.choice(ERRORS), line) for call, number, line in chosen])


@needs_strace
class DisturbedCapturer(VaultTest):
    def test_a_capturer_killed_anywhere_and_the_transcript_gone(self):
        self.first = Transcript(self.house).add_turns(3)
        note = self.house.leave_note(self.first)
        scene = Scene(self.house)
        positions = self.watch_capturer(note)
        # How often it waits hangs on the machine: what two runs have, a third has, too.
        scene.restore()
        again = {(call, number) for call, number, _ in self.watch_capturer(note)}
        positions = [position for position in positions if position[:2] in again]
        chosen = random.sample(positions, min(RUNS, len(positions)))
        whole = self.first.path.read_bytes()
        struck = 0
        for call, number, line in chosen:
            with self.subTest(killed_before=line):
                scene.restore()
                code, _ = self.house.capture_note(note, self.tracer.injecting(call, number, "signal=KILL"))
                struck += code == -signal.SIGKILL
                self.house.end(self.first)
                # Nobody but the capturer has looked at it since.
                self.first.path.unlink()
                self.sync()
                self.first.path.write_bytes(whole)
                self.assertKept(self.first)
        self.assertMost(struck, chosen)


@needs_strace
class DisturbedCompanion(VaultTest):
    """kill -9 of the companion before the system calls by which it fills and tidies the vault, and reads in it."""

    def setUp(self):
        super().setUp()
        self.house.configure(inactivity_timeout_seconds=1, check_interval_seconds=1)
        self.first = Transcript(self.house).add_turns(30)
        self.sync()
        # What is there grows, so that more than half of the pack lies there for nothing; and something new comes.
        self.first.add_turns(40)
        self.sync()
        self.first.add_turns(2)
        self.second = Transcript(self.house).add_turns(1)
        for transcript in (self.first, self.second):
            rested = os.path.getmtime(str(transcript.path)) - 120
            os.utime(str(transcript.path), (rested, rested))
        self.scene = Scene(self.house)
        vault = self.house.state / "vault"
        files = [*vault.glob("index.sqlite*"), vault / "index.sqlite-wal", vault / "lock", vault / "packs",
                 *(vault / "packs" / ("%08d.pack" % number) for number in range(1, 8))]
        self.paths = [word for path in dict.fromkeys(files) for word in ("-P", path)]
        self.trace, self.struck = self.house.root / "trace", self.house.root / "struck"

    def companion(self, *options):
        command = [STRACE, "-f", "-qq", *options, *self.paths, BIN / "holdfast-companion"]
        process = subprocess.Popen([str(word) for word in command], env=self.house.environment(),
                                   cwd=str(self.house.project), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop, process)
        return process

    def stop(self, process):
        if process.poll() is None:
            for child in re.findall(r"\d+", self.children(process.pid)):
                os.kill(int(child), signal.SIGKILL)
            process.wait(timeout=30)

    @staticmethod
    def children(pid):
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
                return file.read()
        except OSError:
            return ""

    def is_filled(self):
        status = json.loads(self.holdfast("vault", "status", "--json")[1] or b"{}")
        size = sum(one.path.stat().st_size for one in (self.first, self.second))
        return (status.get("kept_bytes") == size and bool(status.get("transcripts"))
                and not (self.house.state / "vault" / "packs" / "00000001.pack").exists())

    def positions(self):
        """Each call about the vault's files of the thread that fills it, as (name, how many of that name, line)."""
        process = self.companion("-o", self.trace)
        until(self.is_filled, "a vault that is filled and tidied", deadline=60)
        self.stop(process)
        lines = re.findall(r"^(\d+) +((\w+)\(.*)", self.trace.read_text(errors="replace"), re.M)
        [(keeper, _)] = Counter(thread for thread, line, _ in lines if ".pack" in line).most_common(1)
        seen, found = Counter(), []
        for thread, line, call in lines:
            if thread == keeper:
                seen[call] += 1
                found.append((call, seen[call], line))
        return found

    def test_killed_anywhere(self):
        positions = self.positions()
        self.assertTrue({"fdatasync", "unlink"} <= {call for call, _, _ in positions}, "it was written and tidied")
        chosen, struck = random.sample(positions, min(RUNS, len(positions))), 0
        for call, number, line in chosen:
            with self.subTest(killed_before=line):
                self.scene.restore()
                process = self.companion("-o", self.struck, "-e", "trace=" + call, "-e",
                                         "inject=%s:signal=KILL:when=%d" % (call, number))
                until(lambda: process.poll() is not None or self.is_filled(), "an end", deadline=60)
                struck += process.poll() is not None
                self.stop(process)
                self.sync()
                self.assertWhole(self.first, self.second)
        # A thread of another number may open the vault first: more of them may miss than of a program that runs alone.
        self.assertGreaterEqual(struck, len(chosen) // 2, "of %d" % len(chosen))


@needs_strace
class DisturbedForgetting(VaultTest):
    def test_what_is_forgotten_is_gone_wherever_it_was_killed(self):
        first, second = Transcript(self.house).add_turns(2), Transcript(self.house).add_turns(2)
        line, _ = first.line("user", "the code is PELICAN-4711")
        first.append(line)
        self.sync()
        scene, words = Scene(self.house), ["forget", "--text", "PELICAN-4711", "--yes", "--json"]
        self.holdfast(*words, through=self.tracer.watching())
        positions = self.tracer.positions()
        begun = next(index for index, (_, _, line) in enumerate(positions) if "/vault/lock" in line)
        last = max(index for index, (_, _, line) in enumerate(positions) if "/vault/" in line)
        places = positions[begun:last + 1]
        chosen, struck = random.sample(places, min(RUNS, len(places))), 0
        for call, number, line in chosen:
            with self.subTest(killed_before=line):
                scene.restore()
                code, _ = self.holdfast(*words, through=self.tracer.injecting(call, number, "signal=KILL"))
                struck += code == -signal.SIGKILL
                code, output = self.holdfast(*words)
                self.assertNotIn(b"PELICAN", self.unpacked(), output)
                # Nor does it come back from a pack that nobody knew of.
                for path in (self.house.state / "vault").glob("index.sqlite*"):
                    path.unlink()
                self.sync()
                self.assertNotIn(b"PELICAN", self.unpacked())
                self.assertKept(second)
        self.assertMost(struck, chosen)

    def unpacked(self):
        """All that lies in the packs, whoever knows of it."""
        packs = sorted((self.house.state / "vault" / "packs").iterdir())
        return b"".join(subprocess.run(["zstd", "-dc"], input=path.read_bytes(), stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL).stdout for path in packs)


class FullVault(Keeping, SmallDisk):
    size = "2m"

    @smoke
    def test_it_says_so_and_goes_on_when_there_is_room(self):
        first = Transcript(self.house).add_turns(3)
        self.assertEqual(self.sync(), 0)
        # Random words cannot be compressed: the segment is larger than what is left.
        line, _ = first.line("user", os.urandom(400_000).hex())
        first.append(line)
        second = Transcript(self.house).add_turns(2)
        self.fill()
        with open(str(self.house.state_seen / "fill"), "r+b") as file:
            # Some room for what is small: it is full in the midst of a segment.
            file.truncate(os.path.getsize(file.name) - 200_000)
        code, output = self.holdfast("sync", "--json")
        self.assertNotEqual(code, 0)
        self.assertIn(b"full", output)
        code, output = self.holdfast("vault", "verify", "--json")
        self.assertEqual(code, 0, output)
        self.free()
        self.assertEqual(self.sync(), 0)
        self.assertWhole(first, second)

    def test_not_a_byte_is_left(self):
        first = Transcript(self.house).add_turns(3)
        self.assertEqual(self.sync(), 0)
        first.add_turns(3)
        self.fill()
        self.assertNotEqual(self.sync(), 0)
        self.free()
        self.assertEqual(self.sync(), 0)
        self.assertWhole(first)
