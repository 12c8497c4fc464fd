#!/usr/bin/env bash
# Runs every libFuzzer target for some seconds on its corpus; a finding stops with its input kept.
# usage: [FUZZ_SEED=N] fuzz.sh SECONDS [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-20}
shift || true
build=build-fuzz
[ -f "$build/build.ninja" ] ||
    CC=clang CXX=clang++ meson setup "$build" --buildtype=debugoptimized -Dfuzz=true \
        -Db_sanitize=address,undefined -Db_lundef=false -Dsanitized=true
ninja -C "$build"
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd fuzz && ls fuzz_*.c | sed 's/\.c$//')
mkdir -p "$build/findings"
for target in "${targets[@]}"; do
    corpus=fuzz/corpus/${target#fuzz_}
    work=$build/corpus/${target#fuzz_}
    mkdir -p "$work"
    seeds=()
    [ -d "$corpus" ] && seeds=("$corpus")
    echo "fuzz: $target for $seconds s"
    "$build/fuzz/$target" -max_total_time="$seconds" -seed="${FUZZ_SEED:-0}" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$build/findings/$target-" \
        "$work" "${seeds[@]}" >"$build/$target.log" 2>&1 || {
        tail -60 "$build/$target.log"
        echo "fuzz: $target found something; the input is in $build/findings" >&2
        exit 1
    }
    grep -E 'stat::number_of_executed_units' "$build/$target.log" | tail -1
done
echo "fuzz: ${#targets[@]} targets, no finding"
