#!/usr/bin/env bash
# Installs what some tests need from Debian: Chromium (the page), Redis (jobs and
# limits on a real one), PostgreSQL (the suite on Debian's server), Prometheus (its
# promtool reads our alert rules).
#
# Does nothing when all are there. Without root it names what is missing; the
# tests that need it are then skipped, and say so.
set -euo pipefail

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v redis-server >/dev/null || missing+=(redis-server)
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
command -v promtool >/dev/null || missing+=(prometheus)
[[ ${#missing[@]} == 0 ]] && exit 0

if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "keyshelf: the tests that need ${missing[*]} will be skipped." \
        "To run them too: apt-get install ${missing[*]}" >&2
    exit 0
fi
echo "keyshelf: installing ${missing[*]} for the tests" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq --no-install-recommends "${missing[@]}" >/dev/null
