"""feeds.py FOLDER: an MCP server over stdio with one tool, look.

What it does is in FOLDER/mode, read at every call: well; broken (answers with an error); dead (it ends in the midst of the
call). Each call leaves a line in FOLDER/calls.
"""
import json
import os
import sys

folder = sys.argv[1]
for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message:
        continue
    method, answer = message["method"], {}
    if method == "initialize":
        answer = {"protocolVersion": message["params"]["protocolVersion"], "capabilities": {"tools": {}},
                  "serverInfo": {"name": "feeds", "version": "1"}}
    elif method == "tools/list":
        answer = {"tools": [{"name": "look", "description": "Looks at a feed.",
                             "inputSchema": {"type": "object", "properties": {"of": {"type": "string"}}}}]}
    elif method == "tools/call":
        with open(os.path.join(folder, "mode")) as file:
            mode = file.read().strip()
        with open(os.path.join(folder, "calls"), "a") as file:
            file.write(mode + "\n")
        if mode == "dead":
            sys.exit(1)
        words = "upstream timed out" if mode == "broken" else "all is quiet"
        answer = {"content": [{"type": "text", "text": words}], "isError": mode == "broken"}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": answer}), flush=True)
