#include "cli/cli.h"

#include <unistd.h>

#define TTY_MS 200
#define LINE_MS 5000

struct mh_progress mh_progress_begin(struct mh_cli *cli, const char *label_en, const char *label_zh, int64_t total)
{
	int fd = fileno(cli->err);
	return (struct mh_progress){.cli = cli,
				    .label = mh_cli_t(cli, label_en, label_zh),
				    .total = total,
				    .begun = mh_ticks(),
				    .shown = mh_ticks(),
				    .tty = fd >= 0 && isatty(fd)};
}

static void show(struct mh_progress *p, int64_t done, int64_t now)
{
	int64_t ms = now - p->begun;
	fprintf(p->cli->err, "%s%s %lld", p->tty ? "\r\033[K" : "", p->label, (long long)done);
	if (p->total > 0)
		fprintf(p->cli->err, "/%lld (%lld%%)", (long long)p->total,
			(long long)(done >= p->total ? 100 : done * 100 / p->total));
	if (ms >= 1000) fprintf(p->cli->err, "  %lld/s", (long long)(done * 1000 / ms));
	fputs(p->tty ? "" : "\n", p->cli->err);
	fflush(p->cli->err);
	p->shown = now;
	p->any = true;
}

void mh_progress_at(struct mh_progress *p, int64_t done)
{
	if (p->cli->json) return;
	int64_t now = mh_ticks();
	if (now - p->shown >= (p->tty ? TTY_MS : LINE_MS)) show(p, done, now);
}

void mh_progress_end(struct mh_progress *p, int64_t done)
{
	if (p->cli->json || !p->any) return; /* too quick for anybody to have wondered */
	show(p, done, mh_ticks());
	if (p->tty) fputs("\n", p->cli->err);
}
