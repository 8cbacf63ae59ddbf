"""All that a host has is gone, and comes back from its second copy: a session resumes with its whole history."""
import shutil
import subprocess

from house import about_resuming, smoke
from test_vault import KEY, VaultTest


class SecondCopy(VaultTest):
    @smoke
    @about_resuming
    def test_after_a_clone_a_session_resumes_with_its_history(self):
        house = self.house
        copy = house.root / "kept.git"
        subprocess.run(["git", "init", "--bare", "--quiet", str(copy)], check=True)
        self.assertEqual(house.holdfast("remote", "key", "--make").code, 0)
        house.configure(remote={"url": str(copy)})
        session = self.three_turns()
        self.assertEqual(house.holdfast("checkpoint", "create").code, 0)
        done = house.holdfast("remote", "sync", "--force", "--json")
        self.assertEqual((done.code, done.json["outcome"]), (0, "done"), repr(done))

        house.down()
        shutil.rmtree(house.state)
        shutil.rmtree(house.transcript(session).parent)
        done = house.holdfast("remote", "clone", "--json")
        self.assertEqual((done.code, done.json["is_whole"]), (0, True), repr(done))
        house.up()
        again = house.ask(KEY, "which words were there?")
        self.assertEqual(again.session, session, repr(again))
        self.assertHistory("which words were there?")
        for word in ("MARIGOLD", "FOXGLOVE"):
            self.assertEqual(house.holdfast("memory", "search", word).code, 0, word)
        # Nobody who has the repository alone reads a word of it.
        found = subprocess.run(["grep", "-rlaE", "MARIGOLD|FOXGLOVE|" + session, str(copy)], stdout=subprocess.PIPE)
        self.assertEqual(found.stdout, b"")
