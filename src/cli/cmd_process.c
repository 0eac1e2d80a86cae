/* Definitions: checking, explaining, comparing, drawing. */
#include "cli/cmd_priv.h"

#include "process/def.h"

#include <string.h>

#define FILE_MAX ((size_t)1 << 20)
#define TEXT_MAX ((size_t)8 << 20)

/* Loads a file and says what is wrong with it. */
static enum mh_code load(struct mh_cli *cli, const char *path, struct mh_diags *d, struct mh_def **ret,
			 struct mh_err *reterr)
{
	struct mh_str text;
	MH_TRY(mh_file_read(&cli->arena, path, FILE_MAX, &text, reterr));
	*d = mh_diags_new(&cli->arena, mh_str_c(path));
	*ret = mh_def_load(&cli->arena, text, d);
	return MH_OK;
}

static void print_diags(struct mh_cli *cli, const struct mh_diags *d, FILE *to)
{
	struct mh_buf b MH_CLEANUP(mh_buf_done) = MH_BUF(TEXT_MAX);
	mh_diags_print(d, &b);
	if (!cli->json && b.len) fwrite(b.ptr, 1, b.len, to);
}

/* A definition that is sound, or the first error. */
static enum mh_code load_sound(struct mh_cli *cli, const char *path, struct mh_def **ret, struct mh_err *reterr)
{
	struct mh_diags d;
	MH_TRY(load(cli, path, &d, ret, reterr));
	if (d.errors) print_diags(cli, &d, cli->err);
	MH_TRY(mh_diags_result(&d, reterr));
	MH_TRY_MEM(*ret, reterr);
	return MH_OK;
}

static const char *lang(const struct mh_cli *cli)
{
	return cli->zh ? "zh" : "en";
}

/* --- check --- */

struct totals {
	int64_t errors, warnings, passed, failed;
	json_t *files;
};

static json_t *diags_json(const struct mh_diags *d)
{
	json_t *list = json_array();
	for (size_t i = 0; i < d->n; i++) {
		const struct mh_diag *g = &d->list[i];
		json_array_append_new(list,
				      json_pack("{s:s,s:s,s:i,s:i,s:s%,s:s%}", "severity",
						g->severity == MH_SEV_ERROR ? "error" : "warning", "rule", g->rule,
						"line", g->at.line, "column", g->at.column, "message", g->message.ptr,
						g->message.len, "hint", g->hint.ptr ? g->hint.ptr : "", g->hint.len));
	}
	return list;
}

static enum mh_code try_stories(struct mh_cli *cli, const char *path, struct mh_cli__trial *t, struct mh_err *reterr)
{
	struct mh_str pack = mh_cli__pack_of(cli, mh_cli_opt(cli, "pack"), path);
	if (!pack.len) {
		if (!cli->json)
			fprintf(cli->err,
				mh_cli_t(cli, "%s: stories were not played: no pack (--pack DIR)\n",
					 "%s：没有配置包（--pack 目录），未演练故事\n"),
				path);
		return MH_OK;
	}
	enum mh_code code = mh_cli__try_file(cli, pack, mh_str_c(path), t, reterr);
	if (!cli->json && t->report.len) fwrite(t->report.ptr, 1, t->report.len, cli->out);
	return code;
}

static enum mh_code check_file(struct mh_cli *cli, const char *path, struct totals *sum, struct mh_err *reterr)
{
	struct mh_cli__trial t = {.report = MH_BUF(TEXT_MAX)};
	struct mh_diags d;
	struct mh_def *def;
	MH_TRY(load(cli, path, &d, &def, reterr));
	print_diags(cli, &d, cli->out);
	enum mh_code code = d.errors ? MH_OK : try_stories(cli, path, &t, reterr);
	struct mh_str report = mh_buf_str(&t.report);
	json_array_append_new(sum->files, json_pack("{s:s,s:o,s:i,s:i,s:s%}", "file", path, "diagnostics",
						    diags_json(&d), "passed", t.count.passed, "failed", t.count.failed,
						    "report", report.ptr ? report.ptr : "", report.len));
	sum->errors += (int64_t)d.errors;
	sum->warnings += (int64_t)d.warnings;
	sum->passed += t.count.passed;
	sum->failed += t.count.failed;
	if (code == MH_OK && !d.errors && def)
		mh_cli_say(cli,
			   mh_cli_t(cli, "%s: %.*s@%lld is sound, %d stories came true, %d did not",
				    "%s：%.*s@%lld 无误，%d 个故事应验，%d 个未应验"),
			   path, MH_STR_ARG(def->kind), (long long)def->version, t.count.passed, t.count.failed);
	mh_buf_done(&t.report);
	return code;
}

static enum mh_code check_run(struct mh_cli *cli, struct mh_err *reterr)
{
	MH_JSON_AUTO json_t *files = json_array();
	struct totals sum = {.files = files};
	MH_TRY_MEM(files, reterr);
	for (size_t i = 0; i < cli->n_args; i++) MH_TRY(check_file(cli, cli->args[i], &sum, reterr));
	MH_TRY(mh_cli_result(cli,
			     json_pack("{s:O,s:I,s:I,s:I,s:I}", "files", files, "errors", (json_int_t)sum.errors,
				       "warnings", (json_int_t)sum.warnings, "passed", (json_int_t)sum.passed, "failed",
				       (json_int_t)sum.failed),
			     reterr));
	if (!sum.errors && !sum.failed) return MH_OK;
	return MH_FAIL(
		reterr, MH_E_INVALID,
		mh_cli_t(cli, "%lld errors, %lld stories that do not come true", "%lld 处错误，%lld 个故事未应验"),
		(long long)sum.errors, (long long)sum.failed);
}

static const struct mh_option pack_options[] = {
	{.name = "pack",
	 .arg = "DIR",
	 .env = "MINHU_PACK",
	 .en = "the pack to try it in (otherwise the one that the file stands in)",
	 .zh = "用哪个配置包演练（默认为文件所在的配置包）"},
	{0}};

const struct mh_command mh_cmd_process_check = {
	.name = "process check",
	.args = "FILE…",
	.min_args = 1,
	.max_args = -1,
	.en = "Check definitions: every fault with line and column, then their stories",
	.zh = "检查办事定义：逐行逐列指出错误，并演练其故事",
	.more_en = "Errors and warnings are written as a compiler does. A definition without errors is then put into a "
		   "copy of the pack\n"
		   "and the stories beside it (NAME.scenarios.yaml) are played on the real engine.",
	.more_zh = "错误和警告按编译器的格式输出。没有错误的定义随后放入配置包的副本，在真实引擎上演练旁边的故事（NAME."
		   "scenarios.yaml）。",
	.options = pack_options,
	.run = check_run};

/* --- explain --- */

static enum mh_code text_result(struct mh_cli *cli, const struct mh_buf *b, struct mh_err *reterr)
{
	if (b->failed) return MH_FAIL(reterr, MH_E_TOO_LARGE, "The text is too long");
	struct mh_str text = mh_buf_str(b);
	mh_cli__print(cli, b);
	return mh_cli_result(cli, json_pack("{s:s%}", "text", text.ptr ? text.ptr : "", text.len), reterr);
}

static enum mh_code explain_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_def *d;
	struct mh_buf b MH_CLEANUP(mh_buf_done) = MH_BUF(TEXT_MAX);
	MH_TRY(load_sound(cli, cli->args[0], &d, reterr));
	mh_def_explain(d, lang(cli), &b);
	return text_result(cli, &b, reterr);
}

const struct mh_command mh_cmd_process_explain = {.name = "process explain",
						  .args = "FILE",
						  .min_args = 1,
						  .max_args = 1,
						  .en = "Say in words what a definition does",
						  .zh = "用文字说明一个办事定义",
						  .run = explain_run};

/* --- diff --- */

static enum mh_code diff_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_def *a, *b;
	bool unsafe = false;
	struct mh_buf out MH_CLEANUP(mh_buf_done) = MH_BUF(TEXT_MAX);
	MH_TRY(load_sound(cli, cli->args[0], &a, reterr));
	MH_TRY(load_sound(cli, cli->args[1], &b, reterr));
	mh_def_diff(a, b, lang(cli), &out, &unsafe);
	if (out.failed) return MH_FAIL(reterr, MH_E_TOO_LARGE, "The comparison is too long");
	struct mh_str text = mh_buf_str(&out);
	mh_cli__print(cli, &out);
	MH_TRY(mh_cli_result(cli, json_pack("{s:b,s:s%}", "unsafe", unsafe, "text", text.ptr ? text.ptr : "", text.len),
			     reterr));
	if (!unsafe || !mh_cli_flag(cli, "strict")) return MH_OK;
	return MH_FAIL(reterr, MH_E_CONFLICT, "%s", mh_cli_t(cli, "Live matters need a migration", "在办事项需要迁移"));
}

static const struct mh_option diff_options[] = {{.name = "strict",
						 .en = "exit with 1 when live matters would need a migration",
						 .zh = "在办事项需要迁移时退出码为 1"},
						{0}};

const struct mh_command mh_cmd_process_diff = {.name = "process diff",
					       .args = "OLD NEW",
					       .min_args = 2,
					       .max_args = 2,
					       .en = "Say what changed from one version of a definition to another",
					       .zh = "说明两版办事定义的差别",
					       .options = diff_options,
					       .run = diff_run};

/* --- draw --- */

static enum mh_code draw_run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct mh_def *d;
	const char *format = mh_cli_opt(cli, "format"), *out = mh_cli_opt(cli, "out");
	struct mh_buf b MH_CLEANUP(mh_buf_done) = MH_BUF(TEXT_MAX);
	if (!format) format = "svg";
	bool svg = strcmp(format, "svg") == 0, mermaid = strcmp(format, "mermaid") == 0,
	     promela = strcmp(format, "promela") == 0;
	if (!svg && !mermaid && !promela)
		return mh_cli_wrong_usage(cli,
					  MH_FAIL(reterr, MH_E_INVALID,
						  "The format must be svg, mermaid or promela, not \"%.40s\"", format));
	MH_TRY(load_sound(cli, cli->args[0], &d, reterr));
	if (svg) MH_TRY(mh_def_svg(d, lang(cli), &b, reterr));
	if (mermaid) mh_def_mermaid(d, lang(cli), &b);
	if (promela) mh_def_promela(d, &b);
	if (b.failed) return MH_FAIL(reterr, MH_E_TOO_LARGE, "The drawing is too large");
	if (!out) return text_result(cli, &b, reterr);
	MH_TRY(mh_cli__put(cli, out, mh_buf_str(&b), reterr));
	return mh_cli_result(cli, json_pack("{s:s,s:I}", "file", out, "bytes", (json_int_t)b.len), reterr);
}

static const struct mh_option draw_options[] = {
	{.name = "format",
	 .arg = "svg|mermaid|promela",
	 .en = "a picture, a text for diagrams, or a model for Spin (otherwise svg)",
	 .zh = "图片、图表文本或 Spin 模型（默认 svg）"},
	{.name = "out",
	 .arg = "FILE",
	 .en = "write it here (otherwise standard output)",
	 .zh = "写入此文件（默认标准输出）"},
	{0}};

const struct mh_command mh_cmd_process_draw = {.name = "process draw",
					       .args = "FILE",
					       .min_args = 1,
					       .max_args = 1,
					       .en = "Draw a definition",
					       .zh = "画出一个办事定义",
					       .options = draw_options,
					       .run = draw_run};
