/* The request target and forms: whatever is accepted is UTF-8 without control bytes or dot segments. */
#include "web/web_priv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_str path, query, raw = {(const char *)data, size};
	const struct mh_pair *pairs;
	size_t n;
	if (mh_web__target_parse(&a, raw, &path, &query, NULL) == MH_OK) {
		if (mh_utf8_bad((struct mh_bytes){(const unsigned char *)path.ptr, path.len}) >= 0 ||
		    path.ptr[0] != '/')
			abort();
		if (memchr(path.ptr, 0, path.len) || strstr(path.ptr, "/../") || mh_str_ends(path, "/..")) abort();
		raw = query;
	}
	if (mh_web__form_parse(&a, raw, &pairs, &n, NULL) == MH_OK)
		for (size_t i = 0; i < n; i++)
			if (!pairs[i].name.len ||
			    (pairs[i].value.len && memchr(pairs[i].value.ptr, 0, pairs[i].value.len)))
				abort();
	mh_arena_done(&a);
	return 0;
}
