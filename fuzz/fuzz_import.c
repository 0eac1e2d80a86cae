/* Files of column names, and instants as tables write them: whatever comes in, memory stays sound. */
#include "loop/import.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mh_str in = {(const char *)data, size};
	struct mh_arena a = MH_ARENA(64 << 20);
	struct mh_import_map *map = NULL;
	struct mh_err err = {0};
	mh_time at = 0;
	if (mh_utf8_bad((struct mh_bytes){data, size}) < 0 && mh_import_time(in, MH_ZONE_CHINA, &at) &&
	    at > MH_TIME_MAX)
		abort();
	if (mh_import_map_read(&a, in, MH_STR("m"), MH_STR("k"), NULL, &map, &err) == MH_OK && !map) abort();
	mh_arena_done(&a);
	return 0;
}
