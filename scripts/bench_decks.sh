#!/usr/bin/env bash
#
# The runs behind docs/benchmarks.md: every size, RUNS times (3), raw figures
# into docs/benchmarks/*.csv, which begin anew; at the end the tables. It takes
# the better part of an hour on two cores. Nothing else should run meanwhile:
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
			for rates in 100000 1000000 5000000; do bench decide --rates "$rates" --providers 5; done
			for rates in 100000 1000000 5000000; do bench decide --rates "$rates" --providers 50; done
			# Where a goal is missed first; once is enough for that.
			((run > 1)) || bench decide --rates 10000000 --providers 5
			((run > 1)) || bench decide --rates 20000000 --providers 50
			;;
		import)
			for rates in 100000 1000000; do bench import --rates "$rates"; done
			;;
		swap)
			bench swap --per-second 200
			# How far a node keeps up while a deck is exchanged; once is enough for that.
			((run > 1)) || for due in 400 800; do bench swap --per-second "$due"; done
			;;
		*)
			echo "bench_decks: $name: want decide, import or swap" >&2
			exit 1
			;;
		esac
	done
done
bin/tandem bench tables "$out"
