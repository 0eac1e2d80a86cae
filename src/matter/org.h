/* The tree of units, in memory: a few thousand rows that every decision asks about.
 *
 * A unit is known by its index; -1 is none. A department stands at the level of its parent and serves the parent's
 * territory; every other unit is a territory of its own. Four levels answer: 1 village, 2 township, 3 county, 4 city. */
#ifndef MH_MATTER_ORG_H
#define MH_MATTER_ORG_H
#include "base/err.h"
#include "base/str.h"

struct mh_org {
	int64_t id; /* mh_org_id(code) */
	struct mh_str code, kind, duty, zh, en;
	int level;
	int parent;    /* -1 for the root */
	int territory; /* itself, or the parent of a department */
	int superior; /* who answers one step up: the department of the same duty one level above, else that government */
	bool department;
};
struct mh_org_name {
	struct mh_str name;
	int org;
};
struct mh_orgs {
	struct mh_org *list; /* sorted by id */
	size_t n;
	struct mh_org_name *names; /* 2 n: every name in each language, sorted */
	int root;
};

/* Stable in every store: the first 53 bits of SHA-256 of the code, so that it survives JavaScript. */
int64_t mh_org_id(struct mh_str code);
/* Sorts, links and checks: one root, known parents, no cycle, levels that fall or stay equal. Texts are not copied.
 * MH_E_INVALID names the code at fault. */
enum mh_code mh_orgs_link(struct mh_arena *a, struct mh_orgs *o, struct mh_str (*parent_code)(void *ctx, size_t i),
			  void *ctx, struct mh_err *reterr);
int mh_org_by_id(const struct mh_orgs *o, int64_t id);
int mh_org_by_code(const struct mh_orgs *o, struct mh_str code);
/* The unit of this name, in either language, at or below `within`; -1: none, or more than one. */
int mh_org_by_name(const struct mh_orgs *o, int within, struct mh_str name);
static inline int64_t mh_org_id_of(const struct mh_orgs *o, int org)
{
	return org < 0 ? 0 : o->list[org].id;
}
struct mh_str mh_org_code(const struct mh_orgs *o, int org); /* empty for -1 */
/* Is `des` the unit itself or below it? */
bool mh_org_contains(const struct mh_orgs *o, int anc, int des);
/* The territory above (or at) `org` that stands at `level`; the nearest higher one when that level is skipped. */
int mh_org_at_level(const struct mh_orgs *o, int org, int level);
/* The unit that carries `duty` for the territory, or for the nearest one above that has such a department; -1: none. */
int mh_org_for_duty(const struct mh_orgs *o, int territory, struct mh_str duty);
/* Does any department carry it? */
bool mh_org_knows_duty(const struct mh_orgs *o, struct mh_str duty);
/* n steps up the line of superiors; the top stands in for what is above it. */
int mh_org_superior(const struct mh_orgs *o, int org, int steps);
#endif
