/* Who acts: a role in an organisation, and for some steps the officer. It comes from a session (access/session.h), or where that is
 * trusted from the header `Minhu-Actor: role@orgcode/OFFICER`, and then the server listens on loopback addresses only. */
#ifndef MH_ACCESS_ACTOR_H
#define MH_ACCESS_ACTOR_H
#include "access/perm.h"
#include "base/err.h"

struct mh_actor {
	struct mh_str role;    /* [a-z][a-z0-9_]{0,31}; empty: nobody is known */
	struct mh_str org;     /* organisation code, [A-Za-z0-9][A-Za-z0-9._-]{0,63} */
	struct mh_str officer; /* code of the officer, written as the organisation's; may be empty */
	struct mh_str name;    /* for the record; may be empty */
};

/* "role@org", "role@org/P03", or either with ";name=%E6%9D%8E" behind (percent-encoded UTF-8, up to 60 characters). Copies into the arena.
 * Errors: MH_E_INVALID, MH_E_NO_MEMORY. */
enum mh_code mh_actor_parse(struct mh_arena *a, struct mh_str text, struct mh_actor *ret, struct mh_err *reterr);
static inline bool mh_actor_known(const struct mh_actor *actor)
{
	return actor->role.len != 0;
}
/* MH_E_UNAUTHENTICATED when nobody is known, MH_E_FORBIDDEN when somebody is who may not. */
enum mh_code mh_actor_require(const struct mh_actor *actor, enum mh_perm perm, bool has_tracking_code,
			      struct mh_err *reterr);
#endif
