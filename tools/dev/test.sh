# shellcheck shell=bash
# ./dev test. Every part adds its results to build/logs/record; tools/dev/tally.py makes the last line of them.

SMOKE_SECONDS=${MINHU_FUZZ_SECONDS:-5}

# meson_tests ARGUMENTS…: runs tests of build/asan and takes their subtests into the record.
meson_tests() {
	local rc=0
	rm -f build/asan/meson-logs/testlog.json
	meson test -C build/asan --no-rebuild --num-processes "$JOBS" --print-errorlogs "$@" </dev/null || rc=$?
	python3 tools/dev/tally.py collect build/asan/meson-logs/testlog.json "$rc" >>"$LOGS/record"
	return "$rc"
}

test_fuzz() {
	local name rc=0
	check 'fuzz build' build_fuzz || return 1
	for name in $(fuzz_names); do
		check "fuzz $name" fuzz_one "$name" "$SMOKE_SECONDS" 1 || rc=1
	done
	return "$rc"
}

test_all() {
	run_lints || :
	say "Building"
	check 'release build' build_release || :
	check 'clang build' build_clang || :
	if check 'asan build' build_asan; then
		say "Tests"
		meson_tests || :
	fi
	say "Fuzzing"
	test_fuzz || :
}

# test_some WHAT…: lint, fuzz, a suite or a test by name.
test_some() {
	local what built='' suites
	for what in "$@"; do
		case $what in
		lint) run_lints || : ;;
		fuzz) test_fuzz || : ;;
		*)
			if [ -z "$built" ]; then
				check 'release build' build_release || return 1
				check 'asan build' build_asan || return 1
				built=1
			fi
			suites=$(tools/build/sources tests && tools/build/sources scripts)
			if grep -q "^tests/$what/" <<<"$suites"; then
				meson_tests --suite "$what" || :
			elif grep -qE "/(test_)?$what\.[a-z]+$" <<<"$suites"; then
				meson_tests "test_${what#test_}" || :
			else
				say "there is no suite and no test named '$what'" >&2
				record fail "$what"
			fi
			;;
		esac
	done
}

cmd_test() {
	setup
	mkdir -p "$LOGS"
	: >"$LOGS/record"
	if [ $# -eq 0 ]; then test_all; else test_some "$@" || :; fi
	python3 tools/dev/tally.py total "$LOGS/record"
}
