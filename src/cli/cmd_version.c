#include "cli/cli.h"

extern const struct mh_command mh_cmd_version;

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	mh_cli_say(cli, "minhu %s", MINHU_VERSION);
	mh_cli_say(cli, "jansson %s", jansson_version_str());
	return mh_cli_result(cli, json_pack("{s:s,s:s}", "minhu", MINHU_VERSION, "jansson", jansson_version_str()),
			     reterr);
}

const struct mh_command mh_cmd_version = {.name = "version",
					  .en = "Say which version this is, and of which libraries",
					  .zh = "显示本程序及所用库的版本",
					  .run = run};
