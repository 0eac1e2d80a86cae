#!/usr/bin/env bash
# Every definition of the packs, and the good ones of the tests, is proved by Spin to end or to reach the black board; a
# definition with a hole is refuted, with the story told in the names of its states.
set -u
shopt -s nullglob
cd "$MINHU_SOURCE" || exit 1
command -v spin >/dev/null || { echo "spin is not installed"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0 bad=0

result() { # good? name
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; bad=1; fi
}
check() { # file: leaves the verdict in $work/out and gives the exit code
	"$MINHU_BUILD/pml" "$1" >"$work/model.pml" 2>"$work/out" || return 3
	tools/test/spin "$work/model.pml" >"$work/out" 2>&1
}

for f in packs/*/process/*.yaml tests/process/good/*.yaml tests/process/faults/base.yaml; do
	case $f in *.scenarios.yaml) continue ;; esac
	check "$f"
	result $? "$f"
	sed 's/^/# /' "$work/out"
done

check tests/spin/claims_for_ever.yaml
refuted=$?
sed 's/^/# /' "$work/out"
[ $refuted = 1 ] && grep -q 'rectifying -> verifying by claim_done' "$work/out" && grep -q 'verifying -> rectifying by vote_failed' "$work/out" &&
	grep -q 'round and round' "$work/out"
result $? "a definition with a hole is refuted by its story"
echo "1..$n"
exit $bad
