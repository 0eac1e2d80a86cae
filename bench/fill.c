/* Makes a large store out of a small one: every matter that the sample city SOURCE has becomes the pattern of many in TARGET,
 * a fresh city of the same pack, with ids, references, keys and seals of their own, spread over the last year, through the
 * statements and the ledger of the engine. Of a past long over only the ends are made: the first and the last event, and two
 * clocks. About 3 % are open. Prints one line of JSON.
 *   fill SOURCE-URI SOURCE-STATE TARGET-URI TARGET-STATE MATTERS */
#include "base/hash.h"
#include "db/fulltext.h"
#include "matter/matter.h"
#include "sql_gen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 20000
#define PATTERNS_MAX 20000
#define ROWS_MAX 1000
#define DAY_MS ((mh_time)86400000)
#define OPEN_PERCENT 3

struct event {
	struct mh_str entry;   /* as the source's ledger has it */
	struct mh_bytes plain; /* salt and payload; empty: none */
};
struct pattern {
	struct mh_q_matter_by_id_row row;
	struct event first, last; /* last.entry empty: there is one only */
	struct mh_q_clock_of_matter_row clock[4];
	size_t n_clocks;
	struct mh_q_clock_log_of_matter_row log[2];
	size_t n_log;
	struct mh_q_message_of_matter_row message;
	bool has_message;
};
struct fill {
	struct mh_db *db;
	struct mh_city *city;
	struct pattern *closed, *open; /* by PATTERNS_MAX */
	size_t n_closed, n_open;
	mh_time from, until, now; /* now: of the fake clock */
	int64_t numbered;
	int year;
	struct mh_rng rng;
};

static struct mh_err err;

static void must(enum mh_code code)
{
	if (code == MH_OK) return;
	fprintf(stderr, "fill: %s (%s)\n", err.message, err.internal);
	exit(1);
}

/* --- patterns --- */

static struct event event_of(struct mh_arena *a, const struct mh_q_event_of_matter_row *e,
			     const struct mh_q_private_of_matter_row *sealed, size_t n, const struct mh_key *key,
			     struct mh_str ref)
{
	struct event out = {.entry = {(const char *)e->entry.ptr, e->entry.len}};
	int64_t seq = mh_seq_join(e->log, e->seq);
	for (size_t i = 0; i < n; i++)
		if (sealed[i].seq == seq) must(mh_unseal(a, key, ref, sealed[i].sealed, &out.plain, &err));
	return out;
}

static void read_clocks(struct mh_db *db, struct mh_arena *a, int64_t home, struct pattern *p)
{
	struct mh_q_clock_of_matter_row *rows;
	struct mh_q_clock_log_of_matter_row *log;
	size_t n, n_log;
	must(mh_q_clock_of_matter(db, a, &(struct mh_q_clock_of_matter_in){home, p->row.id}, &rows, &n, &err));
	must(mh_q_clock_log_of_matter(db, a, &(struct mh_q_clock_log_of_matter_in){home, p->row.id, 2}, &log, &n_log,
				      &err));
	/* those that run, then as many others as there is room for two */
	for (size_t i = 0; i < n && p->n_clocks < 4; i++)
		if (rows[i].next_at != INT64_MAX) p->clock[p->n_clocks++] = rows[i];
	for (size_t i = 0; i < n && p->n_clocks < 2; i++)
		if (rows[i].next_at == INT64_MAX) p->clock[p->n_clocks++] = rows[i];
	for (p->n_log = 0; p->n_log < n_log; p->n_log++) p->log[p->n_log] = log[p->n_log];
}

static void read_events(struct mh_db *db, struct mh_city *city, struct mh_arena *a, struct pattern *p)
{
	struct mh_q_event_of_matter_row *events;
	struct mh_q_private_of_matter_row *sealed;
	struct mh_q_message_of_matter_row *messages;
	struct mh_q_matter_key_get_row key_row;
	struct mh_bytes plain;
	struct mh_key key = {{0}};
	size_t n, n_sealed, n_messages;
	bool found;
	int64_t home = city->home_id, id = p->row.id;
	must(mh_q_event_of_matter(db, a, &(struct mh_q_event_of_matter_in){home, id, ROWS_MAX}, &events, &n, &err));
	must(mh_q_private_of_matter(db, a, &(struct mh_q_private_of_matter_in){home, id, ROWS_MAX}, &sealed, &n_sealed,
				    &err));
	must(mh_q_matter_key_get(db, a, &(struct mh_q_matter_key_get_in){home, id}, &found, &key_row, &err));
	must(mh_q_message_of_matter(db, a, &(struct mh_q_message_of_matter_in){home, id, 1}, &messages, &n_messages,
				    &err));
	if (found) {
		must(mh_unseal(a, &city->master, p->row.ref, key_row.sealed, &plain, &err));
		memcpy(key.b, plain.ptr, sizeof key.b);
	} else n_sealed = 0;
	p->first = event_of(a, &events[0], sealed, n_sealed, &key, p->row.ref);
	if (n > 1) p->last = event_of(a, &events[n - 1], sealed, n_sealed, &key, p->row.ref);
	p->has_message = n_messages > 0;
	if (n_messages) p->message = messages[0];
}

static void read_pattern(struct fill *f, struct mh_db *db, struct mh_city *city, struct mh_arena *a, int64_t id)
{
	struct pattern p = {0};
	bool found;
	must(mh_q_matter_by_id(db, a, &(struct mh_q_matter_by_id_in){city->home_id, id}, &found, &p.row, &err));
	if (!found || p.row.parent_id || p.row.main_id) return; /* those stand and fall with another one */
	bool open = !mh_str_is(p.row.category, "done") && !mh_str_is(p.row.category, "void");
	size_t *n = open ? &f->n_open : &f->n_closed;
	if (*n == PATTERNS_MAX) return;
	read_events(db, city, a, &p);
	read_clocks(db, a, city->home_id, &p);
	(open ? f->open : f->closed)[(*n)++] = p;
}

static void read_patterns(struct fill *f, struct mh_str uri, struct mh_str state, struct mh_clock clock)
{
	struct mh_arena a = MH_ARENA(0); /* never given back: the patterns stay */
	struct mh_db *db = NULL;
	struct mh_city *city = NULL;
	must(mh_db_open(uri, MH_DB_READ, &db, &err));
	must(mh_city_open(db, state, false, clock, f->rng, &city, &err));
	struct mh_q_matter_list_in in = {.home_id = city->home_id, .after_id = INT64_MAX, .limit = 500};
	for (size_t n = 500; n == 500;) {
		struct mh_q_matter_list_row *rows;
		must(mh_q_matter_list(db, &a, &in, &rows, &n, &err));
		for (size_t i = 0; i < n; i++) read_pattern(f, db, city, &a, rows[i].id);
		if (n) in.after_id = rows[n - 1].id;
	}
	mh_city_free(city);
	mh_db_close(db);
	if (f->n_open && f->n_closed) return;
	fprintf(stderr, "fill: the source has no open or no closed matters\n");
	exit(1);
}

/* --- one matter --- */

/* An entry with another time, reference and predecessor; their places are as docs/ledger.md fixes them. */
static struct mh_str rewrite(struct mh_arena *a, struct mh_str entry, mh_time t, struct mh_str ref, int64_t before)
{
	char *z = mh_arena_alloc(a, entry.len + 1);
	memcpy(z, entry.ptr, entry.len);
	z[entry.len] = '\0';
	char *at = strstr(z, "\"t\":"), *e = strstr(z, ",\"e\":"), *m = strstr(z, "\"m\":\""), *p = strstr(z, "\"p\":");
	if (!at || !e || !m || !p) exit(1);
	memcpy(m + 5, ref.ptr, ref.len);
	char *rest = p + 4 + strspn(p + 4, "-0123456789");
	return mh_str_fmt(a, "%.*s%" PRId64 "%.*s%" PRId64 "%s", (int)(at + 4 - z), z, t / 1000, (int)(p + 4 - e), e,
			  before, rest);
}

static int64_t put_event(struct fill *f, struct mh_arena *a, const struct event *e, int64_t id, struct mh_str ref,
			 const struct mh_key *key, mh_time t, int64_t before)
{
	int64_t index;
	must(mh_ledger_append(f->city->ledger, f->db, id, rewrite(a, e->entry, t, ref, before), &index, &err));
	int64_t seq = mh_seq_join(mh_ledger_log(f->city->ledger), index);
	if (!e->plain.len) return seq;
	struct mh_q_private_add_in in = {.home_id = f->city->home_id, .seq = seq, .matter_id = id};
	must(mh_seal(a, key, &f->rng, ref, e->plain, &in.sealed, &err));
	must(mh_q_private_add(f->db, &in, &err));
	return seq;
}

/* A clock that runs goes on running: what was to come in the source comes in two days at the earliest. */
static int64_t moved(int64_t at)
{
	return at == INT64_MAX ? at : at + 2 * DAY_MS;
}

static void put_clocks(struct fill *f, const struct pattern *p, int64_t id, int64_t seq, mh_time shift)
{
	int64_t home = f->city->home_id;
	for (size_t i = 0; i < p->n_clocks; i++) {
		const struct mh_q_clock_of_matter_row *k = &p->clock[i];
		must(mh_q_clock_put(f->db,
				    &(struct mh_q_clock_put_in){home, id, k->name, k->unit, k->budget, k->used,
								k->running_since, k->rev, moved(k->fire_at),
								moved(k->warn_at), moved(k->next_at), k->rung,
								k->then_name, k->how},
				    &err));
	}
	for (size_t i = 0; i < p->n_log; i++) {
		const struct mh_q_clock_log_of_matter_row *k = &p->log[i];
		must(mh_q_clock_log_add(f->db,
					&(struct mh_q_clock_log_add_in){home, id, seq, (int64_t)i, k->name, k->what,
									k->at + shift, k->unit, k->budget, k->used,
									k->rev, k->fire_at},
					&err));
	}
}

static void put_keys(struct fill *f, struct mh_arena *a, const struct pattern *p, int64_t id, int64_t seq, mh_time t)
{
	int64_t home = f->city->home_id;
	unsigned char b[48];
	mh_random(&f->rng, b, sizeof b);
	struct mh_str hex = mh_str_hex(a, (struct mh_bytes){b, sizeof b});
	struct mh_str name = mh_str_fmt(a, "raise:%.32s", hex.ptr);
	struct mh_str hash = {hex.ptr + 32, 64};
	must(mh_q_request_key_add(f->db, &(struct mh_q_request_key_add_in){home, name, hash, id, seq, t}, &err));
	if (!p->has_message) return;
	const struct mh_q_message_of_matter_row *m = &p->message;
	must(mh_q_message_add(f->db,
			      &(struct mh_q_message_add_in){home, mh_city_next_id(f->city, t), id, seq, m->recipient,
							    m->org_id, m->template, t},
			      &err));
}

static struct mh_str number(struct fill *f, struct mh_arena *a, mh_time t)
{
	int year = mh_time_civil(t, f->city->zone_min).year;
	if (year != f->year) f->numbered = 0;
	f->year = year;
	return mh_str_fmt(a, "%d-" MH_STR_FMT "-%06" PRId64, year, MH_STR_ARG(f->city->home_code), ++f->numbered);
}

static void put_row(struct fill *f, struct mh_arena *a, const struct pattern *p, int64_t id, struct mh_str ref,
		    int64_t seq, mh_time t)
{
	const struct mh_q_matter_by_id_row *r = &p->row;
	mh_time shift = t - r->created;
	struct mh_q_matter_add_in in = {f->city->home_id,
					id,
					ref,
					number(f, a, t),
					r->kind,
					r->version,
					r->state,
					r->category,
					r->room,
					r->level,
					r->owner_id,
					r->super_id,
					r->place_id,
					r->class_code,
					r->channel,
					r->mark,
					0,
					0,
					r->facts,
					r->uses,
					t,
					r->entered + shift,
					r->updated + shift,
					seq};
	if (in.entered > f->until) in.entered = f->until;
	if (in.updated > f->until) in.updated = f->until;
	must(mh_q_matter_add(f->db, &in, &err));
}

static void put(struct fill *f, struct mh_arena *a, const struct pattern *p, mh_time t)
{
	struct mh_key key;
	mh_random(&f->rng, key.b, sizeof key.b);
	struct mh_str ref = mh_city_new_ref(f->city, a, t);
	int64_t id = mh_city_next_id(f->city, t);
	struct mh_q_matter_key_add_in in = {.home_id = f->city->home_id, .matter_id = id};
	must(mh_seal(a, &f->city->master, &f->rng, ref, (struct mh_bytes){key.b, sizeof key.b}, &in.sealed, &err));
	must(mh_q_matter_key_add(f->db, &in, &err));
	int64_t seq = put_event(f, a, &p->first, id, ref, &key, t, -1);
	put_clocks(f, p, id, seq, t - p->row.created);
	put_keys(f, a, p, id, seq, t);
	if (p->last.entry.len) seq = put_event(f, a, &p->last, id, ref, &key, t, seq);
	put_row(f, a, p, id, ref, seq, t);
}

/* --- all of them --- */

static const struct pattern *choose(const struct fill *f, mh_time t)
{
	/* What is open is young: twice as many as the share within the last fiftieth of the year. */
	bool young = t > f->until - (f->until - f->from) * 2 * OPEN_PERCENT / 100;
	uint64_t dice = mh_random_below(&f->rng, 100);
	if (dice < (young ? 48 : OPEN_PERCENT * 20 / 100)) return &f->open[mh_random_below(&f->rng, f->n_open)];
	return &f->closed[mh_random_below(&f->rng, f->n_closed)];
}

static void batch(struct fill *f, int64_t from, int64_t to, int64_t all)
{
	struct mh_arena a = MH_ARENA(0);
	MH_DB_TX(tx, f->db);
	must(mh_db_begin_write(&tx, &err));
	for (int64_t i = from; i < to; i++) {
		mh_time t = f->from + (f->until - f->from) / all * i;
		put(f, &a, choose(f, t), t);
		if (i % 100 == 99) mh_arena_clear(&a);
	}
	must(mh_ledger_before_commit(f->city->ledger, f->db, &err));
	must(mh_q_counter_set(
		f->db,
		&(struct mh_q_counter_set_in){f->city->home_id, mh_str_fmt(&a, "matter-%d", f->year), f->numbered},
		&err));
	must(mh_db_commit(&tx, &err));
	mh_ledger_committed(f->city->ledger);
	must(mh_ledger_publish(f->city->ledger, f->db, f->now, true, NULL, &err));
	mh_arena_done(&a);
}

/* The index of search is told that it has everything: what is measured on such a store is not how fast an index of millions is
 * made, and a server would begin with just that. */
static void skip_search(struct fill *f, const char *state)
{
	struct mh_arena a = MH_ARENA(0);
	struct mh_fulltext *index;
	struct mh_ledger_info info;
	must(mh_ledger_info(f->db, f->city->home_id, 1, &a, &info, &err));
	must(mh_fulltext_open(mh_str_fmt(&a, "%s/search.db", state), true, &index, &err));
	must(mh_fulltext_begin(index, &err));
	must(mh_fulltext_end(index, info.vkey, mh_seq_join(info.log, info.size), &err));
	mh_fulltext_close(index);
	mh_arena_done(&a);
}

int main(int argc, char **argv)
{
	static const char *const large[] = {"pragma cache_size = -1500000", NULL};
	struct mh_rng_seed seed;
	struct timespec begun, end;
	if (argc != 6) return 2;
	int64_t n = strtol(argv[5], NULL, 10);
	struct fill f = {.rng = mh_rng_seeded(&seed, 1)};
	struct mh_clock clock = mh_clock_fixed(&f.now);
	f.until = f.now = (mh_time)time(NULL) * 1000 - DAY_MS / 24;
	f.from = f.until - 360 * DAY_MS;
	f.closed = calloc(PATTERNS_MAX, sizeof *f.closed);
	f.open = calloc(PATTERNS_MAX, sizeof *f.open);
	if (!f.closed || !f.open) return 1;
	read_patterns(&f, mh_str_c(argv[1]), mh_str_c(argv[2]), clock);
	must(mh_db_open(mh_str_c(argv[3]), MH_DB_WRITE, &f.db, &err));
	if (mh_db_engine(f.db) == MH_DB_SQLITE) must(mh_db_script(f.db, large, &err));
	must(mh_city_open(f.db, mh_str_c(argv[4]), true, clock, f.rng, &f.city, &err));
	if (n) f.city->last_id_ms = f.from; /* a fresh city: nothing in it is older */
	clock_gettime(CLOCK_MONOTONIC, &begun);
	for (int64_t at = 0; at < n; at += BATCH) {
		batch(&f, at, at + BATCH < n ? at + BATCH : n, n);
		fprintf(stderr, "\r%" PRId64 " ", at + BATCH);
	}
	skip_search(&f, argv[4]);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("{\"matters\":%" PRId64 ",\"seconds\":%lld}\n", n, (long long)(end.tv_sec - begun.tv_sec));
	mh_city_free(f.city);
	mh_db_close(f.db);
	return 0;
}
