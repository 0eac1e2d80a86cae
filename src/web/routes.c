/* The list of all groups of routes. To add one: write src/web/<group>.c that exports a mh_route_list, name it here twice. */
#include "web/route.h"

extern const struct mh_route_list mh_routes_health;

static const struct mh_route_list *const lists[] = {
	&mh_routes_health,
};

const struct mh_route_list *const *mh_routes_all(size_t *ret_n)
{
	*ret_n = sizeof lists / sizeof *lists;
	return lists;
}
