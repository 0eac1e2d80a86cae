/* From who the web says acts to who acts for the engine. */
#ifndef MH_ACCESS_PARTY_H
#define MH_ACCESS_PARTY_H
#include "access/actor.h"
#include "matter/org.h"
#include "matter/party.h"
#include "process/def.h"

/* Staff: the role as it is, the unit by its code, the officer. Nobody known: the public, org -1. The party's texts are the
 * actor's. MH_E_FORBIDDEN when the city has no such unit. */
enum mh_code mh_party_of(const struct mh_actor *actor, const struct mh_orgs *orgs, struct mh_party *ret,
			 struct mh_err *reterr);
/* Somebody without an office. `holder`: the tracking code of matter_id was shown, so they are the one who raised it; else
 * anybody. Their role is the definition's of that sort: the one that `step` names, else the first; none fits: empty. */
struct mh_party mh_party_outside(const struct mh_def *d, struct mh_str step, bool holder, int64_t matter_id);
/* Can a person without an office raise this kind? Only where somebody is known by the tracking code afterwards. */
bool mh_party_outside_raises(const struct mh_def *d);
/* Does the actor's unit answer for a matter of this owner and place (-1: none)? Its territory holds one of the two; what has
 * neither belongs to the whole city. */
bool mh_party_reaches(const struct mh_orgs *orgs, const struct mh_party *by, int owner, int place);
/* May the actor see personal data of it in full? The unit that has it, a government above that unit, and in their territory the roles
 * with MH_PERM_PERSONAL: a department of the city does not see what other departments have. Whoever configures the system (MH_PERM_ADMIN) never may. */
bool mh_party_in_charge(const struct mh_orgs *orgs, const struct mh_party *by, int owner, int place);
#endif
