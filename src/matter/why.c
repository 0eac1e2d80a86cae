/* "Why this date": each clock of a matter retold from its journal, then counted line by line. */
#include "matter/matter_priv.h"

#include "calendar/explain.h"

#include <string.h>

#define LOG_MAX 2000

struct teller {
	struct mh_tx *tx;
	struct mh_matter *m;
	struct mh_buf *out;
	const char *lang;
	bool zh;
};

static void moment(struct teller *t, mh_time at)
{
	struct mh_civil c = mh_time_civil(at, t->tx->city->zone_min);
	mh_buf_fmt(t->out, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

static void words(struct teller *t, const struct mh_q_clock_log_of_matter_row *r)
{
	enum mh_unit unit;
	if (mh_str_is(r->unit, "day")) {
		struct mh_str day = mh_day_text(t->tx->arena, (mh_day)r->budget);
		mh_buf_str_add(t->out, day);
	} else if (mh_unit_parse(r->unit, &unit)) mh_cal_steps_words(unit, r->budget, t->lang, t->out);
}

struct phrase {
	const char *what, *en, *zh;
};
static const struct phrase phrases[] = {{"start", "starts", "开始计时"},
					{"restart", "starts afresh", "重新计时"},
					{"pause", "is paused", "暂停"},
					{"resume", "goes on", "恢复计时"},
					{"extend", "is extended", "延期"},
					{"stop", "ends", "结束"},
					{"fire", "runs out", "到期"},
					{"warn", "a warning is given", "发出预警"},
					{"revise", "is counted by a new calendar", "按新日历重新计算"}};

static void log_line(struct teller *t, const struct mh_q_clock_log_of_matter_row *r)
{
	const struct phrase *p = NULL;
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
		if (mh_str_is(r->what, phrases[i].what)) p = &phrases[i];
	mh_buf_c(t->out, "  ");
	moment(t, r->at);
	mh_buf_fmt(t->out, "  %s", p ? (t->zh ? p->zh : p->en) : "?");
	bool with_budget = mh_str_is(r->what, "start") || mh_str_is(r->what, "restart") ||
			   mh_str_is(r->what, "extend") || mh_str_is(r->what, "revise");
	if (with_budget) {
		mh_buf_c(t->out, t->zh ? "，时限 " : ": ");
		words(t, r);
	}
	if (r->fire_at < MH_TIME_MAX) {
		mh_buf_c(t->out, t->zh ? "，截止 " : ", due ");
		moment(t, r->fire_at);
	}
	mh_buf_fmt(t->out, t->zh ? "（第 %lld 号记录，日历第 %lld 版）\n" : " (entry %lld, calendar revision %lld)\n",
		   (long long)r->seq, (long long)r->rev);
}

static void title(struct teller *t, const struct mh_mclock *k)
{
	static const char *const en[] = {"running", "paused", "over", "ran out"}, *const zh[] = {"计时中", "已暂停",
												 "已结束", "已到期"};
	int name = mh_def_clock(t->m->def, k->name);
	const struct mh_label *l = name < 0 ? NULL : &t->m->def->clocks[name].label;
	struct mh_str label = l ? (t->zh ? l->zh : l->en) : (t->zh ? MH_STR("表决期限") : MH_STR("voting period"));
	mh_buf_fmt(t->out, t->zh ? "【" MH_STR_FMT "】%s" : MH_STR_FMT ": %s", MH_STR_ARG(label),
		   (t->zh ? zh : en)[k->life]);
	if (k->life == MH_CLOCK_RUNNING) {
		mh_buf_c(t->out, t->zh ? "，截止 " : ", due ");
		moment(t, k->fire_at);
	}
	mh_buf_ch(t->out, '\n');
}

static void counting(struct teller *t, const struct mh_mclock *k)
{
	if (k->life == MH_CLOCK_STOPPED || k->life == MH_CLOCK_EXPIRED) return;
	if (k->by_day) {
		mh_buf_c(t->out,
			 t->zh ? "  到该日办公时间结束为止\n" : "  until the end of business hours on that day\n");
		return;
	}
	struct mh_buf b = MH_BUF(1 << 16);
	struct mh_str line, rest;
	mh_cal_explain(mh_city_cal(t->tx->city, k->timer.cal_rev), &k->timer, t->lang, &b);
	rest = mh_buf_str(&b);
	while (mh_str_split(&rest, '\n', &line))
		if (line.len) mh_buf_fmt(t->out, "    " MH_STR_FMT "\n", MH_STR_ARG(line));
	mh_buf_done(&b);
}

static void matter_line(struct teller *t)
{
	const struct mh_def *d = t->m->def;
	const struct mh_state *s = &d->states[t->m->state];
	int owner = t->m->owner;
	const struct mh_org *o = owner < 0 ? NULL : &t->tx->city->orgs.list[owner];
	if (t->zh)
		mh_buf_fmt(t->out, MH_STR_FMT " " MH_STR_FMT "，现在：" MH_STR_FMT "，承办：" MH_STR_FMT "\n",
			   MH_STR_ARG(t->m->number), MH_STR_ARG(d->title.zh), MH_STR_ARG(s->label.zh),
			   MH_STR_ARG(o ? o->zh : MH_STR("未定")));
	else
		mh_buf_fmt(t->out, MH_STR_FMT " " MH_STR_FMT ", now: " MH_STR_FMT ", with: " MH_STR_FMT "\n",
			   MH_STR_ARG(t->m->number), MH_STR_ARG(d->title.en), MH_STR_ARG(s->label.en),
			   MH_STR_ARG(o ? o->en : MH_STR("nobody yet")));
}

enum mh_code mh_matter_why(struct mh_tx *tx, int64_t id, const char *lang, struct mh_buf *out, struct mh_err *reterr)
{
	struct teller t = {.tx = tx, .out = out, .lang = lang, .zh = lang[0] == 'z'};
	struct mh_q_clock_log_of_matter_row *rows;
	size_t n;
	MH_TRY(mh_matter__load(tx, id, &t.m, reterr));
	MH_TRY(mh_clocks__load(tx, t.m, reterr));
	struct mh_q_clock_log_of_matter_in in = {.home_id = tx->city->home_id, .matter_id = id, .limit = LOG_MAX};
	MH_TRY(mh_q_clock_log_of_matter(tx->db, tx->arena, &in, &rows, &n, reterr));
	matter_line(&t);
	for (int i = 0; i < t.m->n_clocks; i++) {
		const struct mh_mclock *k = &t.m->clocks[i];
		mh_buf_ch(out, '\n');
		title(&t, k);
		for (size_t r = 0; r < n; r++)
			if (mh_str_eq(rows[r].name, k->name)) log_line(&t, &rows[r]);
		counting(&t, k);
	}
	return out->failed ? MH_FAIL(reterr, MH_E_TOO_LARGE, "The explanation is too long") : MH_OK;
}
