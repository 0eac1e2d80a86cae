/* Tile paths and entry bundles. */
#include "ledger/tile.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mh_tile_name t;
	char path[MH_TILE_PATH_MAX];
	struct mh_str s = {(const char *)data, size};
	struct mh_bytes rest = {data, size}, entry;
	struct mh_buf b = MH_BUF(1 << 20);
	if (mh_tile_parse(s, &t)) {
		mh_tile_path(&t, path);
		if (!mh_str_is(s, path)) abort();
	}
	while (mh_bundle_next(&rest, &entry)) mh_bundle_add(&b, entry);
	if (!b.failed && (b.len != size - rest.len || (b.len && memcmp(b.ptr, data, b.len) != 0))) abort();
	mh_buf_done(&b);
	return 0;
}
