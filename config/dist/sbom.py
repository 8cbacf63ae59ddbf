#!/usr/bin/env python3
"""sbom VERSION: what is linked into the programs, or handed out with them, as SPDX 2.3 on stdout.

Swift packages are those that Package.resolved names; of libraries and of redis-server, the packages they were built from.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

LIBRARIES = ["libhiredis-dev", "libsqlite3-dev", "libzstd-dev", "libc6-dev", "libstdc++-12-dev"]


def package(name, version, place):
    identity = re.sub(r"[^A-Za-z0-9.-]", "-", "SPDXRef-Package-" + name)
    return {
        "SPDXID": identity, "name": name, "versionInfo": version, "downloadLocation": place, "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
    }


def installed(name):
    asked = ["dpkg-query", "-W", "-f", "${source:Package} ${source:Version}", name]
    done = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout.split() if done.returncode == 0 else [name, "unknown"]


def main():
    version = sys.argv[1]
    packages = [package("holdfast", version, "NOASSERTION")]
    for pin in json.loads(pathlib.Path("Package.resolved").read_text())["pins"]:
        packages.append(package(pin["identity"], pin["state"].get("version") or pin["state"]["revision"], pin["location"]))
    said = subprocess.run(["swift", "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    swift = re.search(r"Swift version (\S+)", said)
    packages.append(package("swift-runtime", swift.group(1) if swift else "unknown", "https://swift.org"))
    for library in LIBRARIES:
        name, version_of = installed(library)
        packages.append(package(name, version_of, "NOASSERTION"))
    for source in pathlib.Path(".build/redis").glob("redis_*.orig.tar.gz"):
        packages.append(package("redis", source.name[len("redis_"):-len(".orig.tar.gz")], "https://redis.io"))
    moment = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    json.dump({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "holdfast-" + version,
        "documentNamespace": "https://spdx.org/spdxdocs/holdfast-%s-%d" % (version, moment.timestamp()),
        "creationInfo": {"created": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: holdfast-dist"]},
        "packages": packages,
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": packages[0]["SPDXID"]}
        ] + [
            {"spdxElementId": packages[0]["SPDXID"], "relationshipType": "CONTAINS", "relatedSpdxElement": other["SPDXID"]}
            for other in packages[1:]
        ],
    }, sys.stdout, indent=1, sort_keys=True)
    print()


main()
