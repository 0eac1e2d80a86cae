/* The inside of a calendar, for this folder. */
#ifndef MH_CALENDAR_PRIV_H
#define MH_CALENDAR_PRIV_H
#include "calendar/calendar.h"

#define MH_CAL__MINUTE_MS ((int64_t)60000)
#define MH_CAL__DAY_MS ((int64_t)86400000)

struct mh_cal {
	struct mh_cal_rules rules;
	struct mh_cal_day *days; /* ascending, each day once */
	int32_t *shift; /* shift[i]: working days that rows 0 … i add to the weekday default (may be negative) */
	size_t n;
	int week_days;    /* working days of an ordinary week */
	int week_upto[7]; /* of them, Monday … this day */
	int64_t open_ms;  /* business time of one working day */
	mh_day from, to;  /* the days that first_year … last_year cover */
	struct mh_hash hash;
};

int64_t mh_cal__floor_div(int64_t a, int64_t b); /* b > 0 */
int64_t mh_cal__ceil_div(int64_t a, int64_t b);

#endif
