#!/usr/bin/env bash
# Programs that this project did not write read the logs that it writes: golang.org/x/mod/sumdb and Google's merkletree
# (verify.go), @sigstore/verify (receipt.mjs), OpenSSL (the signature). They and our own audit must accept logs of awkward
# sizes and refuse seven ways of tampering, naming the place. Nothing is skipped: what is missing is a failure.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${MINHU_BUILD:-${1:-$here/../../build}}
mklog=$build/mklog
mkdir -p "$build/verifiers"
keep=$(cd "$build/verifiers" && pwd) # compiled verifier and Go's cache, kept between runs
work=$(mktemp -d) || exit 1
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
sizes=(0 1 2 255 256 257 511 513 70000)
count=0 failed=0

report() { # report RC NAME, output on standard input
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $2"
		sed 's/^/# /'
	fi
}

try() { # try NAME COMMAND...: must succeed
	local name=$1 out rc
	shift
	out=$("$@" 2>&1) && rc=0 || rc=1
	report $rc "$name" <<<"$out"
}

refuse() { # refuse NAME PATTERN COMMAND...: must fail and say where
	local name=$1 pattern=$2 out rc=1
	shift 2
	if out=$("$@" 2>&1); then
		out="accepted: $out"
	elif grep -qE "$pattern" <<<"$out"; then
		rc=0
	fi
	report $rc "$name: ${out%%$'\n'*}" <<<"$out"
}

give_up() {
	echo "1..1"
	echo "not ok 1 - $1"
	exit 1
}

build_go() {
	command -v go >/dev/null || give_up "Go is missing: apt-get install golang-go"
	local go=/usr/share/gocode/src
	[ -d $go/golang.org/x/mod/sumdb ] || give_up "x/mod is missing: apt-get install golang-golang-x-mod-dev"
	[ -d $go/github.com/google/certificate-transparency/go/merkletree ] ||
		give_up "merkletree is missing: apt-get install golang-github-google-certificate-transparency-dev"
	GO111MODULE=off GOPATH=/usr/share/gocode CGO_ENABLED=0 GOFLAGS="" GOCACHE=$keep/gocache \
		go build -o "$keep/verify" "$here/verify.go" >"$work/go.log" 2>&1 || give_up "verify.go: $(tail -n 1 "$work/go.log")"
}

build_node() {
	command -v node >/dev/null || give_up "Node is missing: apt-get install nodejs npm"
	[ -d "$here/node_modules/@sigstore/verify" ] || (cd "$here" && npm ci --no-audit --no-fund --ignore-scripts) \
		>"$work/npm.log" 2>&1 || give_up "npm ci: $(tail -n 1 "$work/npm.log")"
}

# The signature of a checkpoint by OpenSSL alone.
openssl_check() { # openssl_check CHECKPOINT VKEY
	local d=$work/openssl
	mkdir -p "$d"
	head -n 3 "$1" >"$d/text"
	sed -n '5s/.* //p' "$1" | base64 -d | tail -c +5 >"$d/sig"
	{
		printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'
		sed 's/^[^+]*+[^+]*+//' "$2" | base64 -d | tail -c +2
	} >"$d/key"
	openssl pkeyutl -verify -pubin -keyform DER -inkey "$d/key" -rawin -in "$d/text" -sigfile "$d/sig"
}

accept_all() { # one good log
	local d=$1 size=$2 i
	try "$size: our audit" "$mklog" audit "$d/log" "$d/log/vkey"
	try "$size: Go audit" "$keep/verify" audit "$d/log" "$d/log/vkey" "$d/older"
	try "$size: OpenSSL signature" openssl_check "$d/log/checkpoint" "$d/log/vkey"
	try "$size: our consistency" "$mklog" consistency "$d/consistency" "$d/older" "$d/log/vkey"
	try "$size: Go consistency" "$keep/verify" consistency "$d/consistency" "$d/older" "$d/log/vkey"
	for i in 0 1 2; do
		[ -f "$d/receipt.$i" ] || continue
		try "$size: our receipt $i" "$mklog" receipt "$d/receipt.$i" "$d/entry.$i" "$d/log/vkey"
		try "$size: Go receipt $i" "$keep/verify" receipt "$d/receipt.$i" "$d/entry.$i" "$d/log/vkey"
		try "$size: sigstore receipt $i" node "$here/receipt.mjs" "$d/receipt.$i" "$d/entry.$i" "$d/log/vkey"
	done
}

flip() { # flip FILE OFFSET: one bit of one byte
	python3 - "$1" "$2" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2]))
    byte = f.read(1)[0] ^ 1
    f.seek(int(sys.argv[2]))
    f.write(bytes([byte]))
PYTHON
}

# Both audits on a copy in which one byte is changed.
tamper_log() { # tamper_log NAME FILE OFFSET PATTERN
	local copy=$work/copy
	rm -rf "$copy"
	cp -r "$good/log" "$copy"
	flip "$copy/$2" "$3"
	refuse "tampered $1, our audit" "$4" "$mklog" audit "$copy" "$good/log/vkey"
	refuse "tampered $1, Go audit" "$4" "$keep/verify" audit "$copy" "$good/log/vkey"
}

tamper_all() {
	local n
	tamper_log "entry byte" tile/entries/002.p/1 5 "entry 512 in tile/entries/002"
	tamper_log "early entry byte" tile/entries/001 700 "entry 25[0-9] in tile/entries/001"
	tamper_log "level-0 tile" tile/0/001 165 "tile/0/001 hash 5"
	tamper_log "upper tile" tile/1/000.p/2 40 "tile/1/000.p/2 hash 1"
	tamper_log "size" checkpoint 27 "checkpoint signature"
	n=$(stat -c %s "$good/log/checkpoint")
	tamper_log "signature" checkpoint $((n - 20)) "checkpoint signature"
	cp "$good/receipt.1" "$work/receipt"
	flip "$work/receipt" 45
	refuse "tampered receipt line, our check" "entry 256" "$mklog" receipt "$work/receipt" "$good/entry.1" "$good/log/vkey"
	refuse "tampered receipt line, Go" "receipt hashes|receipt line" "$keep/verify" receipt "$work/receipt" "$good/entry.1" "$good/log/vkey"
	refuse "tampered receipt line, sigstore" "receipt:" node "$here/receipt.mjs" "$work/receipt" "$good/entry.1" "$good/log/vkey"
	cp "$good/consistency" "$work/consistency"
	flip "$work/consistency" 20
	refuse "tampered consistency line, our check" "consistency proof" "$mklog" consistency "$work/consistency" "$good/older" "$good/log/vkey"
	refuse "tampered consistency line, Go" "consistency (hashes|line)" "$keep/verify" consistency "$work/consistency" "$good/older" "$good/log/vkey"
}

# Our audit over HTTP, from a server that knows nothing of logs.
over_http() {
	local port tries
	python3 -u -m http.server --bind 127.0.0.1 --directory "$good/log" 0 >"$work/http.log" 2>&1 &
	server=$!
	for tries in $(seq 50); do
		port=$(sed -n 's/^Serving HTTP on .* port \([0-9]*\) .*/\1/p' "$work/http.log")
		[ -n "$port" ] && break
		sleep 0.1
	done
	[ -n "$port" ] || echo "# no server after $tries tries"
	try "our audit over HTTP" "$mklog" audit "http://127.0.0.1:$port" "$good/log/vkey"
	refuse "a missing log over HTTP" "no file" "$mklog" audit "http://127.0.0.1:$port/none" "$good/log/vkey"
	kill "$server"
	wait "$server" 2>/dev/null
	server=
}

[ -x "$mklog" ] || give_up "build/mklog is missing: meson compile"
build_go
build_node
for size in "${sizes[@]}"; do
	d=$work/$size
	mkdir -p "$d"
	try "$size: made" "$mklog" make "$d" "$size"
	accept_all "$d" "$size"
	[ "$size" = 513 ] || [ "$size" = 70000 ] || rm -rf "$d"
done
good=$work/513
tamper_all
over_http
echo "1..$count"
[ "$failed" -eq 0 ]
