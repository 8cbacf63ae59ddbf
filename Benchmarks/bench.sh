#!/bin/sh
# Measures hook and lookup against the bars, then the registry's rates. `make bench` calls this.
#
#   HOLDFAST_BIN  folder of the static, stripped holdfast and holdfast-hook
#   RATES         folder with registry-rates, drain-rates, archive-rates and vault-rates; without it that part is left out
#   TRANSCRIPTS   folder with transcripts for the vault to take in; without it only a made one is measured
#   RUNS          runs of each program in each series, 200 unless told
#
# Everything happens in a scratch folder, on servers of its own on Unix sockets. A missed bar is told and is no failure.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
bin=${HOLDFAST_BIN:?name the folder with the static holdfast and holdfast-hook}
build="$root/.build/bench"

for program in "$bin/holdfast" "$bin/holdfast-hook" ${RATES:+"$RATES/registry-rates" "$RATES/drain-rates" "$RATES/archive-rates" "$RATES/vault-rates"}; do
  [ -x "$program" ] || { echo "$program is missing; build it first" >&2; exit 1; }
done
for program in redis-server redis-cli python3 openssl "${CC:-cc}"; do
  command -v "$program" > /dev/null || { echo "$program is not on PATH; install it" >&2; exit 1; }
done

mkdir -p "$build"
HOLDFAST_SCRIPTS="$root/Sources/Storage/Scripts"
export HOLDFAST_SCRIPTS
"${CC:-cc}" -O2 -Wall -Wextra -DSCRIPTS="\"$HOLDFAST_SCRIPTS\"" "$here/twin.c" -lhiredis -o "$build/twin"
"${CC:-cc}" -O2 -Wall -Wextra "$here/bench.c" -lhiredis -o "$build/bench"
"${CC:-cc}" -O2 -Wall -Wextra "$here/model.c" -o "$build/model"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-bench.XXXXXX")
servers=
clean_up() {
  # A stopped server hears nothing but KILL; it holds nothing worth saving.
  for pid in $servers; do kill -KILL "$pid" 2> /dev/null || :; done
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# The socket's file is there before the server accepts, so a PING must be answered.
serve() {
  redis-server --port 0 --unixsocket "$scratch/$1.sock" --dir "$scratch" --save "" --appendonly no > /dev/null &
  servers="$servers $!"
  tries=0
  until redis-cli -s "$scratch/$1.sock" ping > /dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 500 ] || { echo "redis-server did not start at $scratch/$1.sock" >&2; exit 1; }
    sleep 0.01
  done
}

mkdir -p "$scratch/config" "$scratch/claude/projects" "$scratch/project"
for slug in -bench-project $(seq -f '-home-dev-project-%g' 1 20); do mkdir "$scratch/claude/projects/$slug"; done

serve up
serve hung
hung=$!
# Behind pyenv's and other launchers, which are shell scripts, lies the interpreter.
python=$(python3 -c 'import sys; print(sys.executable)')
"$build/bench" "${RUNS:-200}" "$scratch" "$hung" "$bin/holdfast-hook" "$bin/holdfast" "$build/twin" "$python" \
  "$here/hook.py" "$(command -v redis-cli)"

echo
serve capture
python3 "$here/capture.py" "$bin" "$scratch/capture" "$scratch/capture.sock"

echo
serve status
python3 "$here/status.py" "$bin" "$scratch/status" "$scratch/status.sock" "${RUNS:-60}"

echo
serve full
serve empty
mkdir "$scratch/conversations"
python3 "$here/conversations.py" "$bin" "$scratch/conversations" "$scratch/full.sock" "$scratch/empty.sock" "${RUNS:-200}"
# What follows is measured without 300 MB of conversations beside it.
for name in full empty; do redis-cli -s "$scratch/$name.sock" shutdown nosave; done

echo
mkdir "$scratch/reliability"
python3 "$here/reliability.py" "$bin" "$scratch/reliability" "${MEGABYTES:-100}" "${REST:-120}" "${RUNS:-60}"

mkdir "$scratch/scale"
python3 "$here/scale.py" "$bin" "$scratch/scale"

echo
mkdir "$scratch/relay"
python3 "$here/relay.py" "$bin" "$scratch/relay"

if [ -n "${RATES:-}" ]; then
  echo
  serve rates
  "$RATES/registry-rates" "unix:$scratch/rates.sock"
  echo
  serve drain
  "$build/model" 0 > "$scratch/model.port" &
  servers="$servers $!"
  until [ -s "$scratch/model.port" ]; do sleep 0.01; done
  "$RATES/drain-rates" "unix:$scratch/drain.sock" "$scratch/drain" "${EPISODES:-3000}" \
    "http://127.0.0.1:$(cat "$scratch/model.port")/v1"
  echo
  "$RATES/archive-rates" "$scratch/archive.sqlite" 300 "${ARCHIVED:-20000}"
  echo
  if [ -n "${TRANSCRIPTS:-}" ]; then
    find "$TRANSCRIPTS" -name '*.jsonl' -exec "$RATES/vault-rates" "$scratch/vault" {} +
  else
    "$RATES/vault-rates" "$scratch/vault"
  fi
fi
