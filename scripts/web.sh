#!/usr/bin/env bash
# Builds and checks the page; without Node.js it says so and is content.
#
#   scripts/web.sh build|check|test
set -euo pipefail
cd "$(dirname "$0")/.."

static=src/keyshelf/api/static stamp=web/node_modules/.keyshelf-page

say() { printf 'keyshelf: %s\n' "$*" >&2; }

have_node() {
    local needed='const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'
    command -v npm >/dev/null && node -e "$needed" 2>/dev/null
}

is_current() {
    [[ -f $static/index.html && -f $stamp ]] || return 1
    local sources=(web/src web/public web/index.html web/package.json web/package-lock.json web/tsconfig.json web/vite.config.ts web/first-paint.ts)
    [[ -z $(find "${sources[@]}" -newer "$stamp" -print -quit) ]]
}

install_packages() {
    local installed=web/node_modules/.package-lock.json
    if [[ -f $installed && ! web/package-lock.json -nt $installed ]]; then return; fi
    say "installing the page's packages into web/node_modules"
    npm --prefix web ci --silent
    touch "$installed"
}

build() {
    if is_current; then return; fi
    if ! have_node; then
        [[ -f $static/index.html ]] && return
        say "the page is not built, because Node.js 20.19 or newer with npm is not installed; everything else works"
        return
    fi
    install_packages
    say "building the page"
    # Dated before the build: what changes meanwhile is built the next time.
    touch "$stamp.begun"
    # Types are for `check`: who only wants to serve need not wait for them.
    web/node_modules/.bin/vite build web --logLevel error
    mv "$stamp.begun" "$stamp"
}

run() {
    if ! have_node; then
        say "the page's own checks are left out, because Node.js 20.19 or newer with npm is not installed"
        return
    fi
    install_packages
    npm --prefix web run --silent "$1"
}

case ${1:-} in
    build) build ;;
    check | test) run "$1" ;;
    *) say "usage: scripts/web.sh build|check|test"; exit 2 ;;
esac
