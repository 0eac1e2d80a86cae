/* Time as integers. Instants are Unix milliseconds UTC (mh_time); days are numbers since 1970-01-01 in the city's own
 * zone (mh_day). China has used UTC+8 without summer time since 1991, so a city's zone is one fixed offset in minutes.
 * Nothing here reads a clock except mh_clock_system. */
#ifndef MH_BASE_TIME_H
#define MH_BASE_TIME_H
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

typedef int64_t mh_time; /* Unix ms */
typedef int32_t mh_day;  /* days since 1970-01-01, civil, in a zone */
#define MH_ZONE_CHINA (8 * 60)
#define MH_TIME_MAX ((mh_time)253402300799999) /* 9999-12-31T23:59:59.999Z */

/* Where time comes from: passed in, so that tests and scenarios own it. */
struct mh_clock {
	mh_time (*now)(void *ctx);
	void *ctx;
};
struct mh_clock mh_clock_system(void);
struct mh_clock mh_clock_fixed(mh_time *at); /* reads *at */
static inline mh_time mh_now(const struct mh_clock *c)
{
	return c->now(c->ctx);
}
/* Monotonic milliseconds, for waits and time-outs only. */
int64_t mh_ticks(void);

struct mh_civil {
	int year, month, day, hour, minute, second;
};
mh_day mh_day_from(int year, int month, int day); /* proleptic Gregorian; must be a real date */
bool mh_civil_valid(const struct mh_civil *c);
struct mh_civil mh_day_civil(mh_day day);
int mh_day_weekday(mh_day day); /* 1 = Monday … 7 = Sunday */
mh_day mh_time_day(mh_time t, int zone_min);
mh_time mh_day_start(mh_day day, int zone_min);
struct mh_civil mh_time_civil(mh_time t, int zone_min);
mh_time mh_civil_time(const struct mh_civil *c, int zone_min);

/* "2026-11-21" */
bool mh_day_parse(struct mh_str s, mh_day *ret);
struct mh_str mh_day_text(struct mh_arena *a, mh_day day);
/* RFC 3339 with a zone: "2026-11-21T17:30:00+08:00" or …Z. */
bool mh_time_parse(struct mh_str s, mh_time *ret);
struct mh_str mh_time_text(struct mh_arena *a, mh_time t, int zone_min);
#endif
