/* Who acts: a role, a unit, and for staff the officer. Built by `access` (or by tests); the engine only compares. */
#ifndef MH_MATTER_PARTY_H
#define MH_MATTER_PARTY_H
#include "base/str.h"

struct mh_party {
	struct mh_str role;    /* a role name of definitions; empty: nobody in particular (the public) */
	int org;               /* index into the city's units, or -1 */
	struct mh_str officer; /* code of the officer, or empty */
	int64_t matter_id;     /* the matter whose tracking code was shown, or 0 */
};
#endif
