/* Reading what a pack says about its sample city, with diagnostics as for definitions. */
#include "loop/sample_priv.h"

#include "matter/pack.h"

#include <string.h>

#define FILE_MAX ((size_t)1 << 20)
#define TOPS_MAX 32

bool mh_sample__range(struct mh_str text, int64_t *ret_min, int64_t *ret_max)
{
	struct mh_str rest = text, head = {NULL, 0};
	int64_t a, b;
	if (!mh_str_split(&rest, '-', &head) || !mh_str_to_i64(head, &a) || a < 0) return false;
	if (!rest.len) b = a;
	else if (!mh_str_to_i64(rest, &b) || b < a) return false;
	*ret_min = a;
	*ret_max = b;
	return true;
}

static void bad(struct mh_diags *d, const struct mh_yaml *y, const char *hint)
{
	MH_DIAG_ERROR(d, "value", y->at, hint, "\"" MH_STR_FMT "\" cannot be understood here", MH_STR_ARG(y->text));
}

static int64_t weight_of(struct mh_yaml *y, struct mh_diags *d)
{
	int64_t n = 0;
	if (!mh_str_to_i64(y->text, &n) || n < 0 || n > 1000000) bad(d, y, "write a weight: 0, 1, 20, …");
	return n;
}

static void numbers(struct mh_yaml *y, int64_t *out, size_t n, struct mh_diags *d)
{
	size_t i = 0;
	if (!y) return;
	for (struct mh_yaml *v = y->first; v && i < n; v = v->next) out[i++] = weight_of(v, d);
	if (y->n != n) MH_DIAG_ERROR(d, "count", y->at, NULL, "this list needs %zu numbers", n);
}

static void range(struct mh_yaml *y, int64_t *min, int64_t *max, struct mh_diags *d)
{
	if (y && !mh_sample__range(y->text, min, max)) bad(d, y, "write a range: 3-12");
}

static void number(struct mh_yaml *map, const char *key, int64_t *out, struct mh_diags *d)
{
	struct mh_yaml *y = map ? mh_yaml_get(map, key) : NULL;
	if (y) *out = weight_of(y, d);
}

/* --- what a file says of the city as a whole --- */

static void general(struct mh_sample__book *b, struct mh_yaml *top, struct mh_diags *d)
{
	struct mh_yaml *profile = mh_yaml_get(top, "profile"), *bursts = mh_yaml_get(top, "bursts");
	struct mh_yaml *recent = mh_yaml_get(top, "recent"), *y;
	if (profile) {
		numbers(mh_yaml_get(profile, "hours"), b->hours, 24, d);
		numbers(mh_yaml_get(profile, "week"), b->week, 7, d);
		numbers(mh_yaml_get(profile, "months"), b->months, 12, d);
		number(profile, "holiday", &b->holiday, d);
	}
	number(recent, "days", &b->recent_days, d);
	number(recent, "most", &b->recent_most, d);
	number(bursts, "share", &b->burst_share, d);
	number(bursts, "hours", &b->burst_hours, d);
	range(bursts ? mh_yaml_get(bursts, "size") : NULL, &b->burst_min, &b->burst_max, d);
	number(top, "slow", &b->slow, d);
	if ((y = mh_yaml_get(top, "roles"))) b->roles = y;
	if ((y = mh_yaml_get(top, "fill"))) b->fill = y;
}

/* --- situations --- */

static void read_months(struct mh_yaml *list, struct mh_sample__case *c, struct mh_diags *d)
{
	c->months = list ? 0 : 0x1ffe;
	for (struct mh_yaml *y = list ? list->first : NULL; y; y = y->next) {
		int64_t n;
		if (mh_str_to_i64(y->text, &n) && n >= 1 && n <= 12) c->months |= 1u << n;
		else bad(d, y, "write months: [6, 7, 8]");
	}
}

static void read_case(const struct mh_city *city, struct mh_yaml *y, struct mh_sample__case *c, struct mh_diags *d)
{
	*c = (struct mh_sample__case){.node = y, .weight = 10};
	mh_yaml_str(y, "category", &c->category, d);
	if (c->category.len && !mh_city_class(city, c->category))
		MH_DIAG_ERROR(d, "category", y->at, NULL, "the city has no category " MH_STR_FMT,
			      MH_STR_ARG(c->category));
	mh_yaml_str(y, "where", &c->where, d);
	mh_yaml_int(y, "weight", &c->weight, d);
	mh_yaml_bool(y, "hot", &c->hot, d);
	read_months(mh_yaml_get(y, "months"), c, d);
	if (c->weight < 1 || c->weight > 10000) bad(d, y, "a weight is between 1 and 10000");
}

static size_t count_cases(const struct mh_sample__book *b, const char *kind)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n_tops; i++) {
		struct mh_yaml *all = mh_yaml_get(b->tops[i], "cases"), *list = all ? mh_yaml_get(all, kind) : NULL;
		n += list ? list->n : 0;
	}
	return n;
}

static enum mh_code cases(struct mh_sample__book *b, const struct mh_city *city, struct mh_sample__kind *k,
			  struct mh_err *reterr)
{
	struct mh_str kind = mh_str_dup(b->arena, k->def->kind);
	MH_TRY_MEM(kind.ptr, reterr);
	size_t n = count_cases(b, kind.ptr);
	k->cases = MH_NEW_ARRAY(b->arena, n ? n : 1, struct mh_sample__case *);
	MH_TRY_MEM(k->cases, reterr);
	for (size_t i = 0; i < b->n_tops; i++) {
		struct mh_yaml *all = mh_yaml_get(b->tops[i], "cases"), *list = all ? mh_yaml_get(all, kind.ptr) : NULL;
		for (struct mh_yaml *y = list ? list->first : NULL; y; y = y->next) {
			struct mh_sample__case *c = MH_NEW(b->arena, struct mh_sample__case);
			MH_TRY_MEM(c, reterr);
			read_case(city, y, c, &b->diags[i]);
			k->cases[k->n_cases++] = c;
			if (c->hot) k->hot += c->weight;
		}
	}
	return MH_OK;
}

/* --- how a kind is played --- */

/* "40-600min": how long until somebody has a look. Also wmin, minutes of office hours. */
static bool read_wait(struct mh_str text, struct mh_sample__wait *ret)
{
	size_t digits = 0;
	enum mh_unit unit;
	int64_t min, max, step;
	while (digits < text.len && (text.ptr[digits] == '-' || (text.ptr[digits] >= '0' && text.ptr[digits] <= '9')))
		digits++;
	struct mh_str name = {text.ptr + digits, text.len - digits};
	bool minutes = mh_str_is(name, "wmin");
	if (minutes) unit = MH_UNIT_WH;
	else if (!mh_unit_parse(name, &unit)) return false;
	if (!mh_sample__range((struct mh_str){text.ptr, digits}, &min, &max) || max > 10000) return false;
	/* Working days are seven hours each here: people do things in the middle of a day. */
	if (unit == MH_UNIT_WD) min *= 7, max *= 7, unit = MH_UNIT_WH;
	if (unit == MH_UNIT_D) min *= 24, max *= 24, unit = MH_UNIT_H;
	step = minutes ? 60000 : mh_unit_steps(unit);
	*ret = (struct mh_sample__wait){min * step, max * step, unit};
	return true;
}

static void waits(struct mh_sample__kind *k, struct mh_yaml *map, struct mh_diags *d)
{
	for (struct mh_yaml *y = map ? map->first : NULL; y; y = y->next) {
		int s = mh_def_state(k->def, y->key);
		if (s < 0) MH_DIAG_ERROR(d, "state", y->key_at, NULL, "there is no such state");
		else if (!read_wait(y->text, &k->wait[s])) bad(d, y, "write a time: 5-40min, 1-6wd");
	}
}

static bool starts_from(const struct mh_transition *t, int state)
{
	for (size_t i = 0; i < t->n_from; i++)
		if (t->from[i] == state) return t->trigger == MH_BY_PERSON;
	return false;
}

/* "transition" holds in every state, "state.transition" in one; "none" is doing nothing. */
static void weigh(struct mh_sample__kind *k, struct mh_yaml *y, struct mh_diags *d)
{
	size_t nt = k->def->n_transitions;
	ptrdiff_t dot = mh_str_find(y->key, '.');
	struct mh_str name = y->key;
	int state = -1, w = (int)weight_of(y, d);
	if (dot > 0) {
		state = mh_def_state(k->def, (struct mh_str){y->key.ptr, (size_t)dot});
		name = (struct mh_str){y->key.ptr + dot + 1, y->key.len - (size_t)dot - 1};
	}
	int t = mh_str_is(name, "none") ? (int)nt : mh_def_transition(k->def, name);
	if (t < 0 || (dot > 0 && state < 0)) {
		MH_DIAG_ERROR(d, "step", y->key_at, NULL, "the definition has no such step or state");
		return;
	}
	for (size_t s = 0; s < k->def->n_states; s++)
		if ((state < 0 || (size_t)state == s) &&
		    ((size_t)t == nt || starts_from(&k->def->transitions[t], (int)s)))
			k->weight[s * (nt + 1) + (size_t)t] = w;
}

static void weights(struct mh_sample__kind *k, struct mh_yaml *map, struct mh_diags *d)
{
	for (int with_state = 0; with_state < 2; with_state++)
		for (struct mh_yaml *y = map ? map->first : NULL; y; y = y->next)
			if ((mh_str_find(y->key, '.') > 0) == with_state) weigh(k, y, d);
}

/* What the pack does not weigh may happen now and then, but never brings back what is over. */
static enum mh_code blank(struct mh_arena *a, struct mh_sample__kind *k, struct mh_err *reterr)
{
	size_t nt = k->def->n_transitions;
	k->weight = MH_NEW_ARRAY(a, k->def->n_states * (nt + 1), int);
	k->wait = MH_NEW_ARRAY(a, k->def->n_states, struct mh_sample__wait);
	MH_TRY_MEM(k->weight, reterr);
	MH_TRY_MEM(k->wait, reterr);
	for (size_t s = 0; s < k->def->n_states; s++) {
		bool over = mh_def_is_over(k->def, (int)s);
		k->wait[s] = (struct mh_sample__wait){3600000, 14 * 3600000, MH_UNIT_WH};
		for (size_t t = 0; t < nt; t++)
			k->weight[s * (nt + 1) + t] = !over && starts_from(&k->def->transitions[t], (int)s);
		k->weight[s * (nt + 1) + nt] = over ? 100 : 0;
	}
	return MH_OK;
}

static enum mh_code kind(struct mh_sample__book *b, const struct mh_city *city, struct mh_sample__kind *k,
			 struct mh_err *reterr)
{
	struct mh_str name = mh_str_dup(b->arena, k->def->kind);
	MH_TRY_MEM(name.ptr, reterr);
	MH_TRY(blank(b->arena, k, reterr));
	MH_TRY(cases(b, city, k, reterr));
	for (size_t i = 0; i < b->n_tops; i++) {
		struct mh_yaml *all = mh_yaml_get(b->tops[i], "kinds"), *y = all ? mh_yaml_get(all, name.ptr) : NULL;
		struct mh_diags *d = &b->diags[i];
		if (!y) continue;
		number(y, "share", &k->share, d);
		k->by = mh_yaml_get(y, "by");
		k->fill = mh_yaml_get(y, "fill");
		waits(k, mh_yaml_get(y, "wait"), d);
		weights(k, mh_yaml_get(y, "act"), d);
	}
	return MH_OK;
}

/* --- slots: a name that nothing fills is found here, not in a letter --- */

struct mh_yaml *mh_sample__list(const struct mh_sample__book *b, struct mh_str name)
{
	for (size_t i = 0; i < b->n_tops; i++) {
		struct mh_yaml *all = mh_yaml_get(b->tops[i], "lists");
		for (struct mh_yaml *y = all ? all->first : NULL; y; y = y->next)
			if (mh_str_eq(y->key, name)) return y;
	}
	return NULL;
}

static bool a_case_has(const struct mh_sample__book *b, struct mh_str slot)
{
	for (size_t k = 0; k < b->n_kinds; k++)
		for (size_t i = 0; i < b->kinds[k].n_cases; i++)
			for (struct mh_yaml *y = b->kinds[k].cases[i]->node->first; y; y = y->next)
				if (mh_str_eq(y->key, slot)) return true;
	return false;
}

static void check_slots(const struct mh_sample__book *b, const struct mh_yaml *y, struct mh_diags *d)
{
	int open = 0;
	for (const struct mh_yaml *i = y ? y->first : NULL; i; i = i->next) check_slots(b, i, d);
	for (size_t at = 0; y && at < y->text.len; at++) open += (y->text.ptr[at] == '{') - (y->text.ptr[at] == '}');
	if (open != 0) MH_DIAG_ERROR(d, "brace", y->at, NULL, "a brace is not closed");
	for (size_t at = 0, end; y && y->kind == MH_YAML_SCALAR && at < y->text.len; at++) {
		if (y->text.ptr[at] != '{') continue;
		for (end = at + 1; end < y->text.len && !strchr("{|:}", y->text.ptr[end]);) end++;
		struct mh_str slot = {y->text.ptr + at + 1, end - at - 1};
		bool plain = end < y->text.len && y->text.ptr[end] == '}';
		if (plain && !mh_sample__is_builtin(slot) && !mh_sample__list(b, slot) && !a_case_has(b, slot))
			MH_DIAG_ERROR(d, "slot", y->at, NULL, "nothing fills {" MH_STR_FMT "}", MH_STR_ARG(slot));
	}
}

/* --- the files --- */

static enum mh_code read_top(struct mh_sample__book *b, struct mh_str path, struct mh_buf *report,
			     struct mh_err *reterr)
{
	struct mh_str text, format = {NULL, 0};
	if (b->n_tops == TOPS_MAX) return MH_FAIL(reterr, MH_E_TOO_LARGE, "A sample has at most %d files", TOPS_MAX);
	struct mh_diags *d = &b->diags[b->n_tops];
	*d = mh_diags_new(b->arena, path);
	MH_TRY(mh_file_read(b->arena, path.ptr, FILE_MAX, &text, reterr));
	struct mh_yaml *top = mh_yaml_read(b->arena, text, d);
	if (top && (!mh_yaml_str(top, "format", &format, d) || !mh_str_is(format, "sample/1")))
		MH_DIAG_ERROR(d, "format", top->at, "write: format: sample/1", "this is no file of a sample city");
	if (top) general(b, top, d);
	if (d->errors) mh_diags_print(d, report);
	MH_TRY(mh_diags_result(d, reterr));
	b->tops[b->n_tops++] = top;
	return MH_OK;
}

static enum mh_code read_tops(struct mh_sample__book *b, struct mh_str pack_dir, struct mh_buf *report,
			      struct mh_err *reterr)
{
	struct mh_str *names, dir = mh_str_fmt(b->arena, MH_STR_FMT "/sample", MH_STR_ARG(pack_dir));
	size_t n = 0;
	MH_TRY_MEM(dir.ptr, reterr);
	b->diags = MH_NEW_ARRAY(b->arena, TOPS_MAX, struct mh_diags);
	MH_TRY_MEM(b->diags, reterr);
	if (mh_dir_list(b->arena, dir.ptr, ".yaml", &names, &n, NULL) != MH_OK || n == 0) {
		enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND, "This pack has no sample city");
		mh_err_detail(reterr, "looked for " MH_STR_FMT "/*.yaml", MH_STR_ARG(dir));
		return code;
	}
	for (size_t i = 0; i < n; i++) {
		struct mh_str path = mh_str_fmt(b->arena, MH_STR_FMT "/" MH_STR_FMT, MH_STR_ARG(dir),
						MH_STR_ARG(names[i]));
		MH_TRY_MEM(path.ptr, reterr);
		MH_TRY(read_top(b, path, report, reterr));
	}
	return MH_OK;
}

static void defaults(struct mh_sample__book *b)
{
	for (int i = 0; i < 24; i++) b->hours[i] = 1;
	for (int i = 0; i < 7; i++) b->week[i] = 1;
	for (int i = 0; i < 12; i++) b->months[i] = 1;
	b->holiday = 100;
	b->burst_min = b->burst_max = 5;
	b->burst_hours = 24;
}

static enum mh_code link_up(struct mh_sample__book *b, const struct mh_city *city, struct mh_err *reterr)
{
	b->kinds = MH_NEW_ARRAY(b->arena, city->n_defs ? city->n_defs : 1, struct mh_sample__kind);
	MH_TRY_MEM(b->kinds, reterr);
	for (size_t i = 0; i < city->n_defs; i++) {
		struct mh_sample__kind *k = &b->kinds[b->n_kinds++];
		k->def = city->defs[i];
		MH_TRY(kind(b, city, k, reterr));
		if (k->share && (k->def->child_only || k->n_cases == 0))
			return MH_FAIL(reterr, MH_E_INVALID, "Nobody can raise a " MH_STR_FMT ": it has no situations",
				       MH_STR_ARG(k->def->kind));
	}
	for (size_t i = 0; i < b->n_tops; i++) {
		struct mh_diags *d = &b->diags[i];
		check_slots(b, mh_yaml_get(b->tops[i], "lists"), d);
		check_slots(b, mh_yaml_get(b->tops[i], "cases"), d);
		check_slots(b, mh_yaml_get(b->tops[i], "fill"), d);
		check_slots(b, mh_yaml_get(b->tops[i], "kinds"), d);
	}
	return MH_OK;
}

enum mh_code mh_sample__book_load(struct mh_arena *a, const struct mh_city *city, struct mh_str pack_dir,
				  struct mh_buf *report, struct mh_sample__book *ret, struct mh_err *reterr)
{
	struct mh_sample__book b = {.arena = a};
	int64_t shares = 0;
	defaults(&b);
	MH_TRY(read_tops(&b, pack_dir, report, reterr));
	MH_TRY(link_up(&b, city, reterr));
	for (size_t i = 0; i < b.n_tops; i++) {
		mh_diags_print(&b.diags[i], report);
		MH_TRY(mh_diags_result(&b.diags[i], reterr));
	}
	for (size_t i = 0; i < b.n_kinds; i++) shares += b.kinds[i].share;
	if (shares == 0) return MH_FAIL(reterr, MH_E_INVALID, "No kind has a share of the arrivals");
	*ret = b;
	return MH_OK;
}
