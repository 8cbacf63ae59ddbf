"""The scripted Messages API: how it answers, and what it was asked."""
import json
import os

CONTROL, REQUESTS = os.environ["CTL"], os.environ["REQLOG"]


class FakeAPI:
    """The view of one test: requests made before it are not seen."""

    def __init__(self):
        self.normal()
        self._start = os.path.getsize(REQUESTS) if os.path.exists(REQUESTS) else 0

    def answers(self, mode, **more):
        # Renamed into place: the API reads the file anew for every request.
        partial = CONTROL + ".new"
        with open(partial, "w") as file:
            json.dump(dict(more, mode=mode), file)
        os.replace(partial, CONTROL)

    def normal(self):
        if os.path.exists(CONTROL):
            os.remove(CONTROL)

    def turns(self, words=""):
        """Requests of a conversation (they offer tools) that carry the words, oldest first."""
        found = []
        if os.path.exists(REQUESTS):
            with open(REQUESTS) as file:
                file.seek(self._start)
                for line in file:
                    if line.endswith("\n"):  # the last one may be half written
                        request = json.loads(line)
                        body = request["body"] or {}
                        if body.get("tools") and words in text(body):
                            found.append(request)
        return found


def text(body):
    """Everything said in a request, as one text."""
    said = []
    for message in body.get("messages", []):
        content = message.get("content")
        if isinstance(content, str):
            said.append(content)
        else:
            said += [block.get("text", "") for block in content or [] if block.get("type") == "text"]
    return "\n".join(said)
