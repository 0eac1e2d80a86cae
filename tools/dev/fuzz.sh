# shellcheck shell=bash
# Fuzz targets: fuzz/fuzz_NAME.c with the inputs of fuzz/corpus/NAME. Sourced by ./dev.

fuzz_names() {
	local f
	for f in fuzz/fuzz_*.c; do
		[ -f "$f" ] || continue
		f=${f#fuzz/fuzz_}
		echo "${f%.c}"
	done
}

# fuzz_one NAME SECONDS [SEED]: replays the kept inputs and past crashes, then searches on from them.
fuzz_one() {
	local name=$1 seconds=$2 work=build/fuzz/corpus/$1
	export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	mkdir -p "$work" "fuzz/corpus/$name" fuzz/crash
	if [ -n "$(find "fuzz/corpus/$name" -type f -print -quit)" ]; then
		find "fuzz/corpus/$name" -type f -print0 | sort -z |
			xargs -0 "build/fuzz/fuzz_$name" -timeout=25 -rss_limit_mb=2048 || return 1
	fi
	[ "$seconds" -gt 0 ] || return 0
	"build/fuzz/fuzz_$name" ${3:+-seed="$3"} -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="fuzz/crash/$name-" "$work" "fuzz/corpus/$name"
}

cmd_fuzz() {
	local name=${1:-} seconds=${2:-60}
	if [ -z "$name" ]; then
		say "usage: ./dev fuzz NAME [SECONDS]; targets: $(fuzz_names | tr '\n' ' ')"
		return 2
	fi
	[ -f "fuzz/fuzz_$name.c" ] || die "there is no fuzz/fuzz_$name.c; targets: $(fuzz_names | tr '\n' ' ')"
	setup
	step 'fuzz build' build_fuzz
	fuzz_one "$name" "$seconds" </dev/null
}
