#!/usr/bin/env python3
"""dispatch.py KEY PROMPT: continues the session of a dispatch key; where it has none that would resume, starts fresh.

Exit codes: the client's own; 64 usage; 75 another run drives the session, or a usage limit lasts: try again later; 69 Redis refuses to answer.
"""
import json
import os
import subprocess
import sys

FOUND, NOT_FOUND, BUSY = 0, 1, 75


def claude(key, prompt, session=None):
    """Runs one prompt. The hooks record it under HOLDFAST_KEY."""
    command = ["claude", *(["--resume", session] if session else []), "-p", prompt]
    environment = {**os.environ, "HOLDFAST_KEY": key}
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)


def was_refused(key, session, stderr):
    """Reports a failed resume. Only the client's own refusal counts, and then this call starts fresh, whether the session
    is dropped or kept for another folder; after an API error, a timeout or a signal there is "no_evidence"."""
    command = ["holdfast", "resume-failed", key, "--session", session, "--stderr", "-", "--folder", ".", "--json"]
    report = subprocess.run(command, input=stderr, stdout=subprocess.PIPE).stdout
    return bool(report) and json.loads(report)["outcome"] != "no_evidence"


def dispatch(key, prompt):
    lookup = subprocess.run(["holdfast", "lookup", key], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if lookup.returncode == BUSY:
        print("%s is busy, or waits for a usage limit: holdfast why %s" % (key, key), file=sys.stderr)
    if lookup.returncode not in (FOUND, NOT_FOUND):
        return lookup.returncode
    session = lookup.stdout.strip() or None

    run = claude(key, prompt, session)
    if run.returncode != 0 and session and was_refused(key, session, run.stderr):
        run = claude(key, prompt)
    sys.stderr.buffer.write(run.stderr)
    # As a shell reports a signal.
    return run.returncode if run.returncode >= 0 else 128 - run.returncode


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print("usage: dispatch.py KEY PROMPT", file=sys.stderr)
        sys.exit(64)
    sys.exit(dispatch(*sys.argv[1:]))
