#include "access/party.h"

enum mh_code mh_party_of(const struct mh_actor *actor, const struct mh_orgs *orgs, struct mh_party *ret,
			 struct mh_err *reterr)
{
	struct mh_party by = {.role = actor->role, .org = -1, .officer = actor->officer};
	if (mh_actor_known(actor)) {
		by.org = mh_org_by_code(orgs, actor->org);
		if (by.org < 0) {
			enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN, "The city has no unit \"" MH_STR_FMT "\"",
						    MH_STR_ARG(actor->org));
			mh_err_hint(reterr, "GET /api/v1/orgs lists the units and their codes.");
			return code;
		}
	}
	*ret = by;
	return MH_OK;
}

static bool is_outside(const struct mh_role *r, bool holder)
{
	return (r->levels & 1) && r->open != holder;
}

struct mh_party mh_party_outside(const struct mh_def *d, struct mh_str step, bool holder, int64_t matter_id)
{
	struct mh_party by = {
		.role = MH_STR(""), .org = -1, .officer = MH_STR(""), .matter_id = holder ? matter_id : 0};
	int t = mh_def_transition(d, step);
	for (size_t i = 0; t >= 0 && i < d->transitions[t].who.n_roles; i++) {
		const struct mh_role *r = &d->roles[d->transitions[t].who.roles[i]];
		if (r->open ? r->levels & 1 : is_outside(r, holder)) return by.role = r->name, by;
	}
	for (size_t i = 0; i < d->n_roles; i++)
		if (is_outside(&d->roles[i], holder)) return by.role = d->roles[i].name, by;
	return by;
}

bool mh_party_outside_raises(const struct mh_def *d)
{
	for (size_t i = 0; i < d->n_roles; i++)
		if (is_outside(&d->roles[i], true)) return true;
	return false;
}

bool mh_party_reaches(const struct mh_orgs *orgs, const struct mh_party *by, int owner, int place)
{
	if (by->org < 0) return false;
	if (by->org == owner) return true;
	int territory = orgs->list[by->org].territory;
	if (owner < 0 && place < 0) return territory == orgs->root;
	return (owner >= 0 && mh_org_contains(orgs, territory, owner)) ||
	       (place >= 0 && mh_org_contains(orgs, territory, place));
}

bool mh_party_in_charge(const struct mh_orgs *orgs, const struct mh_party *by, int owner, int place)
{
	if (!mh_party_reaches(orgs, by, owner, place) || mh_perm_role_has(by->role, MH_PERM_ADMIN)) return false;
	return by->org == owner || mh_perm_role_has(by->role, MH_PERM_PERSONAL) ||
	       (owner >= 0 && !orgs->list[by->org].department && mh_org_contains(orgs, by->org, owner));
}
