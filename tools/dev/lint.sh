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

# run_lints [NAME…]: each counts as one test.
run_lints() {
	local name rc=0
	say "Lint"
	mkdir -p "$LOGS"
	[ $# -gt 0 ] || mapfile -t names < <(lint_names)
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
