/* How long after its end the personal data and the files of a matter are kept. */
#include "process/load_priv.h"

#include <string.h>

#define YEARS_MAX 100

static bool parse(struct mh_str s, struct mh_keep *ret)
{
	int64_t n = 0;
	if (s.len < 2 || !mh_str_to_i64((struct mh_str){s.ptr, s.len - 1}, &n) || n < 1 || s.ptr[0] == '0')
		return false;
	char unit = s.ptr[s.len - 1];
	if (unit == 'y' && n <= YEARS_MAX) return *ret = (struct mh_keep){n, true}, true;
	if (unit == 'd' && n <= YEARS_MAX * 366) return *ret = (struct mh_keep){n, false}, true;
	return false;
}

static void read_one(struct mh_load *l, struct mh_yaml *map, const char *key, struct mh_keep *ret)
{
	struct mh_str s;
	if (!mh_yaml_get(map, key) || !mh_yaml_str(map, key, &s, l->diags)) return;
	if (parse(s, ret)) return;
	MH_DIAG_ERROR(l->diags, "retention", mh_yaml_get(map, key)->at, "Write years (3y) or days (90d) after the end",
		      "'%s' cannot be '" MH_STR_FMT "'", key, MH_STR_ARG(mh_utf8_prefix(s, 40)));
}

/* For comparing only: a year taken short for one, long for the other, so that 1y and 366d are as good as each other. */
static int64_t days(struct mh_keep k, int year)
{
	return k.years ? k.n * year : k.n;
}

void mh_load__retention(struct mh_load *l)
{
	static const char *const known[] = {"personal", "evidence", NULL};
	struct mh_yaml *map = mh_load__section(l, l->root, "retention", false);
	struct mh_def *d = l->def;
	if (!map) return;
	read_one(l, map, known[0], &d->personal_kept);
	read_one(l, map, known[1], &d->evidence_kept);
	mh_yaml_unknown(map, known, l->diags);
	if (d->personal_kept.n && d->evidence_kept.n && days(d->evidence_kept, 365) > days(d->personal_kept, 366))
		MH_DIAG_ERROR(l->diags, "retention", mh_yaml_get(map, known[1])->at,
			      "Files are sealed under the matter's key, which goes with its personal data",
			      "files cannot be kept longer than the personal data");
}

mh_time mh_keep_until(struct mh_keep k, mh_time end, int zone_min)
{
	mh_day day = mh_time_day(end, zone_min);
	if (!k.n) return MH_TIME_MAX;
	if (!k.years) return mh_day_start((mh_day)(day + k.n + 1), zone_min);
	struct mh_civil c = mh_day_civil(day);
	bool leap = c.month == 2 && c.day == 29; /* the 29th of February is over when the 28th is */
	return mh_day_start(mh_day_from(c.year + (int)k.n, c.month, leap ? 28 : c.day) + 1, zone_min);
}

struct mh_str mh_keep_words(struct mh_arena *a, struct mh_keep k, bool zh)
{
	if (zh) return mh_str_fmt(a, "%lld%s", (long long)k.n, k.years ? "年" : "天");
	return mh_str_fmt(a, "%lld %s%s", (long long)k.n, k.years ? "year" : "day", k.n == 1 ? "" : "s");
}
