#include "cli/cli.h"

#include "cli/cli_priv.h"

#include <assert.h>
#include <string.h>

/* In the order of the help text; one line each. */
#define COMMANDS(X)                                                                                                    \
	X(init)                                                                                                        \
	X(serve)                                                                                                       \
	X(import)                                                                                                      \
	X(why)                                                                                                         \
	X(receipt)                                                                                                     \
	X(verify)                                                                                                      \
	X(process_check)                                                                                               \
	X(process_explain)                                                                                             \
	X(process_diff)                                                                                                \
	X(process_draw)                                                                                                \
	X(process_install)                                                                                             \
	X(process_migrate)                                                                                             \
	X(calendar_add)                                                                                                \
	X(ledger_info)                                                                                                 \
	X(ledger_export)                                                                                               \
	X(ledger_rebuild)                                                                                              \
	X(ledger_succeed)                                                                                              \
	X(doctor)                                                                                                      \
	X(backup)                                                                                                      \
	X(restore)                                                                                                     \
	X(retention)                                                                                                   \
	X(export)                                                                                                      \
	X(import_archive)                                                                                              \
	X(user_add)                                                                                                    \
	X(user_list)                                                                                                   \
	X(user_role)                                                                                                   \
	X(user_password)                                                                                               \
	X(user_lock)                                                                                                   \
	X(user_totp)                                                                                                   \
	X(user_import)                                                                                                 \
	X(open311_key)                                                                                                 \
	X(openapi)                                                                                                     \
	X(sample)                                                                                                      \
	X(version)

#define DECLARE(name) extern const struct mh_command mh_cmd_##name;
#define LIST(name) &mh_cmd_##name,
COMMANDS(DECLARE)
static const struct mh_command *const commands[] = {COMMANDS(LIST)};

const struct mh_command *const *mh_commands_all(size_t *ret_n)
{
	*ret_n = sizeof commands / sizeof *commands;
	return commands;
}

/* --- what commands use --- */

const char *mh_cli_opt(const struct mh_cli *cli, const char *name)
{
	for (const struct mh_option *o = cli->command->options; o && o->name; o++)
		if (strcmp(o->name, name) == 0) return cli->values[o - cli->command->options];
	assert(!"a command asks for an option that it does not declare");
	return NULL;
}

bool mh_cli_flag(const struct mh_cli *cli, const char *name)
{
	return mh_cli_opt(cli, name) != NULL;
}

enum mh_code mh_cli_wrong_usage(struct mh_cli *cli, enum mh_code code)
{
	cli->usage = true;
	return code;
}

enum mh_code mh_cli_opt_int(struct mh_cli *cli, const char *name, int64_t min, int64_t max, int64_t *ret,
			    struct mh_err *reterr)
{
	const char *text = mh_cli_opt(cli, name);
	int64_t v;
	if (!text) return MH_OK;
	if (!mh_str_to_i64(mh_str_c(text), &v) || v < min || v > max)
		return mh_cli_wrong_usage(cli, MH_FAIL(reterr, MH_E_INVALID,
						       "The option --%s must be a whole number between %lld and %lld",
						       name, (long long)min, (long long)max));
	*ret = v;
	return MH_OK;
}

enum mh_code mh_cli_store(struct mh_cli *cli, struct mh_str *ret, struct mh_err *reterr)
{
	if (!cli->store || !*cli->store) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "No store is named");
		mh_err_hint(reterr, "Give --store sqlite:PATH, or set MINHU_STORE.");
		return mh_cli_wrong_usage(cli, code);
	}
	*ret = mh_str_c(cli->store);
	return MH_OK;
}

void mh_cli_say(struct mh_cli *cli, const char *fmt, ...)
{
	if (cli->json) return;
	va_list ap;
	va_start(ap, fmt);
	vfprintf(cli->out, fmt, ap);
	va_end(ap);
	fputc('\n', cli->out);
}

enum mh_code mh_cli_result(struct mh_cli *cli, json_t *j, struct mh_err *reterr)
{
	struct mh_str text = cli->json && j ? mh_json_text(&cli->arena, j) : (struct mh_str){NULL, 0};
	bool lost = !j || (cli->json && !text.ptr);
	json_decref(j);
	if (lost) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (cli->json) fprintf(cli->out, MH_STR_FMT "\n", MH_STR_ARG(text));
	return MH_OK;
}

/* --- the frame --- */

static bool wants_chinese(const struct mh_cli_world *w, const char *lang)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	if (lang) return strcmp(lang, "zh") == 0;
	for (size_t i = 0; w->env && i < sizeof names / sizeof *names; i++) {
		const char *v = w->env(names[i]);
		if (v && *v) return strncmp(v, "zh", 2) == 0;
	}
	return false;
}

static void print_error_json(FILE *err, const struct mh_err *e, int exit_code)
{
	struct mh_buf b = MH_BUF(16 << 10);
	const struct mh_err_info *info = mh_err_info(e->code);
	mh_buf_fmt(&b, "{\"code\":\"%s\",\"exit\":%d,\"title\":", info->name, exit_code);
	mh_buf_json(&b, mh_str_c(info->en));
	mh_buf_c(&b, ",\"title_zh\":");
	mh_buf_json(&b, mh_str_c(info->zh));
	mh_buf_c(&b, ",\"message\":");
	mh_buf_json(&b, mh_str_c(e->message));
	mh_buf_c(&b, ",\"detail\":");
	mh_buf_json(&b, mh_str_c(e->detail));
	mh_buf_c(&b, ",\"hint\":");
	mh_buf_json(&b, mh_str_c(e->hint));
	mh_buf_c(&b, "}\n");
	fputs(b.failed ? "{\"code\":\"NO_MEMORY\"}\n" : b.ptr, err);
	mh_buf_done(&b);
}

/* What the internal detail would tell is for whoever runs the command, so it is printed here, unlike on the web. */
static void print_error(FILE *err, bool zh, const struct mh_err *e)
{
	if (zh) fprintf(err, "minhu：%s：%s\n", mh_err_info(e->code)->zh, e->message);
	else fprintf(err, "minhu: %s\n", e->message);
	if (e->detail[0]) fprintf(err, "  %s\n", e->detail);
	if (e->internal[0]) fprintf(err, "  (%s)\n", e->internal);
	if (e->hint[0]) fprintf(err, "  %s\n", e->hint);
}

static int report(const struct mh_cli_world *w, bool json, bool zh, const struct mh_err *e, int exit_code)
{
	fflush(w->out);
	if (json) print_error_json(w->err, e, exit_code);
	else print_error(w->err, zh, e);
	return exit_code;
}

static int run_command(const struct mh_cli_world *w, struct mh_cli *cli)
{
	struct mh_err err = {0};
	enum mh_code code = cli->command->run(cli, &err);
	if (code == MH_OK && (fflush(w->out) != 0 || ferror(w->out)))
		code = MH_FAIL(&err, MH_E_IO, "Could not write the result");
	if (code == MH_OK) return MH_EXIT_OK;
	err.code = code;
	return report(w, cli->json, cli->zh, &err,
		      cli->usage             ? MH_EXIT_USAGE
		      : code == MH_E_CORRUPT ? MH_EXIT_FAULT
					     : MH_EXIT_FAILED);
}

static int show_help(const struct mh_cli_world *w, const struct mh_cli__line *l, bool zh)
{
	bool asked = l->help;
	FILE *out = asked ? w->out : w->err;
	if (l->command) mh_cli__help_command(l->command, out, zh);
	else if (l->group) mh_cli__help_group(w, out, zh, l->group);
	else mh_cli__help(w, out, zh);
	return asked ? MH_EXIT_OK : MH_EXIT_USAGE;
}

int mh_cli_main(const struct mh_cli_world *w, int argc, char *const *argv)
{
	struct mh_cli cli = {.arena = MH_ARENA(0), .out = w->out, .err = w->err, .clock = w->clock, .rng = w->rng};
	struct mh_cli__line line = {0};
	struct mh_err err = {0};
	int result;
	enum mh_code code = mh_cli__parse(w, &cli.arena, argc, argv, &line, &err);
	cli.zh = wants_chinese(w, line.lang);
	if (code != MH_OK) {
		result = report(w, line.json, cli.zh, &err, code == MH_E_INVALID ? MH_EXIT_USAGE : MH_EXIT_FAILED);
	} else {
		cli.command = line.version ? &mh_cmd_version : line.command;
		cli.args = line.args;
		cli.n_args = line.n_args;
		cli.json = line.json;
		cli.store = line.store;
		cli.state = line.state;
		cli.values = line.values;
		bool help = line.help || !cli.command;
		result = help ? show_help(w, &line, cli.zh) : run_command(w, &cli);
	}
	mh_arena_done(&cli.arena);
	return result;
}
