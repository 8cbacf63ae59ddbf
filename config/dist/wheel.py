#!/usr/bin/env python3
"""wheel STAGE VERSION ARCH FOLDER: packs what is staged as a wheel, the same bytes for the same stage.

The programs are scripts of the wheel, so that pip, pipx and uv put them where programs go; what they look for beside
themselves goes into the same prefix. They need nothing of the system but the kernel: any libc will do.
"""

import base64
import hashlib
import os
import pathlib
import sys
import time
import zipfile

TAGS = ["manylinux_2_17_{0}", "manylinux2014_{0}", "musllinux_1_1_{0}"]
METADATA = """\
Metadata-Version: 2.1
Name: holdfast
Version: {version}
Summary: Keeps hold of Claude Code sessions: no dispatch wastes a resume, no word is lost, what is kept comes back.
License: Apache-2.0
Requires-Python: >=3.8
Classifier: Operating System :: POSIX :: Linux
Classifier: License :: OSI Approved :: Apache Software License
Description-Content-Type: text/markdown

{readme}"""


def main():
    stage, version, arch, folder = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4])
    moment = time.gmtime(max(int(os.environ["SOURCE_DATE_EPOCH"]), 315532800))[:6]
    name = "holdfast-" + version
    tags = [tag.format(arch) for tag in TAGS]
    files = {}
    for path in sorted(stage.rglob("*")):
        if path.is_file():
            inner = path.relative_to(stage)
            place = "scripts" if inner.parts[0] == "bin" else "data/" + str(inner.parent)
            files["%s.data/%s/%s" % (name, place, inner.name)] = (path.read_bytes(), os.access(path, os.X_OK))
    information = name + ".dist-info/"
    files[information + "METADATA"] = METADATA.format(
        version=version, readme=pathlib.Path("README.md").read_text("utf-8")).encode(), False
    files[information + "WHEEL"] = "".join(
        ["Wheel-Version: 1.0\nGenerator: holdfast\nRoot-Is-Purelib: false\n"] +
        ["Tag: py3-none-%s\n" % tag for tag in tags]).encode(), False
    files[information + "licenses/LICENSE"] = pathlib.Path("LICENSE").read_bytes(), False
    record = ""
    for inner, (content, _) in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\n" % (inner, digest, len(content))
    record += information + "RECORD,,\n"
    files[information + "RECORD"] = record.encode(), False
    target = folder / ("%s-py3-none-%s.whl" % (name, ".".join(tags)))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for inner, (content, is_program) in files.items():
            entry = zipfile.ZipInfo(inner, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o100755 if is_program else 0o100644) << 16
            wheel.writestr(entry, content)


main()
