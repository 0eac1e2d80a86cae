/* A city, opened: what every decision needs and what changes seldom, in memory; and the ways into its store.
 *
 * Built by mh_city_open (an existing store) or mh_city_create (a new one, from a pack). After that only the writer's
 * thread changes it (ids, ledger); readers use the constant parts. Everything lives in its arena. */
#ifndef MH_MATTER_CITY_H
#define MH_MATTER_CITY_H
#include "base/json.h"
#include "base/random.h"
#include "base/time.h"
#include "calendar/timer.h"
#include "db/db.h"
#include "ledger/log.h"
#include "matter/org.h"
#include "matter/said.h"
#include "matter/seal.h"
#include "process/def.h"

#include <stdatomic.h>

struct mh_class { /* a category of the tree */
	struct mh_str code, parent, zh, en, keywords;
};
struct mh_duty { /* a row of the duty catalogue; the longest code that begins a category is the one that holds */
	struct mh_str class_code, lead, co, zh;
	int level;
	bool urgent;
};
struct mh_city_word { /* what the pack calls a code */
	struct mh_str map, code;
	struct mh_label label;
};
#define MH_CITY_COMING_MAX 16
struct mh_city {
	struct mh_arena arena;
	int64_t home_id;
	struct mh_str home_code, origin,
		state_dir; /* state_dir: keys, signed head, files; empty for a city in memory */
	int zone_min;
	struct mh_orgs orgs;
	struct mh_class *classes;
	size_t n_classes; /* by code */
	struct mh_duty *duties;
	size_t n_duties; /* by code */
	struct mh_city_word *words;
	size_t n_words;
	/* In the order in which they came. Readers may look while one is added: it stands in its place before the number says so, and the
	 * place never moves while `serving`. */
	struct mh_def **defs;
	_Atomic size_t n_defs;
	size_t room_defs;
	bool serving; /* a service runs over it: definitions come into force with the commit */
	struct mh_def *coming[MH_CITY_COMING_MAX]; /* those of the open transaction */
	size_t n_coming;
	const struct mh_cal **cals;
	size_t n_cals;            /* revisions of the home's calendar, ascending */
	struct mh_ledger *ledger; /* NULL when opened for reading */
	struct mh_said *said;     /* owned; NULL when nobody follows */
	struct mh_key master;
	struct mh_clock clock;
	struct mh_rng rng;
	/* Clocks whose firing failed by their own fault: left alone for a while, so that they do not hold up the others. */
	struct {
		int64_t matter_id;
		mh_time until;
	} sick[64];
	int n_sick;
	mh_time last_id_ms;
	int id_step; /* ids are never given twice, even when the clock steps back */
	/* The last number given to a matter of a year (0: the store has not been asked). Its row is written once a transaction. */
	struct {
		int year;
		int64_t n;
		bool changed;
	} numbers;
	/* Request keys of which this transaction knows that nobody used them yet: sorted, in their owners' memory. */
	struct {
		struct mh_str *keys;
		bool *used; /* since then */
		size_t n, room;
	} fresh;
};

/* For reading: ledger stays NULL. For writing: the connection must be the writer's. Errors: what the store, the keys and
 * the definitions say; MH_E_NOT_FOUND for a store that holds no city. */
enum mh_code mh_city_open(struct mh_db *db, struct mh_str state_dir, bool write, struct mh_clock clock,
			  struct mh_rng rng, struct mh_city **ret, struct mh_err *reterr);
/* After a lost connection: the ledger is opened again over the new one; the rest stays. */
enum mh_code mh_city_reopen_ledger(struct mh_city *c, struct mh_db *db, struct mh_err *reterr);
/* The round of each write transaction: perhaps first the request keys of what it is to do, asked for all together (they must live
 * until it ends); the last statements before the commit; and word of how it ended. */
enum mh_code mh_city_ahead(struct mh_city *c, struct mh_db *db, const struct mh_str *keys, size_t n,
			   struct mh_err *reterr);
enum mh_code mh_city_before_commit(struct mh_city *c, struct mh_db *db, struct mh_err *reterr);
void mh_city_committed(struct mh_city *c);   /* others can see it; it is on its way to the disk */
void mh_city_rolled_back(struct mh_city *c); /* forgets everything since the last commit */
/* For a service, after each transaction: what was defined in it is known from now on, or has never been. */
void mh_city_settle(struct mh_city *c, bool committed);
void mh_city_free(struct mh_city *c); /* NULL is accepted */
void mh_city_freep(struct mh_city **c);

const struct mh_class *mh_city_class(const struct mh_city *c, struct mh_str code);
const struct mh_duty *mh_city_duty(const struct mh_city *c, struct mh_str class_code);
/* What the pack calls a sort of units ("kinds"), a duty ("duties") or a message ("messages"); NULL when it does not say. */
const struct mh_label *mh_city_word(const struct mh_city *c, const char *map, struct mh_str code);
/* The unit that the duty catalogue names for a category at a place (an index of units): a department of the territory at the
 * row's level, or that government itself; without a category or a row the township of the place. */
int mh_assign_duty(const struct mh_city *c, struct mh_str class_code, int place);
/* The version that a new matter of this kind uses on that day (the newest whose `since` has come), or NULL. */
const struct mh_def *mh_city_def_for(const struct mh_city *c, struct mh_str kind, mh_day day);
const struct mh_def *mh_city_def(const struct mh_city *c, struct mh_str kind, int64_t version);
const struct mh_cal *mh_city_cal(const struct mh_city *c, int64_t rev); /* 0: the newest */
/* A new id: 41 bits of milliseconds since 2020, 10 bits node (0), 12 bits counter. Ascending. */
int64_t mh_city_next_id(struct mh_city *c, mh_time now);
/* How the ledger and the world name a matter: the second, as everybody may see it beside the name in the ledger, and 96 random bits,
 * in hex. The time comes first so that young names lie side by side in the store's index: of random ones each lies in a page of its
 * own, and the larger the city, the more pages does every intake touch. NULL pointer when memory is short. */
struct mh_str mh_city_new_ref(struct mh_city *c, struct mh_arena *a, mh_time now);
/* When an id was given; the smallest id of an instant. */
mh_time mh_city_id_time(int64_t id);
int64_t mh_city_id_at(mh_time t);
/* The next number of a matter in that year: gapless, for people's sake. A matter that is not made after all gives its number back,
 * unless the transaction is undone, which does so for all. */
enum mh_code mh_city_next_number(struct mh_city *c, struct mh_db *db, int year, int64_t *ret, struct mh_err *reterr);
/* Whether mh_city_ahead found in this transaction that the key is new, and nobody has used it since (mh_city_key_use). */
bool mh_city_key_fresh(const struct mh_city *c, struct mh_str key);
void mh_city_key_use(struct mh_city *c, struct mh_str key);
void mh_city_unnumber(struct mh_city *c, int year, int64_t n);
#endif
