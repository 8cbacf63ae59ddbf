#!/bin/sh
# session.sh: on a bare system with nothing but loopback, a session of the real client is recorded, resumed, put back when
# its transcript is gone, and all is taken away again. The model is Tests/EndToEnd/rig/fake_api.py.
set -eu
if [ "${1:-}" != ada ]; then
  cd /home/ada
  # shellcheck disable=SC2016 # what is quoted is for the shell of ada
  su ada -c 'tar xzf "$(find /dist -name "holdfast-*-linux-*.tar.gz" ! -name "*marketplace*")" && cd holdfast-* && ./install.sh'
  # shellcheck disable=SC2016
  su ada -c 'PATH=$HOME/.local/bin:/dist/client:$PATH sh /dist/session.sh ada'
  exit
fi
export ANTHROPIC_BASE_URL=http://127.0.0.1:8787 ANTHROPIC_API_KEY=dummy CLAUDE_CODE_MAX_RETRIES=0
export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_TELEMETRY=1 DISABLE_AUTOUPDATER=1
requests=$HOME/requests.jsonl
python3 /dist/fake_api.py --port 8787 --log "$requests" &
until python3 -c 'import socket; socket.create_connection(("127.0.0.1", 8787))' 2>/dev/null; do sleep 0.1; done
said=$(holdfast up 2>&1)
echo "$said"
case $said in *"plugin: holdfast@holdfast of "*"self-test: 5 of 5 ok"*) ;; *) echo "up has not done all" && exit 1 ;; esac
mkdir "$HOME/project" && cd "$HOME/project"

# asked PROMPT: dispatches it, and says whether the model saw with it what was said first.
asked() {
  holdfast dispatch coder/1 -- claude -p "$1"
  grep -F "$1" "$requests" | grep -qF MARIGOLD || { echo "'$1' was asked without what went before" && exit 1; }
}

holdfast dispatch coder/1 -- claude -p "the word is MARIGOLD"
session=$(holdfast lookup coder/1)
asked "which word was it"
test "$(holdfast lookup coder/1)" = "$session"
holdfast sync
rm "$HOME"/.claude/projects/*/"$session".jsonl
asked "and which word was it"
test "$(holdfast lookup coder/1)" = "$session"
holdfast uninstall
if claude plugin list 2>&1 | grep -q holdfast; then echo "the plugin is still registered" && exit 1; fi
