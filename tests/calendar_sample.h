/* The calendars that the tests of src/calendar use: the official days of packs/hangzhou, and short ways to write
 * instants. Everything lives in the arena that is handed in. */
#ifndef MH_TESTS_CALENDAR_SAMPLE_H
#define MH_TESTS_CALENDAR_SAMPLE_H
#include "base/csv.h"
#include "base/random.h"
#include "calendar/deadline.h"
#include "unit.h"

#include <stdlib.h>

static inline struct mh_cal_rules sample_rules(int64_t revision)
{
	return (struct mh_cal_rules){.region = MH_STR("330100"),
				     .source = MH_STR("国务院办公厅节假日安排通知"),
				     .revision = revision,
				     .zone_min = MH_ZONE_CHINA,
				     .week = MH_CAL_WEEK_CHINA,
				     .first_year = 2015,
				     .last_year = 2026,
				     .hours = {{510, 720}, {840, 1050}},
				     .n_hours = 2};
}

static inline void sample_row(struct mh_cal_builder *b, const char *date, bool working, struct mh_str zh,
			      struct mh_str en)
{
	struct mh_cal_day row = {.working = working, .zh = zh, .en = en};
	assert_true(mh_day_parse(mh_str_c(date), &row.day));
	struct mh_err err = {0};
	if (mh_cal_builder_day(b, &row, &err)) fail_msg("%s", err.message);
}

static inline void sample_load(struct mh_cal_builder *b, const char *file)
{
	char path[512];
	snprintf(path, sizeof path, "%s/packs/hangzhou/%s", getenv("MINHU_SOURCE") ? getenv("MINHU_SOURCE") : ".",
		 file);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	struct mh_csv *csv;
	assert_int_equal(mh_csv_open_file(f, NULL, &csv, NULL), MH_OK);
	struct mh_csv_record r;
	for (bool head = true; mh_csv_next(csv, &r, NULL) == MH_OK && !r.end; head = false) {
		assert_int_equal(r.fault, MH_CSV_SOUND);
		assert_int_equal(r.n, 4);
		if (head) assert_true(mh_str_is(r.fields[1].text, "working"));
		else
			sample_row(b, r.fields[0].text.ptr, mh_str_is(r.fields[1].text, "1"), r.fields[2].text,
				   r.fields[3].text);
	}
	mh_csv_free(csv);
	fclose(f);
}

static inline const struct mh_cal *sample_finish(struct mh_cal_builder *b)
{
	const struct mh_cal *cal = NULL;
	struct mh_err err = {0};
	if (mh_cal_builder_finish(b, &cal, &err)) fail_msg("%s", err.message);
	return cal;
}

static inline const struct mh_cal *sample_with(struct mh_arena *a, const struct mh_cal_rules *rules, const char *file)
{
	struct mh_cal_builder *b;
	assert_int_equal(mh_cal_builder_new(a, rules, &b, NULL), MH_OK);
	if (file) sample_load(b, file);
	return sample_finish(b);
}

static inline const struct mh_cal *sample_city(struct mh_arena *a)
{
	struct mh_cal_rules rules = sample_rules(1);
	return sample_with(a, &rules, "calendar.csv");
}

/* "2024-02-08 16:00", China time. */
static inline mh_time at(const char *text)
{
	char full[40];
	mh_time t = 0;
	snprintf(full, sizeof full, "%s:00+08:00", text);
	assert_true(mh_time_parse(mh_str_c(full), &t));
	return t;
}

static inline mh_day on(const char *text)
{
	mh_day d = 0;
	assert_true(mh_day_parse(mh_str_c(text), &d));
	return d;
}

static inline struct mh_span span(const char *text)
{
	struct mh_span s = {0};
	assert_true(mh_span_parse(mh_str_c(text), &s));
	return s;
}

static inline void expect_time(mh_time got, const char *want)
{
	struct mh_arena a = MH_ARENA(0);
	char text[32];
	struct mh_str s = mh_time_text(&a, got, MH_ZONE_CHINA);
	snprintf(text, sizeof text, "%.10s %.5s", s.ptr, s.ptr + 11);
	mh_arena_done(&a);
	assert_string_equal(text, want);
}

/* From 2014 to 2027, so on both edges of the table; a quarter of them on a full minute of business hours' edges. */
static inline mh_time any_time(const struct mh_rng *r)
{
	static const int edges[] = {0, 510, 720, 840, 1050, 1440};
	mh_day day = mh_day_from(2014, 7, 1) + (mh_day)mh_random_below(r, 4700);
	int64_t ms = (int64_t)mh_random_below(r, 86400000);
	if (mh_random_below(r, 4) == 0) ms = edges[mh_random_below(r, 6)] * 60000 + (int64_t)mh_random_below(r, 3) - 1;
	return mh_day_start(day, MH_ZONE_CHINA) + ms;
}

static inline int64_t any_steps(const struct mh_rng *r, enum mh_unit unit)
{
	bool days = unit == MH_UNIT_WD || unit == MH_UNIT_D;
	return 1 + (int64_t)mh_random_below(r, days ? 60 : 60LL * 3600000);
}

#endif
