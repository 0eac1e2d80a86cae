/* A process definition, as linked: one immutable version of one kind of matter. docs/definitions.md is the language.
 *
 * Built once by mh_def_load, then read by any number of threads. Everything lives in the arena given to the loader.
 * References are indexes into the arrays below; -1 means none. Names are ASCII [a-z][a-z0-9_-]*.
 *
 * A matter is in exactly one state. Five things move it, each by one event, one transition, its effects, in one
 * database transaction: a person's action, a clock, a vote's result, the end of its children, or the matter that it was
 * merged into. Nothing else fires. */
#ifndef MH_PROCESS_DEF_H
#define MH_PROCESS_DEF_H
#include "base/diag.h"
#include "base/hash.h"
#include "process/expr.h"

enum mh_room {
	MH_ROOM_INTAKE,
	MH_ROOM_GATHER,
	MH_ROOM_HANDLE,
	MH_ROOM_REPLY,
	MH_ROOM_RATE,
	MH_ROOM_APPLY,
	MH_ROOM_MAX
};
enum mh_category { MH_CAT_INITIAL, MH_CAT_ACTIVE, MH_CAT_WAITING, MH_CAT_DONE, MH_CAT_VOID, MH_CAT_MAX };
extern const char *const mh_room_names[MH_ROOM_MAX];    /* "intake" … "apply" */
extern const char *const mh_category_names[MH_CAT_MAX]; /* "initial" … "void" */
#define MH_LEVEL_MAX 4                                  /* 1 village, 2 township, 3 county, 4 city */

struct mh_label {
	struct mh_str zh, en; /* both filled: the name stands in when the file gives none */
};

enum mh_field_type {
	MH_F_ENUM,
	MH_F_BOOL,
	MH_F_TEXT,
	MH_F_INT,
	MH_F_DATE,
	MH_F_ORG,
	MH_F_ORGS,
	MH_F_MATTER,
	MH_F_CONTACT,
	MH_F_PLACE,
	MH_F_CATEGORY,
	MH_F_ENUMS,
	MH_F_OFFICER,
	MH_F_TYPE_MAX
};
extern const char *const mh_field_type_names[MH_F_TYPE_MAX]; /* "enum" "bool" "text" "int" "date" "org" "orgs" "matter"
								 "contact" "place" "category" "enums" "officer" */
struct mh_field_value {
	struct mh_str name;
	struct mh_label label;
	struct mh_str duty; /* of the pack: whose business this choice is; or empty */
	int64_t worth;      /* what the choice counts for in `add`: days, points; 0 when not given */
};
struct mh_field {
	struct mh_str name;
	struct mh_label label;
	struct mh_mark at;
	enum mh_field_type type;
	struct mh_field_value *values; /* enum, enums: in file order */
	size_t n_values;
	int64_t min, max;     /* int: bounds; text: max characters; orgs, enums: max items */
	struct mh_str *kinds; /* matter: allowed kinds; none = any */
	size_t n_kinds;
	int role;        /* officer: the role that must be held; -1: any */
	bool set_create; /* may be given when the matter is created, and then stays unless a transition takes it */
	bool required;   /* must be given when the matter is created (only with set: create) */
	bool is_public,
		personal, /* public: may stand in ledger headers and be published; personal: encrypted, erasable */
		told;     /* shown to the person who raised the matter, although not public */
};
struct mh_role {
	struct mh_str name;
	struct mh_label label;
	struct mh_mark at;
	unsigned levels; /* bit n: level n (0 = the person who raised it or the public, who hold no office) */
	bool open; /* `open: yes`, level 0 only: anybody; otherwise level 0 is proved by the matter's tracking code */
};
enum mh_media {
	MH_MEDIA_PHOTO = 1,
	MH_MEDIA_DOCUMENT = 2,
	MH_MEDIA_VIDEO = 4,
	MH_MEDIA_AUDIO = 8
}; /* `call` is audio */
struct mh_evidence {
	struct mh_str name;
	struct mh_label label;
	struct mh_mark at;
	unsigned accept; /* enum mh_media bits */
	int min;
};

/* A clock is known by its name through the whole definition. `start:` makes one that lasts as long as the matter: it
 * starts once, and later states say what it does there. The others (`within`, `at`, `every`) belong to the stay in the
 * state: they start afresh at each entry and end when it is left. */
struct mh_clock_name {
	struct mh_str name;
	struct mh_label label;
	bool lasting; /* has a `start:` somewhere */
};
enum mh_clock_how {
	MH_CLOCK_WITHIN,
	MH_CLOCK_START,
	MH_CLOCK_AT,
	MH_CLOCK_EVERY,
	MH_CLOCK_CONTINUE,
	MH_CLOCK_PAUSE,
	MH_CLOCK_STOP
};
struct mh_clock_rule {
	int clock;
	struct mh_mark at;
	enum mh_clock_how how;
	struct mh_span span;        /* within, every */
	const struct mh_expr *expr; /* start: gives a span */
	int field;                  /* at: a date field; fires at the end of that day's business hours */
	int warn_percent;           /* 1–99, or 0 */
	struct mh_span warn_span;   /* warn so long before the end; n = 0: none */
	int then;                   /* transition, or -1 */
};

enum mh_effect_kind {
	MH_DO_ASSIGN,   /* owner := by duty catalogue | territory at a level | an org field */
	MH_DO_NOTIFY,   /* message from a template to owner, citizen, or a role */
	MH_DO_SPAWN,    /* child matters: one, or one for each org or choice of a field */
	MH_DO_SET,      /* field := literal, or a span from now for a date field */
	MH_DO_CLOCK,    /* a lasting or running clock: restart | stop | +span */
	MH_DO_ESCALATE, /* the level that answers rises; with hand_up the superior unit becomes the owner too */
	MH_DO_BOARD,    /* the matter's mark: yellow, red, black, none */
	MH_DO_PUBLISH,  /* public fields to a public place */
	MH_DO_SAMPLE,   /* with a chance of n percent, drawn from the ledger: spawn */
	MH_DO_MERGE, /* this matter follows the one named by a matter field: its reporter is told what that one is told */
	MH_DO_UNMERGE, /* … and no longer */
	MH_DO_ADD,     /* number field += a literal, or what the chosen values of a field are worth */
	MH_DO_MEASURE, /* number field: days of this stay (added up), or of the whole matter */
	MH_DO_LINK,    /* a lasting link of a named kind to the matter named by a matter field */
	MH_DO_MAX
};
enum mh_assign_by { MH_ASSIGN_DUTY, MH_ASSIGN_TERRITORY, MH_ASSIGN_FIELD, MH_ASSIGN_VALUE };
enum mh_notify_who { MH_NOTIFY_OWNER, MH_NOTIFY_CITIZEN, MH_NOTIFY_SUPERIOR, MH_NOTIFY_ROLE };
struct mh_effect {
	enum mh_effect_kind kind;
	struct mh_mark at;
	enum mh_assign_by by;
	enum mh_notify_who notify;
	int level; /* assign by territory or value; 0 = level of the place itself */
	int field; /* assign by field or value, set, add, measure, spawn each, merge, link */
	int of;    /* add: the field whose choices are worth something; -1: the literal */
	int role;  /* notify a role */
	int clock;
	int levels; /* escalate */
	bool hand_up, restart, stop;
	bool whole;              /* measure: since the matter was created, not since the state was entered */
	enum mh_unit unit;       /* measure: MH_UNIT_WD or MH_UNIT_D */
	int percent;             /* sample */
	struct mh_span span;     /* clock +span; set date */
	struct mh_value value;   /* set literal */
	struct mh_str kind_name; /* spawn, sample: kind of the child */
	struct mh_str as;        /* spawn each of an enums field: the child's field that takes the choice */
	struct mh_str word; /* notify template; board colour; publish place; link kind; spawn: link kind ("child") */
	int *fields;        /* publish; spawn: fields copied to the child by name */
	size_t n_fields;
	const struct mh_expr *when; /* spawn: only if; NULL = always */
};

struct mh_state {
	struct mh_str name;
	struct mh_label label;
	struct mh_mark at;
	enum mh_category category;
	enum mh_room room;
	struct mh_effect *enter;
	size_t n_enter;
	struct mh_clock_rule *clocks;
	size_t n_clocks;
	int vote; /* or -1 */
};

enum mh_trigger { MH_BY_PERSON, MH_BY_CLOCK, MH_BY_VOTE, MH_BY_CHILD, MH_BY_MAIN, MH_TRIGGER_MAX };
enum mh_who_org {
	MH_ORG_ANY,   /* any unit whose territory holds the matter */
	MH_ORG_OWNER, /* the owner itself */
	MH_ORG_FIELD
}; /* the unit in an org field */
struct mh_who {
	int *roles;
	size_t n_roles;
	enum mh_who_org org;
	int org_field;
	bool named; /* only the officer whom the officer field names */
	int officer_field;
	int level_up; /* +n: a superior of the owner, n levels above (the top stands in when there is none) */
};
struct mh_transition {
	struct mh_str name;
	struct mh_label label;
	struct mh_mark at;
	int *from;
	size_t n_from; /* `from: '*'` is expanded to every state that is not done or void */
	int to;        /* -1: `same`: nothing is left or entered, clocks run on; a clock that fired starts again */
	enum mh_trigger trigger;
	struct mh_who who;        /* PERSON */
	struct mh_str child_kind; /* CHILD: fires when the last open child of this kind ends */
	int main_state;           /* MAIN: fires when the matter this one was merged into enters this state */
	const struct mh_expr *when;
	int *require,
		*optional; /* fields taken: must be given now (a set-at-creation field may have its value already) */
	size_t n_require, n_optional;
	int *evidence;
	size_t n_evidence;
	int max; /* uses in one matter; 0 = no bound */
	struct mh_effect *effects;
	size_t n_effects;
	int else_to; /* state when `when` is false or `max` used up (clock, vote, child, main); -1 */
};

struct mh_ratio {
	int num, den;
};
struct mh_vote {
	struct mh_str name;
	struct mh_label label;
	struct mh_mark at;
	int role, count; /* electors: how many are drawn from the holders of the role */
	bool exclude_owner, exclude_handlers;
	struct mh_str *choices; /* the first is in favour */
	size_t n_choices;
	struct mh_ratio quorum; /* share of the electors that must have voted */
	struct mh_ratio pass;   /* share of the votes cast that must be in favour … */
	bool pass_more_than;    /* … more than, or at least */
	struct mh_span closes;
	int on_pass, on_fail, on_no_quorum; /* transitions */
};

enum mh_proof {
	MH_PROVE_CLOSED_NEEDS,
	MH_PROVE_HANDLER_NEVER,
	MH_PROVE_NO_SILENT_STALL,
	MH_PROVE_PERSONAL_NEVER_PUBLIC,
	MH_PROVE_EVERY_ROOM,
	MH_PROVE_MAX
};
struct mh_prove {
	enum mh_proof what;
	struct mh_mark at;
	int *refs; /* states (closed_needs), transitions (handler_never) */
	size_t n_refs;
	unsigned rooms; /* every_room: bits of enum mh_room that no closed matter has skipped */
};

/* How long something is kept after a matter has come to its end. */
struct mh_keep {
	int64_t n;  /* 0: for ever */
	bool years; /* else days */
};

struct mh_def {
	struct mh_str kind;
	int64_t version;
	struct mh_label title;
	struct mh_str calendar;
	struct mh_str since; /* "YYYY-MM-DD": matters taken in from this day on use it; empty = at once */
	bool child_only;     /* `intake: no`: made only by other matters */
	struct mh_label levels[MH_LEVEL_MAX + 1];
	struct mh_str text;  /* the file, verbatim */
	struct mh_hash hash; /* SHA-256 of it */
	struct mh_role *roles;
	size_t n_roles;
	struct mh_field *fields;
	size_t n_fields;
	struct mh_evidence *evidence;
	size_t n_evidence;
	struct mh_clock_name *clocks;
	size_t n_clocks;
	struct mh_vote *votes;
	size_t n_votes;
	struct mh_state *states;
	size_t n_states;
	struct mh_transition *transitions;
	size_t n_transitions;
	struct mh_prove *proves;
	size_t n_proves;
	int initial;
	struct mh_keep personal_kept; /* personal data, and with it the key of the files */
	struct mh_keep evidence_kept; /* the bytes of files, when they go earlier */
};

/* Reads and links (load.c), then runs every static check (check.c). NULL when there is an error; d has all of them, and
 * the warnings. text is copied into the arena. */
struct mh_def *mh_def_load(struct mh_arena *a, struct mh_str text, struct mh_diags *d);
/* Index by name, or -1. */
int mh_def_state(const struct mh_def *d, struct mh_str name);
int mh_def_transition(const struct mh_def *d, struct mh_str name);
int mh_def_field(const struct mh_def *d, struct mh_str name);
int mh_def_role(const struct mh_def *d, struct mh_str name);
int mh_def_evidence(const struct mh_def *d, struct mh_str name);
int mh_def_clock(const struct mh_def *d, struct mh_str name);
/* The rule that state s gives for the clock, or NULL. */
const struct mh_clock_rule *mh_def_clock_rule(const struct mh_def *d, int state, int clock);
static inline bool mh_def_is_over(const struct mh_def *d, int state)
{
	return d->states[state].category == MH_CAT_DONE || d->states[state].category == MH_CAT_VOID;
}

/* The first instant at which it may be kept no longer: the end of the day so many years or days later. MH_TIME_MAX: for ever. */
mh_time mh_keep_until(struct mh_keep k, mh_time end, int zone_min);
struct mh_str mh_keep_words(struct mh_arena *a, struct mh_keep k, bool zh); /* "3 years", "3年" */

/* Tools over a linked definition; all write into out. lang: "en" or "zh". */
void mh_def_explain(const struct mh_def *d, const char *lang, struct mh_buf *out);
void mh_def_mermaid(const struct mh_def *d, const char *lang, struct mh_buf *out);
enum mh_code mh_def_svg(const struct mh_def *d, const char *lang, struct mh_buf *out, struct mh_err *reterr);
void mh_def_promela(const struct mh_def *d, struct mh_buf *out);
/* What changed from a to b, in words; *ret_unsafe: states or fields of a that live matters may need are gone in b. */
void mh_def_diff(const struct mh_def *a, const struct mh_def *b, const char *lang, struct mh_buf *out,
		 bool *ret_unsafe);
#endif
