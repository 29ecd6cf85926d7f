#!/usr/bin/env bash
#
# The runs behind the money part of docs/benchmarks.md: RUNS times (3), raw figures
# into docs/benchmarks/holds.csv and records.csv, which begin anew; at the end the
# tables. It takes five minutes on two cores. Nothing else should run meanwhile:
# each line of the raw figures says what share of the machine others used.
#
#   scripts/bench_money.sh [holds|records]...    default: both

set -euo pipefail

repo=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
cd "$repo"
out=docs/benchmarks
runs=${RUNS:-3}
mkdir -p "$out"
(($# > 0)) || set -- holds records

for name in "$@"; do
	case $name in
	holds) arguments=(--seconds 1.2 --slices 4 --route 6) ;;
	records) arguments=(--calls 3000 --rounds 3) ;;
	*)
		echo "bench_money: $name: want holds or records" >&2
		exit 1
		;;
	esac
	rm -f "$out/$name.csv"
	for ((run = 1; run <= runs; run++)); do
		bin/tandem bench "$name" --csv "$out/$name.csv" "${arguments[@]}"
	done
done
bin/tandem bench tables "$out"
