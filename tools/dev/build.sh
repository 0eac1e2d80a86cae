# shellcheck shell=bash
# The four builds. Sourced by ./dev.
#   build/        gcc, -O2: the program that users run
#   build/asan/   gcc, AddressSanitizer and UBSan: every test runs on this one
#   build/clang/  clang: the whole tree must compile without a warning there too
#   build/fuzz/   clang, libFuzzer: the fuzz targets

# configure DIR COMPILER OPTIONS…: meson setup when it is new, again when options or the list of files have changed.
configure() {
	local dir=$1 compiler=$2 want
	shift 2
	pages_prepare
	want=$(
		echo "$compiler $*"
		for part in src sql tests fuzz locale pages; do tools/build/sources $part; done
		cat meson_options.txt
	)
	[ -f "$dir/build.ninja" ] && [ "$want" = "$(cat "$dir/.configured" 2>/dev/null)" ] && return 0
	mkdir -p "$dir"
	if [ -f "$dir/build.ninja" ]; then
		meson setup --reconfigure "$@" "$dir" || forget "$dir"
	fi
	if [ ! -f "$dir/build.ninja" ]; then
		CC=$compiler meson setup "$@" "$dir"
	fi
	printf '%s\n' "$want" >"$dir/.configured"
}

# A build folder that meson can no longer read (moved, other version) starts anew; what lies beside it in build/ stays.
forget() {
	rm -rf "$1/meson-private" "$1/meson-info" "$1/build.ninja" "$1/.configured" "$1/.ninja_deps" "$1/.ninja_log"
}

# compile DIR …: the program without its pages, which describes the interface; the pages; the program with them.
compile() {
	local dir=$1
	configure "$@" && ninja -j "$JOBS" -C "$dir" minhu_bare && pages "$dir/minhu_bare" && ninja -j "$JOBS" -C "$dir"
}

release_options=(--buildtype=debugoptimized -Db_sanitize=none -Db_colorout=auto -Dtests=false -Dfuzz=false)
asan_options=(--buildtype=debugoptimized -Doptimization=1 "-Db_sanitize=address,undefined" -Db_colorout=auto -Dtests=true -Dfuzz=false)
clang_options=(--buildtype=debug -Db_sanitize=none -Db_colorout=auto -Dtests=true -Dfuzz=false)
fuzz_options=(--buildtype=debugoptimized -Doptimization=1 -Db_sanitize=none -Db_colorout=auto -Db_lundef=false -Dtests=false -Dfuzz=true)

build_release() { compile build gcc "${release_options[@]}"; }
build_asan() { compile build/asan gcc "${asan_options[@]}"; }
build_clang() { compile build/clang clang "${clang_options[@]}" && ninja -j "$JOBS" -C build/clang bench; }
build_fuzz() { configure build/fuzz clang "${fuzz_options[@]}" && ninja -j "$JOBS" -C build/fuzz; }

cmd_build() {
	case ${1:-release} in release) setup build ;; *) setup ;; esac
	case ${1:-release} in
	release) step 'release build' build_release && say "build/minhu is ready." ;;
	asan | clang | fuzz) step "$1 build" "build_$1" ;;
	all)
		step 'release build' build_release
		step 'asan build' build_asan
		step 'clang build' build_clang
		step 'fuzz build' build_fuzz
		;;
	*) die "there is no build named '$1': release, asan, clang, fuzz or all" ;;
	esac
}
