/* `minhu open311-key`: a key for a partner system. Only its hash is kept, in the state folder's open311.yaml. */
#include "base/hash.h"
#include "cli/cli.h"

extern const struct mh_command mh_cmd_open311_key;

#define KEY_LEN 24 /* bytes of randomness: a plain hash of so much cannot be turned back */

static bool good_name(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return s.len > 0 && s.len <= 64;
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	unsigned char random[KEY_LEN];
	struct mh_str name = mh_str_c(cli->args[0]);
	if (!good_name(name))
		return mh_cli_wrong_usage(
			cli, MH_FAIL(reterr, MH_E_INVALID, "The name of a key is made of letters, digits and -"));
	mh_random(&cli->rng, random, sizeof random);
	struct mh_str key = mh_str_hex(&cli->arena, (struct mh_bytes){random, sizeof random});
	MH_TRY_MEM(key.ptr, reterr);
	struct mh_hash h = mh_sha256_str(key);
	struct mh_str hash = mh_hash_hex(&cli->arena, &h);
	MH_TRY_MEM(hash.ptr, reterr);
	mh_cli_say(cli, "%s",
		   mh_cli_t(cli, "The key, for the partner; it is shown this once:",
			    "密钥（交给合作系统，仅显示这一次）："));
	mh_cli_say(cli, "  " MH_STR_FMT, MH_STR_ARG(key));
	mh_cli_say(cli, "%s",
		   mh_cli_t(cli, "Under keys in open311.yaml of the state folder, then start the server anew:",
			    "将下行加入状态目录 open311.yaml 的 keys 之下，然后重启服务："));
	mh_cli_say(cli, "  - {name: " MH_STR_FMT ", sha256: " MH_STR_FMT "}", MH_STR_ARG(name), MH_STR_ARG(hash));
	return mh_cli_result(cli,
			     json_pack("{s:o, s:o, s:o}", "name", mh_json_str(name), "key", mh_json_str(key), "sha256",
				       mh_json_str(hash)),
			     reterr);
}

const struct mh_command mh_cmd_open311_key = {
	.name = "open311-key",
	.args = "NAME",
	.min_args = 1,
	.max_args = 1,
	.en = "Make a key for a system that sends requests by Open311",
	.zh = "为通过 Open311 对接的系统生成密钥",
	.more_en = "The key itself is kept nowhere: open311.yaml holds its hash under the partner's name. Requests "
		   "remember the "
		   "name, so a partner keeps its own when its key is changed.",
	.more_zh = "密钥本身不保存，open311.yaml "
		   "中只有其散列值和合作系统名称。诉求记录的是名称，更换密钥后合作系统仍可查看自己提交的诉求。",
	.run = run};
