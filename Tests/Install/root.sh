#!/bin/sh
# root.sh: by root for all; each user starts it for himself. Installed once more over a companion that runs.
# shellcheck disable=SC2016 # what is quoted is for the shell of ada
cd /tmp && tar xzf "$(find /dist -name 'holdfast-*-linux-*.tar.gz' ! -name '*marketplace*')" && cd holdfast-* || exit
./install.sh
su ada -c 'holdfast up'
# As an upgrade would: other bytes under the same name.
printf x >>bin/holdfast
./install.sh
su ada -c 'holdfast up' >/tmp/said 2>&1
grep -q 'replaced by another build' /tmp/said
su ada -c 'holdfast down; rm -r ~/.config/holdfast ~/.local/state/holdfast'
su ada -c 'sh /dist/as-ada.sh'
# What root installed only root removes.
test -x /usr/local/bin/holdfast
holdfast uninstall
test ! -e /usr/local/bin/holdfast
test -z "$(find /usr/local -name '*holdfast*')"
# An older one does not go over a newer.
mkdir -p /usr/local/bin && printf '#!/bin/sh\necho 99.0.0\n' >/usr/local/bin/holdfast && chmod +x /usr/local/bin/holdfast
if ./install.sh 2>/tmp/said; then echo "a downgrade was not refused" && exit 1; fi
grep -q -- --downgrade /tmp/said
