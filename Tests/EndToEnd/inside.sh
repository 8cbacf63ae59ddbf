# Sourced by rig/run_claude.sh inside the private network namespace, with the fake API up.
# HERE is the rig; CLAUDE, WORK, PORT, CTL and REQLOG are exported and read by house.py.
python3 -B "$HERE/../suite.py"
