/* What the files of the sample city share: the book (what the pack says), and the talk (who says something about what). */
#ifndef MH_LOOP_SAMPLE_PRIV_H
#define MH_LOOP_SAMPLE_PRIV_H
#include "base/yaml.h"
#include "loop/sample.h"

#include "sql_gen.h"

struct mh_sample__wait {
	int64_t min, max; /* steps of the unit */
	enum mh_unit unit;
};
/* A situation: what may be raised, and how it is talked about. */
struct mh_sample__case {
	struct mh_yaml *node; /* its own words are the lists below it */
	struct mh_str category;
	struct mh_str where; /* kind of unit that it happens in, or empty */
	int64_t weight;
	unsigned months; /* bit n: month n, 1 to 12 */
	bool hot;        /* many may raise it at once */
};
/* How one version of one kind is played. */
struct mh_sample__kind {
	const struct mh_def *def;
	int64_t share;                /* of the arrivals; 0: not raised by people */
	struct mh_yaml *by, *fill;    /* role → weight; field → how it is filled */
	int *weight;                  /* [state][transition], and one more for doing nothing */
	struct mh_sample__wait *wait; /* [state] */
	struct mh_sample__case **cases;
	size_t n_cases;
	int64_t hot; /* sum of the weights of the hot ones */
};
#define MH_SAMPLE_FILES_MAX 16
struct mh_sample__file {
	struct mh_str type, hash;
	unsigned media;
	int64_t size;
};
struct mh_sample__book {
	struct mh_arena *arena;
	struct mh_yaml *tops[32]; /* the files */
	struct mh_diags *diags;   /* of each */
	size_t n_tops;
	int64_t hours[24], week[7], months[12], holiday; /* weights; percent of an ordinary day */
	int64_t recent_days, recent_most;
	int64_t burst_share, burst_min, burst_max, burst_hours, slow; /* percent; matters of one; percent of waits */
	struct mh_yaml *roles, *fill;
	struct mh_sample__kind *kinds;
	size_t n_kinds;
	struct mh_sample__file files[MH_SAMPLE_FILES_MAX];
	size_t n_files;
};
enum mh_code mh_sample__book_load(struct mh_arena *a, const struct mh_city *city, struct mh_str pack_dir,
				  struct mh_buf *report, struct mh_sample__book *ret, struct mh_err *reterr);
struct mh_yaml *mh_sample__list(const struct mh_sample__book *b, struct mh_str name); /* a phrase list; NULL: none */
/* "3-12"; one number is both. */
bool mh_sample__range(struct mh_str text, int64_t *ret_min, int64_t *ret_max);
bool mh_sample__is_builtin(struct mh_str slot);
/* Files that serve as evidence, put where the server keeps files. */
enum mh_code mh_sample__files(struct mh_sample__book *b, const struct mh_city *city, struct mh_str pack_dir,
			      struct mh_err *reterr);

/* --- talking --- */
struct mh_sample__talk {
	const struct mh_sample__book *book;
	const struct mh_city *city;
	const struct mh_rng *rng;
	struct mh_arena *arena; /* of the step */
	const struct mh_sample__kind *kind;
	const struct mh_sample__case *what; /* NULL: nothing in particular */
	int place, unit;                    /* -1: none */
	mh_time now;
	struct mh_str main_ref; /* of the first who raised the same; empty: none */
	/* A matter of this kind that this one may be joined to: its ref, or empty. */
	struct mh_str (*of_kind)(void *ctx, struct mh_str kind, struct mh_str category);
	void *ctx;
};
int64_t mh_sample__between(const struct mh_rng *rng, int64_t min, int64_t max);
bool mh_sample__chance(const struct mh_rng *rng, int64_t percent);
/* One entry of {name: weight}, by weight; NULL when there is none. */
struct mh_yaml *mh_sample__pick(const struct mh_rng *rng, struct mh_yaml *odds);
/* A template with its slots filled; empty when memory is short. Lives in talk's arena. */
struct mh_str mh_sample__say(const struct mh_sample__talk *t, struct mh_str template_);

/* --- forms --- */
/* Values for raising, or for a step: a new object. MH_E_CONFLICT when something it requires is not to be had. */
enum mh_code mh_sample__intake(const struct mh_sample__talk *t, json_t **ret, struct mh_err *reterr);
enum mh_code mh_sample__form(const struct mh_sample__talk *t, const struct mh_transition *tr, json_t **ret,
			     struct mh_err *reterr);
/* Who takes it: false when nobody can. matter_id 0: somebody who raises. */
bool mh_sample__who(const struct mh_sample__talk *t, const struct mh_role *role, const struct mh_who *who,
		    int64_t matter_id, const json_t *facts, struct mh_party *ret);
/* The unit of the duty catalogue. */
int mh_sample__unit(const struct mh_city *c, struct mh_str category, int place);

/* --- arrivals --- */
struct mh_sample__arrival {
	mh_time at;
	int burst; /* index, or -1 */
};
struct mh_sample__burst {
	const struct mh_sample__kind *kind;
	const struct mh_sample__case *what;
	int place;
	int64_t main_id;
	char main_ref[40];
};
/* n arrivals in order of time, and the bursts among them. */
enum mh_code mh_sample__arrivals(const struct mh_sample__book *b, const struct mh_city *city, const struct mh_rng *rng,
				 const struct mh_sample_config *config, struct mh_sample__arrival **ret,
				 struct mh_sample__burst **ret_bursts, struct mh_err *reterr);
const struct mh_sample__case *mh_sample__case_of(const struct mh_rng *rng, const struct mh_sample__kind *k, int month,
						 bool hot);
int mh_sample__place(const struct mh_rng *rng, const struct mh_city *city, struct mh_str kind);
/* When somebody next has a look at a matter that came into `state` at `from`. */
mh_time mh_sample__look(const struct mh_sample__book *b, const struct mh_sample__kind *k, int state,
			const struct mh_cal *cal, const struct mh_rng *rng, mh_time from);

/* --- playing --- */
#define MH_SAMPLE_KNOWN_MAX 64 /* matters of other kinds that steps may refer to, the newest */
/* A matter that somebody will look at again. */
struct mh_sample__live {
	int64_t id;
	const struct mh_sample__kind *kind;
	const struct mh_sample__case *what;
	mh_time look;
	int state, burst, place, idle;
	bool over;
};
struct mh_sample__visit { /* an entry of the heap; stale when the matter's look has moved */
	mh_time at;
	int64_t id;
};
struct mh_sample__known { /* what a class or item is called */
	struct mh_str kind;
	char ref[40], category[16];
};
struct mh_sample__sim {
	struct mh_db *db;
	struct mh_city *city;
	const struct mh_sample_config *config;
	struct mh_sample__book book;
	struct mh_arena arena, step; /* of the whole; of one step */
	struct mh_rng_seed seed;
	struct mh_rng rng;
	mh_time now;
	struct mh_sample__arrival *arrivals;
	struct mh_sample__burst *bursts;
	struct mh_sample__live *live; /* by id, ascending */
	size_t n_live, room_live, n_over;
	struct mh_sample__visit *heap;
	size_t n_heap, room_heap;
	struct mh_sample__known known[MH_SAMPLE_KNOWN_MAX];
	size_t n_known;
	int64_t newest; /* id */
	int64_t total_share;
	struct mh_sample_count count;
	bool sign; /* a panel waits for a signed head */
	int batch;
};
/* The matter as the store has it now; lives for the step. */
enum mh_code mh_sample__row(struct mh_sample__sim *s, int64_t id, struct mh_q_matter_by_id_row *ret,
			    struct mh_err *reterr);
int *mh_sample__weights(const struct mh_sample__kind *k, int state);
struct mh_sample__talk mh_sample__talk_of(struct mh_sample__sim *s, const struct mh_sample__live *l, int unit);
/* Somebody does what comes to hand; *ret_done false: nothing, and *ret is not set. */
enum mh_code mh_sample__act(struct mh_sample__sim *s, struct mh_sample__live *l,
			    const struct mh_q_matter_by_id_row *row, bool *ret_done, struct mh_outcome *ret,
			    struct mh_err *reterr);
/* The first elector of the panel who has not voted yet does. */
enum mh_code mh_sample__ballot(struct mh_sample__sim *s, struct mh_sample__live *l, bool *ret_done,
			       struct mh_outcome *ret, struct mh_err *reterr);
#endif
