#!/bin/sh
# tarball.sh: for one user, with nothing else on the machine.
# shellcheck disable=SC2016 # what is quoted is for the shell of ada
cd /home/ada || exit
su ada -c 'tar xzf "$(find /dist -name "holdfast-*-linux-*.tar.gz" ! -name "*marketplace*")" && cd holdfast-* && ./install.sh'
su ada -c 'PATH=$HOME/.local/bin:$PATH sh /dist/as-ada.sh'
left=$(find /home/ada/.local -type f -not -path '*/state/holdfast/*')
test -z "$left" || { echo "left behind: $left" && exit 1; }
test -d /home/ada/.local/state/holdfast
