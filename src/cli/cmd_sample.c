#include "cli/cmd_priv.h"
#include "loop/sample.h"

#include <string.h>

#define REPORT_MAX ((size_t)1 << 20)
#define DAY_MS ((mh_time)86400000)

struct sampling {
	struct mh_progress progress;
	struct mh_sample_config config;
	struct mh_sample_count count;
	int64_t days, began; /* began: ticks */
	mh_time now;         /* of the fake clock */
};

static void progress(void *ctx, int64_t raised)
{
	struct sampling *s = ctx;
	mh_progress_at(&s->progress, raised);
}

static enum mh_code options_of(struct mh_cli *cli, struct sampling *s, struct mh_err *reterr)
{
	int64_t seed = 20260101;
	s->config = (struct mh_sample_config){
		.pack_dir = mh_str_c(mh_cli_opt(cli, "pack")), .matters = 1000, .progress = progress, .ctx = s};
	s->days = 365;
	MH_TRY(mh_cli_opt_int(cli, "matters", 1, 20000000, &s->config.matters, reterr));
	MH_TRY(mh_cli_opt_int(cli, "seed", 0, INT64_MAX, &seed, reterr));
	MH_TRY(mh_cli_opt_int(cli, "days", 1, 3650, &s->days, reterr));
	s->config.seed = (uint64_t)seed;
	s->config.until = mh_now(&cli->clock);
	return MH_OK;
}

/* What happened may not stand before what the ledger has already. */
static enum mh_code span(struct mh_cli *cli, struct sampling *s, struct mh_db *db, struct mh_city *city,
			 struct mh_err *reterr)
{
	mh_time begun = 0;
	MH_TRY(mh_sample_begin(db, city, &begun, reterr));
	s->config.from = s->config.until - s->days * DAY_MS;
	if (begun < s->config.from) return MH_OK;
	s->config.from = begun + 1000;
	if (s->config.until - begun > DAY_MS) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT,
				    "This city has no past to be played: its record goes up to today");
	mh_err_hint(reterr, "Make one that begins earlier: minhu init --as-of %s --store … --pack …",
		    mh_day_text(&cli->arena, mh_time_day(s->config.until, city->zone_min) - (mh_day)s->days).ptr);
	return code;
}

static void say(struct mh_cli *cli, const struct sampling *s)
{
	const struct mh_sample_count *c = &s->count;
	int64_t ms = mh_ticks() - s->began;
	mh_cli_say(cli,
		   mh_cli_t(cli, "%lld matters raised, %lld that followed from them; %lld steps, %lld turns of clocks",
			    "群众等提出事项 %lld 件，派生 %lld 件；办理步骤 %lld 个，时钟触发 %lld 次"),
		   (long long)c->raised, (long long)c->children, (long long)c->steps, (long long)c->clocks);
	mh_cli_say(cli, mh_cli_t(cli, "%lld are open now, %lld of them late", "目前在办 %lld 件，其中逾期 %lld 件"),
		   (long long)c->open, (long long)c->late);
	if (ms > 0)
		mh_cli_say(cli,
			   mh_cli_t(cli, "%lld.%lld s: %lld matters a minute", "用时 %lld.%lld 秒，每分钟 %lld 件"),
			   (long long)(ms / 1000), (long long)(ms % 1000 / 100), (long long)(c->raised * 60000 / ms));
}

static json_t *result(const struct sampling *s)
{
	const struct mh_sample_count *c = &s->count;
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "raised", (json_int_t)c->raised, "children",
			 (json_int_t)c->children, "steps", (json_int_t)c->steps, "clocks", (json_int_t)c->clocks,
			 "refused", (json_int_t)c->refused, "open", (json_int_t)c->open, "late", (json_int_t)c->late,
			 "ms", (json_int_t)(mh_ticks() - s->began));
}

static enum mh_code play(struct mh_cli *cli, struct sampling *s, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_rng_seed seed;
	struct mh_city *city MH_CLEANUP(mh_city_freep) = NULL;
	struct mh_buf report MH_CLEANUP(mh_buf_done) = MH_BUF(REPORT_MAX);
	struct mh_str uri;
	MH_TRY(mh_cli_store(cli, &uri, reterr));
	s->now = s->config.until;
	MH_TRY(mh_city_open(db, mh_cli__state_dir(cli, uri), true, mh_clock_fixed(&s->now),
			    mh_rng_seeded(&seed, ~s->config.seed), &city, reterr));
	MH_TRY(span(cli, s, db, city, reterr));
	s->progress = mh_progress_begin(cli, "playing the city's past", "演绎城市的过往", s->config.matters);
	s->began = mh_ticks();
	enum mh_code code = mh_sample_play(db, city, &s->config, &s->count, &report, reterr);
	mh_progress_end(&s->progress, s->count.raised);
	if (report.len && !cli->json) fwrite(report.ptr, 1, report.len, cli->err);
	return code;
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_str home;
	struct sampling s = {0};
	MH_TRY(options_of(cli, &s, reterr));
	MH_TRY(mh_cli__write(cli, &db, reterr));
	MH_TRY(mh_cli__setting(cli, db, "home", &home, reterr));
	MH_TRY(play(cli, &s, db, reterr));
	say(cli, &s);
	return mh_cli_result(cli, result(&s), reterr);
}

static const struct mh_option options[] = {
	{.name = "pack",
	 .arg = "DIR",
	 .env = "MINHU_PACK",
	 .required = true,
	 .en = "the pack whose folder sample/ says what happens",
	 .zh = "配置包，其 sample/ 目录描述城市里发生的事"},
	{.name = "matters", .arg = "N", .en = "how many are raised (1000)", .zh = "提出多少件事项（默认 1000）"},
	{.name = "days", .arg = "N", .en = "over how many days up to now (365)", .zh = "截至目前的天数（默认 365）"},
	{.name = "seed", .arg = "N", .en = "the same seed gives the same history", .zh = "种子相同，历史相同"},
	{0}};

const struct mh_command mh_cmd_sample = {
	.name = "sample",
	.en = "Fill a new city with an invented past, for trying things out",
	.zh = "为新建的城市演绎一段虚构的过往，供试用",
	.more_en = "People, offices and clocks act on the real engine with a clock of their own, up to this moment; "
		   "what is "
		   "open then\n"
		   "goes on. The city must begin before the history: minhu init --as-of DAY. Everything is invented; "
		   "never use it on a\n"
		   "store that serves people.",
	.more_zh = "群众、单位和时钟在真实引擎上按自己的时间行事，直到此刻；未办结的此后照常进行。\n"
		   "城市须早于这段历史：minhu init --as-of 日期。内容全为虚构，切勿用于真实服务的数据存储。",
	.options = options,
	.run = run};
