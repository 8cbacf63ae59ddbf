"""A house of random damage: one that keeps all it can, and whose stored things are harmed while sessions speak."""
import hashlib
import json
import shutil

import harm
from house import BIN
from randomhouse import RandomHouse
from speech import WORD


class DamageHouse(RandomHouse):
    # What is moved aside stays there.
    disk = "200m"

    def __init__(self, chance):
        super().__init__(chance)
        self.copy = self.root / "copy"
        self.copy.mkdir()
        settings = json.loads((self.settings / "holdfast.json").read_text())
        self.configure(**dict(settings, remote={"url": str(self.copy)}))
        self.speeches = []
        assert self.holdfast("remote", "key", "--make").code == 0

    def answer(self, *words, codes=(0,)):
        """What a command says as JSON; nothing where it failed."""
        done = self.start([BIN / "holdfast", *words, "--json"]).wait(deadline=150)
        return done.json if done.code in codes and done.stdout.startswith("{") else None

    def audit(self, *words):
        """What an audit answers, or why it answers nothing."""
        done = self.start([BIN / "holdfast", "audit", "--deep", "--json", *words]).wait(deadline=200)
        return (done.json, "") if done.code in (0, 1) and done.stdout.startswith("{") else (None, done.stderr.strip())

    def came_back(self, copy):
        """What who has lost everything else gets back from a copy, file by file; None where nobody can say."""
        place = self.root / "elsewhere"
        shutil.copytree(str(self.settings), str(place / "settings"))
        try:
            # Redis is of no account: what is in the copy has come when it is asked for.
            done = self.start([BIN / "holdfast", "remote", "clone", str(copy)],
                       HOLDFAST_STATE_DIR=str(place), HOLDFAST_CONFIG_DIR=str(place / "settings"),
                       HOLDFAST_REDIS_URL="unix:%s/none.sock" % place).wait(deadline=60)
            # One that ends before it asks for Redis, 69, says nothing of what there is.
            if done.code not in (0, 69):
                return None
            found = []
            for path in harm.files(place):
                name = path.relative_to(place)
                # What is made of what came differs from one time to the next; what came under names of this time does
                # not but by them.
                if name.parts[0] not in ("settings", "archive", "host"):
                    found.append((name.parts[0] if name.parts[0] == "import" else str(name),
                                  hashlib.sha256(path.read_bytes()).hexdigest()))
            return sorted(found)
        finally:
            shutil.rmtree(str(place), ignore_errors=True)

    def words_in_vault(self):
        """What the vault gives back of each session."""
        found = set()
        for speech in self.speeches:
            if speech.words:
                code, output = self.execute(["/bin/bash", "-c", "'%s' vault export %s | zstd -dcq"
                                             % (BIN / "holdfast", speech.session)])
                found |= set(WORD.findall(output.decode(errors="replace")))
        return found
