#include "calendar/timer.h"
#include "calendar/calendar_priv.h"

struct mh_timer_state mh_timer_start(const struct mh_cal *cal, mh_time now, struct mh_span budget)
{
	return (struct mh_timer_state){.unit = budget.unit,
				       .budget = mh_span_steps(budget),
				       .used = mh_cal_first(cal, now, budget.unit),
				       .running_since = now,
				       .cal_rev = cal->rules.revision};
}

bool mh_timer_is_running(const struct mh_timer_state *s)
{
	return s->running_since >= 0;
}

static enum mh_code check_cal(const struct mh_timer_state *s, const struct mh_cal *cal, struct mh_err *reterr)
{
	if (s->cal_rev == cal->rules.revision) return MH_OK;
	return MH_FAIL(reterr, MH_E_INVALID, "This clock counts by calendar revision %lld, not %lld",
		       (long long)s->cal_rev, (long long)cal->rules.revision);
}

/* Adds what ran until now. */
static enum mh_code fold(struct mh_timer_state *s, const struct mh_cal *cal, mh_time now, struct mh_err *reterr)
{
	MH_TRY(check_cal(s, cal, reterr));
	if (now < s->running_since)
		return MH_FAIL(reterr, MH_E_INVALID,
			       "A clock cannot be changed before the instant since which it runs");
	s->used += mh_cal_used(cal, s->running_since, now, s->unit);
	return MH_OK;
}

enum mh_code mh_timer_pause(struct mh_timer_state *s, const struct mh_cal *cal, mh_time now, struct mh_err *reterr)
{
	if (!mh_timer_is_running(s)) return MH_FAIL(reterr, MH_E_CONFLICT, "Only a running clock can be paused");
	MH_TRY(fold(s, cal, now, reterr));
	s->running_since = MH_TIMER_PAUSED;
	return MH_OK;
}

enum mh_code mh_timer_resume(struct mh_timer_state *s, const struct mh_cal *cal, mh_time now, struct mh_err *reterr)
{
	if (s->running_since != MH_TIMER_PAUSED)
		return MH_FAIL(reterr, MH_E_CONFLICT, "Only a paused clock can run on");
	if (now < 0) return MH_FAIL(reterr, MH_E_INVALID, "A clock cannot run since before 1970");
	MH_TRY(check_cal(s, cal, reterr));
	s->running_since = now;
	return MH_OK;
}

enum mh_code mh_timer_stop(struct mh_timer_state *s, const struct mh_cal *cal, mh_time now, struct mh_err *reterr)
{
	if (s->running_since == MH_TIMER_STOPPED) return MH_FAIL(reterr, MH_E_CONFLICT, "The clock is stopped already");
	if (mh_timer_is_running(s)) MH_TRY(fold(s, cal, now, reterr));
	s->running_since = MH_TIMER_STOPPED;
	return MH_OK;
}

enum mh_code mh_timer_extend(struct mh_timer_state *s, struct mh_span more, struct mh_err *reterr)
{
	if (s->running_since == MH_TIMER_STOPPED)
		return MH_FAIL(reterr, MH_E_CONFLICT, "A stopped clock cannot be extended");
	if (more.unit != s->unit)
		return MH_FAIL(reterr, MH_E_INVALID, "A clock in %s cannot be extended by %s", mh_unit_names[s->unit],
			       mh_unit_names[more.unit]);
	int64_t budget;
	if (more.n < 1 || __builtin_add_overflow(s->budget, mh_span_steps(more), &budget))
		return MH_FAIL(reterr, MH_E_INVALID, "A clock cannot be extended by %lld%s", (long long)more.n,
			       mh_unit_names[more.unit]);
	s->budget = budget;
	return MH_OK;
}

enum mh_code mh_timer_revise(struct mh_timer_state *s, const struct mh_cal *was, const struct mh_cal *is, mh_time now,
			     struct mh_err *reterr)
{
	MH_TRY(check_cal(s, was, reterr));
	if (is->rules.revision < was->rules.revision)
		return MH_FAIL(reterr, MH_E_INVALID, "Calendar revision %lld is older than %lld",
			       (long long)is->rules.revision, (long long)was->rules.revision);
	if (mh_timer_is_running(s)) {
		MH_TRY(fold(s, was, now, reterr));
		s->running_since = now;
	}
	s->cal_rev = is->rules.revision;
	return MH_OK;
}

bool mh_timer_due(const struct mh_timer_state *s, const struct mh_cal *cal, struct mh_cal_due *ret)
{
	if (!mh_timer_is_running(s)) return false;
	*ret = mh_cal_due_from(cal, s->running_since, s->budget, s->used, s->unit);
	return true;
}

int64_t mh_timer_left(const struct mh_timer_state *s, const struct mh_cal *cal, mh_time now)
{
	int64_t used = s->used;
	if (mh_timer_is_running(s) && now > s->running_since) used += mh_cal_used(cal, s->running_since, now, s->unit);
	/* The start day's own end is no part of the budget. */
	if (used < 0) used = 0;
	return used >= s->budget ? 0 : s->budget - used;
}

bool mh_timer_warn(const struct mh_timer_state *s, const struct mh_cal *cal, const struct mh_timer_warn *warn,
		   mh_time *ret)
{
	struct mh_cal_due due;
	if (!mh_timer_due(s, cal, &due)) return false;
	if (warn->percent <= 0) {
		*ret = mh_cal_before(cal, due.at, warn->before);
		return true;
	}
	bool business = s->unit == MH_UNIT_WD || s->unit == MH_UNIT_WH;
	int64_t day = s->unit == MH_UNIT_WD ? cal->open_ms : s->unit == MH_UNIT_D ? MH_CAL__DAY_MS : 1, total;
	if (__builtin_mul_overflow(s->budget, day, &total)) total = INT64_MAX;
	int64_t rest = total / 100 * (100 - warn->percent) + total % 100 * (100 - warn->percent) / 100;
	if (rest > MH_TIME_MAX) rest = MH_TIME_MAX;
	enum mh_unit by = business ? MH_UNIT_WH : MH_UNIT_MIN;
	*ret = mh_cal_inverse(cal, mh_cal_position(cal, due.at, by) - rest, by);
	return true;
}
