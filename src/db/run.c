/* From typed structures to values and back: the half of running a statement that both engines share. */
#include "db/db_priv.h"

#include <string.h>

/* ---- the cache of prepared statements */

static size_t slot_place(struct mh_db__slot *const *slots, size_t room, const struct mh_db_stmt *stmt)
{
	size_t at = ((uintptr_t)stmt >> 4) * 0x9E3779B97F4A7C15u >> 32;
	for (at &= room - 1; slots[at] && slots[at]->stmt != stmt; at = (at + 1) & (room - 1)) {
	}
	return at;
}

/* Bounded by the number of statements in the program: nothing is ever dropped. */
static bool slots_grow(struct mh_db *db)
{
	size_t room = db->n_room ? db->n_room * 2 : 64;
	struct mh_db__slot **slots = mh_mem_alloc(room * sizeof *slots);
	if (!slots) return false;
	for (size_t i = 0; i < db->n_room; i++)
		if (db->slots[i]) slots[slot_place(slots, room, db->slots[i]->stmt)] = db->slots[i];
	mh_mem_free(db->slots);
	db->slots = slots;
	db->n_room = room;
	return true;
}

struct mh_db__slot *mh_db__slot(struct mh_db *db, const struct mh_db_stmt *stmt)
{
	if (db->n_room) {
		struct mh_db__slot *known = db->slots[slot_place(db->slots, db->n_room, stmt)];
		if (known) return known;
	}
	if (db->n_slots * 2 >= db->n_room && !slots_grow(db)) return NULL;
	struct mh_db__slot *slot = mh_mem_alloc(sizeof *slot);
	if (!slot) return NULL;
	slot->stmt = stmt;
	slot->number = (unsigned)++db->n_slots;
	db->slots[slot_place(db->slots, db->n_room, stmt)] = slot;
	return slot;
}

enum mh_code mh_db_other_tables(struct mh_err *reterr)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_STORE,
				    "Cannot work with this store: its tables are of another version");
	mh_err_hint(reterr, "Serve it with the version of Minhu that made it; stores are not converted yet.");
	return code;
}

/* The engine knows a table or column not: what it says of that is for the log. */
static enum mh_code other_tables(const struct mh_db_stmt *stmt, struct mh_err *reterr)
{
	struct mh_err why = reterr ? *reterr : (struct mh_err){0};
	enum mh_code code = mh_db_other_tables(reterr);
	mh_err_detail(reterr, "statement %s", stmt->name);
	mh_err_internal(reterr, "%s", why.internal);
	return code;
}

enum mh_code mh_db_prepare(struct mh_db *db, const struct mh_db_catalog *catalog, struct mh_err *reterr)
{
	for (size_t i = 0; i < catalog->n_statements; i++) {
		MH_TRY(mh_db__usable(db, reterr));
		struct mh_db__slot *slot = mh_db__slot(db, catalog->statements[i]);
		MH_TRY_MEM(slot, reterr);
		enum mh_code code = db->driver->prepare(db, slot, reterr);
		if (code) return code == MH_E_STORE ? other_tables(slot->stmt, reterr) : code;
	}
	return MH_OK;
}

/* ---- parameters */

/* PostgreSQL refuses such text in the middle of a transaction; refuse it alike, and before anything is sent. */
static enum mh_code check_text(const struct mh_db_stmt *stmt, const struct mh_db_field *f, struct mh_bytes b,
			       struct mh_err *reterr)
{
	if (memchr(b.ptr, 0, b.len) || mh_utf8_bad(b) >= 0) {
		MH_FAIL(reterr, MH_E_INVALID, "Cannot store a text that is not valid UTF-8 or holds a NUL character");
		mh_err_internal(reterr, "statement %s, parameter %s", stmt->name, f->name);
		return MH_E_INVALID;
	}
	return MH_OK;
}

static enum mh_code marshal(const struct mh_db_stmt *stmt, const char *in, struct mh_db__value *values,
			    struct mh_err *reterr)
{
	for (size_t i = 0; i < stmt->n_params; i++) {
		const struct mh_db_field *f = &stmt->params[i];
		struct mh_db__value *v = &values[i];
		*v = (struct mh_db__value){0};
		if (f->nullable) memcpy(&v->null, in + f->null_at, sizeof v->null);
		if (v->null) continue;
		if (f->type == MH_DB_INT) {
			memcpy(&v->i, in + f->at, sizeof v->i);
			continue;
		}
		memcpy(&v->b, in + f->at, sizeof v->b); /* mh_str and mh_bytes have the same shape */
		if (!v->b.ptr) v->b = (struct mh_bytes){(const unsigned char *)"", 0};
		if (f->type == MH_DB_TEXT) MH_TRY(check_text(stmt, f, v->b, reterr));
	}
	return MH_OK;
}
_Static_assert(sizeof(struct mh_str) == sizeof(struct mh_bytes) &&
		       offsetof(struct mh_str, len) == offsetof(struct mh_bytes, len),
	       "views are copied as one");

/* ---- rows */

static enum mh_code sink_grow(struct mh_db__sink *sink, struct mh_err *reterr)
{
	if (sink->n >= MH_DB__ROWS_MAX) return MH_FAIL(reterr, MH_E_TOO_LARGE, "The store's answer has too many rows");
	size_t room = sink->room ? sink->room * 2 : 8;
	if (sink->max < room) room = sink->max;
	char *rows = mh_arena_array(sink->arena, room, sink->stmt->row_size);
	MH_TRY_MEM(rows, reterr);
	if (sink->n) memcpy(rows, sink->rows, sink->n * sink->stmt->row_size);
	sink->rows = rows;
	sink->room = room;
	return MH_OK;
}

static enum mh_code bad_value(const struct mh_db_stmt *stmt, const struct mh_db_field *f, const char *why,
			      struct mh_err *reterr)
{
	MH_FAIL(reterr, MH_E_CORRUPT, "The store holds a value that the program cannot read");
	mh_err_internal(reterr, "statement %s, result %s: %s", stmt->name, f->name, why);
	return MH_E_CORRUPT;
}

static enum mh_code store_bytes(struct mh_db__sink *sink, const struct mh_db_field *f, struct mh_bytes b, char *row,
				struct mh_err *reterr)
{
	if (f->type == MH_DB_TEXT && mh_utf8_bad(b) >= 0) return bad_value(sink->stmt, f, "not UTF-8", reterr);
	char *copy = mh_arena_alloc(sink->arena, b.len + 1); /* a NUL behind, for printing */
	MH_TRY_MEM(copy, reterr);
	if (b.len) memcpy(copy, b.ptr, b.len);
	struct mh_str view = {copy, b.len};
	memcpy(row + f->at, &view, sizeof view);
	return MH_OK;
}

enum mh_code mh_db__sink_row(struct mh_db__sink *sink, const struct mh_db__value *cols, struct mh_err *reterr)
{
	if (sink->n == sink->max) {
		MH_FAIL(reterr, MH_E_CORRUPT, "The store holds more than one row where there can be one only");
		mh_err_internal(reterr, "statement %s", sink->stmt->name);
		return MH_E_CORRUPT;
	}
	if (sink->n == sink->room) MH_TRY(sink_grow(sink, reterr));
	char *row = sink->rows + sink->n * sink->stmt->row_size;
	for (size_t i = 0; i < sink->stmt->n_cols; i++) {
		const struct mh_db_field *f = &sink->stmt->cols[i];
		if (cols[i].null && !f->nullable) return bad_value(sink->stmt, f, "unexpected null", reterr);
		if (f->nullable) memcpy(row + f->null_at, &cols[i].null, sizeof cols[i].null);
		if (cols[i].null) continue;
		if (f->type == MH_DB_INT) memcpy(row + f->at, &cols[i].i, sizeof cols[i].i);
		else MH_TRY(store_bytes(sink, f, cols[i].b, row, reterr));
	}
	sink->n++;
	return MH_OK;
}

/* ---- running */

static enum mh_code may_run(struct mh_db *db, const struct mh_db_stmt *stmt, struct mh_err *reterr)
{
	MH_TRY(mh_db__usable(db, reterr));
	if (stmt->writes && !(db->in_tx && db->tx_writes)) {
		MH_FAIL(reterr, MH_E_INTERNAL, "A statement that writes needs a write transaction");
		mh_err_internal(reterr, "statement %s", stmt->name);
		return MH_E_INTERNAL;
	}
	if (stmt->n_params > MH_DB__PARAMS_MAX || stmt->n_cols > MH_DB__COLS_MAX)
		return MH_FAIL(reterr, MH_E_INTERNAL, "Statement %s has too many parameters or results", stmt->name);
	return MH_OK;
}

static enum mh_code run(struct mh_db *db, const struct mh_db_stmt *stmt, const void *in, struct mh_db__sink *sink,
			int64_t *ret_changed, struct mh_err *reterr)
{
	MH_TRY(may_run(db, stmt, reterr));
	struct mh_db__value values[MH_DB__PARAMS_MAX];
	MH_TRY(marshal(stmt, in, values, reterr));
	struct mh_db__slot *slot = mh_db__slot(db, stmt);
	MH_TRY_MEM(slot, reterr);
	MH_TRY(mh_db__fault(db, reterr));
	db->writes += stmt->writes;
	enum mh_code code = db->driver->run(db, slot, values, sink, ret_changed, reterr);
	if (code && db->in_tx) db->tx_failed = true;
	return code;
}

enum mh_code mh_db_run_many(struct mh_db *db, const struct mh_db_stmt *stmt, struct mh_arena *a, const void *in,
			    void **ret_rows, size_t *ret_n, struct mh_err *reterr)
{
	struct mh_db__sink sink = {.stmt = stmt, .arena = a, .max = SIZE_MAX};
	MH_TRY(run(db, stmt, in, &sink, NULL, reterr));
	*ret_rows = sink.rows;
	*ret_n = sink.n;
	return MH_OK;
}

enum mh_code mh_db_run_opt(struct mh_db *db, const struct mh_db_stmt *stmt, struct mh_arena *a, const void *in,
			   bool *ret_found, void *ret, struct mh_err *reterr)
{
	struct mh_db__sink sink = {.stmt = stmt, .arena = a, .max = 1};
	MH_TRY(run(db, stmt, in, &sink, NULL, reterr));
	if (sink.n) memcpy(ret, sink.rows, stmt->row_size);
	*ret_found = sink.n == 1;
	return MH_OK;
}

enum mh_code mh_db_run_has(struct mh_db *db, const struct mh_db_stmt *stmt, struct mh_arena *a, const void *in,
			   size_t in_size, size_t n, bool *ret_found, struct mh_err *reterr)
{
	struct mh_db__sink *sinks = MH_NEW_ARRAY(a, n ? n : 1, struct mh_db__sink);
	enum mh_code code = MH_OK;
	MH_TRY_MEM(sinks, reterr);
	for (size_t i = 0; i < n && code == MH_OK; i++) {
		sinks[i] = (struct mh_db__sink){.stmt = stmt, .arena = a, .max = 1, .later = true};
		code = run(db, stmt, (const char *)in + i * in_size, &sinks[i], NULL, reterr);
	}
	/* also after an error: what is under way knows the sinks */
	enum mh_code end = db->driver->settle(db, code ? NULL : reterr);
	if (end && db->in_tx) db->tx_failed = true;
	MH_TRY(code);
	MH_TRY(end);
	for (size_t i = 0; i < n; i++) ret_found[i] = sinks[i].n > 0;
	return MH_OK;
}

enum mh_code mh_db_run_one(struct mh_db *db, const struct mh_db_stmt *stmt, struct mh_arena *a, const void *in,
			   void *ret, struct mh_err *reterr)
{
	bool found = false;
	MH_TRY(mh_db_run_opt(db, stmt, a, in, &found, ret, reterr));
	if (found) return MH_OK;
	MH_FAIL(reterr, MH_E_NOT_FOUND, "There is nothing under this name");
	mh_err_internal(reterr, "statement %s", stmt->name);
	return MH_E_NOT_FOUND;
}

enum mh_code mh_db_run_exec(struct mh_db *db, const struct mh_db_stmt *stmt, const void *in, struct mh_err *reterr)
{
	return run(db, stmt, in, NULL, NULL, reterr);
}

enum mh_code mh_db_run_count(struct mh_db *db, const struct mh_db_stmt *stmt, const void *in, int64_t *ret_changed,
			     struct mh_err *reterr)
{
	return run(db, stmt, in, NULL, ret_changed, reterr);
}
