#include "loop/list.h"

#include "loop/desk.h"

#include <stdlib.h>
#include <string.h>

const bool *mh_list_below(struct mh_arena *a, const struct mh_orgs *o, int org)
{
	bool *in = MH_NEW_ARRAY(a, o->n ? o->n : 1, bool);
	for (size_t i = 0; in && i < o->n; i++) in[i] = mh_org_contains(o, org, (int)i);
	return in;
}

/* Codes are a tree by their parents; a category is asked for with all that is below it. */
const bool *mh_list_classes(struct mh_arena *a, const struct mh_city *c, int cls)
{
	bool *in = MH_NEW_ARRAY(a, c->n_classes ? c->n_classes : 1, bool);
	for (size_t i = 0; in && i < c->n_classes; i++) {
		const struct mh_class *at = &c->classes[i];
		for (int steps = 0; at && steps < 16 && !in[i]; steps++) {
			in[i] = at == &c->classes[cls];
			at = at->parent.len ? mh_city_class(c, at->parent) : NULL;
		}
	}
	return in;
}

enum mh_code mh_list_reach(struct mh_arena *a, const struct mh_city *c, const struct mh_party *by,
			   struct mh_list_filter *f, struct mh_err *reterr)
{
	const struct mh_orgs *o = &c->orgs;
	if (by->org < 0) return MH_FAIL(reterr, MH_E_FORBIDDEN, "Lists of matters are for staff");
	int territory = o->list[by->org].territory;
	f->reach = mh_list_below(a, o, territory);
	f->whole = territory == o->root;
	MH_TRY_MEM(f->reach, reterr);
	return MH_OK;
}

bool mh_list_is_open(const struct mh_list_row *r)
{
	return !mh_def_is_over(r->def, r->state);
}

bool mh_list_open_only(const struct mh_list_filter *f)
{
	return f->open == MH_LIST_YES || f->late != MH_LIST_EITHER || f->due_from || f->due_to ||
	       (f->phase >= 0 && f->phase != MH_CAT_DONE && f->phase != MH_CAT_VOID);
}

static bool is(enum mh_list_is wanted, bool value)
{
	return wanted == MH_LIST_EITHER || value == (wanted == MH_LIST_YES);
}

static bool reaches(const struct mh_list_filter *f, const struct mh_list_row *r)
{
	if (f->whole) return true;
	return (r->owner >= 0 && f->reach[r->owner]) || (r->place >= 0 && f->reach[r->place]);
}

static bool in_time(const struct mh_list_filter *f, const struct mh_list_row *r)
{
	if (f->due_from || f->due_to || f->late != MH_LIST_EITHER) {
		if (!mh_list_is_open(r) || r->due < f->due_from || (f->due_to && r->due >= f->due_to)) return false;
		if ((f->due_from || f->due_to) && r->due == MH_TIME_MAX) return false;
		if (!is(f->late, r->due < f->now)) return false;
	}
	if ((f->ended_from || f->ended_to) &&
	    (mh_list_is_open(r) || r->entered < f->ended_from || (f->ended_to && r->entered >= f->ended_to)))
		return false;
	return r->created >= f->created_from && (!f->created_to || r->created < f->created_to);
}

static bool is_of(const struct mh_list_filter *f, const struct mh_list_row *r)
{
	const struct mh_state *s = &r->def->states[r->state];
	return (f->room < 0 || (int)s->room == f->room) && (f->phase < 0 || (int)s->category == f->phase) &&
	       (!f->kind.len || mh_str_eq(f->kind, r->def->kind)) && (!f->state.len || mh_str_eq(f->state, s->name));
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static bool has_missed(const struct mh_list_filter *f, const struct mh_list_row *r)
{
	return !f->missed || bsearch(&r->id, f->missed, f->n_missed, sizeof *f->missed, by_id);
}

bool mh_list_match(const struct mh_list_filter *f, const struct mh_list_row *r)
{
	return reaches(f, r) && (f->owner < 0 || r->owner == f->owner) &&
	       (!f->place || (r->place >= 0 && f->place[r->place])) && (!f->cls || (r->cls >= 0 && f->cls[r->cls])) &&
	       (!f->level || r->level == f->level) && is_of(f, r) && is(f->open, mh_list_is_open(r)) &&
	       is(f->merged, r->merged) && is(f->marked, r->mark[0] != '\0') && is(f->assigned, r->owner >= 0) &&
	       in_time(f, r) && has_missed(f, r);
}
