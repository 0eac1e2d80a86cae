/* Sentences from templates: "{a|b}" one of them, "{name}" the case's own words, a phrase list, or what is built in,
 * "{n:3-12}" a number, "{ago:1-9}" a day that many days ago, "{ahead:3-20}" one to come. */
#include "loop/sample_priv.h"

#include <string.h>

#define DEPTH_MAX 10
#define SAY_MAX ((size_t)64 << 10)

int64_t mh_sample__between(const struct mh_rng *rng, int64_t min, int64_t max)
{
	return max <= min ? min : min + (int64_t)mh_random_below(rng, (uint64_t)(max - min + 1));
}

bool mh_sample__chance(const struct mh_rng *rng, int64_t percent)
{
	return (int64_t)mh_random_below(rng, 100) < percent;
}

static int64_t odds_of(const struct mh_yaml *y)
{
	int64_t n = 0;
	return mh_str_to_i64(y->text, &n) && n > 0 ? n : 0;
}

struct mh_yaml *mh_sample__pick(const struct mh_rng *rng, struct mh_yaml *odds)
{
	int64_t sum = 0;
	for (struct mh_yaml *y = odds ? odds->first : NULL; y; y = y->next) sum += odds_of(y);
	if (sum == 0) return NULL;
	int64_t at = (int64_t)mh_random_below(rng, (uint64_t)sum);
	for (struct mh_yaml *y = odds->first; y; y = y->next)
		if ((at -= odds_of(y)) < 0) return y;
	return NULL;
}

/* --- what is built in --- */

static const char *const builtin[] = {"place", "street", "county", "city", "unit", "today", "label"};

bool mh_sample__is_builtin(struct mh_str slot)
{
	for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
		if (mh_str_is(slot, builtin[i])) return true;
	return false;
}

static struct mh_str org_zh(const struct mh_sample__talk *t, int org)
{
	return org < 0 ? MH_STR("本市") : t->city->orgs.list[org].zh;
}

static void put_day(const struct mh_sample__talk *t, struct mh_buf *out, mh_time at)
{
	struct mh_civil c = mh_time_civil(at, t->city->zone_min);
	mh_buf_fmt(out, "%d月%d日", c.month, c.day);
}

static void put_builtin(const struct mh_sample__talk *t, struct mh_buf *out, struct mh_str slot)
{
	const struct mh_orgs *o = &t->city->orgs;
	int place = t->place < 0 ? o->root : t->place;
	if (mh_str_is(slot, "place")) mh_buf_str_add(out, org_zh(t, place));
	if (mh_str_is(slot, "street")) mh_buf_str_add(out, org_zh(t, mh_org_at_level(o, place, 2)));
	if (mh_str_is(slot, "county")) mh_buf_str_add(out, org_zh(t, mh_org_at_level(o, place, 3)));
	if (mh_str_is(slot, "city")) mh_buf_str_add(out, org_zh(t, o->root));
	if (mh_str_is(slot, "unit")) mh_buf_str_add(out, org_zh(t, t->unit));
	if (mh_str_is(slot, "today")) put_day(t, out, t->now);
	if (mh_str_is(slot, "label")) mh_buf_str_add(out, t->kind->def->title.zh);
}

/* --- expansion --- */

static void put(const struct mh_sample__talk *t, struct mh_buf *out, struct mh_str text, int depth);

static struct mh_yaml *words(const struct mh_sample__talk *t, struct mh_str name)
{
	for (struct mh_yaml *y = t->what ? t->what->node->first : NULL; y; y = y->next)
		if (mh_str_eq(y->key, name)) return y;
	return mh_sample__list(t->book, name);
}

static struct mh_yaml *one_of(const struct mh_sample__talk *t, struct mh_yaml *list)
{
	if (!list || list->kind == MH_YAML_SCALAR) return list;
	if (list->n == 0) return NULL;
	struct mh_yaml *y = list->first;
	for (uint64_t i = mh_random_below(t->rng, list->n); i > 0; i--) y = y->next;
	return y;
}

/* Cuts "a|b{c|d}|e" at the bars that stand outside of braces; *rest is what is left. */
static struct mh_str next_choice(struct mh_str *rest)
{
	int depth = 0;
	size_t i = 0;
	for (; i < rest->len; i++) {
		char c = rest->ptr[i];
		if (c == '{') depth++;
		if (c == '}') depth--;
		if (c == '|' && depth == 0) break;
	}
	struct mh_str head = {rest->ptr, i};
	size_t skip = i < rest->len ? i + 1 : i;
	*rest = (struct mh_str){rest->ptr + skip, rest->len - skip};
	return head;
}

static bool put_choice(const struct mh_sample__talk *t, struct mh_buf *out, struct mh_str slot, int depth)
{
	struct mh_str rest = slot, head;
	size_t n = 1;
	int deep = 0;
	for (size_t i = 0; i < slot.len; i++) {
		deep += (slot.ptr[i] == '{') - (slot.ptr[i] == '}');
		n += slot.ptr[i] == '|' && deep == 0;
	}
	if (n == 1) return false;
	uint64_t at = mh_random_below(t->rng, n);
	do head = next_choice(&rest);
	while (at-- > 0);
	put(t, out, head, depth);
	return true;
}

static bool put_number(const struct mh_sample__talk *t, struct mh_buf *out, struct mh_str slot)
{
	struct mh_str rest = slot, head;
	int64_t min, max;
	if (!mh_str_split(&rest, ':', &head) || !mh_sample__range(rest, &min, &max)) return false;
	int64_t n = mh_sample__between(t->rng, min, max);
	if (mh_str_is(head, "n")) mh_buf_fmt(out, "%lld", (long long)n);
	else if (mh_str_is(head, "ago")) put_day(t, out, t->now - n * 86400000);
	else if (mh_str_is(head, "ahead")) put_day(t, out, t->now + n * 86400000);
	else return false;
	return true;
}

static void put_slot(const struct mh_sample__talk *t, struct mh_buf *out, struct mh_str slot, int depth)
{
	if (put_choice(t, out, slot, depth) || put_number(t, out, slot)) return;
	struct mh_yaml *y = one_of(t, words(t, slot));
	if (y) put(t, out, y->text, depth);
	else put_builtin(t, out, slot);
}

static void put(const struct mh_sample__talk *t, struct mh_buf *out, struct mh_str text, int depth)
{
	if (depth > DEPTH_MAX) return;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '{') {
			mh_buf_ch(out, text.ptr[i]);
			continue;
		}
		size_t from = i + 1;
		for (int deep = 1; deep > 0 && ++i < text.len;) deep += (text.ptr[i] == '{') - (text.ptr[i] == '}');
		put_slot(t, out, (struct mh_str){text.ptr + from, i - from}, depth + 1);
	}
}

struct mh_str mh_sample__say(const struct mh_sample__talk *t, struct mh_str template_)
{
	struct mh_buf b = MH_BUF(SAY_MAX);
	put(t, &b, template_, 0);
	struct mh_str s = b.failed ? (struct mh_str){NULL, 0} : mh_str_dup(t->arena, mh_buf_str(&b));
	mh_buf_done(&b);
	return s;
}
