#!/bin/sh
# wheel.sh: by pip, into an environment of the user's own.
# shellcheck disable=SC2016 # what is quoted is for the shell of ada
su ada -c 'cd && python3 -m venv v && v/bin/pip install --no-index --quiet /dist/holdfast-*.whl'
su ada -c 'PATH=$HOME/v/bin:$PATH sh /dist/as-ada.sh'
su ada -c '$HOME/v/bin/pip uninstall -y --quiet holdfast'
test -z "$(find /home/ada/v -type f -name '*holdfast*')"
