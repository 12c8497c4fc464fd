#!/usr/bin/env bash
# Shows ward at work on the made-up examples, as a new user would run it.
# usage: demo.sh BUILD_DIR
set -uo pipefail
cd "$(dirname "$0")/.."
ward=$1/src/cli/ward
failures=0

# Runs one command line, shown first; any exit status in $1 (a list) is as expected.
show() {
    local expected=$1
    shift
    printf '\n$ ward %s\n' "$*"
    "$ward" "$@"
    local status=$?
    case " $expected " in
    *" $status "*) ;;
    *) echo "demo: exit status $status, expected one of: $expected" >&2; failures=$((failures + 1)) ;;
    esac
}

show "0 1" grep -n -f examples/words.txt examples/lines.txt
show "1" check "女 宝 9个月，八.万，诚心的私"
show "0" check "布偶妹妹三个月，疫苗齐，绝育后退押金500"
show "1" scan examples/chat.jsonl
show "0" cluster --json examples/groups.jsonl

store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT
show "1" scan --quiet --store "$store/case.db" examples/groups.jsonl
show "0" people --store "$store/case.db"
show "0" groups --store "$store/case.db"
show "0" cases --store "$store/case.db" show 1
show "0" audit --store "$store/case.db" verify
# A console to look at, with the same made-up chats behind it; it ends by itself after an hour.
console() {
    local place=$1/demo password address=
    [ ! -f "$place/pid" ] || kill "$(cat "$place/pid")" 2>/dev/null
    rm -rf "$place"
    mkdir -p "$place"
    "$ward" scan --quiet --store "$place/case.db" examples/groups.jsonl >/dev/null
    password=$(head -c 12 /dev/urandom | base64)
    "$ward" user --store "$place/case.db" --role administrator --name Visitor add visitor \
        <<<"$password" >/dev/null || return 1
    for listen in 127.0.0.1:8480 127.0.0.1:0; do # the usual port, or any that is free
        setsid timeout 3600 "$ward" serve --store "$place/case.db" --listen "$listen" \
            </dev/null >/dev/null 2>"$place/log" &
        echo $! >"$place/pid"
        for _ in $(seq 100); do
            address=$(sed -n 's/^ward serve: listening on //p' "$place/log")
            [ -z "$address" ] && kill -0 "$(cat "$place/pid")" 2>/dev/null || break
            sleep 0.1
        done
        [ -z "$address" ] || break
    done
    [ -n "$address" ] || { cat "$place/log" >&2; return 1; }
    printf '\nThe console is ready: %s\n  sign in as visitor, password %s\n' "$address" "$password"
    printf '  it runs for an hour; kill %s ends it now\n' "$(cat "$place/pid")"
}
console "$1" || { echo "demo: the console did not start" >&2; failures=$((failures + 1)); }
[ "$failures" -eq 0 ] || { echo "demo: $failures commands ended unexpectedly" >&2; exit 1; }
