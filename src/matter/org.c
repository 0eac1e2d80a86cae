#include "matter/org.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

int64_t mh_org_id(struct mh_str code)
{
	struct mh_hash h = mh_sha256_str(code);
	uint64_t v = 0;
	for (int i = 0; i < 7; i++) v = v << 8 | h.b[i];
	v >>= 3; /* 53 bits */
	return v ? (int64_t)v : 1;
}

struct mh_str mh_org_code(const struct mh_orgs *o, int org)
{
	return org < 0 ? MH_STR("") : o->list[org].code;
}

int mh_org_by_id(const struct mh_orgs *o, int64_t id)
{
	size_t lo = 0, hi = o->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (o->list[mid].id == id) return (int)mid;
		if (o->list[mid].id < id) lo = mid + 1;
		else hi = mid;
	}
	return -1;
}

int mh_org_by_code(const struct mh_orgs *o, struct mh_str code)
{
	return code.len ? mh_org_by_id(o, mh_org_id(code)) : -1;
}

static int compare(struct mh_str a, struct mh_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
	return c ? c : (a.len > b.len) - (a.len < b.len);
}

int mh_org_by_name(const struct mh_orgs *o, int within, struct mh_str name)
{
	size_t lo = 0, hi = 2 * o->n;
	int found = -1;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (compare(o->names[mid].name, name) < 0) lo = mid + 1;
		else hi = mid;
	}
	for (; lo < 2 * o->n && mh_str_eq(o->names[lo].name, name); lo++) {
		int org = o->names[lo].org;
		if (org == found || !mh_org_contains(o, within, org)) continue;
		if (found >= 0) return -1;
		found = org;
	}
	return found;
}

bool mh_org_contains(const struct mh_orgs *o, int anc, int des)
{
	for (int at = des; at >= 0; at = o->list[at].parent)
		if (at == anc) return true;
	return false;
}

int mh_org_at_level(const struct mh_orgs *o, int org, int level)
{
	if (org < 0) return -1;
	int at = o->list[org].territory;
	while (o->list[at].level < level && o->list[at].parent >= 0) at = o->list[at].parent;
	return at;
}

/* `duties` lists the keys that one department carries, separated by |. */
static bool carries(struct mh_str duties, struct mh_str duty)
{
	struct mh_str one;
	while (mh_str_split(&duties, '|', &one))
		if (mh_str_eq(one, duty)) return true;
	return false;
}

static int department_of(const struct mh_orgs *o, int territory, struct mh_str duty)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct mh_org *d = &o->list[i];
		if (d->department && d->parent == territory && carries(d->duty, duty)) return (int)i;
	}
	return -1;
}

bool mh_org_knows_duty(const struct mh_orgs *o, struct mh_str duty)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->list[i].department && carries(o->list[i].duty, duty)) return true;
	return false;
}

int mh_org_for_duty(const struct mh_orgs *o, int territory, struct mh_str duty)
{
	for (int at = territory; at >= 0; at = o->list[at].parent) {
		int found = department_of(o, at, duty);
		if (found >= 0) return found;
	}
	return -1;
}

int mh_org_superior(const struct mh_orgs *o, int org, int steps)
{
	while (org >= 0 && steps-- > 0 && o->list[org].superior >= 0) org = o->list[org].superior;
	return org;
}

static int by_id(const void *a, const void *b)
{
	const struct mh_org *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

struct keyed {
	struct mh_org org; /* first, so that one comparison serves */
	struct mh_str parent_code;
};

static enum mh_code sort(struct mh_arena *a, struct mh_orgs *o, struct mh_str (*parent_code)(void *, size_t), void *ctx,
			 struct mh_str **ret_parents, struct mh_err *reterr)
{
	struct keyed *k = MH_NEW_ARRAY(a, o->n ? o->n : 1, struct keyed);
	struct mh_str *parents = MH_NEW_ARRAY(a, o->n ? o->n : 1, struct mh_str);
	MH_TRY_MEM(k, reterr);
	MH_TRY_MEM(parents, reterr);
	for (size_t i = 0; i < o->n; i++) {
		k[i] = (struct keyed){o->list[i], parent_code(ctx, i)};
		k[i].org.id = mh_org_id(o->list[i].code);
	}
	qsort(k, o->n, sizeof *k, by_id);
	for (size_t i = 0; i < o->n; i++) {
		if (i && k[i].org.id == k[i - 1].org.id)
			return MH_FAIL(reterr, MH_E_INVALID, "Cannot load the units: " MH_STR_FMT " stands twice",
				       MH_STR_ARG(k[i].org.code));
		o->list[i] = k[i].org;
		parents[i] = k[i].parent_code;
	}
	*ret_parents = parents;
	return MH_OK;
}

static enum mh_code link_parent(struct mh_orgs *o, size_t i, struct mh_str parent, struct mh_err *reterr)
{
	struct mh_org *g = &o->list[i];
	g->parent = mh_org_by_code(o, parent);
	if (!parent.len) {
		if (o->root >= 0) return MH_FAIL(reterr, MH_E_INVALID, "Cannot load the units: two have no parent");
		o->root = (int)i;
		g->territory = (int)i;
		return MH_OK;
	}
	if (g->parent < 0 || o->list[g->parent].level < g->level)
		return MH_FAIL(reterr, MH_E_INVALID,
			       "Cannot load the units: the parent of " MH_STR_FMT " is unknown or below it",
			       MH_STR_ARG(g->code));
	g->department = o->list[g->parent].level == g->level;
	g->territory = g->department ? g->parent : (int)i;
	return MH_OK;
}

static int superior_of(const struct mh_orgs *o, const struct mh_org *g)
{
	if (g->parent < 0) return -1;
	if (!g->department) return g->parent;
	int above = o->list[g->parent].parent;
	if (above < 0) return g->parent; /* a city department answers to the city */
	struct mh_str duties = g->duty, duty;
	while (mh_str_split(&duties, '|', &duty)) {
		int same = department_of(o, above, duty);
		if (same >= 0) return same;
	}
	return above;
}

static int by_name(const void *a, const void *b)
{
	const struct mh_org_name *x = a, *y = b;
	int c = compare(x->name, y->name);
	return c ? c : x->org - y->org;
}

static enum mh_code sort_names(struct mh_arena *a, struct mh_orgs *o, struct mh_err *reterr)
{
	o->names = MH_NEW_ARRAY(a, 2 * o->n, struct mh_org_name);
	MH_TRY_MEM(o->names, reterr);
	for (size_t i = 0; i < o->n; i++) {
		o->names[2 * i] = (struct mh_org_name){o->list[i].zh, (int)i};
		o->names[2 * i + 1] = (struct mh_org_name){o->list[i].en, (int)i};
	}
	qsort(o->names, 2 * o->n, sizeof *o->names, by_name);
	return MH_OK;
}

enum mh_code mh_orgs_link(struct mh_arena *a, struct mh_orgs *o, struct mh_str (*parent_code)(void *, size_t),
			  void *ctx, struct mh_err *reterr)
{
	struct mh_str *parents = NULL;
	MH_TRY(sort(a, o, parent_code, ctx, &parents, reterr));
	o->root = -1;
	for (size_t i = 0; i < o->n; i++) o->list[i].parent = -1;
	for (size_t i = 0; i < o->n; i++) MH_TRY(link_parent(o, i, parents[i], reterr));
	if (o->root < 0) return MH_FAIL(reterr, MH_E_INVALID, "Cannot load the units: none is the root");
	for (size_t i = 0; i < o->n; i++) {
		int at = (int)i;
		for (int steps = 0; at != o->root; at = o->list[at].parent)
			if (at < 0 || steps++ > 16)
				return MH_FAIL(reterr, MH_E_INVALID,
					       "Cannot load the units: " MH_STR_FMT " is not below the root",
					       MH_STR_ARG(o->list[i].code));
	}
	for (size_t i = 0; i < o->n; i++) o->list[i].superior = superior_of(o, &o->list[i]);
	return sort_names(a, o, reterr);
}
