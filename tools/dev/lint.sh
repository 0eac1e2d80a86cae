# shellcheck shell=bash
# ./dev lint: every program in tools/lint is one lint; each prints "file:line: problem" and fails. Sourced by ./dev.

lint_names() {
	local f
	for f in tools/lint/lint_*.py; do
		[ -f "$f" ] || continue
		f=${f#tools/lint/lint_}
		echo "${f%.py}"
	done
}

# The compiler's flags and the generated headers, which the lints that compile need.
prepare_lints() {
	# shellcheck disable=SC2154 # from build.sh
	configure build/asan gcc "${asan_options[@]}" || return 1
	ninja -C build/asan build.ninja || return 1
	ninja -C build/asan -t targets all | sed -n 's/^\([a-z_]*_gen\.h\):.*/\1/p' | xargs -r ninja -C build/asan
}

# run_lints [NAME…]: each counts as one test.
run_lints() {
	local name rc=0
	say "Lint"
	mkdir -p "$LOGS"
	[ $# -gt 0 ] || mapfile -t names < <(lint_names)
	case " $* " in
	'  ' | *' headers '* | *' tidy '*) step 'flags and generated headers' prepare_lints || : ;;
	esac
	for name in "${@:-${names[@]}}"; do
		check "lint $name" python3 "tools/lint/lint_$name.py" || rc=1
		grep -E '(^|: )warning: ' "$LOGS/lint-$name.log" || :
	done
	return "$rc"
}

cmd_lint() {
	local name
	for name in "$@"; do
		if [ "$name" = help ] || [ ! -f "tools/lint/lint_$name.py" ]; then
			say "lints:"
			lint_names | while read -r lint; do
				printf '  %-12s %s\n' "$lint" "$(sed -n '1s/"//gp' "tools/lint/lint_$lint.py")"
			done
			return 2
		fi
	done
	setup
	run_lints "$@"
}

# The C files of the project, NUL-separated.
c_files() {
	find src tests fuzz bench -name '*.[ch]' -print0 2>/dev/null
}

cmd_fmt() {
	setup
	if [ $# -gt 0 ]; then
		clang-format -i --style=file "$@"
	else
		c_files | xargs -0 -r clang-format -i --style=file
		python3 tools/lint/lint_dependencies.py --write
	fi
}
