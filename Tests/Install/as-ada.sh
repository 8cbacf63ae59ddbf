#!/bin/sh
# as-ada.sh: what a person does after any way of installing, and what must come of it. Read by the others, as ada.
set -eu
said=$(holdfast up 2>&1)
echo "$said"
case $said in *"self-test: 5 of 5 ok"*) ;; *) echo "up does not say that all was tested" && exit 1 ;; esac
case $said in *"Recorded: "*"Where: "*"To stop it: "*) ;; *) echo "up does not say what is recorded" && exit 1 ;; esac
holdfast status
holdfast status --json >/tmp/status.json
# What a client's hooks tell, and what a dispatch asks then.
session=11111111-2222-4333-8444-555555555555
folder=$HOME/.claude/projects/-tmp
mkdir -p "$folder"
printf '{"type":"user","sessionId":"%s","message":{"role":"user","content":"hello"}}\n' $session >"$folder/$session.jsonl"
printf '{"type":"assistant","sessionId":"%s","message":{"role":"assistant","content":"hello"}}\n' $session >>"$folder/$session.jsonl"
for event in '"SessionStart","source":"startup"' '"Stop","stop_hook_active":false,"last_assistant_message":"hello"' \
  '"SessionEnd","reason":"other"'; do
  printf '{"hook_event_name":%s,"session_id":"%s","transcript_path":"%s","cwd":"/tmp"}' \
    "$event" $session "$folder/$session.jsonl" | HOLDFAST_KEY=coder/1 "$(command -v holdfast-hook)"
done
test "$(holdfast lookup coder/1)" = $session
# Started again by whoever needs it, and after a restart all is there.
holdfast down
holdfast up
test "$(holdfast lookup coder/1)" = $session
holdfast uninstall
