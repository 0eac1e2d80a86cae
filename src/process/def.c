#include "process/def.h"

const char *const mh_room_names[MH_ROOM_MAX] = {
	[MH_ROOM_INTAKE] = "intake", [MH_ROOM_GATHER] = "gather", [MH_ROOM_HANDLE] = "handle",
	[MH_ROOM_REPLY] = "reply",   [MH_ROOM_RATE] = "rate",     [MH_ROOM_APPLY] = "apply",
};
const char *const mh_category_names[MH_CAT_MAX] = {
	[MH_CAT_INITIAL] = "initial", [MH_CAT_ACTIVE] = "active", [MH_CAT_WAITING] = "waiting",
	[MH_CAT_DONE] = "done",       [MH_CAT_VOID] = "void",
};
const char *const mh_field_type_names[MH_F_TYPE_MAX] = {
	[MH_F_ENUM] = "enum",       [MH_F_BOOL] = "bool",   [MH_F_TEXT] = "text",         [MH_F_INT] = "int",
	[MH_F_DATE] = "date",       [MH_F_ORG] = "org",     [MH_F_ORGS] = "orgs",         [MH_F_MATTER] = "matter",
	[MH_F_CONTACT] = "contact", [MH_F_PLACE] = "place", [MH_F_CATEGORY] = "category", [MH_F_ENUMS] = "enums",
	[MH_F_OFFICER] = "officer",
};

/* Definitions are small; a loop over some dozens of names is as fast as any index. */
#define FIND(array, count)                                                                                             \
	do {                                                                                                           \
		for (size_t i_ = 0; i_ < (count); i_++)                                                                \
			if (mh_str_eq((array)[i_].name, name)) return (int)i_;                                         \
		return -1;                                                                                             \
	} while (0)

int mh_def_state(const struct mh_def *d, struct mh_str name)
{
	FIND(d->states, d->n_states);
}

int mh_def_transition(const struct mh_def *d, struct mh_str name)
{
	FIND(d->transitions, d->n_transitions);
}

int mh_def_field(const struct mh_def *d, struct mh_str name)
{
	FIND(d->fields, d->n_fields);
}

int mh_def_role(const struct mh_def *d, struct mh_str name)
{
	FIND(d->roles, d->n_roles);
}

int mh_def_evidence(const struct mh_def *d, struct mh_str name)
{
	FIND(d->evidence, d->n_evidence);
}

int mh_def_clock(const struct mh_def *d, struct mh_str name)
{
	FIND(d->clocks, d->n_clocks);
}

const struct mh_clock_rule *mh_def_clock_rule(const struct mh_def *d, int state, int clock)
{
	const struct mh_state *s = &d->states[state];

	for (size_t i = 0; i < s->n_clocks; i++)
		if (s->clocks[i].clock == clock) return &s->clocks[i];
	return NULL;
}
