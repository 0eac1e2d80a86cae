# shellcheck shell=bash
# What the parts of ./dev share: messages, long steps with a sign of life, the record of what passed. Sourced by ./dev.

LOGS=build/logs
JOBS=$(nproc 2>/dev/null || echo 2)
export JOBS

say() { printf '%s\n' "$*"; }
die() {
	printf './dev: %s\n' "$*" >&2
	exit 1
}

# step LABEL COMMAND…: runs it with its output in a log; a line every 15 s while it lasts; on failure the end of the log.
step() {
	local label=$1 log rc=0 start=$SECONDS pid ticker
	shift
	mkdir -p "$LOGS"
	log=$LOGS/${label//[^a-zA-Z0-9_.-]/-}.log
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	(
		trap 'kill "$nap" 2>/dev/null; exit 0' TERM
		while :; do
			sleep 15 >/dev/null 2>&1 &
			nap=$!
			wait "$nap"
			printf '  … %s, %s s: %s\n' "$label" "$((SECONDS - start))" "$(tail -n 1 "$log" | cut -c 1-90)"
		done
	) &
	ticker=$!
	wait "$pid" || rc=$?
	kill "$ticker" 2>/dev/null || :
	wait "$ticker" 2>/dev/null || :
	if [ "$rc" -eq 0 ]; then
		printf '  ok %s (%s s)\n' "$label" "$((SECONDS - start))"
	else
		printf '  FAILED %s (%s s); the end of %s:\n' "$label" "$((SECONDS - start))" "$log" >&2
		[ "$(wc -l <"$log")" -le 40 ] || grep -nE 'error:|FAILED:|ERROR' "$log" | head -n 20 >&2 || :
		tail -n 40 "$log" >&2
	fi
	return "$rc"
}

# record ok|fail NAME: one line for the final count (tools/dev/tally.py adds them up).
record() {
	printf '%s\t%s\n' "$1" "$2" >>"$LOGS/record"
}

# check NAME COMMAND…: a step that counts as one test.
check() {
	local name=$1
	if step "$@"; then record ok "$name"; else
		record fail "$name"
		return 1
	fi
}
