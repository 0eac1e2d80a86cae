#include "unit.h"

#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* --- commands to try the frame with --- */

static const struct mh_option options[] = {
	{.name = "listen", .arg = "ADDR", .env = "T_LISTEN", .required = true, .en = "where", .zh = "地址"},
	{.name = "count", .arg = "N", .en = "how many", .zh = "数量"},
	{.name = "dry-run", .en = "only try", .zh = "试运行"},
	{0}};

static enum mh_code export(struct mh_cli *cli, struct mh_err *reterr) {
	int64_t count = 7; MH_TRY(mh_cli_opt_int(cli, "count", 1, 9, &count, reterr));
	if (strcmp(cli->args[0], "broken") == 0) return MH_FAIL(reterr, MH_E_CORRUPT, "Leaf 3 does not agree");
	if (strcmp(cli->args[0], "failing") == 0) return MH_FAIL(reterr, MH_E_IO, "Could not write");
	struct mh_str store = {NULL, 0};
	if (strcmp(cli->args[0], "store") == 0) MH_TRY(mh_cli_store(cli, &store, reterr));
	mh_cli_say(cli, "%s %s %d %s%s", cli->args[0], mh_cli_opt(cli, "listen"), (int)count,
		   mh_cli_flag(cli, "dry-run") ? "dry " : "", cli->store ? cli->store : "-");
	return mh_cli_result(cli, json_pack("{s:I}", "count", (json_int_t)count), reterr);
}

static const struct mh_command grouped = {.name = "ledger export",
					  .args = "DIR",
					  .min_args = 1,
					  .max_args = 1,
					  .en = "Export",
					  .zh = "导出",
					  .more_en = "Long text.",
					  .options = options,
					  .run = export};
extern const struct mh_command mh_cmd_version;
static const struct mh_command *const commands[] = {&grouped, &mh_cmd_version};

static char *out, *err;
static const char *lang;

static const char *env(const char *name)
{
	return strcmp(name, "T_LISTEN") == 0      ? "from-env"
	       : strcmp(name, "LANG") == 0        ? lang
	       : strcmp(name, "MINHU_STORE") == 0 ? "sqlite:e"
						  : NULL;
}

static int call(const char *words)
{
	size_t n_out, n_err;
	free(out);
	free(err);
	struct mh_cli_world w = {.out = open_memstream(&out, &n_out),
				 .err = open_memstream(&err, &n_err),
				 .env = env,
				 .commands = commands,
				 .n_commands = 2};
	char copy[300], *argv[20] = {copy};
	int argc = 1;
	snprintf(copy, sizeof copy, "minhu %s", words);
	for (char *p = strchr(copy, ' '); p; p = strchr(p, ' ')) {
		*p++ = '\0';
		if (*p) argv[argc++] = p;
	}
	int result = mh_cli_main(&w, argc, argv);
	fclose(w.out);
	fclose(w.err);
	return result;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part)) fail_msg("no \"%s\" in \"%s\"", part, text);
}

static void runs(void **state)
{
	assert_int_equal(call("ledger export d --listen=a --count 3 --dry-run --store sqlite:x"), 0);
	assert_string_equal(out, "d a 3 dry sqlite:x\n");
	assert_string_equal(err, "");
	assert_int_equal(call("--json ledger export d"), 0);
	assert_string_equal(out, "{\"count\":7}\n");
	assert_int_equal(call("ledger export -- --odd"), 0);
	assert_string_equal(out, "--odd from-env 7 sqlite:e\n");
	assert_int_equal(call("--version"), 0);
	has(out, "minhu " MINHU_VERSION);
}

static void exit_codes(void **state)
{
	assert_int_equal(call("ledger export failing"), 1);
	assert_string_equal(err, "minhu: Could not write\n");
	assert_int_equal(call("ledger export broken"), 3);
	assert_int_equal(call("ledger export d --count 10"), 2);
	assert_int_equal(call("ledger export d e"), 2);
	assert_int_equal(call("ledger export"), 2);
	has(err, "Usage: minhu ledger export DIR");
	assert_int_equal(call("ledger export d --count"), 2);
	assert_int_equal(call("ledger export d --dry-run=1"), 2);
	assert_int_equal(call("ledger export d --count 1 --count 2"), 2);
	assert_int_equal(call("ledger export d --lang fr"), 2);
	assert_int_equal(call("ledger export d -x"), 2);
	assert_int_equal(call(""), 2);
}

static void errors_as_json(void **state)
{
	assert_int_equal(call("--json ledger export broken"), 3);
	assert_string_equal(out, "");
	has(err, "{\"code\":\"CORRUPT\",\"exit\":3,");
	has(err, "\"message\":\"Leaf 3 does not agree\"");
	assert_int_equal(call("--json leger"), 2);
	has(err, "\"code\":\"INVALID\",\"exit\":2");
}

static void suggestions(void **state)
{
	assert_int_equal(call("versoin"), 2);
	has(err, "Did you mean minhu version?");
	assert_int_equal(call("ledger exprot d"), 2);
	has(err, "Did you mean minhu ledger export?");
	assert_int_equal(call("ledger export d --lsiten x"), 2);
	has(err, "Did you mean --listen?");
	assert_int_equal(call("zzzzzzzz"), 2);
	has(err, "lists all commands");
}

static void help(void **state)
{
	assert_int_equal(call("--help"), 0);
	has(out, "ledger export");
	has(out, "--store URI");
	assert_int_equal(call("help ledger export --lang zh"), 0);
	has(out, "导出\n\n用法：minhu ledger export DIR [选项]");
	has(out, "地址（必填） [T_LISTEN]");
	assert_int_equal(call("ledger export --help"), 0);
	has(out, "Long text.");
	assert_int_equal(call("ledger"), 2);
	has(err, "minhu ledger COMMAND");
	lang = "zh_CN.UTF-8";
	assert_int_equal(call("help"), 0);
	has(out, "命令：");
	assert_int_equal(call("ledger export failing"), 1);
	has(err, "minhu：读写失败：Could not write");
	lang = NULL;
}

static void commands_are_complete(void **state)
{
	size_t n;
	const struct mh_command *const *all = mh_commands_all(&n);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		const struct mh_command *c = all[i];
		if (!c->name || !c->run || !c->en || !c->zh || (c->max_args >= 0 && c->max_args < c->min_args))
			fail_msg("command %zu is not complete", i);
		for (const struct mh_option *o = c->options; o && o->name; o++)
			if (!o->en || !o->zh || (o->required && !o->arg))
				fail_msg("%s --%s is not complete", c->name, o->name);
		for (size_t k = 0; k < i; k++) assert_string_not_equal(all[k]->name, c->name);
	}
}

static int done(void **state)
{
	free(out);
	free(err);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(runs),           cmocka_unit_test(exit_codes),
					   cmocka_unit_test(errors_as_json), cmocka_unit_test(suggestions),
					   cmocka_unit_test(help),           cmocka_unit_test(commands_are_complete)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cli", tests, NULL, done);
}
