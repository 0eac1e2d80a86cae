/* `minhu backup`: a consistent copy of a city while it is in service. */
#include "cli/keep_priv.h"

#include "ledger/export.h"
#include "sql_gen.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern const struct mh_command mh_cmd_backup;

#define COMMIT_EVERY 20000

struct backup {
	struct mh_cli *cli;
	struct mh_db *db;
	struct mh_str uri, state, dir, home, origin;
	struct mh_str keys; /* path of the matters' keys */
	int64_t home_id, rows, n_keys, files, missing;
	int64_t entries; /* of all logs, as exported */
	json_t *logs;
	bool with_keys;
};

/* --- where to --- */

static enum mh_code fresh_folder(struct backup *b, struct mh_err *reterr)
{
	struct mh_arena *a = &b->cli->arena;
	struct mh_str manifest = mh_keep__join(a, b->dir, "backup.json"),
		      store = mh_keep__join(a, b->dir, "store.sqlite");
	MH_TRY_MEM(manifest.ptr, reterr);
	MH_TRY_MEM(store.ptr, reterr);
	MH_TRY(mh_keep__folder(a, b->dir, reterr));
	if (access(manifest.ptr, F_OK) != 0 && access(store.ptr, F_OK) != 0) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "There is a backup in this folder already: %s", b->dir.ptr);
	mh_err_hint(reterr, "Give each backup a folder of its own, for example backups/2026-11-21.");
	return code;
}

static enum mh_code open_new(struct backup *b, struct mh_str path, struct mh_db **ret, struct mh_err *reterr)
{
	struct mh_str uri = mh_str_fmt(&b->cli->arena, "sqlite:" MH_STR_FMT, MH_STR_ARG(path));
	MH_TRY_MEM(uri.ptr, reterr);
	MH_TRY(mh_db_open(uri, MH_DB_CREATE, ret, reterr));
	MH_TRY(mh_db_deadline(*ret, 0, reterr));
	return mh_db_schema(*ret, &mh_sql_catalog, reterr);
}

/* --- ledger and state, before the store: then the copied store is never behind them --- */

static enum mh_code export_logs(struct backup *b, struct mh_err *reterr)
{
	struct mh_arena *a = &b->cli->arena;
	struct mh_ledger_info last, info;
	MH_TRY(mh_ledger_info(b->db, b->home_id, 0, a, &last, reterr));
	for (int64_t log = 1; log <= last.log; log++) {
		struct mh_str dir = mh_str_fmt(a, MH_STR_FMT "/ledger/%lld", MH_STR_ARG(b->dir), (long long)log);
		int64_t size = 0;
		MH_TRY_MEM(dir.ptr, reterr);
		enum mh_code code = mh_ledger_info(b->db, b->home_id, log, a, &info, reterr);
		if (code == MH_E_NOT_FOUND) continue; /* a log that ended behind an older copy */
		MH_TRY(code);
		MH_TRY(mh_keep__folder(a, dir, reterr));
		code = mh_ledger_export(b->db, b->home_id, log, dir, NULL, &size, reterr);
		if (code != MH_OK && code != MH_E_UNAVAILABLE) return code;
		b->entries += size;
		json_array_append_new(b->logs, json_pack("{s:I,s:s%,s:s%,s:I}", "log", (json_int_t)log, "origin",
							 info.origin.ptr, info.origin.len, "vkey", info.vkey.ptr,
							 info.vkey.len, "size", (json_int_t)size));
	}
	return MH_OK;
}

/* Indexes can be made anew, and what a crash left behind is nobody's. */
static bool passing(struct mh_str name)
{
	static const char *const ends[] = {".tmp",    ".lock",   ".db",         ".db-wal",
					   ".db-shm", ".sqlite", ".sqlite-wal", ".sqlite-shm"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (mh_str_ends(name, ends[i])) return true;
	return false;
}

static enum mh_code keep_state_file(void *ctx, const char *name, struct mh_err *reterr)
{
	struct backup *b = ctx;
	struct mh_arena *a = &b->cli->arena;
	bool copied;
	if (passing(mh_str_c(name)) || (mh_str_ends(mh_str_c(name), ".key") && !b->with_keys)) return MH_OK;
	struct mh_str from = mh_keep__join(a, b->state, name), to = mh_str_fmt(a, "%s/state/%s", b->dir.ptr, name);
	MH_TRY_MEM(from.ptr, reterr);
	MH_TRY_MEM(to.ptr, reterr);
	return mh_keep__file(from.ptr, to.ptr, &copied, reterr);
}

/* --- the store --- */

static enum mh_code keep_evidence(struct backup *b, struct mh_str hash, struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(1 << 20);
	struct mh_str to_state = mh_keep__join(&a, b->dir, "state");
	struct mh_str from = mh_keep__evidence(&a, b->state, hash), to = mh_keep__evidence(&a, to_state, hash);
	bool copied = false;
	enum mh_code code = from.ptr && to.ptr ? MH_OK : MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (code == MH_OK) code = mh_keep__folder(&a, (struct mh_str){to.ptr, to.len - hash.len - 1}, reterr);
	if (code == MH_OK) code = mh_keep__file(from.ptr, to.ptr, &copied, reterr);
	mh_arena_done(&a);
	/* Erased while we copied, or lost: doctor tells which. */
	if (code == MH_E_NOT_FOUND) return b->missing++, MH_OK;
	if (code == MH_OK && copied) b->files++;
	return code;
}

static enum mh_code look(void *ctx, const struct mh_db_table *t, const struct mh_db_cell *row, bool *ret_take,
			 struct mh_err *reterr)
{
	struct backup *b = ctx;
	(void)ret_take;
	if (strcmp(t->name, "file") != 0) return MH_OK;
	struct mh_bytes h = mh_keep__cell(t, row, "name")->b;
	if (h.len != 2 * (size_t)MH_SHA256_LEN) return MH_OK;
	return keep_evidence(b, (struct mh_str){(const char *)h.ptr, h.len}, reterr);
}

/* The lease says who serves now: that is nobody's business after a restore. */
static bool apart(const struct mh_db_table *t)
{
	return strcmp(t->name, "matter_key") == 0 || strcmp(t->name, "lease") == 0;
}

static enum mh_code copy_store(struct backup *b, struct mh_db *to, struct mh_err *reterr)
{
	struct mh_progress p = mh_progress_begin(b->cli, "copying the store", "复制数据", 0);
	MH_DB_TX(tx, to);
	struct mh_keep__copy c = {.from = b->db,
				  .to = to,
				  .tx = &tx,
				  .commit_every = COMMIT_EVERY,
				  .row = look,
				  .ctx = b,
				  .progress = &p};
	MH_TRY(mh_db_begin_write(&tx, reterr));
	for (size_t i = 0; i < mh_sql_catalog.n_tables; i++)
		if (!apart(&mh_sql_catalog.tables[i])) MH_TRY(mh_keep__table(&c, &mh_sql_catalog.tables[i], reterr));
	MH_TRY(mh_db_commit(&tx, reterr));
	b->rows = c.rows;
	mh_progress_end(&p, c.rows);
	return MH_OK;
}

static enum mh_code copy_keys(struct backup *b, struct mh_db *to, struct mh_err *reterr)
{
	MH_DB_TX(tx, to);
	struct mh_keep__copy c = {.from = b->db, .to = to, .tx = &tx, .commit_every = COMMIT_EVERY};
	MH_TRY(mh_db_begin_write(&tx, reterr));
	MH_TRY(mh_keep__table(&c, mh_keep__table_named("setting"), reterr));
	int64_t settings = c.rows;
	MH_TRY(mh_keep__table(&c, mh_keep__table_named("matter_key"), reterr));
	MH_TRY(mh_db_commit(&tx, reterr));
	b->n_keys = c.rows - settings;
	return MH_OK;
}

/* Both copies come from one state of the store. */
static enum mh_code copy_all(struct backup *b, struct mh_str store, struct mh_str keys, struct mh_err *reterr)
{
	struct mh_db *to MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_db *apart_to MH_CLEANUP(mh_db_closep) = NULL;
	MH_DB_TX(tx, b->db);
	MH_TRY(open_new(b, store, &to, reterr));
	MH_TRY(open_new(b, keys, &apart_to, reterr));
	MH_TRY(mh_db_begin_read(&tx, reterr));
	MH_TRY(copy_store(b, to, reterr));
	return copy_keys(b, apart_to, reterr);
}

/* A file of keys is replaced only by one of the same city. */
static enum mh_code same_city(struct backup *b, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct mh_str origin, uri = mh_str_fmt(&b->cli->arena, "sqlite:" MH_STR_FMT, MH_STR_ARG(b->keys));
	MH_TRY_MEM(uri.ptr, reterr);
	if (access(b->keys.ptr, F_OK) != 0) return MH_OK;
	MH_TRY(mh_db_open(uri, MH_DB_READ, &db, reterr));
	if (mh_cli__setting(b->cli, db, "origin", &origin, NULL) == MH_OK && mh_str_eq(origin, b->origin)) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "The file of keys belongs to another city: %s", b->keys.ptr);
	mh_err_hint(reterr, "Name another one: --matter-keys FILE");
	return code;
}

static enum mh_code copy(struct backup *b, struct mh_str *ret_store, struct mh_err *reterr)
{
	struct mh_arena *a = &b->cli->arena;
	struct mh_str store = mh_keep__join(a, b->dir, "store.sqlite");
	struct mh_str fresh = mh_str_fmt(a, MH_STR_FMT ".new", MH_STR_ARG(b->keys));
	MH_TRY_MEM(store.ptr, reterr);
	MH_TRY_MEM(fresh.ptr, reterr);
	MH_TRY(same_city(b, reterr));
	mh_keep__forget(a, fresh, true);
	enum mh_code code = copy_all(b, store, fresh, reterr);
	mh_keep__forget(a, store, code != MH_OK);
	mh_keep__forget(a, fresh, code != MH_OK);
	MH_TRY(code);
	MH_TRY(mh_keep__sync(b->dir.ptr, reterr));
	if (rename(fresh.ptr, b->keys.ptr) != 0)
		return MH_FAIL(reterr, MH_E_IO, "Could not replace %s: %s", b->keys.ptr, strerror(errno));
	mh_keep__forget(a, b->keys, false);
	*ret_store = store;
	return MH_OK;
}

/* --- the end --- */

static enum mh_code manifest(struct backup *b, struct mh_str store, struct mh_err *reterr)
{
	struct mh_arena *a = &b->cli->arena;
	struct mh_str hash, at = mh_time_text(a, mh_now(&b->cli->clock), MH_ZONE_CHINA);
	struct mh_str path = mh_keep__join(a, b->dir, "backup.json"),
		      fresh = mh_keep__join(a, b->dir, "backup.json.tmp");
	MH_TRY_MEM(at.ptr, reterr);
	MH_TRY_MEM(path.ptr, reterr);
	MH_TRY_MEM(fresh.ptr, reterr);
	MH_TRY(mh_keep__hash(a, store.ptr, &hash, reterr));
	json_t *j MH_JSON_AUTO = json_pack(
		"{s:s,s:s,s:s,s:s%,s:s%,s:s%,s:I,s:I,s:I,s:b,s:s%,s:O}", "format", MH_KEEP_FORMAT, "version",
		MINHU_VERSION, "schema", mh_sql_catalog.schema_hash, "home", b->home.ptr, b->home.len, "origin",
		b->origin.ptr, b->origin.len, "at", at.ptr, at.len, "rows", (json_int_t)b->rows, "matter_keys",
		(json_int_t)b->n_keys, "files", (json_int_t)b->files, "keys", b->with_keys, "store_sha256", hash.ptr,
		hash.len, "logs", b->logs);
	struct mh_str text = j ? mh_json_text(a, j) : (struct mh_str){0};
	MH_TRY_MEM(text.ptr, reterr);
	MH_TRY(mh_cli__put(b->cli, fresh.ptr, text, reterr));
	MH_TRY(mh_keep__sync(b->dir.ptr, reterr));
	if (rename(fresh.ptr, path.ptr) != 0)
		return MH_FAIL(reterr, MH_E_IO, "Could not write %s: %s", path.ptr, strerror(errno));
	MH_TRY(mh_keep__sync(b->dir.ptr, reterr));
	struct mh_cli *cli = b->cli;
	mh_cli_say(cli,
		   mh_cli_t(cli, "Backed up to %s: %lld rows, %lld files, %lld entries of the ledger",
			    "已备份至 %s：%lld 行数据，%lld 个文件，账本 %lld 条"),
		   b->dir.ptr, (long long)b->rows, (long long)b->files, (long long)b->entries);
	mh_cli_say(cli,
		   mh_cli_t(cli, "  keys of %lld matters: %s (keep this one file apart, and only its newest copy)",
			    "  %lld 件事项的密钥：%s（请单独存放，且只保留最新一份）"),
		   (long long)b->n_keys, b->keys.ptr);
	if (b->missing)
		mh_cli_say(cli,
			   mh_cli_t(cli, "  %lld files are missing in the state folder: see minhu doctor",
				    "  状态目录缺少 %lld 个文件：请运行 minhu doctor"),
			   (long long)b->missing);
	if (!b->with_keys)
		mh_cli_say(cli, "%s",
			   mh_cli_t(cli,
				    "  without the city's own keys: keep a copy of the state folder's *.key elsewhere",
				    "  不含城市密钥：请另存一份状态目录中的 *.key"));
	return mh_cli_result(cli, json_incref(j), reterr);
}

static enum mh_code back_up(struct backup *b, struct mh_err *reterr)
{
	struct mh_arena *a = &b->cli->arena;
	struct mh_str store, state = mh_keep__join(a, b->dir, "state");
	MH_TRY_MEM(state.ptr, reterr);
	MH_TRY(mh_cli__home(b->cli, b->db, &b->home_id, reterr));
	MH_TRY(mh_cli__setting(b->cli, b->db, "home", &b->home, reterr));
	MH_TRY(mh_cli__setting(b->cli, b->db, "origin", &b->origin, reterr));
	MH_TRY(mh_db_prepare(b->db, &mh_sql_catalog, reterr));
	b->keys = mh_keep__keys_path(b->cli, b->dir, b->home);
	MH_TRY_MEM(b->keys.ptr, reterr);
	MH_TRY(fresh_folder(b, reterr));
	MH_TRY(mh_keep__folder(a, state, reterr));
	MH_TRY(mh_keep__each(b->state, keep_state_file, b, reterr));
	MH_TRY(export_logs(b, reterr));
	MH_TRY(copy(b, &store, reterr));
	return manifest(b, store, reterr);
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	struct backup b = {.cli = cli, .dir = mh_str_c(cli->args[0]), .with_keys = mh_cli_flag(cli, "with-keys")};
	while (b.dir.len > 1 && b.dir.ptr[b.dir.len - 1] == '/') b.dir.len--;
	b.dir = mh_str_dup(&cli->arena, b.dir);
	MH_TRY_MEM(b.dir.ptr, reterr);
	MH_TRY(mh_cli_store(cli, &b.uri, reterr));
	b.state = mh_cli__state_dir(cli, b.uri);
	MH_TRY_MEM(b.state.ptr, reterr);
	MH_TRY(mh_cli__read(cli, &db, reterr));
	MH_TRY(mh_db_deadline(db, 0, reterr));
	json_t *logs MH_JSON_AUTO = json_array();
	b.db = db;
	b.logs = logs;
	return back_up(&b, reterr);
}

static const struct mh_option options[] = {
	{.name = "with-keys",
	 .en = "put the city's own keys (*.key of the state folder) into the backup too",
	 .zh = "将城市密钥（状态目录中的 *.key）一并备份"},
	{.name = "matter-keys",
	 .arg = "FILE",
	 .en = "file of the matters' keys, replaced each time; matter-keys-HOME.sqlite beside DIR",
	 .zh = "事项密钥文件，每次替换；缺省为 DIR 旁的 matter-keys-城市代码.sqlite"},
	{0}};

const struct mh_command mh_cmd_backup = {
	.name = "backup",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.en = "Copy a city into a folder, while it is in service",
	.zh = "将城市备份到一个目录，不必停止服务",
	.more_en = "The copy is one state of the store, from SQLite and PostgreSQL in the same form, with the files "
		   "and the "
		   "ledger as\nplain files beside it. The keys of the matters go into one file beside all backups, "
		   "which each "
		   "backup replaces:\nso an erasure reaches the older backups too. minhu restore puts it back.",
	.more_zh = "备份是数据存储在同一时刻的完整副本，SQLite 与 PostgreSQL 形式相同，并附文件与账本。\n"
		   "事项密钥写入各备份共用的一个文件，每次备份予以替换，因此删除个人信息也及于旧备份。恢复用 minhu "
		   "restore。",
	.options = options,
	.run = run};
