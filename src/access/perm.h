/* Permissions: what a route requires. The route table names one for each route; the core checks it before the handler
 * runs. What an actor may do to a particular matter is the process definition's business, not this. */
#ifndef MH_ACCESS_PERM_H
#define MH_ACCESS_PERM_H
#include "base/str.h"

enum mh_perm {
	MH_PERM_UNSET = 0, /* a route with this is an error of the table */
	MH_PERM_PUBLIC,    /* everybody */
	MH_PERM_HOLDER,    /* whoever shows the tracking code of the matter, or staff; the handler compares the code */
	MH_PERM_STAFF,     /* any known actor */
	MH_PERM_DISPATCH,  /* gather, merge, send to a unit */
	MH_PERM_HANDLE,    /* work on what the own unit has */
	MH_PERM_LEAD,      /* see and decide for the own unit and those below it */
	MH_PERM_ASSESS,    /* define, try and publish figures */
	MH_PERM_AUDIT,     /* read records for inspection */
	MH_PERM_PERSONAL, /* see personal data of what lies in the own territory, each time for a reason that is recorded */
	MH_PERM_ADMIN, /* configuration, packs, accounts */
	MH_PERM_MAX
};
const char *mh_perm_name(enum mh_perm perm); /* "dispatch" */
/* The roles that the table knows, in its order; NULL behind the last. zh, en: how they are called. */
const char *mh_perm_role(size_t i, const char **ret_zh, const char **ret_en);
/* The place of a role in the table; behind all others when a pack invented it. */
size_t mh_perm_role_rank(struct mh_str role);
/* Whether a role has a permission. Roles that a pack invents have MH_PERM_STAFF and those below it. */
bool mh_perm_role_has(struct mh_str role, enum mh_perm perm);
#endif
