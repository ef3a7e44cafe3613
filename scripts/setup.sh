#!/usr/bin/env bash
# Sets Keyshelf up in this folder: Python packages in .venv, the built page.
#
#   scripts/setup.sh [--tests]
#
# Does only what is missing or out of date, so that it costs nothing the second
# time. Writes to this folder, and to the caches of uv and npm.
set -euo pipefail
cd "$(dirname "$0")/.."

groups=--no-dev stamp=.venv/.keyshelf-runtime
if [[ ${1:-} == --tests ]]; then groups=--dev stamp=.venv/.keyshelf-tests; fi

say() { printf 'keyshelf: %s\n' "$*" >&2; }
give_up() { say "$*"; exit 1; }

# Without a home to write to, caches stay here.
home=$(cd ~ 2>/dev/null && pwd || true)
if [[ -z $home || $home == / || ! -w $home ]]; then
    export UV_CACHE_DIR=${UV_CACHE_DIR:-$PWD/.tools/cache/uv}
    export npm_config_cache=${npm_config_cache:-$PWD/.tools/cache/npm}
fi

find_uv() {
    if command -v uv >/dev/null; then uv=uv; return; fi
    uv=.tools/uv/bin/uv
    "$uv" --version >/dev/null 2>&1 && return
    say "uv is not installed; putting it into .tools/uv"
    rm -rf .tools/uv
    if python3 -c 'import ensurepip, venv' 2>/dev/null; then
        python3 -m venv .tools/uv
        .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
    elif python3 -m pip --version >/dev/null 2>&1; then
        python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools/uv uv
    else
        give_up "uv is missing and Python has neither venv nor pip to install it with." \
            "Run 'apt-get install python3-venv', or install uv, and try again."
    fi
}

sync_packages() {
    # A copied or moved checkout brings an environment that points to the old place.
    if [[ -f .venv/.keyshelf-folder && $(<.venv/.keyshelf-folder) != "$PWD" ]]; then rm -rf .venv; fi
    if [[ $stamp -nt uv.lock && $stamp -nt pyproject.toml ]]; then return; fi
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        give_up "Keyshelf needs Python 3.11 or newer as python3."
    find_uv
    [[ -e .venv/bin/keyshelf ]] || say "installing Python packages into .venv"
    # --inexact: setting up for `make up` does not take the tests' packages away.
    UV_PYTHON_DOWNLOADS=never "$uv" sync --quiet --frozen --inexact $groups
    printf '%s' "$PWD" >.venv/.keyshelf-folder
    touch "$stamp"
}

sync_packages
scripts/web.sh build
