"""What is kept comes back: a session whose transcript is gone resumes with its whole history."""
import json
import os
import shutil
import sqlite3
import subprocess
import time

from fakeapi import text
from house import BIN, HouseTest, about_resuming, only_clients, smoke
from polling import until
from restoring import forget_sweep

KEY = "coder/issue-7"
DAY = 86400


class VaultTest(HouseTest):
    def three_turns(self, key=KEY):
        """A session of three turns and a sub-agent; answers its ID when all of it is in the vault."""
        house = self.house
        session = house.ask(key, "the first word is MARIGOLD").session
        house.bound(key, session)
        house.ask_with_tools(key, "and an agent SUBAGENT")
        self.assertEqual(house.ask(key, "the third word is FOXGLOVE").session, session)
        house.settled(session)
        self.keep(session)
        return session

    def keep(self, session):
        """Has the vault take in all there is of a session."""
        self.house.holdfast("sync", "--json")
        shown = self.house.holdfast("vault", "show", session, "--json").json
        kept = {file["name"]: file for file in shown["files"]}
        self.assertEqual(set(kept), set(self.files(session)))
        for name, content in self.files(session).items():
            self.assertEqual((kept[name]["bytes"], kept[name]["kept_bytes"], kept[name]["holes"]),
                             (len(content), len(content), []), name)

    def files(self, session):
        """What lies on disk of a session, by its names from the folder of its transcript on."""
        transcript = self.house.transcript(session)
        found = [transcript, *sorted(transcript.with_suffix("").rglob("*"))]
        return {str(path.relative_to(transcript.parent)): path.read_bytes() for path in found if path.is_file()}

    def sweep(self, session):
        """Has the client delete the session, as it does with what nobody touched for thirty days."""
        house = self.house
        transcript = house.transcript(session)
        old = time.time() - 40 * DAY
        for path in [transcript, *transcript.with_suffix("").rglob("*")]:
            os.utime(path, (old, old))
        # The client sweeps in its own time: on a busy machine a session may end before it comes to it.
        for _ in range(3):
            self.another_session_of_15_s()
            if not transcript.exists():
                break
        until(lambda: not transcript.exists(), "the client's sweep", deadline=30)

    def delete(self, session):
        transcript = self.house.transcript(session)
        shutil.rmtree(transcript.with_suffix(""), ignore_errors=True)
        transcript.unlink()

    def damage(self, name):
        """Flips a bit of what the vault keeps of a file."""
        with sqlite3.connect(str(self.house.state / "vault" / "index.sqlite")) as index:
            pack, offset, length = index.execute(
                "SELECT pack, offset, length FROM segment JOIN generation ON generation.number = segment.generation"
                " JOIN file ON file.number = generation.file WHERE name = ?", (name,)).fetchone()
        pack = self.house.state / "vault" / "packs" / ("%08d.pack" % pack)
        content = bytearray(pack.read_bytes())
        content[offset + length - 100] ^= 1
        pack.write_bytes(content)

    def assertHistory(self, prompt):
        """The request that asks this carries what was said before."""
        [turn] = self.house.api.turns(prompt)
        for word in ("MARIGOLD", "FOXGLOVE"):
            self.assertIn(word, text(turn["body"]))

    def another_session_of_15_s(self):
        """The client sweeps some ten seconds after its start, once a day: a session that took long has done so already."""
        forget_sweep(self.house.config)
        self.house.ask_with_tools("other/key", "TOOLCMD{sleep 15}")


class DeadSessions(VaultTest):
    # 2.1.81 does not sweep in so short a run.
    @about_resuming
    @only_clients(since="2.1.139")
    def test_a_swept_session_resumes_with_its_history(self):
        house = self.house
        session = self.three_turns()
        before = self.files(session)
        self.sweep(session)
        done = house.ask(KEY, "which words were there?")
        self.assertEqual(done.session, session)
        self.assertIn("put back from the vault", " ".join(done.own_words))
        self.assertHistory("which words were there?")
        after = self.files(session)
        for name, content in before.items():
            self.assertEqual(after[name][:len(content)], content, name)
        self.assertEqual(house.metric("claude_session_restores_total", outcome="whole"), 1)
        self.another_session_of_15_s()
        self.assertTrue(house.transcript(session).exists(), "the next sweep leaves it")

    @smoke
    @about_resuming
    def test_a_lookup_puts_back_what_it_answers(self):
        house = self.house
        session = self.three_turns()
        self.delete(session)
        why = house.holdfast("why", KEY, "--json").json
        self.assertEqual(why["verdict"], "restorable")
        kept = house.holdfast("lookup", KEY, "--no-restore", "--json")
        self.assertEqual((kept.code, kept.json["verdict"]), (1, "restorable"))
        told = house.holdfast("lookup", KEY, "--no-restore")
        self.assertEqual((told.code, told.stdout), (1, ""))
        self.assertIn("restorable: dispatch it", told.stderr)
        found = house.holdfast("lookup", KEY)
        self.assertEqual((found.code, found.stdout.strip()), (0, session))
        done = house.client(KEY, "--resume", session, "-p", "and now?", "--output-format", "json")
        self.assertFalse(done.json["is_error"])
        self.assertHistory("and now?")

    @about_resuming
    def test_the_folder_it_was_made_in_is_gone(self):
        house = self.house
        old = house.root / "worktree"
        old.mkdir()
        session = house.ask(KEY, "the first word is MARIGOLD", cwd=old).session
        house.bound(KEY, session)
        house.ask(KEY, "the third word is FOXGLOVE", cwd=old)
        house.settled(session)
        self.keep(session)
        self.delete(session)
        old.rmdir()
        done = house.ask(KEY, "which words were there?")
        self.assertEqual(done.session, session)
        self.assertIn("which is gone", " ".join(done.own_words))
        self.assertHistory("which words were there?")

    @about_resuming
    def test_a_damaged_transcript_goes_on_with_what_is_left(self):
        house = self.house
        session = self.three_turns()
        until(lambda: "FOXGLOVE" in str(house.archived_episodes()), "the archive has it")
        self.delete(session)
        self.damage(session + ".jsonl")
        check = house.holdfast("vault", "verify", "--json")
        self.assertEqual(check.code, 1)
        self.assertTrue(check.json["damaged"])
        self.assertEqual(check.json["damaged"][0]["session_id"], session)
        done = house.ask(KEY, "which words were there?")
        # A short transcript is one segment: nothing is left of it but what the archive has.
        self.assertEqual(done.session, session, done.own_words)
        self.assertIn("goes on with what was said", " ".join(done.own_words))
        self.assertEqual(house.metric("claude_session_restores_total", outcome="spoken"), 1)
        self.assertHistory("which words were there?")


class ByHand(VaultTest):
    """A person says a key, or the first digits of an ID, wherever an ID would do."""

    def exported(self, name):
        done = subprocess.run([str(BIN / "holdfast"), "vault", "export", name], stdout=subprocess.PIPE, timeout=60,
                              env=self.house.environment(), cwd=str(self.house.project))
        self.assertEqual(done.returncode, 0)
        return done.stdout

    def test_a_session_is_put_back_and_exported_by_key_and_by_digits(self):
        session = self.three_turns()
        files = self.files(session)
        names = (session, session[:8], KEY)
        self.assertEqual(len({self.exported(name) for name in names}), 1)
        for name in names:
            self.delete(session)
            done = self.house.holdfast("vault", "restore", name, "--json")
            self.assertEqual((done.code, done.json["session_id"]), (0, session), repr(done))
            self.assertEqual(self.files(session), files)
            self.assertEqual(self.house.binding(KEY)["session_id"], session)


class AnotherHost(VaultTest):
    """Another state folder, config folder and project; one Redis."""

    @about_resuming
    def test_an_exported_session_resumes_there(self):
        house = self.house
        session = self.three_turns()
        archive = house.root / "session.tar.zst"
        with open(archive, "wb") as file:
            subprocess.run([str(BIN / "holdfast"), "vault", "export", session], stdout=file, check=True,
                           env=house.environment(), cwd=str(house.project), timeout=60)
        there = {"HOLDFAST_STATE_DIR": str(house.root / "other-state"), "CLAUDE_CONFIG_DIR": str(house.root / "other-config"),
                 "HOLDFAST_REDIS_URL": "unix:%s" % house.socket}
        project = house.root / "other-project"
        project.mkdir()
        (house.root / "other-config").mkdir()
        first_start = json.loads((house.home / ".claude.json").read_text())
        first_start["projects"] = {str(project): {"hasTrustDialogAccepted": True}}
        (house.root / "other-config" / ".claude.json").write_text(json.dumps(first_start))
        with open(archive, "rb") as file:
            done = subprocess.run([str(BIN / "holdfast"), "vault", "import", "--json"], stdin=file, stdout=subprocess.PIPE,
                                  check=True, env=house.environment(**there), cwd=str(project), timeout=60)
        self.assertEqual(json.loads(done.stdout)["session_id"], session)
        done = house.ask(KEY, "which words were there?", cwd=project, **there)
        self.assertEqual(done.session, session)
        self.assertHistory("which words were there?")
