#!/usr/bin/env bash
# Measures speed and memory beside Vectorscan and plain parsing, on the sample of ordinary text.
# Writes bench.json into the build folder and prints tables. usage: bench.sh BUILD_DIR
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
texts=(tests/data/ordinary/*-sample.txt)
terms=$build/bench/quiet-terms.txt

[ -s "$terms" ] || /usr/bin/python3 tools/quiet_terms.py 10000 "${texts[@]}" >"$terms"
echo "grep: MB/s a core, one call a message"
"$build/bench/bench_grep" --seconds 0.3 "$terms" "${texts[@]}"
"$build/bench/bench_grep" --seconds 0.3 --json "$terms" "${texts[@]}" >"$build/bench/grep.json"
echo
echo "scan: events/s"
scan=(python3 bench/bench_scan.py --ward "$build/src/cli/ward" --floor "$build/bench/bench_floor"
      --packs packs --events 200000)
for text in "${texts[@]}"; do scan+=(--texts "$text"); done
"${scan[@]}"
"${scan[@]}" --json >"$build/bench/scan.json"
echo
echo "serve: events into a store over one connection"
ingest=(python3 bench/bench_ingest.py --ward "$build/src/cli/ward")
for text in "${texts[@]}"; do ingest+=(--texts "$text"); done
"${ingest[@]}"
echo
echo "serve: checks over HTTP, the load from this machine too"
serve=(python3 bench/bench_serve.py --ward "$build/src/cli/ward")
"${serve[@]}"
"${serve[@]}" --json >"$build/bench/serve.json"
python3 - "$build" <<'PY'
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1]) / "bench"
figures = {name: [json.loads(line) for line in (folder / f"{name}.json").read_text().splitlines()]
           for name in ("grep", "scan", "serve")}
out = folder.parent / "bench.json"
out.write_text(json.dumps(figures, indent=1) + "\n")
print(f"\n{out}")
PY
