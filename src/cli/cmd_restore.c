/* `minhu restore`: puts a backup back, and never lets a log fork. */
#include "cli/keep_priv.h"

#include "ledger/checkpoint.h"
#include "sql_gen.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern const struct mh_command mh_cmd_restore;

#define MANIFEST_MAX ((size_t)1 << 20)
#define NOTE_MAX ((size_t)64 << 10)

/* What the ledger of the restored store can do. */
enum after {
	AFTER_GOES_ON,  /* nothing was signed behind the backup */
	AFTER_BEHIND,   /* more was signed than the store holds */
	AFTER_KEYLESS,  /* the signing key is not in the state folder, so nobody knows what was signed */
	AFTER_SUCCEEDED /* closed, and the next one begun */
};

struct restore {
	struct mh_cli *cli;
	struct mh_db *from, *keys, *to;
	struct mh_str uri, state, dir, home, origin;
	json_t *manifest;
	struct mh_keep__ids keyed, matters; /* with a key; in the backup */
	int64_t home_id, rows, dropped, files, missing, log;
	enum after after;
};

/* --- reading the backup --- */

static enum mh_code read_manifest(struct restore *r, struct mh_err *reterr)
{
	struct mh_arena *a = &r->cli->arena;
	struct mh_str text, path = mh_keep__join(a, r->dir, "backup.json");
	MH_TRY_MEM(path.ptr, reterr);
	if (access(path.ptr, F_OK) != 0) {
		enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no finished backup in %s", r->dir.ptr);
		mh_err_hint(reterr, "A backup that was broken off has no backup.json and cannot be restored.");
		return code;
	}
	MH_TRY(mh_file_read(a, path.ptr, MANIFEST_MAX, &text, reterr));
	MH_TRY(mh_json_parse(text, &r->manifest, reterr));
	r->home = mh_json_get_str(r->manifest, "home");
	r->origin = mh_json_get_str(r->manifest, "origin");
	if (!mh_str_is(mh_json_get_str(r->manifest, "format"), MH_KEEP_FORMAT) || !mh_str_to_i64(r->home, &r->home_id))
		return MH_FAIL(reterr, MH_E_INVALID,
			       "Cannot read this backup: backup.json is not of a form that is known");
	if (mh_str_is(mh_json_get_str(r->manifest, "schema"), mh_sql_catalog.schema_hash)) return MH_OK;
	struct mh_str by = mh_json_get_str(r->manifest, "version");
	enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "Cannot restore a backup made with another schema");
	mh_err_detail(reterr, "made by version " MH_STR_FMT ", this is " MINHU_VERSION, MH_STR_ARG(by));
	mh_err_hint(reterr, "Restore with the version that made it, then upgrade.");
	return code;
}

static enum mh_code open_part(struct restore *r, struct mh_str path, struct mh_db **ret, struct mh_err *reterr)
{
	struct mh_str uri = mh_str_fmt(&r->cli->arena, "sqlite:" MH_STR_FMT, MH_STR_ARG(path));
	MH_TRY_MEM(uri.ptr, reterr);
	MH_TRY(mh_db_open(uri, MH_DB_READ, ret, reterr));
	return mh_db_deadline(*ret, 0, reterr);
}

static enum mh_code open_keys(struct restore *r, struct mh_err *reterr)
{
	struct mh_str origin, path = mh_keep__keys_path(r->cli, r->dir, r->home);
	MH_TRY_MEM(path.ptr, reterr);
	if (access(path.ptr, F_OK) != 0) {
		enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND, "The file of the matters' keys is missing: %s",
					    path.ptr);
		mh_err_hint(
			reterr,
			"Name its newest copy with --matter-keys FILE. Without it nobody can read what people wrote.");
		return code;
	}
	MH_TRY(open_part(r, path, &r->keys, reterr));
	MH_TRY(mh_cli__setting(r->cli, r->keys, "origin", &origin, reterr));
	if (mh_str_eq(origin, r->origin)) return MH_OK;
	return MH_FAIL(reterr, MH_E_CONFLICT, "The file of keys belongs to another city: %s", path.ptr);
}

static enum mh_code open_backup(struct restore *r, struct mh_err *reterr)
{
	struct mh_str hash, path = mh_keep__join(&r->cli->arena, r->dir, "store.sqlite");
	MH_TRY_MEM(path.ptr, reterr);
	MH_TRY(mh_keep__hash(&r->cli->arena, path.ptr, &hash, reterr));
	if (!mh_str_eq(hash, mh_json_get_str(r->manifest, "store_sha256"))) {
		enum mh_code code = MH_FAIL(reterr, MH_E_CORRUPT,
					    "The backup is damaged: store.sqlite is not what was written");
		mh_err_hint(reterr, "Take an older backup. Nothing was changed.");
		return code;
	}
	MH_TRY(open_part(r, path, &r->from, reterr));
	return open_keys(r, reterr);
}

static enum mh_code open_target(struct restore *r, struct mh_err *reterr)
{
	struct mh_str home;
	MH_TRY(mh_cli__busy(mh_db_open(r->uri, MH_DB_CREATE, &r->to, reterr), reterr));
	MH_TRY(mh_db_deadline(r->to, 0, reterr));
	if (mh_cli__setting(r->cli, r->to, "home", &home, NULL) != MH_OK) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "There is a city in this store already: " MH_STR_FMT,
				    MH_STR_ARG(home));
	mh_err_hint(reterr,
		    "Restore into an empty store. Move the old one away rather than deleting it: it may be needed.");
	return code;
}

/* --- the store --- */

static enum mh_code take_key(void *ctx, const struct mh_db_table *t, const struct mh_db_cell *row, bool *ret_take,
			     struct mh_err *reterr)
{
	struct restore *r = ctx;
	(void)ret_take;
	return mh_keep__ids_add(&r->keyed, mh_keep__cell(t, row, "matter_id")->i, reterr);
}

static enum mh_code bring_file(struct restore *r, struct mh_str hash, struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(1 << 20);
	struct mh_str from_state = mh_keep__join(&a, r->dir, "state");
	struct mh_str from = mh_keep__evidence(&a, from_state, hash), to = mh_keep__evidence(&a, r->state, hash);
	bool copied = false;
	enum mh_code code = from.ptr && to.ptr ? MH_OK : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (code == MH_OK && access(to.ptr, F_OK) != 0) {
		code = mh_keep__folder(&a, (struct mh_str){to.ptr, to.len - hash.len - 1}, reterr);
		if (code == MH_OK) code = mh_keep__file(from.ptr, to.ptr, &copied, reterr);
	}
	mh_arena_done(&a);
	if (code == MH_E_NOT_FOUND) return r->missing++, MH_OK;
	if (copied) r->files++;
	return code;
}

/* What belongs to a matter without a key was erased since: it does not come back. */
static enum mh_code take_row(void *ctx, const struct mh_db_table *t, const struct mh_db_cell *row, bool *ret_take,
			     struct mh_err *reterr)
{
	struct restore *r = ctx;
	if (strcmp(t->name, "matter") == 0)
		return mh_keep__ids_add(&r->matters, mh_keep__cell(t, row, "id")->i, reterr);
	if (strcmp(t->name, "matter_key") == 0) {
		*ret_take = mh_keep__ids_have(&r->matters, mh_keep__cell(t, row, "matter_id")->i);
		return MH_OK;
	}
	bool file = strcmp(t->name, "file") == 0;
	if (!file && strcmp(t->name, "private") != 0) return MH_OK;
	bool erased = !mh_keep__ids_have(&r->keyed, mh_keep__cell(t, row, "matter_id")->i);
	if (!file) {
		*ret_take = !erased;
		if (erased) r->dropped++;
		return MH_OK;
	}
	struct mh_bytes h = mh_keep__cell(t, row, "name")->b;
	if (erased || h.len != 2 * (size_t)MH_SHA256_LEN) return MH_OK;
	return bring_file(r, (struct mh_str){(const char *)h.ptr, h.len}, reterr);
}

static enum mh_code bring_store(struct restore *r, struct mh_err *reterr)
{
	struct mh_progress p = mh_progress_begin(r->cli, "restoring", "恢复数据",
						 mh_json_get_int(r->manifest, "rows", 0));
	MH_DB_TX(tx, r->to);
	struct mh_keep__copy look = {.from = r->keys, .row = take_key, .ctx = r};
	struct mh_keep__copy c = {.to = r->to, .tx = &tx, .row = take_row, .ctx = r, .progress = &p};
	MH_TRY(mh_keep__table(&look, mh_keep__table_named("matter_key"), reterr));
	MH_TRY(mh_db_begin_write(&tx, reterr));
	MH_TRY(mh_db_schema(r->to, &mh_sql_catalog, reterr));
	for (size_t i = 0; i < mh_sql_catalog.n_tables; i++) {
		const struct mh_db_table *t = &mh_sql_catalog.tables[i];
		c.from = strcmp(t->name, "matter_key") == 0 ? r->keys : r->from;
		MH_TRY(mh_keep__table(&c, t, reterr));
	}
	/* The files are on the disk before the store that names them says it is one. */
	MH_TRY(mh_keep__sync(r->state.ptr, reterr));
	MH_TRY(mh_db_commit(&tx, reterr));
	r->rows = c.rows;
	mh_progress_end(&p, c.rows);
	return MH_OK;
}

/* --- the state folder --- */

/* What is in the folder stays: it is newer than the backup. A signing key does not come from a backup at all, because nobody
 * knows what was signed with it since; that log is closed and the next one gets a key of its own. */
static enum mh_code bring_state_file(void *ctx, const char *name, struct mh_err *reterr)
{
	struct restore *r = ctx;
	struct mh_arena *a = &r->cli->arena;
	struct mh_str n = mh_str_c(name);
	bool copied;
	if (mh_str_starts(n, "ledger") && mh_str_ends(n, ".key")) return MH_OK;
	struct mh_str from = mh_str_fmt(a, "%s/state/%s", r->dir.ptr, name), to = mh_keep__join(a, r->state, name);
	MH_TRY_MEM(from.ptr, reterr);
	MH_TRY_MEM(to.ptr, reterr);
	return mh_keep__file(from.ptr, to.ptr, &copied, reterr);
}

static enum mh_code bring_state(struct restore *r, struct mh_err *reterr)
{
	struct mh_str from = mh_keep__join(&r->cli->arena, r->dir, "state");
	MH_TRY_MEM(from.ptr, reterr);
	MH_TRY(mh_keep__folder(&r->cli->arena, r->state, reterr));
	return mh_keep__each(from, bring_state_file, r, reterr);
}

/* --- the ledger --- */

static struct mh_str head_path(struct restore *r, int64_t log)
{
	return log == 1 ? mh_keep__join(&r->cli->arena, r->state, "ledger.head")
			: mh_str_fmt(&r->cli->arena, MH_STR_FMT "/ledger.%lld.head", MH_STR_ARG(r->state),
				     (long long)log);
}

/* Which log of this city the checkpoint speaks of: ORIGIN or ORIGIN/N. */
static enum mh_code log_of(struct restore *r, const struct mh_checkpoint *c, int64_t *ret, struct mh_err *reterr)
{
	struct mh_str rest = c->origin;
	if (mh_str_eq(rest, r->origin)) return *ret = 1, MH_OK;
	if (rest.len > r->origin.len + 1 && memcmp(rest.ptr, r->origin.ptr, r->origin.len) == 0 &&
	    rest.ptr[r->origin.len] == '/' &&
	    mh_str_to_i64((struct mh_str){rest.ptr + r->origin.len + 1, rest.len - r->origin.len - 1}, ret) && *ret > 1)
		return MH_OK;
	return MH_FAIL(reterr, MH_E_INVALID, "This checkpoint is of another log: " MH_STR_FMT, MH_STR_ARG(rest));
}

/* The checkpoint last published, kept by a witness or a reader: worth more than what the backup remembers. */
static enum mh_code bring_head(struct restore *r, const char *path, struct mh_err *reterr)
{
	struct mh_arena *a = &r->cli->arena;
	struct mh_str note, have, to;
	struct mh_checkpoint c, had;
	struct mh_ledger_info info;
	struct mh_note_key key;
	int64_t log = 0;
	MH_TRY(mh_file_read(a, path, NOTE_MAX, &note, reterr));
	MH_TRY(mh_checkpoint_peek(note, &c, reterr));
	MH_TRY(log_of(r, &c, &log, reterr));
	if (mh_ledger_info(r->to, r->home_id, log, a, &info, NULL) == MH_OK) {
		MH_TRY(mh_note_vkey_parse(info.vkey, &key, reterr));
		MH_TRY(mh_checkpoint_open(note, &key, &c, reterr));
	}
	to = head_path(r, log);
	MH_TRY_MEM(to.ptr, reterr);
	if (mh_file_read(a, to.ptr, NOTE_MAX, &have, NULL) == MH_OK && mh_checkpoint_peek(have, &had, NULL) == MH_OK &&
	    had.size >= c.size)
		return MH_OK;
	unlink(to.ptr);
	bool copied;
	MH_TRY(mh_keep__file(path, to.ptr, &copied, reterr));
	return mh_keep__sync(r->state.ptr, reterr);
}

/* Opens the ledger as a server would and undoes it. */
static enum mh_code probe(struct restore *r, struct mh_err *reterr)
{
	struct mh_ledger *l = NULL;
	struct mh_err why = {0};
	struct mh_str key;
	MH_DB_TX(tx, r->to);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	enum mh_code code = mh_ledger_open(r->to, r->home_id, r->state, &l, &why);
	mh_ledger_close(l);
	mh_db_rollback(&tx);
	struct mh_ledger_info info;
	MH_TRY(mh_ledger_info(r->to, r->home_id, 0, &r->cli->arena, &info, reterr));
	r->log = info.log;
	key = info.log == 1 ? mh_keep__join(&r->cli->arena, r->state, "ledger.key")
			    : mh_str_fmt(&r->cli->arena, MH_STR_FMT "/ledger.%lld.key", MH_STR_ARG(r->state),
					 (long long)info.log);
	MH_TRY_MEM(key.ptr, reterr);
	if (code == MH_OK) return r->after = AFTER_GOES_ON, MH_OK;
	if (access(key.ptr, F_OK) != 0) return r->after = AFTER_KEYLESS, MH_OK;
	if (code == MH_E_CONFLICT) return r->after = AFTER_BEHIND, MH_OK;
	if (reterr) *reterr = why;
	return code;
}

/* The new log has a signed head before anybody serves it: whoever looks now sees how it begins. */
static enum mh_code sign(struct restore *r, struct mh_err *reterr)
{
	struct mh_ledger *l = NULL;
	MH_TRY(mh_ledger_open(r->to, r->home_id, r->state, &l, reterr));
	enum mh_code code = mh_ledger_publish(l, r->to, mh_now(&r->cli->clock), true, NULL, reterr);
	mh_ledger_close(l);
	return code;
}

static enum mh_code succeed(struct restore *r, struct mh_err *reterr)
{
	MH_DB_TX(tx, r->to);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	MH_TRY(mh_ledger_succeed(r->to, r->home_id, r->state, &r->cli->rng, &r->log, reterr));
	MH_TRY(mh_db_commit(&tx, reterr));
	r->after = AFTER_SUCCEEDED;
	return sign(r, reterr);
}

/* --- the end --- */

static void say_ledger(const struct restore *r)
{
	struct mh_cli *cli = r->cli;
	switch (r->after) {
	case AFTER_GOES_ON:
		mh_cli_say(cli, "%s",
			   mh_cli_t(cli, "  ledger: nothing was signed since, the log goes on",
				    "  账本：备份之后没有签发，账本可以延续"));
		return;
	case AFTER_SUCCEEDED:
		mh_cli_say(cli,
			   mh_cli_t(cli,
				    "  ledger: the old log is closed; log %lld begins with its last signed checkpoint",
				    "  账本：旧账本已封存；第 %lld 本账本以旧账本最后签发的检查点开头"),
			   (long long)r->log);
		return;
	default:
		mh_cli_say(
			cli, "%s",
			r->after == AFTER_BEHIND
				? mh_cli_t(cli, "  ledger: more was signed than this backup holds",
					   "  账本：签发过的内容多于本备份，不能续写")
				: mh_cli_t(
					  cli,
					  "  ledger: the signing key is not here, and a backup's key never signs again",
					  "  账本：状态目录没有签名密钥，备份中的密钥不再用于签发"));
		mh_cli_say(cli, "%s",
			   mh_cli_t(cli,
				    "  Before serving, close this log and open the next: minhu ledger succeed --yes "
				    "--store …\n"
				    "  If you have the checkpoint last published, restore again, into an empty store, "
				    "with --head FILE --succeed.",
				    "  开始服务之前，请封存旧账本并开立新账本：minhu ledger succeed --yes --store …\n"
				    "  如有最后公布的检查点，请改在空的数据存储中用 --head 文件 --succeed 重新恢复。"));
	}
}

static enum mh_code tell(struct restore *r, struct mh_err *reterr)
{
	static const char *const words[] = {"goes_on", "behind", "keyless", "succeeded"};
	struct mh_cli *cli = r->cli;
	struct mh_str master = mh_keep__join(&cli->arena, r->state, "master.key");
	MH_TRY_MEM(master.ptr, reterr);
	bool keyed = access(master.ptr, F_OK) == 0;
	mh_cli_say(cli,
		   mh_cli_t(cli, "Restored %lld rows and %lld files; what was erased since stayed erased (%lld texts)",
			    "已恢复 %lld 行数据、%lld 个文件；备份之后删除的个人信息不予恢复（%lld 段）"),
		   (long long)r->rows, (long long)r->files, (long long)r->dropped);
	if (r->missing)
		mh_cli_say(cli, mh_cli_t(cli, "  %lld files are missing in the backup", "  备份缺少 %lld 个文件"),
			   (long long)r->missing);
	if (!keyed)
		mh_cli_say(cli,
			   mh_cli_t(cli, "  master.key is missing: put your copy into " MH_STR_FMT " before serving",
				    "  缺少 master.key：开始服务之前请将其放回 " MH_STR_FMT),
			   MH_STR_ARG(r->state));
	say_ledger(r);
	return mh_cli_result(cli,
			     json_pack("{s:I,s:I,s:I,s:I,s:b,s:s,s:I}", "rows", (json_int_t)r->rows, "files",
				       (json_int_t)r->files, "erased", (json_int_t)r->dropped, "missing_files",
				       (json_int_t)r->missing, "master_key", keyed, "ledger", words[r->after], "log",
				       (json_int_t)r->log),
			     reterr);
}

static enum mh_code put_back(struct restore *r, struct mh_err *reterr)
{
	const char *head = mh_cli_opt(r->cli, "head");
	MH_TRY(read_manifest(r, reterr));
	MH_TRY(open_backup(r, reterr));
	MH_TRY(open_target(r, reterr));
	MH_TRY(bring_state(r, reterr));
	MH_TRY(bring_store(r, reterr));
	if (head) MH_TRY(bring_head(r, head, reterr));
	MH_TRY(probe(r, reterr));
	if (r->after != AFTER_GOES_ON && mh_cli_flag(r->cli, "succeed")) MH_TRY(succeed(r, reterr));
	return tell(r, reterr);
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct restore r = {.cli = cli, .dir = mh_str_c(cli->args[0])};
	MH_TRY(mh_cli_store(cli, &r.uri, reterr));
	r.state = mh_cli__state_dir(cli, r.uri);
	MH_TRY_MEM(r.state.ptr, reterr);
	enum mh_code code = put_back(&r, reterr);
	mh_db_close(r.to);
	mh_db_close(r.keys);
	mh_db_close(r.from);
	mh_keep__ids_done(&r.keyed);
	mh_keep__ids_done(&r.matters);
	json_decref(r.manifest);
	return code;
}

static const struct mh_option options[] = {
	{.name = "matter-keys",
	 .arg = "FILE",
	 .en = "newest file of the matters' keys; matter-keys-HOME.sqlite beside DIR",
	 .zh = "最新的事项密钥文件；缺省为 DIR 旁的 matter-keys-城市代码.sqlite"},
	{.name = "head",
	 .arg = "FILE",
	 .en = "the checkpoint that was published last, from a witness or a published log",
	 .zh = "最后公布的检查点（取自见证方或已公布的账本）"},
	{.name = "succeed",
	 .en = "when the log cannot go on, close it and open the next at once",
	 .zh = "账本不能延续时，立即封存旧账本并开立新账本"},
	{0}};

const struct mh_command mh_cmd_restore = {
	.name = "restore",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.en = "Put a backup back into an empty store",
	.zh = "将备份恢复到空的数据存储",
	.more_en = "The store may be of the other engine. What the state folder still holds is newer than the backup "
		   "and stays. "
		   "When\nmore was signed than the backup holds, the log cannot go on without forking: it is closed, "
		   "and the next "
		   "one begins\nwith its last signed checkpoint (--succeed, or minhu ledger succeed afterwards).",
	.more_zh = "可恢复到另一种数据库。状态目录中现有的文件比备份新，予以保留。\n"
		   "若签发过的内容多于备份，续写会使账本分叉：须封存旧账本，新账本以其最后签发的检查点开头\n"
		   "（--succeed，或之后运行 minhu ledger succeed）。",
	.options = options,
	.run = run};
