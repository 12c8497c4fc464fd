#!/usr/bin/env bash
# Fetches the console's libraries and its test tools by console/package-lock.json, when they are not
# there yet or the lock file has changed. Needs npm and, the first time, its registry.
set -euo pipefail
cd "$(dirname "$0")/../console"

mark=node_modules/.ward-lock
cmp -s package-lock.json "$mark" && exit 0
if ! command -v npm >/dev/null; then
    echo "console: npm is missing; install it (Debian: nodejs npm) or build with -Dconsole=disabled" >&2
    exit 1
fi
echo "console: fetching libraries with npm ci"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! npm ci --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
    cat "$log" >&2
    echo "console: npm could not fetch the libraries; is its registry reachable? (or -Dconsole=disabled)" >&2
    exit 1
fi
cp package-lock.json "$mark"
