/* What comes into force in a city: definitions, migrations, calendars. Each is an entry of the ledger. */
#include "cli/cmd_priv.h"

#include "process/def.h"
#include "sql_gen.h"

#define FILE_MAX ((size_t)1 << 20)
#define TEXT_MAX ((size_t)4 << 20)

struct change {
	struct mh_str text, file, hours, source;
	struct mh_buf report;
	int64_t n;
};

static void print_report(struct mh_cli *cli, const struct mh_buf *b)
{
	if (!cli->json && b->len) fwrite(b->ptr, 1, b->len, cli->err);
}

static enum mh_code apply(struct mh_cli *cli, mh_service_job *job, struct change *c, struct mh_err *reterr)
{
	struct mh_service *s MH_CLEANUP(mh_cli__stop) = NULL;
	MH_TRY(mh_cli__serve(cli, &s, reterr));
	enum mh_code code = mh_service_run(s, job, c, reterr);
	print_report(cli, &c->report);
	return code;
}

/* --- process install --- */

static enum mh_code define_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct change *c = arg;
	mh_buf_clear(&c->report);
	return mh_city_define(tx, c->text, c->file, &c->report, reterr);
}

static enum mh_code load(struct mh_cli *cli, struct change *c, struct mh_def **ret, struct mh_err *reterr)
{
	struct mh_diags d = mh_diags_new(&cli->arena, c->file);
	*ret = mh_def_load(&cli->arena, c->text, &d);
	if (d.errors) mh_diags_print(&d, &c->report);
	print_report(cli, &c->report);
	mh_buf_clear(&c->report);
	MH_TRY(mh_diags_result(&d, reterr));
	MH_TRY_MEM(*ret, reterr);
	return MH_OK;
}

static enum mh_code try_first(struct mh_cli *cli, struct change *c, int *ret_passed, struct mh_err *reterr)
{
	struct mh_str pack = mh_cli__pack_of(cli, mh_cli_opt(cli, "pack"), cli->args[0]);
	struct mh_cli__trial t = {.report = MH_BUF(TEXT_MAX)};
	if (!pack.len) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Its stories cannot be played without a pack");
		mh_err_hint(reterr, "Name the pack that it belongs to: --pack DIR.");
		return mh_cli_wrong_usage(cli, code);
	}
	enum mh_code code = mh_cli__try_file(cli, pack, c->file, &t, reterr);
	if (code != MH_OK || t.count.failed) print_report(cli, &t.report);
	mh_buf_done(&t.report);
	MH_TRY(code);
	*ret_passed = t.count.passed;
	if (!t.count.failed) return MH_OK;
	return MH_FAIL(reterr, MH_E_INVALID, "Cannot install %s: %d of its stories do not come true", cli->args[0],
		       t.count.failed);
}

static enum mh_code install(struct mh_cli *cli, struct change *c, struct mh_err *reterr)
{
	struct mh_def *d;
	int passed = 0;
	c->file = mh_str_c(cli->args[0]);
	MH_TRY(mh_file_read(&cli->arena, cli->args[0], FILE_MAX, &c->text, reterr));
	MH_TRY(load(cli, c, &d, reterr));
	MH_TRY(try_first(cli, c, &passed, reterr));
	MH_TRY(apply(cli, define_job, c, reterr));
	struct mh_str hex = mh_hash_hex(&cli->arena, &d->hash);
	MH_TRY_MEM(hex.ptr, reterr);
	mh_cli_say(cli,
		   mh_cli_t(cli, "%.*s@%lld (%.12s) is installed; %d stories came true",
			    "%.*s@%lld（%.12s）已安装；%d 个故事应验"),
		   MH_STR_ARG(d->kind), (long long)d->version, hex.ptr, passed);
	return mh_cli_result(cli,
			     json_pack("{s:s%,s:I,s:s%,s:i}", "kind", d->kind.ptr, d->kind.len, "version",
				       (json_int_t)d->version, "hash", hex.ptr, hex.len, "stories", passed),
			     reterr);
}

static enum mh_code install_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct change c = {.report = MH_BUF(TEXT_MAX)};
	enum mh_code code = install(cli, &c, reterr);
	mh_buf_done(&c.report);
	return code;
}

static const struct mh_option install_options[] = {
	{.name = "pack",
	 .arg = "DIR",
	 .env = "MINHU_PACK",
	 .en = "the pack to try it in (otherwise the one that the file stands in)",
	 .zh = "用哪个配置包演练（默认为文件所在的配置包）"},
	{0}};

const struct mh_command mh_cmd_process_install = {
	.name = "process install",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.en = "Bring a new version of a definition into force",
	.zh = "启用办事定义的新版本",
	.more_en = "Its stories are played first. A version in force is never edited: a changed file needs the next "
		   "number. Live matters\n"
		   "stay with the version under which they began, unless they are moved: process migrate.",
	.more_zh = "先演练其故事。已启用的版本不得修改，改动须用下一个版本号。在办事项仍按原版本办理，除非迁移：process"
		   " migrate。",
	.options = install_options,
	.run = install_run};

/* --- process migrate --- */

static enum mh_code migrate_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct change *c = arg;
	mh_buf_clear(&c->report);
	return mh_city_migrate(tx, c->text, c->file, &c->n, &c->report, reterr);
}

static enum mh_code migrate_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct change c = {.report = MH_BUF(TEXT_MAX), .file = mh_str_c(cli->args[0])};
	MH_TRY(mh_file_read(&cli->arena, cli->args[0], FILE_MAX, &c.text, reterr));
	enum mh_code code = apply(cli, migrate_job, &c, reterr);
	mh_buf_done(&c.report);
	MH_TRY(code);
	mh_cli_say(cli, mh_cli_t(cli, "%lld live matters were moved", "已迁移 %lld 件在办事项"), (long long)c.n);
	return mh_cli_result(cli, json_pack("{s:I}", "moved", (json_int_t)c.n), reterr);
}

const struct mh_command mh_cmd_process_migrate = {
	.name = "process migrate",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.en = "Move live matters from one version of a definition to another",
	.zh = "把在办事项从定义的一版迁移到另一版",
	.more_en = "FILE (format: migration/1) maps states and clocks. Refused unless every state that holds a live "
		   "matter is mapped;\n"
		   "each move is an event of its matter.",
	.more_zh = "FILE（format: "
		   "migration/1）写明状态和计时的对应。凡有在办事项的状态都须对应，否则拒绝；每次迁移都记入该事项。",
	.run = migrate_run};

/* --- calendar add --- */

static enum mh_code calendar_job(struct mh_tx *tx, void *arg, struct mh_err *reterr)
{
	struct change *c = arg;
	MH_TRY(mh_city_calendar(tx, c->text, c->hours, c->source, reterr));
	c->n = mh_cal_rules(mh_city_cal(tx->city, 0))->revision;
	return MH_OK;
}

/* Business hours stay as they are unless said otherwise. */
static enum mh_code present_hours(struct mh_cli *cli, struct mh_str *ret, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_q_calendar_rev_all_row *rows;
	struct mh_str home;
	size_t n;
	MH_TRY(mh_cli__read(cli, &db, reterr));
	MH_TRY(mh_cli__setting(cli, db, "home", &home, reterr));
	MH_TRY(mh_q_calendar_rev_all(db, &cli->arena, &rows, &n, reterr));
	for (size_t i = 0; i < n; i++)
		if (mh_str_eq(rows[i].region, home)) *ret = rows[i].hours;
	return MH_OK;
}

static enum mh_code calendar_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct change c = {.source = mh_str_c(mh_cli_opt(cli, "source")), .hours = mh_str_c(mh_cli_opt(cli, "hours"))};
	MH_TRY(mh_cli__file(cli, cli->args[0], &c.text, reterr));
	if (!c.hours.len) MH_TRY(present_hours(cli, &c.hours, reterr));
	MH_TRY(apply(cli, calendar_job, &c, reterr));
	mh_cli_say(cli,
		   mh_cli_t(cli, "Revision %lld of the calendar is in force; running clocks were counted anew",
			    "日历第 %lld 版已启用；在走的时限已重新计算"),
		   (long long)c.n);
	return mh_cli_result(cli,
			     json_pack("{s:I,s:s%}", "revision", (json_int_t)c.n, "hours",
				       c.hours.ptr ? c.hours.ptr : "", c.hours.len),
			     reterr);
}

static const struct mh_option calendar_options[] = {{.name = "source",
						     .arg = "TEXT",
						     .required = true,
						     .en = "where it was announced: title and number of the notice",
						     .zh = "依据：公告的名称和文号"},
						    {.name = "hours",
						     .arg = "HH:MM-HH:MM,…",
						     .en = "business hours of a working day (otherwise as they are)",
						     .zh = "工作日的办公时间（默认不变）"},
						    {0}};

const struct mh_command mh_cmd_calendar_add = {
	.name = "calendar add",
	.args = "FILE.csv",
	.min_args = 1,
	.max_args = 1,
	.en = "Bring a new revision of the calendar into force",
	.zh = "启用新一版日历",
	.more_en = "Columns: date,working,zh,en (2026-10-01,0,国庆节,National Day). Revisions are never edited. "
		   "Running clocks are counted\n"
		   "anew from now on, and each change is kept, so that `why` can tell it.",
	.more_zh = "列：date,working,zh,en（2026-10-01,0,国庆节,National "
		   "Day）。各版日历不得修改。在走的时限自此重新计算，每处变化都有记录，\n"
		   "可用 why 查看。",
	.options = calendar_options,
	.run = calendar_run};
