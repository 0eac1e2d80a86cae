#include "unit.h"

#include "loop/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 100000

static char path[64];
static unsigned char plain[MOST];
static struct mh_key key;

static int make_path(void **state)
{
	snprintf(path, sizeof path, "%s", "/tmp/minhu-vault-XXXXXX");
	int fd = mkstemp(path);
	for (size_t i = 0; i < MOST; i++) plain[i] = (unsigned char)(i * 7 + i / 251);
	return fd < 0 ? -1 : close(fd);
}

static int drop_path(void **state)
{
	unlink(path);
	return 0;
}

static void seal(size_t n, size_t step)
{
	struct mh_vault_writer *w;
	struct mh_rng rng = mh_rng_system();
	unlink(path);
	assert_int_equal(mh_vault_create(path, &rng, &w, &key, NULL), MH_OK);
	for (size_t at = 0; at < n; at += step)
		assert_int_equal(mh_vault_add(w, plain + at, n - at < step ? n - at : step, NULL), MH_OK);
	assert_int_equal(mh_vault_end(w, NULL), MH_OK);
}

/* How many bytes came before the end, or -1 when it broke off; all that came are right. */
static ptrdiff_t unseal(const struct mh_key *k, size_t room)
{
	struct mh_vault_reader *r;
	char out[4096];
	ptrdiff_t n, all = 0;
	if (mh_vault_open(path, k, &r, NULL) != MH_OK) return -1;
	while ((n = mh_vault_next(r, out, room)) > 0) {
		assert_memory_equal(out, plain + all, (size_t)n);
		all += n;
	}
	mh_vault_close(r);
	return n < 0 ? -1 : all;
}

static void comes_back(void **state)
{
	static const size_t sizes[] = {0, 1, 16383, 16384, 16385, 32768, 50000, MOST};
	struct stat st;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		seal(sizes[i], i % 2 ? 1000 : 40000);
		assert_int_equal(unseal(&key, i % 3 ? 4096 : 7), sizes[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_size, mh_vault_size((int64_t)sizes[i]));
		assert_int_equal(st.st_mode & 0777, 0600);
	}
}

/* One bit anywhere, an end that is missing, chunks that changed places, a strange key: nothing wrong is handed out. */
static void notices(void **state)
{
	struct mh_key other = key;
	struct stat st;
	seal(50000, 5000);
	assert_int_equal(stat(path, &st), 0);
	other.b[31] ^= 1;
	assert_int_equal(unseal(&other, 4096), -1);
	for (off_t at = 0; at < st.st_size; at += at < 64 ? 1 : 997) {
		FILE *f = fopen(path, "r+b");
		fseek(f, at, SEEK_SET);
		int c = fgetc(f);
		fseek(f, at, SEEK_SET);
		fputc(c ^ 4, f);
		fclose(f);
		if (unseal(&key, 4096) != -1) fail_msg("byte %ld", (long)at);
		f = fopen(path, "r+b");
		fseek(f, at, SEEK_SET);
		fputc(c, f);
		fclose(f);
	}
	assert_int_equal(unseal(&key, 4096), 50000);
	for (off_t cut = 0; cut < st.st_size; cut += 1999) {
		assert_int_equal(truncate(path, st.st_size - 1 - cut), 0);
		assert_int_equal(unseal(&key, 4096), -1);
	}
}

/* Not even the size of a chunk that is whole passes for the end. */
static void cut_between_chunks(void **state)
{
	seal(32768, 32768);
	assert_int_equal(truncate(path, mh_vault_size(16384)), 0);
	assert_int_equal(unseal(&key, 4096), -1);
	unlink(path);
	struct mh_vault_reader *r;
	assert_int_equal(mh_vault_open(path, &key, &r, NULL), MH_E_NOT_FOUND);
}

MH_TESTS(cmocka_unit_test_setup_teardown(comes_back, make_path, drop_path),
	 cmocka_unit_test_setup_teardown(notices, make_path, drop_path),
	 cmocka_unit_test_setup_teardown(cut_between_chunks, make_path, drop_path))
