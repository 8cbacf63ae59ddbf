#!/usr/bin/env node
// dispatch.mjs KEY PROMPT: continues the session of a dispatch key; where it has none that would resume, starts fresh.
//
// Exit codes: the client's own; 64 usage; 75 another run drives the session, or a usage limit lasts: try again later; 69 Redis refuses to answer.
import { spawnSync } from "node:child_process";
import { constants } from "node:os";

const FOUND = 0;
const NOT_FOUND = 1;
const BUSY = 75;

/** Runs a program with its stdout taken, and its stderr shown. */
function ask(command, args, input = "") {
  const run = spawnSync(command, args, { input, stdio: ["pipe", "pipe", "inherit"], encoding: "utf8" });
  if (run.error) throw run.error;
  return run;
}

/** Runs one prompt. The hooks record it under HOLDFAST_KEY. */
function claude(key, prompt, session) {
  const args = [...(session ? ["--resume", session] : []), "-p", prompt];
  const env = { ...process.env, HOLDFAST_KEY: key };
  const run = spawnSync("claude", args, { env, stdio: ["ignore", "inherit", "pipe"], maxBuffer: 64 << 20 });
  if (run.error) throw run.error;
  return run;
}

/**
 * Reports a failed resume. Only the client's own refusal counts, and then this call starts fresh, whether the session is
 * dropped or kept for another folder; after an API error, a timeout or a signal there is "no_evidence".
 */
function wasRefused(key, session, stderr) {
  const args = ["resume-failed", key, "--session", session, "--stderr", "-", "--folder", ".", "--json"];
  const report = ask("holdfast", args, stderr).stdout;
  return report !== "" && JSON.parse(report).outcome !== "no_evidence";
}

function dispatch(key, prompt) {
  const lookup = ask("holdfast", ["lookup", key]);
  if (lookup.status === BUSY) console.error(`${key} is busy, or waits for a usage limit: holdfast why ${key}`);
  if (![FOUND, NOT_FOUND].includes(lookup.status)) return lookup.status;
  const session = lookup.stdout.trim();

  let run = claude(key, prompt, session);
  if (run.status !== 0 && session && wasRefused(key, session, run.stderr)) run = claude(key, prompt);
  process.stderr.write(run.stderr);
  return run.status ?? 128 + constants.signals[run.signal]; // a signal as a shell reports it
}

const [key, prompt] = process.argv.slice(2);
if (prompt === undefined) {
  console.error("usage: dispatch.mjs KEY PROMPT");
  process.exitCode = 64;
} else {
  process.exitCode = dispatch(key, prompt);
}
