#include "cli/cli_priv.h"

#include <string.h>

/* Columns on a terminal: CJK and full-width forms take two. */
static int width(const char *z)
{
	struct mh_str s = mh_str_c(z);
	int n = 0;
	for (size_t at = 0; at < s.len;) {
		uint32_t c = mh_utf8_next(s, &at);
		n += (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE4F) ||
				     (c >= 0xFF00 && c <= 0xFF60)
			     ? 2
			     : 1;
	}
	return n;
}

static void row(FILE *out, const char *left, int column, const char *right)
{
	int gap = column - width(left);
	fprintf(out, "  %s%*s%s\n", left, gap > 1 ? gap : 1, "", right);
}

static void options(FILE *out, const struct mh_option *list, bool zh)
{
	for (; list && list->name; list++) {
		char left[80], right[400];
		snprintf(left, sizeof left, "--%s%s%s", list->name, list->arg ? " " : "", list->arg ? list->arg : "");
		snprintf(right, sizeof right, "%s%s%s%s%s", zh ? list->zh : list->en,
			 list->required ? (zh ? "（必填）" : " (required)") : "", list->env ? " [" : "",
			 list->env ? list->env : "", list->env ? "]" : "");
		row(out, left, 26, right);
	}
}

void mh_cli__help(const struct mh_cli_world *w, FILE *out, bool zh)
{
	fputs(zh ? "民呼：一件事一个闭环。\n\n用法：minhu 命令 [参数] [选项]\n\n命令：\n"
		 : "Minhu: one closed loop for a city's public service.\n\nUsage: minhu COMMAND [ARGUMENTS] "
		   "[OPTIONS]\n\nCommands:\n",
	      out);
	for (size_t i = 0; i < w->n_commands; i++)
		row(out, w->commands[i]->name, 20, zh ? w->commands[i]->zh : w->commands[i]->en);
	row(out, "help", 20, zh ? "说明一个命令" : "say what a command does");
	fputs(zh ? "\n通用选项：\n" : "\nCommon options:\n", out);
	options(out, mh_cli__common, zh);
	fputs(zh ? "\n退出码：0 完成，1 失败，2 用法错误，3 核验发现问题。\n"
		 : "\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 a verification found a fault.\n",
	      out);
}

void mh_cli__help_group(const struct mh_cli_world *w, FILE *out, bool zh, const char *group)
{
	size_t n = strlen(group);
	fprintf(out, zh ? "用法：minhu %s 命令\n\n" : "Usage: minhu %s COMMAND\n\n", group);
	for (size_t i = 0; i < w->n_commands; i++) {
		const struct mh_command *c = w->commands[i];
		if (strncmp(c->name, group, n) == 0 && c->name[n] == ' ') row(out, c->name, 26, zh ? c->zh : c->en);
	}
}

void mh_cli__help_command(const struct mh_command *c, FILE *out, bool zh)
{
	const char *more = zh ? c->more_zh : c->more_en;
	fprintf(out, "%s\n\n%sminhu %s%s%s%s\n", zh ? c->zh : c->en, zh ? "用法：" : "Usage: ", c->name,
		c->args ? " " : "", c->args ? c->args : "",
		c->options && c->options->name ? (zh ? " [选项]" : " [OPTIONS]") : "");
	if (more) fprintf(out, "\n%s\n", more);
	if (c->options && c->options->name) {
		fputs(zh ? "\n选项：\n" : "\nOptions:\n", out);
		options(out, c->options, zh);
	}
	fputs(zh ? "\n通用选项：\n" : "\nCommon options:\n", out);
	options(out, mh_cli__common, zh);
}
