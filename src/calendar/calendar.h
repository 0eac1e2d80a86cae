/* A calendar: which days are worked in a region, and at which hours.
 *
 * struct mh_cal is one revision and never changes. A change (the State Council's notice for next year, a holiday of
 * one county) is a new revision with a higher number; mh_cal_diff says what it changed. Deadlines are computed in
 * deadline.h, clocks with pauses in timer.h, and explain.h says in words what was counted.
 *
 * A day is looked up in the day table first and only then by its weekday, so make-up Sundays are worked and a holiday
 * on a Wednesday is not (rickar/cal #106, vacanza/holidays #3293 did it the other way round).
 *
 * Knows no store, no matter and no clock. All functions may be called from several threads at once. */
#ifndef MH_CALENDAR_CALENDAR_H
#define MH_CALENDAR_CALENDAR_H
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/time.h"

#define MH_CAL_HOURS_MAX 8     /* intervals of one day */
#define MH_CAL_DAYS_MAX 20000  /* rows of the day table */
#define MH_CAL_WEEK_CHINA 0x1f /* Monday to Friday; bit 0 is Monday */

struct mh_cal; /* immutable; lives in the arena of its builder */
struct mh_cal_builder;

struct mh_cal_hours {
	int from, to; /* minutes since midnight, [from, to); 0 <= from < to <= 1440 */
};

/* What a calendar is apart from its day table. */
struct mh_cal_rules {
	struct mh_str region;                        /* code of the region, e.g. "330100" */
	struct mh_str source;                        /* where the days come from, for people */
	int64_t revision;                            /* >= 1; higher is later */
	int zone_min;                                /* minutes east of UTC: MH_ZONE_CHINA */
	unsigned week;                               /* the weekday default: MH_CAL_WEEK_CHINA; at least one bit */
	int first_year, last_year;                   /* the years whose official arrangement the day table holds */
	struct mh_cal_hours hours[MH_CAL_HOURS_MAX]; /* of a working day; ascending, apart */
	size_t n_hours;                              /* at least 1 */
};

/* A row of the day table: an exception to the weekday default, or a weekend day that is part of a named holiday. */
struct mh_cal_day {
	mh_day day;
	bool working;
	struct mh_str zh, en; /* the holiday that is kept, or (working) made up for */
};

/* --- Building. Texts are copied. INVALID names the rule or the date that is wrong. --- */
enum mh_code mh_cal_builder_new(struct mh_arena *a, const struct mh_cal_rules *rules, struct mh_cal_builder **ret,
				struct mh_err *reterr);
/* All rows of an earlier revision, or of the region above; rows given with _day replace them. */
enum mh_code mh_cal_builder_copy(struct mh_cal_builder *b, const struct mh_cal *base, struct mh_err *reterr);
/* In any order. Refused: a day given twice, a year that is not covered, a name that is empty or has control
 * characters. */
enum mh_code mh_cal_builder_day(struct mh_cal_builder *b, const struct mh_cal_day *row, struct mh_err *reterr);
/* The builder is used up, also on failure. */
enum mh_code mh_cal_builder_finish(struct mh_cal_builder *b, const struct mh_cal **ret, struct mh_err *reterr);

/* --- Asking. Views live as long as the calendar. --- */
const struct mh_cal_rules *mh_cal_rules(const struct mh_cal *cal);
size_t mh_cal_days(const struct mh_cal *cal, const struct mh_cal_day **ret); /* the day table, ascending */
/* The row of a day, or NULL. */
const struct mh_cal_day *mh_cal_find(const struct mh_cal *cal, mh_day day);
bool mh_cal_is_working(const struct mh_cal *cal, mh_day day);
/* False: the arrangement for that year is not out, and the weekday default answered. */
bool mh_cal_covers(const struct mh_cal *cal, mh_day day);
/* Working days up to and including `day`, counted from a fixed origin: only differences mean something. */
int64_t mh_cal_workdays_upto(const struct mh_cal *cal, mh_day day);
/* Working days d with from < d <= to; negative when to < from. */
int64_t mh_cal_workdays_between(const struct mh_cal *cal, mh_day from, mh_day to);
/* The first day on which mh_cal_workdays_upto is at least `index`. */
mh_day mh_cal_workday_at(const struct mh_cal *cal, int64_t index);

/* --- Identity --- */
/* The canonical text: one line a rule, one a row. Same calendar, same bytes. */
void mh_cal_text(const struct mh_cal *cal, struct mh_buf *out);
struct mh_hash mh_cal_hash(const struct mh_cal *cal); /* SHA-256 of that text */

struct mh_cal_change {
	mh_day day;
	bool was_working, is_working;
	struct mh_str was_zh, was_en, is_zh, is_en; /* empty: an ordinary day */
};
struct mh_cal_diff {
	struct mh_cal_change *changes; /* ascending; days whose working or name differs, outside the weekday default */
	size_t n;
	bool week, hours, zone, years; /* a rule for all days differs */
};
/* Views into both calendars and memory of `a`. */
enum mh_code mh_cal_diff(struct mh_arena *a, const struct mh_cal *was, const struct mh_cal *is, struct mh_cal_diff *ret,
			 struct mh_err *reterr);

#endif
