"""unpack.py WHEEL CLAUDE: takes the client out of a wheel. A broken unpacking leaves nothing behind."""
import os
import shutil
import sys
import zipfile

wheel, claude = sys.argv[1:]
os.makedirs(os.path.dirname(claude), exist_ok=True)
partial = "%s.%d" % (claude, os.getpid())
try:
    with zipfile.ZipFile(wheel) as archive, archive.open("claude_agent_sdk/_bundled/claude") as source:
        with open(partial, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    os.chmod(partial, 0o755)
    os.replace(partial, claude)
except (KeyError, OSError, zipfile.BadZipFile) as problem:
    if os.path.exists(partial):
        os.remove(partial)
    sys.exit("unpack.py: %s" % problem)
