#include "loop/search.h"

#include "db/fulltext.h"
#include "loop/glance.h"
#include "sql_gen.h"
#include "text/terms.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS 300
#define BATCH 200
#define BATCH_BEHIND 2000          /* while the past is read again */
#define BEHIND_OTHERS 10           /* nice */
#define TEXT_MAX ((size_t)1 << 20) /* of one matter */

struct mh_search {
	struct mh_search_config config;
	struct mh_arena arena;
	struct mh_str of; /* key of the ledger */
	unsigned char key[MH_TERMS_KEY_LEN];
	struct mh_fulltext *index;
	struct mh_db *db;
	int64_t position; /* the next entry, with its log: mh_seq_join */
	int64_t past;     /* where the ledger ended at the start: what lies before is the past. 0: not known yet */
	pthread_t thread;
	bool running;
	bool scrub; /* something was erased that the index's log may still hold */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stopping;
	struct reader {
		pthread_mutex_t lock; /* one search at a time */
		struct mh_fulltext *index;
	} staff, everybody;
	_Atomic int64_t indexed, behind, behind_since;
};

/* --- one batch --- */

/* Entries that bring words: the first, those with a payload or public facts, and the erasure. Quotes in texts are escaped, so
 * these bytes can only be members' names. */
static bool brings_words(struct mh_bytes entry)
{
	static const char *const signs[] = {"\"c\":", "\"f\":", "\"p\":-1", "\"e\":\"erased\""};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (memmem(entry.ptr, entry.len, signs[i], strlen(signs[i]))) return true;
	return false;
}

/* False: too much, or memory is short. */
static bool seal_words(const struct mh_search *s, const struct mh_buf *text, struct mh_buf *sealed)
{
	struct mh_buf words = MH_BUF(8 * TEXT_MAX);
	mh_terms_of(mh_buf_str(text), &words);
	mh_terms_seal(s->key, mh_buf_str(&words), sealed);
	bool good = !text->failed && !words.failed && !sealed->failed;
	mh_buf_done(&words);
	return good;
}

/* Whoever reads holds the store's log, and this thread is often kept waiting: so one matter at a time is read in one state,
 * never a batch. What changes between two of them comes again with an entry of its own. */
static enum mh_code texts_of(struct mh_search *s, struct mh_tx *tx, int64_t id, struct mh_buf *text, bool *ret_erased,
			     struct mh_err *reterr)
{
	MH_DB_TX(snapshot, s->db);
	if (mh_said_take(tx->city->said, id, text)) return MH_OK;
	MH_TRY(mh_db_begin_read(&snapshot, reterr));
	return mh_matter_texts(tx, id, text, ret_erased, reterr);
}

static enum mh_code index_matter(struct mh_search *s, struct mh_tx *tx, int64_t id, struct mh_err *reterr)
{
	struct mh_err err = {0};
	struct mh_buf text = MH_BUF(TEXT_MAX), sealed = MH_BUF(16 * TEXT_MAX);
	bool erased = false;
	enum mh_code code = texts_of(s, tx, id, &text, &erased, &err);
	bool hopeless = code == MH_E_CORRUPT || code == MH_E_NOT_FOUND || code == MH_E_TOO_LARGE;
	if (code == MH_OK && !erased) hopeless = !seal_words(s, &text, &sealed);
	if (hopeless && s->config.trouble) s->config.trouble(s->config.trouble_ctx, &err);
	s->scrub |= erased;
	if (hopeless || (code == MH_OK && erased)) code = mh_fulltext_drop(s->index, MH_FULLTEXT_STAFF, id, reterr);
	else if (code == MH_OK) code = mh_fulltext_put(s->index, MH_FULLTEXT_STAFF, id, mh_buf_str(&sealed), reterr);
	else if (reterr) *reterr = err;
	mh_buf_done(&text);
	mh_buf_done(&sealed);
	return code;
}

/* What everybody reads on its page. One that cannot be read is left out, like a matter. */
static enum mh_code index_publication(struct mh_search *s, struct mh_tx *tx,
				      const struct mh_q_publication_between_row *p, struct mh_err *reterr)
{
	struct mh_glance g;
	MH_JSON_AUTO json_t *fields = NULL;
	if (mh_glance(tx, p->matter_id, &g, NULL) != MH_OK || mh_json_parse(p->body, &fields, NULL) != MH_OK)
		return MH_OK;
	struct mh_buf text = MH_BUF(TEXT_MAX), sealed = MH_BUF(16 * TEXT_MAX);
	mh_buf_str_add(&text, g.number);
	mh_buf_ch(&text, '\n');
	mh_public_texts(tx->city, g.def, fields, &text);
	enum mh_code code = MH_OK;
	if (seal_words(s, &text, &sealed))
		code = mh_fulltext_put(s->index, MH_FULLTEXT_PUBLIC, p->seq, mh_buf_str(&sealed), reterr);
	mh_buf_done(&text);
	mh_buf_done(&sealed);
	return code;
}

static enum mh_code index_publications(struct mh_search *s, struct mh_tx *tx, int64_t next, struct mh_err *reterr)
{
	struct mh_q_publication_between_row *rows;
	size_t n;
	struct mh_q_publication_between_in in = {
		.home_id = tx->city->home_id, .from_seq = s->position, .before_seq = next};
	MH_TRY(mh_q_publication_between(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++) MH_TRY(index_publication(s, tx, &rows[i], reterr));
	return MH_OK;
}

static bool in_the_past(const struct mh_search *s)
{
	return s->position < s->past;
}

/* Is it the first in its batch for which its matter may be indexed? */
static bool first_of(const struct mh_search *s, const struct mh_q_search_entries_row *rows, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (rows[k].matter_id == rows[i].matter_id && (in_the_past(s) || brings_words(rows[k].entry)))
			return false;
	return true;
}

/* Indexing a matter anew removes its words first, which costs a hundred times as much as adding them. While the past is read
 * again, a matter waits for its last entry there: so each is indexed once. */
static enum mh_code wants_index(struct mh_search *s, struct mh_tx *tx, const struct mh_q_search_entries_row *row,
				int64_t next, bool *ret, struct mh_err *reterr)
{
	*ret = brings_words(row->entry);
	if (!in_the_past(s)) return MH_OK;
	struct mh_q_matter_last_seq_row m = {0};
	struct mh_q_matter_last_seq_in in = {.home_id = tx->city->home_id, .id = row->matter_id};
	MH_TRY(mh_q_matter_last_seq(tx->db, tx->arena, &in, ret, &m, reterr));
	bool comes_again = m.last_seq >= next && m.last_seq < s->past;
	*ret = *ret && !comes_again;
	return MH_OK;
}

static enum mh_code index_matters(struct mh_search *s, struct mh_tx *tx, const struct mh_q_search_entries_row *rows,
				  size_t n, int64_t next, struct mh_err *reterr)
{
	for (size_t i = 0; i < n; i++) {
		bool wanted = false;
		if (!rows[i].matter_id || !first_of(s, rows, i)) continue;
		MH_TRY(wants_index(s, tx, &rows[i], next, &wanted, reterr));
		if (wanted) MH_TRY(index_matter(s, tx, rows[i].matter_id, reterr));
	}
	return MH_OK;
}

static enum mh_code index_rows(struct mh_search *s, struct mh_tx *tx, const struct mh_q_search_entries_row *rows,
			       size_t n, int64_t next, struct mh_err *reterr)
{
	MH_TRY(mh_fulltext_begin(s->index, reterr));
	enum mh_code code = index_matters(s, tx, rows, n, next, reterr);
	if (code == MH_OK) code = index_publications(s, tx, next, reterr);
	if (code == MH_OK) code = mh_fulltext_end(s->index, s->of, next, reterr);
	if (code != MH_OK) {
		mh_fulltext_undo(s->index);
		return code;
	}
	s->position = next;
	return MH_OK;
}

static void tell_lag(struct mh_search *s, int64_t behind)
{
	atomic_store(&s->indexed, mh_seq_index(s->position));
	atomic_store(&s->behind, behind);
	if (!behind) atomic_store(&s->behind_since, 0);
	else if (!atomic_load(&s->behind_since)) atomic_store(&s->behind_since, mh_now(&s->config.clock));
}

/* Entries behind the position, of all logs. */
static enum mh_code waiting(struct mh_search *s, struct mh_arena *a, int64_t *ret, struct mh_err *reterr)
{
	struct mh_ledger_info last, log;
	int64_t home = s->config.city->home_id, n = -mh_seq_index(s->position);
	MH_TRY(mh_ledger_info(s->db, home, 0, a, &last, reterr));
	for (int64_t i = mh_seq_log(s->position); i <= last.log; i++) {
		MH_TRY(mh_ledger_info(s->db, home, i, a, &log, reterr));
		n += log.size;
	}
	*ret = n > 0 ? n : 0;
	return MH_OK;
}

/* *ret_more: go on at once. */
static enum mh_code batch(struct mh_search *s, struct mh_arena *a, bool *ret_more, struct mh_err *reterr)
{
	struct mh_ledger_info last;
	struct mh_q_search_entries_row *rows;
	size_t n;
	int64_t left;
	const struct mh_city *c = s->config.city;
	int64_t log = mh_seq_log(s->position), at = mh_seq_index(s->position);
	MH_TX(tx, s->config.city, s->db, a, mh_now(&s->config.clock));
	MH_TRY(mh_ledger_info(s->db, c->home_id, 0, a, &last, reterr));
	MH_TRY(waiting(s, a, &left, reterr));
	tell_lag(s, left); /* now: should the index fail, it is told how far it is behind */
	if (!s->past) s->past = mh_seq_join(last.log, last.size);
	int64_t most = in_the_past(s) ? BATCH_BEHIND : BATCH;
	struct mh_q_search_entries_in in = {.home_id = c->home_id, .log = log, .from_seq = at, .limit = most};
	MH_TRY(mh_q_search_entries(s->db, a, &in, &rows, &n, reterr));
	if (n > 0) MH_TRY(index_rows(s, &tx, rows, n, mh_seq_join(log, rows[n - 1].seq + 1), reterr));
	else if (log < last.log) MH_TRY(index_rows(s, &tx, rows, 0, mh_seq_join(log + 1, 0), reterr));
	*ret_more = (int64_t)n == most || log < last.log;
	MH_TRY(waiting(s, a, &left, reterr));
	tell_lag(s, left);
	return MH_OK;
}

static enum mh_code scrub(struct mh_search *s, struct mh_err *reterr)
{
	bool done = false;
	MH_TRY(mh_fulltext_scrub(s->index, &done, reterr));
	s->scrub = !done;
	return MH_OK;
}

/* --- the thread --- */

static enum mh_code connect(struct mh_search *s, struct mh_err *reterr)
{
	if (s->db && mh_db_lost(s->db)) s->db = mh_db_close(s->db);
	if (s->db) return MH_OK;
	MH_TRY(mh_db_open(s->config.uri, MH_DB_READ, &s->db, reterr));
	enum mh_code code = mh_db_prepare(s->db, &mh_sql_catalog, reterr);
	if (code != MH_OK) s->db = mh_db_close(s->db);
	return code;
}

/* False: it is time to stop. */
static bool nap(struct mh_search *s, bool more)
{
	struct timespec until;
	int ms = more ? 0 : s->config.poll_ms ? s->config.poll_ms : POLL_MS;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)(ms % 1000) * 1000000L;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&s->lock);
	int waited = 0;
	while (ms && !s->stopping && waited == 0) waited = pthread_cond_timedwait(&s->changed, &s->lock, &until);
	bool go_on = !s->stopping;
	pthread_mutex_unlock(&s->lock);
	return go_on;
}

static void *run(void *arg)
{
	struct mh_search *s = arg;
	struct mh_arena a = MH_ARENA(0);
	bool more = true, well = true;
	/* Linux has this of each thread: a processor that somebody waits for is not spent on the index. What fails costs only time. */
	setpriority(PRIO_PROCESS, (id_t)gettid(), BEHIND_OTHERS);
	while (nap(s, more)) {
		struct mh_err err = {0};
		more = false;
		enum mh_code code = connect(s, &err);
		if (code == MH_OK) code = batch(s, &a, &more, &err);
		if (code == MH_OK && s->scrub) code = scrub(s, &err);
		mh_arena_clear(&a);
		/* the same trouble at every poll is told once */
		if (code != MH_OK && well && s->config.trouble) s->config.trouble(s->config.trouble_ctx, &err);
		well = code == MH_OK;
		if (!well) more = false;
	}
	mh_arena_done(&a);
	return NULL;
}

/* --- life --- */

/* A position ahead of the ledger: the store is an older copy, and what is indexed beyond it never was. */
static enum mh_code fits(struct mh_search *s, bool *ret, struct mh_err *reterr)
{
	struct mh_ledger_info first, here;
	const struct mh_city *c = s->config.city;
	*ret = true;
	MH_TRY(mh_ledger_info(s->db, c->home_id, 1, &s->arena, &first, reterr));
	s->of = first.vkey;
	MH_TRY(mh_fulltext_position(s->index, s->of, &s->position, reterr));
	if (s->position == 0) return *ret = false, MH_OK;
	enum mh_code code = mh_ledger_info(s->db, c->home_id, mh_seq_log(s->position), &s->arena, &here, reterr);
	if (code == MH_E_NOT_FOUND) return *ret = false, MH_OK;
	if (code == MH_OK) *ret = mh_seq_index(s->position) <= here.size;
	return code;
}

static enum mh_code open_index(struct mh_search *s, struct mh_err *reterr)
{
	bool good = false;
	enum mh_code code = mh_fulltext_open(s->config.path, true, &s->index, reterr);
	if (code != MH_OK && code != MH_E_CORRUPT) return code;
	if (code == MH_OK) code = fits(s, &good, reterr);
	if (good || (code != MH_OK && code != MH_E_CORRUPT)) return code;
	mh_fulltext_close(s->index);
	s->index = NULL;
	s->position = mh_seq_join(1, 0);
	MH_TRY(mh_fulltext_remove(s->config.path, reterr));
	return mh_fulltext_open(s->config.path, true, &s->index, reterr);
}

/* Of its own, from the city's master key: whoever has the index alone reads nothing in it. */
static void make_key(struct mh_search *s)
{
	static const char what[] = "minhu/search/1";
	const struct mh_bytes parts[] = {{(const unsigned char *)what, sizeof what - 1},
					 {s->config.city->master.b, sizeof s->config.city->master.b}};
	struct mh_hash h = mh_sha256_of(parts, 2);
	memcpy(s->key, h.b, sizeof s->key);
}

static enum mh_code start(struct mh_search *s, struct mh_err *reterr)
{
	s->config.uri = mh_str_dup(&s->arena, s->config.uri);
	s->config.path = mh_str_dup(&s->arena, s->config.path);
	MH_TRY_MEM(s->config.uri.ptr, reterr);
	MH_TRY_MEM(s->config.path.ptr, reterr);
	make_key(s);
	MH_TRY(connect(s, reterr));
	MH_TRY(open_index(s, reterr));
	int64_t left;
	MH_TRY(waiting(s, &s->arena, &left, reterr));
	tell_lag(s, left);
	MH_TRY(mh_fulltext_open(s->config.path, false, &s->staff.index, reterr));
	MH_TRY(mh_fulltext_open(s->config.path, false, &s->everybody.index, reterr));
	if (pthread_create(&s->thread, NULL, run, s) != 0)
		return MH_FAIL(reterr, MH_E_NO_MEMORY, "Could not start a thread");
	s->running = true;
	return MH_OK;
}

enum mh_code mh_search_start(const struct mh_search_config *config, struct mh_search **ret, struct mh_err *reterr)
{
	struct mh_search *s = mh_mem_alloc(sizeof *s);
	MH_TRY_MEM(s, reterr);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->staff.lock, NULL);
	pthread_mutex_init(&s->everybody.lock, NULL);
	s->arena = MH_ARENA(0);
	s->scrub = true; /* a crash may have come between an erasure and this */
	s->config = *config;
	enum mh_code code = start(s, reterr);
	if (code != MH_OK) return mh_search_stop(s), code;
	*ret = s;
	return MH_OK;
}

void mh_search_stop(struct mh_search *s)
{
	if (!s) return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	if (s->running) pthread_join(s->thread, NULL);
	mh_fulltext_close(s->staff.index);
	mh_fulltext_close(s->everybody.index);
	mh_fulltext_close(s->index);
	mh_db_close(s->db);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->staff.lock);
	pthread_mutex_destroy(&s->everybody.lock);
	mh_arena_done(&s->arena);
	mh_mem_free(s);
}

/* --- asking --- */

static enum mh_code find(struct mh_search *s, enum mh_fulltext_shelf shelf, struct mh_arena *a, struct mh_str typed,
			 int64_t before, int limit, int64_t **ret, size_t *ret_n, struct mh_err *reterr)
{
	struct reader *r = shelf == MH_FULLTEXT_STAFF ? &s->staff : &s->everybody;
	struct mh_buf query = MH_BUF(64 << 10), sealed = MH_BUF(64 << 10);
	mh_terms_query(typed, &query);
	mh_terms_seal(s->key, mh_buf_str(&query), &sealed);
	enum mh_code code = MH_OK;
	if (query.failed || sealed.failed) code = MH_FAIL(reterr, MH_E_TOO_LARGE, "What is searched for is too long");
	else if (!query.len)
		code = MH_FAIL(reterr, MH_E_INVALID, "There is nothing to search for: no letter and no digit");
	if (code == MH_OK) {
		pthread_mutex_lock(&r->lock);
		code = mh_fulltext_find(r->index, a, shelf, mh_buf_str(&sealed), before, limit, ret, ret_n, reterr);
		pthread_mutex_unlock(&r->lock);
	}
	mh_buf_done(&query);
	mh_buf_done(&sealed);
	return code;
}

enum mh_code mh_search_find(struct mh_search *s, struct mh_arena *a, struct mh_str typed, int64_t before, int limit,
			    int64_t **ret, size_t *ret_n, struct mh_err *reterr)
{
	return find(s, MH_FULLTEXT_STAFF, a, typed, before, limit, ret, ret_n, reterr);
}

enum mh_code mh_search_public(struct mh_search *s, struct mh_arena *a, struct mh_str typed, int64_t before, int limit,
			      int64_t **ret, size_t *ret_n, struct mh_err *reterr)
{
	return find(s, MH_FULLTEXT_PUBLIC, a, typed, before, limit, ret, ret_n, reterr);
}

struct mh_search_stats mh_search_stats(struct mh_search *s)
{
	return (struct mh_search_stats){.indexed = atomic_load(&s->indexed),
					.behind = atomic_load(&s->behind),
					.behind_since = atomic_load(&s->behind_since)};
}
