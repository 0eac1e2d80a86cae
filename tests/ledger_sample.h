/* For the ledger's tests: a store, a state folder, and a writer that makes entries. */
#ifndef MH_TESTS_LEDGER_SAMPLE_H
#define MH_TESTS_LEDGER_SAMPLE_H
#include "unit.h"

#include "db/db.h"
#include "ledger/log.h"
#include "sql_gen.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sample {
	char dir[64];
	struct mh_db *db;
	struct mh_ledger *l;
	struct mh_arena a;
	struct mh_err err;
	mh_time now;
};

#define ORIGIN "city.example/ledger/330100"
#define ok(call)                                                                                                       \
	do {                                                                                                           \
		enum mh_code ok_code_ = (call);                                                                        \
		if (ok_code_ != MH_OK) fail_msg("%s: %s: %s", #call, mh_err_info(ok_code_)->name, s->err.message);     \
	} while (0)

static inline struct mh_str state_dir(struct sample *s)
{
	return mh_str_c(s->dir);
}

static inline int remove_one(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st, (void)flag, (void)f;
	return remove(path);
}

static inline void sql(struct sample *s, const char *text)
{
	const char *const script[] = {text, NULL};
	ok(mh_db_script(s->db, script, &s->err));
}

static inline void create(struct sample *s)
{
	struct mh_rng_seed seed;
	struct mh_rng rng = mh_rng_seeded(&seed, 5);
	MH_DB_TX(tx, s->db);
	ok(mh_db_begin_write(&tx, &s->err));
	ok(mh_ledger_create(s->db, 1, MH_STR(ORIGIN), state_dir(s), &rng, &s->err));
	ok(mh_db_commit(&tx, &s->err));
}

/* A new, empty log in the store behind `uri`, opened. */
static inline void start(struct sample *s, const char *uri)
{
	memset(s, 0, sizeof *s);
	s->a = MH_ARENA(0);
	s->now = 1795289150000;
	snprintf(s->dir, sizeof s->dir, "/tmp/minhu-ledger-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	ok(mh_db_open(mh_str_c(uri), MH_DB_CREATE, &s->db, &s->err));
	ok(mh_db_schema(s->db, &mh_sql_catalog, &s->err));
	create(s);
	ok(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err));
}

static inline void stop(struct sample *s)
{
	mh_ledger_close(s->l);
	mh_db_close(s->db);
	mh_arena_done(&s->a);
	nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline struct mh_str entry_text(struct sample *s, int64_t i)
{
	return mh_str_fmt(&s->a, "{\"v\":1,\"n\":%lld}", (long long)i);
}

/* Appends n entries in one transaction and commits. */
static inline void append(struct sample *s, int n)
{
	int64_t seq;
	MH_DB_TX(tx, s->db);
	ok(mh_db_begin_write(&tx, &s->err));
	for (int i = 0; i < n; i++) {
		int64_t next = mh_ledger_size(s->l);
		ok(mh_ledger_append(s->l, s->db, 0, entry_text(s, next), &seq, &s->err));
		assert_int_equal(seq, next);
	}
	ok(mh_ledger_before_commit(s->l, s->db, &s->err));
	ok(mh_db_commit(&tx, &s->err));
	mh_ledger_committed(s->l);
}

static inline void sign(struct sample *s)
{
	bool done;
	ok(mh_ledger_publish(s->l, s->db, s->now, true, &done, &s->err));
	assert_true(done);
}

static inline void reopen(struct sample *s)
{
	s->l = mh_ledger_close(s->l);
	ok(mh_ledger_open(s->db, 1, state_dir(s), &s->l, &s->err));
}
#endif
