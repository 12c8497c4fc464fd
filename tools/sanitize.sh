#!/usr/bin/env bash
# Builds with clang under sanitizers and runs the suites that exercise memory and threads.
# usage: sanitize.sh asan|tsan
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
asan) sanitize=address,undefined suites=(--suite unit --suite golden --suite prop --suite fuzz) ;;
tsan) sanitize=thread suites=(--suite threads) ;;
*) echo "usage: sanitize.sh asan|tsan" >&2; exit 2 ;;
esac
build=build-$1
[ -f "$build/build.ninja" ] ||
    CC=clang CXX=clang++ meson setup "$build" --buildtype=debugoptimized \
        -Db_sanitize="$sanitize" -Db_lundef=false -Dsanitized=true
ninja -C "$build"
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1
exec python3 tools/run_tests.py "$build" "${suites[@]}"
