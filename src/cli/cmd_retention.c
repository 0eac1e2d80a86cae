/* `minhu retention`: how long each kind is kept, and what is due to be erased by that rule. Looks only: the server erases. */
#include "cli/cmd_priv.h"

extern const struct mh_command mh_cmd_retention;

#define TEXT_MAX ((size_t)1 << 20)

struct tally {
	const struct mh_city *city;
	int64_t *personal, *files; /* beside city->defs: by the definition that says so */
};

static enum mh_code count(void *ctx, struct mh_tx *tx, const struct mh_retained *what, struct mh_err *reterr)
{
	struct tally *t = ctx;
	(void)tx, (void)reterr;
	for (size_t i = 0; i < t->city->n_defs; i++)
		if (t->city->defs[i] == what->rule) (what->files_only ? t->files : t->personal)[i]++;
	return MH_OK;
}

static enum mh_code sweep(struct mh_cli *cli, struct mh_db *db, struct mh_city *city, struct tally *t,
			  struct mh_err *reterr)
{
	struct mh_retain r = {.most = INT32_MAX, .dry = true, .found = count, .ctx = t};
	bool ended = false;
	enum mh_code code = MH_OK;
	MH_DB_TX(dtx, db);
	MH_TRY(mh_db_begin_read(&dtx, reterr));
	while (code == MH_OK && !ended) {
		struct mh_arena a = MH_ARENA(0);
		{
			MH_TX(tx, city, db, &a, mh_now(&cli->clock));
			code = mh_matter_retain(&tx, &r, &ended, reterr);
		}
		mh_arena_done(&a);
	}
	return code;
}

static struct mh_str words(struct mh_cli *cli, struct mh_keep k)
{
	return k.n ? mh_keep_words(&cli->arena, k, cli->zh) : mh_str_c(mh_cli_t(cli, "for ever", "长期"));
}

static json_t *tell(struct mh_cli *cli, const struct tally *t, struct mh_buf *text)
{
	json_t *list = json_array();
	mh_day today = mh_time_day(mh_now(&cli->clock), t->city->zone_min);
	for (size_t i = 0; list && i < t->city->n_defs; i++) {
		const struct mh_def *d = t->city->defs[i];
		if (mh_city_def_for(t->city, d->kind, today) != d) continue;
		struct mh_str personal = words(cli, d->personal_kept);
		struct mh_str files = words(cli, d->evidence_kept.n ? d->evidence_kept : d->personal_kept);
		mh_buf_fmt(text,
			   mh_cli_t(cli, "%-20.*s personal data %.*s (%lld due), files %.*s (%lld due)\n",
				    "%-20.*s 个人信息 %.*s（到期 %lld 件），附件 %.*s（到期 %lld 件）\n"),
			   MH_STR_ARG(d->kind), MH_STR_ARG(personal), (long long)t->personal[i], MH_STR_ARG(files),
			   (long long)t->files[i]);
		json_array_append_new(list,
				      json_pack("{s:o, s:I, s:o, s:I, s:o, s:I}", "kind", mh_json_str(d->kind),
						"version", (json_int_t)d->version, "personal", mh_json_str(personal),
						"personal_due", (json_int_t)t->personal[i], "files", mh_json_str(files),
						"files_due", (json_int_t)t->files[i]));
	}
	return json_pack("{s:o}", "retention", list);
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_city *city MH_CLEANUP(mh_city_freep) = NULL;
	struct mh_buf text MH_CLEANUP(mh_buf_done) = MH_BUF(TEXT_MAX);
	MH_TRY(mh_cli__read(cli, &db, reterr));
	MH_TRY(mh_cli__city(cli, db, &city, reterr));
	struct tally t = {.city = city,
			  .personal = MH_NEW_ARRAY(&cli->arena, city->n_defs + 1, int64_t),
			  .files = MH_NEW_ARRAY(&cli->arena, city->n_defs + 1, int64_t)};
	if (!t.personal || !t.files) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	MH_TRY(sweep(cli, db, city, &t, reterr));
	json_t *j = tell(cli, &t, &text);
	if (!cli->json) fputs(text.ptr ? text.ptr : "", cli->out);
	return mh_cli_result(cli, j, reterr);
}

const struct mh_command mh_cmd_retention = {
	.name = "retention",
	.en = "Show how long each kind is kept and what is due to be erased",
	.zh = "查看各类事项的保存期限及到期待删除件数",
	.more_en = "Looks only; beside a running server. The server erases by itself, a few matters at a time, and the "
		   "ledger "
		   "says by which rule.",
	.more_zh = "只读，可与服务同时运行。到期内容由服务自动分批删除，账本记明依据。",
	.run = run};
