#include "calendar/explain.h"
#include "calendar/calendar_priv.h"

enum kind { COUNTED, MADE_UP, WEEKEND, HOLIDAY, START, START_LATE, START_OWED, MIXED, KIND_MAX };
enum detail { FINE, WEEKS, WHOLE }; /* how much is drawn together */

/* Days in a row of which the same is said. */
struct run {
	enum kind kind;
	const struct mh_cal_day *row; /* HOLIDAY, MADE_UP: the name */
	mh_day from, to;
	int64_t steps, skipped; /* counted steps; days not counted */
};

struct teller {
	const struct mh_cal *cal;
	const struct mh_timer_state *timer;
	struct mh_cal_due due;
	bool zh;
	int year;           /* of the start: other years are named */
	struct mh_buf *out; /* NULL: only count */
	int lines;
	bool owed; /* the start day's own end is still to be passed over */
};

static const char *const weekdays_en[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const weekdays_zh[] = {"", "周一", "周二", "周三", "周四", "周五", "周六", "周日"};
static const char *const months_en[] = {"",    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static void put_date(const struct teller *t, mh_day day, bool always_year)
{
	struct mh_civil c = mh_day_civil(day);
	bool year = always_year || c.year != t->year;
	int w = mh_day_weekday(day);
	if (t->zh) {
		if (year) mh_buf_fmt(t->out, "%d年", c.year);
		mh_buf_fmt(t->out, "%d月%d日（%s）", c.month, c.day, weekdays_zh[w]);
	} else {
		mh_buf_fmt(t->out, "%s %d %s", weekdays_en[w], c.day, months_en[c.month]);
		if (year) mh_buf_fmt(t->out, " %d", c.year);
	}
}

/* `with`: a second date whose month and year, when the same, are not said twice. */
static void put_first_date(const struct teller *t, mh_day day, mh_day with)
{
	struct mh_civil c = mh_day_civil(day), w = mh_day_civil(with);
	if (!t->zh && day != with && c.year == w.year && c.month == w.month)
		mh_buf_fmt(t->out, "%s %d", weekdays_en[mh_day_weekday(day)], c.day);
	else put_date(t, day, false);
}

static void put_instant(const struct teller *t, mh_time at)
{
	struct mh_civil c = mh_time_civil(at, t->cal->rules.zone_min);
	put_date(t, mh_time_day(at, t->cal->rules.zone_min), true);
	mh_buf_fmt(t->out, t->zh ? "%02d:%02d" : ", %02d:%02d", c.hour, c.minute);
	if (c.second) mh_buf_fmt(t->out, ":%02d", c.second);
}

static void put_steps(struct mh_buf *out, enum mh_unit unit, int64_t steps, bool zh)
{
	if (unit == MH_UNIT_WD || unit == MH_UNIT_D) {
		mh_span_put_words(out, (struct mh_span){steps, unit}, zh);
		return;
	}
	int64_t minutes = mh_cal__ceil_div(steps, MH_CAL__MINUTE_MS), hours = minutes / 60;
	enum mh_unit hour = unit == MH_UNIT_WH ? MH_UNIT_WH : MH_UNIT_H;
	bool only_minutes = hours == 0 && (minutes || unit == MH_UNIT_MIN);
	if (!only_minutes) mh_span_put_words(out, (struct mh_span){hours, hour}, zh);
	if (!only_minutes && minutes % 60) mh_buf_ch(out, ' ');
	if (only_minutes || minutes % 60) mh_span_put_words(out, (struct mh_span){minutes % 60, MH_UNIT_MIN}, zh);
}

void mh_cal_steps_words(enum mh_unit unit, int64_t steps, const char *lang, struct mh_buf *out)
{
	put_steps(out, unit, steps, mh_str_starts(mh_str_c(lang), "zh"));
}

static void put_counted(const struct teller *t, const struct run *r)
{
	if (t->zh) mh_buf_c(t->out, "计 ");
	put_steps(t->out, t->timer->unit, r->steps, t->zh);
	if (!t->zh) mh_buf_c(t->out, " counted");
}

static void put_skipped(const struct teller *t, const struct run *r)
{
	if (r->skipped == 0) return;
	if (t->zh) mh_buf_fmt(t->out, "，休息日 %lld 天不计", (long long)r->skipped);
	else mh_buf_fmt(t->out, "; %lld day%s off not counted", (long long)r->skipped, r->skipped == 1 ? "" : "s");
}

static void put_named(const struct teller *t, const struct run *r)
{
	struct mh_str name = t->zh ? r->row->zh : r->row->en;
	if (r->kind == HOLIDAY) {
		mh_buf_str_add(t->out, name);
		mh_buf_c(t->out, t->zh ? "放假，不计" : ", not counted");
	} else {
		if (!t->zh) mh_buf_c(t->out, "worked to make up for ");
		mh_buf_str_add(t->out, name);
		mh_buf_c(t->out, t->zh ? "调休上班，" : ", ");
		put_counted(t, r);
	}
}

static void tell_run(struct teller *t, const struct run *r)
{
	t->lines++;
	if (!t->out) return;
	put_first_date(t, r->from, r->to);
	if (r->to != r->from) {
		mh_buf_c(t->out, t->zh ? "至" : " – ");
		put_date(t, r->to, false);
	}
	mh_buf_c(t->out, t->zh ? "：" : ": ");
	switch (r->kind) {
	case HOLIDAY:
	case MADE_UP: put_named(t, r); break;
	case WEEKEND: mh_buf_c(t->out, t->zh ? "周末，不计" : "weekend, not counted"); break;
	case START: mh_buf_c(t->out, t->zh ? "起算当日，不计入" : "the day of the start, not counted"); break;
	case START_OWED:
		mh_buf_c(t->out, t->zh ? "抵起算当日，不计入" : "for the day of the start, not counted");
		break;
	case START_LATE: mh_buf_c(t->out, t->zh ? "已过办公时间，不计" : "after business hours, not counted"); break;
	default: put_counted(t, r); put_skipped(t, r);
	}
	mh_buf_c(t->out, t->zh ? "。\n" : ".\n");
}

/* One day as a run of its own. */
static struct run day_run(struct teller *t, mh_day day, mh_day first)
{
	const struct mh_timer_state *s = t->timer;
	mh_time from = mh_day_start(day, t->cal->rules.zone_min), to = mh_day_start(day + 1, t->cal->rules.zone_min);
	if (from < s->running_since) from = s->running_since;
	if (to > t->due.at) to = t->due.at;
	struct run r = {.from = day, .to = day, .steps = mh_cal_used(t->cal, from, to, s->unit)};
	bool working = mh_cal_is_working(t->cal, day), usual = (t->cal->rules.week >> (mh_day_weekday(day) - 1)) & 1;
	if (t->owed && r.steps > 0) {
		r.kind = day == first ? START : START_OWED;
		r.steps = 0;
		t->owed = false;
	} else if (s->unit == MH_UNIT_D) {
		r.kind = COUNTED;
	} else if (working && r.steps == 0 && day == first) {
		r.kind = START_LATE;
	} else {
		r.row = mh_cal_find(t->cal, day);
		r.kind = working ? (r.row && !usual ? MADE_UP : COUNTED) : r.row ? HOLIDAY : WEEKEND;
		r.skipped = !working;
	}
	return r;
}

/* True: b went into *a. */
static bool join(struct run *a, const struct run *b, enum detail detail)
{
	bool named = a->kind == HOLIDAY || a->kind == MADE_UP;
	bool same = a->kind == b->kind && (!named || mh_str_eq(a->row->zh, b->row->zh));
	bool a_plain = a->kind == COUNTED || a->kind == WEEKEND || a->kind == MIXED;
	bool plain = a_plain && (b->kind == COUNTED || b->kind == WEEKEND);
	if (!same && detail != WHOLE && !(detail == WEEKS && plain)) return false;
	a->to = b->to;
	a->steps += b->steps;
	a->skipped += b->skipped;
	if (!same) a->kind = MIXED;
	return true;
}

static void tell_days(struct teller *t, enum detail detail)
{
	int zone = t->cal->rules.zone_min;
	mh_day first = mh_time_day(t->timer->running_since, zone), last = mh_time_day(t->due.at, zone);
	t->lines = 0;
	t->owed = t->timer->used < 0;
	struct run now = day_run(t, first, first);
	for (mh_day day = first + 1; day <= last; day++) {
		struct run next = day_run(t, day, first);
		if (join(&now, &next, now.kind == START || now.kind == START_LATE ? FINE : detail)) continue;
		tell_run(t, &now);
		now = next;
	}
	tell_run(t, &now);
}

static void tell_head(struct teller *t)
{
	const struct mh_timer_state *s = t->timer;
	mh_buf_c(t->out, t->zh ? "自" : "From ");
	put_instant(t, s->running_since);
	mh_buf_c(t->out, t->zh ? "起算，期限 " : ": ");
	put_steps(t->out, s->unit, s->budget, t->zh);
	if (s->used > 0) {
		mh_buf_c(t->out, t->zh ? "，此前已用 " : "; used before: ");
		put_steps(t->out, s->unit, s->used, t->zh);
	}
	mh_buf_c(t->out, t->zh ? "。\n" : ".\n");
	if (s->unit == MH_UNIT_D)
		mh_buf_c(t->out,
			 t->zh ? "按自然日计算，含周末和节假日。\n" : "Natural days: weekends and holidays count.\n");
	if (s->unit == MH_UNIT_H || s->unit == MH_UNIT_MIN)
		mh_buf_c(t->out, t->zh ? "按自然时间连续计算，含夜间、周末和节假日。\n"
				       : "Plain time: nights, weekends and holidays count.\n");
}

static void tell_end(struct teller *t)
{
	mh_buf_c(t->out, t->zh ? "到期：" : "Due: ");
	put_instant(t, t->due.at);
	mh_buf_c(t->out, t->zh ? "。\n" : ".\n");
	if (!t->due.provisional) return;
	int year = mh_day_civil(mh_time_day(t->due.at, t->cal->rules.zone_min)).year;
	if (t->cal->rules.last_year >= year)
		year = mh_day_civil(mh_time_day(t->timer->running_since, t->cal->rules.zone_min)).year;
	if (t->zh) mh_buf_fmt(t->out, "暂定：%d 年的节假日安排不在本日历中，暂按平常的工作周计算。\n", year);
	else
		mh_buf_fmt(t->out,
			   "Provisional: the holidays of %d are not in this calendar; the ordinary week was used.\n",
			   year);
}

static void tell_halted(struct teller *t)
{
	bool paused = t->timer->running_since == MH_TIMER_PAUSED;
	if (t->zh) mh_buf_c(t->out, paused ? "计时已暂停，剩余 " : "计时已停止，剩余 ");
	else mh_buf_c(t->out, paused ? "Paused, with " : "Stopped, with ");
	put_steps(t->out, t->timer->unit, mh_timer_left(t->timer, t->cal, 0), t->zh);
	mh_buf_c(t->out, t->zh ? "。\n" : " left.\n");
}

void mh_cal_explain(const struct mh_cal *cal, const struct mh_timer_state *timer, const char *lang, struct mh_buf *out)
{
	struct teller t = {.cal = cal, .timer = timer, .zh = mh_str_starts(mh_str_c(lang), "zh"), .out = out};
	if (!mh_timer_due(timer, cal, &t.due)) {
		tell_halted(&t);
		return;
	}
	t.year = mh_day_civil(mh_time_day(timer->running_since, cal->rules.zone_min)).year;
	tell_head(&t);
	bool by_day = timer->unit == MH_UNIT_WD || timer->unit == MH_UNIT_WH || timer->unit == MH_UNIT_D;
	if (by_day && t.due.at > timer->running_since) {
		enum detail detail = FINE;
		for (t.out = NULL; detail < WHOLE; detail++) {
			tell_days(&t, detail);
			if (t.lines <= (detail == FINE ? MH_CAL_EXPLAIN_FINE : MH_CAL_EXPLAIN_LINES)) break;
		}
		t.out = out;
		tell_days(&t, detail);
	}
	tell_end(&t);
}
