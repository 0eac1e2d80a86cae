/* What the common half (db.c, run.c) and the two drivers share. Not for other folders. */
#ifndef MH_DB_PRIV_H
#define MH_DB_PRIV_H
#include "db/db.h"

#define MH_DB__PARAMS_MAX 64
#define MH_DB__COLS_MAX 96
#define MH_DB__ROWS_MAX 2000000 /* one answer; the arena's cap comes first */

struct mh_db__value {
	bool null;
	int64_t i;         /* MH_DB_INT */
	struct mh_bytes b; /* MH_DB_TEXT, MH_DB_BLOB: the driver's or the caller's memory */
};

/* Where rows go: typed structures in an arena. */
struct mh_db__sink {
	const struct mh_db_stmt *stmt;
	struct mh_arena *arena;
	char *rows;
	size_t n, room, max; /* the driver may stop asking for rows once n == max */
	bool later;          /* rows may come as late as `settle`, until when the sink must live */
};
enum mh_code mh_db__sink_row(struct mh_db__sink *sink, const struct mh_db__value *cols, struct mh_err *reterr);

/* A statement's place in the connection's cache. `state` and `handle` are the driver's. */
struct mh_db__slot {
	const struct mh_db_stmt *stmt;
	void *handle;
	unsigned number;
	int state;
};

struct mh_db__driver {
	enum mh_db_engine engine;
	enum mh_code (*open)(struct mh_db *db, struct mh_str where, struct mh_err *reterr);
	void (*close)(struct mh_db *db); /* also of a half-open connection */
	enum mh_code (*begin)(struct mh_db *db, bool write, struct mh_err *reterr);
	enum mh_code (*commit)(struct mh_db *db, struct mh_err *reterr);
	void (*rollback)(struct mh_db *db);
	enum mh_code (*commit_early)(struct mh_db *db, bool after_failure, struct mh_err *reterr);
	enum mh_code (*flush)(struct mh_db *db, struct mh_err *reterr);
	enum mh_code (*script)(struct mh_db *db, const char *sql, struct mh_err *reterr);
	enum mh_code (*prepare)(struct mh_db *db, struct mh_db__slot *slot, struct mh_err *reterr);
	/* sink is NULL for statements without result. ret_changed is NULL when the answer need not be waited for. */
	enum mh_code (*run)(struct mh_db *db, struct mh_db__slot *slot, const struct mh_db__value *params,
			    struct mh_db__sink *sink, int64_t *ret_changed, struct mh_err *reterr);
	/* Waits for what is under way. */
	enum mh_code (*settle)(struct mh_db *db, struct mh_err *reterr);
	enum mh_code (*deadline)(struct mh_db *db, struct mh_err *reterr);
};
extern const struct mh_db__driver mh_db__sqlite, mh_db__postgres;

struct mh_db {
	const struct mh_db__driver *driver;
	enum mh_db_mode mode;
	void *conn; /* the driver's own structure */
	char version[64];
	int deadline_ms;
	uint64_t writes;
	bool in_tx, tx_writes, tx_failed, lost;
	const char *tx_file; /* where the open transaction began */
	int tx_line;
	struct mh_db__slot **slots; /* open addressing by the statement's address; n_room is a power of two */
	size_t n_slots, n_room;
};

struct mh_db__slot *mh_db__slot(struct mh_db *db, const struct mh_db_stmt *stmt); /* NULL: memory is short */
/* MH_OK unless a test asked for a failure now. */
enum mh_code mh_db__fault(struct mh_db *db, struct mh_err *reterr);
/* Before each use of the connection. */
enum mh_code mh_db__usable(struct mh_db *db, struct mh_err *reterr);

/* sqlite_place.c: whether SQLite may live at this path, and the lock of the writing process (descriptor, or -1). */
const char *mh_db__place_remote(unsigned long fs_type); /* the name of a network file system, or NULL */
enum mh_code mh_db__place_check(const char *path, struct mh_err *reterr);
enum mh_code mh_db__place_lock(const char *path, int *ret_fd, struct mh_err *reterr);

/* sqlite_checkpoint.c: takes the checkpoints of a writing connection, from a thread of its own. To be stopped before the
 * connection is closed. SQLite's codes. */
struct mh_db__checkpoint;
struct sqlite3;
int mh_db__checkpoint_start(struct sqlite3 *writer, const char *path, struct mh_db__checkpoint **ret);
void mh_db__checkpoint_ask(struct mh_db__checkpoint *c);  /* now; NULL is fine */
void mh_db__checkpoint_stop(struct mh_db__checkpoint *c); /* NULL is fine */
#endif
