/* When people write in: by the hour, the weekday, the month, holidays; some of them all at once about one thing; and when
 * an office next looks at what it has. */
#include "loop/sample_priv.h"

#include "calendar/deadline.h"

#include <stdlib.h>

#define DAY_MS ((mh_time)86400000)

static int64_t day_weight(const struct mh_sample__book *b, const struct mh_cal *cal, mh_day day)
{
	const struct mh_cal_day *row = mh_cal_find(cal, day);
	int64_t w = b->week[mh_day_weekday(day) - 1] * b->months[mh_day_civil(day).month - 1];
	if (row && !row->working) w = w * b->holiday / 100;
	if (row && row->working)
		w = b->week[0] * b->months[mh_day_civil(day).month - 1]; /* a make-up day is like Monday */
	return w > 0 ? w : 1;
}

struct days {
	mh_day first;
	size_t n;
	int64_t *upto; /* sums of the weights */
};

static enum mh_code weigh_days(const struct mh_sample__book *b, const struct mh_city *city,
			       const struct mh_sample_config *config, struct days *ret, struct mh_err *reterr)
{
	const struct mh_cal *cal = mh_city_cal(city, 0);
	mh_day last = mh_time_day(config->until - 1, city->zone_min);
	struct days d = {.first = mh_time_day(config->from, city->zone_min)};
	int64_t sum = 0;
	d.n = (size_t)(last - d.first) + 1;
	d.upto = MH_NEW_ARRAY(b->arena, d.n, int64_t);
	MH_TRY_MEM(d.upto, reterr);
	for (size_t i = 0; i < d.n; i++) d.upto[i] = sum += day_weight(b, cal, d.first + (mh_day)i);
	*ret = d;
	return MH_OK;
}

static mh_day draw_day(const struct days *d, const struct mh_rng *rng, size_t from)
{
	int64_t base = from ? d->upto[from - 1] : 0, span = d->upto[d->n - 1] - base;
	int64_t at = base + (int64_t)mh_random_below(rng, (uint64_t)span);
	size_t lo = from, hi = d->n - 1;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (d->upto[mid] > at) hi = mid;
		else lo = mid + 1;
	}
	return d->first + (mh_day)lo;
}

static mh_time draw_moment(const struct mh_sample__book *b, const struct mh_rng *rng, mh_day day, int zone_min)
{
	int64_t sum = 0, hour = 0;
	for (int i = 0; i < 24; i++) sum += b->hours[i];
	int64_t at = sum ? (int64_t)mh_random_below(rng, (uint64_t)sum) : 0;
	while (hour < 23 && (at -= b->hours[hour]) >= 0) hour++;
	return mh_day_start(day, zone_min) + hour * 3600000 + (mh_time)mh_random_below(rng, 3600000);
}

/* Within the history, by folding what sticks out back into it. */
static mh_time clamp(const struct mh_sample_config *c, mh_time t)
{
	mh_time span = c->until - c->from;
	if (t < c->from) t = c->from + (c->from - t) % span;
	if (t >= c->until) t = c->until - 1 - (t - c->until) % span;
	return t;
}

static int earlier(const void *a, const void *b)
{
	const struct mh_sample__arrival *x = a, *y = b;
	if (x->at != y->at) return x->at < y->at ? -1 : 1;
	return x->burst < y->burst ? -1 : x->burst > y->burst;
}

/* --- situations and places --- */

const struct mh_sample__case *mh_sample__case_of(const struct mh_rng *rng, const struct mh_sample__kind *k, int month,
						 bool hot)
{
	int64_t sum = 0, at;
	for (size_t i = 0; i < k->n_cases; i++)
		if ((k->cases[i]->months >> month & 1) && (!hot || k->cases[i]->hot)) sum += k->cases[i]->weight;
	if (sum == 0) return NULL;
	at = (int64_t)mh_random_below(rng, (uint64_t)sum);
	for (size_t i = 0; i < k->n_cases; i++)
		if ((k->cases[i]->months >> month & 1) && (!hot || k->cases[i]->hot) && (at -= k->cases[i]->weight) < 0)
			return k->cases[i];
	return NULL;
}

/* A place of the lowest level; of that kind when one is asked for. */
int mh_sample__place(const struct mh_rng *rng, const struct mh_city *city, struct mh_str kind)
{
	const struct mh_orgs *o = &city->orgs;
	for (int tries = 0; tries < 400; tries++) {
		int i = (int)mh_random_below(rng, o->n);
		if (o->list[i].department || o->list[i].level != 1) continue;
		if (!kind.len || mh_str_eq(o->list[i].kind, kind)) return i;
	}
	return o->root;
}

/* --- bursts --- */

struct plan {
	const struct mh_sample__book *book;
	const struct mh_city *city;
	const struct mh_rng *rng;
	const struct mh_sample_config *config;
	struct mh_sample__arrival *list;
	struct mh_sample__burst *bursts;
	int n_bursts, most;
};

static bool begin_burst(struct plan *p, mh_time at)
{
	const struct mh_sample__kind *k = NULL;
	int64_t sum = 0;
	for (size_t i = 0; i < p->book->n_kinds; i++) sum += p->book->kinds[i].hot;
	if (sum == 0 || p->n_bursts >= p->most) return false;
	sum = (int64_t)mh_random_below(p->rng, (uint64_t)sum);
	for (size_t i = 0; i < p->book->n_kinds && sum >= 0; i++) k = &p->book->kinds[i], sum -= k->hot;
	int month = mh_time_civil(at, p->city->zone_min).month;
	const struct mh_sample__case *c = k ? mh_sample__case_of(p->rng, k, month, true) : NULL;
	if (!c) return false;
	p->bursts[p->n_bursts++] = (struct mh_sample__burst){
		.kind = k, .what = c, .place = mh_sample__place(p->rng, p->city, c->where)};
	return true;
}

/* A number of arrivals from list[i] on become one burst; how many. */
static int64_t burst(struct plan *p, int64_t i)
{
	const struct mh_sample__book *b = p->book;
	mh_time at = p->list[i].at;
	if (!begin_burst(p, at)) return 1;
	int64_t size = mh_sample__between(p->rng, b->burst_min, b->burst_max), n = 0;
	for (; n < size && i + n < p->config->matters; n++) {
		mh_time later = n ? (mh_time)mh_random_below(p->rng, (uint64_t)(b->burst_hours * 3600000 + 1)) : 0;
		p->list[i + n] = (struct mh_sample__arrival){clamp(p->config, at + later), p->n_bursts - 1};
	}
	return n;
}

static void make_bursts(struct plan *p)
{
	const struct mh_sample__book *b = p->book;
	int64_t size = (b->burst_min + b->burst_max) / 2;
	for (int64_t i = 0; i < p->config->matters;) {
		/* A burst takes `size` arrivals, so it begins that much more seldom. */
		bool here = (int64_t)mh_random_below(p->rng, (uint64_t)(100 * size)) < b->burst_share;
		i += here ? burst(p, i) : 1;
	}
}

enum mh_code mh_sample__arrivals(const struct mh_sample__book *b, const struct mh_city *city, const struct mh_rng *rng,
				 const struct mh_sample_config *config, struct mh_sample__arrival **ret,
				 struct mh_sample__burst **ret_bursts, struct mh_err *reterr)
{
	struct days days;
	int64_t n = config->matters, recent = b->recent_most < n / 3 ? b->recent_most : n / 3;
	struct plan p = {.book = b, .city = city, .rng = rng, .config = config, .most = (int)(n / 20 + 1)};
	MH_TRY(weigh_days(b, city, config, &days, reterr));
	p.list = MH_NEW_ARRAY(b->arena, (size_t)n + 1, struct mh_sample__arrival);
	p.bursts = MH_NEW_ARRAY(b->arena, (size_t)p.most, struct mh_sample__burst);
	MH_TRY_MEM(p.list, reterr);
	MH_TRY_MEM(p.bursts, reterr);
	/* A small city would have few open matters: the last days get some more, so that its desks look alive. */
	size_t late = days.n > (size_t)b->recent_days ? days.n - (size_t)b->recent_days : 0;
	for (int64_t i = 0; i < n; i++) {
		mh_day day = draw_day(&days, rng, i < recent ? late : 0);
		p.list[i] = (struct mh_sample__arrival){clamp(config, draw_moment(b, rng, day, city->zone_min)), -1};
	}
	qsort(p.list, (size_t)n, sizeof *p.list, earlier);
	make_bursts(&p);
	qsort(p.list, (size_t)n, sizeof *p.list, earlier);
	*ret = p.list;
	*ret_bursts = p.bursts;
	return MH_OK;
}

/* Short waits are likelier than long ones (the square of an even draw); a few are several times as long as they should be. */
mh_time mh_sample__look(const struct mh_sample__book *b, const struct mh_sample__kind *k, int state,
			const struct mh_cal *cal, const struct mh_rng *rng, mh_time from)
{
	const struct mh_sample__wait *w = &k->wait[state];
	int64_t u = (int64_t)mh_random_below(rng, 1001);
	int64_t steps = w->min + (w->max - w->min) / 1000 * u / 1000 * u;
	if (mh_sample__chance(rng, b->slow)) steps *= mh_sample__between(rng, 2, 5);
	if (steps < 1000) steps = 1000;
	if (w->unit != MH_UNIT_WH) return from + steps;
	return mh_cal_due_from(cal, from, steps, 0, MH_UNIT_WH).at + (mh_time)mh_random_below(rng, 60000);
}
