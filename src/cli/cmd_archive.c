/* A whole city out of one store and into another. */
#include "cli/cmd_priv.h"

#include "loop/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct moving {
	struct mh_cli *cli;
	struct mh_progress progress;
	struct mh_archive a;
	FILE *file;
	struct mh_db *db;
};

static void done(struct moving *m)
{
	if (m->file) fclose(m->file);
	mh_db_close(m->db);
}

static void progress(void *ctx, int64_t rows)
{
	mh_progress_at(&((struct moving *)ctx)->progress, rows);
}

static json_t *logs_json(struct moving *m)
{
	json_t *list = json_array();
	for (size_t i = 0; i < m->a.n_logs; i++) {
		struct mh_str root = mh_hash_hex(&m->cli->arena, &m->a.logs[i].root);
		json_array_append_new(list, json_pack("{s:I,s:I,s:s%}", "log", (json_int_t)m->a.logs[i].log, "size",
						      (json_int_t)m->a.logs[i].size, "root", root.ptr ? root.ptr : "",
						      root.len));
		mh_cli_say(m->cli,
			   mh_cli_t(m->cli, "  log %lld     %lld entries, root %.*s",
				    "  第 %lld 册  %lld 条，根哈希 %.*s"),
			   (long long)m->a.logs[i].log, (long long)m->a.logs[i].size, MH_STR_ARG(root));
	}
	return list;
}

static enum mh_code result(struct moving *m, struct mh_err *reterr)
{
	return mh_cli_result(m->cli,
			     json_pack("{s:I,s:I,s:o}", "rows", (json_int_t)m->a.rows, "keys", (json_int_t)m->a.keys,
				       "ledger", logs_json(m)),
			     reterr);
}

/* --- export --- */

/* Under its name only when it is whole and on the disk. */
static enum mh_code finish(struct moving *m, const char *part, const char *path, struct mh_err *reterr)
{
	bool ok = fflush(m->file) == 0 && fsync(fileno(m->file)) == 0;
	ok = fclose(m->file) == 0 && ok;
	m->file = NULL;
	if (!ok || rename(part, path) != 0)
		return MH_FAIL(reterr, MH_E_IO, "Could not write %s: %s", path, strerror(errno));
	return MH_OK;
}

static enum mh_code export(struct moving *m, const char *part, struct mh_err *reterr) {
	struct mh_cli *cli = m->cli; struct mh_str uri; MH_TRY(mh_cli_store(cli, &uri, reterr));
	MH_TRY(mh_cli__read(cli, &m->db, reterr));
	MH_TRY(mh_db_deadline(m->db, 0, reterr));
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	m->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!m->file) return MH_FAIL(reterr, MH_E_IO, "Could not write %s: %s", part, strerror(errno));
	struct mh_archive_config config = {.now = mh_now(&cli->clock), .progress = progress, .ctx = m};
	if (mh_cli_flag(cli, "with-keys")) config.keys_dir = mh_cli__state_dir(cli, uri);
	m->progress = mh_progress_begin(cli, "Rows", "行", 0);
	MH_TRY(mh_archive_write(m->db, m->file, &config, &m->a, reterr));
	mh_progress_end(&m->progress, m->a.rows);
	return finish(m, part, cli->args[0], reterr);
}

static enum mh_code export_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct moving m MH_CLEANUP(done) = {.cli = cli};
	struct mh_str part = mh_str_fmt(&cli->arena, "%s.part", cli->args[0]);
	MH_TRY_MEM(part.ptr, reterr);
	enum mh_code code = export(&m, part.ptr, reterr);
	if (code != MH_OK) unlink(part.ptr);
	MH_TRY(code);
	mh_cli_say(cli, mh_cli_t(cli, "%s holds the whole city: %lld rows", "%s 已含整座城市的数据：%lld 行"),
		   cli->args[0], (long long)m.a.rows);
	if (m.a.keys)
		mh_cli_say(cli,
			   mh_cli_t(cli,
				    "  keys      %lld are in it: whoever reads this file can read and sign everything",
				    "  密钥  含 %lld 个：得到此文件的人可读取并签署一切"),
			   (long long)m.a.keys);
	else
		mh_cli_say(cli, mh_cli_t(cli, "  keys      are not in it: copy the state folder too, and keep it apart",
					 "  密钥  不在其中：状态目录须另行复制，并分开保管"));
	return result(&m, reterr);
}

static const struct mh_option export_options[] = {
	{.name = "with-keys", .en = "put the keys into the file too", .zh = "密钥也写入文件"}, {0}};

const struct mh_command mh_cmd_export = {
	.name = "export",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.en = "Write the whole city into one file, to keep or to move it",
	.zh = "把整座城市写入一个文件，以备份或迁移",
	.more_en = "One state of the store, also while a server runs. JSON, a value a line, with a hash of the whole "
		   "at its end. Keys and\n"
		   "uploaded files are in the state folder, which is copied separately.",
	.more_zh = "导出同一时刻的全部数据，可在服务运行时进行。每行一个 JSON "
		   "值，末行为全文哈希。密钥和附件在状态目录中，须另行复制。",
	.options = export_options,
	.run = export_run};

/* --- import-archive --- */

static enum mh_code refuse_second(struct moving *m, struct mh_err *reterr)
{
	struct mh_str home;
	if (mh_cli__setting(m->cli, m->db, "home", &home, NULL) != MH_OK) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_CONFLICT, "This store holds a city already: " MH_STR_FMT,
				    MH_STR_ARG(home));
	mh_err_hint(reterr, "Name an empty store.");
	return code;
}

static enum mh_code import_archive(struct moving *m, struct mh_str *ret_state, struct mh_err *reterr)
{
	struct mh_cli *cli = m->cli;
	struct mh_str uri;
	MH_TRY(mh_cli_store(cli, &uri, reterr));
	*ret_state = mh_cli__state_dir(cli, uri);
	MH_TRY_MEM(ret_state->ptr, reterr);
	m->file = fopen(cli->args[0], "re");
	if (!m->file) return MH_FAIL(reterr, MH_E_NOT_FOUND, "Could not open %s: %s", cli->args[0], strerror(errno));
	MH_TRY(mh_cli__busy(mh_db_open(uri, MH_DB_CREATE, &m->db, reterr), reterr));
	MH_TRY(refuse_second(m, reterr));
	MH_TRY(mh_db_deadline(m->db, 0, reterr));
	struct mh_archive_config config = {
		.now = mh_now(&cli->clock), .keys_dir = *ret_state, .progress = progress, .ctx = m};
	m->progress = mh_progress_begin(cli, "Rows", "行", 0);
	MH_TRY(mh_archive_read(m->file, m->db, &config, &m->a, reterr));
	mh_progress_end(&m->progress, m->a.rows);
	return MH_OK;
}

static enum mh_code import_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct moving m MH_CLEANUP(done) = {.cli = cli};
	struct mh_str state;
	MH_TRY(import_archive(&m, &state, reterr));
	mh_cli_say(cli,
		   mh_cli_t(cli, "The city is in the new store: %lld rows; its ledger has the same roots as before",
			    "城市已在新存储中：%lld 行；账本根哈希与原来一致"),
		   (long long)m.a.rows);
	if (!m.a.keys)
		mh_cli_say(cli,
			   mh_cli_t(cli, "  keys      copy the old state folder to %.*s before the server starts",
				    "  密钥  启动服务前，请把原状态目录复制到 %.*s"),
			   MH_STR_ARG(state));
	return result(&m, reterr);
}

const struct mh_command mh_cmd_import_archive = {
	.name = "import-archive",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.en = "Put an exported city into an empty store, also of the other engine",
	.zh = "把导出的城市装入空的存储（可换数据库）",
	.more_en = "The file is checked to the end before anything is written. At the end the roots of the ledger are "
		   "computed from the\n"
		   "entries in the new store and compared with those of the archive; when they differ, nothing is kept "
		   "(exit code 3).\n"
		   "The server of the old store must not run again afterwards: two would sign.",
	.more_zh = "写入前先校验整个文件。写完后由新存储中的条目重算账本根哈希，与归档比对；不一致则什么也不保留（退出"
		   "码 3）。\n"
		   "此后不得再启动旧存储的服务，否则会有两处签署。",
	.run = import_run};
