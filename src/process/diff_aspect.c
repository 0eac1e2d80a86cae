/* What two versions are compared by: states, transitions, fields, roles, evidence, votes, and their sides. */
#include "process/diff_priv.h"

#define NONE(w) ((w)->zh ? MH_STR("无") : MH_STR("none"))

static struct mh_str or_none(struct mh_words *w, struct mh_str s)
{
	return s.len ? s : NONE(w);
}

static struct mh_str yes_no(struct mh_words *w, bool yes)
{
	return w->zh ? (yes ? MH_STR("是") : MH_STR("否")) : yes ? MH_STR("yes") : MH_STR("no");
}

static struct mh_str label(struct mh_words *w, const struct mh_label *l)
{
	return mh_word__of(l, w->zh);
}

static struct mh_str number(struct mh_words *w, int64_t n)
{
	return mh_str_fmt(&w->arena, "%lld", (long long)n);
}

/* ---- states ---- */

static struct mh_str state_room(struct mh_words *w, int i)
{
	return mh_str_c(mh_word__room(w->def->states[i].room, w->zh));
}
static struct mh_str state_category(struct mh_words *w, int i)
{
	return mh_str_c(mh_word__category(w->def->states[i].category, w->zh));
}
static struct mh_str state_enter(struct mh_words *w, int i)
{
	return or_none(w, mh_explain__effects(w, w->def->states[i].enter, w->def->states[i].n_enter));
}
static struct mh_str state_vote(struct mh_words *w, int i)
{
	int v = w->def->states[i].vote;
	return v < 0 ? NONE(w) : label(w, &w->def->votes[v].label);
}

/* ---- transitions ---- */

static struct mh_str way_from(struct mh_words *w, int i)
{
	struct mh_str list = {0};
	const struct mh_transition *t = &w->def->transitions[i];
	for (size_t j = 0; j < t->n_from; j++)
		list = mh_word__join(w, list, label(w, &w->def->states[t->from[j]].label));
	return list;
}
static struct mh_str way_to(struct mh_words *w, int i)
{
	int to = w->def->transitions[i].to;
	return to < 0 ? (w->zh ? MH_STR("不变") : MH_STR("stays")) : label(w, &w->def->states[to].label);
}
static struct mh_str way_else(struct mh_words *w, int i)
{
	int to = w->def->transitions[i].else_to;
	return to < 0 ? NONE(w) : label(w, &w->def->states[to].label);
}
static struct mh_str way_who(struct mh_words *w, int i)
{
	return mh_word__who(w, &w->def->transitions[i], false);
}
static struct mh_str way_when(struct mh_words *w, int i)
{
	const struct mh_expr *e = w->def->transitions[i].when;
	return e ? mh_expr_text(e) : NONE(w);
}
static struct mh_str field_list(struct mh_words *w, const int *list, size_t n)
{
	struct mh_str s = {0};
	for (size_t j = 0; j < n; j++) s = mh_word__join(w, s, label(w, &w->def->fields[list[j]].label));
	return or_none(w, s);
}
static struct mh_str way_require(struct mh_words *w, int i)
{
	return field_list(w, w->def->transitions[i].require, w->def->transitions[i].n_require);
}
static struct mh_str way_optional(struct mh_words *w, int i)
{
	return field_list(w, w->def->transitions[i].optional, w->def->transitions[i].n_optional);
}
static struct mh_str way_evidence(struct mh_words *w, int i)
{
	const struct mh_transition *t = &w->def->transitions[i];
	struct mh_str s = {0};
	for (size_t j = 0; j < t->n_evidence; j++)
		s = mh_word__join(w, s, label(w, &w->def->evidence[t->evidence[j]].label));
	return or_none(w, s);
}
static struct mh_str way_max(struct mh_words *w, int i)
{
	int max = w->def->transitions[i].max;
	return max > 0 ? number(w, max) : w->zh ? MH_STR("不限") : MH_STR("no bound");
}
static struct mh_str way_does(struct mh_words *w, int i)
{
	return or_none(w, mh_explain__effects(w, w->def->transitions[i].effects, w->def->transitions[i].n_effects));
}

/* ---- fields, roles, evidence, votes ---- */

static struct mh_str field_type(struct mh_words *w, int i)
{
	return mh_str_c(mh_field_type_names[w->def->fields[i].type]);
}
static struct mh_str field_range(struct mh_words *w, int i)
{
	return mh_str_fmt(&w->arena, "%lld…%lld", (long long)w->def->fields[i].min, (long long)w->def->fields[i].max);
}
static struct mh_str field_values(struct mh_words *w, int i)
{
	struct mh_str s = {0};
	for (size_t j = 0; j < w->def->fields[i].n_values; j++) {
		const struct mh_field_value *v = &w->def->fields[i].values[j];
		struct mh_str said = v->name;
		if (v->duty.len)
			said = mh_str_fmt(&w->arena, MH_STR_FMT "@" MH_STR_FMT, MH_STR_ARG(said), MH_STR_ARG(v->duty));
		if (v->worth) said = mh_str_fmt(&w->arena, MH_STR_FMT "=%lld", MH_STR_ARG(said), (long long)v->worth);
		s = mh_word__join(w, s, said);
	}
	return or_none(w, s);
}
static struct mh_str field_create(struct mh_words *w, int i)
{
	return yes_no(w, w->def->fields[i].set_create);
}
static struct mh_str field_required(struct mh_words *w, int i)
{
	return yes_no(w, w->def->fields[i].required);
}
static struct mh_str field_public(struct mh_words *w, int i)
{
	return yes_no(w, w->def->fields[i].is_public);
}
static struct mh_str field_told(struct mh_words *w, int i)
{
	return yes_no(w, w->def->fields[i].told);
}
static struct mh_str field_personal(struct mh_words *w, int i)
{
	return yes_no(w, w->def->fields[i].personal);
}
static struct mh_str role_levels(struct mh_words *w, int i)
{
	struct mh_str s = {0};
	for (int level = 0; level <= MH_LEVEL_MAX; level++)
		if (w->def->roles[i].levels & 1u << level) s = mh_word__join(w, s, number(w, level));
	return or_none(w, s);
}
static struct mh_str role_open(struct mh_words *w, int i)
{
	return yes_no(w, w->def->roles[i].open);
}
static struct mh_str evidence_min(struct mh_words *w, int i)
{
	return number(w, w->def->evidence[i].min);
}
static struct mh_str evidence_accept(struct mh_words *w, int i)
{
	static const struct {
		unsigned bit;
		const char *zh, *en;
	} media[] = {{MH_MEDIA_PHOTO, "照片", "photo"},
		     {MH_MEDIA_DOCUMENT, "文件", "document"},
		     {MH_MEDIA_VIDEO, "视频", "video"},
		     {MH_MEDIA_AUDIO, "录音", "audio"}};
	struct mh_str s = {0};
	for (size_t j = 0; j < sizeof media / sizeof *media; j++)
		if (w->def->evidence[i].accept & media[j].bit)
			s = mh_word__join(w, s, mh_str_c(w->zh ? media[j].zh : media[j].en));
	return or_none(w, s);
}
static struct mh_str vote_electors(struct mh_words *w, int i)
{
	const struct mh_vote *v = &w->def->votes[i];
	struct mh_str role = label(w, &w->def->roles[v->role].label);
	return mh_str_fmt(&w->arena, "%d × %.*s%s%s", v->count, MH_STR_ARG(role),
			  v->exclude_owner ? (w->zh ? "，承办单位回避" : ", not the owning unit") : "",
			  v->exclude_handlers ? (w->zh ? "，经办人回避" : ", not the handlers") : "");
}
static struct mh_str vote_rule(struct mh_words *w, int i)
{
	const struct mh_vote *v = &w->def->votes[i];
	return mh_str_fmt(&w->arena, "%d/%d; %s %d/%d", v->quorum.num, v->quorum.den, v->pass_more_than ? ">" : "≥",
			  v->pass.num, v->pass.den);
}
static struct mh_str vote_closes(struct mh_words *w, int i)
{
	return mh_span_words(&w->arena, w->def->votes[i].closes, w->zh ? "zh" : "en");
}

/* ---- the table ---- */

#define KIND(array, type)                                                                                              \
	static size_t array##_count(const struct mh_def *d)                                                            \
	{                                                                                                              \
		return d->n_##array;                                                                                   \
	}                                                                                                              \
	static struct mh_str array##_name(const struct mh_def *d, int i)                                               \
	{                                                                                                              \
		return d->array[i].name;                                                                               \
	}                                                                                                              \
	static const struct mh_label *array##_label(const struct mh_def *d, int i)                                     \
	{                                                                                                              \
		return &d->array[i].label;                                                                             \
	}
KIND(states, state)
KIND(transitions, transition)
KIND(fields, field)
KIND(roles, role)
KIND(evidence, evidence)
KIND(votes, vote)

static bool live_state(const struct mh_def *d, int i)
{
	return !mh_def_is_over(d, i);
}
static bool always(const struct mh_def *d, int i)
{
	return true;
}
static bool never(const struct mh_def *d, int i)
{
	return false;
}

static bool field_values_lost(const struct mh_def *a, int i, const struct mh_def *b, int j)
{
	const struct mh_field *was = &a->fields[i], *is = &b->fields[j];
	if (was->type != is->type) return true;
	for (size_t k = 0; k < was->n_values; k++) {
		bool kept = false;
		for (size_t l = 0; l < is->n_values; l++) kept |= mh_str_eq(was->values[k].name, is->values[l].name);
		if (!kept) return true;
	}
	return false;
}

static const struct mh_diff_aspect state_aspects[] = {{"环节", "room", state_room},
						      {"类别", "category", state_category},
						      {"进入时", "on entry", state_enter},
						      {"表决", "vote", state_vote},
						      {NULL, NULL, NULL}};
static const struct mh_diff_aspect transition_aspects[] = {{"从", "from", way_from},
							   {"到", "to", way_to},
							   {"否则", "else", way_else},
							   {"由", "who", way_who},
							   {"条件", "when", way_when},
							   {"须填", "must give", way_require},
							   {"可填", "may give", way_optional},
							   {"须附", "must attach", way_evidence},
							   {"至多次数", "at most", way_max},
							   {"同时", "does", way_does},
							   {NULL, NULL, NULL}};
static const struct mh_diff_aspect field_aspects[] = {{"类型", "type", field_type},
						      {"范围", "range", field_range},
						      {"取值", "values", field_values},
						      {"受理时可填", "set at creation", field_create},
						      {"必填", "required", field_required},
						      {"公开", "public", field_public},
						      {"个人信息", "personal", field_personal},
						      {"告知本人", "told to the person", field_told},
						      {NULL, NULL, NULL}};
static const struct mh_diff_aspect role_aspects[] = {
	{"层级", "levels", role_levels}, {"任何人", "open", role_open}, {NULL, NULL, NULL}};
static const struct mh_diff_aspect evidence_aspects[] = {
	{"份数", "at least", evidence_min}, {"形式", "accepts", evidence_accept}, {NULL, NULL, NULL}};
static const struct mh_diff_aspect vote_aspects[] = {{"表决人", "electors", vote_electors},
						     {"规则", "rule", vote_rule},
						     {"期限", "closes", vote_closes},
						     {NULL, NULL, NULL}};

const struct mh_diff_kind mh_diff__kinds[] = {
	{"状态", "State", states_count, states_name, states_label, state_aspects, live_state, NULL},
	{"转移", "Transition", transitions_count, transitions_name, transitions_label, transition_aspects, never, NULL},
	{"字段", "Field", fields_count, fields_name, fields_label, field_aspects, always, field_values_lost},
	{"角色", "Role", roles_count, roles_name, roles_label, role_aspects, never, NULL},
	{"佐证", "Evidence", evidence_count, evidence_name, evidence_label, evidence_aspects, never, NULL},
	{"表决", "Vote", votes_count, votes_name, votes_label, vote_aspects, never, NULL},
};
const size_t mh_diff__n_kinds = sizeof mh_diff__kinds / sizeof *mh_diff__kinds;
