#include "process/load_priv.h"

static const char *const words[MH_PROVE_MAX] = {
	[MH_PROVE_CLOSED_NEEDS] = "closed_needs",       [MH_PROVE_HANDLER_NEVER] = "handler_never",
	[MH_PROVE_NO_SILENT_STALL] = "no_silent_stall", [MH_PROVE_PERSONAL_NEVER_PUBLIC] = "personal_never_public",
	[MH_PROVE_EVERY_ROOM] = "every_room",
};

static unsigned read_rooms(struct mh_load *l, struct mh_yaml *map)
{
	struct mh_yaml *node = mh_yaml_get(map, words[MH_PROVE_EVERY_ROOM]);
	unsigned rooms = 0;

	if (node->kind == MH_YAML_SCALAR && mh_str_is(node->text, "yes")) return (1U << MH_ROOM_MAX) - 1;
	for (size_t n = mh_load__items(l, map, words[MH_PROVE_EVERY_ROOM], &node); n > 0; n--, node = node->next) {
		int i = mh_load__choice_of(l, node, "every_room", mh_room_names, MH_ROOM_MAX);
		if (i >= 0) rooms |= 1U << i;
	}
	return rooms;
}

static void read_claim(struct mh_load *l, struct mh_yaml *map, struct mh_prove *p)
{
	const char *key = words[p->what];

	switch (p->what) {
	case MH_PROVE_CLOSED_NEEDS: p->n_refs = mh_load__refs(l, MH_REF_STATE, map, key, &p->refs); break;
	case MH_PROVE_HANDLER_NEVER: p->n_refs = mh_load__refs(l, MH_REF_TRANSITION, map, key, &p->refs); break;
	case MH_PROVE_EVERY_ROOM: p->rooms = read_rooms(l, map); break;
	default:
		if (!mh_load__yes(l, map, key))
			MH_DIAG_ERROR(l->diags, "type", mh_yaml_get(map, key)->at, "Write yes, or leave the line out",
				      "'%s' can only be yes", key);
		break;
	}
}

static bool read_prove(struct mh_load *l, struct mh_yaml *item, struct mh_prove *p)
{
	if (item->kind != MH_YAML_MAP || item->n != 1) {
		MH_DIAG_ERROR(l->diags, "type", item->at, "Write - closed_needs: [state]",
			      "a claim to prove is one name with what belongs to it");
		return false;
	}
	p->at = item->first->key_at;
	for (int i = 0; i < MH_PROVE_MAX; i++) {
		if (!mh_str_is(item->first->key, words[i])) continue;
		p->what = (enum mh_proof)i;
		read_claim(l, item, p);
		return true;
	}
	const char *known[MH_PROVE_MAX + 1] = {NULL};
	for (int i = 0; i < MH_PROVE_MAX; i++) known[i] = words[i];
	mh_yaml_unknown(item, known, l->diags);
	return false;
}

void mh_load__proves(struct mh_load *l)
{
	struct mh_yaml *node = mh_yaml_get(l->root, "prove");

	if (!node) return;
	if (node->kind != MH_YAML_LIST) {
		MH_DIAG_ERROR(l->diags, "type", node->at, "Write items with - in front: - closed_needs: [state]",
			      "'prove' must be a list");
		return;
	}
	l->def->proves = MH_LOAD_ARRAY(l, node->n, struct mh_prove);
	for (struct mh_yaml *e = node->first; e && l->def->proves; e = e->next)
		if (read_prove(l, e, &l->def->proves[l->def->n_proves])) l->def->n_proves++;
}
