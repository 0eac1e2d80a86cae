/* Labels in both languages, privacy of fields, and names that nobody uses. */
#include "process/check_priv.h"

#include <string.h>

/* ---- labels: the loader lets the name stand in for a missing one, which people should not have to read ---- */

static bool ascii(struct mh_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80) return false;
	return true;
}

static bool looks_like_a_name(struct mh_str s)
{
	return s.len && (memchr(s.ptr, '_', s.len) || memchr(s.ptr, '-', s.len));
}

/* Missing labels come in crowds; one finding tells of all that are of one sort. */
#define TELL 8
struct missing {
	const char *what, *many;
	struct mh_mark at; /* of the first */
	struct mh_str names;
	size_t n;
	bool zh, en; /* some lack it */
};

static void label(struct mh_check *c, struct missing *m, struct mh_str name, const struct mh_label *l,
		  struct mh_mark at)
{
	bool zh = l->zh.len && !mh_str_eq(l->zh, name);
	bool en = l->en.len && ascii(l->en) && !(mh_str_eq(l->en, name) && looks_like_a_name(name));
	if (zh && en) return;
	m->zh |= !zh;
	m->en |= !en;
	if (!m->n++) {
		m->at = at;
		m->names = name;
	} else if (m->n <= TELL) {
		m->names = mh_str_fmt(&c->arena, MH_STR_FMT ", " MH_STR_FMT, MH_STR_ARG(m->names), MH_STR_ARG(name));
	}
}

static void tell_missing(struct mh_check *c, const struct missing *m)
{
	const char *language = m->zh && m->en ? "Chinese or English" : m->zh ? "Chinese" : "English";
	if (m->n == 1)
		MH_DIAG_WARN(c->diags, "label", m->at, "write `label: {zh: …, en: …}`",
			     "The %s " MH_STR_FMT " has no %s label", m->what, MH_STR_ARG(m->names), language);
	else if (m->n)
		MH_DIAG_WARN(c->diags, "label", m->at, "write `label: {zh: …, en: …}`",
			     "%zu %s have no %s label: " MH_STR_FMT "%s", m->n, m->many, language, MH_STR_ARG(m->names),
			     m->n > TELL ? ", …" : "");
}

static struct mh_mark clock_place(const struct mh_def *d, int clock)
{
	for (size_t i = 0; i < d->n_states; i++)
		for (size_t j = 0; j < d->states[i].n_clocks; j++)
			if (d->states[i].clocks[j].clock == clock) return d->states[i].clocks[j].at;
	return (struct mh_mark){0};
}

#define EACH(m_, list_)                                                                                                \
	do {                                                                                                           \
		for (size_t i = 0; i < d->n_##list_; i++)                                                              \
			label(c, &(m_), d->list_[i].name, &d->list_[i].label, d->list_[i].at);                         \
		tell_missing(c, &(m_));                                                                                \
	} while (0)

static void labels(struct mh_check *c)
{
	const struct mh_def *d = c->def;
	struct missing title = {.what = "kind"}, roles = {"role", "roles"}, fields = {"field", "fields"},
		       values = {"value", "values of fields"}, evidence = {"evidence", "sorts of evidence"},
		       clocks = {"clock", "clocks"}, votes = {"vote", "votes"}, states = {"state", "states"},
		       transitions = {"transition", "transitions"};
	label(c, &title, d->kind, &d->title, (struct mh_mark){1, 1});
	tell_missing(c, &title);
	EACH(roles, roles);
	EACH(fields, fields);
	for (size_t i = 0; i < d->n_fields; i++)
		for (size_t j = 0; j < d->fields[i].n_values; j++)
			label(c, &values, d->fields[i].values[j].name, &d->fields[i].values[j].label, d->fields[i].at);
	tell_missing(c, &values);
	EACH(evidence, evidence);
	for (size_t i = 0; i < d->n_clocks; i++)
		label(c, &clocks, d->clocks[i].name, &d->clocks[i].label, clock_place(d, (int)i));
	tell_missing(c, &clocks);
	EACH(votes, votes);
	EACH(states, states);
	EACH(transitions, transitions);
}

/* ---- privacy ---- */

static void published(struct mh_check *c, const struct mh_effect *e)
{
	for (size_t i = 0; i < e->n_fields; i++) {
		const struct mh_field *f = &c->def->fields[e->fields[i]];
		if (f->personal)
			MH_DIAG_ERROR(c->diags, "personal-public", e->at, "take the field out of `publish`",
				      "The personal field " MH_STR_FMT " would be published", MH_STR_ARG(f->name));
		else if (!f->is_public)
			MH_DIAG_ERROR(c->diags, "publish-private", e->at,
				      "write `public: yes` in the field, or take it out of `publish`",
				      "The field " MH_STR_FMT " would be published but is not public",
				      MH_STR_ARG(f->name));
	}
}

static void each_effect(struct mh_check *c, void (*fn)(struct mh_check *, const struct mh_effect *))
{
	for (size_t i = 0; i < c->def->n_states; i++)
		for (size_t j = 0; j < c->def->states[i].n_enter; j++) fn(c, &c->def->states[i].enter[j]);
	for (size_t i = 0; i < c->def->n_transitions; i++)
		for (size_t j = 0; j < c->def->transitions[i].n_effects; j++) fn(c, &c->def->transitions[i].effects[j]);
}

static void publish(struct mh_check *c, const struct mh_effect *e)
{
	if (e->kind == MH_DO_PUBLISH) published(c, e);
}

static void privacy(struct mh_check *c)
{
	for (size_t i = 0; i < c->def->n_fields; i++) {
		const struct mh_field *f = &c->def->fields[i];
		if (f->personal && f->is_public)
			MH_DIAG_ERROR(c->diags, "personal-public", f->at, "keep one of `personal` and `public`",
				      "The field " MH_STR_FMT " is both personal and public", MH_STR_ARG(f->name));
	}
	each_effect(c, publish);
}

/* ---- unused names ---- */

struct uses {
	const struct mh_def *def;
	bool *fields, *roles, *evidence, *votes;
};

static void in_expr(void *ctx, struct mh_str name, struct mh_str argument)
{
	struct uses *u = ctx;
	int f = mh_def_field(u->def, name), g = argument.len ? mh_def_field(u->def, argument) : -1;
	if (f >= 0) u->fields[f] = true;
	if (g >= 0) u->fields[g] = true;
}

static void mark(bool *set, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] >= 0) set[list[i]] = true;
}

static void in_effects(struct uses *u, const struct mh_effect *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool by_field = e[i].by == MH_ASSIGN_FIELD || e[i].by == MH_ASSIGN_VALUE;
		bool names_field = (e[i].kind == MH_DO_ASSIGN && by_field) || e[i].kind == MH_DO_SET ||
				   e[i].kind == MH_DO_ADD || e[i].kind == MH_DO_MEASURE || e[i].kind == MH_DO_SPAWN ||
				   e[i].kind == MH_DO_MERGE || e[i].kind == MH_DO_LINK;
		if (names_field) mark(u->fields, &e[i].field, 1);
		if (e[i].kind == MH_DO_ADD) mark(u->fields, &e[i].of, 1);
		if (e[i].kind == MH_DO_ASSIGN) in_expr(u, MH_STR("owner"), (struct mh_str){0});
		if (e[i].kind == MH_DO_NOTIFY && e[i].notify == MH_NOTIFY_ROLE) mark(u->roles, &e[i].role, 1);
		mark(u->fields, e[i].fields, e[i].n_fields);
		if (e[i].when) mh_expr_walk(e[i].when, in_expr, u);
	}
}

static void in_state(struct uses *u, const struct mh_state *s)
{
	in_effects(u, s->enter, s->n_enter);
	if (s->vote >= 0) u->votes[s->vote] = true;
	for (size_t i = 0; i < s->n_clocks; i++) {
		if (s->clocks[i].how == MH_CLOCK_AT) mark(u->fields, &s->clocks[i].field, 1);
		if (s->clocks[i].expr) mh_expr_walk(s->clocks[i].expr, in_expr, u);
	}
}

static void in_transition(struct uses *u, const struct mh_transition *t)
{
	in_effects(u, t->effects, t->n_effects);
	mark(u->fields, t->require, t->n_require);
	mark(u->fields, t->optional, t->n_optional);
	mark(u->evidence, t->evidence, t->n_evidence);
	if (t->when) mh_expr_walk(t->when, in_expr, u);
	if (t->trigger != MH_BY_PERSON) return;
	mark(u->roles, t->who.roles, t->who.n_roles);
	if (t->who.org == MH_ORG_FIELD) mark(u->fields, &t->who.org_field, 1);
	if (t->who.named) mark(u->fields, &t->who.officer_field, 1);
}

static bool *flags(struct mh_check *c, size_t n)
{
	return MH_NEW_ARRAY(&c->arena, n + 1, bool);
}

static void unused(struct mh_check *c)
{
	const struct mh_def *d = c->def;
	struct uses u = {d, flags(c, d->n_fields), flags(c, d->n_roles), flags(c, d->n_evidence), flags(c, d->n_votes)};
	if (!u.fields || !u.roles || !u.evidence || !u.votes) return;
	for (size_t i = 0; i < d->n_states; i++) in_state(&u, &d->states[i]);
	for (size_t i = 0; i < d->n_transitions; i++) in_transition(&u, &d->transitions[i]);
	for (size_t i = 0; i < d->n_votes; i++) mark(u.roles, &d->votes[i].role, 1);
	for (size_t i = 0; i < d->n_fields; i++)
		if (!u.fields[i] && !d->fields[i].set_create)
			MH_DIAG_WARN(
				c->diags, "unused-field", d->fields[i].at,
				"write it in `require` or `optional` of a transition, or `set: create`, or take it out",
				"Nothing ever sets or reads the field " MH_STR_FMT, MH_STR_ARG(d->fields[i].name));
	for (size_t i = 0; i < d->n_roles; i++)
		if (!u.roles[i])
			MH_DIAG_WARN(c->diags, "unused-role", d->roles[i].at, "take it out, or name it in a transition",
				     "The role " MH_STR_FMT " may do nothing", MH_STR_ARG(d->roles[i].name));
	for (size_t i = 0; i < d->n_evidence; i++)
		if (!u.evidence[i])
			MH_DIAG_WARN(c->diags, "unused-evidence", d->evidence[i].at,
				     "name it in `evidence` of a transition, or take it out",
				     "No transition asks for the evidence " MH_STR_FMT,
				     MH_STR_ARG(d->evidence[i].name));
	for (size_t i = 0; i < d->n_votes; i++)
		if (!u.votes[i])
			MH_DIAG_WARN(c->diags, "unused-vote", d->votes[i].at,
				     "write `vote:` in the state in which it is held",
				     "No state holds the vote " MH_STR_FMT, MH_STR_ARG(d->votes[i].name));
}

void mh_check__words(struct mh_check *c)
{
	labels(c);
	privacy(c);
	unused(c);
}
