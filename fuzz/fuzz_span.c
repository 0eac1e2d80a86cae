/* A span that is read is written back as the same bytes, and its steps do not overflow. */
#include "calendar/span.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mh_str in = {(const char *)data, size};
	struct mh_span s;
	if (!mh_span_parse(in, &s)) return 0;
	struct mh_arena a = MH_ARENA(4096);
	if (!mh_str_eq(mh_span_text(&a, s), in) || mh_span_steps(s) < s.n) abort();
	mh_arena_done(&a);
	return 0;
}
