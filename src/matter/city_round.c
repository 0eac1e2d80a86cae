/* A write transaction's round: what is known ahead, what is written at its end, and what memory forgets when it is undone. */
#include "matter/city_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- numbers --- */

static enum mh_code save_numbers(struct mh_city *c, struct mh_db *db, struct mh_err *reterr)
{
	char name[32];
	if (!c->numbers.changed) return MH_OK;
	snprintf(name, sizeof name, "matter-%d", c->numbers.year);
	struct mh_q_counter_set_in in = {.home_id = c->home_id, .name = mh_str_c(name), .n = c->numbers.n};
	MH_TRY(mh_q_counter_set(db, &in, reterr));
	c->numbers.changed = false;
	return MH_OK;
}

static enum mh_code read_numbers(struct mh_city *c, struct mh_db *db, int year, struct mh_err *reterr)
{
	char name[32];
	bool found;
	struct mh_arena a = MH_ARENA(4096);
	struct mh_q_counter_get_row row = {0};
	snprintf(name, sizeof name, "matter-%d", year);
	enum mh_code code = mh_q_counter_get(
		db, &a, &(struct mh_q_counter_get_in){.home_id = c->home_id, .name = mh_str_c(name)}, &found, &row,
		reterr);
	mh_arena_done(&a);
	MH_TRY(code);
	c->numbers.year = year;
	c->numbers.n = row.n;
	return MH_OK;
}

enum mh_code mh_city_next_number(struct mh_city *c, struct mh_db *db, int year, int64_t *ret, struct mh_err *reterr)
{
	if (c->numbers.year != year) {
		MH_TRY(save_numbers(c, db, reterr));
		MH_TRY(read_numbers(c, db, year, reterr));
	}
	c->numbers.changed = true;
	*ret = ++c->numbers.n;
	return MH_OK;
}

void mh_city_unnumber(struct mh_city *c, int year, int64_t n)
{
	if (c->numbers.year == year && c->numbers.n == n) c->numbers.n--;
}

/* --- request keys --- */

static int by_bytes(const void *a, const void *b)
{
	const struct mh_str *x = a, *y = b;
	return mh_str_cmp(*x, *y);
}

static enum mh_code make_room(struct mh_city *c, size_t n, struct mh_err *reterr)
{
	if (n <= c->fresh.room) return MH_OK;
	struct mh_str *keys = mh_mem_resize(c->fresh.keys, n * sizeof *keys);
	MH_TRY_MEM(keys, reterr);
	c->fresh.keys = keys;
	bool *used = mh_mem_resize(c->fresh.used, n * sizeof *used);
	MH_TRY_MEM(used, reterr);
	c->fresh.used = used;
	c->fresh.room = n;
	return MH_OK;
}

static size_t key_at(const struct mh_city *c, struct mh_str key)
{
	const struct mh_str *k = c->fresh.n ? bsearch(&key, c->fresh.keys, c->fresh.n, sizeof key, by_bytes) : NULL;
	return k ? (size_t)(k - c->fresh.keys) : c->fresh.n;
}

bool mh_city_key_fresh(const struct mh_city *c, struct mh_str key)
{
	size_t at = key_at(c, key);
	return at < c->fresh.n && !c->fresh.used[at];
}

void mh_city_key_use(struct mh_city *c, struct mh_str key)
{
	size_t at = key_at(c, key);
	if (at < c->fresh.n) c->fresh.used[at] = true;
}

/* The keys in the order of bytes, each once. */
static void sort_keys(struct mh_city *c, const struct mh_str *keys, size_t n)
{
	c->fresh.n = 0;
	memcpy(c->fresh.keys, keys, n * sizeof *keys);
	qsort(c->fresh.keys, n, sizeof *keys, by_bytes);
	for (size_t i = 0; i < n; i++)
		if (!c->fresh.n || !mh_str_eq(c->fresh.keys[i], c->fresh.keys[c->fresh.n - 1]))
			c->fresh.keys[c->fresh.n++] = c->fresh.keys[i];
	memset(c->fresh.used, 0, c->fresh.n);
}

enum mh_code mh_city_ahead(struct mh_city *c, struct mh_db *db, const struct mh_str *keys, size_t n,
			   struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(0);
	c->fresh.n = 0;
	MH_TRY(make_room(c, n, reterr));
	sort_keys(c, keys, n);
	struct mh_q_request_key_known_in *in = MH_NEW_ARRAY(&a, c->fresh.n, struct mh_q_request_key_known_in);
	enum mh_code code = in || !n ? MH_OK : mh_no_memory(reterr);
	for (size_t i = 0; in && i < c->fresh.n; i++)
		in[i] = (struct mh_q_request_key_known_in){.home_id = c->home_id, .request_id = c->fresh.keys[i]};
	if (code == MH_OK) code = mh_q_request_key_known(db, &a, in, c->fresh.n, c->fresh.used, reterr);
	mh_arena_done(&a);
	if (code != MH_OK) c->fresh.n = 0;
	return code;
}

/* --- transactions --- */

enum mh_code mh_city_before_commit(struct mh_city *c, struct mh_db *db, struct mh_err *reterr)
{
	MH_TRY(save_numbers(c, db, reterr));
	return mh_ledger_before_commit(c->ledger, db, reterr);
}

void mh_city_committed(struct mh_city *c)
{
	c->fresh.n = 0;
	mh_ledger_committed(c->ledger);
}

void mh_city_rolled_back(struct mh_city *c)
{
	c->numbers.year = 0;
	c->numbers.changed = false;
	c->fresh.n = 0;
	mh_ledger_rolled_back(c->ledger);
}
