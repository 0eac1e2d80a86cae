#include "calendar/deadline.h"
#include "calendar/calendar_priv.h"

#define DAYS_FIRST (-719162) /* 0001-01-01 */
#define DAYS_LAST 2932896    /* 9999-12-31 */

static mh_time inside(const struct mh_cal *cal, mh_time t)
{
	mh_time first = mh_day_start(DAYS_FIRST, cal->rules.zone_min),
		last = mh_day_start(DAYS_LAST + 1, cal->rules.zone_min) - 1;
	return t < first ? first : t > last ? last : t;
}

/* Milliseconds of business that an hour of day `at` (ms since midnight) has behind it on a working day. */
static int64_t open_upto(const struct mh_cal *cal, int64_t at)
{
	int64_t sum = 0;
	for (size_t i = 0; i < cal->rules.n_hours; i++) {
		int64_t from = cal->rules.hours[i].from * MH_CAL__MINUTE_MS,
			to = cal->rules.hours[i].to * MH_CAL__MINUTE_MS;
		if (at > from) sum += (at < to ? at : to) - from;
	}
	return sum;
}

/* The inverse: the first hour of day with `open` ms behind it, 0 < open <= open_ms. */
static int64_t clock_at(const struct mh_cal *cal, int64_t open)
{
	for (size_t i = 0;; i++) {
		int64_t from = cal->rules.hours[i].from * MH_CAL__MINUTE_MS,
			to = cal->rules.hours[i].to * MH_CAL__MINUTE_MS;
		if (open <= to - from || i + 1 == cal->rules.n_hours) return from + open;
		open -= to - from;
	}
}

static int64_t position_wd(const struct mh_cal *cal, mh_day day, int64_t at)
{
	int64_t close = cal->rules.hours[cal->rules.n_hours - 1].to * MH_CAL__MINUTE_MS;
	/* Hours may end at 24:00, which belongs to the next day: there `at` is never that late. */
	if (close == MH_CAL__DAY_MS) close--;
	return mh_cal_workdays_upto(cal, day) - (at < close && mh_cal_is_working(cal, day));
}

static mh_time inverse_wd(const struct mh_cal *cal, int64_t position)
{
	int64_t close = cal->rules.hours[cal->rules.n_hours - 1].to * MH_CAL__MINUTE_MS;
	if (close == MH_CAL__DAY_MS) close--;
	return mh_day_start(mh_cal_workday_at(cal, position), cal->rules.zone_min) + close;
}

static int64_t position_wh(const struct mh_cal *cal, mh_day day, int64_t at)
{
	bool working = mh_cal_is_working(cal, day);
	return (mh_cal_workdays_upto(cal, day) - working) * cal->open_ms + (working ? open_upto(cal, at) : 0);
}

static mh_time inverse_wh(const struct mh_cal *cal, int64_t position)
{
	int64_t index = mh_cal__ceil_div(position, cal->open_ms);
	int64_t open = position - (index - 1) * cal->open_ms;
	return mh_day_start(mh_cal_workday_at(cal, index), cal->rules.zone_min) + clock_at(cal, open);
}

int64_t mh_cal_position(const struct mh_cal *cal, mh_time t, enum mh_unit unit)
{
	t = inside(cal, t);
	mh_day day = mh_time_day(t, cal->rules.zone_min);
	int64_t at = t - mh_day_start(day, cal->rules.zone_min);
	switch (unit) {
	case MH_UNIT_WD: return position_wd(cal, day, at);
	case MH_UNIT_WH: return position_wh(cal, day, at);
	case MH_UNIT_D: return (int64_t)day - (at < MH_CAL__DAY_MS - 1);
	default: return t;
	}
}

mh_time mh_cal_inverse(const struct mh_cal *cal, int64_t position, enum mh_unit unit)
{
	int64_t first = mh_cal_position(cal, INT64_MIN, unit), last = mh_cal_position(cal, INT64_MAX, unit);
	if (position < first) position = first;
	if (position > last) position = last;
	switch (unit) {
	case MH_UNIT_WD: return inverse_wd(cal, position);
	case MH_UNIT_WH: return inverse_wh(cal, position);
	case MH_UNIT_D: return inside(cal, mh_day_start((mh_day)position, cal->rules.zone_min) + MH_CAL__DAY_MS - 1);
	default: return position;
	}
}

int64_t mh_cal_used(const struct mh_cal *cal, mh_time from, mh_time to, enum mh_unit unit)
{
	return mh_cal_position(cal, to, unit) - mh_cal_position(cal, from, unit);
}

int64_t mh_cal_first(const struct mh_cal *cal, mh_time t, enum mh_unit unit)
{
	if (unit != MH_UNIT_WD && unit != MH_UNIT_D) return 0;
	mh_day day = mh_time_day(inside(cal, t), cal->rules.zone_min);
	int64_t whole = unit == MH_UNIT_D ? day : mh_cal_workdays_upto(cal, day);
	return mh_cal_position(cal, t, unit) - whole;
}

/* Plain spans cross holidays without looking at them. */
static bool is_provisional(const struct mh_cal *cal, mh_time from, mh_time to, enum mh_unit unit)
{
	if (unit != MH_UNIT_WD && unit != MH_UNIT_WH) return false;
	return !mh_cal_covers(cal, mh_time_day(inside(cal, from), cal->rules.zone_min)) ||
	       !mh_cal_covers(cal, mh_time_day(to, cal->rules.zone_min));
}

static int64_t add_clamped(int64_t a, int64_t b)
{
	int64_t sum;
	if (__builtin_add_overflow(a, b, &sum)) return b < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

struct mh_cal_due mh_cal_due_from(const struct mh_cal *cal, mh_time since, int64_t budget, int64_t used,
				  enum mh_unit unit)
{
	int64_t left;
	if (__builtin_sub_overflow(budget, used, &left)) left = budget < 0 ? INT64_MIN : INT64_MAX;
	mh_time at = mh_cal_inverse(cal, add_clamped(mh_cal_position(cal, since, unit), left), unit);
	return (struct mh_cal_due){at, is_provisional(cal, since, at, unit)};
}

struct mh_cal_due mh_cal_due(const struct mh_cal *cal, mh_time t, struct mh_span span)
{
	return mh_cal_due_from(cal, t, mh_span_steps(span), mh_cal_first(cal, t, span.unit), span.unit);
}

mh_time mh_cal_before(const struct mh_cal *cal, mh_time t, struct mh_span span)
{
	int64_t steps = mh_span_steps(span);
	return mh_cal_inverse(cal,
			      add_clamped(mh_cal_position(cal, t, span.unit), steps == INT64_MIN ? INT64_MAX : -steps),
			      span.unit);
}

bool mh_cal_is_open(const struct mh_cal *cal, mh_time t)
{
	t = inside(cal, t);
	mh_day day = mh_time_day(t, cal->rules.zone_min);
	int64_t at = (t - mh_day_start(day, cal->rules.zone_min)) / MH_CAL__MINUTE_MS;
	if (!mh_cal_is_working(cal, day)) return false;
	for (size_t i = 0; i < cal->rules.n_hours; i++)
		if (at >= cal->rules.hours[i].from && at < cal->rules.hours[i].to) return true;
	return false;
}
