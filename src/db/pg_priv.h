/* The PostgreSQL driver's own parts. Only files of src/db that begin with pg include libpq. */
#ifndef MH_DB_PG_PRIV_H
#define MH_DB_PG_PRIV_H
#include "db/db_priv.h"

#include <libpq-fe.h>

/* So many statements may be under way before their answers are read; bounds libpq's buffers. */
#define MH_DB__PG_PENDING 1024

enum mh_db__pg_kind { MH_DB__PG_SIMPLE, MH_DB__PG_PREPARE, MH_DB__PG_RUN };
struct mh_db__pg_pending {
	enum mh_db__pg_kind kind;
	struct mh_db__slot *slot; /* NULL for SIMPLE */
	struct mh_db__sink *sink; /* of a RUN whose rows may come later; else NULL */
};

/* The connection is always in pipeline mode: a statement is sent at once, and the answers are read when somebody needs
 * one (a result, a count, a commit) or when MH_DB__PG_PENDING are outstanding. */
struct mh_db__pg {
	PGconn *c;
	struct mh_db__pg_pending pending[MH_DB__PG_PENDING];
	size_t n;
};
static inline struct mh_db__pg *mh_db__pg(struct mh_db *db)
{
	return db->conn;
}

/* What to do with the answer of the last statement under way; all parts may be empty. */
struct mh_db__pg_want {
	struct mh_db__sink *sink;
	int64_t *ret_changed;
	const char *tag; /* the command that must have been done: "COMMIT" */
};

/* pg_pipe.c */
enum mh_code mh_db__pg_send(struct mh_db *db, const char *sql,
			    struct mh_err *reterr); /* without parameters or result */
enum mh_code mh_db__pg_prepare(struct mh_db *db, struct mh_db__slot *slot, struct mh_err *reterr);
enum mh_code mh_db__pg_send_run(struct mh_db *db, struct mh_db__slot *slot, const struct mh_db__value *params,
				struct mh_db__sink *later, struct mh_err *reterr);
/* Reads every outstanding answer. Gives the first error; the pipeline is empty and usable afterwards, or db->lost. */
enum mh_code mh_db__pg_drain(struct mh_db *db, struct mh_db__pg_want want, struct mh_err *reterr);

/* pg_value.c */
enum mh_code mh_db__pg_rows(const PGresult *res, struct mh_db__sink *sink, struct mh_err *reterr);
unsigned mh_db__pg_oid(enum mh_db_type type);

/* pg_error.c */
enum mh_code mh_db__pg_fail(const PGresult *res, struct mh_err *reterr);
enum mh_code mh_db__pg_lost(struct mh_db *db, struct mh_err *reterr);
#endif
