/* What the author asks to be proved of every matter of the kind, and how.
 *
 * closed_needs, every_room: dominators. Take the state (the room's states) out of the graph: if a done state can still be
 * reached, the way there is the counterexample. handler_never: separation of duties by roles. no_silent_stall: follow
 * only what happens by itself. */
#include "process/check_priv.h"

static bool *done_states(struct mh_check *c)
{
	bool *set = mh_check__set(c);
	for (size_t i = 0; set && i < c->def->n_states; i++) set[i] = c->def->states[i].category == MH_CAT_DONE;
	return set;
}

static void closed_needs(struct mh_check *c, const struct mh_prove *p)
{
	bool *goal = done_states(c);
	for (size_t i = 0; goal && i < p->n_refs; i++) {
		bool *without = mh_check__set(c);
		if (!without) return;
		without[p->refs[i]] = true;
		struct mh_str path = mh_check__path(c, goal, without, NULL, NULL);
		if (path.len)
			MH_DIAG_ERROR(c->diags, "closed-needs", p->at,
				      "take out the transition that goes around it, or the promise",
				      "A matter can be done without " MH_STR_FMT ": " MH_STR_FMT,
				      MH_STR_ARG(c->def->states[p->refs[i]].name), MH_STR_ARG(path));
	}
}

static void every_room(struct mh_check *c, const struct mh_prove *p)
{
	bool *goal = done_states(c);
	for (int room = 0; goal && room < MH_ROOM_MAX; room++) {
		bool *without = mh_check__set(c);
		if (!without) return;
		if (!(p->rooms & 1u << room)) continue;
		for (size_t i = 0; i < c->def->n_states; i++) without[i] = (int)c->def->states[i].room == room;
		struct mh_str path = mh_check__path(c, goal, without, NULL, NULL);
		if (path.len)
			MH_DIAG_ERROR(c->diags, "every-room", p->at,
				      "lead every way through a state of that room, or list only the rooms that hold",
				      "A matter can be done without the room %s: " MH_STR_FMT, mh_room_names[room],
				      MH_STR_ARG(path));
	}
}

/* The transition by which a role handles: one that persons of the owning unit take in the handle room. */
static const struct mh_transition *handles(const struct mh_check *c, int role)
{
	for (size_t i = 0; i < c->def->n_transitions; i++) {
		const struct mh_transition *t = &c->def->transitions[i];
		bool uses = false, in_room = false;
		if (t->trigger != MH_BY_PERSON || t->who.org != MH_ORG_OWNER || t->who.level_up > 0) continue;
		for (size_t j = 0; j < t->who.n_roles; j++) uses |= t->who.roles[j] == role;
		for (size_t j = 0; j < t->n_from; j++) in_room |= c->def->states[t->from[j]].room == MH_ROOM_HANDLE;
		if (uses && in_room) return t;
	}
	return NULL;
}

static void never_by_person(struct mh_check *c, const struct mh_prove *p, const struct mh_transition *t)
{
	for (size_t i = 0; i < t->who.n_roles; i++) {
		const struct mh_role *r = &c->def->roles[t->who.roles[i]];
		const struct mh_transition *by = handles(c, t->who.roles[i]);
		if (r->open)
			MH_DIAG_ERROR(c->diags, "handler-never", p->at,
				      "give it to a role that handles nothing, or take the transition out of the list",
				      "Anybody may take " MH_STR_FMT " as " MH_STR_FMT
				      ", so those who handle the matter may too",
				      MH_STR_ARG(t->name), MH_STR_ARG(r->name));
		if (by)
			MH_DIAG_ERROR(c->diags, "handler-never", p->at,
				      "give it to a role that handles nothing, or take the transition out of the list",
				      "The role " MH_STR_FMT " may take " MH_STR_FMT
				      " and also handles the matter, by " MH_STR_FMT,
				      MH_STR_ARG(r->name), MH_STR_ARG(t->name), MH_STR_ARG(by->name));
	}
}

static void never_by_vote(struct mh_check *c, int transition)
{
	for (size_t i = 0; i < c->def->n_votes; i++) {
		const struct mh_vote *v = &c->def->votes[i];
		if (v->on_pass != transition && v->on_fail != transition && v->on_no_quorum != transition) continue;
		if (!v->exclude_handlers)
			MH_DIAG_ERROR(c->diags, "handler-never", v->at,
				      "write `exclude: [owner_org, handlers]` in the electors",
				      "Those who handled the matter may vote in " MH_STR_FMT
				      ", which decides on " MH_STR_FMT,
				      MH_STR_ARG(v->name), MH_STR_ARG(c->def->transitions[transition].name));
	}
}

static void handler_never(struct mh_check *c, const struct mh_prove *p)
{
	for (size_t i = 0; i < p->n_refs; i++) {
		const struct mh_transition *t = &c->def->transitions[p->refs[i]];
		if (t->trigger == MH_BY_PERSON) never_by_person(c, p, t);
		if (t->trigger == MH_BY_VOTE) never_by_vote(c, p->refs[i]);
	}
}

static bool by_itself(const struct mh_check *c, const struct mh_edge *e, void *ctx)
{
	enum mh_trigger by = c->def->transitions[e->transition].trigger;
	return by == MH_BY_CLOCK || by == MH_BY_VOTE;
}

static void no_silent_stall(struct mh_check *c, const struct mh_prove *p)
{
	bool *set = mh_check__set(c);
	if (!set) return;
	for (size_t i = 0; i < c->def->n_states; i++)
		set[i] = mh_check__is_end(c, (int)i) || mh_check__enters_black(c->def, (int)i);
	for (size_t i = 0; i < c->n_edges; i++) {
		const struct mh_transition *t = &c->def->transitions[c->edges[i].transition];
		if (!c->edges[i].otherwise && by_itself(c, &c->edges[i], NULL) &&
		    mh_check__effects_black(t->effects, t->n_effects))
			set[c->edges[i].from] = true;
	}
	mh_check__backward(c, set, by_itself, NULL);
	for (size_t i = 0; i < c->def->n_states; i++)
		if (c->live[i] && !set[i])
			MH_DIAG_ERROR(c->diags, "silent-stall", c->def->states[i].at,
				      "let a clock lead on, at last to an end or to a state that does `board: {color: "
				      "black}`",
				      "When nobody acts, a matter in the state " MH_STR_FMT
				      " neither ends nor reaches the black board (promised at line %d)",
				      MH_STR_ARG(c->def->states[i].name), p->at.line);
}

/* The plain cases are errors anyway (check_words.c); the promise adds that data which names a person is marked as such. */
static void personal_never_public(struct mh_check *c)
{
	for (size_t i = 0; i < c->def->n_fields; i++) {
		const struct mh_field *f = &c->def->fields[i];
		if (f->type == MH_F_CONTACT && !f->personal)
			MH_DIAG_ERROR(c->diags, "personal-public", f->at, "write `personal: yes`",
				      "The field " MH_STR_FMT " holds a person's contact but is not personal",
				      MH_STR_ARG(f->name));
	}
}

void mh_check__proves(struct mh_check *c)
{
	for (size_t i = 0; i < c->def->n_proves; i++) {
		const struct mh_prove *p = &c->def->proves[i];
		switch (p->what) {
		case MH_PROVE_CLOSED_NEEDS: closed_needs(c, p); break;
		case MH_PROVE_HANDLER_NEVER: handler_never(c, p); break;
		case MH_PROVE_NO_SILENT_STALL: no_silent_stall(c, p); break;
		case MH_PROVE_PERSONAL_NEVER_PUBLIC: personal_never_public(c); break;
		case MH_PROVE_EVERY_ROOM: every_room(c, p); break;
		case MH_PROVE_MAX: break;
		}
	}
}
