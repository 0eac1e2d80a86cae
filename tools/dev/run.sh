# shellcheck shell=bash
# ./dev run: a city with sample data on this machine. Sourced by ./dev.

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

cmd_run() {
	[ $# -eq 0 ] || die "run takes no arguments; MINHU_PORT sets the port, MINHU_MATTERS how many matters a new city has"
	local port=${MINHU_PORT:-8080} pack=packs/hangzhou store=var/city.db
	setup build
	step 'release build' build_release
	# var/making stands while the sample city is being made: one that was interrupted is made anew, no other is touched.
	if [ ! -e "$store" ] || [ -e var/making ]; then
		mkdir -p var
		chmod 700 var
		[ ! -e var/making ] || rm -rf "$store" "$store"-* "$store".*
		touch var/making
		step "making a sample city in $store" build/minhu init --store "sqlite:$store" --pack "$pack" \
			--as-of "$(date -d '-366 days' +%F)"
		step 'a year of history' build/minhu sample --store "sqlite:$store" --pack "$pack" --matters "${MINHU_MATTERS:-2000}"
		# The sample city's own accounts; every one has this password. A real city's come from `minhu user add`.
		head -c 9 /dev/urandom | od -An -tx1 | tr -d ' \n' >var/password
		echo >>var/password
		step 'sample accounts' sh -c "build/minhu user import '$pack/accounts.csv' --store 'sqlite:$store' <var/password"
		rm var/making
	fi
	if [ -z "${MINHU_PORT:-}" ]; then
		while port_taken "$port"; do port=$((port + 1)); done
	elif port_taken "$port"; then
		die "port $port (MINHU_PORT) is taken"
	fi
	cat <<EOF

Minhu is at http://127.0.0.1:$port/ and its desk for staff at http://127.0.0.1:$port/desk/
(Ctrl-C stops it; rm -r var starts the city anew.) At the desk, log in as any of $pack/accounts.csv, for example operator,
with the password $(cat var/password 2>/dev/null). Try, in another terminal:
  every address there is        curl http://127.0.0.1:$port/api/v1
  a request round the loop      MINHU_PASSWORD=$(cat var/password 2>/dev/null) sh docs/walkthrough.sh http://127.0.0.1:$port
  check the whole record        build/minhu verify --store sqlite:$store

EOF
	# exec: signals reach the server itself, which finishes what it has begun.
	exec build/minhu serve --store "sqlite:$store" --listen "127.0.0.1:$port"
}

cmd_shots() {
	setup
	case " $* " in *' --help '* | *' -h '*) ;; *) step 'release build' build_release ;; esac
	MINHU_SOURCE=$PWD MINHU=$PWD/build/minhu node tests/browser/shots.mjs build/shots "$@"
}

cmd_bench() {
	local script found=''
	setup
	for script in bench/bench_*; do
		[ -x "$script" ] || continue
		if [ $# -gt 0 ]; then
			case " $* " in *" $(basename "$script" | sed 's/^bench_//; s/\..*//') "*) ;; *) continue ;; esac
		fi
		if [ -z "$found" ]; then step 'release build' build_release; fi
		found=1
		say "== $(basename "$script")"
		"$script"
	done
	[ -n "$found" ] || die "nothing to run: a measurement is an executable bench/bench_NAME that starts build/minhu itself"
}
