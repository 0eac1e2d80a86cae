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

# What a step has started, so that an interrupted ./dev leaves nothing behind: a process group and the ticker.
step_group='' step_ticker=''
stop_step() {
	[ -z "$step_ticker" ] || kill "$step_ticker" 2>/dev/null || :
	[ -z "$step_group" ] || kill -TERM -- "-$step_group" 2>/dev/null || :
	step_group='' step_ticker=''
}
trap stop_step EXIT
trap 'stop_step; exit 130' INT
trap 'stop_step; exit 143' TERM HUP

# step LABEL COMMAND…: runs it with its output in a log; a line every 15 s while it lasts; on failure the end of the log.
step() {
	local label=$1 log rc=0 start=$SECONDS
	shift
	mkdir -p "$LOGS"
	log=$LOGS/${label//[^a-zA-Z0-9_.-]/-}.log
	set -m # a group of its own
	("$@") >"$log" 2>&1 </dev/null &
	step_group=$!
	set +m
	(
		trap 'kill "$nap" 2>/dev/null; exit 0' TERM
		trap - EXIT
		while :; do
			sleep 15 >/dev/null 2>&1 &
			nap=$!
			wait "$nap"
			printf '  … %s, %s s: %s\n' "$label" "$((SECONDS - start))" "$(tail -n 1 "$log" | cut -c 1-90)"
		done
	) &
	step_ticker=$!
	wait "$step_group" || rc=$?
	kill "$step_ticker" 2>/dev/null || :
	wait "$step_ticker" 2>/dev/null || :
	step_group='' step_ticker=''
	if [ "$rc" -eq 0 ]; then
		printf '  ok %s (%s s)\n' "$label" "$((SECONDS - start))"
	else
		printf '  FAILED %s (%s s); the end of %s:\n' "$label" "$((SECONDS - start))" "$log" >&2
		[ "$(wc -l <"$log")" -le 40 ] || grep -nE "error:|FAILED:|ERROR" "$log" | head -n 20 | cut -c 1-300 >&2 || :
		tail -n 40 "$log" | cut -c 1-300 >&2
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
