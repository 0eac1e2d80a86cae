/* A full-text index in a SQLite file of its own, beside the store and on both engines: numbers of documents and their words
 * (text/terms.h), newest first. It can be thrown away and made again at any time, and whoever
 * fills it seals the words (mh_terms_seal); besides, the file is 0600 and what is dropped is overwritten (secure_delete).
 *
 * There are two shelves, searched apart: what staff search, whose words come and go, and what everybody may read, which only grows.
 *
 * A connection is used by one thread at a time; one writes, others may read beside it. */
#ifndef MH_DB_FULLTEXT_H
#define MH_DB_FULLTEXT_H
#include "db/db.h"

struct mh_fulltext;
enum mh_fulltext_shelf { MH_FULLTEXT_STAFF, MH_FULLTEXT_PUBLIC };
/* write: makes the file when there is none. Errors: those of mh_db_open. */
enum mh_code mh_fulltext_open(struct mh_str path, bool write, struct mh_fulltext **ret, struct mh_err *reterr);
void mh_fulltext_close(struct mh_fulltext *f); /* NULL is accepted */
/* The file and what belongs to it; nobody may have it open. No file is no error. */
enum mh_code mh_fulltext_remove(struct mh_str path, struct mh_err *reterr);

/* How far whatever `of` names (a ledger) has been indexed; 0 when that has not begun, or the file is of another one. */
enum mh_code mh_fulltext_position(struct mh_fulltext *f, struct mh_str of, int64_t *ret, struct mh_err *reterr);

/* Writing: begin, any number of put and drop, end with the new position (durable then). After an error: undo. */
enum mh_code mh_fulltext_begin(struct mh_fulltext *f, struct mh_err *reterr);
enum mh_code mh_fulltext_put(struct mh_fulltext *f, enum mh_fulltext_shelf shelf, int64_t id, struct mh_str words,
			     struct mh_err *reterr);
enum mh_code mh_fulltext_drop(struct mh_fulltext *f, enum mh_fulltext_shelf shelf, int64_t id, struct mh_err *reterr);
enum mh_code mh_fulltext_end(struct mh_fulltext *f, struct mh_str of, int64_t position, struct mh_err *reterr);
void mh_fulltext_undo(struct mh_fulltext *f);
/* What was dropped leaves the write-ahead log too. *ret_done false: somebody is reading just now, ask again later. Outside of
 * begin and end. */
enum mh_code mh_fulltext_scrub(struct mh_fulltext *f, bool *ret_done, struct mh_err *reterr);

/* Numbers below `before` of documents that match (mh_terms_query), the largest first, at most `limit`. MH_E_TIMEOUT after two
 * seconds. */
enum mh_code mh_fulltext_find(struct mh_fulltext *f, struct mh_arena *a, enum mh_fulltext_shelf shelf,
			      struct mh_str query, int64_t before, int limit, int64_t **ret, size_t *ret_n,
			      struct mh_err *reterr);
#endif
