#!/usr/bin/env bash
# Runs tests on Debian's PostgreSQL in place of the embedded one. The arguments are
# pytest's. The server is a new one, on a socket in a temporary folder, and ends with
# the tests; where PostgreSQL is not installed this says so and does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1 || true)
if [[ -z $bin ]]; then
    echo "keyshelf: Debian's postgresql is NOT INSTALLED: nothing is proved on it" >&2
    exit 0
fi

# In memory where there is enough (see tests/database.py): sizes are in MiB.
place=${TMPDIR:-/tmp}
memory=$(df --output=size --block-size=1M /dev/shm 2>/dev/null | tail -n 1 || echo 0)
if [[ -w /dev/shm && $memory -ge 4096 ]]; then place=/dev/shm; fi
folder=$(mktemp -d "$place/keyshelf-debian-XXXXXX")
# PostgreSQL refuses to run as root; the package brings an account for it.
as=()
if [[ $(id -u) == 0 ]]; then
    as=(runuser -u postgres --)
    chown postgres "$folder"
fi
server() { (cd "$folder" && "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" "$@" >/dev/null); }
trap 'server stop -m immediate || true; rm -rf "$folder"' EXIT

(cd "$folder" && "${as[@]}" "$bin/initdb" -D "$folder/data" -U keyshelf --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null)
server start -w -o "-k $folder -c listen_addresses= -c max_connections=300 -c max_wal_size=256MB -c fsync=off"

echo "keyshelf: the tests run on $("$bin/postgres" --version)"
KEYSHELF_TEST_DATABASE_URL="postgresql://keyshelf@/postgres?host=$folder" .venv/bin/pytest "$@"
