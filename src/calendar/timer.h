/* Clocks that can be paused: what a timer row stores, and what follows from it.
 *
 * Stored are the budget, what is used up, and since when the clock runs. When it fires is derived, never stored as a
 * truth, so a new calendar revision moves every deadline by one rule. Pure functions: no clock, no store.
 *
 * `used` may be -1: see mh_cal_first. All functions that change a state leave it untouched on failure and refuse
 * (INVALID) a calendar of another revision than the one the clock counts by, and an instant before running_since. */
#ifndef MH_CALENDAR_TIMER_H
#define MH_CALENDAR_TIMER_H
#include "calendar/deadline.h"

#define MH_TIMER_PAUSED ((mh_time)-1)
#define MH_TIMER_STOPPED ((mh_time)-2)

struct mh_timer_state {
	enum mh_unit unit;
	int64_t budget, used;  /* steps of the unit */
	mh_time running_since; /* or MH_TIMER_PAUSED, MH_TIMER_STOPPED */
	int64_t cal_rev;
};

struct mh_timer_state mh_timer_start(const struct mh_cal *cal, mh_time now, struct mh_span budget);
bool mh_timer_is_running(const struct mh_timer_state *s);
/* CONFLICT: is not running (pause), is not paused (resume), is stopped already (stop, extend). */
enum mh_code mh_timer_pause(struct mh_timer_state *s, const struct mh_cal *cal, mh_time now, struct mh_err *reterr);
enum mh_code mh_timer_resume(struct mh_timer_state *s, const struct mh_cal *cal, mh_time now, struct mh_err *reterr);
enum mh_code mh_timer_stop(struct mh_timer_state *s, const struct mh_cal *cal, mh_time now, struct mh_err *reterr);
/* More budget of the same unit; another unit is INVALID. Running or paused. */
enum mh_code mh_timer_extend(struct mh_timer_state *s, struct mh_span more, struct mh_err *reterr);
/* From `now` on counted by a later revision. What is used up stays as it was counted. */
enum mh_code mh_timer_revise(struct mh_timer_state *s, const struct mh_cal *was, const struct mh_cal *is, mh_time now,
			     struct mh_err *reterr);

/* False: paused or stopped, there is no due instant. The clock is late when now > ret->at. */
bool mh_timer_due(const struct mh_timer_state *s, const struct mh_cal *cal, struct mh_cal_due *ret);
/* Steps left, between 0 and the budget; on a paused or stopped clock what was left then. */
int64_t mh_timer_left(const struct mh_timer_state *s, const struct mh_cal *cal, mh_time now);

/* When to warn: either a share of the budget, or a span before the end. */
struct mh_timer_warn {
	int percent; /* 1 … 99: when this much of the budget is used; 0: use `before` */
	struct mh_span before;
};
/* Counted back from the due instant, in business time for wd and wh and in plain time for the others: with 1wd and 50%
 * the warning comes half a working day before the end. May lie before running_since: then warn at once. False as above.
 */
bool mh_timer_warn(const struct mh_timer_state *s, const struct mh_cal *cal, const struct mh_timer_warn *warn,
		   mh_time *ret);

#endif
