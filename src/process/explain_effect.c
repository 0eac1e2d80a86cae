/* Effects in words. */
#include "process/explain_priv.h"

struct mh_str mh_explain__quoted(struct mh_words *w, const struct mh_label *l)
{
	return mh_str_fmt(&w->arena, "“" MH_STR_FMT "”", MH_STR_ARG(mh_word__of(l, w->zh)));
}

static struct mh_str field(struct mh_words *w, int index)
{
	return index < 0 ? (struct mh_str){0} : mh_explain__quoted(w, &w->def->fields[index].label);
}

static struct mh_str fields(struct mh_words *w, const struct mh_effect *e)
{
	struct mh_str list = {0};
	for (size_t i = 0; i < e->n_fields; i++) list = mh_word__join(w, list, field(w, e->fields[i]));
	return list;
}

static struct mh_str assign(struct mh_words *w, const struct mh_effect *e)
{
	struct mh_str f = e->by == MH_ASSIGN_FIELD || e->by == MH_ASSIGN_VALUE ? field(w, e->field)
									       : (struct mh_str){0};
	switch (e->by) {
	case MH_ASSIGN_DUTY:
		return w->zh ? MH_STR("按职责清单确定承办单位")
			     : MH_STR("the owning unit is found by the duty catalogue");
	case MH_ASSIGN_TERRITORY:
		return w->zh ? MH_STR("按属地确定承办单位") : MH_STR("the owning unit is found by the place");
	case MH_ASSIGN_FIELD:
		return mh_str_fmt(&w->arena, w->zh ? "由%.*s所填单位承办" : "the unit in %.*s becomes the owner",
				  MH_STR_ARG(f));
	case MH_ASSIGN_VALUE:
		return mh_str_fmt(&w->arena,
				  w->zh ? "由%.*s所对应职责的单位承办"
					: "the unit whose duty is what %.*s says becomes the owner",
				  MH_STR_ARG(f));
	}
	return f;
}

static struct mh_str notify(struct mh_words *w, const struct mh_effect *e)
{
	struct mh_str who = {0};
	switch (e->notify) {
	case MH_NOTIFY_OWNER: who = w->zh ? MH_STR("承办单位") : MH_STR("the owning unit"); break;
	case MH_NOTIFY_CITIZEN: who = w->zh ? MH_STR("反映人") : MH_STR("the person who raised it"); break;
	case MH_NOTIFY_SUPERIOR: who = w->zh ? MH_STR("上级单位") : MH_STR("the superior unit"); break;
	case MH_NOTIFY_ROLE: who = mh_word__of(&w->def->roles[e->role].label, w->zh); break;
	}
	return mh_str_fmt(&w->arena, w->zh ? "通知%.*s" : "%.*s gets a message", MH_STR_ARG(who));
}

static struct mh_str spawn(struct mh_words *w, const struct mh_effect *e)
{
	struct mh_str f = field(w, e->field), kind = e->kind_name;
	struct mh_str said =
		f.len && e->as.len
			? mh_str_fmt(&w->arena,
				     w->zh ? "为%.*s中的每一项各建一件%.*s" : "for each choice in %.*s a %.*s begins",
				     MH_STR_ARG(f), MH_STR_ARG(kind))
		: f.len ? mh_str_fmt(&w->arena,
				     w->zh ? "为%.*s中的每个单位各建一件%.*s" : "for each unit in %.*s a %.*s begins",
				     MH_STR_ARG(f), MH_STR_ARG(kind))
			: mh_str_fmt(&w->arena, w->zh ? "另建一件%.*s" : "a %.*s begins", MH_STR_ARG(kind));
	if (!e->when) return said;
	return mh_str_fmt(&w->arena, w->zh ? "%.*s（当 %.*s）" : "%.*s (if %.*s)", MH_STR_ARG(said),
			  MH_STR_ARG(mh_expr_text(e->when)));
}

static struct mh_str literal(struct mh_words *w, const struct mh_effect *e)
{
	const struct mh_field *f = &w->def->fields[e->field];
	if (e->span.n || e->value.type == MH_V_SPAN) {
		struct mh_span span = e->span.n ? e->span : e->value.span;
		struct mh_str s = mh_span_words(&w->arena, span, w->zh ? "zh" : "en");
		return mh_str_fmt(&w->arena, w->zh ? "%.*s后" : "%.*s from now", MH_STR_ARG(s));
	}
	switch (e->value.type) {
	case MH_V_BOOL:
		return e->value.i ? (w->zh ? MH_STR("是") : MH_STR("yes")) : w->zh ? MH_STR("否") : MH_STR("no");
	case MH_V_INT: return mh_str_fmt(&w->arena, "%lld", (long long)e->value.i);
	case MH_V_DATE: return mh_day_text(&w->arena, (mh_day)e->value.i);
	default: break;
	}
	for (size_t i = 0; i < f->n_values; i++)
		if (mh_str_eq(f->values[i].name, e->value.s)) return mh_explain__quoted(w, &f->values[i].label);
	return e->value.s;
}

static struct mh_str clock_effect(struct mh_words *w, const struct mh_effect *e)
{
	struct mh_str c = mh_explain__quoted(w, &w->def->clocks[e->clock].label);
	if (e->restart)
		return mh_str_fmt(&w->arena, w->zh ? "%.*s重新计时" : "the clock %.*s starts again", MH_STR_ARG(c));
	if (e->stop) return mh_str_fmt(&w->arena, w->zh ? "%.*s停止计时" : "the clock %.*s stops", MH_STR_ARG(c));
	struct mh_str s = mh_span_words(&w->arena, e->span, w->zh ? "zh" : "en");
	return mh_str_fmt(&w->arena, w->zh ? "%.*s延长%.*s" : "the clock %.*s gains %.*s", MH_STR_ARG(c),
			  MH_STR_ARG(s));
}

static struct mh_str escalate(struct mh_words *w, const struct mh_effect *e)
{
	if (w->zh)
		return mh_str_fmt(&w->arena, "督办层级上升%d级%s", e->levels, e->hand_up ? "，并由上级单位承办" : "");
	return mh_str_fmt(&w->arena, "it rises %d level%s%s", e->levels, e->levels == 1 ? "" : "s",
			  e->hand_up ? ", and the superior unit takes it over" : "");
}

static struct mh_str add(struct mh_words *w, const struct mh_effect *e)
{
	struct mh_str to = field(w, e->field), of = field(w, e->of);
	if (e->of < 0)
		return mh_str_fmt(&w->arena, w->zh ? "%.*s加%lld" : "%.*s grows by %lld", MH_STR_ARG(to),
				  (long long)e->value.i);
	return mh_str_fmt(&w->arena, w->zh ? "%.*s加上%.*s各项的计数" : "%.*s grows by what %.*s is worth",
			  MH_STR_ARG(to), MH_STR_ARG(of));
}

static struct mh_str measure(struct mh_words *w, const struct mh_effect *e)
{
	const char *unit = e->unit == MH_UNIT_WD ? (w->zh ? "工作日" : "working days") : w->zh ? "自然日" : "days";
	struct mh_str to = field(w, e->field);
	if (e->whole)
		return mh_str_fmt(&w->arena,
				  w->zh ? "%.*s记为受理至今的%s数" : "%.*s becomes the %s since the beginning",
				  MH_STR_ARG(to), unit);
	return mh_str_fmt(&w->arena, w->zh ? "%.*s加上本环节所用%s数" : "%.*s grows by the %s of this stage",
			  MH_STR_ARG(to), unit);
}

struct mh_str mh_explain__effect(struct mh_words *w, const struct mh_effect *e)
{
	struct mh_arena *a = &w->arena;
	switch (e->kind) {
	case MH_DO_ASSIGN: return assign(w, e);
	case MH_DO_NOTIFY: return notify(w, e);
	case MH_DO_SPAWN: return spawn(w, e);
	case MH_DO_SET:
		return mh_str_fmt(a, w->zh ? "%.*s记为%.*s" : "%.*s becomes %.*s", MH_STR_ARG(field(w, e->field)),
				  MH_STR_ARG(literal(w, e)));
	case MH_DO_CLOCK: return clock_effect(w, e);
	case MH_DO_ESCALATE: return escalate(w, e);
	case MH_DO_BOARD:
		if (mh_str_is(e->word, "none")) return w->zh ? MH_STR("摘去榜上标记") : MH_STR("it leaves the boards");
		return mh_str_fmt(a, w->zh ? "列入%s榜" : "it goes on the %s board", mh_word__color(e->word, w->zh));
	case MH_DO_PUBLISH: return mh_str_fmt(a, w->zh ? "公开%.*s" : "%.*s is published", MH_STR_ARG(fields(w, e)));
	case MH_DO_SAMPLE:
		return mh_str_fmt(a, w->zh ? "按%d%%抽查，另建一件%.*s" : "with a chance of %d%% a %.*s begins",
				  e->percent, MH_STR_ARG(e->kind_name));
	case MH_DO_MERGE:
		return mh_str_fmt(a, w->zh ? "并入%.*s所指事项" : "it follows the matter in %.*s",
				  MH_STR_ARG(field(w, e->field)));
	case MH_DO_UNMERGE: return w->zh ? MH_STR("解除并件") : MH_STR("it follows no other matter any more");
	case MH_DO_LINK:
		return mh_str_fmt(a, w->zh ? "与%.*s所指事项关联" : "it is linked to the matter in %.*s",
				  MH_STR_ARG(field(w, e->field)));
	case MH_DO_ADD: return add(w, e);
	case MH_DO_MEASURE: return measure(w, e);
	case MH_DO_MAX: break;
	}
	return (struct mh_str){0};
}

struct mh_str mh_explain__effects(struct mh_words *w, const struct mh_effect *e, size_t n)
{
	struct mh_str list = {0};
	for (size_t i = 0; i < n; i++) {
		struct mh_str one = mh_explain__effect(w, &e[i]);
		if (!one.len) continue;
		list = list.len ? mh_str_fmt(&w->arena, w->zh ? "%.*s，%.*s" : "%.*s; %.*s", MH_STR_ARG(list),
					     MH_STR_ARG(one))
				: one;
	}
	return list;
}
