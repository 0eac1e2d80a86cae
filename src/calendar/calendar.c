#include "calendar/calendar_priv.h"

int64_t mh_cal__floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t mh_cal__ceil_div(int64_t a, int64_t b)
{
	return a / b + (a % b > 0);
}

const struct mh_cal_rules *mh_cal_rules(const struct mh_cal *cal)
{
	return &cal->rules;
}

size_t mh_cal_days(const struct mh_cal *cal, const struct mh_cal_day **ret)
{
	*ret = cal->days;
	return cal->n;
}

/* How many rows are of `day` or earlier. */
static size_t rows_upto(const struct mh_cal *cal, mh_day day)
{
	size_t lo = 0, hi = cal->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (cal->days[mid].day <= day) lo = mid + 1;
		else hi = mid;
	}
	return lo;
}

const struct mh_cal_day *mh_cal_find(const struct mh_cal *cal, mh_day day)
{
	size_t n = rows_upto(cal, day);
	return n && cal->days[n - 1].day == day ? &cal->days[n - 1] : NULL;
}

bool mh_cal_is_working(const struct mh_cal *cal, mh_day day)
{
	const struct mh_cal_day *row = mh_cal_find(cal, day);
	return row ? row->working : (cal->rules.week >> (mh_day_weekday(day) - 1)) & 1;
}

bool mh_cal_covers(const struct mh_cal *cal, mh_day day)
{
	return day >= cal->from && day <= cal->to;
}

/* Whole weeks since a Monday (day -3), the begun week, and what the table adds. */
int64_t mh_cal_workdays_upto(const struct mh_cal *cal, mh_day day)
{
	int64_t since = (int64_t)day + 3, weeks = mh_cal__floor_div(since, 7);
	size_t rows = rows_upto(cal, day);
	return weeks * cal->week_days + cal->week_upto[since - weeks * 7] + (rows ? cal->shift[rows - 1] : 0);
}

int64_t mh_cal_workdays_between(const struct mh_cal *cal, mh_day from, mh_day to)
{
	return mh_cal_workdays_upto(cal, to) - mh_cal_workdays_upto(cal, from);
}

mh_day mh_cal_workday_at(const struct mh_cal *cal, int64_t index)
{
	mh_day lo = mh_day_from(1, 1, 1), hi = mh_day_from(9999, 12, 31);
	while (lo < hi) {
		mh_day mid = lo + (hi - lo) / 2;
		if (mh_cal_workdays_upto(cal, mid) >= index) hi = mid;
		else lo = mid + 1;
	}
	return lo;
}

static void text_rules(const struct mh_cal_rules *r, struct mh_buf *out)
{
	mh_buf_c(out, "minhu-calendar/1\nregion ");
	mh_buf_json(out, r->region);
	mh_buf_fmt(out, "\nrevision %lld\nsource ", (long long)r->revision);
	mh_buf_json(out, r->source);
	mh_buf_fmt(out, "\nzone %d\nweek ", r->zone_min);
	for (int i = 0; i < 7; i++) mh_buf_ch(out, (r->week >> i) & 1 ? '1' : '0');
	mh_buf_c(out, "\nhours");
	for (size_t i = 0; i < r->n_hours; i++) mh_buf_fmt(out, " %d-%d", r->hours[i].from, r->hours[i].to);
	mh_buf_fmt(out, "\nyears %d-%d\n", r->first_year, r->last_year);
}

void mh_cal_text(const struct mh_cal *cal, struct mh_buf *out)
{
	text_rules(&cal->rules, out);
	for (size_t i = 0; i < cal->n; i++) {
		struct mh_civil c = mh_day_civil(cal->days[i].day);
		mh_buf_fmt(out, "day %04d-%02d-%02d %d ", c.year, c.month, c.day, cal->days[i].working);
		mh_buf_json(out, cal->days[i].zh);
		mh_buf_ch(out, ' ');
		mh_buf_json(out, cal->days[i].en);
		mh_buf_ch(out, '\n');
	}
}

struct mh_hash mh_cal_hash(const struct mh_cal *cal)
{
	return cal->hash;
}

static bool same_hours(const struct mh_cal_rules *a, const struct mh_cal_rules *b)
{
	if (a->n_hours != b->n_hours) return false;
	for (size_t i = 0; i < a->n_hours; i++)
		if (a->hours[i].from != b->hours[i].from || a->hours[i].to != b->hours[i].to) return false;
	return true;
}

static struct mh_cal_change change_of(const struct mh_cal *was, const struct mh_cal *is, mh_day day)
{
	const struct mh_cal_day *w = mh_cal_find(was, day), *i = mh_cal_find(is, day);
	struct mh_cal_change c = {
		.day = day, .was_working = mh_cal_is_working(was, day), .is_working = mh_cal_is_working(is, day)};
	if (w) c.was_zh = w->zh, c.was_en = w->en;
	if (i) c.is_zh = i->zh, c.is_en = i->en;
	return c;
}

static bool is_change(const struct mh_cal_change *c)
{
	return c->was_working != c->is_working || !mh_str_eq(c->was_zh, c->is_zh) || !mh_str_eq(c->was_en, c->is_en);
}

enum mh_code mh_cal_diff(struct mh_arena *a, const struct mh_cal *was, const struct mh_cal *is, struct mh_cal_diff *ret,
			 struct mh_err *reterr)
{
	const struct mh_cal_rules *w = &was->rules, *r = &is->rules;
	struct mh_cal_diff d = {
		.week = w->week != r->week, .hours = !same_hours(w, r), .zone = w->zone_min != r->zone_min};
	d.years = w->first_year != r->first_year || w->last_year != r->last_year;
	d.changes = MH_NEW_ARRAY(a, was->n + is->n, struct mh_cal_change);
	MH_TRY_MEM(d.changes, reterr);
	for (size_t i = 0, j = 0; i < was->n || j < is->n;) {
		mh_day day = j == is->n || (i < was->n && was->days[i].day < is->days[j].day) ? was->days[i].day
											      : is->days[j].day;
		if (i < was->n && was->days[i].day == day) i++;
		if (j < is->n && is->days[j].day == day) j++;
		d.changes[d.n] = change_of(was, is, day);
		d.n += is_change(&d.changes[d.n]);
	}
	*ret = d;
	return MH_OK;
}
