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
[ "$failures" -eq 0 ] || { echo "demo: $failures commands ended unexpectedly" >&2; exit 1; }
