#include "ledger/export.h"

#include "ledger/files_priv.h"
#include "ledger/log_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void done_arena(struct mh_arena *a)
{
	mh_arena_done(a);
}

static void done_buf(struct mh_buf *b)
{
	mh_buf_done(b);
}

struct export
{
	struct mh_ledger__place place;
	struct mh_str dir;
	int64_t from, size; /* entries that the folder has, and will have */
	const struct mh_ledger_progress *progress;
	struct mh_buf file;
};

static enum mh_code path_in(const struct export *e, const char *name, char out[MH_LEDGER__PATH_MAX],
			    struct mh_err *reterr)
{
	int n = snprintf(out, MH_LEDGER__PATH_MAX, MH_STR_FMT "/%s", MH_STR_ARG(e->dir), name);
	if (n < 0 || n >= MH_LEDGER__PATH_MAX)
		return MH_FAIL(reterr, MH_E_INVALID, "The path of the folder is too long");
	return MH_OK;
}

static enum mh_code put(const struct export *e, const char *name, struct mh_str content, bool durable,
			struct mh_err *reterr)
{
	char path[MH_LEDGER__PATH_MAX];
	MH_TRY(path_in(e, name, path, reterr));
	MH_TRY(mh_ledger__folders_for(path, reterr));
	return mh_ledger__file_put(path, content, 0644, durable, reterr);
}

static enum mh_code put_tile(struct export *e, int level, int64_t index, struct mh_err *reterr)
{
	struct mh_tile_name name = {level, index, mh_tile_width(level, index, e->size)};
	char file[MH_TILE_PATH_MAX], partial[MH_TILE_PATH_MAX + 2], path[MH_LEDGER__PATH_MAX];
	if (!name.width) return MH_OK;
	mh_tile_path(&name, file);
	mh_buf_clear(&e->file);
	MH_TRY(mh_ledger__tile_file(&e->place, &name, &e->file, reterr));
	if (e->file.failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	MH_TRY(put(e, file, mh_buf_str(&e->file), false, reterr));
	if (name.width < MH_TILE_WIDTH) return MH_OK;
	snprintf(partial, sizeof partial, "%s.p", file);
	MH_TRY(path_in(e, partial, path, reterr));
	mh_ledger__folder_remove(path);
	return MH_OK;
}

/* Every tile of a level from the first that was not full in the earlier export. */
static enum mh_code put_level(struct export *e, int level, struct mh_err *reterr)
{
	int shift = level == MH_TILE_ENTRIES ? 0 : level * MH_TILE_HEIGHT;
	int64_t first = e->from >> shift >> MH_TILE_HEIGHT, end = e->size >> shift >> MH_TILE_HEIGHT;
	for (int64_t i = first; i <= end; i++) {
		MH_TRY(put_tile(e, level, i, reterr));
		int64_t done = (i + 1) * MH_TILE_WIDTH;
		if (level == MH_TILE_ENTRIES && e->progress)
			e->progress->at(e->progress->ctx, done < e->size ? done : e->size, e->size);
	}
	return MH_OK;
}

static enum mh_code refuse(const char *why, struct mh_err *reterr)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "Could not export: %s", why);
	mh_err_hint(reterr, "Choose an empty folder, and keep this one: it is evidence");
	return code;
}

/* How far the folder is already, and whether it is a beginning of this log. */
static enum mh_code find_start(struct export *e, const struct mh_note_key *key, struct mh_err *reterr)
{
	MH_CLEANUP(done_buf) struct mh_buf b = MH_BUF(MH_NOTE_MAX + 1);
	char path[MH_LEDGER__PATH_MAX];
	struct mh_checkpoint c;
	struct mh_hash root;
	bool found;
	MH_TRY(path_in(e, "checkpoint", path, reterr));
	MH_TRY(mh_ledger__file_get(path, MH_NOTE_MAX, &b, &found, reterr));
	if (!found) return MH_OK;
	if (mh_checkpoint_open(mh_buf_str(&b), key, &c, NULL) != MH_OK)
		return refuse("the folder holds another log", reterr);
	if (c.size > e->size) return refuse("the folder holds more of this log than the store", reterr);
	MH_TRY(mh_ledger__stored_root(&e->place, c.size, e->size, &root, reterr));
	if (!mh_hash_eq(&root, &c.root)) return refuse("the folder holds another history of this log", reterr);
	e->from = c.size;
	return MH_OK;
}

static enum mh_code run(struct export *e, const struct mh_ledger__head *head, struct mh_str note, struct mh_err *reterr)
{
	struct mh_note_key key;
	char path[MH_LEDGER__PATH_MAX];
	MH_TRY(mh_note_vkey_parse(head->vkey, &key, reterr));
	MH_TRY(find_start(e, &key, reterr));
	mh_buf_clear(&e->file);
	mh_buf_str_add(&e->file, head->vkey);
	mh_buf_ch(&e->file, '\n');
	MH_TRY(put(e, "vkey", mh_buf_str(&e->file), false, reterr));
	for (int level = MH_TILE_ENTRIES; level < MH_TILE_LEVELS; level++) MH_TRY(put_level(e, level, reterr));
	MH_TRY(path_in(e, ".", path, reterr));
	MH_TRY(mh_ledger__sync_all(path, reterr));
	return put(e, "checkpoint", note, true, reterr);
}

enum mh_code mh_ledger_export(struct mh_db *db, int64_t home_id, int64_t log, struct mh_str dir,
			      const struct mh_ledger_progress *progress, int64_t *ret_size, struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(1 << 20);
	struct export e = {.place = {db, home_id, log}, .dir = dir, .progress = progress};
	struct mh_ledger__head head;
	struct mh_ledger__signed s;
	bool found;
	MH_TRY(mh_ledger__head_get(&e.place, &a, &found, &head, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no such log");
	e.place.log = head.log;
	MH_TRY(mh_ledger__signed_last(&e.place, &a, &found, &s, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_UNAVAILABLE, "The log has no signed head yet");
	e.size = s.size;
	e.file = MH_BUF(MH_TILE_BUNDLE_MAX + 1);
	enum mh_code code = run(&e, &head, s.note, reterr);
	mh_buf_done(&e.file);
	if (code == MH_OK) *ret_size = e.size;
	return code;
}
