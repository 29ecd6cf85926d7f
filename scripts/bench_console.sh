#!/usr/bin/env bash
#
# The runs behind the console's part of docs/benchmarks.md: one JSON object a line into
# docs/benchmarks/api.jsonl, live.jsonl and reports.jsonl, which begin anew; at the end
# the tables. api and live run RUNS times (3) and take a quarter of an hour on two cores;
# reports runs once for each of its sizes, twenty minutes and 20 GB of disk. Nothing else
# should run meanwhile. bin/tandem has to be built from what is committed (make build):
# each object says from which commit.
#
#   scripts/bench_console.sh [api|live|reports]...    default: api live

set -euo pipefail

repo=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
cd "$repo"
out=docs/benchmarks
runs=${RUNS:-3}
mkdir -p "$out"
(($# > 0)) || set -- api live
case $(bin/tandem version) in
*dev | *-dirty)
	echo "bench_console: bin/tandem is not of a commit: commit, make build, then again" >&2
	exit 1
	;;
esac

# bench NAME ARGUMENT... adds a line.
bench() {
	bin/tandem bench "$1" --json "${@:2}" | tr -d '\n' >>"$out/$1.jsonl"
	echo >>"$out/$1.jsonl"
}

for name in "$@"; do
	case $name in
	api | live | reports) rm -f "$out/$name.jsonl" ;;
	*)
		echo "bench_console: $name: want api, live or reports" >&2
		exit 1
		;;
	esac
	if [[ $name == reports ]]; then
		bench reports --attempts 10000000 --raw 0
		bench reports --attempts 1000000 --days 3 --raw 3
		continue
	fi
	for ((run = 1; run <= runs; run++)); do
		case $name in
		api) bench api --calls 1000000 --seconds 2 --slices 4 ;;
		live) bench live --listeners 500 --cps 200 --seconds 20 ;;
		esac
	done
done
bin/tandem bench tables "$out"
