#!/usr/bin/env bash
#
# The runs behind the console's part of docs/benchmarks.md: RUNS times (3), one JSON
# object a line into docs/benchmarks/api.jsonl, live.jsonl and reports.jsonl, which begin anew. It
# takes a quarter of an hour on two cores. Nothing else should run meanwhile: each object
# says what share of the machine others used. At the end the tables.
#
#   scripts/bench_console.sh [api|live|reports]...    default: api live; reports takes long and 25 GB

set -euo pipefail

repo=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
cd "$repo"
out=docs/benchmarks
runs=${RUNS:-3}
mkdir -p "$out"
(($# > 0)) || set -- api live

for name in "$@"; do
	case $name in
	api) arguments=(--calls 1000000 --seconds 2 --slices 4) ;;
	live) arguments=(--listeners 500 --cps 200 --seconds 20) ;;
	reports) arguments=(--attempts 10000000) ;;
	*)
		echo "bench_console: $name: want api, live or reports" >&2
		exit 1
		;;
	esac
	rm -f "$out/$name.jsonl"
	for ((run = 1; run <= runs; run++)); do
		bin/tandem bench "$name" --json "${arguments[@]}" | tr -d '\n' >>"$out/$name.jsonl"
		echo >>"$out/$name.jsonl"
	done
done
bin/tandem bench tables "$out"
