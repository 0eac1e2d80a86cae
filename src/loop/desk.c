#include "loop/desk.h"

#include "sql_gen.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#define POLL_MS 250
#define BLOCK 4096               /* rows allocated together; they never move */
#define BLOCKS_MAX 512           /* two million open matters */
#define PAGE 500                 /* matters read together */
#define CLOCKS (PAGE * 25)       /* of them: no matter has more than 24 */
#define NEWS 1000                /* entries followed together */
#define GRACE_MS ((mh_time)3000) /* a clock that ran out so long ago has been dealt with */

struct mh_desk {
	struct mh_desk_config config;
	struct mh_arena arena;

	pthread_mutex_t follow; /* one brings it up to date at a time; guards position and looked */
	int64_t position;       /* the next entry, with its log; -1: nothing read yet */
	mh_time looked;         /* clocks up to here have been looked at */

	pthread_rwlock_t rows; /* guards what follows */
	struct mh_list_row *blocks[BLOCKS_MAX];
	size_t n, n_blocks;
	uint32_t *slots; /* id → place + 1, open addressing; n_slots is a power of two */
	size_t n_slots;
	_Atomic uint64_t version;

	struct mh_db *db; /* the thread's */
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stopping;
};

/* --- the rows --- */

static struct mh_list_row *at(const struct mh_desk *d, size_t i)
{
	return &d->blocks[i / BLOCK][i % BLOCK];
}

/* Ids are times with a counter: their bits must be spread. The slot of the id, or the free one where it belongs. */
static size_t slot_of(const struct mh_desk *d, int64_t id)
{
	size_t mask = d->n_slots - 1, s = (size_t)(((uint64_t)id * 0x9e3779b97f4a7c15u) >> 32) & mask;
	while (d->slots[s] && at(d, d->slots[s] - 1)->id != id) s = (s + 1) & mask;
	return s;
}

static bool rehash(struct mh_desk *d, size_t n_slots)
{
	uint32_t *slots = mh_mem_alloc(n_slots * sizeof *slots);
	if (!slots) return false;
	mh_mem_free(d->slots);
	d->slots = slots;
	d->n_slots = n_slots;
	for (size_t i = 0; i < d->n; i++) d->slots[slot_of(d, at(d, i)->id)] = (uint32_t)i + 1;
	return true;
}

static bool make_room(struct mh_desk *d)
{
	if ((d->n + 1) * 2 > d->n_slots && !rehash(d, d->n_slots ? d->n_slots * 2 : 1024)) return false;
	if (d->n < d->n_blocks * BLOCK) return true;
	if (d->n_blocks == BLOCKS_MAX) return false;
	d->blocks[d->n_blocks] = mh_mem_alloc(BLOCK * sizeof(struct mh_list_row));
	if (!d->blocks[d->n_blocks]) return false;
	d->n_blocks++;
	return true;
}

static bool put(struct mh_desk *d, const struct mh_list_row *row)
{
	if (!make_room(d)) return false;
	size_t s = slot_of(d, row->id);
	if (!d->slots[s]) d->slots[s] = (uint32_t)++d->n;
	*at(d, d->slots[s] - 1) = *row;
	return true;
}

/* Those behind move up, so that no search meets a hole (Knuth, volume 3, 6.4, algorithm R). */
static void free_slot(struct mh_desk *d, size_t hole)
{
	size_t mask = d->n_slots - 1;
	d->slots[hole] = 0;
	for (size_t s = (hole + 1) & mask; d->slots[s]; s = (s + 1) & mask) {
		uint32_t moved = d->slots[s];
		d->slots[s] = 0;
		d->slots[slot_of(d, at(d, moved - 1)->id)] = moved;
	}
}

static void drop(struct mh_desk *d, int64_t id)
{
	if (!d->n_slots) return;
	size_t s = slot_of(d, id);
	if (!d->slots[s]) return;
	uint32_t place = d->slots[s];
	free_slot(d, s);
	if (place != d->n) {
		*at(d, place - 1) = *at(d, d->n - 1);
		d->slots[slot_of(d, at(d, place - 1)->id)] = place;
	}
	d->n--;
}

size_t mh_desk_open(struct mh_desk *d)
{
	pthread_rwlock_rdlock(&d->rows);
	return d->n;
}

const struct mh_list_row *mh_desk_row(const struct mh_desk *d, size_t i)
{
	return at(d, i);
}

const struct mh_list_row *mh_desk_find(const struct mh_desk *d, int64_t id)
{
	uint32_t place = d->n_slots ? d->slots[slot_of(d, id)] : 0;
	return place ? at(d, place - 1) : NULL;
}

void mh_desk_close(struct mh_desk *d)
{
	pthread_rwlock_unlock(&d->rows);
}

uint64_t mh_desk_version(struct mh_desk *d)
{
	return atomic_load(&d->version);
}

/* --- reading --- */

static void text_of(char *to, size_t room, struct mh_str s)
{
	size_t n = s.len < room ? s.len : room - 1;
	if (n) memcpy(to, s.ptr, n);
	to[n] = '\0';
}

enum mh_code mh_desk_read(const struct mh_city *c, const struct mh_q_lane_row *q, struct mh_list_row *ret,
			  struct mh_err *reterr)
{
	const struct mh_orgs *o = &c->orgs;
	const struct mh_class *cls = mh_city_class(c, q->class_code);
	const struct mh_def *d = mh_city_def(c, q->kind, q->version);
	struct mh_list_row r = {.id = q->id,
				.due = MH_TIME_MAX,
				.created = q->created,
				.entered = q->entered,
				.seq = q->last_seq,
				.def = d,
				.owner = q->owner_id ? mh_org_by_id(o, q->owner_id) : -1,
				.super = q->super_id ? mh_org_by_id(o, q->super_id) : -1,
				.place = q->place_id ? mh_org_by_id(o, q->place_id) : -1,
				.cls = cls ? (int32_t)(cls - c->classes) : -1,
				.state = (int16_t)(d ? mh_def_state(d, q->state) : -1),
				.clock = -1,
				.level = (int8_t)q->level,
				.merged = q->main_id != 0};
	if (r.state < 0 || q->ref.len != 2 * sizeof r.ref || !mh_str_unhex(q->ref, r.ref))
		return MH_FAIL(reterr, MH_E_CORRUPT, "Could not list matter " MH_STR_FMT ": its row cannot be read",
			       MH_STR_ARG(q->number));
	text_of(r.mark, sizeof r.mark, q->mark);
	text_of(r.number, sizeof r.number, q->number);
	*ret = r;
	return MH_OK;
}

static void tell(struct mh_desk *d, const struct mh_err *err)
{
	if (d->config.trouble) d->config.trouble(d->config.trouble_ctx, err);
}

/* Rows that cannot be read are told and left out: one must not shut the lists of a city. */
static size_t read_rows(struct mh_desk *d, const struct mh_q_lane_row *q, size_t n, struct mh_list_row *to)
{
	size_t kept = 0;
	for (size_t i = 0; to && i < n; i++) {
		struct mh_err err = {0};
		if (mh_desk_read(d->config.city, &q[i], &to[kept], &err) == MH_OK) kept++;
		else tell(d, &err);
	}
	return kept;
}

static int8_t unit_of(struct mh_str name)
{
	enum mh_unit unit = MH_UNIT_MAX;
	mh_unit_parse(name, &unit);
	return (int8_t)unit;
}

/* Both ascend by the matter's id. */
static void set_clocks(struct mh_list_row *rows, size_t n, const struct mh_q_lane_clocks_row *k, size_t n_clocks)
{
	for (size_t i = 0, c = 0; i < n; i++) {
		while (c < n_clocks && k[c].matter_id < rows[i].id) c++;
		for (; c < n_clocks && k[c].matter_id == rows[i].id; c++) {
			if (k[c].fire_at >= rows[i].due) continue;
			rows[i].due = k[c].fire_at;
			rows[i].clock = (int16_t)mh_def_clock(rows[i].def, k[c].name);
			rows[i].unit = unit_of(k[c].unit);
		}
	}
}

static enum mh_code page_of(struct mh_desk *d, struct mh_tx *tx, int64_t *from, struct mh_list_row *rows, size_t *ret_n,
			    bool *ret_more, struct mh_err *reterr)
{
	struct mh_q_lane_row *q;
	struct mh_q_lane_clocks_row *k;
	size_t n, n_clocks;
	int64_t home = tx->city->home_id;
	struct mh_q_lane_open_up_in in = {.home_id = home, .from_id = *from, .limit = PAGE};
	struct mh_q_lane_clocks_in clocks = {.home_id = home, .from_id = *from, .matters = PAGE, .limit = CLOCKS};
	MH_TRY(mh_q_lane_open_up(tx->db, tx->arena, &in, &q, &n, reterr));
	MH_TRY(mh_q_lane_clocks(tx->db, tx->arena, &clocks, &k, &n_clocks, reterr));
	*ret_n = read_rows(d, q, n, rows);
	set_clocks(rows, *ret_n, k, n_clocks);
	if (n) *from = q[n - 1].id;
	*ret_more = n == PAGE;
	return MH_OK;
}

static enum mh_code too_many(struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not keep all open matters in memory: there are too many");
}

static enum mh_code put_all(struct mh_desk *d, const struct mh_list_row *rows, size_t n, struct mh_err *reterr)
{
	bool good = true;
	pthread_rwlock_wrlock(&d->rows);
	for (size_t i = 0; i < n && good; i++) good = put(d, &rows[i]);
	pthread_rwlock_unlock(&d->rows);
	atomic_fetch_add(&d->version, 1);
	return good ? MH_OK : too_many(reterr);
}

/* Every open matter. An arena of its own: the reader's may be small. */
static enum mh_code load(struct mh_desk *d, const struct mh_tx *reader, struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(0);
	MH_TX(tx, reader->city, reader->db, &a, reader->now);
	struct mh_list_row *rows = mh_mem_alloc(PAGE * sizeof *rows);
	enum mh_code code = rows ? MH_OK : mh_no_memory(reterr);
	int64_t from = 0;
	for (bool more = true; more && code == MH_OK;) {
		size_t n = 0;
		code = page_of(d, &tx, &from, rows, &n, &more, reterr);
		if (code == MH_OK && n) code = put_all(d, rows, n, reterr);
		mh_arena_clear(&a);
	}
	mh_mem_free(rows);
	mh_arena_done(&a);
	return code;
}

static enum mh_code refresh(struct mh_desk *d, struct mh_tx *tx, int64_t id, struct mh_err *reterr)
{
	struct mh_q_lane_row q;
	struct mh_q_lane_clocks_row *k;
	struct mh_list_row row;
	size_t n, n_clocks;
	bool found = false;
	struct mh_q_lane_one_in in = {.home_id = tx->city->home_id, .id = id};
	struct mh_q_lane_clocks_of_in clocks = {.home_id = tx->city->home_id, .matter_id = id};
	MH_TRY(mh_q_lane_one(tx->db, tx->arena, &in, &found, &q, reterr));
	if (!found) return MH_OK;
	MH_TRY(mh_q_lane_clocks_of(tx->db, tx->arena, &clocks, &k, &n_clocks, reterr));
	n = read_rows(d, &q, 1, &row);
	set_clocks(&row, n, k, n_clocks);
	bool good = true;
	pthread_rwlock_wrlock(&d->rows);
	if (n && mh_list_is_open(&row)) good = put(d, &row);
	else drop(d, id);
	pthread_rwlock_unlock(&d->rows);
	atomic_fetch_add(&d->version, 1);
	return good ? MH_OK : too_many(reterr);
}

static bool first_of(const struct mh_q_lane_news_row *rows, size_t i)
{
	for (size_t k = i > 32 ? i - 32 : 0; k < i; k++)
		if (rows[k].matter_id == rows[i].matter_id) return false;
	return true;
}

/* Whoever sees an entry behind the position reads a newer state than whoever set it. An entry of the city itself is a definition
 * or a calendar: then every clock may have moved. */
static enum mh_code follow(struct mh_desk *d, struct mh_tx *tx, struct mh_err *reterr)
{
	struct mh_q_lane_news_row *rows;
	struct mh_q_lane_news_in in = {.home_id = tx->city->home_id, .log = mh_seq_log(d->position), .limit = NEWS};
	for (size_t n = NEWS; n == NEWS;) {
		bool all = false;
		in.from_seq = mh_seq_index(d->position);
		MH_TRY(mh_q_lane_news(tx->db, tx->arena, &in, &rows, &n, reterr));
		if (n == 0) break;
		for (size_t i = 0; i < n; i++) all = all || rows[i].matter_id == 0;
		if (all) MH_TRY(load(d, tx, reterr));
		for (size_t i = 0; i < n; i++)
			if (rows[i].matter_id && first_of(rows, i)) MH_TRY(refresh(d, tx, rows[i].matter_id, reterr));
		d->position = mh_seq_join(in.log, rows[n - 1].seq + 1);
	}
	return MH_OK;
}

static enum mh_code sync(struct mh_desk *d, struct mh_tx *tx, struct mh_err *reterr)
{
	struct mh_ledger_info info;
	if (d->position >= 0) return follow(d, tx, reterr);
	MH_TRY(mh_ledger_info(tx->db, tx->city->home_id, 0, tx->arena, &info, reterr));
	MH_TRY(load(d, tx, reterr));
	d->position = mh_seq_join(info.log, info.size);
	d->looked = tx->now;
	return MH_OK;
}

enum mh_code mh_desk_sync(struct mh_desk *d, struct mh_tx *tx, struct mh_err *reterr)
{
	pthread_mutex_lock(&d->follow);
	enum mh_code code = sync(d, tx, reterr);
	pthread_mutex_unlock(&d->follow);
	return code;
}

/* A clock that runs out and moves nothing leaves no entry: rows whose time has come since are read again. */
static enum mh_code look_at_clocks(struct mh_desk *d, struct mh_tx *tx, struct mh_err *reterr)
{
	enum { MOST = 2000 };
	int64_t ids[MOST];
	size_t n = 0;
	mh_time until = tx->now - GRACE_MS;
	if (until <= d->looked) return MH_OK;
	size_t all = mh_desk_open(d);
	for (size_t i = 0; i < all && n < MOST; i++)
		if (at(d, i)->due > d->looked && at(d, i)->due <= until) ids[n++] = at(d, i)->id;
	mh_desk_close(d);
	for (size_t i = 0; i < n; i++) MH_TRY(refresh(d, tx, ids[i], reterr));
	if (n < MOST) d->looked = until;
	return MH_OK;
}

/* --- the thread --- */

static enum mh_code connect(struct mh_desk *d, struct mh_err *reterr)
{
	if (d->db && mh_db_lost(d->db)) d->db = mh_db_close(d->db);
	return d->db ? MH_OK : mh_db_open(d->config.uri, MH_DB_READ, &d->db, reterr);
}

static enum mh_code once(struct mh_desk *d, struct mh_arena *a, struct mh_err *reterr)
{
	MH_TRY(connect(d, reterr));
	MH_DB_TX(snapshot, d->db);
	MH_TRY(mh_db_begin_read(&snapshot, reterr));
	MH_TX(tx, d->config.city, d->db, a, mh_now(&d->config.clock));
	MH_TRY(sync(d, &tx, reterr));
	return look_at_clocks(d, &tx, reterr);
}

/* False: it is time to stop. */
static bool nap(struct mh_desk *d, int ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)(ms % 1000) * 1000000L;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&d->lock);
	int waited = 0;
	while (ms && !d->stopping && waited == 0) waited = pthread_cond_timedwait(&d->changed, &d->lock, &until);
	bool go_on = !d->stopping;
	pthread_mutex_unlock(&d->lock);
	return go_on;
}

static void *run(void *arg)
{
	struct mh_desk *d = arg;
	struct mh_arena a = MH_ARENA(0);
	bool well = true;
	for (int ms = 0; nap(d, ms); ms = d->config.poll_ms ? d->config.poll_ms : POLL_MS) {
		struct mh_err err = {0};
		/* The snapshot is taken under the lock: rows that are read again are then not older than what others read. */
		pthread_mutex_lock(&d->follow);
		enum mh_code code = once(d, &a, &err);
		pthread_mutex_unlock(&d->follow);
		mh_arena_clear(&a);
		/* the same trouble at every poll is told once */
		if (code != MH_OK && well) tell(d, &err);
		well = code == MH_OK;
	}
	mh_arena_done(&a);
	return NULL;
}

/* --- life --- */

static enum mh_code start(struct mh_desk *d, struct mh_err *reterr)
{
	d->config.uri = mh_str_dup(&d->arena, d->config.uri);
	MH_TRY_MEM(d->config.uri.ptr, reterr);
	if (d->config.poll_ms < 0) return MH_OK;
	if (pthread_create(&d->thread, NULL, run, d) != 0)
		return MH_FAIL(reterr, MH_E_NO_MEMORY, "Could not start a thread");
	d->running = true;
	return MH_OK;
}

enum mh_code mh_desk_start(const struct mh_desk_config *config, struct mh_desk **ret, struct mh_err *reterr)
{
	struct mh_desk *d = mh_mem_alloc(sizeof *d);
	MH_TRY_MEM(d, reterr);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&d->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&d->lock, NULL);
	pthread_mutex_init(&d->follow, NULL);
	pthread_rwlock_init(&d->rows, NULL);
	d->arena = MH_ARENA(0);
	d->position = -1;
	d->config = *config;
	enum mh_code code = start(d, reterr);
	if (code != MH_OK) return mh_desk_stop(d), code;
	*ret = d;
	return MH_OK;
}

void mh_desk_stop(struct mh_desk *d)
{
	if (!d) return;
	pthread_mutex_lock(&d->lock);
	d->stopping = true;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
	if (d->running) pthread_join(d->thread, NULL);
	mh_db_close(d->db);
	for (size_t i = 0; i < d->n_blocks; i++) mh_mem_free(d->blocks[i]);
	mh_mem_free(d->slots);
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	pthread_mutex_destroy(&d->follow);
	pthread_rwlock_destroy(&d->rows);
	mh_arena_done(&d->arena);
	mh_mem_free(d);
}
