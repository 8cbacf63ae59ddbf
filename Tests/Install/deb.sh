#!/bin/sh
# deb.sh: by apt, which brings the distribution's redis-server along.
# shellcheck disable=SC2016 # what is quoted is for the shell of ada
apt-get -qq update
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
apt-get -qq install -y --no-install-recommends /dist/holdfast_*.deb
su ada -c 'sh /dist/as-ada.sh'
test -x /usr/bin/holdfast
test -e /usr/lib/systemd/user/holdfast.service
apt-get -qq remove -y holdfast
test -z "$(find /usr -name '*holdfast*' -not -path '/usr/share/lintian/*')"
