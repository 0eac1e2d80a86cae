#include "cli/cmd_priv.h"

#include "db/db.h"
#include "loop/import.h"

#include <errno.h>
#include <string.h>

#define MAP_MAX ((size_t)1 << 20)
#define SHOWN_MAX 20 /* rejected rows printed; all of them go to --rejects */

struct import {
	struct mh_cli *cli;
	FILE *file, *rejects;
	struct mh_csv *rows;
	struct mh_import_sheet sheet;
	struct mh_import_counts counts;
	struct mh_progress progress;
	struct mh_service *service;
	struct mh_db *db; /* a trial's */
	struct mh_city *city;
	int64_t shown;
	bool lost; /* a rejected row could not be written */
};

/* --- rejected rows --- */

static void put_rejected(struct import *im, const char *line, const char *reason, const struct mh_str *cells, size_t n)
{
	struct mh_buf b = MH_BUF(4 << 20);
	struct mh_csv_writer w = {.buf = &b};
	mh_csv_put(&w, mh_str_c(line));
	mh_csv_put(&w, mh_str_c(reason));
	for (size_t i = 0; i < n; i++) mh_csv_put(&w, cells[i]);
	mh_csv_put_end(&w);
	im->lost = im->lost || b.failed || fwrite(b.ptr, 1, b.len, im->rejects) != b.len;
	mh_buf_done(&b);
}

static void rejected(void *ctx, int64_t line, const struct mh_str *cells, size_t n, const char *reason)
{
	struct import *im = ctx;
	char at[24];
	snprintf(at, sizeof at, "%lld", (long long)line);
	if (im->rejects) put_rejected(im, at, reason, cells, n);
	if (im->cli->json || im->shown++ >= SHOWN_MAX) return;
	fprintf(im->cli->err, mh_cli_t(im->cli, "%s:%s: rejected: %s\n", "%s:%s：未导入：%s\n"), im->cli->args[0], at,
		reason);
	if (im->shown == SHOWN_MAX)
		fputs(mh_cli_t(im->cli, "… more of them only in --rejects FILE\n", "……其余见 --rejects 文件\n"),
		      im->cli->err);
}

static enum mh_code open_rejects(struct import *im, struct mh_err *reterr)
{
	const char *path = mh_cli_opt(im->cli, "rejects");
	if (!path) return MH_OK;
	im->rejects = fopen(path, "we");
	if (!im->rejects) return MH_FAIL(reterr, MH_E_IO, "Could not write %s: %s", path, strerror(errno));
	struct mh_str *names = MH_NEW_ARRAY(&im->cli->arena, im->sheet.n + 1, struct mh_str);
	MH_TRY_MEM(names, reterr);
	for (size_t i = 0; i < im->sheet.n; i++) names[i] = im->sheet.columns[i].name;
	put_rejected(im, "line", "reason", names, im->sheet.n);
	return MH_OK;
}

static enum mh_code close_rejects(struct import *im, struct mh_err *reterr)
{
	FILE *f = im->rejects;
	im->rejects = NULL;
	if (!f) return MH_OK;
	if (fclose(f) != 0 || im->lost) return MH_FAIL(reterr, MH_E_IO, "Could not write all of the rejected rows");
	return MH_OK;
}

/* --- preparing --- */

static enum mh_code map_text(struct import *im, struct mh_db *db, struct mh_str *ret, struct mh_str *ret_name,
			     struct mh_err *reterr)
{
	const char *path = mh_cli_opt(im->cli, "map");
	*ret_name = path ? mh_str_c(path) : MH_STR("import.yaml");
	if (path) return mh_file_read(&im->cli->arena, path, MAP_MAX, ret, reterr);
	if (mh_cli__setting(im->cli, db, "import", ret, NULL) == MH_OK) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND, "This store was made without names of columns for imports");
	mh_err_hint(reterr, "Give them: --map packs/hangzhou/import.yaml");
	return code;
}

static enum mh_code bind(struct import *im, struct mh_db *db, const struct mh_city *city, struct mh_err *reterr)
{
	struct mh_cli *cli = im->cli;
	const char *kind = mh_cli_opt(cli, "kind");
	struct mh_str text, name;
	struct mh_import_map *map = NULL;
	struct mh_csv_record header;
	struct mh_buf report MH_CLEANUP(mh_buf_done) = MH_BUF(1 << 20);
	MH_TRY(map_text(im, db, &text, &name, reterr));
	enum mh_code code = mh_import_map_read(&cli->arena, text, name, mh_str_c(kind ? kind : "request-12345"),
					       &report, &map, reterr);
	if (report.len && !cli->json) fwrite(report.ptr, 1, report.len, cli->err);
	MH_TRY(code);
	MH_TRY(mh_csv_next(im->rows, &header, reterr));
	mh_day today = mh_time_day(mh_now(&cli->clock), city->zone_min);
	return mh_import_bind(&cli->arena, map, city, today, &header, &im->sheet, reterr);
}

static enum mh_code open_table(struct import *im, struct mh_err *reterr)
{
	const char *encoding = mh_cli_opt(im->cli, "encoding");
	struct mh_csv_options opt = {.encoding = encoding ? encoding : "auto"};
	im->file = fopen(im->cli->args[0], "re");
	if (!im->file)
		return MH_FAIL(reterr, MH_E_NOT_FOUND, "Could not open %s: %s", im->cli->args[0], strerror(errno));
	return mh_csv_open_file(im->file, &opt, &im->rows, reterr);
}

/* The names of columns are read through a connection of its own, which sees what the writer has. */
static enum mh_code prepare(struct import *im, struct mh_err *reterr)
{
	MH_TRY(open_table(im, reterr));
	MH_TRY(mh_cli__read(im->cli, &im->db, reterr));
	MH_TRY(mh_cli__city(im->cli, im->db, &im->city, reterr));
	MH_TRY(bind(im, im->db, im->city, reterr));
	im->sheet.source = mh_str_c(mh_cli_opt(im->cli, "source"));
	return open_rejects(im, reterr);
}

static void done(struct import *im)
{
	mh_service_stop(im->service);
	mh_city_free(im->city);
	mh_db_close(im->db);
	mh_csv_free(im->rows);
	if (im->rejects) fclose(im->rejects);
	if (im->file) fclose(im->file);
}

/* --- telling --- */

static void progress(void *ctx, const struct mh_import_counts *counts)
{
	mh_progress_at(&((struct import *)ctx)->progress, counts->read);
}

static void say_columns(const struct import *im)
{
	struct mh_cli *cli = im->cli;
	for (size_t i = 0; i < im->sheet.n; i++) {
		const struct mh_import_column *c = &im->sheet.columns[i];
		if (c->use == MH_IMPORT_LEFT_OUT)
			mh_cli_say(cli,
				   mh_cli_t(cli,
					    "  left out     %.*s: %lld cells (how others handled it is not taken over)",
					    "  未采用  %.*s：%lld 格（他处的办理情况不作为本系统的记录）"),
				   MH_STR_ARG(c->name), (long long)c->filled);
		if (c->use == MH_IMPORT_UNKNOWN)
			mh_cli_say(cli, mh_cli_t(cli, "  not known    %.*s: %lld cells", "  未识别  %.*s：%lld 格"),
				   MH_STR_ARG(c->name), (long long)c->filled);
		if (c->unmatched)
			mh_cli_say(cli,
				   mh_cli_t(cli,
					    "  not matched  %.*s: %lld cells name nothing in this city, or were cut",
					    "  未匹配  %.*s：%lld 格在本市找不到对应，或被截短"),
				   MH_STR_ARG(c->name), (long long)c->unmatched);
	}
}

static json_t *columns_json(const struct import *im)
{
	static const char *const uses[] = {
		[MH_IMPORT_UNKNOWN] = "unknown", [MH_IMPORT_TAKEN] = "taken", [MH_IMPORT_LEFT_OUT] = "left out"};
	json_t *list = json_array();
	for (size_t i = 0; i < im->sheet.n; i++) {
		const struct mh_import_column *c = &im->sheet.columns[i];
		json_array_append_new(list, json_pack("{s:s%,s:s,s:I,s:I}", "name", c->name.ptr, c->name.len, "use",
						      uses[c->use], "filled", (json_int_t)c->filled, "unmatched",
						      (json_int_t)c->unmatched));
	}
	return list;
}

static enum mh_code tell(struct import *im, struct mh_err *reterr)
{
	struct mh_cli *cli = im->cli;
	const struct mh_import_counts *n = &im->counts;
	bool trial = mh_cli_flag(cli, "dry-run");
	mh_cli_say(cli,
		   mh_cli_t(cli, "%s%lld rows read: %lld imported, %lld there already, %lld rejected",
			    "%s读入 %lld 行：导入 %lld，已有 %lld，未导入 %lld"),
		   trial ? mh_cli_t(cli, "Trial, nothing written: ", "试运行，未写入：") : "", (long long)n->read,
		   (long long)n->imported, (long long)n->already, (long long)n->rejected);
	say_columns(im);
	return mh_cli_result(cli,
			     json_pack("{s:I,s:I,s:I,s:I,s:b,s:o}", "read", (json_int_t)n->read, "imported",
				       (json_int_t)n->imported, "already", (json_int_t)n->already, "rejected",
				       (json_int_t)n->rejected, "trial", trial, "columns", columns_json(im)),
			     reterr);
}

static enum mh_code import(struct import *im, struct mh_err *reterr)
{
	struct mh_cli *cli = im->cli;
	MH_TRY(prepare(im, reterr));
	if (!mh_cli_flag(cli, "dry-run")) MH_TRY(mh_cli__serve(cli, &im->service, reterr));
	struct mh_import_config config = {.service = im->service,
					  .sheet = &im->sheet,
					  .rows = im->rows,
					  .now = mh_now(&cli->clock),
					  .take_doubtful = mh_cli_flag(cli, "accept-doubtful"),
					  .rejected = rejected,
					  .progress = progress,
					  .ctx = im};
	im->progress = mh_progress_begin(cli, "Rows", "行", 0);
	enum mh_code code = mh_import_run(&config, &im->counts, reterr);
	mh_progress_end(&im->progress, im->counts.read);
	if (code != MH_OK)
		mh_err_detail(reterr, "%lld rows are in the store; importing the file again goes on from there",
			      (long long)im->counts.imported);
	MH_TRY(code);
	MH_TRY(close_rejects(im, reterr));
	return tell(im, reterr);
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct import im = {.cli = cli};
	enum mh_code code = import(&im, reterr);
	done(&im);
	return code;
}

static const struct mh_option options[] = {
	{.name = "kind",
	 .arg = "KIND",
	 .en = "the kind of matter (otherwise request-12345)",
	 .zh = "事项种类（默认 request-12345）"},
	{.name = "encoding",
	 .arg = "NAME",
	 .en = "of the file (otherwise found out: UTF-8 or GB18030)",
	 .zh = "文件编码（默认自动识别 UTF-8 或 GB18030）"},
	{.name = "map",
	 .arg = "FILE",
	 .en = "names of columns (otherwise those that the pack brought)",
	 .zh = "列名对照（默认用配置包自带的）"},
	{.name = "source",
	 .arg = "NAME",
	 .en = "the system that gave the rows their numbers, when there are several",
	 .zh = "编号出自哪个系统（多个来源时用以区分）"},
	{.name = "rejects",
	 .arg = "FILE",
	 .en = "write rejected rows here, with line and reason",
	 .zh = "把未导入的行连同行号和原因写入此文件"},
	{.name = "dry-run", .en = "read and check everything, write nothing", .zh = "只读取检查，不写入"},
	{.name = "accept-doubtful",
	 .en = "also take rows that a broken quote above may have changed",
	 .zh = "也导入可能受上文引号错误影响的行"},
	{0}};

const struct mh_command mh_cmd_import = {
	.name = "import",
	.args = "FILE.csv",
	.min_args = 1,
	.max_args = 1,
	.en = "Take in the requests that another system exported, each at its own time",
	.zh = "导入其他系统导出的诉求，各按原时间",
	.more_en = "Each row becomes a matter at intake. Columns are known by their Chinese or English names; how the "
		   "other system\n"
		   "handled a request is left out and counted. Importing the same file again does nothing: rows are "
		   "known by their\n"
		   "number, or by their contents when they have none. No row is lost: what cannot be taken is named, "
		   "with its reason.",
	.more_zh = "每行成为一件待受理的事。列名中英文皆可识别；他处的办理情况不采用，但会计数说明。重复导入同一文件不"
		   "会产生重复：\n"
		   "按编号识别，无编号则按内容识别。不丢任何一行：无法导入的逐行说明原因。",
	.options = options,
	.run = run};
