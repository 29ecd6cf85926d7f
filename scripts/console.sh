#!/usr/bin/env bash
#
# Builds the console into web/dist, where the next `go build` embeds it, and
# says "built"; says nothing where it is built already, from the same sources
# and for the same API, or where there is no Node to build it with. Packages of
# another lock file than today's are an error.
#
#   scripts/console.sh PROGRAM    a tandem of these sources: it tells its API

set -euo pipefail
export LC_ALL=C # the order of names

cd "${BASH_SOURCE[0]%/*}/.."
program=$PWD/${1:?want the path of a tandem of these sources, from the top of the repository}
command -v npm >/dev/null && [[ -r web/node_modules/.tandem-lock ]] || exit 0 # scripts/setup.sh has said so
if [[ $(<web/node_modules/.tandem-lock) != "$(sha256sum <web/package-lock.json)" ]]; then
	echo "the console's packages are of another web/package-lock.json: run make setup (it needs Node 20.19 or newer), then again" >&2
	exit 1
fi

mkdir -p var
exec 9>var/console.lock # two builds would write the same files
flock 9
"$program" openapi >var/openapi.json
sum=$({
	find web -type d \( -name node_modules -o -name dist -o -name e2e \) -prune -o -type f ! -name schema.gen.ts ! -name '*.tsbuildinfo' ! -name '*.go' -print0 | sort -z | xargs -0 sha256sum
	sha256sum <var/openapi.json
} | sha256sum)
[[ -r var/console.sum && -e web/dist/index.html && $(<var/console.sum) == "$sum" ]] && exit 0
rm -f var/console.sum
if ! TANDEM_OPENAPI=$PWD/var/openapi.json npm --prefix web run build >var/console.log 2>&1 </dev/null 9>&-; then
	tail -n 30 var/console.log >&2
	echo 'the console does not build (its whole log: var/console.log)' >&2
	exit 1
fi
printf '%s\n' "$sum" >var/console.sum
echo built
