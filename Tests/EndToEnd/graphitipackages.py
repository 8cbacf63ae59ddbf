"""graphitipackages.py FOLDER: has graphiti-core with its embedded database, and what its servers are made of, in a folder of
its own below FOLDER, and prints that. What is there already is not fetched again."""
import shutil
import sys
from pathlib import Path

from clients import Failure, pip

# kuzu: the last there is. httpx: graphiti-core imports it and does not ask for it.
PACKAGES = ["graphiti-core==0.31.2", "kuzu==0.11.3", "httpx==0.28.1", "mcp==1.26.0"]


def folder_below(clients):
    folder = Path(clients) / ("graphiti-" + "-".join(package.partition("==")[2] for package in PACKAGES))
    if folder.exists():
        return folder
    print("end-to-end: fetching " + ", ".join(PACKAGES), file=sys.stderr)
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    pip("install", "--quiet", "--only-binary", ":all:", "--target", str(draft), *PACKAGES)
    draft.rename(folder)
    return folder


if __name__ == "__main__":
    try:
        print(folder_below(sys.argv[1]))
    except Failure as reason:
        raise SystemExit("pip could not fetch what Graphiti needs: %s" % reason)
