#!/usr/bin/env bash
#
# Installs what `make run` and `make test` need and this machine lacks: an
# Asterisk and a MariaDB, the console's packages from npm, and for the tests a
# C compiler (race detector) and a Chromium (browser tests).
#
#   scripts/setup.sh run     Asterisk, MariaDB, the console's packages
#   scripts/setup.sh test    the same, a C compiler and Chromium (default)
#
# Asterisk, MariaDB and Chromium never touch the system. Debian's packages are
# fetched with a private apt state, unpacked into a folder of the cache, and
# started through that folder's own dynamic loader (Chromium, which starts itself
# again and again, through the system's); no root, no chroot, no daemon:
#
#   var/cache/fetch/NAME   apt's state and the archives while they are fetched
#   var/cache/NAME.part    the packages while they are unpacked
#   var/cache/NAME         complete, because the rename comes last
#   var/cache/tools.json   where the programs are, read by package play
#
# Interrupt it at any point and run it again: it goes on where it was. Two at
# once wait for each other. A complete set-up returns at once.
#
# Environment:
#   TANDEM_CACHE           another folder instead of var/cache
#   TANDEM_ASTERISK        use this asterisk program (>= 20.20.1; of 21 and 22 >= 22.10.1)
#   TANDEM_ASTERISK_MODULES, TANDEM_ASTERISK_DATA
#                          its module and data folders, where they are not found by themselves
#   TANDEM_MARIADBD        use this mariadbd program (>= 10.6)
#   TANDEM_MARIADB_DSN     use this running MariaDB (Go driver's form: user:password@unix(/socket)/)
#   TANDEM_CHROMIUM        use this chromium program; /usr/bin/chromium is used without being named
#   TANDEM_DEBIAN_MIRROR   fetch from this mirror instead of the one this machine's apt uses

set -euo pipefail
umask 022
export LC_ALL=C # tools' output is parsed

readonly RECIPE=1 # raise it when the way a root is built changes: roots are then built anew
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring

repo=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
readonly repo
purpose=${1:-test}
cache=${TANDEM_CACHE:-$repo/var/cache}
[[ $cache == /* ]] || cache=$PWD/$cache

step=0 steps=0 job=

say() { printf '%s\n' "$*"; }

die() {
	printf 'set-up: %s\n' "$1" >&2
	shift
	(($# == 0)) || printf '        %s\n' "$@" >&2
	exit 1
}

# begin TEXT opens a step's line: "[2/5] fetching …".
begin() {
	step=$((step + 1))
	printf '[%d/%d] %s' "$step" "$steps" "$1"
}

# finish_line closes the step's line.
finish_line() { say ', done'; }

# meter turns percentages (one a line) into progress behind the step's text: in
# place on a terminal, every quarter elsewhere.
meter() {
	local percent shown=0 grain=25
	[[ ! -t 1 ]] || grain=1
	while read -r percent; do
		percent=$((percent / grain * grain))
		((percent > shown)) || continue
		shown=$percent
		if [[ -t 1 ]]; then printf ' %3d %%\b\b\b\b\b\b' "$percent"; else printf ' %d %%' "$percent"; fi
	done
	if [[ -t 1 ]]; then printf '      \b\b\b\b\b\b'; fi
}

# in_background COMMAND... runs the command in a process group of its own and
# waits: so a signal is acted upon at once (bash defers it while a command runs
# in the foreground), and takes everything the command started with it.
in_background() {
	local status=0
	set -m
	"$@" &
	job=$!
	set +m
	wait "$job" || status=$?
	job=
	return "$status"
}

interrupted() {
	[[ -z $job ]] || kill -TERM -- "-$job" 2>/dev/null || true
	printf '\n' >&2
	die "interrupted; run scripts/setup.sh $purpose again, it goes on where it was"
}

# version_at_least HAVE LEAST compares dotted versions.
version_at_least() {
	local -a have least
	local i
	IFS=. read -ra have <<<"$1"
	IFS=. read -ra least <<<"$2"
	for i in 0 1 2; do
		((10#${have[i]:-0} > 10#${least[i]:-0})) && return 0
		((10#${have[i]:-0} < 10#${least[i]:-0})) && return 1
	done
	return 0
}

# first_existing PATH... prints the first that exists.
first_existing() {
	local path
	for path; do
		if [[ -e $path ]]; then
			printf '%s' "$path"
			return
		fi
	done
	return 1
}

# --- what one can do by hand -------------------------------------------------

by_hand() {
	cat >&2 <<-END
		set-up: cannot install by itself here: $1

		Install by hand what is missing and name it in the environment:
		  Asterisk >= 20.20.1 (20 LTS) or >= 22.10.1 (22 LTS), with PJSIP, IAX2, FastAGI, ARI and its English sounds
		      export TANDEM_ASTERISK=/path/to/asterisk
		  MariaDB server >= 10.6
		      export TANDEM_MARIADBD=/path/to/mariadbd
		      or a server that runs already: export TANDEM_MARIADB_DSN='user:password@unix(/path/to/mysqld.sock)/'
		  for the tests, a C compiler and the C library's headers (Debian: apt-get install gcc libc6-dev)
		      and a Chromium: export TANDEM_CHROMIUM=/path/to/chromium
		and run scripts/setup.sh $purpose again. On Debian 12 or later all of it is done by this script.
	END
	exit 1
}

# --- the programs of the system ----------------------------------------------

# check_asterisk_version VERSION: the security releases of 20 and 22; 21 has none.
check_asterisk_version() {
	local major=${1%%.*} minimum=20.20.1
	((major == 21 || major == 22)) && minimum=22.10.1
	version_at_least "$1" "$minimum"
}

# asterisk_version COMMAND... prints "22.10.1".
asterisk_version() {
	local line
	line=$("$@" -V 2>&1) || return 1
	[[ $line =~ ^Asterisk\ ([0-9]+\.[0-9]+\.[0-9]+) ]] || return 1
	printf '%s' "${BASH_REMATCH[1]}"
}

# mariadb_version COMMAND... prints "10.11.18".
mariadb_version() {
	local line
	line=$("$@" --no-defaults --version 2>&1) || return 1
	[[ $line =~ Ver\ ([0-9]+\.[0-9]+\.[0-9]+)-MariaDB ]] || return 1
	printf '%s' "${BASH_REMATCH[1]}"
}

# is_program VARIABLE checks that the variable names a program by a path that
# can be written into tools.json as it stands.
is_program() {
	local path=${!1}
	[[ $path == /* && -x $path && ! -d $path ]] || die "$1=$path is not a program" "give the whole path, for example $1=/usr/sbin/${2}"
	[[ $path != *[\"\\]* ]] || die "$1=$path must not contain quotes or backslashes"
}

describe_system_asterisk() {
	local version modules data prefix
	is_program TANDEM_ASTERISK asterisk
	version=$(asterisk_version "$TANDEM_ASTERISK") ||
		die "TANDEM_ASTERISK=$TANDEM_ASTERISK does not tell its version" "try: $TANDEM_ASTERISK -V"
	check_asterisk_version "$version" ||
		die "TANDEM_ASTERISK=$TANDEM_ASTERISK is Asterisk $version, too old" \
			"needed: >= 20.20.1 (20 LTS) or >= 22.10.1 (22 LTS); or unset TANDEM_ASTERISK to have one installed"
	prefix=${TANDEM_ASTERISK%/*/*}
	modules=${TANDEM_ASTERISK_MODULES:-$(first_existing "$prefix"/lib/*-linux-gnu*/asterisk/modules "$prefix"/lib{,64}/asterisk/modules)} ||
		die "the modules of $TANDEM_ASTERISK are not where they usually are" "set TANDEM_ASTERISK_MODULES=/…/asterisk/modules"
	data=${TANDEM_ASTERISK_DATA:-$(first_existing "$prefix/share/asterisk" /usr/share/asterisk /var/lib/asterisk)} ||
		die "the data folder of $TANDEM_ASTERISK is not where it usually is" "set TANDEM_ASTERISK_DATA to its astdatadir (the folder with sounds/en)"
	[[ -e $modules/res_agi.so ]] || die "$modules holds no res_agi.so" "set TANDEM_ASTERISK_MODULES to the folder with Asterisk's modules"
	[[ -e $data/sounds/en ]] || die "$data/sounds/en is missing" \
		"install Asterisk's English core sounds, or set TANDEM_ASTERISK_DATA to the folder that has sounds/en"
	[[ $modules$data != *[\"\\]* ]] || die "Asterisk's folders must not contain quotes or backslashes"
	asterisk_json "$version" "$modules" "$data" "$TANDEM_ASTERISK"
}

describe_system_mariadbd() {
	local version share
	is_program TANDEM_MARIADBD mariadbd
	version=$(mariadb_version "$TANDEM_MARIADBD") ||
		die "TANDEM_MARIADBD=$TANDEM_MARIADBD does not say that it is MariaDB" "try: $TANDEM_MARIADBD --no-defaults --version"
	version_at_least "$version" 10.6 ||
		die "TANDEM_MARIADBD=$TANDEM_MARIADBD is MariaDB $version, too old" "needed: >= 10.6; or unset TANDEM_MARIADBD to have one installed"
	share=$(mariadb_share "${TANDEM_MARIADBD%/*/*}") || share=$(mariadb_share /usr) ||
		die "the SQL files of $TANDEM_MARIADBD (mysql_system_tables.sql) are not where they usually are"
	mariadb_json "$version" "$share" "$TANDEM_MARIADBD"
}

# chromium_version COMMAND... prints "150.0.7871.100", when it shows a page.
chromium_version() {
	local line page
	line=$("$@" --version 2>/dev/null) || return 1
	[[ $line =~ ([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+) ]] || return 1
	# Debian's own Chromium cannot use its sandbox here: no root, no setuid helper.
	page=$(timeout 60 "$@" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --dump-dom 'data:text/html,<p>it works' 2>/dev/null 9>&-) || return 1
	[[ $page == *'<p>it works'* ]] || return 1
	printf '%s' "${BASH_REMATCH[1]}"
}

describe_system_chromium() {
	local line
	is_program TANDEM_CHROMIUM chromium
	line=$("$TANDEM_CHROMIUM" --version 2>/dev/null) || line=
	[[ $line =~ ([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+) ]] ||
		die "TANDEM_CHROMIUM=$TANDEM_CHROMIUM does not tell its version" "try: $TANDEM_CHROMIUM --version"
	chromium_json "${BASH_REMATCH[1]}" "$TANDEM_CHROMIUM"
}

# mariadb_share PREFIX prints the folder with the system tables' SQL, under
# its old or its new name.
mariadb_share() {
	local file
	file=$(first_existing "$1"/share/{mysql,mariadb}/{mysql,mariadb}_system_tables.sql) || return 1
	printf '%s' "${file%/*}"
}

# --- the roots: programs unpacked into the cache -------------------------------

# is_complete NAME: the root is there, built by this recipe.
is_complete() {
	local recipe=
	[[ -r $cache/$1/.complete ]] && read -r recipe _ <"$cache/$1/.complete"
	[[ $recipe == "$RECIPE" ]]
}

# through_loader ROOT sets argv to the command that starts a program of the
# root with the root's libraries: LOADER --library-path DIRS. The machine's own
# C library may be older than the programs need.
through_loader() {
	local root=$1 loader dir libraries=
	loader=$(first_existing "$root"/{usr/lib,lib}/*-linux-gnu*/ld{-linux*,64}.so.[0-9]*) || return 1
	for dir in "$root"/{usr/lib,lib}/*-linux-gnu* "$root"/{usr/lib,lib}; do
		[[ -d $dir ]] && libraries+=${libraries:+:}$dir
	done
	argv=("$loader" --library-path "$libraries")
}

# locate_asterisk ROOT, locate_mariadb ROOT set argv and the folders of the root.
locate_asterisk() {
	through_loader "$1" || return 1
	argv+=("$1/usr/sbin/asterisk")
	modules=$(first_existing "$1"/usr/lib/*-linux-gnu*/asterisk/modules) && data=$1/usr/share/asterisk
}

locate_mariadb() {
	through_loader "$1" || return 1
	argv+=("$1/usr/sbin/mariadbd")
	share=$(mariadb_share "$1/usr")
}

describe_asterisk_root() {
	local -a argv
	local modules data version
	locate_asterisk "$cache/asterisk-22" || die "$cache/asterisk-22 is damaged" "remove it and run scripts/setup.sh $purpose again"
	read -r _ version <"$cache/asterisk-22/.complete"
	asterisk_json "$version" "$modules" "$data" "${argv[@]}"
}

describe_mariadb_root() {
	local -a argv
	local share version
	locate_mariadb "$cache/mariadb" || die "$cache/mariadb is damaged" "remove it and run scripts/setup.sh $purpose again"
	read -r _ version <"$cache/mariadb/.complete"
	mariadb_json "$version" "$share" "${argv[@]}"
}

describe_chromium_root() {
	local version
	[[ -x $cache/chromium/chromium ]] || die "$cache/chromium is damaged" "remove it and run scripts/setup.sh $purpose again"
	read -r _ version <"$cache/chromium/.complete"
	chromium_json "$version" "$cache/chromium/chromium"
}

# finish_asterisk ROOT, finish_mariadb ROOT, finish_chromium ROOT: what the packages' own scripts
# would do, and the proof that the program starts. They print its version.
finish_asterisk() {
	local -a argv
	local modules data version sounds
	locate_asterisk "$1" || return 1
	# The sounds reach "en" through the alternatives system, which no root has.
	sounds=$(first_existing "$data"/sounds/en_US_*) || return 1
	[[ -e $data/sounds/en ]] || ln -s "${sounds##*/}" "$data/sounds/en"
	version=$(asterisk_version "${argv[@]}") || return 1
	check_asterisk_version "$version" || return 1
	printf '%s' "$version"
}

finish_mariadb() {
	local -a argv
	local share version
	locate_mariadb "$1" || return 1
	version=$(mariadb_version "${argv[@]}") || return 1
	version_at_least "$version" 10.6 || return 1
	printf '%s' "$version"
}

# finish_chromium writes the program that starts it. Chromium starts further
# processes by its own path, which behind a loader would be the loader's: so the
# system's loader and C library run it (Debian 12's or newer), and the root gives
# every other library and the fonts.
finish_chromium() {
	local root=$1
	rm -f "$root"/{usr/lib,lib}/*-linux-gnu*/{ld-linux*,libc,libm,libmvec,libpthread,libdl,librt,libresolv,libnsl,libutil,libanl,libBrokenLocale,libthread_db,libnss_*,libc_malloc_debug,libmemusage,libpcprofile}.so*
	# 300 MB of drivers of graphics cards and the like: it draws by itself.
	rm -rf "$root"/usr/lib/*-linux-gnu*/{dri,libLLVM-*,libz3.so*} "$root"/usr/lib/chromium/libVkLayer_* "$root"/usr/share/{icons,perl} "$root"/usr/lib/*-linux-gnu*/perl*
	cat >"$root/fonts.conf" <<-'END'
		<?xml version="1.0"?>
		<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
		<fontconfig>
		  <dir prefix="relative">usr/share/fonts</dir>
		  <cachedir prefix="xdg">fontconfig</cachedir>
		  <alias><family>sans-serif</family><prefer><family>Inter</family><family>Liberation Sans</family></prefer></alias>
		  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
		  <alias><family>system-ui</family><prefer><family>Inter</family></prefer></alias>
		</fontconfig>
	END
	cat >"$root/chromium" <<-'END'
		#!/bin/bash
		# Starts the Chromium of this folder, wherever the folder is.
		root=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
		for dir in "$root"/{usr/lib,lib}/*-linux-gnu* "$root"/usr/lib/*-linux-gnu*/pulseaudio; do
			[[ -d $dir ]] && libraries+=${libraries:+:}$dir
		done
		export LD_LIBRARY_PATH=$libraries FONTCONFIG_FILE=$root/fonts.conf XDG_CACHE_HOME=$root/var/cache
		exec "$root/usr/lib/chromium/chromium" "$@"
	END
	chmod +x "$root/chromium"
	chromium_version "$root/chromium"
}

# debian_mirror prints the archive this machine's own apt fetches Debian from:
# from apt's lists, or, on a machine that never ran `apt-get update`, from the
# sources themselves. No mirror's name is written down in this repository.
debian_mirror() {
	local site origin label uri word SOURCES=/dev/null PARTS=/dev/null
	if [[ -n ${TANDEM_DEBIAN_MIRROR:-} ]]; then
		printf '%s' "$TANDEM_DEBIAN_MIRROR"
		return
	fi
	# shellcheck disable=SC2016 # $(SITE) is apt's, not the shell's
	while IFS='|' read -r site origin label; do
		[[ $origin == Debian && $label == Debian && $site != cdrom:* ]] || continue
		printf '%s' "$site"
		return
	done < <(apt-get indextargets --format '$(SITE)|$(ORIGIN)|$(LABEL)' 'Created-By: Packages' 2>/dev/null)

	eval "$(apt-config shell SOURCES Dir::Etc::sourcelist/f PARTS Dir::Etc::sourceparts/d)"
	while read -r word; do
		uri=${word%/}
		# Cloud images name a file that lists the mirrors.
		if [[ $uri == *://*/debian || $uri == mirror+file:*debian.list ]] && [[ $uri != cdrom:* ]]; then
			printf '%s' "$uri"
			return
		fi
	done < <(cat "$SOURCES" "$PARTS"/*.list "$PARTS"/*.sources 2>/dev/null | sed -E '/^[[:space:]]*#/d' | tr -s '[:space:]' '\n')
	return 1
}

# configure_apt writes apt a configuration of its own under $dir: it neither
# reads nor writes what is installed on this machine. Packages stay
# authenticated: the source is signed by Debian's keyring.
configure_apt() {
	local suite=$1 arch keyring
	arch=$(dpkg --print-architecture)
	keyring=$(first_existing "$KEYRING".{gpg,pgp}) || by_hand "Debian's keyring is missing (package debian-archive-keyring)"
	mkdir -p "$dir"/{state/lists/partial,cache/archives/partial}
	: >"$dir/state/status"
	printf 'deb [signed-by=%s arch=%s target=Packages] %s %s main\n' "$keyring" "$arch" "$mirror" "$suite" >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-END
		Dir::State "$dir/state";
		Dir::State::status "$dir/state/status";
		Dir::Cache "$dir/cache";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		APT::Architecture "$arch";
		APT::Install-Recommends "false";
		APT::Install-Suggests "false";
		// Without root apt cannot become its own user; with root that user could not enter the cache.
		APT::Sandbox::User "";
		// A mirror frozen at a date is past the date of its Release file.
		Acquire::Check-Valid-Until "false";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Acquire::http::Timeout "30";
		Acquire::https::Timeout "30";
		// A list that cannot be fetched is an error, not a warning.
		APT::Update::Error-Mode "any";
		// The machine's own hooks are about the machine's own packages.
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	END
}

apt() { apt-get -c "$dir/apt.conf" "$@" 2>>"$log" </dev/null; }

update_index() {
	# Archives of an earlier, interrupted run that the list no longer names would be unpacked too.
	{ apt -qq update && apt -qq autoclean; } >>"$log"
}

# fetch_archives PACKAGE...: apt reports on descriptor 3, as "dlstatus:FILE:PERCENT:TEXT".
fetch_archives() {
	local kind percent
	apt -y -qq -o APT::Status-Fd=3 --download-only install "$@" 3>&1 >>"$log" |
		while IFS=: read -r kind _ percent _; do
			if [[ $kind == dlstatus ]]; then say "${percent%%.*}"; fi
		done | meter
}

# unpack_archives ARCHIVE... unpacks into $part, as many at once as there are cores.
unpack_archives() {
	local total=$# count=0
	# shellcheck disable=SC2016 # $0 and $1 are the inner shell's
	printf '%s\0' "$@" |
		xargs -0 -n 1 -P "$(nproc)" sh -c 'dpkg-deb -x "$1" "$0" && echo' "$part" 2>>"$log" |
		while read -r; do
			count=$((count + 1))
			say $((count * 100 / total))
		done | meter
}

# fetch_failed WHAT shows the end of apt's own words.
fetch_failed() {
	printf '\n' >&2
	tail -n 8 "$log" >&2
	die "fetching $1 failed (all of apt's output: $log)" \
		"Check the network, the mirror ($mirror) and the free space under $cache, then run scripts/setup.sh $purpose again:" \
		"what was fetched so far is kept. Another mirror: TANDEM_DEBIAN_MIRROR=http://…/debian"
}

# install_root NAME TITLE FINISH SUITE PACKAGE... fetches the packages with all
# they depend on, unpacks them, proves the program, and renames the root into
# place.
install_root() {
	local name=$1 title=$2 finish=$3 suite=$4
	shift 4
	local dir=$cache/fetch/$name part=$cache/$name.part log=$cache/fetch/$name.log
	local count bytes version
	local -a archives
	configure_apt "$suite"
	: >"$log"

	begin "reading Debian's package list ($suite)"
	in_background update_index || fetch_failed "the package list of $suite"
	finish_line

	read -r count bytes < <(apt -qq --print-uris install "$@" | awk '{n++; s += $3} END {print n+0, s+0}')
	begin "fetching $title … $count packages, $(((bytes + 999999) / 1000000)) MB:"
	in_background fetch_archives "$@" || fetch_failed "$title"
	finish_line

	rm -rf "$part"
	mkdir -p "$part"
	archives=("$dir"/cache/archives/*.deb)
	begin "unpacking $title … ${#archives[@]} packages:"
	in_background unpack_archives "${archives[@]}" ||
		die "unpacking $title failed: $(tail -n 1 "$log")" "Is there 1 GB free under $cache? Then run scripts/setup.sh $purpose again."
	# Copies of su and passwd that nobody updates must not be able to become root.
	find "$part" -type f -perm /6000 -exec chmod ug-s {} +
	rm -rf "$part"/usr/share/{doc,man,info,locale,lintian}
	finish_line

	version=$("$finish" "$part") ||
		die "$title was unpacked into $part but does not start, or is too old" \
			"A cache on a file system mounted noexec is one cause: set TANDEM_CACHE to a folder elsewhere." \
			"Or name an installed one: TANDEM_ASTERISK=…, TANDEM_MARIADBD=…, TANDEM_CHROMIUM=…"
	printf '%s %s\n' "$RECIPE" "$version" >"$part/.complete"

	if [[ -e $cache/$name ]]; then
		rm -rf "$cache/$name.old"
		mv "$cache/$name" "$cache/$name.old"
	fi
	mv "$part" "$cache/$name"
	rm -rf "$dir" "$log" "$cache/$name.old"
}

# --- the C compiler ------------------------------------------------------------

# has_compiler: `go test -race` compiles C; the headers come in a package of their own.
has_compiler() {
	local cc=${CC:-gcc}
	# shellcheck disable=SC2086 # CC may carry options
	command -v ${cc%% *} >/dev/null && $cc -E -x c - <<<'#include <stdlib.h>' >/dev/null 2>&1
}

install_compiler() {
	local log
	local -a root=()
	local install='apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev'
	[[ -z ${CC:-} ]] || die "CC=$CC does not compile" "repair or unset CC and run scripts/setup.sh $purpose again"
	command -v apt-get >/dev/null || by_hand "a C compiler is missing, and so is apt-get"
	if ((EUID != 0)); then
		sudo -n true 2>/dev/null ||
			die "a C compiler is missing; the race detector of the tests needs it. Run as root:" "  $install" "and then scripts/setup.sh $purpose again"
		root=(sudo -n)
	fi
	begin 'installing the C compiler (gcc, libc6-dev)'
	log=$cache/gcc.log
	"${root[@]}" sh -c "export DEBIAN_FRONTEND=noninteractive; ${install//apt-get /apt-get -qq -o DPkg::Lock::Timeout=300 }" >"$log" 2>&1 9>&- || {
		printf '\n' >&2
		tail -n 8 "$log" >&2
		die "installing the C compiler failed. Run as root:" "  $install" "and then scripts/setup.sh $purpose again"
	}
	rm -f "$log"
	has_compiler || die "gcc was installed but does not compile" "try: echo '#include <stdlib.h>' | gcc -E -x c -"
	finish_line
}

# --- the console's packages ------------------------------------------------------

# has_node: Node and npm are there and new enough for the console's build.
has_node() {
	local version
	command -v npm >/dev/null && version=$(node --version 2>/dev/null) && version_at_least "${version#v}" 20.19
}

# has_packages: npm has installed what the lock file says.
has_packages() {
	local old=
	[[ ! -r $repo/web/node_modules/.tandem-lock ]] || old=$(<"$repo/web/node_modules/.tandem-lock")
	[[ $old == "$(lock_sum)" ]]
}

lock_sum() { sha256sum <"$repo/web/package-lock.json"; }

install_packages() {
	local log=$cache/npm.log
	begin "installing the console's packages from npm"
	in_background npm --prefix "$repo/web" ci --no-audit --no-fund --ignore-scripts >"$log" 2>&1 </dev/null || {
		printf '\n' >&2
		tail -n 8 "$log" >&2
		die "npm ci failed (all of its output: $log)" "Check the network and npm's registry, then run scripts/setup.sh $purpose again."
	}
	lock_sum >"$repo/web/node_modules/.tandem-lock"
	rm -f "$log"
	finish_line
}

# --- tools.json ------------------------------------------------------------------

# quoted WORD... prints a JSON list. No word holds a quote: see is_program and main.
quoted() {
	local list
	printf -v list '"%s", ' "$@"
	printf '[%s]' "${list%, }"
}

asterisk_json() {
	printf '{"version": "%s", "modules": "%s", "data": "%s", "argv": %s}' "$1" "$2" "$3" "$(quoted "${@:4}")"
}

mariadb_json() {
	printf '{"version": "%s", "share": "%s", "argv": %s}' "$1" "$2" "$(quoted "${@:3}")"
}

chromium_json() {
	printf '{"version": "%s", "argv": %s}' "$1" "$(quoted "${@:2}")"
}

# write_tools writes tools.json where it differs, and always whole.
write_tools() {
	local asterisk mariadb=null chromium=null text old=
	if [[ -n ${TANDEM_ASTERISK:-} ]]; then asterisk=$(describe_system_asterisk); else asterisk=$(describe_asterisk_root); fi
	if [[ -n ${TANDEM_MARIADBD:-} ]]; then
		mariadb=$(describe_system_mariadbd)
	elif [[ -z ${TANDEM_MARIADB_DSN:-} ]] || is_complete mariadb; then
		mariadb=$(describe_mariadb_root)
	fi
	if [[ -n ${TANDEM_CHROMIUM:-} ]]; then
		chromium=$(describe_system_chromium)
	elif is_complete chromium; then
		chromium=$(describe_chromium_root)
	fi
	printf -v text '{\n  "asterisk": %s,\n  "mariadb": %s,\n  "chromium": %s\n}' "$asterisk" "$mariadb" "$chromium"
	[[ ! -r $cache/tools.json ]] || old=$(<"$cache/tools.json")
	[[ $old == "$text" ]] && return
	make_cache
	printf '%s\n' "$text" >"$cache/tools.json.part"
	mv "$cache/tools.json.part" "$cache/tools.json"
}

# --- the whole ---------------------------------------------------------------------

make_cache() {
	mkdir -p "$cache" 2>/dev/null || true
	[[ -w $cache ]] ||
		die "cannot write to $cache" "set TANDEM_CACHE to a folder of your own, for example TANDEM_CACHE=\$HOME/.cache/tandem"
}

# plan decides what is missing, need_…, and from that the number of steps.
plan() {
	need_asterisk=0 need_mariadb=0 need_compiler=0 need_chromium=0 need_packages=0
	[[ -n ${TANDEM_ASTERISK:-} ]] || is_complete asterisk-22 || need_asterisk=1
	[[ -n ${TANDEM_MARIADBD:-}${TANDEM_MARIADB_DSN:-} ]] || is_complete mariadb || need_mariadb=1
	[[ $purpose == run ]] || has_compiler || need_compiler=1
	[[ $purpose == run || -n ${TANDEM_CHROMIUM:-} ]] || is_complete chromium || need_chromium=1
	! has_node || has_packages || need_packages=1
	steps=$((3 * need_asterisk + 3 * need_mariadb + need_compiler + 3 * need_chromium + need_packages))
}

# can_install stops, before anything is begun, where the roots cannot be built.
can_install() {
	local tool
	for tool in apt-get apt-config dpkg dpkg-deb flock xargs awk; do
		command -v "$tool" >/dev/null || by_hand "$tool is missing"
	done
	mirror=$(debian_mirror) || by_hand "this machine's apt names no Debian mirror (set TANDEM_DEBIAN_MIRROR=http://…/debian)"
}

main() {
	[[ $purpose == run || $purpose == test ]] || die "unknown argument: $purpose" "usage: scripts/setup.sh [run|test]"
	trap interrupted INT TERM
	[[ $OSTYPE == linux* ]] || by_hand "this is not Linux"
	# The path goes into the loader's library path and into tools.json as it stands.
	[[ $cache != *[:\;\"\\$'\n']* ]] || die "the cache folder $cache has a colon, semicolon, quote or backslash in its name" \
		"set TANDEM_CACHE to another folder"
	# A program that cannot be used is told before anything is fetched.
	[[ -z ${TANDEM_ASTERISK:-} ]] || describe_system_asterisk >/dev/null
	[[ -z ${TANDEM_MARIADBD:-} ]] || describe_system_mariadbd >/dev/null
	[[ -n ${TANDEM_CHROMIUM:-} || ! -x /usr/bin/chromium ]] || TANDEM_CHROMIUM=/usr/bin/chromium
	[[ -z ${TANDEM_CHROMIUM:-} ]] || describe_system_chromium >/dev/null

	plan
	if ((steps > 0)); then
		((need_asterisk + need_mariadb + need_chromium == 0)) || can_install
		make_cache
		# The lock falls with the last process that holds it: a run that was killed cannot leave it behind.
		exec 9>"$cache/lock"
		if ! flock -n 9; then
			say "another set-up is at work in $cache, waiting for it"
			in_background flock 9
			plan
		fi
		((need_compiler == 0)) || install_compiler
		((need_mariadb == 0)) || install_root mariadb MariaDB finish_mariadb bookworm mariadb-server-core mariadb-client-core
		((need_asterisk == 0)) || install_root asterisk-22 'Asterisk 22' finish_asterisk forky asterisk asterisk-core-sounds-en-gsm
		((need_chromium == 0)) || install_root chromium Chromium finish_chromium bookworm chromium fonts-inter fonts-dejavu-core
		((need_packages == 0)) || install_packages
	fi
	write_tools
	has_node || say 'no Node.js >= 20.19 with npm here: the console is left out, a page says so; everything else works'
	say "set-up complete: $cache/tools.json"
}

main
