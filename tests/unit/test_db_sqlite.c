/* What is SQLite's alone: the file, its rights, its lock, what cannot be opened. */
#include "unit.h"

#include "db/db_priv.h"
#include "testsql_gen.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64];
static char uri[128];

static int setup(void **state)
{
	snprintf(dir, sizeof dir, "/tmp/minhu-db-XXXXXX");
	if (!mkdtemp(dir)) return -1;
	snprintf(uri, sizeof uri, "sqlite:%s/test.db", dir);
	return 0;
}

static int teardown(void **state)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static enum mh_code try(const char *where, enum mh_db_mode mode, struct mh_err *reterr)
{
	struct mh_db *db = NULL;
	enum mh_code code = mh_db_open(mh_str_c(where), mode, &db, reterr);
	mh_db_close(db);
	return code;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void files_are_private(void **state)
{
	struct mh_db *db = NULL;
	struct stat st;
	char path[128];
	static const char *const parts[] = {"", "-wal", "-shm", ".lock"};
	umask(0);
	assert_int_equal(mh_db_open(mh_str_c(uri), MH_DB_CREATE, &db, NULL), MH_OK);
	assert_int_equal(mh_db_schema(db, &t_sql_catalog, NULL), MH_OK);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof path, "%s/test.db%s", dir, parts[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	mh_db_close(db);
}

static void a_missing_file_is_not_made(void **state)
{
	struct mh_err err = {0};
	assert_int_equal(try(uri, MH_DB_READ, &err), MH_E_NOT_FOUND);
	assert_int_equal(try(uri, MH_DB_WRITE, &err), MH_E_NOT_FOUND);
	assert_non_null(strstr(err.detail, "test.db"));
	assert_int_equal(access(uri + 7, F_OK), -1);
	assert_int_equal(try("sqlite:/nowhere/at/all/x.db", MH_DB_CREATE, &err), MH_E_NOT_FOUND);
	assert_int_equal(try("sqlite:", MH_DB_CREATE, &err), MH_E_INVALID);
	assert_int_equal(try("mysql:x", MH_DB_CREATE, &err), MH_E_INVALID);
	assert_non_null(strstr(err.hint, "sqlite:"));
}

static void another_file_is_refused(void **state)
{
	struct mh_err err = {0};
	put(uri + 7, "This is a letter to the mayor and not a database at all, however long it may become.");
	assert_int_equal(try(uri, MH_DB_WRITE, &err), MH_E_CORRUPT);
	assert_int_equal(try(uri, MH_DB_READ, &err), MH_E_CORRUPT);
}

static void network_file_systems_are_known(void **state)
{
	assert_string_equal(mh_db__place_remote(0x6969), "NFS");
	assert_string_equal(mh_db__place_remote(0xFF534D42), "CIFS");
	assert_string_equal(mh_db__place_remote(0xFFFFFFFFFF534D42), "CIFS"); /* sign-extended by the system call */
	assert_null(mh_db__place_remote(0xEF53));                             /* ext4 */
	assert_null(mh_db__place_remote(0x01021994));                         /* tmpfs */
}

static void one_process_writes(void **state)
{
	struct mh_db *db = NULL;
	assert_int_equal(mh_db_open(mh_str_c(uri), MH_DB_CREATE, &db, NULL), MH_OK);
	char holder[32];
	snprintf(holder, sizeof holder, "%ld", (long)getpid());
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		struct mh_err err = {0};
		enum mh_code code = try(uri, MH_DB_WRITE, &err);
		_exit(code == MH_E_BUSY && strstr(err.message, holder) && try(uri, MH_DB_READ, &err) == MH_OK ? 0 : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	mh_db_close(db);
	assert_int_equal(try(uri, MH_DB_WRITE, NULL), MH_OK);
}

static void a_reader_cannot_change_anything(void **state)
{
	static const char *const sql[] = {"create table t (x text)", NULL};
	struct mh_db *db = NULL;
	assert_int_equal(try(uri, MH_DB_CREATE, NULL), MH_OK);
	assert_int_equal(mh_db_open(mh_str_c(uri), MH_DB_READ, &db, NULL), MH_OK);
	assert_int_equal(mh_db_script(db, sql, NULL), MH_E_INTERNAL);
	mh_db_close(db);
}

/* What a hand at the sqlite3 shell may have left: a text that is not one. */
static void foreign_bytes_are_noticed(void **state)
{
	static const char *const sql[] = {"insert into home (home_id, title) values (1, cast(x'C080' as text))", NULL};
	struct mh_db *db = NULL;
	struct mh_err err = {0};
	struct mh_arena a = MH_ARENA(0);
	struct t_q_home_list_row *rows = NULL;
	size_t n = 0;
	assert_int_equal(mh_db_open(MH_STR("sqlite::memory:"), MH_DB_CREATE, &db, NULL), MH_OK);
	assert_int_equal(mh_db_schema(db, &t_sql_catalog, NULL), MH_OK);
	assert_int_equal(mh_db_script(db, sql, NULL), MH_OK);
	assert_int_equal(t_q_home_list(db, &a, &rows, &n, &err), MH_E_CORRUPT);
	assert_non_null(strstr(err.internal, "home_list"));
	assert_null(rows);
	mh_arena_done(&a);
	mh_db_close(db);
}

static void a_small_arena_is_no_memory(void **state)
{
	struct mh_db *db = NULL;
	struct mh_arena a = MH_ARENA(40);
	struct t_q_item_total_row row;
	assert_int_equal(mh_db_open(MH_STR("sqlite::memory:"), MH_DB_CREATE, &db, NULL), MH_OK);
	assert_int_equal(mh_db_schema(db, &t_sql_catalog, NULL), MH_OK);
	assert_int_equal(t_q_item_total(db, &a, &row, NULL), MH_OK);
	assert_int_equal(t_q_item_total(db, &a, &row, NULL), MH_E_NO_MEMORY);
	mh_arena_done(&a);
	mh_db_close(db);
}

static int64_t size_of(const char *end)
{
	char path[128];
	struct stat st;
	snprintf(path, sizeof path, "%s/test.db%s", dir, end);
	return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

/* Nobody's commit copies the log into the file, and yet it gets there; and it does not grow for ever. */
static void the_log_is_emptied_beside_the_writer(void **state)
{
	static const char *const table[] = {"create table pad (b blob) strict", NULL};
	static const char *const row[] = {"insert into pad values (zeroblob(4000000))", NULL};
	struct mh_db *db = NULL;
	assert_int_equal(mh_db_open(mh_str_c(uri), MH_DB_CREATE, &db, NULL), MH_OK);
	assert_int_equal(mh_db_script(db, table, NULL), MH_OK);
	for (int i = 0; i < 3; i++) assert_int_equal(mh_db_script(db, row, NULL), MH_OK);
	for (int i = 0; i < 1000 && size_of("") < 6000000; i++) usleep(10000);
	assert_true(size_of("") >= 6000000);
	for (int i = 0; i < 20; i++) assert_int_equal(mh_db_script(db, row, NULL), MH_OK);
	assert_in_range(size_of("-wal"), 4000000, 72000000);
	mh_db_close(db);
	assert_int_equal(size_of("-wal"), -1); /* the last to go leaves one file */
	assert_true(size_of("") >= 23 * 4000000);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

MH_TESTS(T(files_are_private), T(a_missing_file_is_not_made), T(another_file_is_refused),
	 T(network_file_systems_are_known), T(one_process_writes), T(a_reader_cannot_change_anything),
	 T(foreign_bytes_are_noticed), T(the_log_is_emptied_beside_the_writer), T(a_small_arena_is_no_memory))
