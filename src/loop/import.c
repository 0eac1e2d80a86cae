/* Running an import: rows go to the writer as they are read, a bounded number at a time, and are told in file order. */
#include "loop/import_priv.h"

#include <pthread.h>

#define WAITING_MAX 2000
#define ARENA_MAX ((size_t)32 << 20)

enum fate { FATE_OPEN, FATE_IMPORTED, FATE_ALREADY, FATE_REJECTED, FATE_FAILED };
struct item {
	struct run *run;
	struct mh_arena arena;
	struct mh_import_row row;
	int64_t line;
	struct mh_str *cells;
	size_t n;
	enum fate fate; /* under run->lock once submitted */
	bool again;     /* written by the job, on the writer's thread */
	struct mh_err err;
};
struct run {
	const struct mh_import_config *config;
	struct mh_import_counts counts;
	pthread_mutex_t lock;
	pthread_cond_t told;
	struct item *ring[WAITING_MAX];
	size_t first, n;
	struct mh_err *reterr; /* the error that ends the run */
	enum mh_code code;
};

static void item_free(struct item *it)
{
	struct mh_arena arena = it->arena;
	json_decref(it->row.fields);
	mh_mem_free(it);
	mh_arena_done(&arena);
}

/* --- on the writer's thread --- */

static enum mh_code create_job(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	struct item *it = arg;
	const struct mh_import_config *c = it->run->config;
	struct mh_arena scratch = MH_ARENA(ARENA_MAX);
	struct mh_outcome out = {0};
	enum mh_code code;
	{
		MH_TX(tx, mh_service_city(c->service), db, &scratch, c->now);
		struct mh_create in = {.kind = c->sheet->map->kind,
				       .fields = it->row.fields,
				       .by = {.org = -1},
				       .request_id = it->row.request_id,
				       .raised = it->row.raised,
				       .owner = -1};
		code = mh_matter_create(&tx, &in, &out, reterr);
	}
	it->again = out.again;
	mh_arena_done(&scratch);
	return code;
}

/* A row that the engine refuses is the row's fault; anything else ends the import. */
static enum fate fate_of(const struct item *it, enum mh_code code)
{
	switch (code) {
	case MH_OK: return it->again ? FATE_ALREADY : FATE_IMPORTED;
	case MH_E_INVALID:
	case MH_E_REUSED_KEY:
	case MH_E_TOO_LARGE: return FATE_REJECTED;
	default: return FATE_FAILED;
	}
}

/* For whoever has the table before them: it knows numbers, not keys. */
static void explain_reuse(struct mh_err *err)
{
	MH_FAIL(err, MH_E_REUSED_KEY, "a row with this number and other contents was imported before");
	mh_err_hint(err, "Is it of another system? Then name that: --source NAME.");
}

static void told(void *arg, enum mh_code code, const struct mh_err *err)
{
	struct item *it = arg;
	struct run *r = it->run;
	pthread_mutex_lock(&r->lock);
	if (err) it->err = *err;
	if (code == MH_E_REUSED_KEY) explain_reuse(&it->err);
	it->err.code = code;
	it->fate = fate_of(it, code);
	pthread_cond_signal(&r->told);
	pthread_mutex_unlock(&r->lock);
}

/* --- on the caller's --- */

static void tell_rejected(struct run *r, struct item *it)
{
	const struct mh_import_config *c = r->config;
	char reason[sizeof it->err.message + sizeof it->err.hint + 2];
	if (!c->rejected) return;
	snprintf(reason, sizeof reason, "%s%s%s", it->err.message, it->err.hint[0] ? ". " : "", it->err.hint);
	c->rejected(c->ctx, it->line, it->cells, it->n, reason);
}

static void end_with(struct run *r, enum mh_code code, const struct mh_err *err)
{
	if (r->code != MH_OK) return;
	r->code = code;
	if (r->reterr && err) *r->reterr = *err;
}

/* The oldest row's fate is known: count it. Rows behind a failure were not read as far as the counts go. */
static void settle(struct run *r, struct item *it)
{
	if (it->fate == FATE_FAILED) end_with(r, it->err.code, &it->err);
	else {
		r->counts.read++;
		if (it->fate == FATE_IMPORTED) r->counts.imported++;
		if (it->fate == FATE_ALREADY) r->counts.already++;
		if (it->fate == FATE_REJECTED) {
			r->counts.rejected++;
			tell_rejected(r, it);
		}
		if (r->config->progress) r->config->progress(r->config->ctx, &r->counts);
	}
	item_free(it);
}

/* Takes rows off the front; waits for the first of them when the ring is fuller than `most`. */
static void drain(struct run *r, size_t most)
{
	while (r->n) {
		struct item *it = r->ring[r->first];
		pthread_mutex_lock(&r->lock);
		while (it->fate == FATE_OPEN && r->n > most) pthread_cond_wait(&r->told, &r->lock);
		bool open = it->fate == FATE_OPEN;
		pthread_mutex_unlock(&r->lock);
		if (open) return;
		r->first = (r->first + 1) % WAITING_MAX;
		r->n--;
		settle(r, it);
	}
}

static void push(struct run *r, struct item *it)
{
	r->ring[(r->first + r->n++) % WAITING_MAX] = it;
}

static void submit(struct run *r, struct item *it)
{
	struct mh_err err = {0};
	if (!r->config->service) {
		it->fate = FATE_IMPORTED; /* a trial: would have been */
		push(r, it);
		return;
	}
	push(r, it);
	enum mh_code code = mh_writer_submit(mh_service_writer(r->config->service), create_job, it, told, &err);
	if (code == MH_OK) return;
	pthread_mutex_lock(&r->lock);
	it->err = err;
	it->err.code = code;
	it->fate = FATE_FAILED;
	pthread_mutex_unlock(&r->lock);
}

static enum mh_code keep_cells(struct item *it, const struct mh_csv_record *rec, struct mh_err *reterr)
{
	it->line = rec->line;
	it->cells = MH_NEW_ARRAY(&it->arena, rec->n ? rec->n : 1, struct mh_str);
	MH_TRY_MEM(it->cells, reterr);
	for (; it->n < rec->n; it->n++) {
		it->cells[it->n] = mh_str_dup(&it->arena, rec->fields[it->n].text);
		MH_TRY_MEM(it->cells[it->n].ptr, reterr);
	}
	return MH_OK;
}

static enum mh_code read_row(struct run *r, struct item *it, const struct mh_csv_record *rec)
{
	const struct mh_import_config *c = r->config;
	MH_TRY(keep_cells(it, rec, &it->err));
	MH_TRY(mh_import_row(c->sheet, &it->arena, rec, c->now, &it->row, &it->err));
	if (rec->doubtful && !c->take_doubtful)
		return MH_FAIL(
			&it->err, MH_E_INVALID,
			"an open quote above may have swallowed this row: look at it, then say --accept-doubtful");
	return MH_OK;
}

static enum mh_code take(struct run *r, const struct mh_csv_record *rec, struct mh_err *reterr)
{
	struct item *it = mh_mem_alloc(sizeof *it);
	MH_TRY_MEM(it, reterr);
	it->run = r;
	it->arena = MH_ARENA(ARENA_MAX);
	enum mh_code code = read_row(r, it, rec);
	drain(r, WAITING_MAX - 1);
	if (code == MH_OK) {
		submit(r, it);
		return MH_OK;
	}
	if (code != MH_E_INVALID) {
		if (reterr) *reterr = it->err;
		item_free(it);
		return code;
	}
	it->err.code = code;
	it->fate = FATE_REJECTED;
	push(r, it);
	return MH_OK;
}

static enum mh_code read_all(struct run *r, struct mh_err *reterr)
{
	struct mh_csv_record rec;
	while (r->code == MH_OK) {
		MH_TRY(mh_csv_next(r->config->rows, &rec, reterr));
		if (rec.end) return MH_OK;
		MH_TRY(take(r, &rec, reterr));
	}
	return MH_OK;
}

enum mh_code mh_import_run(const struct mh_import_config *config, struct mh_import_counts *ret, struct mh_err *reterr)
{
	struct run *r = mh_mem_alloc(sizeof *r);
	MH_TRY_MEM(r, reterr);
	struct mh_err why = {0};
	r->config = config;
	r->reterr = reterr;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->told, NULL);
	enum mh_code code = read_all(r, &why);
	if (code != MH_OK) end_with(r, code, &why);
	drain(r, 0);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->told);
	*ret = r->counts;
	code = r->code;
	mh_mem_free(r);
	return code;
}
