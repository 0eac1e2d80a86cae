#include "ledger/audit.h"

#include "ledger/bundle_priv.h"
#include "ledger/edge_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BATCH 64               /* bundles read before they are hashed together */
#define BATCH_BYTES (32 << 20) /* … unless they are this large */

struct audit {
	const struct mh_ledger_source *source;
	struct mh_ledger_audit *report;
	struct mh_ledger__edge edge; /* built from the entries alone */
	struct mh_buf file;
	struct mh_ledger__bundle bundle[2][BATCH]; /* one half is read while the other is hashed */
};

static enum mh_code fault(struct audit *a, struct mh_err *reterr, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The place goes into the report and, with the reason, into the error: "<place>: <reason>" is fmt's form. */
static enum mh_code fault(struct audit *a, struct mh_err *reterr, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	const char *colon = strstr(text, ": ");
	snprintf(a->report->place, sizeof a->report->place, "%.*s", colon ? (int)(colon - text) : 100, text);
	return MH_FAIL(reterr, MH_E_CORRUPT, "%s", text);
}

/* A file of the log; a partial one may have been deleted once the full one was there. *ret_width: which one it was. */
static enum mh_code get(struct audit *a, const struct mh_tile_name *name, char path[MH_TILE_PATH_MAX],
			struct mh_buf *file, int *ret_width, struct mh_err *reterr)
{
	struct mh_tile_name full = *name;
	mh_tile_path(name, path);
	mh_buf_clear(file);
	*ret_width = name->width;
	enum mh_code code = a->source->get(a->source->ctx, path, file, reterr);
	if (code == MH_E_NOT_FOUND && name->width < MH_TILE_WIDTH) {
		char other[MH_TILE_PATH_MAX];
		full.width = *ret_width = MH_TILE_WIDTH;
		mh_tile_path(&full, other);
		mh_buf_clear(file);
		code = a->source->get(a->source->ctx, other, file, reterr);
	}
	if (code == MH_E_NOT_FOUND)
		return fault(a, reterr, "size: the checkpoint says %" PRId64 " entries, but %s is missing",
			     a->report->size, path);
	return code;
}

/* A tile of hashes; the first name->width of *out are filled. */
static enum mh_code get_tile(struct audit *a, const struct mh_tile_name *name, char path[MH_TILE_PATH_MAX],
			     struct mh_hash out[MH_TILE_WIDTH], struct mh_err *reterr)
{
	int width;
	MH_TRY(get(a, name, path, &a->file, &width, reterr));
	if (a->file.len != (size_t)width * MH_SHA256_LEN)
		return fault(a, reterr, "%s: it has %zu bytes instead of %d", path, a->file.len, width * MH_SHA256_LEN);
	memcpy(out, a->file.ptr, (size_t)name->width * MH_SHA256_LEN);
	return MH_OK;
}

/* Does the level-0 tile, as it is published, have the root that the tile above holds of it? Then an entry that does not fit
 * it is the wrong one, and otherwise the tile is. Partial tiles have nothing above them: there the root decides. */
static bool tile_is_right(struct audit *a, const struct mh_tile_name *t, const struct mh_hash *hash)
{
	struct mh_hash above[MH_TILE_WIDTH], root;
	char path[MH_TILE_PATH_MAX];
	if (t->width == MH_TILE_WIDTH) {
		struct mh_tile_name up = {1, t->index / MH_TILE_WIDTH, 0};
		up.width = mh_tile_width(1, up.index, a->report->size);
		root = mh_tile_root(hash, MH_TILE_WIDTH);
		return get_tile(a, &up, path, above, NULL) == MH_OK &&
		       mh_hash_eq(&root, &above[t->index % MH_TILE_WIDTH]);
	}
	struct mh_ledger__edge *e = mh_mem_alloc(sizeof *e); /* up to this tile: it is the last one of the log */
	bool right = e != NULL;
	if (e) *e = a->edge;
	for (int i = 0; e && i < t->width; i++)
		right = right && mh_ledger__edge_append(e, &hash[i], &(struct mh_ledger__edge_sink){0}, NULL) == MH_OK;
	if (right) root = mh_ledger__edge_root(e);
	mh_mem_free(e);
	return right && mh_hash_eq(&root, &a->report->root);
}

static enum mh_code compare_leaves(struct audit *a, const struct mh_ledger__bundle *b, const char *bundle,
				   struct mh_err *reterr)
{
	struct mh_hash have[MH_TILE_WIDTH];
	char path[MH_TILE_PATH_MAX];
	struct mh_tile_name t = {0, b->index, b->width};
	MH_TRY(get_tile(a, &t, path, have, reterr));
	if (memcmp(have, b->leaf, (size_t)b->width * sizeof have[0]) == 0) return MH_OK;
	int i = 0;
	while (mh_hash_eq(&b->leaf[i], &have[i])) i++;
	int64_t seq = b->index * MH_TILE_WIDTH + i;
	if (tile_is_right(a, &t, have))
		return fault(a, reterr, "entry %" PRId64 " in %s: it does not have the hash that %s holds of it", seq,
			     bundle, path);
	return fault(a, reterr, "%s hash %d: it is not the hash of entry %" PRId64 " in %s", path, i, seq, bundle);
}

/* Bundle against leaf tile; the leaves go into the tree. */
static enum mh_code check_bundle(struct audit *a, const struct mh_ledger__bundle *b,
				 const struct mh_ledger__edge_sink *sink, struct mh_err *reterr)
{
	char path[MH_TILE_PATH_MAX];
	mh_tile_path(&(struct mh_tile_name){MH_TILE_ENTRIES, b->index, b->width}, path);
	if (b->ends_before >= 0)
		return fault(a, reterr, "entry %" PRId64 " in %s: the bundle ends before it",
			     b->index * MH_TILE_WIDTH + b->ends_before, path);
	if (b->trailing) return fault(a, reterr, "%s: it holds more than %d entries", path, b->width);
	MH_TRY(compare_leaves(a, b, path, reterr));
	if (b->width == MH_TILE_WIDTH) MH_TRY(mh_ledger__edge_append_tile(&a->edge, &b->root, sink, reterr));
	for (int i = 0; b->width < MH_TILE_WIDTH && i < b->width; i++)
		MH_TRY(mh_ledger__edge_append(&a->edge, &b->leaf[i], sink, reterr));
	a->report->entries += b->width;
	a->report->bytes += b->bytes;
	return MH_OK;
}

/* Reads bundles from `first` on into one half; *ret_n of them, 0 at the end of the log. */
static enum mh_code read_batch(struct audit *a, int half, int64_t first, size_t *ret_n, struct mh_err *reterr)
{
	size_t n = 0, bytes = 0;
	for (; n < BATCH && bytes < BATCH_BYTES; n++) {
		struct mh_tile_name name = {MH_TILE_ENTRIES, first + (int64_t)n, 0};
		struct mh_ledger__bundle *b = &a->bundle[half][n];
		char path[MH_TILE_PATH_MAX];
		int got;
		name.width = mh_tile_width(MH_TILE_ENTRIES, name.index, a->report->size);
		if (!name.width) break;
		/* a fault behind others waits for its turn: it is met again as the first of the next batch */
		enum mh_code code = get(a, &name, path, &b->file, &got, n ? NULL : reterr);
		if (code != MH_OK && n) {
			a->report->place[0] = '\0';
			break;
		}
		MH_TRY(code);
		b->index = name.index;
		b->width = name.width;
		b->more = got > name.width;
		bytes += b->file.len;
	}
	*ret_n = n;
	return MH_OK;
}

static enum mh_code compare_upper(struct audit *a, int level, int64_t index, int width, const struct mh_hash *want,
				  struct mh_err *reterr)
{
	struct mh_hash have[MH_TILE_WIDTH];
	char path[MH_TILE_PATH_MAX];
	MH_TRY(get_tile(a, &(struct mh_tile_name){level, index, width}, path, have, reterr));
	for (int i = 0; i < width; i++)
		if (!mh_hash_eq(&have[i], &want[i]))
			return fault(a, reterr, "%s hash %d: it is not the root of the tile below it", path, i);
	return MH_OK;
}

static enum mh_code full_tile(void *ctx, int level, int64_t index, const struct mh_hash hash[MH_TILE_WIDTH],
			      struct mh_err *reterr)
{
	if (level == 0) return MH_OK; /* compared with the entries already */
	return compare_upper(ctx, level, index, MH_TILE_WIDTH, hash, reterr);
}

/* The partial tiles above level 0, and the root. */
static enum mh_code check_top(struct audit *a, struct mh_err *reterr)
{
	int64_t size = a->report->size;
	for (int level = 1; level < MH_TILE_LEVELS; level++) {
		int64_t index = size >> (MH_TILE_HEIGHT * level) >> MH_TILE_HEIGHT;
		int width = mh_tile_width(level, index, size);
		if (width) MH_TRY(compare_upper(a, level, index, width, a->edge.hash[level], reterr));
	}
	struct mh_hash root = mh_ledger__edge_root(&a->edge);
	if (!mh_hash_eq(&root, &a->report->root))
		return fault(a, reterr, "checkpoint root: the %" PRId64 " entries have another one", size);
	return MH_OK;
}

static enum mh_code read_checkpoint(struct audit *a, const struct mh_note_key *key, struct mh_err *reterr)
{
	struct mh_checkpoint c;
	struct mh_str text;
	struct mh_err why = {0};
	mh_buf_clear(&a->file);
	MH_TRY(a->source->get(a->source->ctx, "checkpoint", &a->file, reterr));
	struct mh_str note = mh_buf_str(&a->file);
	if (key && mh_note_open(note, key, 1, &text, NULL, &why) != MH_OK)
		return fault(a, reterr, "checkpoint signature: %s", why.message);
	enum mh_code code = key ? mh_checkpoint_open(note, key, &c, &why) : mh_checkpoint_peek(note, &c, &why);
	if (code != MH_OK) return fault(a, reterr, "checkpoint: %s", why.message);
	a->report->size = c.size;
	a->report->root = c.root;
	a->report->signed_ = key != NULL;
	return MH_OK;
}

/* A fault of what was read ahead, now that all before it is right. */
static enum mh_code tell(struct mh_err *reterr, const struct mh_err *err)
{
	if (reterr) *reterr = *err;
	return err->code;
}

static enum mh_code run(struct audit *a, const struct mh_note_key *key, const struct mh_ledger_progress *progress,
			struct mh_err *reterr)
{
	struct mh_ledger__edge_sink sink = {full_tile, a};
	MH_TRY(read_checkpoint(a, key, reterr));
	struct mh_ledger__hashing hashing;
	size_t n = 0, more = 0;
	int64_t next = 0;
	MH_TRY(read_batch(a, 0, next, &n, reterr));
	for (int half = 0; n; half = !half, n = more) {
		struct mh_err later = {0};
		mh_ledger__hashing_begin(&hashing, a->bundle[half], n);
		next += (int64_t)n;
		enum mh_code code = read_batch(a, !half, next, &more, &later);
		mh_ledger__hashing_end(&hashing);
		for (size_t i = 0; i < n; i++) {
			MH_TRY(check_bundle(a, &a->bundle[half][i], &sink, reterr));
			if (progress) progress->at(progress->ctx, a->report->entries, a->report->size);
		}
		if (code != MH_OK) return tell(reterr, &later);
	}
	return check_top(a, reterr);
}

enum mh_code mh_ledger_audit(const struct mh_ledger_source *source, const struct mh_note_key *key,
			     const struct mh_ledger_progress *progress, struct mh_ledger_audit *report,
			     struct mh_err *reterr)
{
	struct audit *a = mh_mem_alloc(sizeof *a);
	*report = (struct mh_ledger_audit){0};
	MH_TRY_MEM(a, reterr);
	a->source = source;
	a->report = report;
	a->file = MH_BUF(MH_TILE_BUNDLE_MAX + 1);
	for (int i = 0; i < 2 * BATCH; i++) a->bundle[i / BATCH][i % BATCH].file = MH_BUF(MH_TILE_BUNDLE_MAX + 1);
	enum mh_code code = run(a, key, progress, reterr);
	for (int i = 0; i < 2 * BATCH; i++) mh_buf_done(&a->bundle[i / BATCH][i % BATCH].file);
	mh_buf_done(&a->file);
	mh_mem_free(a);
	return code;
}
