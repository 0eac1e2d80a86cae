#include "ledger/tile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void mh_tile_path(const struct mh_tile_name *name, char out[MH_TILE_PATH_MAX])
{
	char n[32] = "", level[16] = "entries", suffix[16] = "";
	size_t at = sizeof n - 1;
	int64_t rest = name->index;
	do { /* from the right: nnn, then xnnn/ before it */
		bool last = at == sizeof n - 1;
		char group[8];
		int len = snprintf(group, sizeof group, last ? "%03d" : "x%03d/", (int)(rest % 1000));
		at -= (size_t)len;
		memcpy(n + at, group, (size_t)len);
		rest /= 1000;
	} while (rest);
	if (name->level != MH_TILE_ENTRIES) snprintf(level, sizeof level, "%d", name->level);
	if (name->width < MH_TILE_WIDTH) snprintf(suffix, sizeof suffix, ".p/%d", name->width);
	snprintf(out, MH_TILE_PATH_MAX, "tile/%s/%s%s", level, n + at, suffix);
}

static bool cut(struct mh_str *s, const char *prefix)
{
	size_t n = strlen(prefix);
	if (!mh_str_starts(*s, prefix)) return false;
	s->ptr += n;
	s->len -= n;
	return true;
}

/* Up to `max` digits; false when there is none. */
static bool cut_number(struct mh_str *s, size_t max, int64_t *ret)
{
	size_t n = 0;
	int64_t v = 0;
	for (; n < s->len && n < max && s->ptr[n] >= '0' && s->ptr[n] <= '9'; n++) v = v * 10 + (s->ptr[n] - '0');
	s->ptr += n;
	s->len -= n;
	*ret = v;
	return n > 0;
}

/* Reads leniently, then writes what it read and compares: there is one spelling for each tile. */
bool mh_tile_parse(struct mh_str path, struct mh_tile_name *ret)
{
	struct mh_tile_name t = {.width = MH_TILE_WIDTH};
	struct mh_str s = path;
	int64_t v, group;
	char again[MH_TILE_PATH_MAX];
	if (path.len >= MH_TILE_PATH_MAX || !cut(&s, "tile/")) return false;
	if (cut(&s, "entries/")) {
		t.level = MH_TILE_ENTRIES;
	} else {
		if (!cut_number(&s, 2, &v) || v >= MH_TILE_LEVELS || !cut(&s, "/")) return false;
		t.level = (int)v;
	}
	for (int groups = 0; groups < 6; groups++) {
		bool more = cut(&s, "x");
		if (!cut_number(&s, 3, &group)) return false;
		t.index = t.index * 1000 + group;
		if (!more) break;
		if (!cut(&s, "/")) return false;
	}
	if (cut(&s, ".p/")) {
		if (!cut_number(&s, 3, &v) || v < 1 || v >= MH_TILE_WIDTH) return false;
		t.width = (int)v;
	}
	mh_tile_path(&t, again);
	if (s.len || !mh_str_is(path, again)) return false;
	*ret = t;
	return true;
}

int mh_tile_width(int level, int64_t index, int64_t size)
{
	int shift = level == MH_TILE_ENTRIES ? 0 : level * MH_TILE_HEIGHT;
	int64_t nodes = size >> shift;
	if (index < 0 || index > (nodes >> MH_TILE_HEIGHT)) return 0;
	int64_t left = nodes - index * MH_TILE_WIDTH;
	return left < MH_TILE_WIDTH ? (int)left : MH_TILE_WIDTH;
}

struct mh_hash mh_tile_root(const struct mh_hash *hash, int n)
{
	struct mh_hash row[MH_TILE_WIDTH / 2];
	if (n == 1) return hash[0];
	for (int i = 0; i < n / 2; i++) row[i] = mh_tlog_node(&hash[2 * i], &hash[2 * i + 1]);
	for (n /= 2; n > 1; n /= 2)
		for (int i = 0; i < n / 2; i++) row[i] = mh_tlog_node(&row[2 * i], &row[2 * i + 1]);
	return row[0];
}

void mh_bundle_add(struct mh_buf *b, struct mh_bytes entry)
{
	mh_buf_ch(b, (char)(unsigned char)(entry.len >> 8));
	mh_buf_ch(b, (char)(unsigned char)(entry.len & 0xFF));
	mh_buf_add(b, entry.ptr, entry.len);
}

bool mh_bundle_next(struct mh_bytes *rest, struct mh_bytes *ret_entry)
{
	if (rest->len < 2) return false;
	size_t len = (size_t)rest->ptr[0] << 8 | rest->ptr[1];
	if (rest->len - 2 < len) return false;
	*ret_entry = (struct mh_bytes){rest->ptr + 2, len};
	rest->ptr += 2 + len;
	rest->len -= 2 + len;
	return true;
}

void mh_tile_cache_init(struct mh_tile_cache *c, struct mh_tile_source source, int64_t size)
{
	c->source = source;
	c->size = size;
	for (int i = 0; i < MH_TILE_LEVELS; i++) c->slot[i].index = -1;
}

static enum mh_code read_subtree(void *ctx, int level, int64_t index, struct mh_hash *ret, struct mh_err *reterr)
{
	struct mh_tile_cache *c = ctx;
	int up = level % MH_TILE_HEIGHT, n = 1 << up; /* the subtree covers n hashes of its tile */
	struct mh_tile_name name = {.level = level / MH_TILE_HEIGHT};
	if (level < 0 || level >= MH_TLOG_LEVELS || index < 0 || index >= (c->size >> level))
		return MH_FAIL(reterr, MH_E_INVALID, "The log of %" PRId64 " has no complete subtree %d/%" PRId64,
			       c->size, level, index);
	int first = (int)(index << up & (MH_TILE_WIDTH - 1));
	name.index = index >> (MH_TILE_HEIGHT - up);
	name.width = mh_tile_width(name.level, name.index, c->size);
	if (c->slot[name.level].index != name.index || c->slot[name.level].width != name.width) {
		c->slot[name.level].index = -1; /* a load that fails half-way must not be believed later */
		MH_TRY(c->source.load(c->source.ctx, &name, c->slot[name.level].hash, reterr));
		c->slot[name.level].index = name.index;
		c->slot[name.level].width = name.width;
	}
	*ret = mh_tile_root(c->slot[name.level].hash + first, n);
	return MH_OK;
}

struct mh_tlog_reader mh_tile_reader(struct mh_tile_cache *c)
{
	return (struct mh_tlog_reader){read_subtree, c};
}
