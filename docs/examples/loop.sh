#!/bin/sh
# loop.sh KEY PROMPT...: gives Claude Code one prompt after the other under a dispatch key. Every prompt continues the
# session of the key; where it has none that would resume, a fresh one starts. Ends with the first code that is not 0.
#
# Exit codes: the client's own; 64 usage; 75 another run drives the session, or a usage limit lasts: try again later; 69 Redis refuses to answer.
set -u

if [ $# -lt 2 ]; then
  echo "usage: loop.sh KEY PROMPT..." >&2
  exit 64
fi
key=$1
shift
# The hooks record what the client does under this key.
export HOLDFAST_KEY="$key"
errors=$(mktemp) || exit
trap 'rm -f "$errors"' EXIT

turn() {
  session=$(holdfast lookup "$key")
  code=$?
  case $code in
  0) ;;
  1) claude -p "$1" </dev/null; return ;;
  75) echo "$key is busy, or waits for a usage limit: holdfast why $key" >&2; return $code ;;
  *) return $code ;;
  esac

  claude --resume "$session" -p "$1" </dev/null 2>"$errors"
  code=$?
  if [ $code -eq 0 ]; then cat "$errors" >&2; return 0; fi

  # Only the client's own refusal counts, and then this turn starts fresh, whether the session is dropped or kept for another
  # folder. After an API error, a timeout or a signal there is no evidence, and the client's code stays.
  case $(holdfast resume-failed "$key" --session "$session" --stderr "$errors" --folder . --json) in
  *'"dropped"'* | *'"unbound"'* | *'"kept"'*) claude -p "$1" </dev/null ;;
  *) cat "$errors" >&2; return $code ;;
  esac
}

# What was unused for too long goes first. Should Redis be away, the lookup below says so too.
holdfast sessions sweep >&2

for prompt in "$@"; do
  turn "$prompt" || exit
done
