# shellcheck shell=bash
# What must be on the machine before anything can be built. Sourced by ./dev. Says nothing when nothing is missing.

# setup [build]: everything, or only what the program itself needs.
setup() {
	tools/setup/packages "$@" || die "the machine lacks what is named above"
	tools/setup/sqlite || die "the SQLite sources are needed for the build"
	tools/setup/npm || die "the npm packages are needed for the pages and their tests"
}
