#include "ledger/audit.h"

#include "ledger/edge_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct audit {
	const struct mh_ledger_source *source;
	struct mh_ledger_audit *report;
	struct mh_ledger__edge edge; /* built from the entries alone */
	struct mh_buf file;
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
static enum mh_code get(struct audit *a, const struct mh_tile_name *name, char path[MH_TILE_PATH_MAX], int *ret_width,
			struct mh_err *reterr)
{
	struct mh_tile_name full = *name;
	mh_tile_path(name, path);
	mh_buf_clear(&a->file);
	*ret_width = name->width;
	enum mh_code code = a->source->get(a->source->ctx, path, &a->file, reterr);
	if (code == MH_E_NOT_FOUND && name->width < MH_TILE_WIDTH) {
		char other[MH_TILE_PATH_MAX];
		full.width = *ret_width = MH_TILE_WIDTH;
		mh_tile_path(&full, other);
		mh_buf_clear(&a->file);
		code = a->source->get(a->source->ctx, other, &a->file, reterr);
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
	MH_TRY(get(a, name, path, &width, reterr));
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

static enum mh_code compare_leaves(struct audit *a, const struct mh_tile_name *name, const char *bundle,
				   const struct mh_hash *leaf, struct mh_err *reterr)
{
	struct mh_hash have[MH_TILE_WIDTH];
	char path[MH_TILE_PATH_MAX], place[160];
	struct mh_tile_name t = {0, name->index, name->width};
	MH_TRY(get_tile(a, &t, path, have, reterr));
	for (int i = 0; i < name->width; i++) {
		if (mh_hash_eq(&leaf[i], &have[i])) continue;
		int64_t seq = name->index * MH_TILE_WIDTH + i;
		if (tile_is_right(a, &t, have)) {
			snprintf(place, sizeof place, "entry %" PRId64 " in %s", seq, bundle);
			return fault(a, reterr, "%s: it does not have the hash that %s holds of it", place, path);
		}
		a->report->place[0] = '\0';
		return fault(a, reterr, "%s hash %d: it is not the hash of entry %" PRId64 " in %s", path, i, seq,
			     bundle);
	}
	return MH_OK;
}

static enum mh_code split_bundle(struct audit *a, const struct mh_tile_name *name, const char *path,
				 struct mh_hash *leaf, struct mh_err *reterr)
{
	struct mh_bytes rest = {(const unsigned char *)a->file.ptr, a->file.len}, entry;
	for (int i = 0; i < name->width; i++) {
		if (!mh_bundle_next(&rest, &entry))
			return fault(a, reterr, "entry %" PRId64 " in %s: the bundle ends before it",
				     name->index * MH_TILE_WIDTH + i, path);
		leaf[i] = mh_tlog_leaf(entry);
		a->report->bytes += (int64_t)entry.len;
	}
	return rest.len == 0 ? MH_OK : fault(a, reterr, "%s: it holds more than %d entries", path, name->width);
}

/* Bundle and leaf tile of one index; the leaves go into the tree. */
static enum mh_code check_bundle(struct audit *a, int64_t index, const struct mh_ledger__edge_sink *sink,
				 struct mh_err *reterr)
{
	struct mh_hash leaf[MH_TILE_WIDTH];
	char path[MH_TILE_PATH_MAX];
	struct mh_tile_name name = {MH_TILE_ENTRIES, index, 0}, have;
	name.width = mh_tile_width(MH_TILE_ENTRIES, index, a->report->size);
	have = name;
	MH_TRY(get(a, &name, path, &have.width, reterr));
	if (have.width > name.width) { /* the full bundle instead of the partial one: only its beginning is ours */
		struct mh_bytes rest = {(const unsigned char *)a->file.ptr, a->file.len}, entry;
		for (int i = 0; i < name.width; i++)
			if (!mh_bundle_next(&rest, &entry)) break;
		a->file.len -= rest.len;
	}
	MH_TRY(split_bundle(a, &name, path, leaf, reterr));
	MH_TRY(compare_leaves(a, &name, path, leaf, reterr));
	for (int i = 0; i < name.width; i++) MH_TRY(mh_ledger__edge_append(&a->edge, &leaf[i], sink, reterr));
	a->report->entries += name.width;
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

static enum mh_code run(struct audit *a, const struct mh_note_key *key, const struct mh_ledger_progress *progress,
			struct mh_err *reterr)
{
	struct mh_ledger__edge_sink sink = {full_tile, a};
	MH_TRY(read_checkpoint(a, key, reterr));
	int64_t size = a->report->size;
	for (int64_t i = 0; i * MH_TILE_WIDTH < size; i++) {
		MH_TRY(check_bundle(a, i, &sink, reterr));
		if (progress) progress->at(progress->ctx, a->report->entries, size);
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
	enum mh_code code = run(a, key, progress, reterr);
	mh_buf_done(&a->file);
	mh_mem_free(a);
	return code;
}
