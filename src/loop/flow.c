#include "loop/flow.h"

#include "loop/desk.h"
#include "sql_gen.h"

#include <stdlib.h>
#include <string.h>

/* --- what is open now --- */

struct count {
	struct mh_flow_now *now;
	const struct mh_orgs *orgs;
	mh_day today;
	int zone_min;
};

static int kind_of(const struct mh_flow_now *f, struct mh_str name)
{
	for (size_t i = 0; i < f->n_kinds; i++)
		if (mh_str_eq(f->kinds[i]->kind, name)) return (int)i;
	return -1;
}

struct one {
	bool late, marked;
	int age;
};

static void tally(struct mh_flow_count *c, const struct one *o)
{
	c->open++;
	c->late += o->late;
	c->marked += o->marked;
}

static void pile(struct mh_flow_pile *p, const struct one *o)
{
	tally(&p->n, o);
	p->ages[o->age]++;
}

static int age_of(const struct count *c, mh_time created)
{
	int64_t days = c->today - mh_time_day(created, c->zone_min);
	return days < 0 ? 0 : days > MH_FLOW_DAYS ? MH_FLOW_DAYS : (int)days;
}

struct counting {
	struct count c;
	mh_time now;
};

static void take(void *ctx, const struct mh_list_row *r)
{
	struct counting *x = ctx;
	struct mh_flow_now *f = x->c.now;
	struct one o = {r->due < x->now, r->mark[0] != '\0', age_of(&x->c, r->created)};
	int kind = kind_of(f, r->def->kind);
	size_t room = (size_t)r->def->states[r->state].room;
	if (kind < 0) return; /* a kind that came while we count */
	pile(&f->all, &o);
	pile(&f->rooms[room], &o);
	pile(&f->by_kind[kind], &o);
	tally(&f->room_kinds[room * f->n_kinds + (size_t)kind], &o);
	tally(r->owner < 0 ? &f->nobody : &f->units[r->owner], &o);
	for (int p = r->place; p >= 0; p = x->c.orgs->list[p].parent) tally(&f->places[p], &o);
	if (r->level >= 1 && r->level <= MH_LEVEL_MAX) tally(&f->levels[r->level], &o);
}

static enum mh_code new_pile(struct mh_arena *a, struct mh_flow_pile *p, struct mh_err *reterr)
{
	*p = (struct mh_flow_pile){.ages = MH_NEW_ARRAY(a, MH_FLOW_DAYS + 1, int32_t)};
	MH_TRY_MEM(p->ages, reterr);
	return MH_OK;
}

static enum mh_code new_now(struct mh_tx *tx, struct mh_flow_now *f, struct mh_err *reterr)
{
	struct mh_arena *a = tx->arena;
	const struct mh_city *c = tx->city;
	*f = (struct mh_flow_now){.kinds = MH_NEW_ARRAY(a, c->n_defs + 1, const struct mh_def *)};
	MH_TRY_MEM(f->kinds, reterr);
	for (size_t i = 0; i < c->n_defs; i++) {
		int at = kind_of(f, c->defs[i]->kind);
		f->kinds[at >= 0 ? (size_t)at : f->n_kinds++] = c->defs[i];
	}
	MH_TRY(new_pile(a, &f->all, reterr));
	for (int i = 0; i < MH_ROOM_MAX; i++) MH_TRY(new_pile(a, &f->rooms[i], reterr));
	f->by_kind = MH_NEW_ARRAY(a, f->n_kinds + 1, struct mh_flow_pile);
	f->room_kinds = MH_NEW_ARRAY(a, MH_ROOM_MAX * f->n_kinds + 1, struct mh_flow_count);
	f->units = MH_NEW_ARRAY(a, c->orgs.n + 1, struct mh_flow_count);
	MH_TRY_MEM(f->by_kind, reterr);
	MH_TRY_MEM(f->room_kinds, reterr);
	f->places = MH_NEW_ARRAY(a, c->orgs.n + 1, struct mh_flow_count);
	MH_TRY_MEM(f->units, reterr);
	MH_TRY_MEM(f->places, reterr);
	for (size_t i = 0; i < f->n_kinds; i++) MH_TRY(new_pile(a, &f->by_kind[i], reterr));
	return MH_OK;
}

enum mh_code mh_flow_now(struct mh_tx *tx, struct mh_desk *desk, const struct mh_list_filter *f,
			 struct mh_flow_now *ret, struct mh_err *reterr)
{
	struct mh_flow_now now;
	struct mh_list_filter open = *f;
	bool all;
	open.open = MH_LIST_YES;
	MH_TRY(new_now(tx, &now, reterr));
	struct counting x = {.c = {.now = &now,
				   .orgs = &tx->city->orgs,
				   .today = mh_time_day(tx->now, tx->city->zone_min),
				   .zone_min = tx->city->zone_min},
			     .now = tx->now};
	MH_TRY(mh_list_count(tx, desk, &open, take, &x, &all, reterr));
	*ret = now;
	return MH_OK;
}

/* --- ages --- */

int mh_flow_age(const struct mh_flow_pile *p, int percent)
{
	int64_t rank = (p->n.open * percent + 99) / 100, seen = 0;
	if (rank < 1) rank = 1;
	for (int d = 0; d <= MH_FLOW_DAYS; d++) {
		seen += p->ages[d];
		if (seen >= rank) return d;
	}
	return -1;
}

int64_t mh_flow_aged(const struct mh_flow_pile *p, int from, int to)
{
	int64_t n = 0;
	for (int d = from; d <= to && d <= MH_FLOW_DAYS; d++) n += p->ages[d];
	return n;
}

/* --- old cases --- */

struct mine {
	struct mh_flow_mine *list;
	size_t n, room;
	int org;
	int64_t *named; /* ascending */
	size_t n_named;
	struct mh_arena *a;
	bool short_of_memory;
};

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void keep(struct mine *m, const struct mh_list_row *r, unsigned ties)
{
	if (m->n == m->room) {
		size_t room = m->room ? m->room * 2 : 256;
		struct mh_flow_mine *list = MH_NEW_ARRAY(m->a, room, struct mh_flow_mine);
		m->short_of_memory |= !list;
		if (!list) return;
		if (m->n) memcpy(list, m->list, m->n * sizeof *list);
		m->list = list;
		m->room = room;
	}
	m->list[m->n++] = (struct mh_flow_mine){*r, ties};
}

static void mine(void *ctx, const struct mh_list_row *r)
{
	struct mine *m = ctx;
	unsigned ties = (r->owner == m->org ? MH_FLOW_HAS : 0U) | (r->super == m->org ? MH_FLOW_ANSWERS : 0U);
	if (m->n_named && bsearch(&r->id, m->named, m->n_named, sizeof *m->named, by_id)) ties |= MH_FLOW_NAMED;
	if (ties) keep(m, r, ties);
}

/* Of kinds whose definition has a field for an officer: where it names this one. */
static enum mh_code named_in(struct mh_tx *tx, const struct mh_def *d, int field, struct mh_str officer, struct mine *m,
			     struct mh_err *reterr)
{
	struct mh_q_flow_named_in in = {.home_id = tx->city->home_id, .kind = d->kind, .limit = 500};
	char name[128];
	snprintf(name, sizeof name, MH_STR_FMT, MH_STR_ARG(d->fields[field].name));
	for (size_t n = 500; n == 500;) {
		struct mh_q_flow_named_row *rows;
		MH_TRY(mh_q_flow_named(tx->db, tx->arena, &in, &rows, &n, reterr));
		int64_t *list = MH_NEW_ARRAY(tx->arena, m->n_named + n + 1, int64_t);
		MH_TRY_MEM(list, reterr);
		if (m->n_named) memcpy(list, m->named, m->n_named * sizeof *list);
		for (size_t i = 0; i < n; i++) {
			MH_JSON_AUTO json_t *facts = NULL;
			MH_TRY(mh_json_parse(rows[i].facts, &facts, reterr));
			if (mh_str_eq(mh_json_get_str(facts, name), officer)) list[m->n_named++] = rows[i].id;
			in.after_id = rows[i].id;
		}
		m->named = list;
	}
	return MH_OK;
}

static enum mh_code named(struct mh_tx *tx, struct mh_str officer, struct mine *m, struct mh_err *reterr)
{
	const struct mh_city *c = tx->city;
	for (size_t i = 0; officer.len && i < c->n_defs; i++) {
		bool newest = i + 1 == c->n_defs || !mh_str_eq(c->defs[i + 1]->kind, c->defs[i]->kind);
		for (size_t f = 0; newest && f < c->defs[i]->n_fields; f++)
			if (c->defs[i]->fields[f].type == MH_F_OFFICER)
				MH_TRY(named_in(tx, c->defs[i], (int)f, officer, m, reterr));
	}
	if (m->n_named) qsort(m->named, m->n_named, sizeof *m->named, by_id);
	return MH_OK;
}

static int longest_open(const void *a, const void *b)
{
	const struct mh_list_row *x = &((const struct mh_flow_mine *)a)->row,
				 *y = &((const struct mh_flow_mine *)b)->row;
	if (x->created != y->created) return x->created < y->created ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

enum mh_code mh_flow_mine(struct mh_tx *tx, struct mh_desk *desk, const struct mh_party *by, size_t most,
			  struct mh_flow_mine **ret, size_t *ret_n, size_t *ret_all, struct mh_err *reterr)
{
	struct mine m = {.org = by->org, .a = tx->arena};
	struct mh_list_filter f = {
		.room = -1, .phase = -1, .owner = -1, .whole = true, .open = MH_LIST_YES, .now = tx->now};
	bool all;
	MH_TRY(named(tx, by->officer, &m, reterr));
	MH_TRY(mh_list_count(tx, desk, &f, mine, &m, &all, reterr));
	if (m.short_of_memory) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (m.n) qsort(m.list, m.n, sizeof *m.list, longest_open);
	*ret = m.list;
	*ret_n = m.n < most ? m.n : most;
	*ret_all = m.n;
	return MH_OK;
}
