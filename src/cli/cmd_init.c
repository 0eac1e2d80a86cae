#include "cli/cmd_priv.h"

#include "sql_gen.h"

#include <string.h>
#include <unistd.h>

#define IMPORT_MAX ((size_t)1 << 20)
#define REPORT_MAX ((size_t)4 << 20)

/* --- the pack's stories, before anything is made --- */

static enum mh_code try_pack(struct mh_cli *cli, struct mh_str pack, struct mh_cli__trial *t, struct mh_err *reterr)
{
	if (!cli->json)
		fputs(mh_cli_t(cli, "Trying the stories of the pack …\n", "正在演练配置包中的故事……\n"), cli->err);
	enum mh_code code = mh_cli__try_pack(cli, pack, t, reterr);
	if ((code != MH_OK || t->count.failed) && t->report.len) fwrite(t->report.ptr, 1, t->report.len, cli->err);
	MH_TRY(code);
	if (!t->count.failed) return MH_OK;
	code = MH_FAIL(reterr, MH_E_INVALID, "Cannot make a city of this pack: %d of its %d stories do not come true",
		       t->count.failed, t->count.failed + t->count.passed);
	mh_err_hint(reterr, "The lines marked FAIL say where and what. Nothing was made.");
	return code;
}

/* --- making --- */

/* The pack's mapping of import columns is kept in the store, so that `import` needs no pack. */
static enum mh_code keep_import_map(struct mh_cli *cli, struct mh_db *db, struct mh_str pack, struct mh_err *reterr)
{
	struct mh_str text, path = mh_str_fmt(&cli->arena, MH_STR_FMT "/import.yaml", MH_STR_ARG(pack));
	MH_TRY_MEM(path.ptr, reterr);
	if (access(path.ptr, F_OK) != 0) return MH_OK;
	MH_TRY(mh_file_read(&cli->arena, path.ptr, IMPORT_MAX, &text, reterr));
	MH_DB_TX(tx, db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	struct mh_q_setting_put_in in = {.name = MH_STR("import"), .value = text};
	MH_TRY(mh_q_setting_put(db, &in, reterr));
	return mh_db_commit(&tx, reterr);
}

/* A city may begin on an earlier day than today, so that a past can be put into it; 0: now. */
static enum mh_code beginning(struct mh_cli *cli, mh_time *ret, struct mh_err *reterr)
{
	const char *text = mh_cli_opt(cli, "as-of");
	mh_day day = 0;
	if (!text) return MH_OK;
	if (!mh_day_parse(mh_str_c(text), &day) || mh_day_start(day, MH_ZONE_CHINA) >= mh_now(&cli->clock))
		return mh_cli_wrong_usage(cli,
					  MH_FAIL(reterr, MH_E_INVALID,
						  "The option --as-of takes a day before today, such as 2026-01-01"));
	*ret = mh_day_start(day, MH_ZONE_CHINA);
	return MH_OK;
}

static enum mh_code make(struct mh_cli *cli, struct mh_str pack, struct mh_str uri, struct mh_str state,
			 struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_buf report MH_CLEANUP(mh_buf_done) = MH_BUF(REPORT_MAX);
	mh_time as_of = 0;
	MH_TRY(beginning(cli, &as_of, reterr));
	MH_TRY(mh_cli__busy(mh_db_open(uri, MH_DB_CREATE, &db, reterr), reterr));
	struct mh_clock clock = as_of ? mh_clock_fixed(&as_of) : cli->clock;
	enum mh_code code = mh_pack_create(db, pack, state, clock, cli->rng, &report, reterr);
	if (report.len && !cli->json) fwrite(report.ptr, 1, report.len, cli->err);
	MH_TRY(code);
	return keep_import_map(cli, db, pack, reterr);
}

/* --- what was made --- */

struct made {
	struct mh_cli *cli;
	struct mh_city *city;
	struct mh_ledger_info ledger;
	struct mh_str uri, zh, en;
	int64_t units[MH_LEVEL_MAX + 1], departments;
	int stories;
};

static void count_units(struct made *m)
{
	for (size_t i = 0; i < m->city->orgs.n; i++) {
		const struct mh_org *o = &m->city->orgs.list[i];
		if (o->department) m->departments++;
		else if (o->level >= 1 && o->level <= MH_LEVEL_MAX) m->units[o->level]++;
	}
}

static void say_definitions(const struct made *m)
{
	struct mh_cli *cli = m->cli;
	mh_cli_say(cli, mh_cli_t(cli, "  definitions  %zu", "  办事定义  %zu 个"), m->city->n_defs);
	for (size_t i = 0; i < m->city->n_defs; i++) {
		const struct mh_def *d = m->city->defs[i];
		struct mh_str hex = mh_hash_hex(&cli->arena, &d->hash), title = cli->zh ? d->title.zh : d->title.en;
		mh_cli_say(cli, "    %.*s@%lld  %.12s  %.*s", MH_STR_ARG(d->kind), (long long)d->version,
			   hex.ptr ? hex.ptr : "", MH_STR_ARG(title));
	}
}

static void say(const struct made *m)
{
	struct mh_cli *cli = m->cli;
	mh_cli_say(cli, mh_cli_t(cli, "%.*s is ready in %.*s", "%.*s已建成：%.*s"), MH_STR_ARG(cli->zh ? m->zh : m->en),
		   MH_STR_ARG(m->uri));
	mh_cli_say(cli,
		   mh_cli_t(cli,
			    "  units        %lld city, %lld counties, %lld townships, %lld villages; %lld departments",
			    "  单位  市 %lld，区县 %lld，镇街 %lld，村社 %lld；部门 %lld"),
		   (long long)m->units[4], (long long)m->units[3], (long long)m->units[2], (long long)m->units[1],
		   (long long)m->departments);
	mh_cli_say(cli, mh_cli_t(cli, "  categories   %zu, with %zu rows of duties", "  分类  %zu 个，职责 %zu 条"),
		   m->city->n_classes, m->city->n_duties);
	say_definitions(m);
	mh_cli_say(cli, mh_cli_t(cli, "  stories      %d, all came true", "  故事  %d 个，全部应验"), m->stories);
	mh_cli_say(cli, mh_cli_t(cli, "  ledger       %.*s", "  账本  %.*s"), MH_STR_ARG(m->ledger.origin));
	mh_cli_say(cli, mh_cli_t(cli, "  public key   %.*s", "  公钥  %.*s"), MH_STR_ARG(m->ledger.vkey));
	mh_cli_say(cli,
		   mh_cli_t(cli,
			    "  keys         %.*s: keep a copy of this folder in a safe place, apart from the store",
			    "  密钥  %.*s：请另存一份于安全之处，并与数据存储分开"),
		   MH_STR_ARG(m->city->state_dir));
}

static json_t *definitions_json(const struct made *m)
{
	json_t *list = json_array();
	for (size_t i = 0; i < m->city->n_defs; i++) {
		const struct mh_def *d = m->city->defs[i];
		struct mh_str hex = mh_hash_hex(&m->cli->arena, &d->hash);
		json_array_append_new(list, json_pack("{s:s%,s:I,s:s%}", "kind", d->kind.ptr, d->kind.len, "version",
						      (json_int_t)d->version, "hash", hex.ptr, hex.len));
	}
	return list;
}

static json_t *made_json(const struct made *m)
{
	return json_pack("{s:s%,s:s%,s:s%,s:s%,s:s%,s:{s:I,s:I,s:I,s:I,s:I},s:I,s:I,s:I,s:o}", "home",
			 m->city->home_code.ptr, m->city->home_code.len, "zh", m->zh.ptr, m->zh.len, "en", m->en.ptr,
			 m->en.len, "origin", m->ledger.origin.ptr, m->ledger.origin.len, "vkey", m->ledger.vkey.ptr,
			 m->ledger.vkey.len, "units", "city", (json_int_t)m->units[4], "county",
			 (json_int_t)m->units[3], "township", (json_int_t)m->units[2], "village",
			 (json_int_t)m->units[1], "department", (json_int_t)m->departments, "categories",
			 (json_int_t)m->city->n_classes, "duties", (json_int_t)m->city->n_duties, "stories",
			 (json_int_t)m->stories, "definitions", definitions_json(m));
}

static enum mh_code show(struct mh_cli *cli, struct mh_str uri, const struct mh_cli__trial *t, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_city *city MH_CLEANUP(mh_city_freep) = NULL;
	struct made m = {.cli = cli, .uri = uri, .stories = t->count.passed};
	MH_TRY(mh_cli__read(cli, &db, reterr));
	MH_TRY(mh_cli__city(cli, db, &city, reterr));
	MH_TRY(mh_cli__setting(cli, db, "zh", &m.zh, reterr));
	MH_TRY(mh_cli__setting(cli, db, "en", &m.en, reterr));
	MH_TRY(mh_ledger_info(db, city->home_id, 0, &cli->arena, &m.ledger, reterr));
	m.city = city;
	count_units(&m);
	say(&m);
	return mh_cli_result(cli, made_json(&m), reterr);
}

/* A second city is refused before the stories are tried. */
static enum mh_code refuse_second(struct mh_cli *cli, struct mh_str uri, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_str home;
	enum mh_code code = mh_db_open(uri, MH_DB_READ, &db, reterr);
	if (code == MH_E_NOT_FOUND) return MH_OK;
	MH_TRY(code);
	if (mh_cli__setting(cli, db, "home", &home, NULL) != MH_OK) return MH_OK;
	code = MH_FAIL(reterr, MH_E_CONFLICT, "This store holds a city already: " MH_STR_FMT, MH_STR_ARG(home));
	mh_err_hint(reterr, "Name another store, or serve this one: minhu serve --store …");
	return code;
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_cli__trial t = {.report = MH_BUF(REPORT_MAX)};
	struct mh_str uri, pack = mh_str_c(mh_cli_opt(cli, "pack"));
	MH_TRY(mh_cli_store(cli, &uri, reterr));
	struct mh_str state = mh_cli__state_dir(cli, uri);
	MH_TRY_MEM(state.ptr, reterr);
	MH_TRY(refuse_second(cli, uri, reterr));
	enum mh_code code = try_pack(cli, pack, &t, reterr);
	mh_buf_done(&t.report);
	MH_TRY(code);
	MH_TRY(make(cli, pack, uri, state, reterr));
	return show(cli, uri, &t, reterr);
}

static const struct mh_option options[] = {
	{.name = "pack",
	 .arg = "DIR",
	 .env = "MINHU_PACK",
	 .required = true,
	 .en = "the pack: a city's configuration, such as packs/hangzhou",
	 .zh = "配置包：一座城市的配置，如 packs/hangzhou"},
	{.name = "as-of",
	 .arg = "DAY",
	 .en = "the city begins on this day instead of today: for a past to be put into it",
	 .zh = "城市自该日而非今日起始，以便补入过往"},
	{0}};

const struct mh_command mh_cmd_init = {
	.name = "init",
	.en = "Make a city from a pack in an empty store",
	.zh = "用配置包在空的数据存储中建立一座城市",
	.more_en = "First every story (NAME.scenarios.yaml) of the pack is played on the real engine in memory; when "
		   "one does not\n"
		   "come true, nothing is made. Then the store gets its tables, units, categories, duties, calendar "
		   "and definitions,\n"
		   "and the state folder (PATH.d for sqlite:PATH, unless --state says otherwise) gets the keys.",
	.more_zh = "先在内存中用真实引擎演练配置包的全部故事（NAME.scenarios.yaml），有一个不应验就不建立。\n"
		   "然后在存储中写入单位、分类、职责、日历和办事定义；密钥写入状态目录（sqlite:路径 默认为 "
		   "路径.d，可用 --state 指定）。",
	.options = options,
	.run = run};
