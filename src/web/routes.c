/* The list of all groups of routes. To add one: write src/web/<group>.c that exports a mh_route_list, name it here. One a line,
 * so that two who add one do not meet. */
#include "web/route.h"

/* clang-format off */
#define GROUPS(X) \
	X(accounts) \
	X(assets) \
	X(calendar) \
	X(changes) \
	X(city) \
	X(define) \
	X(docs) \
	X(files) \
	X(flow) \
	X(gather) \
	X(health) \
	X(ledger) \
	X(list) \
	X(matters) \
	X(officers) \
	X(open311) \
	X(own) \
	X(page_answers) \
	X(page_follow) \
	X(page_receipt) \
	X(page_say) \
	X(search) \
	X(session) \
	X(unmask) \
	X(workshop) \
	X(workshop_city) \
	X(workshop_state)
/* clang-format on */

#define DECLARE(name) extern const struct mh_route_list mh_routes_##name;
GROUPS(DECLARE)
#define ADDRESS(name) &mh_routes_##name,
static const struct mh_route_list *const lists[] = {GROUPS(ADDRESS)};

const struct mh_route_list *const *mh_routes_all(size_t *ret_n)
{
	*ret_n = sizeof lists / sizeof *lists;
	return lists;
}
