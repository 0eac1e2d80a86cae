/* The engine: one event → one transition → its effects, in one transaction.
 *
 * Everything here runs inside a transaction of the caller (struct mh_tx); nothing is written before everything has been
 * checked, except where a later write of the same transaction fails, and then the caller rolls back. Functions may be
 * run again after a rollback: they keep nothing. The engine knows no kind of matter: definitions say what may happen. */
#ifndef MH_MATTER_MATTER_H
#define MH_MATTER_MATTER_H
#include "matter/city.h"
#include "matter/party.h"

/* The number of an event: its place in its log, and which log of the home it is (a restore closes one and opens the next).
 * In the first log it is simply the entry's index. Below 2^53. */
static inline int64_t mh_seq_join(int64_t log, int64_t index)
{
	return (log - 1) << 40 | index;
}
static inline int64_t mh_seq_log(int64_t seq)
{
	return (seq >> 40) + 1;
}
static inline int64_t mh_seq_index(int64_t seq)
{
	return seq & (((int64_t)1 << 40) - 1);
}

struct mh_matter; /* one matter, loaded; see matter_priv.h */
struct mh_tx {
	struct mh_city *city;
	struct mh_db *db;
	struct mh_arena *arena; /* of the request or job */
	mh_time now;
	struct mh_matter *loaded; /* the engine's: every matter is loaded once */
	int depth;                /* of consequences of consequences */
};
#define MH_TX(name, city_, db_, arena_, now_)                                                                          \
	struct mh_tx name MH_CLEANUP(mh_tx_done) = {.city = (city_), .db = (db_), .arena = (arena_), .now = (now_)}
void mh_tx_done(struct mh_tx *tx);

/* What an action did. */
struct mh_outcome {
	int64_t matter_id, seq; /* the newest event of the matter */
	struct mh_str ref, number, state;
	char code[20]; /* tracking code; creation of a matter that a person raised, else empty */
	mh_time due;   /* the earliest running deadline; MH_TIME_MAX: none */
	bool again;    /* the same request had been carried out before: nothing was done now */
};

/* Creating. `fields`: JSON object, field name → value. */
struct mh_create {
	struct mh_str kind;
	const json_t *fields;
	struct mh_party by;
	struct mh_str request_id; /* idempotency key, or empty */
	mh_time raised;           /* when it was raised, for imports; 0: now */
	/* A child: */
	int64_t parent_id;
	struct mh_str link_word;
	int owner; /* unit that has it at once; -1: as the definition says */
};
enum mh_code mh_matter_create(struct mh_tx *tx, const struct mh_create *in, struct mh_outcome *ret,
			      struct mh_err *reterr);

/* Acting: a person takes a transition. */
struct mh_act {
	int64_t matter_id;
	struct mh_str transition;
	const json_t *fields;   /* object, or NULL */
	const json_t *evidence; /* object: evidence name → array of file ids (strings), or NULL */
	struct mh_party by;
	struct mh_str request_id;
	int64_t expect_seq; /* refuse with MH_E_STALE when the matter has moved on; -1: do not care */
};
enum mh_code mh_matter_act(struct mh_tx *tx, const struct mh_act *in, struct mh_outcome *ret, struct mh_err *reterr);
/* An elector votes. */
enum mh_code mh_matter_ballot(struct mh_tx *tx, int64_t matter_id, struct mh_party by, struct mh_str choice,
			      struct mh_outcome *ret, struct mh_err *reterr);

/* Clocks that are due, and panels that can be drawn, at tx->now; at most `most` of them. *ret_n: how many were dealt with.
 * Safe at any time and from any scheduler: the row is the claim. */
enum mh_code mh_matter_tick(struct mh_tx *tx, int most, int *ret_n, struct mh_err *reterr);
/* The instant of the next clock; MH_TIME_MAX when there is none. */
enum mh_code mh_matter_next_clock(struct mh_tx *tx, mh_time *ret, struct mh_err *reterr);

/* Erasure: payloads, salts and key go; the events stay, and one more says under which law. */
enum mh_code mh_matter_erase(struct mh_tx *tx, int64_t matter_id, struct mh_party by, struct mh_str legal_basis,
			     struct mh_outcome *ret, struct mh_err *reterr);

/* Erasure by rule: what the definition in force says of matters that are over, through the same erasure; the entry of the ledger says
 * by which rule. A sweep looks at every matter in turn, a page with each call. The rule is the newest version's, not the one that a
 * matter ran on: how long data may be kept is law of the day for all that is kept. Children go with their parent, and wait for each
 * other to be over; what was merged waits for its main matter. */
struct mh_retained {
	int64_t matter_id;
	const struct mh_def *rule; /* the definition that says so */
	bool files_only;           /* the bytes of files; else everything personal */
};
struct mh_retain {
	int64_t after; /* where the sweep is; 0: at its beginning. Moves on also behind a matter that failed */
	int most;      /* erasures of one call */
	bool dry;      /* nothing is done */
	/* Before each erasure, with everything still there. May be NULL. */
	enum mh_code (*found)(void *ctx, struct mh_tx *tx, const struct mh_retained *what, struct mh_err *reterr);
	void *ctx;
};
enum mh_code mh_matter_retain(struct mh_tx *tx, struct mh_retain *r, bool *ret_ended, struct mh_err *reterr);

/* A file that lies sealed under `name` (src/loop/vault.h); its key is sealed under the matter's own. *ret_id is for mh_act.evidence.
 * With a request_id that was used for the same bytes already nothing is added: *ret_again, and *ret_id is the file of then.
 * MH_E_GONE: the matter has been erased. */
struct mh_file {
	int64_t matter_id;
	struct mh_str hash, media_type; /* of the plain bytes; sniffed, e.g. "image/jpeg" */
	int64_t size;
	struct mh_str name;
	const struct mh_key *key; /* NULL: a plain file (of the sample city) */
	struct mh_str request_id; /* or empty */
};
enum mh_code mh_matter_file(struct mh_tx *tx, const struct mh_file *file, int64_t *ret_id, bool *ret_again,
			    struct mh_err *reterr);
/* Opens a file's key. MH_E_GONE when its matter has been erased. */
enum mh_code mh_matter_file_key(struct mh_tx *tx, int64_t matter_id, struct mh_str name, struct mh_bytes sealed_key,
				struct mh_key *ret, struct mh_err *reterr);

/* The id for what a person may hold: ref, number, or tracking code. MH_E_NOT_FOUND. */
enum mh_code mh_matter_find(struct mh_tx *tx, struct mh_str name, int64_t *ret_id, struct mh_err *reterr);
enum mh_code mh_matter_find_code(struct mh_tx *tx, struct mh_str typed, int64_t *ret_id, struct mh_err *reterr);

/* Reading, as JSON (new references). `unmask`: personal fields are shown in full, else left out.
 *   view     the matter: state, room, unit, clocks, fields, links, votes
 *   events   its history, from the ledger
 *   actions  the transitions that this party may take now, with their forms
 *   follow   what the person who raised it sees */
enum mh_code mh_matter_view(struct mh_tx *tx, int64_t id, bool unmask, json_t **ret, struct mh_err *reterr);
enum mh_code mh_matter_events(struct mh_tx *tx, int64_t id, json_t **ret, struct mh_err *reterr);
enum mh_code mh_matter_actions(struct mh_tx *tx, int64_t id, struct mh_party by, json_t **ret, struct mh_err *reterr);
enum mh_code mh_matter_follow(struct mh_tx *tx, int64_t id, json_t **ret, struct mh_err *reterr);
/* What stands in its fields, personal ones too, and its number, category and place: for the index of search and nothing else.
 * Appends. *ret_erased: there is nothing any more. */
enum mh_code mh_matter_texts(struct mh_tx *tx, int64_t id, struct mh_buf *out, bool *ret_erased, struct mh_err *reterr);
/* The texts of what was made public under a definition: the city's own words in both languages, one a line. */
void mh_public_texts(const struct mh_city *c, const struct mh_def *d, const json_t *fields, struct mh_buf *out);
/* A definition: names, labels and forms of everything in it. NULL when memory is short. */
json_t *mh_definition_json(const struct mh_def *d);
/* The intake forms of every kind that a person can raise today: an array. NULL when memory is short. */
json_t *mh_city_forms(const struct mh_tx *tx);
/* Why each deadline is what it is, line by line; lang "en" or "zh". */
enum mh_code mh_matter_why(struct mh_tx *tx, int64_t id, const char *lang, struct mh_buf *out, struct mh_err *reterr);

/* Installs a version of a definition: it must load, its number must be the next, its scenarios are the caller's to run
 * first. The hash becomes an entry of the ledger. Also makes it known to tx->city. Already there, same hash: nothing. */
enum mh_code mh_city_define(struct mh_tx *tx, struct mh_str text, struct mh_str file, struct mh_buf *ret_report,
			    struct mh_err *reterr);
/* Adds a calendar revision (date,working,zh,en; "08:30-12:00,14:00-17:30"); running clocks are counted anew from now on, each change journaled. */
enum mh_code mh_city_calendar(struct mh_tx *tx, struct mh_str csv, struct mh_str hours, struct mh_str source,
			      struct mh_err *reterr);
/* Moves live matters from one version to another by a migration file; refused unless every live state is mapped. */
enum mh_code mh_city_migrate(struct mh_tx *tx, struct mh_str text, struct mh_str file, int64_t *ret_moved,
			     struct mh_buf *ret_report, struct mh_err *reterr);
#endif
