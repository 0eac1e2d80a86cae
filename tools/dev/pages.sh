# shellcheck shell=bash
# The pages: desk/, portal/ and locale/ become build/pages/, once for all builds. Sourced by ./dev.
#   build/pages/openapi.json   the description of the interface, from the program as it is now
#   build/pages/gen/           what is generated for TypeScript: types of the interface, texts and their keys
#   build/pages/dist/          what Vite built
#   build/pages/embed/         the same compressed, which the C builds take in (tools/gen/assets.py)
#   build/pages/stamp          what it was built from

PAGES=build/pages

# The builds need something to depend on before the first pages exist.
pages_prepare() {
	mkdir -p "$PAGES/embed"
	[ -e "$PAGES/stamp" ] || : >"$PAGES/stamp"
}

# Everything that the pages are built from, by content.
pages_sum() {
	{
		find desk portal locale tools/gen -type f -not -path '*/node_modules/*' -not -name '*.md' -not -name '*.html' -print0 \
			2>/dev/null
		printf '%s\0' desk/index.html "$PAGES/openapi.json"
	} | sort -z | xargs -0 sha256sum | sha256sum
}

# Every step is joined by &&: within a condition of ./dev, set -e does not hold.
pages_generate() {
	local gen=$PAGES/gen
	mkdir -p "$gen" &&
		python3 tools/gen/catalog.py locale --ts "$gen" &&
		(cd desk && node_modules/.bin/openapi-typescript "../$PAGES/openapi.json" -o "../$gen/openapi.ts")
}

# pages PROGRAM: builds them if anything has changed since. PROGRAM: one without pages, which describes the interface.
pages() {
	local sum
	"$1" openapi >"$PAGES/openapi.json" && sum=$(pages_sum) || return 1
	[ "$sum" = "$(cat "$PAGES/stamp")" ] && [ -e "$PAGES/embed/list.json" ] && return 0
	pages_generate &&
		(cd desk && node_modules/.bin/vue-tsc --noEmit) &&
		(cd desk && node build.mjs) &&
		python3 tools/gen/assets.py pack "$PAGES/dist" "$PAGES/embed" &&
		printf '%s\n' "$sum" >"$PAGES/stamp"
}
