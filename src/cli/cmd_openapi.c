/* The description of the HTTP interface, without a server: the desk's types are made from it. */
#include "cli/cmd_priv.h"
#include "web/openapi.h"

extern const struct mh_command mh_cmd_openapi;

#define TEXT_MAX ((size_t)8 << 20)

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	size_t n;
	const struct mh_route_list *const *lists = mh_routes_all(&n);
	MH_JSON_AUTO json_t *j = mh_openapi(lists, n);
	struct mh_str text = j ? mh_json_text(&cli->arena, j) : (struct mh_str){NULL, 0};
	MH_TRY_MEM(text.ptr, reterr);
	fprintf(cli->out, MH_STR_FMT "\n", MH_STR_ARG(text));
	return MH_OK;
}

const struct mh_command mh_cmd_openapi = {.name = "openapi",
					  .en = "Print the description of the HTTP interface (OpenAPI 3.1)",
					  .zh = "输出接口描述（OpenAPI 3.1）",
					  .run = run};
