/* PostgreSQL's SQLSTATE codes to ours. Source: appendix A of its manual. */
#include "db/pg_priv.h"

#include <string.h>

static const struct {
	const char *state; /* whole, or the class of two characters */
	enum mh_code code;
	const char *message, *hint;
} causes[] = {
	{"23505", MH_E_CONFLICT, "There is one with the same key already", ""},
	{"23", MH_E_STORE, "The store refused a change that breaks its rules", ""},
	{"40", MH_E_BUSY, "The database is busy", ""},
	{"55P03", MH_E_BUSY, "The database is busy", ""},
	{"57014", MH_E_TIMEOUT, "The store took too long and was stopped", ""},
	{"53100", MH_E_UNAVAILABLE, "The disk of the database server is full", "Make room on the disk of the database"},
	{"53200", MH_E_NO_MEMORY, "The database server is short of memory", ""},
	{"53", MH_E_UNAVAILABLE, "The database server takes no more connections",
	 "Raise max_connections or stop other clients"},
	{"57", MH_E_UNAVAILABLE, "The database server is stopping or starting", ""},
	{"08", MH_E_UNAVAILABLE, "The connection to the store is lost", ""},
	{"58", MH_E_UNAVAILABLE, "The database server cannot read or write its files",
	 "Look at the database server's log"},
	{"22021", MH_E_INVALID, "Cannot store a text that is not valid UTF-8 or holds a NUL character", ""},
	{"22003", MH_E_INVALID, "A number is too large", ""},
	{"25006", MH_E_INTERNAL, "A statement that writes needs a write transaction", ""},
	{"XX001", MH_E_CORRUPT, "The database is damaged", "Restore it from a backup"},
	{"XX002", MH_E_CORRUPT, "The database is damaged", "Restore it from a backup"},
	{"", MH_E_STORE, "The store failed", ""},
};

static struct mh_str first_line(const char *z)
{
	struct mh_str line = {0}, all = mh_str_c(z);
	mh_str_split(&all, '\n', &line);
	return line;
}

enum mh_code mh_db__pg_fail(const PGresult *res, struct mh_err *reterr)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	size_t i = 0;
	while (strncmp(state ? state : "08", causes[i].state, strlen(causes[i].state)) != 0)
		i++; /* the last fits all */
	MH_FAIL(reterr, causes[i].code, "%s", causes[i].message);
	mh_err_hint(reterr, "%s", causes[i].hint);
	const char *table = PQresultErrorField(res, PG_DIAG_TABLE_NAME);
	const char *name = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);
	if (causes[i].code == MH_E_CONFLICT) mh_err_detail(reterr, "%s: %s", table ? table : "", name ? name : "");
	/* Not PostgreSQL's detail: it repeats the row's values, which may be personal. */
	struct mh_str line = first_line(PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY));
	mh_err_internal(reterr, "postgres %s: " MH_STR_FMT, state ? state : "-", MH_STR_ARG(line));
	return causes[i].code;
}

enum mh_code mh_db__pg_lost(struct mh_db *db, struct mh_err *reterr)
{
	db->lost = true;
	struct mh_str line = first_line(PQerrorMessage(mh_db__pg(db)->c));
	MH_FAIL(reterr, MH_E_UNAVAILABLE, "The connection to the store is lost");
	mh_err_internal(reterr, "postgres: " MH_STR_FMT, MH_STR_ARG(line));
	return MH_E_UNAVAILABLE;
}
