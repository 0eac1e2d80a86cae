/* Who may, and whose duty it is. */
#include "matter/matter_priv.h"

#define REFUSE(reterr, t, why)                                                                                         \
	MH_FAIL((reterr), MH_E_FORBIDDEN, "You may not take the step \"" MH_STR_FMT "\": " why, MH_STR_ARG((t)->name))

/* Does the unit's territory hold the matter? A department serves the territory of its parent. */
static bool in_reach(const struct mh_city *c, const struct mh_matter *m, int org)
{
	const struct mh_orgs *o = &c->orgs;
	if (org == m->owner || org == m->super) return true;
	int territory = o->list[org].territory;
	if (m->place >= 0 && mh_org_contains(o, territory, m->place)) return true;
	return m->owner >= 0 ? mh_org_contains(o, territory, m->owner) : m->place < 0;
}

/* Someone n levels above the owner: in the owner's line of superiors, or that level's government itself. */
static bool is_above(const struct mh_city *c, const struct mh_matter *m, int org, int steps)
{
	const struct mh_orgs *o = &c->orgs;
	if (m->owner < 0) return false;
	int level = o->list[m->owner].level + steps;
	if (level > MH_LEVEL_MAX) level = MH_LEVEL_MAX;
	if (org == mh_org_superior(o, m->owner, steps)) return true;
	return org == mh_org_at_level(o, m->owner, level);
}

static enum mh_code role_fits(struct mh_tx *tx, struct mh_matter *m, const struct mh_transition *t,
			      const struct mh_party *by, struct mh_err *reterr)
{
	const struct mh_role *role = NULL;
	for (size_t i = 0; i < t->who.n_roles && !role; i++)
		if (mh_str_eq(m->def->roles[t->who.roles[i]].name, by->role)) role = &m->def->roles[t->who.roles[i]];
	if (!role) {
		enum mh_code code = REFUSE(reterr, t, "it belongs to another role");
		if (t->who.n_roles)
			mh_err_hint(reterr, "It is a step of the role " MH_STR_FMT ".",
				    MH_STR_ARG(m->def->roles[t->who.roles[0]].name));
		return code;
	}
	if (role->levels & 1) {
		if (role->open || by->matter_id == m->id) return MH_OK;
		if (by->org < 0) return REFUSE(reterr, t, "show the tracking code of this matter");
	}
	if (by->org < 0) return REFUSE(reterr, t, "it takes somebody who holds an office");
	if (!(role->levels >> tx->city->orgs.list[by->org].level & 1))
		return REFUSE(reterr, t, "your unit stands at another level");
	return MH_OK;
}

enum mh_code mh_matter__may(struct mh_tx *tx, struct mh_matter *m, const struct mh_transition *t,
			    const struct mh_party *by, struct mh_err *reterr)
{
	MH_TRY(role_fits(tx, m, t, by, reterr));
	if (by->org < 0) return MH_OK;
	if (t->who.org == MH_ORG_OWNER && by->org != m->owner)
		return REFUSE(reterr, t, "your unit does not have this matter");
	if (t->who.org == MH_ORG_FIELD) {
		json_t *v = mh_matter__value(tx, m, t->who.org_field);
		if (!json_is_string(v) || mh_org_by_code(&tx->city->orgs, mh_str_c(json_string_value(v))) != by->org)
			return REFUSE(reterr, t, "your unit was not named for it");
	}
	if (t->who.named) {
		json_t *v = mh_matter__value(tx, m, t->who.officer_field);
		if (!json_is_string(v) || !by->officer.len || !mh_str_is(by->officer, json_string_value(v)))
			return REFUSE(reterr, t, "it belongs to the officer who is named for this matter");
	}
	if (t->who.level_up && !is_above(tx->city, m, by->org, t->who.level_up))
		return REFUSE(reterr, t, "it takes the unit one level above the one that has it");
	if (!in_reach(tx->city, m, by->org)) return REFUSE(reterr, t, "the matter lies outside your territory");
	return MH_OK;
}

int mh_assign_duty(const struct mh_city *c, struct mh_str class_code, int place)
{
	const struct mh_orgs *o = &c->orgs;
	const struct mh_duty *d = class_code.len ? mh_city_duty(c, class_code) : NULL;
	int at = place < 0 ? o->root : place;
	int territory = mh_org_at_level(o, at, d ? d->level : 2);
	if (!d || mh_str_is(d->lead, "territory")) return territory;
	int unit = mh_org_for_duty(o, territory, d->lead);
	return unit >= 0 ? unit : territory;
}
