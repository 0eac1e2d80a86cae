#include "cli/cmd_priv.h"

#define WHY_MAX ((size_t)4 << 20)

static enum mh_code as_json(struct mh_cli *cli, json_t *view, const struct mh_buf *text, struct mh_err *reterr)
{
	json_t *lines = json_array(), *all = json_object();
	struct mh_str rest = mh_buf_str(text), line;
	while (mh_str_split(&rest, '\n', &line)) json_array_append_new(lines, mh_json_str(line));
	json_object_set_new(all, "why", lines);
	json_object_set(all, "matter", view);
	return mh_cli_result(cli, all, reterr);
}

static enum mh_code tell(struct mh_cli *cli, struct mh_tx *tx, struct mh_buf *text, struct mh_err *reterr)
{
	int64_t id = 0;
	MH_JSON_AUTO json_t *view = NULL;
	MH_TRY(mh_cli__matter(tx, cli->args[0], &id, reterr));
	MH_TRY(mh_matter_why(tx, id, cli->zh ? "zh" : "en", text, reterr));
	MH_TRY(mh_matter_view(tx, id, false, &view, reterr));
	mh_cli__print(cli, text);
	return as_json(cli, view, text, reterr);
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_city *city MH_CLEANUP(mh_city_freep) = NULL;
	struct mh_buf text MH_CLEANUP(mh_buf_done) = MH_BUF(WHY_MAX);
	MH_TRY(mh_cli__read(cli, &db, reterr));
	MH_TRY(mh_cli__city(cli, db, &city, reterr));
	MH_DB_TX(dtx, db);
	MH_TRY(mh_db_begin_read(&dtx, reterr));
	MH_TX(tx, city, db, &cli->arena, mh_now(&cli->clock));
	return tell(cli, &tx, &text, reterr);
}

const struct mh_command mh_cmd_why = {
	.name = "why",
	.args = "MATTER",
	.min_args = 1,
	.max_args = 1,
	.en = "Explain why each deadline of a matter is what it is",
	.zh = "逐项解释一件事的各个时限为何是这一天",
	.more_en =
		"MATTER is a number (2026-330100-000001), a reference, or a tracking code.\n"
		"Every step is shown: when a clock began, paused, ran on, was extended or counted anew, under which\n"
		"revision of the calendar, and which days did not count.",
	.more_zh = "MATTER 可以是编号（2026-330100-000001）、引用号或查询码。\n"
		   "逐步列出：计时何时开始、暂停、恢复、延长或重新计算，依据日历的哪一版，哪些日子不计入。",
	.run = run};
