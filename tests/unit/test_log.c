/* The log: every line whole and in its turn, also when lines come by the thousand. */
#include "base/log.h"

#include "unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int real = -1;
static FILE *file;

static int catch_errors(void **state)
{
	file = tmpfile();
	real = dup(STDERR_FILENO);
	return file && real >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0 ? 0 : -1;
}

static int give_back(void **state)
{
	mh_log_flush();
	dup2(real, STDERR_FILENO);
	close(real);
	fclose(file);
	return 0;
}

/* Lines so far, each of which must be whole; *ret_last holds the last one. */
static unsigned lines(char ret_last[200])
{
	char line[200];
	unsigned n = 0;
	rewind(file);
	while (fgets(line, sizeof line, file)) {
		assert_true(strlen(line) > 30 && line[10] == 'T' && line[strlen(line) - 1] == '\n');
		memcpy(ret_last, line, sizeof line);
		n++;
	}
	return n;
}

static void rest(long ms)
{
	struct timespec t = {.tv_nsec = ms * 1000000};
	nanosleep(&t, NULL);
}

static void now_and_then(void **state)
{
	char last[200];
	rest(50);
	mh_log_often(MH_LOG_INFO, "access", "one n=%d", 1);
	assert_int_equal(lines(last), 1);
	assert_non_null(strstr(last, "Z info access one n=1\n"));
}

static void held_until_flushed(void **state)
{
	char last[200];
	for (int i = 0; i < 100; i++) mh_log_often(MH_LOG_INFO, "access", "n=%d", i);
	assert_true(lines(last) < 100);
	mh_log_flush();
	assert_int_equal(lines(last), 100);
	assert_non_null(strstr(last, " n=99\n"));
	mh_log_flush();
	assert_int_equal(lines(last), 100);
}

/* What is not often brings with it what came before. */
static void in_their_order(void **state)
{
	char last[200];
	mh_log_often(MH_LOG_INFO, "access", "first");
	mh_log_often(MH_LOG_INFO, "access", "second");
	mh_log(MH_LOG_ERROR, "http", "third\nline");
	assert_int_equal(lines(last), 3);
	assert_non_null(strstr(last, "error http third\\x0aline\n"));
}

static void never_much(void **state)
{
	char last[200];
	for (int i = 0; i < 5000; i++) mh_log_often(MH_LOG_INFO, "access", "a line of the usual length n=%d", i);
	assert_true(lines(last) > 5000 - 700); /* 32 KiB are some 600 of them */
	mh_log_flush();
	assert_int_equal(lines(last), 5000);
}

static void below_the_threshold(void **state)
{
	char last[200];
	mh_log_threshold(MH_LOG_WARN);
	mh_log_often(MH_LOG_INFO, "access", "nothing");
	mh_log_flush();
	mh_log_threshold(MH_LOG_INFO);
	assert_int_equal(lines(last), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, catch_errors, give_back)
MH_TESTS(T(now_and_then), T(held_until_flushed), T(in_their_order), T(never_much), T(below_the_threshold))
