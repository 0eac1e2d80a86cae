/* Whether the process answers at all: for supervisors and proxies. What it says about the store belongs to its own route. */
#include "web/request.h"

extern const struct mh_route_list mh_routes_health;

static enum mh_code get_health(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	mh_res_bytes(res, 200, "application/json", MH_STR("{\"status\":\"ok\"}"));
	return MH_OK;
}

static const struct mh_route routes[] = {
	{.method = "GET",
	 .path = "/api/v1/health",
	 .perm = MH_PERM_PUBLIC,
	 .handler = get_health,
	 .en = "Whether the server answers",
	 .zh = "服务是否可用"},
};

const struct mh_route_list mh_routes_health = MH_ROUTES("health", routes);
