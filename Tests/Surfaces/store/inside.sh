# shellcheck shell=bash disable=SC2154
# Sourced by Tests/EndToEnd/rig/run_claude.sh inside the private network namespace, with the scripted API up.
"$PYTHON" -B "$STORE/test_resume.py"
