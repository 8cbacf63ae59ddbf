"""A command that was started, and what it left when it ended."""
import json
import os
import subprocess
import tempfile


class Finished:
    def __init__(self, code, stdout, stderr):
        self.code, self.stdout, self.stderr = code, stdout, stderr

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def session(self):
        """The session ID in the client's JSON answer."""
        return self.json["session_id"]

    @property
    def own_words(self):
        """What holdfast itself said, one line each."""
        return [line for line in self.stderr.splitlines() if line.startswith("holdfast:")]

    def __repr__(self):
        return "exit %s\n--- stdout\n%s\n--- stderr\n%s" % (self.code, self.stdout[-3000:], self.stderr[-3000:])


class Running:
    """Output goes to files: a grandchild that holds a pipe open must not hold up the test."""

    def __init__(self, command, cwd, env, piped=None):
        self._out, self._err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self._feeder, stdin = None, subprocess.DEVNULL
        if piped is not None:
            # A real pipe from another process, as `producer | holdfast dispatch` has it.
            prompt = tempfile.TemporaryFile()
            prompt.write(piped.encode())
            prompt.seek(0)
            self._feeder = subprocess.Popen(["cat"], stdin=prompt, stdout=subprocess.PIPE)
            stdin = self._feeder.stdout
        self.command = command
        self.process = subprocess.Popen(command, cwd=str(cwd), env=env, stdin=stdin, stdout=self._out, stderr=self._err)
        if self._feeder:
            self._feeder.stdout.close()

    @property
    def pid(self):
        return self.process.pid

    @property
    def ended(self):
        return self.process.poll() is not None

    def so_far(self):
        # pread leaves the file offset alone, which the child shares.
        texts = [os.pread(file.fileno(), 1 << 26, 0).decode("utf8", "replace") for file in (self._out, self._err)]
        return Finished(self.process.returncode, *texts)

    def wait(self, deadline=60):
        try:
            self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("still running after %d s: %s\n%r" % (deadline, " ".join(self.command), self.so_far()))
        if self._feeder:
            self._feeder.wait()
        return self.so_far()

    def send(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()
        if self._feeder:
            self._feeder.kill()
            self._feeder.wait()

    def close(self):
        if not self.ended:
            self.kill()
        self._out.close()
        self._err.close()
