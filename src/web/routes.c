/* The list of all groups of routes. To add one: write src/web/<group>.c that exports a mh_route_list, name it here twice. */
#include "web/route.h"

extern const struct mh_route_list mh_routes_accounts, mh_routes_assets, mh_routes_changes, mh_routes_city,
	mh_routes_docs, mh_routes_files, mh_routes_gather, mh_routes_health, mh_routes_ledger, mh_routes_matters,
	mh_routes_open311, mh_routes_own, mh_routes_search, mh_routes_session, mh_routes_unmask, mh_routes_workshop,
	mh_routes_workshop_city, mh_routes_workshop_state;

static const struct mh_route_list *const lists[] = {
	&mh_routes_health,         &mh_routes_docs,    &mh_routes_matters,  &mh_routes_search,
	&mh_routes_changes,        &mh_routes_gather,  &mh_routes_files,    &mh_routes_city,
	&mh_routes_ledger,         &mh_routes_session, &mh_routes_own,      &mh_routes_accounts,
	&mh_routes_unmask,         &mh_routes_open311, &mh_routes_workshop, &mh_routes_workshop_city,
	&mh_routes_workshop_state, &mh_routes_assets,
};

const struct mh_route_list *const *mh_routes_all(size_t *ret_n)
{
	*ret_n = sizeof lists / sizeof *lists;
	return lists;
}
