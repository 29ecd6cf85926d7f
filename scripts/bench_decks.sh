#!/usr/bin/env bash
#
# The runs behind docs/benchmarks.md: every size, RUNS times (3), raw figures
# into docs/benchmarks/*.csv, which begin anew; at the end the tables. It takes
# about an hour and a quarter on two cores. Nothing else should run meanwhile:
# each line of the raw figures says what share of the machine others used.
#
#   scripts/bench_decks.sh [decide|import|swap]...    default: all three

set -euo pipefail

repo=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
cd "$repo"
out=docs/benchmarks
runs=${RUNS:-3}
mkdir -p "$out"
(($# > 0)) || set -- decide import swap

bench() { bin/tandem bench "$1" --csv "$out/$1.csv" "${@:2}"; }

for name in "$@"; do
	rm -f "$out/$name.csv"
	for ((run = 1; run <= runs; run++)); do
		case $name in
		decide)
			# The last size of each line is there to show where a goal is missed first.
			for rates in 100000 1000000 5000000 10000000; do bench decide --rates "$rates" --providers 5; done
			for rates in 100000 1000000 5000000 10000000 20000000; do bench decide --rates "$rates" --providers 50; done
			;;
		import)
			for rates in 100000 1000000; do bench import --rates "$rates"; done
			;;
		swap)
			for due in 100 200 400 800; do bench swap --per-second "$due"; done
			;;
		*)
			echo "bench_decks: $name: want decide, import or swap" >&2
			exit 1
			;;
		esac
	done
done
bin/tandem bench tables "$out"
