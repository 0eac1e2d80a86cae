/* A log's beginning, opening and end: create, open, close, succeed. */
#include "db/db.h"
#include "ledger/files_priv.h"
#include "ledger/log_priv.h"

#include <inttypes.h>
#include <string.h>

static void done_arena(struct mh_arena *a)
{
	mh_arena_done(a);
}

static void done_buf(struct mh_buf *b)
{
	mh_buf_done(b);
}

static void done_tree(struct mh_ledger__tree **t)
{
	mh_mem_free(*t);
}

/* ---- create */

static enum mh_code add_head(const struct mh_ledger__place *p, const struct mh_note_key *key,
			     const struct mh_tlog *tree, struct mh_err *reterr)
{
	MH_CLEANUP(done_buf) struct mh_buf vkey = MH_BUF(2 * MH_NOTE_VKEY_MAX);
	struct mh_ledger__head head = {.tree = *tree, .origin = mh_str_c(key->name)};
	mh_note_vkey_text(key, &vkey);
	if (vkey.failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	head.vkey = mh_buf_str(&vkey);
	return mh_ledger__head_add(p, &head, reterr);
}

enum mh_code mh_ledger_create(struct mh_db *db, int64_t home_id, struct mh_str origin, struct mh_str state_dir,
			      const struct mh_rng *rng, struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(1 << 20);
	MH_CLEANUP(mh_note_signer_done) struct mh_note_signer signer = {0};
	struct mh_ledger__place p = {db, home_id, 0};
	struct mh_ledger__head head;
	struct mh_tlog empty = {0};
	struct mh_str note;
	bool found;
	MH_TRY(mh_ledger__head_get(&p, &a, &found, &head, reterr));
	if (found) return MH_FAIL(reterr, MH_E_CONFLICT, "This home has a ledger already");
	MH_TRY(mh_ledger__mem_read(state_dir, 1, &a, &found, &note, reterr));
	if (found)
		return MH_FAIL(reterr, MH_E_CONFLICT, "The state folder remembers a signed head of an earlier ledger");
	MH_TRY(mh_ledger__key_make(state_dir, 1, origin, rng, &signer, reterr));
	p.log = 1;
	return add_head(&p, &signer.key, &empty, reterr);
}

/* ---- open */

static enum mh_code behind(struct mh_err *reterr)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "The store is behind what was signed: it is an older copy");
	mh_err_hint(reterr,
		    "Going on would fork the log. Bring back the newest store, or close this log and open the next: "
		    "minhu ledger succeed");
	return code;
}

/* The signed head that counts: the larger one of the file's and the store's. *ret_found false: nothing was signed. */
static enum mh_code last_signed(const struct mh_ledger__place *p, struct mh_str state_dir, struct mh_arena *a,
				const struct mh_note_key *key, bool *ret_found, struct mh_ledger__signed *ret,
				struct mh_err *reterr)
{
	struct mh_ledger__signed row = {0};
	struct mh_checkpoint c;
	struct mh_str note;
	bool in_store, in_file;
	MH_TRY(mh_ledger__signed_last(p, a, &in_store, &row, reterr));
	MH_TRY(mh_ledger__mem_read(state_dir, p->log, a, &in_file, &note, reterr));
	if (in_store && !in_file) {
		enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "The memory of the last signed head is missing");
		mh_err_hint(
			reterr,
			"Put ledger.head back; the checkpoint last published, or a witness's copy, is the same text");
		return code;
	}
	*ret_found = in_file;
	if (!in_file) return MH_OK;
	MH_TRY(mh_checkpoint_open(note, key, &c, reterr));
	struct mh_ledger__signed s = {.size = c.size, .root = c.root, .note = note};
	if (in_store && row.size > s.size) {
		MH_TRY(mh_checkpoint_open(row.note, key, &c, reterr));
		s = row;
		s.size = c.size;
		s.root = c.root;
	}
	*ret = s;
	return MH_OK;
}

/* The signed head must be a beginning of what the store holds. */
static enum mh_code check_signed(const struct mh_ledger__place *p, const struct mh_ledger__signed *s, int64_t size,
				 struct mh_err *reterr)
{
	struct mh_hash root;
	if (s->size > size) {
		enum mh_code code = behind(reterr);
		mh_err_detail(reterr, "the store has %" PRId64 " entries, signed were %" PRId64, size, s->size);
		return code;
	}
	MH_TRY(mh_ledger__stored_root(p, s->size, size, &root, reterr));
	if (mh_hash_eq(&root, &s->root)) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_CORRUPT, "The store contradicts the last signed head");
	mh_err_detail(reterr, "the first %" PRId64 " entries have another root than the one signed", s->size);
	mh_err_hint(reterr, "minhu verify finds the place");
	return code;
}

/* Was a later log signed under this state folder? Then the store is from before that. */
static enum mh_code check_no_later(struct mh_str state_dir, int64_t log, struct mh_arena *a, struct mh_err *reterr)
{
	struct mh_str note;
	bool found;
	MH_TRY(mh_ledger__mem_read(state_dir, log + 1, a, &found, &note, reterr));
	if (!found) return MH_OK;
	enum mh_code code = behind(reterr);
	mh_err_detail(reterr, "the store ends with log %" PRId64 ", and log %" PRId64 " has been signed", log, log + 1);
	return code;
}

static enum mh_code load_tree(const struct mh_ledger__place *p, const struct mh_tlog *frontier,
			      struct mh_ledger__tree *t, struct mh_err *reterr)
{
	struct mh_tile_source source = {mh_ledger__tile_load, (void *)(uintptr_t)p};
	t->frontier = *frontier;
	MH_TRY(mh_ledger__edge_load(&t->edge, frontier->size, &source, reterr));
	struct mh_hash a = mh_tlog_root(frontier), b = mh_ledger__edge_root(&t->edge);
	if (!mh_hash_eq(&a, &b))
		return MH_FAIL(reterr, MH_E_CORRUPT,
			       "The ledger's tiles and entries do not lead to its head of size %" PRId64,
			       frontier->size);
	return MH_OK;
}

static enum mh_code read_key(struct mh_ledger *l, const struct mh_ledger__head *head, struct mh_err *reterr)
{
	MH_CLEANUP(done_buf) struct mh_buf vkey = MH_BUF(2 * MH_NOTE_VKEY_MAX);
	bool found;
	MH_TRY(mh_ledger__key_read(l->state_dir, l->log, &found, &l->signer, reterr));
	if (!found) {
		enum mh_code code = MH_FAIL(reterr, MH_E_IO, "The key of log " MH_STR_FMT " is missing",
					    MH_STR_ARG(head->origin));
		mh_err_hint(reterr, "Put ledger.key back into the state folder, or close this log and open the next: "
				    "minhu ledger succeed");
		return code;
	}
	mh_note_vkey_text(&l->signer.key, &vkey);
	if (vkey.failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (!mh_str_eq(mh_buf_str(&vkey), head->vkey))
		return MH_FAIL(reterr, MH_E_CONFLICT, "The key in the state folder is not the one of log " MH_STR_FMT,
			       MH_STR_ARG(head->origin));
	return MH_OK;
}

/* Everything that is read and compared before this writer counts as the one. */
static enum mh_code open_in_tx(struct mh_ledger *l, struct mh_db *db, struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(8 << 20);
	struct mh_ledger__place p = {db, l->home_id, 0};
	struct mh_ledger__head head;
	struct mh_ledger__signed s = {0};
	bool found;
	MH_TRY(mh_ledger__head_get(&p, &a, &found, &head, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_NOT_FOUND, "This home has no ledger yet");
	p.log = l->log = head.log;
	MH_TRY(read_key(l, &head, reterr));
	MH_TRY(check_no_later(l->state_dir, l->log, &a, reterr));
	MH_TRY(load_tree(&p, &head.tree, &l->tree, reterr));
	MH_TRY(last_signed(&p, l->state_dir, &a, &l->signer.key, &l->any_signed, &s, reterr));
	if (l->any_signed) {
		MH_TRY(check_signed(&p, &s, head.tree.size, reterr));
		MH_TRY(mh_ledger__signed_add(&p, &s, reterr)); /* a crash may have come between file and row */
		l->last.size = s.size;
		l->last.root = s.root;
		l->last.at = s.at;
	}
	l->epoch = head.epoch + 1;
	return mh_ledger__head_claim(&p, head.epoch, l->epoch, reterr);
}

static void close_ledger(struct mh_ledger **l)
{
	mh_ledger_close(*l);
}

enum mh_code mh_ledger_open(struct mh_db *db, int64_t home_id, struct mh_str state_dir, struct mh_ledger **ret,
			    struct mh_err *reterr)
{
	MH_CLEANUP(close_ledger) struct mh_ledger *l = mh_mem_alloc(sizeof *l);
	MH_TRY_MEM(l, reterr);
	l->home_id = home_id;
	l->mem = MH_ARENA(1 << 16);
	l->state_dir = mh_str_dup(&l->mem, state_dir);
	MH_TRY_MEM(l->state_dir.ptr, reterr);
	if (mh_db_in_tx(db)) {
		MH_TRY(open_in_tx(l, db, reterr));
	} else {
		MH_DB_TX(tx, db);
		MH_TRY(mh_db_begin_write(&tx, reterr));
		MH_TRY(open_in_tx(l, db, reterr));
		MH_TRY(mh_db_commit(&tx, reterr));
	}
	*ret = l;
	l = NULL;
	return MH_OK;
}

struct mh_ledger *mh_ledger_close(struct mh_ledger *l)
{
	if (!l) return NULL;
	mh_note_signer_done(&l->signer);
	mh_mem_free(l->pending);
	mh_arena_done(&l->mem);
	mh_mem_free(l);
	return NULL;
}

/* ---- succeed */

/* The last log of which anything was signed, by the files or by the store, and its last signed note. */
static enum mh_code newest_signed(const struct mh_ledger__place *p, struct mh_str state_dir, struct mh_arena *a,
				  int64_t *ret_log, struct mh_str *ret_note, struct mh_err *reterr)
{
	struct mh_ledger__signed row;
	struct mh_str note = {0}, later;
	int64_t log = p->log;
	bool found;
	MH_TRY(mh_ledger__mem_read(state_dir, log, a, &found, &note, reterr));
	if (!found) {
		MH_TRY(mh_ledger__signed_last(p, a, &found, &row, reterr));
		if (found) note = row.note;
	}
	for (bool more = true; more;) {
		MH_TRY(mh_ledger__mem_read(state_dir, log + 1, a, &more, &later, reterr));
		if (!more) break;
		note = later;
		log++;
	}
	if (!note.len) return MH_FAIL(reterr, MH_E_CONFLICT, "Nothing was ever signed: this log can simply go on");
	*ret_log = log;
	*ret_note = note;
	return MH_OK;
}

static enum mh_code fence(const struct mh_ledger__place *p, int64_t epoch, struct mh_err *reterr)
{
	return mh_ledger__head_claim(p, epoch, epoch + 1, reterr);
}

enum mh_code mh_ledger_succeed(struct mh_db *db, int64_t home_id, struct mh_str state_dir, const struct mh_rng *rng,
			       int64_t *ret_log, struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(8 << 20);
	MH_CLEANUP(mh_note_signer_done) struct mh_note_signer signer = {0};
	struct mh_ledger__place last = {db, home_id, 0}, next = {db, home_id, 0};
	struct mh_ledger__head first, head;
	struct mh_tlog tree = {0};
	struct mh_str note;
	int64_t log;
	bool found;
	MH_TRY(mh_ledger__head_get(&last, &a, &found, &head, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_NOT_FOUND, "This home has no ledger to succeed");
	last.log = head.log;
	MH_TRY(newest_signed(&last, state_dir, &a, &log, &note, reterr));
	MH_TRY(mh_ledger__head_get(&(struct mh_ledger__place){db, home_id, 1}, &a, &found, &first, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_CORRUPT, "The first log of this home is missing from the store");
	next.log = log + 1;
	struct mh_str origin = mh_str_fmt(&a, MH_STR_FMT "/%" PRId64, MH_STR_ARG(first.origin), next.log);
	MH_TRY_MEM(origin.ptr, reterr);
	if (note.len > MH_LEDGER_ENTRY_MAX)
		return MH_FAIL(reterr, MH_E_TOO_LARGE, "The last checkpoint is too long for an entry");
	MH_TRY(mh_ledger__key_make(state_dir, next.log, origin, rng, &signer, reterr));
	MH_TRY(fence(&last, head.epoch, reterr));
	struct mh_bytes entry = {(const unsigned char *)note.ptr, note.len};
	struct mh_hash leaf = mh_tlog_leaf(entry);
	mh_tlog_append(&tree, &leaf);
	MH_TRY(mh_ledger__entry_add(&next, 0, 0, entry, reterr));
	MH_TRY(add_head(&next, &signer.key, &tree, reterr));
	*ret_log = next.log;
	return MH_OK;
}

/* ---- rebuild */

static enum mh_code put_tile(void *ctx, int level, int64_t index, const struct mh_hash hash[MH_TILE_WIDTH],
			     struct mh_err *reterr)
{
	return mh_ledger__tile_put(ctx, level, index, hash, reterr);
}

static enum mh_code rebuild(const struct mh_ledger__place *p, int64_t size, struct mh_ledger__tree *t,
			    struct mh_err *reterr)
{
	struct mh_ledger__edge_sink sink = {put_tile, (void *)(uintptr_t)p};
	struct mh_hash leaf[MH_TILE_WIDTH];
	for (int64_t at = 0; at < size; at += MH_TILE_WIDTH) {
		struct mh_tile_name name = {0, at / MH_TILE_WIDTH, 0};
		name.width = mh_tile_width(0, name.index, size);
		MH_TRY(mh_ledger__tile_derive(p, &name, leaf, reterr));
		for (int i = 0; i < name.width; i++) {
			mh_tlog_append(&t->frontier, &leaf[i]);
			MH_TRY(mh_ledger__edge_append(&t->edge, &leaf[i], &sink, reterr));
		}
	}
	return MH_OK;
}

enum mh_code mh_ledger_rebuild_tiles(struct mh_db *db, int64_t home_id, int64_t log, struct mh_err *reterr)
{
	MH_CLEANUP(done_arena) struct mh_arena a = MH_ARENA(1 << 20);
	MH_CLEANUP(done_tree) struct mh_ledger__tree *t = mh_mem_alloc(sizeof *t);
	struct mh_ledger__place p = {db, home_id, log};
	struct mh_ledger__head head;
	bool found;
	MH_TRY_MEM(t, reterr);
	MH_TRY(mh_ledger__head_get(&p, &a, &found, &head, reterr));
	if (!found) return MH_FAIL(reterr, MH_E_NOT_FOUND, "This home has no such log");
	p.log = head.log;
	MH_TRY(rebuild(&p, head.tree.size, t, reterr));
	struct mh_hash was = mh_tlog_root(&head.tree), is = mh_tlog_root(&t->frontier);
	if (mh_hash_eq(&was, &is)) return MH_OK;
	return MH_FAIL(reterr, MH_E_CORRUPT, "The %" PRId64 " entries in the store do not lead to its head",
		       head.tree.size);
}
