/* Deadlines: one position function for each unit, and its inverse.
 *
 *   position(t)  how many steps (span.h) have gone by at instant t, counted from a fixed origin; never falls
 *   inverse(p)   the first instant at which position is at least p
 *
 * Time used up is a difference of two positions, a deadline is the inverse of a sum, so both directions agree by
 * construction (GLPI #10594 counted pauses on one calendar and deadlines on another). For all t, unit and n:
 *   position(inverse(p)) >= p, and position(inverse(p) - 1 ms) < p
 *   used(a, b) + used(b, c) == used(a, c): a pause may be cut anywhere, and one of no length changes nothing.
 *
 *   wd   steps at the end of business of each working day
 *   d    steps at 23:59:59.999 of each day, the last instant that still prints as that day
 *   wh   grows inside business hours only
 *   h, min  plain time
 *
 * "N working days from t" is the end of business of the N-th working day after the day of t; natural days are counted
 * from the next day too (民法典 art. 201: the day of the beginning does not count). A start in the middle
 * of a day therefore begins with the debt of that day's own step: mh_cal_first gives it. After a pause there is no such
 * debt: the day on which a clock runs at closing time is a day used. */
#ifndef MH_CALENDAR_DEADLINE_H
#define MH_CALENDAR_DEADLINE_H
#include "calendar/calendar.h"
#include "calendar/span.h"

/* Instants outside the years 1 to 9999 are taken as the nearest inside. */
int64_t mh_cal_position(const struct mh_cal *cal, mh_time t, enum mh_unit unit);
mh_time mh_cal_inverse(const struct mh_cal *cal, int64_t position, enum mh_unit unit);

struct mh_cal_due {
	mh_time at;
	bool provisional; /* passes through a year whose holidays are not announced: the weekday default was used */
};

/* `n` of the unit from t, the day of t not counting. */
struct mh_cal_due mh_cal_due(const struct mh_cal *cal, mh_time t, struct mh_span span);
/* Where a clock begins: the steps used at a start at t. 0, or -1 when the start day's own end is still to come. */
int64_t mh_cal_first(const struct mh_cal *cal, mh_time t, enum mh_unit unit);
/* The instant at which a clock that runs since `since` with `used` steps behind it has used `budget` steps. In the past
 * when used >= budget. */
struct mh_cal_due mh_cal_due_from(const struct mh_cal *cal, mh_time since, int64_t budget, int64_t used,
				  enum mh_unit unit);
/* Steps that go by in (from, to]; negative when to < from. */
int64_t mh_cal_used(const struct mh_cal *cal, mh_time from, mh_time to, enum mh_unit unit);
/* The span before t: for warnings "10wd before the end". */
mh_time mh_cal_before(const struct mh_cal *cal, mh_time t, struct mh_span span);
/* Whether business hours are on at t. */
bool mh_cal_is_open(const struct mh_cal *cal, mh_time t);

#endif
