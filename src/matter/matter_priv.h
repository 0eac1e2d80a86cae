/* What the files of src/matter share. */
#ifndef MH_MATTER_PRIV_H
#define MH_MATTER_PRIV_H
#include "matter/matter.h"

#include "sql_gen.h"

#define MH_FAR INT64_MAX /* an instant that does not come */

enum mh_clock_life { MH_CLOCK_RUNNING, MH_CLOCK_PAUSED, MH_CLOCK_STOPPED, MH_CLOCK_EXPIRED, MH_CLOCK_LIFE_MAX };
/* One clock of a matter, beside its definition. */
struct mh_mclock {
	struct mh_str name;
	enum mh_clock_life life;
	struct mh_timer_state timer; /* `at` clocks: unit MH_UNIT_D is not used; see day */
	bool by_day;                 /* the budget is a day: fires at the end of its business hours */
	mh_day day;
	mh_time fire_at, warn_at;
	int64_t rung;
	struct mh_str then_name;
	bool changed;
	const char *log[6]; /* what happened in this event, for clock_log */
	int n_log;
};
#define MH_MCLOCKS_MAX 24
struct mh_matter {
	struct mh_matter *next; /* tx->loaded */
	int64_t id;
	struct mh_str ref, number, class_code, channel, mark;
	const struct mh_def *def;
	int state, level;
	int owner, super, place; /* indexes of units, -1 none */
	int64_t main_id, parent_id;
	json_t *facts, *uses; /* owned */
	json_t *personal;     /* owned; NULL until asked for */
	mh_time created, entered, updated;
	int64_t last_seq, read_seq; /* newest event; the one it was read at, -1 for a new matter */
	struct mh_key key;
	bool has_key, erased;
	struct mh_mclock clocks[MH_MCLOCKS_MAX];
	int n_clocks;
	bool clocks_loaded;
};

/* --- text.c --- */
/* Puts what a new matter says where the thread that indexes finds it (said.h). `given`: what was given for its fields. */
void mh_matter__say_new(const struct mh_city *c, const struct mh_matter *m, const json_t *given);

/* --- store.c --- */
enum mh_code mh_matter__load(struct mh_tx *tx, int64_t id, struct mh_matter **ret, struct mh_err *reterr);
struct mh_matter *mh_matter__new(struct mh_tx *tx); /* registered with tx; NULL when memory is short */
enum mh_code mh_matter__save(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr); /* matter and clock rows */
enum mh_code mh_matter__key(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr);  /* fills m->key */
/* Personal values as they stand now: every payload opened, in order. MH_OK with an empty object after erasure. */
enum mh_code mh_matter__personal(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr);
int64_t mh_matter__reports(struct mh_tx *tx, struct mh_matter *m); /* itself and what was merged into it */
/* --- fields.c --- */
/* Checks and normalises one value; *ret is a new reference. */
/* Says which field the error in *reterr is about, with its labels; returns code. */
enum mh_code mh_matter__about(const struct mh_field *f, enum mh_code code, struct mh_err *reterr);
enum mh_code mh_matter__field(struct mh_tx *tx, const struct mh_def *d, int field, const json_t *v, json_t **ret,
			      struct mh_err *reterr);
/* The value that stands for the field now: borrowed, NULL when none. Personal ones are opened when needed. */
json_t *mh_matter__value(struct mh_tx *tx, struct mh_matter *m, int field);
bool mh_field_in_header(const struct mh_field *f); /* public and short: it may stand in the ledger */
bool mh_field_is_fact(const struct mh_field *f);   /* not personal: it may stand in matter.facts */
/* --- env.c --- */
bool mh_matter__truth(struct mh_tx *tx, struct mh_matter *m, const struct mh_expr *e); /* NULL is true */
struct mh_value mh_matter__eval(struct mh_tx *tx, struct mh_matter *m, const struct mh_expr *e);
/* --- who.c --- */
/* MH_E_FORBIDDEN says what is missing. */
enum mh_code mh_matter__may(struct mh_tx *tx, struct mh_matter *m, const struct mh_transition *t,
			    const struct mh_party *by, struct mh_err *reterr);
/* --- clocks.c --- */
enum mh_code mh_clocks__load(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr);
struct mh_mclock *mh_clocks__find(struct mh_matter *m, struct mh_str name); /* NULL when absent */
/* The matter has come into m->state (from `from`, -1: created). */
enum mh_code mh_clocks__enter(struct mh_tx *tx, struct mh_matter *m, int from, struct mh_err *reterr);
enum mh_code mh_clocks__effect(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, struct mh_err *reterr);
/* After a clock fired and the matter stayed (`to: same`): stay clocks begin again, lasting ones are expired. */
enum mh_code mh_clocks__refire(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, struct mh_err *reterr);
enum mh_code mh_clocks__start_span(struct mh_tx *tx, struct mh_matter *m, struct mh_str name, struct mh_span span,
				   struct mh_str then_name, struct mh_err *reterr);
void mh_clocks__end(struct mh_tx *tx, struct mh_mclock *k, const char *what);
enum mh_code mh_clocks__save(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr);
enum mh_code mh_clocks__log(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, const char *what, int64_t seq,
			    int64_t step, struct mh_err *reterr);
enum mh_code mh_clocks__revise(struct mh_tx *tx, struct mh_matter *m, struct mh_mclock *k, int64_t seq,
			       struct mh_err *reterr);
mh_time mh_clocks__due(const struct mh_matter *m);
/* --- event.c --- */
struct mh_event {
	const char *name; /* NULL: the transition's */
	struct mh_str name_str;
	struct mh_str by; /* role, or clock, vote, children, main */
	int org;          /* who acted; -1: none */
	int from, to;     /* states; from -1: created */
	json_t *header;   /* public facts: new reference, stolen */
	json_t *payload;  /* private: new reference, stolen; NULL or {}: none */
};
/* Appends to the ledger and stores the payload; sets m->last_seq. */
enum mh_code mh_event__append(struct mh_tx *tx, struct mh_matter *m, struct mh_event *ev, struct mh_err *reterr);
enum mh_code mh_event__city(struct mh_tx *tx, const char *name, json_t *facts /* stolen */, int64_t *ret_seq,
			    struct mh_err *reterr);
/* --- effects.c --- */
enum mh_code mh_effects__before(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, size_t n,
				json_t *header, struct mh_err *reterr); /* what changes the matter itself */
enum mh_code mh_effects__after(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, size_t n,
			       struct mh_err *reterr); /* what goes out: needs the event's number */
enum mh_code mh_effects__clocks(struct mh_tx *tx, struct mh_matter *m, const struct mh_effect *e, size_t n,
				struct mh_err *reterr); /* between the two: the state has been entered */
enum mh_code mh_effects__message(struct mh_tx *tx, struct mh_matter *m, struct mh_str recipient, int org,
				 struct mh_str template_, struct mh_err *reterr);
enum mh_code mh_effects__link(struct mh_tx *tx, struct mh_matter *m, int64_t to, struct mh_str word,
			      struct mh_err *reterr);
/* --- engine.c --- */
struct mh_cause {
	struct mh_str by;             /* as mh_event.by */
	const struct mh_party *party; /* NULL for clocks and the like */
	json_t *given;                /* checked values, borrowed; or NULL */
	json_t *header;               /* more public facts, borrowed; or NULL */
	const json_t *evidence;       /* borrowed */
	struct mh_mclock *fired;
};
enum mh_code mh_engine__take(struct mh_tx *tx, struct mh_matter *m, int transition, const struct mh_cause *cause,
			     struct mh_err *reterr);
/* Sorts checked values into what the matter is, what the ledger says, and what is sealed. */
enum mh_code mh_engine__apply(struct mh_tx *tx, struct mh_matter *m, json_t *given, json_t *header, json_t *payload,
			      struct mh_err *reterr);
/* --- create.c --- */
void mh_engine__reindex(struct mh_tx *tx, struct mh_matter *m,
			const json_t *given); /* place and category may have changed */
struct mh_str mh_engine__request_hash(struct mh_tx *tx, struct mh_str what, const json_t *fields, const json_t *more);
enum mh_code mh_engine__outcome(struct mh_tx *tx, struct mh_matter *m, struct mh_outcome *ret, struct mh_err *reterr);
/* Was this request carried out before? Then *ret is its matter. */
enum mh_code mh_engine__repeated(struct mh_tx *tx, struct mh_str request_id, struct mh_str hash, bool *ret_again,
				 struct mh_matter **ret, struct mh_err *reterr);
enum mh_code mh_engine__remember(struct mh_tx *tx, struct mh_str request_id, struct mh_str hash,
				 const struct mh_matter *m, struct mh_err *reterr);
/* --- vote.c --- */
enum mh_code mh_vote__open(struct mh_tx *tx, struct mh_matter *m, int vote, struct mh_err *reterr);
enum mh_code mh_vote__draw_due(struct mh_tx *tx, int most, int *ret_n, struct mh_err *reterr);
enum mh_code mh_vote__close(struct mh_tx *tx, struct mh_matter *m, struct mh_err *reterr);
#define MH_VOTE_CLOCK "vote" /* the clock that closes a vote; no definition may use the name */
/* --- view.c --- */
json_t *mh_view__time(const struct mh_tx *tx, mh_time t);
json_t *mh_view__org(const struct mh_tx *tx, int org);
json_t *mh_view__intake_form(const struct mh_def *d);
json_t *mh_view__state(const struct mh_def *d, int state);
json_t *mh_view__form_field(const struct mh_def *d, const struct mh_field *f, bool required);
json_t *mh_view__form_evidence(const struct mh_evidence *e);
/* --- evidence.c --- */
/* The matter and its children: all that is personal, or the bytes of files alone. */
enum mh_code mh_evidence__erase(struct mh_tx *tx, struct mh_matter *m, const struct mh_party *by, struct mh_str basis,
				bool files_only, struct mh_err *reterr);
enum mh_code mh_evidence__check(struct mh_tx *tx, struct mh_matter *m, const struct mh_transition *t,
				const json_t *given, json_t *header, json_t *payload, struct mh_err *reterr);
enum mh_code mh_evidence__use(struct mh_tx *tx, struct mh_matter *m, const json_t *given, struct mh_err *reterr);
#endif
