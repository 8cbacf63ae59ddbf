"""Whatever dies or is full while the vault is written: every byte is kept, once."""
import io
import json
import random
import signal
import subprocess
import tarfile

from faults import FILE_CALLS, FULL, Scene, Transcript, needs_strace
from house import BIN
from test_faults import TracedTest

# So many places a run, of all that there are; drawn anew each time, with the seed in the test's name.
RUNS = 200 if FULL else 12
ERRORS = ("ENOSPC", "EIO")


class VaultTest(TracedTest):
    def holdfast(self, *words, through=()):
        return self.house.execute([*through, BIN / "holdfast", *words])

    def sync(self, through=()):
        return self.holdfast("sync", "--json", through=through)[0]

    def assertKept(self, transcript):
        """That the vault gives back what lies on disk, and holds it once."""
        session = transcript.path.stem
        done = subprocess.run([str(BIN / "holdfast"), "vault", "export", session], env=self.house.environment(),
                              cwd=str(self.house.project), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        plain = subprocess.run(["zstd", "-dc"], input=done.stdout, stdout=subprocess.PIPE, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
            kept = archive.extractfile(session + ".jsonl").read()
        self.assertEqual(kept, transcript.path.read_bytes())


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

    def assertWhole(self):
        for transcript in (self.first, self.second):
            self.assertKept(transcript)
        code, output = self.holdfast("vault", "verify", "--json")
        self.assertEqual(code, 0, output)
        status = json.loads(self.holdfast("vault", "status", "--json")[1])
        size = sum(one.path.stat().st_size for one in (self.first, self.second))
        self.assertEqual((status["kept_bytes"], status["files"], status["waiting_parts"]), (size, 2, 0))

    def disturbed(self, faults):
        struck = 0
        for call, number, fault, line in faults:
            with self.subTest(fault=fault, before=line):
                self.scene.restore()
                code = self.sync(self.tracer.injecting(call, number, fault))
                struck += code == -signal.SIGKILL or self.tracer.struck()
                self.sync()
                self.assertWhole()
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
