#include "cli/cmd_priv.h"

#include "ledger/export.h"
#include "ledger/log.h"

#include <string.h>

struct ledger {
	struct mh_db *db;
	int64_t home;
};

static void done(struct ledger *l)
{
	mh_db_close(l->db);
}

static enum mh_code open_ledger(struct mh_cli *cli, bool write, struct ledger *l, struct mh_err *reterr)
{
	MH_TRY(write ? mh_cli__write(cli, &l->db, reterr) : mh_cli__read(cli, &l->db, reterr));
	MH_TRY(mh_db_deadline(l->db, 0, reterr)); /* maintenance takes as long as it takes */
	return mh_cli__home(cli, l->db, &l->home, reterr);
}

/* On PostgreSQL no lock keeps a server out: the lease says whether one is there. Starting and stopping the service asks. */
static enum mh_code nobody_writes(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_service *s = NULL;
	if (!cli->store || strncmp(cli->store, "postgres", 8) != 0) return MH_OK;
	enum mh_code code = mh_cli__serve(cli, &s, reterr);
	mh_service_stop(s);
	return code == MH_E_BUSY ? code : MH_OK;
}

/* --- info --- */

static enum mh_code tell_log(struct mh_cli *cli, const struct ledger *l, int64_t log, json_t *list,
			     struct mh_err *reterr)
{
	struct mh_ledger_info info;
	struct mh_checkpoint c = {0};
	struct mh_str note;
	MH_TRY(mh_ledger_info(l->db, l->home, log, &cli->arena, &info, reterr));
	enum mh_code code = mh_ledger_checkpoint(l->db, l->home, log, &cli->arena, &note, &c, reterr);
	if (code != MH_OK && code != MH_E_UNAVAILABLE) return code;
	struct mh_str root = code == MH_OK ? mh_hash_hex(&cli->arena, &c.root) : MH_STR("");
	mh_cli_say(cli, mh_cli_t(cli, "Log %lld: %.*s", "第 %lld 册：%.*s"), (long long)log, MH_STR_ARG(info.origin));
	mh_cli_say(cli,
		   mh_cli_t(cli, "  entries     %lld, %lld of them under the newest signed head",
			    "  条目  %lld 条，其中 %lld 条已签署"),
		   (long long)info.size, (long long)c.size);
	if (root.len) mh_cli_say(cli, mh_cli_t(cli, "  root        %.*s", "  根哈希  %.*s"), MH_STR_ARG(root));
	mh_cli_say(cli, mh_cli_t(cli, "  public key  %.*s", "  公钥  %.*s"), MH_STR_ARG(info.vkey));
	json_array_append_new(list, json_pack("{s:I,s:s%,s:s%,s:I,s:I,s:s%}", "log", (json_int_t)log, "origin",
					      info.origin.ptr, info.origin.len, "vkey", info.vkey.ptr, info.vkey.len,
					      "size", (json_int_t)info.size, "signed", (json_int_t)c.size, "root",
					      root.ptr, root.len));
	return MH_OK;
}

static enum mh_code info_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct ledger l MH_CLEANUP(done) = {0};
	struct mh_ledger_info last;
	MH_JSON_AUTO json_t *list = json_array();
	MH_TRY(open_ledger(cli, false, &l, reterr));
	MH_TRY(mh_ledger_info(l.db, l.home, 0, &cli->arena, &last, reterr));
	for (int64_t log = 1; log <= last.log; log++) MH_TRY(tell_log(cli, &l, log, list, reterr));
	return mh_cli_result(cli, json_incref(list), reterr);
}

const struct mh_command mh_cmd_ledger_info = {.name = "ledger info",
					      .en = "Say what the ledger holds, and its public key",
					      .zh = "显示账本条数和公钥",
					      .run = info_run};

/* --- export --- */

static void step(void *ctx, int64_t n, int64_t total)
{
	struct mh_progress *p = ctx;
	p->total = total;
	mh_progress_at(p, n);
}

static enum mh_code export_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct ledger l MH_CLEANUP(done) = {0};
	int64_t log = 0, size = 0;
	MH_TRY(mh_cli_opt_int(cli, "log", 1, INT64_MAX, &log, reterr));
	MH_TRY(open_ledger(cli, false, &l, reterr));
	struct mh_progress p = mh_progress_begin(cli, "Entries", "条目", 0);
	struct mh_ledger_progress watch = {step, &p};
	MH_TRY(mh_ledger_export(l.db, l.home, log, mh_str_c(cli->args[0]), &watch, &size, reterr));
	mh_progress_end(&p, size);
	mh_cli_say(cli,
		   mh_cli_t(cli,
			    "%lld entries are in %s. Any web server can publish this folder; anybody can check it:\n  "
			    "minhu verify %s",
			    "%lld 条已导出到 %s。任何网站服务器都可发布此目录，任何人都可核验：\n  minhu verify %s"),
		   (long long)size, cli->args[0], cli->args[0]);
	return mh_cli_result(cli, json_pack("{s:I,s:s}", "size", (json_int_t)size, "dir", cli->args[0]), reterr);
}

static const struct mh_option export_options[] = {
	{.name = "log", .arg = "N", .en = "this log (otherwise the last one)", .zh = "第 N 册（默认最后一册）"}, {0}};

const struct mh_command mh_cmd_ledger_export = {
	.name = "ledger export",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.en = "Write the ledger as plain files that any web server can publish",
	.zh = "把账本导出为任何网站都能发布的普通文件",
	.more_en = "Files as C2SP tlog-tiles has them: checkpoint, vkey, tile/… . A second export into the same folder "
		   "only adds what is\n"
		   "new. Works while a server runs.",
	.more_zh = "文件格式为 C2SP "
		   "tlog-tiles：checkpoint、vkey、tile/…。再次导出到同一目录只补新增部分。可在服务运行时进行。",
	.options = export_options,
	.run = export_run};

/* --- rebuild --- */

static enum mh_code rebuild_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct ledger l MH_CLEANUP(done) = {0};
	struct mh_ledger_info last;
	MH_TRY(nobody_writes(cli, reterr));
	MH_TRY(open_ledger(cli, true, &l, reterr));
	MH_TRY(mh_ledger_info(l.db, l.home, 0, &cli->arena, &last, reterr));
	MH_DB_TX(tx, l.db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	for (int64_t log = 1; log <= last.log; log++) MH_TRY(mh_ledger_rebuild_tiles(l.db, l.home, log, reterr));
	MH_TRY(mh_db_commit(&tx, reterr));
	mh_cli_say(cli,
		   mh_cli_t(cli,
			    "The hashes of %lld logs were made anew from their entries, and lead to the heads that "
			    "were signed",
			    "已由条目重算 %lld 册账本的哈希，与已签署的头一致"),
		   (long long)last.log);
	return mh_cli_result(cli, json_pack("{s:I}", "logs", (json_int_t)last.log), reterr);
}

const struct mh_command mh_cmd_ledger_rebuild = {
	.name = "ledger rebuild",
	.en = "Make the ledger's hashes anew from its entries",
	.zh = "由条目重算账本的哈希",
	.more_en = "For a store whose table of hashes was damaged. The entries are not touched. Nothing is changed "
		   "unless they lead to\n"
		   "the head that the store remembers. No server may be running.",
	.more_zh = "用于哈希表受损的存储。不改动条目；除非重算结果与存储所记的头一致，否则不做任何改动。须先停止服务。",
	.run = rebuild_run};

/* --- succeed --- */

static const char why_en[] = "A restored copy is behind what was signed and published, and a log that were to grow "
			     "from there would be a second\n"
			     "truth. Succession is the only honest way on: the last log is closed as it stands, and a "
			     "new one, with a new key,\n"
			     "begins with the last signed head of the old as its entry 0. What was lost stays lost, "
			     "and everybody can see where.\n"
			     "Publish the new key and say why.";
static const char why_zh[] =
	"恢复的旧备份落后于已签署公布的账本，若由此续写就会出现两套事实。唯一诚实的办法是接续：旧册就此封存，\n"
	"新册用新密钥开始，其第 0 条就是旧册最后签署的头。丢失的内容无法找回，但任何人都看得出缺口在哪里。\n"
	"请公布新公钥并说明原因。";

/* A ledger that opens is sound: to close it would make a gap where there is none. */
static enum mh_code refuse_sound(struct mh_cli *cli, const struct ledger *l, struct mh_str state, struct mh_err *reterr)
{
	struct mh_ledger *open = NULL;
	enum mh_code code = mh_ledger_open(l->db, l->home, state, &open, reterr);
	if (code == MH_E_CONFLICT) return MH_OK;
	MH_TRY(code);
	mh_ledger_close(open);
	code = MH_FAIL(reterr, MH_E_CONFLICT, "%s",
		       mh_cli_t(cli, "The ledger agrees with what was signed: there is nothing to succeed",
				"账本与已签署内容一致，无须接续"));
	mh_err_hint(reterr, "Just start the server.");
	return code;
}

static enum mh_code succeed_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct ledger l MH_CLEANUP(done) = {0};
	struct mh_ledger_info info;
	int64_t log = 0;
	struct mh_str uri;
	MH_TRY(mh_cli_store(cli, &uri, reterr));
	struct mh_str state = mh_cli__state_dir(cli, uri);
	MH_TRY_MEM(state.ptr, reterr);
	MH_TRY(nobody_writes(cli, reterr));
	MH_TRY(open_ledger(cli, true, &l, reterr));
	MH_TRY(refuse_sound(cli, &l, state, reterr));
	if (!mh_cli_flag(cli, "yes")) {
		enum mh_code code = MH_FAIL(
			reterr, MH_E_INVALID, "%s",
			mh_cli_t(cli, "This cannot be undone; say --yes", "此操作不可撤销，请加 --yes"));
		mh_err_hint(reterr, "minhu ledger succeed --help");
		return mh_cli_wrong_usage(cli, code);
	}
	MH_DB_TX(tx, l.db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	MH_TRY(mh_ledger_succeed(l.db, l.home, state, &cli->rng, &log, reterr));
	MH_TRY(mh_db_commit(&tx, reterr));
	MH_TRY(mh_ledger_info(l.db, l.home, log, &cli->arena, &info, reterr));
	mh_cli_say(cli,
		   mh_cli_t(cli, "Log %lld begins: %.*s\n  public key  %.*s\n\n%s",
			    "第 %lld 册开始：%.*s\n  公钥  %.*s\n\n%s"),
		   (long long)log, MH_STR_ARG(info.origin), MH_STR_ARG(info.vkey), mh_cli_t(cli, why_en, why_zh));
	return mh_cli_result(cli,
			     json_pack("{s:I,s:s%,s:s%}", "log", (json_int_t)log, "origin", info.origin.ptr,
				       info.origin.len, "vkey", info.vkey.ptr, info.vkey.len),
			     reterr);
}

static const struct mh_option succeed_options[] = {
	{.name = "yes", .en = "yes, close the last log for ever", .zh = "确认永久封存旧册"}, {0}};

const struct mh_command mh_cmd_ledger_succeed = {
	.name = "ledger succeed",
	.en = "After restoring an old copy: close the log and begin the next one",
	.zh = "恢复旧备份之后：封存旧册，开始新册",
	.more_en = why_en,
	.more_zh = why_zh,
	.options = succeed_options,
	.run = succeed_run};
