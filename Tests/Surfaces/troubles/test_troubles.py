"""Ten troubles, each staged with a real companion, Redis and model: the first sentence of `holdfast status`, of the page
and of the tool names it, since when, what is at risk and what to do.

    python test_troubles.py [Troubles[.TEST]]

What they said is kept in TROUBLES (.build/troubles.txt), for people to read.
"""
import asyncio
import html
import json
import os
import re
import signal
import sys
import unittest
from pathlib import Path

from mcp.client.stdio import StdioServerParameters

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "page"), str(HERE.parent / "tools"), str(HERE.parent)]

from official import connection  # noqa: E402
from place import BIN, ROOT, Session, until  # noqa: E402
from stage import WORK, Stage, fail  # noqa: E402

TOLD = Path(os.environ.get("TROUBLES") or ROOT / ".build" / "troubles.txt")
# What a user may go by; a trouble takes effect within a minute even where nobody calls.
SIGHT = 75
NUMBER = re.compile(r"\d+(?: (s|min|h|d)\b)?")


def setUpModule():
    TOLD.parent.mkdir(exist_ok=True)
    TOLD.write_text("")


def refusal(message, **error):
    return json.dumps({"error": {"message": message, **error}})


class Troubles(unittest.TestCase):
    def stage(self, **settings):
        stage = Stage(**settings)
        self.addCleanup(stage.close)
        stage.up()
        stage.work(WORK[0])
        stage.remembered(1)
        return stage

    # -- what is said ----------------------------------------------------------------------------------------------

    @staticmethod
    def of_command_line(stage):
        return stage.holdfast("status").stdout.split("\n")[0]

    @staticmethod
    def of_page(stage):
        """What the head tells first, as one sentence again."""
        page = stage.ask("/")[2].decode()
        told = re.search(r'<li class="trouble".*?</li>', page, re.S)
        if not told:
            return ""

        def part(pattern):
            found = re.search(pattern, told[0], re.S)
            return [html.unescape(text).strip() for text in found.groups()] if found else []

        said = "".join(part(r'<p class="what"><bdi>(.*?)</bdi>'))
        since = part(r'class="since">since <time datetime="[^"T]*T(\d\d:\d\d)[^>]*>(.*?)</time>')
        if since:
            said += ", since %s UTC (%s)" % tuple(since)
        risk = part(r'At risk</span> <bdi>(.*?)</bdi>')
        if risk:
            remedy = re.search(r'<span class="how">(.*?)</span>', told[0], re.S)[1]
            words = ["'%s'" % text if tag == "code" else text
                     for tag, text in re.findall(r"<(code|bdi)>(.*?)</\1>", remedy, re.S)]
            said += "; at risk: %s; to do: %s" % (risk[0], html.unescape("".join(words)))
        return said.rstrip(".") + "."

    @staticmethod
    def of_tool(stage):
        async def ask():
            server = StdioServerParameters(
                command=str(BIN / "holdfast"), args=["mcp"], env=stage.environment(), cwd=str(stage.project))
            async with connection(server=server) as session:
                return (await session.call_tool("session_tracking_health", {})).structured_content

        return asyncio.run(ask())["sentence"]

    def assertTold(self, stage, what, *, risk="nothing, ", remedy, by_page=True):
        """Each surface says it, and all the same."""
        speakers = [("status", self.of_command_line), ("page", self.of_page), ("tool", self.of_tool)]
        said = {}
        for name, sentence in speakers[:: 1 if by_page else 2]:
            said[name] = until(
                lambda: (words := sentence(stage)) and re.search(what, words) and words, f"{name} on {what}", SIGHT)
            # A trouble may begin to be told without its beginning only where nobody can know it.
            for part in (rf"{what}.*, since [^;]+ \(\S+ \w+ ago\); ", rf"; at risk: {risk}", rf"; to do: .*{remedy}"):
                self.assertRegex(said[name], part, name)
        with open(TOLD, "a") as file:
            file.write(f"{self.id().split('.')[-1]}\n  " + "\n  ".join(f"{n}: {s}" for n, s in said.items()) + "\n")
        # What counts goes on counting; the page has a line for each of the others.
        first = {NUMBER.sub("N", sentence.partition(" Also: ")[0]) for sentence in said.values()}
        self.assertEqual(len(first), 1, said)

    # -- Redis -----------------------------------------------------------------------------------------------------

    def test_redis_down(self):
        stage = self.stage(redis="own")
        stage.kill_redis()
        Session(stage, WORK[1][0]).begin().turn().end()
        self.assertTold(stage, "Redis is away", risk="nothing, hooks leave notes", remedy="start the server there")

    def test_redis_hung(self):
        stage = self.stage(redis="own")
        stage.server.send_signal(signal.SIGSTOP)
        self.assertTold(stage, "Redis hangs", risk="nothing, hooks leave notes", remedy="restart it")

    def test_redis_evicting(self):
        stage = self.stage(redis="own")
        used = int(re.search(r"used_memory:(\d+)", stage.redis("INFO", "memory"))[1])
        stage.redis("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        stage.redis("CONFIG", "SET", "maxmemory", used + (2 << 20))
        stage.write([["SET", f"other:{n}", "x" * 10_000] for n in range(600)])
        self.assertTold(
            stage, "Redis throws keys away", risk="bindings", remedy="noeviction")

    # -- the model -------------------------------------------------------------------------------------------------

    def refuses(self, status, body):
        stage = self.stage()
        stage.brain.play("status", status=status, body=body)
        for number in range(6):
            Session(stage, f"coder/issue-{500 + number}").begin().turn(f"Look at case {number}", "Like the others.")
        until(lambda: stage.status()["circuit"]["state"] == "open", "an open circuit")
        return stage

    def test_model_401(self):
        stage = self.refuses(401, refusal("Incorrect API key provided", code="invalid_api_key"))
        self.assertTold(stage, "openai refuses the API key", remedy="valid key")

    def test_model_quota(self):
        stage = self.refuses(429, refusal("You exceeded your current quota", code="insufficient_quota"))
        self.assertTold(stage, "our account at openai is over its quota", remedy="billing")

    def test_model_529(self):
        stage = self.refuses(529, refusal("Overloaded"))
        self.assertTold(stage, "openai is overloaded", remedy="the next try is in ")

    # -- the queue -------------------------------------------------------------------------------------------------

    def test_queue_full(self):
        stage = self.stage(retry_queue_max_size=60)
        stage.with_failures(80)
        self.assertTold(stage, r"The queue is full \(\d+ episodes, room for 60\)", remedy="retry_queue_max_size")

    def test_dead_letters(self):
        stage = self.stage()
        stage.brain.play("status", status=400, body=refusal("filtered", code="content_filter"))
        stage.work(WORK[1])
        until(lambda: stage.status()["queue_status"]["dead"] == 1, "a dead letter")
        stage.brain.play("ok")
        # A provider that has answered nothing yet would be told of first.
        stage.work(WORK[0])
        self.assertTold(
            stage, "1 episode failed for good", risk="only memories", remedy="episodes retry")

    # -- the host --------------------------------------------------------------------------------------------------

    def test_disk_full(self):
        stage = self.stage()
        # The most that can be asked for, more than what is free here.
        stage.configure(spool={"min_free_bytes": 1 << 40})
        stage.gone()
        stage.back()
        self.assertTold(
            stage, r"The disk has too little room \(\d+ MB free", risk="what Claude Code cannot write",
            remedy="free \d+ MB")

    def test_companion_gone(self):
        stage = self.stage(redis="own")
        stage.companion.kill()
        stage.companion.wait()
        # The page went with it.
        self.assertTold(stage, "No companion runs on this host", remedy="holdfast up", by_page=False)


if __name__ == "__main__":
    unittest.main(verbosity=2)
