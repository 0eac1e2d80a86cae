/* Roles, evidence and votes. */
#include "process/load_priv.h"

#include <string.h>

#define EVIDENCE_MAX 20
#define ELECTORS_MAX 99
#define RATIO_MAX 1000

/* ---- roles ---- */

static unsigned read_levels(struct mh_load *l, struct mh_yaml *map)
{
	struct mh_yaml *node = NULL;
	size_t n = mh_load__items(l, map, "level", &node);
	unsigned bits = 0;

	if (!mh_yaml_get(map, "level"))
		mh_load__missing(l, map, "level",
				 "Write level: 3 or level: [3, 4]; 0 is the person who raised it, or the public");
	for (; n > 0; n--, node = node->next) {
		int64_t level;
		if (mh_str_to_i64(node->text, &level) && level >= 0 && level <= MH_LEVEL_MAX) bits |= 1U << level;
		else
			MH_DIAG_ERROR(l->diags, "range", node->at,
				      "1 village, 2 township, 3 county, 4 city; 0 without an office",
				      "'" MH_STR_FMT "' is not a level", MH_STR_ARG(mh_utf8_prefix(node->text, 40)));
	}
	if ((bits & 1) && bits != 1)
		MH_DIAG_ERROR(l->diags, "role-level", mh_yaml_get(map, "level")->at, "Make two roles of it",
			      "a role is either an office (1 to 4) or none (0)");
	return bits;
}

void mh_load__roles(struct mh_load *l)
{
	static const char *const known[] = {"level", "open", "label", NULL}, *const taken[] = {"owner", "superior"};
	struct mh_yaml *map = mh_yaml_get(l->root, "roles");
	size_t i = 0;

	if (!map || map->kind != MH_YAML_MAP || l->def->n_roles != map->n) return;
	for (struct mh_yaml *e = map->first; e; e = e->next) {
		struct mh_role *r = &l->def->roles[i++];
		*r = (struct mh_role){.name = e->key, .at = e->key_at, .label = {e->key, e->key}};
		for (size_t j = 0; j < 2; j++)
			if (mh_str_is(r->name, taken[j]))
				MH_DIAG_ERROR(l->diags, "reserved-name", r->at, "Choose another name",
					      "'%s' has its own meaning in notify", taken[j]);
		if (!mh_load__is_map(l, e, "a role")) continue;
		r->levels = read_levels(l, e);
		r->open = mh_load__yes(l, e, "open");
		if (r->open && r->levels != 1)
			MH_DIAG_ERROR(l->diags, "role-level", mh_yaml_get(e, "open")->key_at,
				      "Write level: 0, or remove open",
				      "only a role without an office is open to anybody");
		mh_load__label(l, e, "label", r->name, &r->label);
		mh_yaml_unknown(e, known, l->diags);
	}
}

/* ---- evidence ---- */

static unsigned read_media(struct mh_load *l, struct mh_yaml *map)
{
	static const char *const words[] = {"photo", "document", "video", "audio", "call"};
	static const unsigned bits[] = {MH_MEDIA_PHOTO, MH_MEDIA_DOCUMENT, MH_MEDIA_VIDEO, MH_MEDIA_AUDIO,
					MH_MEDIA_AUDIO};
	struct mh_yaml *node = NULL;
	size_t n = mh_load__items(l, map, "accept", &node);
	unsigned all = 0;

	if (!mh_yaml_get(map, "accept"))
		mh_load__missing(l, map, "accept", "Write accept: [photo, document, video, audio], or some of them");
	for (; n > 0; n--, node = node->next) {
		int i = mh_load__choice_of(l, node, "accept", words, sizeof words / sizeof *words);
		if (i >= 0) all |= bits[i];
	}
	return all;
}

void mh_load__evidence(struct mh_load *l)
{
	static const char *const known[] = {"accept", "min", "label", NULL};
	struct mh_yaml *map = mh_yaml_get(l->root, "evidence");
	size_t i = 0;

	if (!map || map->kind != MH_YAML_MAP || l->def->n_evidence != map->n) return;
	for (struct mh_yaml *e = map->first; e; e = e->next) {
		struct mh_evidence *v = &l->def->evidence[i++];
		int64_t min = 1;
		*v = (struct mh_evidence){.name = e->key, .at = e->key_at, .label = {e->key, e->key}, .min = 1};
		if (!mh_load__is_map(l, e, "a kind of evidence")) continue;
		v->accept = read_media(l, e);
		mh_load__int(l, e, "min", 1, EVIDENCE_MAX, &min);
		v->min = (int)min;
		mh_load__label(l, e, "label", v->name, &v->label);
		mh_yaml_unknown(e, known, l->diags);
	}
}

/* ---- votes ---- */

/* "4/5" */
static bool parse_ratio(struct mh_str s, struct mh_ratio *ret)
{
	struct mh_str num;
	int64_t a, b;

	if (!mh_str_split(&s, '/', &num) || !s.ptr) return false;
	if (!mh_str_to_i64(mh_str_trim(num), &a) || !mh_str_to_i64(mh_str_trim(s), &b)) return false;
	if (a < 1 || b < a || b > RATIO_MAX) return false;
	*ret = (struct mh_ratio){(int)a, (int)b};
	return true;
}

static void read_quorum(struct mh_load *l, struct mh_yaml *map, struct mh_vote *v)
{
	struct mh_str s;

	if (!mh_yaml_get(map, "quorum"))
		mh_load__missing(l, map, "quorum", "Write quorum: 4/5, the share of the electors that must vote");
	if (!mh_yaml_str(map, "quorum", &s, l->diags) || parse_ratio(s, &v->quorum)) return;
	MH_DIAG_ERROR(l->diags, "ratio", mh_yaml_get(map, "quorum")->at, "Write 4/5",
		      "'quorum' must be a share, at most 1");
}

/* "> 2/3 of cast" or ">= 1/2 of cast" */
static void read_pass(struct mh_load *l, struct mh_yaml *map, struct mh_vote *v)
{
	static const char *const hint = "Write pass: '> 2/3 of cast' or pass: '>= 1/2 of cast'";
	struct mh_str s, text;

	if (!mh_yaml_get(map, "pass")) mh_load__missing(l, map, "pass", hint);
	if (!mh_yaml_str(map, "pass", &text, l->diags)) return;
	s = mh_str_trim(text);
	bool at_least = mh_str_starts(s, ">="), more = !at_least && mh_str_starts(s, ">");
	size_t skip = at_least ? 2 : 1;
	if ((at_least || more) && mh_str_ends(s, " of cast") && s.len > skip + 8 &&
	    parse_ratio((struct mh_str){s.ptr + skip, s.len - skip - 8}, &v->pass)) {
		v->pass_more_than = more;
		if (!more || v->pass.num < v->pass.den) return;
	}
	MH_DIAG_ERROR(l->diags, "ratio", mh_yaml_get(map, "pass")->at, hint, "'pass' cannot be '" MH_STR_FMT "'",
		      MH_STR_ARG(mh_utf8_prefix(text, 40)));
}

static void read_electors(struct mh_load *l, struct mh_yaml *vote, struct mh_vote *v)
{
	static const char *const known[] = {"role", "count", "exclude", "draw", NULL};
	static const char *const draws[] = {"ledger"}, *const exclude[] = {"owner_org", "handlers"};
	struct mh_yaml *map = mh_load__section(l, vote, "electors", true), *node = NULL;
	int64_t count = 0;

	if (!map) return;
	v->role = mh_load__ref(l, MH_REF_ROLE, map, "role", true);
	if (!mh_yaml_get(map, "count"))
		mh_load__missing(l, map, "count", "Write how many electors are drawn, such as count: 5");
	mh_load__int(l, map, "count", 1, ELECTORS_MAX, &count);
	v->count = (int)count;
	mh_load__choice(l, map, "draw", draws, 1, true);
	for (size_t n = mh_load__items(l, map, "exclude", &node); n > 0; n--, node = node->next) {
		int i = mh_load__choice_of(l, node, "exclude", exclude, 2);
		v->exclude_owner |= i == 0;
		v->exclude_handlers |= i == 1;
	}
	mh_yaml_unknown(map, known, l->diags);
}

static void read_outcome(struct mh_load *l, struct mh_yaml *vote, struct mh_vote *v)
{
	static const char *const known[] = {"pass", "fail", "no_quorum", NULL};
	struct mh_yaml *map = mh_load__section(l, vote, "outcome", true);

	if (!map) return;
	v->on_pass = mh_load__ref(l, MH_REF_TRANSITION, map, "pass", true);
	v->on_fail = mh_load__ref(l, MH_REF_TRANSITION, map, "fail", true);
	v->on_no_quorum = mh_load__ref(l, MH_REF_TRANSITION, map, "no_quorum", true);
	mh_yaml_unknown(map, known, l->diags);
}

static void read_vote(struct mh_load *l, struct mh_yaml *map, struct mh_vote *v)
{
	static const char *const known[] = {"electors", "choices", "quorum", "pass",
					    "closes",   "outcome", "label",  NULL};

	read_electors(l, map, v);
	v->n_choices = mh_load__words(l, map, "choices", &v->choices);
	if (v->n_choices < 2)
		MH_DIAG_ERROR(l->diags, "vote-choices", map->key_at,
			      "Write choices: [pass, fail]; the first is in favour",
			      "a vote needs at least two choices");
	read_quorum(l, map, v);
	read_pass(l, map, v);
	if (!mh_yaml_get(map, "closes")) mh_load__missing(l, map, "closes", "Write closes: 5wd");
	mh_load__span(l, map, "closes", &v->closes);
	read_outcome(l, map, v);
	mh_load__label(l, map, "label", v->name, &v->label);
	mh_yaml_unknown(map, known, l->diags);
}

void mh_load__votes(struct mh_load *l)
{
	struct mh_yaml *map = mh_yaml_get(l->root, "votes");
	size_t i = 0;

	if (!map || map->kind != MH_YAML_MAP || l->def->n_votes != map->n) return;
	for (struct mh_yaml *e = map->first; e; e = e->next) {
		struct mh_vote *v = &l->def->votes[i++];
		*v = (struct mh_vote){.name = e->key,
				      .at = e->key_at,
				      .label = {e->key, e->key},
				      .role = -1,
				      .on_pass = -1,
				      .on_fail = -1,
				      .on_no_quorum = -1};
		if (mh_load__is_map(l, e, "a vote")) read_vote(l, e, v);
	}
}
