/* JSON from outside: any bytes either parse or are refused with a text; what parses is written and parses again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mh_arena a = MH_ARENA(1 << 24);
	struct mh_err err = {0};
	json_t *j = NULL, *again = NULL;
	if (mh_json_parse((struct mh_str){(const char *)data, size}, &j, &err) == MH_OK) {
		struct mh_str text = mh_json_text(&a, j);
		if (text.ptr && mh_json_parse(text, &again, &err) != MH_OK) abort();
		if (text.ptr && !json_equal(j, again)) abort();
	} else if (!err.message[0]) {
		abort();
	}
	mh_json_drop(&again);
	mh_json_drop(&j);
	mh_arena_done(&a);
	return 0;
}
