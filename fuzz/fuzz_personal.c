/* The second look for personal data: what is covered holds none any more, stays UTF-8 of as many characters, and language headers
 * never name what there is not. */
#include "text/lang.h"
#include "web/personal.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct mh_str text = {(const char *)data, size};
	struct mh_arena a = MH_ARENA(1 << 20);
	enum mh_lang lang = MH_LANG_MAX;
	assert(mh_lang_of_header(text, &lang) == (lang != MH_LANG_MAX));
	if (size < 1 << 16 && mh_utf8_bad((struct mh_bytes){data, size}) < 0) {
		struct mh_str covered = mh_personal_cover(&a, text);
		assert(covered.ptr);
		assert(mh_utf8_bad((struct mh_bytes){(const unsigned char *)covered.ptr, covered.len}) < 0);
		assert(mh_utf8_count(covered) == mh_utf8_count(text));
		if (!mh_personal_in(text)) assert(mh_str_eq(covered, text));
	}
	mh_arena_done(&a);
	return 0;
}
