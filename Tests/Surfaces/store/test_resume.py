"""The Agent SDK resumes from the store what is on no disk of its client's any more: the real client, run by the SDK, within
rig/run_claude.sh, which has the scripted API up and no other network."""
import asyncio
import os
import shutil
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent.parent / "integrations" / "python")]

from claude_agent_sdk import ClaudeAgentOptions, ResultMessage, query  # noqa: E402
from place import Place  # noqa: E402
import test_store  # noqa: E402


class Resume(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.close)
        self.place.up()

    def ask(self, prompt, resume=None):
        """Has the client answer; returns the session's ID."""
        options = ClaudeAgentOptions(
            session_store=test_store.Store.of(self.place), resume=resume, cwd=self.place.project, cli_path=os.environ["CLAUDE"],
            env={
                "HOME": str(self.place.home), "CLAUDE_CONFIG_DIR": str(self.place.claude),
                "ANTHROPIC_BASE_URL": "http://127.0.0.1:" + os.environ["PORT"], "ANTHROPIC_API_KEY": "dummy",
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1", "IS_SANDBOX": "1",
                "CLAUDE_CODE_MAX_RETRIES": "0",
            })

        async def run():
            messages = [message async for message in query(prompt=prompt, options=options)]
            (result,) = (message for message in messages if isinstance(message, ResultMessage))
            self.assertFalse(result.is_error, messages)
            return result.session_id

        return asyncio.run(run())

    def test_a_session_goes_on_when_its_client_has_nothing_of_it(self):
        session = self.ask("remember the heron")
        self.assertEqual(self.place.holdfast("sessions", "list").code, 0)
        shutil.rmtree(self.place.claude)
        (self.place.claude / "projects").mkdir(parents=True)
        self.place.down()
        self.place.up()
        requests = Path(os.environ["REQLOG"])
        before = len(requests.read_bytes())
        self.assertEqual(self.ask("what was it?", resume=session), session)
        asked = requests.read_bytes()[before:].decode()
        self.assertIn("what was it?", asked)
        self.assertIn("remember the heron", asked)


if __name__ == "__main__":
    unittest.main(verbosity=2)
