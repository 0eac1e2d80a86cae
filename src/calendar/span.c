#include "calendar/span.h"

const char *const mh_unit_names[MH_UNIT_MAX] = {
	[MH_UNIT_WD] = "wd", [MH_UNIT_WH] = "wh", [MH_UNIT_D] = "d", [MH_UNIT_H] = "h", [MH_UNIT_MIN] = "min",
};

static const struct {
	const char *one, *many, *zh;
	int64_t steps;
} units[MH_UNIT_MAX] = {
	[MH_UNIT_WD] = {"working day", "working days", "个工作日", 1},
	[MH_UNIT_WH] = {"working hour", "working hours", "个工作小时", 3600000},
	[MH_UNIT_D] = {"day", "days", "日", 1},
	[MH_UNIT_H] = {"hour", "hours", "小时", 3600000},
	[MH_UNIT_MIN] = {"minute", "minutes", "分钟", 60000},
};

int64_t mh_unit_steps(enum mh_unit unit)
{
	return units[unit].steps;
}

bool mh_unit_parse(struct mh_str s, enum mh_unit *ret)
{
	for (int u = 0; u < MH_UNIT_MAX; u++)
		if (mh_str_is(s, mh_unit_names[u])) return *ret = (enum mh_unit)u, true;
	return false;
}

bool mh_span_parse(struct mh_str s, struct mh_span *ret)
{
	size_t at = 0;
	int64_t n = 0;
	for (; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9'; at++) {
		if (at > 0 && n == 0) return false;
		n = n * 10 + (s.ptr[at] - '0');
		if (n > MH_SPAN_LIMIT) return false;
	}
	enum mh_unit unit;
	if (at == 0 || !mh_unit_parse((struct mh_str){s.ptr + at, s.len - at}, &unit)) return false;
	*ret = (struct mh_span){n, unit};
	return true;
}

struct mh_str mh_span_text(struct mh_arena *a, struct mh_span s)
{
	return mh_str_fmt(a, "%lld%s", (long long)s.n, mh_unit_names[s.unit]);
}

void mh_span_put_words(struct mh_buf *out, struct mh_span s, bool zh)
{
	if (zh) mh_buf_fmt(out, "%lld %s", (long long)s.n, units[s.unit].zh);
	else mh_buf_fmt(out, "%lld %s", (long long)s.n, s.n == 1 ? units[s.unit].one : units[s.unit].many);
}

struct mh_str mh_span_words(struct mh_arena *a, struct mh_span s, const char *lang)
{
	struct mh_buf b = MH_BUF(128);
	mh_span_put_words(&b, s, mh_str_starts(mh_str_c(lang), "zh"));
	struct mh_str text = b.failed ? (struct mh_str){NULL, 0} : mh_str_dup(a, mh_buf_str(&b));
	mh_buf_done(&b);
	return text;
}

int64_t mh_span_steps(struct mh_span s)
{
	int64_t steps;
	if (__builtin_mul_overflow(s.n, units[s.unit].steps, &steps)) return s.n < 0 ? INT64_MIN : INT64_MAX;
	return steps;
}
