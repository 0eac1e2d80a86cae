#include "loop/service.h"

#include "base/hash.h"
#include "loop/handle.h"
#include "loop/signer_priv.h"
#include "sql_gen.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LEASE "writer"
#define LEASE_MS 10000
#define TICK_MS 500
#define TICK_MOST 500
#define JOB_WAIT_MS 60000
#define RETAIN_EVERY_MS ((int64_t)3600 * 1000)
#define RETAIN_MOST 20 /* erasures of one tick */

struct mh_service {
	struct mh_service_config config;
	struct mh_arena arena;
	struct mh_city *city;
	struct mh_writer *writer;
	struct mh_loop__signer *_Atomic signer; /* NULL until the writer has started */
	_Atomic int64_t signed_size, ledger_size, behind_since, ticked;
	_Atomic int due;
	atomic_bool broken;
	pthread_mutex_t telling; /* one trouble at a time: the writer has two threads */
	bool leased;
	struct mh_retain retain; /* the sweep; its next one begins at retain_at */
	mh_time retain_at;
	struct mh_arena doomed_arena; /* of the paths that go with the next commit */
	struct mh_handle_paths doomed;
	char place[17], holder[160]; /* this boot and its processes; who we are, and where */
};

/* --- lease --- */

/* Names this boot of this machine and the space of process numbers in it, so that a process number means something. Empty when
 * the system does not say. */
static void name_place(char ret[17])
{
	char boot[64] = {0};
	struct stat st;
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, boot, sizeof boot - 1);
	if (fd >= 0) close(fd);
	ret[0] = '\0';
	if (n <= 0 || stat("/proc/self/ns/pid", &st) != 0) return;
	uint64_t space = (uint64_t)st.st_ino;
	struct mh_bytes parts[] = {{(const unsigned char *)boot, (size_t)n},
				   {(const unsigned char *)&space, sizeof space}};
	struct mh_hash h = mh_sha256_of(parts, 2);
	for (int i = 0; i < 8; i++) snprintf(ret + 2 * (ptrdiff_t)i, 3, "%02x", h.b[i]);
}

/* A holder "host:pid:random@place" of this very place whose process is gone. */
static bool holder_died(const struct mh_service *s, struct mh_str holder)
{
	struct mh_str host, pid, random;
	int64_t number = 0;
	if (!s->place[0] || !mh_str_split(&holder, ':', &host) || !mh_str_split(&holder, ':', &pid) ||
	    !mh_str_split(&holder, '@', &random))
		return false;
	return mh_str_is(holder, s->place) && mh_str_to_i64(pid, &number) && number > 0 && number <= INT32_MAX &&
	       kill((pid_t)number, 0) != 0 && errno == ESRCH;
}

static enum mh_code take_lease(struct mh_service *s, struct mh_db *db, struct mh_err *reterr)
{
	int64_t n = 0;
	mh_time now = mh_now(&s->config.clock);
	struct mh_q_lease_take_in in = {
		.name = MH_STR(LEASE), .holder = mh_str_c(s->holder), .until = now + LEASE_MS, .now = now};
	MH_TRY(mh_q_lease_take(db, &in, &n, reterr));
	if (n == 1) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_BUSY, "Could not open the store for writing: another server holds it");
	mh_err_hint(reterr, "Stop the other server; after a crash its hold ends by itself within %d seconds.",
		    LEASE_MS / 1000);
	return code;
}

static enum mh_code try_lease(struct mh_service *s, struct mh_db *db, struct mh_err *reterr)
{
	MH_DB_TX(tx, db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	MH_TRY(take_lease(s, db, reterr));
	return mh_db_commit(&tx, reterr);
}

static enum mh_code look_at_lease(struct mh_db *db, struct mh_arena *a, struct mh_q_lease_get_row *ret,
				  struct mh_err *reterr)
{
	bool found = false;
	struct mh_q_lease_get_in in = {.name = MH_STR(LEASE)};
	MH_TRY(mh_q_lease_get(db, a, &in, &found, ret, reterr));
	return found ? MH_OK : MH_FAIL(reterr, MH_E_NOT_FOUND, "The lease is gone");
}

static enum mh_code seize_lease(struct mh_service *s, struct mh_db *db, const struct mh_q_lease_get_row *was,
				struct mh_err *reterr)
{
	int64_t n = 0;
	struct mh_q_lease_seize_in in = {.name = MH_STR(LEASE),
					 .holder = mh_str_c(s->holder),
					 .until = mh_now(&s->config.clock) + LEASE_MS,
					 .was_holder = was->holder,
					 .was_until = was->until};
	MH_DB_TX(tx, db);
	MH_TRY(mh_db_begin_write(&tx, reterr));
	MH_TRY(mh_q_lease_seize(db, &in, &n, reterr));
	if (n != 1) return MH_FAIL(reterr, MH_E_BUSY, "Could not open the store for writing: another server holds it");
	return mh_db_commit(&tx, reterr);
}

/* A process of this machine that is gone need not be waited for. A lease that ends later than any honest one was taken under a
 * clock that was ahead of ours: its holder renews it twice a second if it lives, so it is watched for a term by a clock that
 * does not step. `busy` is what to say if it does. Whatever this decides, the ledger's epoch lets only one write. */
static enum mh_code outwait_lease(struct mh_service *s, struct mh_db *db, enum mh_code busy, struct mh_err *reterr)
{
	struct mh_arena a = MH_ARENA(1 << 16);
	struct mh_q_lease_get_row was, is;
	int64_t until = mh_ticks() + LEASE_MS;
	enum mh_code code = look_at_lease(db, &a, &was, NULL);
	bool died = code == MH_OK && holder_died(s, was.holder);
	bool stirs = code != MH_OK || (!died && was.until <= mh_now(&s->config.clock) + 2 * LEASE_MS);
	while (!stirs && !died && mh_ticks() < until) {
		nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
		code = look_at_lease(db, &a, &is, NULL);
		stirs = code != MH_OK || is.until != was.until || !mh_str_eq(is.holder, was.holder);
	}
	code = stirs ? busy : seize_lease(s, db, &was, reterr);
	mh_arena_done(&a);
	return code;
}

static enum mh_code first_lease(struct mh_service *s, struct mh_db *db, struct mh_err *reterr)
{
	enum mh_code code = try_lease(s, db, reterr);
	if (code == MH_E_BUSY) code = outwait_lease(s, db, code, reterr);
	MH_TRY(code);
	s->leased = true;
	return MH_OK;
}

/* --- hooks of the writer --- */

static enum mh_code opened(void *ctx, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_service *s = ctx;
	MH_TRY(mh_db_prepare(db, &mh_sql_catalog, reterr));
	/* A SQLite file has one writing process by its lock; servers of PostgreSQL agree by a row. */
	if (mh_db_engine(db) == MH_DB_POSTGRES) MH_TRY(first_lease(s, db, reterr));
	if (!s->city) {
		MH_TRY(mh_city_open(db, s->config.state_dir, true, s->config.clock, s->config.rng, &s->city, reterr));
		s->city->serving = true;
		s->city->said = mh_said_new();
		return MH_OK;
	}
	return mh_city_reopen_ledger(s->city, db, reterr);
}

static enum mh_code ahead(void *ctx, struct mh_db *db, const struct mh_str *keys, size_t n, struct mh_err *reterr)
{
	struct mh_service *s = ctx;
	return mh_city_ahead(s->city, db, keys, n, reterr);
}

static enum mh_code before_commit(void *ctx, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_service *s = ctx;
	return mh_city_before_commit(s->city, db, reterr);
}

static void tell(struct mh_service *s, const struct mh_err *err)
{
	if (!s->config.trouble) return;
	pthread_mutex_lock(&s->telling);
	s->config.trouble(s->config.trouble_ctx, err);
	pthread_mutex_unlock(&s->telling);
}

static void count_signed(struct mh_service *s)
{
	bool behind = mh_ledger_signed_size(s->city->ledger) < mh_ledger_size(s->city->ledger);
	if (!behind) atomic_store(&s->behind_since, 0);
	else if (!atomic_load(&s->behind_since)) atomic_store(&s->behind_since, mh_now(&s->config.clock));
	atomic_store(&s->broken, mh_ledger_broken(s->city->ledger));
	atomic_store(&s->ledger_size, mh_ledger_size(s->city->ledger));
	atomic_store(&s->signed_size, mh_ledger_signed_size(s->city->ledger));
}

/* --- files that go --- */

enum mh_code mh_service_remove(struct mh_service *s, const struct mh_handle_paths *paths, struct mh_err *reterr)
{
	if (!paths->n) return MH_OK;
	struct mh_str *list = MH_NEW_ARRAY(&s->doomed_arena, s->doomed.n + paths->n, struct mh_str);
	MH_TRY_MEM(list, reterr);
	if (s->doomed.n) memcpy(list, s->doomed.list, s->doomed.n * sizeof *list);
	for (size_t i = 0; i < paths->n; i++) {
		list[s->doomed.n + i] = mh_str_dup(&s->doomed_arena, paths->list[i]);
		MH_TRY_MEM(list[s->doomed.n + i].ptr, reterr);
	}
	s->doomed.list = list;
	s->doomed.n += paths->n;
	return MH_OK;
}

static void spare_files(struct mh_service *s)
{
	s->doomed = (struct mh_handle_paths){0};
	mh_arena_clear(&s->doomed_arena);
}

/* Without its key each is noise already; what could not be removed is doctor's to name. */
static void remove_files(struct mh_service *s)
{
	for (size_t i = 0; i < s->doomed.n; i++) {
		struct mh_err err = {0};
		if (unlink(s->doomed.list[i].ptr) == 0 || errno == ENOENT) continue;
		MH_FAIL(&err, MH_E_IO, "Could not remove an erased file: %s", strerror(errno));
		tell(s, &err);
	}
	spare_files(s);
}

/* A file that is gone and a definition that is known outlive a crash that takes the commit back: they wait for the disk. */
static void leave_traces(struct mh_service *s, struct mh_writer *w)
{
	struct mh_err err = {0};
	if (!s->doomed.n && !s->city->n_coming) return;
	bool durable = mh_writer_flush(w, &err) == MH_OK;
	if (durable) remove_files(s);
	else spare_files(s);
	mh_city_settle(s->city, durable);
	if (!durable) tell(s, &err);
}

static void after_commit(void *ctx, struct mh_writer *w)
{
	struct mh_service *s = ctx;
	leave_traces(s, w);
	mh_city_committed(s->city);
	count_signed(s);
	if (s->signer) mh_loop__signer_offer(s->signer, mh_writer_stats(w).commits);
}

static void rolled_back(void *ctx)
{
	struct mh_service *s = ctx;
	if (s->city) {
		mh_city_rolled_back(s->city);
		mh_city_settle(s->city, false);
	}
	spare_files(s);
}

/* --- what has been kept long enough --- */

static enum mh_code doom(void *ctx, struct mh_tx *tx, const struct mh_retained *what, struct mh_err *reterr)
{
	struct mh_service *s = ctx;
	struct mh_handle_paths paths = {0};
	struct mh_str files = mh_str_fmt(tx->arena, MH_STR_FMT "/files", MH_STR_ARG(s->config.state_dir));
	MH_TRY_MEM(files.ptr, reterr);
	MH_TRY(mh_handle_orphans(tx, what->matter_id, files, &paths, reterr));
	return mh_service_remove(s, &paths, reterr);
}

/* A page with each tick. What fails is told once an hour, and holds nothing up: the sweep has moved on behind it. */
static enum mh_code retain(struct mh_service *s, struct mh_tx *tx, struct mh_err *reterr)
{
	bool ended = false;
	if (tx->now < s->retain_at) return MH_OK;
	s->retain.most = RETAIN_MOST;
	s->retain.found = doom;
	s->retain.ctx = s;
	enum mh_code code = mh_matter_retain(tx, &s->retain, &ended, reterr);
	if (code == MH_OK && ended) {
		s->retain.after = 0;
		s->retain_at = tx->now + RETAIN_EVERY_MS;
	}
	return code;
}

static enum mh_code tick(void *ctx, struct mh_db *db, struct mh_err *reterr)
{
	struct mh_service *s = ctx;
	struct mh_arena arena = MH_ARENA(0);
	enum mh_code code = MH_OK;
	int n = 0;
	if (s->leased) code = take_lease(s, db, reterr);
	if (code == MH_OK) {
		MH_TX(tx, s->city, db, &arena, mh_now(&s->config.clock));
		code = mh_matter_tick(&tx, TICK_MOST, &n, reterr);
		if (code == MH_OK) code = retain(s, &tx, reterr);
	}
	if (code == MH_OK) {
		atomic_store(&s->ticked, mh_now(&s->config.clock));
		atomic_store(&s->due, n);
	}
	mh_arena_done(&arena);
	return code;
}

static void trouble(void *ctx, const struct mh_err *err)
{
	tell(ctx, err);
}

/* --- starting and stopping --- */

static enum mh_code start(struct mh_service *s, struct mh_err *reterr)
{
	struct mh_writer_config w = {.uri = s->config.uri,
				     .mode = MH_DB_WRITE,
				     .ctx = s,
				     .tick_ms = s->config.tick_ms ? s->config.tick_ms : TICK_MS,
				     .hooks = {.opened = opened,
					       .ahead = ahead,
					       .before_commit = before_commit,
					       .after_commit = after_commit,
					       .rolled_back = rolled_back,
					       .tick = tick,
					       .trouble = trouble}};
	name_place(s->place);
	snprintf(s->holder, sizeof s->holder, "%.120s@%s", s->config.holder, s->place);
	s->config.uri = mh_str_dup(&s->arena, s->config.uri);
	s->config.state_dir = mh_str_dup(&s->arena, s->config.state_dir);
	MH_TRY_MEM(s->config.uri.ptr, reterr);
	MH_TRY_MEM(s->config.state_dir.ptr, reterr);
	MH_TRY(mh_writer_start(&w, &s->writer, reterr));
	struct mh_loop__signer *signer = NULL;
	MH_TRY(mh_loop__signer_start(&(struct mh_loop__signer_config){.uri = s->config.uri,
								      .state_dir = s->config.state_dir,
								      .clock = s->config.clock,
								      .writer = s->writer,
								      .city = s->city,
								      .trouble = trouble,
								      .ctx = s},
				     &signer, reterr));
	s->signer = signer;
	return MH_OK;
}

static void discard(struct mh_service *s)
{
	mh_loop__signer_end(s->signer);
	mh_writer_stop(s->writer);
	mh_loop__signer_free(s->signer);
	struct mh_arena arena = s->arena;
	pthread_mutex_destroy(&s->telling);
	mh_arena_done(&s->doomed_arena);
	mh_city_free(s->city);
	mh_mem_free(s);
	mh_arena_done(&arena);
}

enum mh_code mh_service_start(const struct mh_service_config *config, struct mh_service **ret, struct mh_err *reterr)
{
	struct mh_service *s = mh_mem_alloc(sizeof *s);
	MH_TRY_MEM(s, reterr);
	pthread_mutex_init(&s->telling, NULL);
	s->config = *config;
	enum mh_code code = start(s, reterr);
	if (code != MH_OK) return discard(s), code;
	*ret = s;
	return MH_OK;
}

static enum mh_code last_words(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	struct mh_service *s = arg;
	int64_t n;
	if (!s->leased) return MH_OK;
	s->leased = false;
	struct mh_q_lease_drop_in in = {.name = MH_STR(LEASE), .holder = mh_str_c(s->holder)};
	return mh_q_lease_drop(db, &in, &n, reterr);
}

void mh_service_stop(struct mh_service *s)
{
	if (!s) return;
	struct mh_err err = {0};
	/* One second is the longest that a head may wait; then the last one covers everything. */
	mh_service_wait_signed(s, INT64_MAX, 2000, NULL);
	if (mh_writer_run(s->writer, last_words, s, JOB_WAIT_MS, &err) != MH_OK) tell(s, &err);
	discard(s);
}

struct mh_writer *mh_service_writer(struct mh_service *s)
{
	return s->writer;
}

struct mh_city *mh_service_city(struct mh_service *s)
{
	return s->city;
}

struct run {
	struct mh_service *s;
	mh_service_job *fn;
	void *arg;
};

static enum mh_code run_job(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	struct run *r = arg;
	struct mh_arena arena = MH_ARENA(0);
	enum mh_code code;
	{
		MH_TX(tx, r->s->city, db, &arena, mh_now(&r->s->config.clock));
		code = r->fn(&tx, r->arg, reterr);
	}
	mh_arena_done(&arena);
	return code;
}

enum mh_code mh_service_run(struct mh_service *s, mh_service_job *fn, void *arg, struct mh_err *reterr)
{
	struct run r = {s, fn, arg};
	return mh_writer_run(s->writer, run_job, &r, JOB_WAIT_MS, reterr);
}

static enum mh_code size_job(struct mh_db *db, void *arg, struct mh_err *reterr)
{
	struct mh_service *s = ((void **)arg)[0];
	int64_t *size = ((void **)arg)[1];
	(void)db, (void)reterr;
	*size = mh_ledger_size(s->city->ledger);
	return MH_OK;
}

enum mh_code mh_service_wait_signed(struct mh_service *s, int64_t seq, int wait_ms, struct mh_err *reterr)
{
	int64_t want = seq == INT64_MAX ? seq : seq + 1, until = mh_ticks() + wait_ms;
	if (seq == INT64_MAX) {
		void *arg[] = {s, &want};
		MH_TRY(mh_writer_run(s->writer, size_job, arg, wait_ms, reterr));
	}
	while (atomic_load(&s->signed_size) < want) {
		if (mh_ticks() >= until)
			return MH_FAIL(reterr, MH_E_TIMEOUT, "Waited too long for the ledger's next signed head");
		nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	}
	return MH_OK;
}

struct mh_service_stats mh_service_stats(struct mh_service *s)
{
	return (struct mh_service_stats){.ledger_size = atomic_load(&s->ledger_size),
					 .signed_size = atomic_load(&s->signed_size),
					 .broken = atomic_load(&s->broken),
					 .behind_since = atomic_load(&s->behind_since),
					 .ticked = atomic_load(&s->ticked),
					 .due = atomic_load(&s->due)};
}

struct mh_str mh_service_state_dir(struct mh_arena *a, struct mh_str uri, const char *named)
{
	if (named && named[0]) return mh_str_c(named);
	if (!mh_str_starts(uri, "sqlite:")) return MH_STR("minhu.d");
	return mh_str_fmt(a, MH_STR_FMT ".d", MH_STR_ARG(((struct mh_str){uri.ptr + 7, uri.len - 7})));
}
