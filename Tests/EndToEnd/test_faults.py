"""Whatever dies, fails or is full on the way: nothing said is lost, nothing doubled, no client disturbed."""
import json
import os
import random
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import processes
from faults import (FILE_CALLS, FULL, HOOK, FaultHouse, FaultTest, Scene, Tracer, Transcript, every, needs_strace,
                    rewrite_note)
from house import BIN, smoke
from polling import until

DAY = 86400
# A companion that captures what no hook reported as soon as it can.
EAGER = {"inactivity_timeout_seconds": 1, "check_interval_seconds": 1}


class TracedTest(FaultTest):
    def setUp(self):
        super().setUp()
        self.tracer = Tracer(self.house)

    def watch_hook(self, payload):
        """Runs a hook undisturbed. Answers its system calls."""
        self.house.hook(payload, through=self.tracer.watching())
        self.house.rested()
        return self.tracer.positions()

    def watch_capturer(self, note):
        self.house.capture_note(note, through=self.tracer.watching())
        return self.tracer.positions()

    def half_captured(self):
        """A transcript whose first turns are captured, and the note of a hook that told of more."""
        transcript = Transcript(self.house).add_turns(3)
        self.house.quiet_hook(transcript.payload("Stop"))
        self.house.rested()
        self.assertAllCaptured(transcript)
        transcript.add_turns(2)
        return transcript, self.house.leave_note(transcript)

    def assertMost(self, struck, chosen):
        """That the faults happened: a run may differ a little from the one that was watched, not much."""
        self.assertGreaterEqual(struck, 0.9 * len(chosen), "of %d faults" % len(chosen))

    def made_good(self, transcript):
        """By the session's next event."""
        self.house.end(transcript)
        self.assertAllCaptured(transcript)
        self.assertNoNotes()


@needs_strace
class KilledAnywhere(TracedTest):
    """kill -9 after every system call."""

    @smoke
    def test_a_hook(self):
        # The very first hook of a host makes folders and the host's name, too.
        transcript = Transcript(self.house).add_turns(3)
        scene, stop = Scene(self.house), transcript.payload("Stop")
        positions = self.watch_hook(stop)
        self.assertAllCaptured(transcript)
        chosen, killed = every(5, positions), 0
        for call, number, line in chosen:
            with self.subTest(killed_before=line):
                scene.restore()
                code, output = self.house.hook(stop, through=self.tracer.injecting(call, number, "signal=KILL"))
                self.house.rested()
                killed += code == -signal.SIGKILL
                self.assertEqual(output, b"")
                self.made_good(transcript)
        self.assertMost(killed, chosen)

    def test_a_capturer(self):
        transcript, note = self.half_captured()
        scene = Scene(self.house)
        positions = self.watch_capturer(note)
        self.assertAllCaptured(transcript)
        chosen, killed = every(3, positions), 0
        for call, number, line in chosen:
            with self.subTest(killed_before=line):
                scene.restore()
                code, output = self.house.capture_note(note, self.tracer.injecting(call, number, "signal=KILL"))
                killed += code == -signal.SIGKILL
                self.assertEqual(output, b"")
                self.assertTrue(self.house.has_or_will(transcript), "neither captured nor noted")
                self.made_good(transcript)
        self.assertMost(killed, chosen)

    def test_the_companion_makes_good_what_no_event_follows(self):
        first = Transcript(self.house).add_turns(1)
        positions = self.watch_hook(first.payload("Stop"))
        transcripts = [first]
        for call, number, _ in every(8, positions):
            transcript = Transcript(self.house).add_turns(2)
            self.house.hook(transcript.payload("Stop"), through=self.tracer.injecting(call, number, "signal=KILL"))
            transcripts.append(transcript)
        for call, number, _ in every(8, positions):
            transcript = Transcript(self.house).add_turns(2)
            note = self.house.leave_note(transcript)
            self.house.capture_note(note, self.tracer.injecting(call, number, "signal=KILL"))
            transcripts.append(transcript)
        self.house.configure(**EAGER)
        self.house.up()
        self.untilCaptured(*transcripts)
        until(lambda: not self.house.notes(), "an empty spool")

    def test_a_half_written_note_does_not_lie_there_for_ever(self):
        transcript = Transcript(self.house).add_turns(1)
        # The first one makes the host's name too.
        self.house.end(transcript)
        position = next((call, number) for call, number, line in self.watch_hook(transcript.payload("Stop"))
                        if call == "rename" and ".note" in line)
        transcript.add_turns(1)
        self.house.hook(transcript.payload("Stop"), through=self.tracer.injecting(*position, "signal=KILL"))
        self.assertTrue(self.house.half_written(), "the hook died between writing its note and naming it")
        self.made_good(transcript)
        self.house.up()
        until(lambda: not self.house.half_written(), "the end of what holds a session's words and is no note")


@needs_strace
class FailingDisk(TracedTest):
    """ENOSPC, EIO and EACCES at every file operation, one at a time."""

    ERRORS = ("ENOSPC", "EIO", "EACCES")

    def setUp(self):
        super().setUp()
        # What can be read can fail to be.
        self.house.configure(retry_queue_max_size=999)
        (self.house.settings / "agents.json").write_text("{}")

    def faults(self, positions):
        """Every file operation of ours, each with one error in a short run, with all of them in a full one. What the C
        library and Swift's runtime read of the machine before the program begins is not ours.
        """
        begun = next(index for index, (_, _, line) in enumerate(positions) if "SIGPIPE" in line)
        files = [position for position in positions[begun:] if position[0] in FILE_CALLS]
        turn = random.randrange(len(self.ERRORS))
        return [(call, number, "error=" + error, line) for index, (call, number, line) in enumerate(files)
                for rank, error in enumerate(self.ERRORS) if FULL or (index + turn) % len(self.ERRORS) == rank]

    def test_of_a_hook(self):
        transcript = Transcript(self.house).add_turns(3)
        scene, stop = Scene(self.house), transcript.payload("Stop")
        chosen, struck = self.faults(self.watch_hook(stop)), 0
        for call, number, fault, line in chosen:
            with self.subTest(fault=fault, at=line):
                scene.restore()
                answer = self.house.hook(stop, through=self.tracer.injecting(call, number, fault))
                self.house.rested()
                struck += self.tracer.struck()
                self.assertEqual(answer, (0, b""))
                self.assertEqual(self.house.corrupt(), [])
                self.made_good(transcript)
        self.assertMost(struck, chosen)

    def test_of_a_capturer(self):
        transcript, note = self.half_captured()
        scene = Scene(self.house)
        chosen, struck = self.faults(self.watch_capturer(note)), 0
        for call, number, fault, line in chosen:
            with self.subTest(fault=fault, at=line):
                scene.restore()
                answer = self.house.capture_note(note, self.tracer.injecting(call, number, fault))
                struck += self.tracer.struck()
                self.assertEqual(answer, (0, b""))
                self.assertEqual(self.house.corrupt(), [], "a note that was whole")
                self.assertTrue(self.house.has_or_will(transcript), "neither captured nor noted")
                self.made_good(transcript)
        self.assertMost(struck, chosen)

    def test_notes_are_drained_where_no_folder_can_be_made(self):
        transcripts = [Transcript(self.house).add_turns(2) for _ in range(3)]
        notes = [self.house.leave_note(transcript) for transcript in transcripts]
        self.house.capture_note(notes[0], self.tracer.injecting("mkdir", "1+", "error=ENOSPC"))
        self.assertAllCaptured(*transcripts)
        self.assertNoNotes()

    def test_it_does_not_record_what_was_said_while_recording_was_off(self):
        transcript = Transcript(self.house).add_turns(1)
        self.house.quiet_hook(transcript.payload("UserPromptSubmit"), HOLDFAST_DISABLED="1")
        before = list(transcript.said)
        transcript.add_turns(1)
        off = transcript.said[len(before):]
        self.house.quiet_hook(transcript.payload("Stop"), HOLDFAST_DISABLED="1")
        self.house.quiet_hook(transcript.payload("UserPromptSubmit"))
        transcript.add_turns(1)
        transcript.said[:] = [word for word in transcript.said if word not in off]
        note = self.house.leave_note(transcript)
        scene = Scene(self.house)
        for call, number, fault, line in self.faults(self.watch_capturer(note)):
            if "/gaps/" in line or "holdfast.json" in line or call == "read":
                with self.subTest(fault=fault, at=line):
                    scene.restore()
                    self.house.capture_note(note, self.tracer.injecting(call, number, fault))
                    self.house.end(transcript)
                    self.assertAllCaptured(transcript)

    def test_it_does_not_record_what_the_configuration_leaves_out(self):
        self.house.configure(filtering={"user_messages": "omit"})
        transcript = Transcript(self.house).add_turns(2)
        transcript.said[:] = [word for word in transcript.said if word[1] != "user"]
        note = self.house.leave_note(transcript)
        scene = Scene(self.house)
        for call, number, fault, line in self.faults(self.watch_capturer(note)):
            if "holdfast.json" in line:
                with self.subTest(fault=fault, at=line):
                    scene.restore()
                    self.house.capture_note(note, self.tracer.injecting(call, number, fault))
                    self.house.end(transcript)
                    self.assertAllCaptured(transcript)


ANY_DISK = {"min_free_bytes": 0}


class SmallDisk(FaultTest):
    """A state folder on a disk of its own."""

    size = "64k"

    def setUp(self):
        super().setUp()
        self.house.state.mkdir()
        # A mount namespace of its own, as long as its first process lives; the end of its input ends that.
        script = "mount -t tmpfs -o size=%s,mode=700 none '%s' && echo mounted && cat" % (self.size, self.house.state)
        keeper = subprocess.Popen(["unshare", "-m", "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(keeper.communicate)
        if keeper.stdout.readline() != b"mounted\n":
            self.skipTest("no tmpfs can be mounted here")
        self.house.prefix = ["nsenter", "-m", "-t", keeper.pid, "--wd=" + str(self.house.project)]
        self.house.state_seen = Path("/proc/%d/root%s" % (keeper.pid, self.house.state))
        # Notes are refused while less than 64 MB are free, unless told otherwise: here the disk itself refuses.
        self.house.configure(spool=ANY_DISK)

    def fill(self):
        with open(str(self.house.state_seen / "fill"), "ab", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass

    def free(self):
        (self.house.state_seen / "fill").unlink()


class FullDisk(SmallDisk):
    @smoke
    def test_hooks_survive_it(self):
        first, second, third = [Transcript(self.house).add_turns(2) for _ in range(3)]
        # Full from the first hook on, and full when all folders are there.
        self.fill()
        self.house.end(first)
        self.free()
        self.house.end(second)
        self.assertAllCaptured(second)
        self.fill()
        self.house.quiet_hook(third.payload("Stop"))
        self.house.rested()
        self.free()
        self.house.end(first, third)
        self.assertAllCaptured(first, second, third)
        self.assertNoNotes()

    def test_the_status_says_so(self):
        self.house.end(Transcript(self.house).add_turns(1))
        self.fill()
        status = json.loads(self.house.execute([BIN / "holdfast", "status", "--json"])[1].decode())
        self.assertIn("disk_full", [trouble["kind"] for trouble in status["troubles"]])

    def test_it_can_be_drained(self):
        transcripts = [Transcript(self.house).add_turns(2) for _ in range(3)]
        notes = [self.house.leave_note(transcript) for transcript in transcripts]
        self.fill()
        self.assertEqual(self.house.capture_note(notes[0]), (0, b""))
        self.assertAllCaptured(*transcripts)
        self.assertNoNotes()

    def test_a_full_queue_on_it_keeps_the_notes(self):
        self.house.configure(retry_queue_max_size=1, spool=ANY_DISK)
        transcripts = [Transcript(self.house).add_turns(2) for _ in range(3)]
        notes = [self.house.leave_note(transcript) for transcript in transcripts]
        self.fill()
        for note in notes:
            self.assertEqual(self.house.capture_note(note), (0, b""))
        self.assertTrue(all(self.house.has_or_will(transcript) for transcript in transcripts))
        self.house.configure(spool=ANY_DISK)
        self.house.end(*transcripts)
        self.assertAllCaptured(*transcripts)
        self.assertNoNotes()


class RedisTrouble(FaultTest):
    def setUp(self):
        super().setUp()
        self.transcript = Transcript(self.house).add_turns(2)
        self.house.quiet_hook(self.transcript.payload("Stop"))
        self.house.rested()
        self.assertAllCaptured(self.transcript)
        self.other = Transcript(self.house)

    def build_house(self):
        return FaultHouse("--appendonly", "yes")

    def events(self):
        """What three turns of one session and one of another report."""
        for transcript in (self.transcript, self.other, self.transcript, self.transcript):
            transcript.add_turns(1)
            self.house.quiet_hook(transcript.payload("Stop"))
        self.house.rested()

    def made_good(self):
        # The next event of one session takes along what others left.
        self.house.end(self.transcript)
        self.assertAllCaptured(self.transcript, self.other)
        self.assertNoNotes()

    @smoke
    def test_refused(self):
        self.house.server.stop()
        self.events()
        self.assertEqual(len(self.house.notes()), 4)
        self.house.server.start()
        self.made_good()

    def test_hung(self):
        self.house.server.hang()
        self.events()
        self.assertTrue(self.house.notes())
        self.house.server.go_on()
        self.made_good()

    def test_hung_in_the_middle_of_a_capture(self):
        for _ in range(100 if FULL else 4):
            transcript = Transcript(self.house).add_turns(40, size=2000)
            self.house.quiet_hook(transcript.payload("Stop"))
            # At whatever it has come to by now.
            self.house.server.hang()
            self.house.rested()
            self.house.server.go_on()
            self.house.end(transcript)
            self.assertAllCaptured(transcript)
        self.assertNoNotes()

    def test_out_of_memory(self):
        self.house.server.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
        self.house.server.ask("CONFIG", "SET", "maxmemory", "1")
        self.events()
        self.assertTrue(self.house.has_or_will(self.transcript) and self.house.has_or_will(self.other))
        episode = self.house.episodes()[0]
        done = self.house.holdfast("episodes", "discard", episode.id)
        self.assertEqual(done.code, 0, repr(done))
        self.house.server.ask("CONFIG", "SET", "maxmemory", "0")
        self.made_good()
        self.assertTrue(next(each for each in self.house.episodes() if each.id == episode.id).is_discarded)

    def test_restarted(self):
        self.house.server.stop()
        self.house.server.start()
        self.events()
        self.made_good()

    def test_killed_in_the_middle_of_a_capture(self):
        for _ in range(100 if FULL else 10):
            transcript = Transcript(self.house).add_turns(40, size=2000)
            self.house.quiet_hook(transcript.payload("Stop"))
            self.house.server.stop()
            self.house.rested()
            self.house.server.start()
            self.house.end(transcript)
            self.assertAllCaptured(transcript)
        self.assertNoNotes()

    @smoke
    def test_flushed(self):
        self.events()
        self.assertAllCaptured(self.transcript, self.other)
        self.house.server.ask("FLUSHALL")
        self.house.end(self.transcript, self.other)
        self.assertAllCaptured(self.transcript, self.other)

    def test_flushed_under_a_companion_that_has_settled(self):
        self.house.configure(**EAGER)
        self.house.up()
        # What no hook reports, so that the companion has seen each file through.
        self.other.add_turns(1)
        self.transcript.add_turns(1)
        self.untilCaptured(self.transcript, self.other)
        self.house.server.ask("FLUSHALL")
        # Who was faster, the watcher that reads anew or the owner that puts cursors back, nobody can tell: spans may lie
        # over each other then, and no word is there twice.
        transcripts = (self.transcript, self.other)
        until(lambda: {str(each.path) for each in transcripts} <= set(self.house.cursors()), "cursors", deadline=30)
        self.house.rested()
        self.assertTrue(all(self.house.has_all(transcript) for transcript in transcripts))
        verified = self.house.holdfast("verify")
        self.assertEqual(verified.code, 0, repr(verified))

    def fill_queue(self):
        """Four sessions more than one, where two episodes have room."""
        self.house.configure(retry_queue_max_size=2)
        transcripts = [Transcript(self.house).add_turns(1) for _ in range(4)]
        for transcript in transcripts:
            self.house.quiet_hook(transcript.payload("Stop"))
            self.house.rested()
        waiting = self.house.state / "spool" / "waiting"
        self.assertEqual([note.parent for note in self.house.notes()], [waiting] * 3)
        self.assertEqual(len(self.house.episodes()), 2)
        return [self.transcript, *transcripts]

    def test_the_queue_is_full(self):
        transcripts = self.fill_queue()
        for _ in range(3):
            held = [episode.id for episode in self.house.episodes() if not episode.is_discarded]
            done = self.house.holdfast("episodes", "discard", *held)
            self.assertEqual(done.code, 0, repr(done))
            # Whose event it is does not matter.
            self.house.end(self.transcript)
        self.assertNoNotes()
        self.assertAllCaptured(*transcripts)
        self.assertEqual({episode.file for episode in self.house.episodes()}, {str(each.path) for each in transcripts})

    def test_the_queue_is_full_and_the_companion_makes_room(self):
        transcripts = self.fill_queue()
        self.house.up()
        until(lambda: not self.house.notes(), "all of the three that wait to be captured", deadline=40)
        self.assertAllCaptured(*transcripts)

    def test_status_counts_what_waits_for_room(self):
        self.fill_queue()
        self.assertEqual(self.house.holdfast("status", "--json").json["capture"]["notes"], 3)


class EmbeddedRedis(FaultTest):
    def build_house(self):
        return FaultHouse(embedded=True)

    def test_killed_under_hooks_and_brought_back(self):
        self.house.configure(**EAGER)
        self.house.up()
        transcript = Transcript(self.house)
        for _ in range(3):
            transcript.add_turns(1)
            self.house.quiet_hook(transcript.payload("Stop"))
            before = self.house.redis_pid()
            processes.end(before)
            transcript.add_turns(1)
            self.house.quiet_hook(transcript.payload("Stop"))
            until(lambda: self.house.redis_pid() != before, "a new Redis")
        self.untilCaptured(transcript)
        until(lambda: not self.house.notes(), "an empty spool")


class Races(FaultTest):
    def test_capturers_hooks_and_the_watcher(self):
        # Many rounds make more episodes than a queue holds by default, and nobody drains it here.
        self.house.configure(retry_queue_max_size=1000000, **EAGER)
        self.house.up()
        everyone = []
        with ThreadPoolExecutor(8) as pool:
            for number in range(1000 if FULL else 5):
                if number % 20 == 0:
                    # A file of many episodes takes long to account for.
                    everyone.append(Transcript(self.house).add_turns(1))
                if number % 10 == 3:
                    self.wait_for_the_watcher(everyone[-1])
                self.race(pool, everyone[-1])
                if number % 20 == 19:
                    self.house.end(everyone[-1])
                    self.assertAllCaptured(everyone[-1])
        self.house.end(everyone[-1])
        self.assertAllCaptured(*everyone)
        until(lambda: not self.house.notes(), "an empty spool")

    def race(self, pool, transcript):
        data = b"".join(transcript.turn()[0] for _ in range(5))
        # The answer that Stop names is being written; the other events name none.
        events = [transcript.payload(event) for event in ("PreCompact", "Stop", "PreCompact")]
        capturers = [pool.submit(self.house.capture, transcript) for _ in range(2)]
        others = [pool.submit(self.write_pieces, transcript, data)]
        others += [pool.submit(self.house.quiet_hook, event) for event in events]
        capturers += [pool.submit(self.house.capture, transcript) for _ in range(2)]
        for other in others:
            other.result()
        self.assertLessEqual({capturer.result() for capturer in capturers}, {0, 75})

    def wait_for_the_watcher(self, transcript):
        """Until it may capture at any moment: the file is to rest for as long as the watcher waits."""
        rested = transcript.path.stat().st_mtime + EAGER["inactivity_timeout_seconds"]
        until(lambda: time.time() > rested, "a file that rests")

    def write_pieces(self, transcript, data):
        for piece in pieces(data, 12):
            transcript.append(piece)


def pieces(data, count):
    """Cuts bytes at random places, in the middle of lines and of characters."""
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(count - 1))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)])]


def uuids_of(line):
    """Of the whole entries in a transcript's line: one as a rule; none where it is cut; two where the line break between
    them was cut off, or the last behind a half one."""
    decoder, found, text = json.JSONDecoder(), [], line.decode(errors="replace")
    start = text.find('{"parentUuid":')
    while start >= 0:
        try:
            found.append(decoder.raw_decode(text, start)[0].get("uuid"))
        except ValueError:
            pass  # Half an entry.
        start = text.find('{"parentUuid":', start + 1)
    return found


class ChangingFiles(FaultTest):
    def setUp(self):
        super().setUp()
        self.seed = random.randrange(1 << 32)
        random.seed(self.seed)
        self.transcript = Transcript(self.house)

    def captured(self):
        self.assertEqual(self.house.capture(self.transcript), 0)
        self.assertAllCaptured(self.transcript)

    def grow(self, turns, count):
        data = b"".join(self.transcript.turn()[0] for _ in range(turns))
        for piece in pieces(data, count):
            self.transcript.append(piece)
            self.assertEqual(self.house.capture(self.transcript), 0)
            self.assertGenerations(self.transcript)

    def cut(self, size):
        """Truncates the file. What of it is whole from now on makes a new generation."""
        os.truncate(str(self.transcript.path), size)
        whole = {uuid for line in self.transcript.path.read_bytes().split(b"\n") for uuid in uuids_of(line)}
        self.transcript.begin_anew(word for word in self.transcript.said if word[0] in whole)

    def test_grown_in_pieces_cut_at_any_byte(self):
        with self.subTest(seed=self.seed):
            for _ in range(20 if FULL else 1):
                self.transcript = Transcript(self.house)
                self.grow(turns=20, count=60)
                self.captured()

    @smoke
    def test_truncated(self):
        with self.subTest(seed=self.seed):
            self.grow(turns=6, count=6)
            self.captured()
            for _ in range(20 if FULL else 4):
                size = random.randrange(self.transcript.path.stat().st_size)
                if size < self.house.cursors()[str(self.transcript.path)][0]:
                    self.cut(size)
                else:
                    # Behind the cursor lies only what nothing is kept of: it goes on in its generation.
                    os.truncate(str(self.transcript.path), size)
                self.assertEqual(self.house.capture(self.transcript), 0)
                self.grow(turns=4, count=4)
                self.captured()

    def test_truncated_between_an_entry_and_its_line_break(self):
        self.transcript.add_turns(3)
        self.captured()
        # What is said next stands in the line of what was said last; both are whole.
        self.cut(self.transcript.path.stat().st_size - 1)
        self.assertEqual(self.house.capture(self.transcript), 0)
        self.grow(turns=2, count=1)
        self.captured()
        self.cut(self.transcript.path.stat().st_size - 20)
        self.assertEqual(self.house.capture(self.transcript), 0)
        self.captured()

    def test_truncated_to_nothing(self):
        self.transcript.add_turns(3)
        self.captured()
        self.cut(0)
        self.assertEqual(self.house.capture(self.transcript), 0)
        self.grow(turns=5, count=5)
        self.captured()

    def test_replaced_by_another_file(self):
        for size in (0, 2000, 0):
            self.transcript.add_turns(4)
            self.captured()
            new = self.transcript.path.with_name("new")
            self.transcript.begin_anew()
            new.write_bytes(b"".join(self.transcript.turn(size)[0] for _ in range(4)))
            new.rename(self.transcript.path)
            self.captured()

    def test_replaced_by_a_copy(self):
        self.transcript.add_turns(4)
        self.captured()
        copy = self.transcript.path.with_name("copy")
        shutil.copy(str(self.transcript.path), str(copy))
        copy.rename(self.transcript.path)
        self.transcript.add_turns(1)
        self.captured()

    def test_deleted_and_begun_again_under_the_same_name(self):
        self.transcript.add_turns(3)
        self.captured()
        self.transcript.path.unlink()
        self.assertEqual(self.house.capture(self.transcript), 65)
        self.transcript.begin_anew()
        self.transcript.add_turns(3)
        self.captured()

    def during_a_capture(self):
        """Starts the capture of a long file, and returns it when some of it is captured."""
        self.transcript.add_turns(1500, size=4000)
        running = self.house.start([BIN / "holdfast", "capture", self.transcript.path])
        until(lambda: self.house.held(self.transcript), "the first episodes")
        return running

    def test_deleted_while_it_is_read(self):
        running = self.during_a_capture()
        self.transcript.path.unlink()
        self.assertEqual(running.wait().code, 0, repr(running.so_far()))
        self.assertAllCaptured(self.transcript)

    @needs_strace
    def test_rewritten_in_place_while_it_is_read(self):
        self.transcript.add_turns(3)
        note, tracer = self.house.leave_note(self.transcript), Tracer(self.house)
        # Between the end of the file, found by the second read, and the bytes for the vault.
        command = [*tracer.injecting("pread64", 3, "delay_enter=1500000"), HOOK, "capture", note]
        running = self.house.start(command)
        until(lambda: tracer.calls() == 2, "the end of the file")
        self.transcript.begin_anew()
        self.transcript.path.write_bytes(b"".join(self.transcript.turn(100)[0] for _ in range(4)))
        self.assertEqual(running.wait().code, 0)
        new = self.transcript.path.read_bytes()[:200]
        for part in (self.house.state / "vault/intake").glob("*.part"):
            self.assertNotIn(new, part.read_bytes(), "the vault is told that the first file held this")
        self.house.end(self.transcript)
        self.assertAllCaptured(self.transcript)

    def test_truncated_while_it_is_read(self):
        running = self.during_a_capture()
        everything = list(self.transcript.said)
        self.cut(self.transcript.path.stat().st_size // 3)
        running.wait()
        self.transcript.add_turns(2)
        self.assertEqual(self.house.capture(self.transcript), 0)
        by_generation = self.assertGenerations(self.transcript)
        held = [word for episode in by_generation[max(by_generation)] for word in episode.words]
        self.assertNone(set(held) ^ set(self.transcript.said), "the last generation is what the file holds")
        earlier = {word for number in by_generation for episode in by_generation[number] for word in episode.words}
        self.assertNone(earlier - set(everything) - set(self.transcript.said), "never said")


class JumpingClock(FaultTest):
    """A clock that was a day ahead and is set right."""

    def test_notes_of_the_future(self):
        same_boot, other_boot = [Transcript(self.house).add_turns(2) for _ in range(2)]
        for transcript, boot in ((same_boot, None), (other_boot, "00000000-0000-4000-8000-000000000000")):
            self.from_tomorrow(self.house.leave_note(transcript), boot)
        # The next event of any session takes them along.
        third = Transcript(self.house).add_turns(1)
        self.house.end(third)
        self.assertAllCaptured(same_boot, other_boot, third)
        self.assertNoNotes()

    @smoke
    def test_notes_of_the_future_and_the_companion(self):
        same_boot, other_boot = [Transcript(self.house).add_turns(2) for _ in range(2)]
        for transcript, boot in ((same_boot, None), (other_boot, "00000000-0000-4000-8000-000000000000")):
            self.from_tomorrow(self.house.leave_note(transcript), boot)
        self.house.up()
        self.untilCaptured(same_boot, other_boot)
        until(lambda: not self.house.notes(), "an empty spool")

    def test_transcripts_of_the_future(self):
        transcript = Transcript(self.house).add_turns(2)
        tomorrow = time.time() + DAY
        os.utime(str(transcript.path), (tomorrow, tomorrow))
        self.house.configure(**EAGER)
        self.house.up()
        self.untilCaptured(transcript)
        # Written on by the clock that was set right.
        transcript.add_turns(2)
        self.untilCaptured(transcript)

    def from_tomorrow(self, note, boot):
        def change(news):
            news["moment"]["wall_ms"] += DAY * 1000
            if boot:
                news["moment"]["boot_id"] = boot
        wall, _, rest = note.name.partition("-")
        rewrite_note(note, change, "%d-%s" % (int(wall) + DAY * 1000, rest))


class CorruptNotes(FaultTest):
    def damaged(self, transcript):
        """A note cut in the middle."""
        note = self.house.leave_note(transcript)
        os.truncate(str(note), note.stat().st_size // 2)
        return note

    def assertCounted(self, count):
        verified = self.house.holdfast("verify", "--json")
        self.assertEqual((verified.code, verified.json["notes_corrupt"]), (1, count), repr(verified))
        self.assertEqual(self.house.holdfast("status", "--json").json["capture"]["corrupt_notes"], count)

    def test_a_capturer_puts_it_aside(self):
        transcript = Transcript(self.house).add_turns(2)
        note = self.damaged(transcript)
        self.assertEqual(self.house.capture_note(note), (0, b""))
        self.assertEqual(self.house.notes(), [note.with_name(note.name + ".corrupt")])
        self.assertCounted(1)
        self.house.end(transcript)
        self.assertAllCaptured(transcript)
        self.assertEqual(self.house.notes(), self.house.corrupt(), "it lies there for a person to see, and alone")

    @smoke
    def test_the_companion_puts_them_aside_and_goes_on(self):
        damaged, whole = Transcript(self.house).add_turns(2), Transcript(self.house).add_turns(2)
        aside = [self.damaged(damaged), self.house.leave_note(damaged)]
        aside[1].write_bytes(b"")
        self.house.leave_note(whole)
        self.house.configure(**EAGER)
        self.house.up()
        companion = self.house.companion_pid()
        names = sorted(note.name + ".corrupt" for note in aside)
        until(lambda: [note.name for note in self.house.notes()] == names, "two notes put aside, and no other left")
        self.untilCaptured(damaged, whole)
        self.assertEqual(self.house.companion_pid(), companion)
        self.assertCounted(2)

    def test_one_that_waited_for_room_is_counted_too(self):
        transcript = Transcript(self.house).add_turns(2)
        waiting = self.house.state / "spool" / "waiting"
        self.house.leave_note(transcript)
        waiting.mkdir(exist_ok=True)
        note = self.damaged(transcript)
        note.rename(waiting / note.name)
        self.house.end(transcript)
        self.assertAllCaptured(transcript)
        self.assertEqual([path.name for path in self.house.notes()], [note.name + ".corrupt"])
        self.assertCounted(1)
