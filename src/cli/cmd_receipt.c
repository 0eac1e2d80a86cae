#include "cli/cmd_priv.h"

#include "sql_gen.h"

#include <time.h>

#define EVENTS_MAX 10000
#define WAIT_MS 3000
#define LOOK_MS 100

struct place {
	int64_t home, log, seq;
	struct mh_str entry;
};

/* The entry that is asked for, or the newest one of the matter. */
static enum mh_code find(struct mh_cli *cli, struct mh_tx *tx, struct place *ret, struct mh_err *reterr)
{
	int64_t id = 0, want = -1;
	size_t n;
	struct mh_q_event_of_matter_row *rows;
	MH_TRY(mh_cli_opt_int(cli, "seq", 0, INT64_MAX, &want, reterr));
	MH_TRY(mh_cli__matter(tx, cli->args[0], &id, reterr));
	struct mh_q_event_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = id, .limit = EVENTS_MAX};
	MH_TRY(mh_q_event_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr));
	for (size_t i = n; i-- > 0;) {
		if (want >= 0 && rows[i].seq != want) continue;
		*ret = (struct place){tx->city->home_id,
				      rows[i].log,
				      rows[i].seq,
				      {(const char *)rows[i].entry.ptr, rows[i].entry.len}};
		return MH_OK;
	}
	enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND, "Entry %lld is not one of this matter", (long long)want);
	if (n)
		mh_err_hint(reterr, "Its %zu entries begin with %lld; the newest is %lld.", n, (long long)rows[0].seq,
			    (long long)rows[n - 1].seq);
	return code;
}

/* A head is signed at most once a second, by the server that writes. */
static enum mh_code wait_for(struct mh_cli *cli, struct mh_db *db, const struct place *p, struct mh_str *ret,
			     struct mh_err *reterr)
{
	int64_t until = mh_ticks() + WAIT_MS;
	for (;;) {
		enum mh_code code = mh_ledger_receipt(db, p->home, p->log, p->seq, &cli->arena, ret, reterr);
		if (code != MH_E_UNAVAILABLE || mh_ticks() >= until) return code;
		nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
	}
}

static enum mh_code give(struct mh_cli *cli, const struct place *p, struct mh_str receipt, struct mh_str vkey,
			 struct mh_err *reterr)
{
	const char *entry_file = mh_cli_opt(cli, "entry");
	if (entry_file) MH_TRY(mh_cli__put(cli, entry_file, p->entry, reterr));
	if (!cli->json) MH_TRY(mh_cli__put(cli, mh_cli_opt(cli, "out"), receipt, reterr));
	if (!cli->json)
		fprintf(cli->err,
			mh_cli_t(cli,
				 "\nEntry %lld. Anybody can check it: minhu verify --receipt FILE --entry FILE --vkey "
				 "'%.*s'\n",
				 "\n第 %lld 条。任何人都可核验：minhu verify --receipt 文件 --entry 文件 --vkey "
				 "'%.*s'\n"),
			(long long)p->seq, MH_STR_ARG(vkey));
	return mh_cli_result(cli,
			     json_pack("{s:I,s:I,s:s%,s:s%,s:s%}", "log", (json_int_t)p->log, "seq", (json_int_t)p->seq,
				       "entry", p->entry.ptr, p->entry.len, "receipt", receipt.ptr, receipt.len, "vkey",
				       vkey.ptr, vkey.len),
			     reterr);
}

static enum mh_code look(struct mh_cli *cli, struct mh_db *db, struct place *p, struct mh_err *reterr)
{
	struct mh_city *city MH_CLEANUP(mh_city_freep) = NULL;
	MH_TRY(mh_cli__city(cli, db, &city, reterr));
	MH_DB_TX(dtx, db);
	MH_TRY(mh_db_begin_read(&dtx, reterr));
	MH_TX(tx, city, db, &cli->arena, mh_now(&cli->clock));
	return find(cli, &tx, p, reterr);
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct place p = {0};
	struct mh_str receipt = {NULL, 0};
	struct mh_ledger_info info;
	MH_TRY(mh_cli__read(cli, &db, reterr));
	MH_TRY(look(cli, db, &p, reterr));
	MH_TRY(wait_for(cli, db, &p, &receipt, reterr));
	MH_TRY(mh_ledger_info(db, p.home, p.log, &cli->arena, &info, reterr));
	return give(cli, &p, receipt, info.vkey, reterr);
}

static const struct mh_option options[] = {
	{.name = "seq",
	 .arg = "N",
	 .en = "this entry (otherwise the matter's newest)",
	 .zh = "第 N 条（默认为该事项最新一条）"},
	{.name = "entry", .arg = "FILE", .en = "also write the entry's bytes here", .zh = "同时把条目原文写入此文件"},
	{.name = "out",
	 .arg = "FILE",
	 .en = "write the receipt here (otherwise standard output)",
	 .zh = "把凭证写入此文件（默认标准输出）"},
	{0}};

const struct mh_command mh_cmd_receipt = {
	.name = "receipt",
	.args = "MATTER",
	.min_args = 1,
	.max_args = 1,
	.en = "Give the proof that an event of a matter stands in the public ledger",
	.zh = "给出一件事的某次记录已入公开账本的凭证",
	.more_en = "MATTER is a number, a reference, or a tracking code. The receipt (C2SP tlog-proof) and the entry's "
		   "bytes\n"
		   "are all that a stranger needs to check it with the ledger's public key; no access to the store is "
		   "needed.\n"
		   "An entry that is not yet under a signed head is waited for, up to 3 seconds.",
	.more_zh =
		"MATTER 可以是编号、引用号或查询码。凭证（C2SP tlog-proof）连同条目原文，即可由任何人用账本公钥核验，\n"
		"无须访问数据存储。尚未签署的条目最多等待 3 秒。",
	.options = options,
	.run = run};
