#include "loop/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define CHUNK ((size_t)16 << 10)
#define SEAL crypto_secretstream_xchacha20poly1305_ABYTES
#define HEADER crypto_secretstream_xchacha20poly1305_HEADERBYTES
static const char magic[] = "minhu-file/1\n";
#define MAGIC (sizeof magic - 1)

struct mh_vault_writer {
	int fd;
	crypto_secretstream_xchacha20poly1305_state state;
	size_t n; /* gathered for the next chunk */
	unsigned char plain[CHUNK], sealed[CHUNK + SEAL];
};
struct mh_vault_reader {
	int fd;
	crypto_secretstream_xchacha20poly1305_state state;
	size_t at, n; /* of plain */
	bool last, failed;
	unsigned char plain[CHUNK], sealed[CHUNK + SEAL];
};

static enum mh_code io_failure(struct mh_err *reterr, const char *what)
{
	int why = errno;
	enum mh_code code = why == ENOSPC || why == EDQUOT
				    ? MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not keep the file: the disk is full")
				    : MH_FAIL(reterr, MH_E_IO, "Could not keep the file");
	mh_err_internal(reterr, "%s: %s", what, strerror(why));
	return code;
}

static enum mh_code put(int fd, const void *p, size_t n, struct mh_err *reterr)
{
	const char *at = p;
	while (n) {
		ssize_t done = write(fd, at, n);
		if (done < 0 && errno == EINTR) continue;
		if (done < 0) return io_failure(reterr, "write");
		at += done;
		n -= (size_t)done;
	}
	return MH_OK;
}

static enum mh_code begin(struct mh_vault_writer *w, const struct mh_key *key, struct mh_err *reterr)
{
	unsigned char header[HEADER];
	crypto_secretstream_xchacha20poly1305_init_push(&w->state, header, key->b);
	MH_TRY(put(w->fd, magic, MAGIC, reterr));
	return put(w->fd, header, sizeof header, reterr);
}

enum mh_code mh_vault_create(const char *path, const struct mh_rng *rng, struct mh_vault_writer **ret,
			     struct mh_key *ret_key, struct mh_err *reterr)
{
	struct mh_key key;
	struct mh_vault_writer *w = mh_mem_alloc(sizeof *w);
	MH_TRY_MEM(w, reterr);
	mh_random(rng, key.b, sizeof key.b);
	w->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	enum mh_code code = w->fd < 0 ? io_failure(reterr, "create") : begin(w, &key, reterr);
	if (code != MH_OK) {
		if (w->fd >= 0) unlink(path);
		mh_vault_drop(w);
	} else {
		*ret = w;
		*ret_key = key;
	}
	sodium_memzero(&key, sizeof key);
	return code;
}

static enum mh_code push(struct mh_vault_writer *w, unsigned char tag, struct mh_err *reterr)
{
	unsigned long long n = 0;
	crypto_secretstream_xchacha20poly1305_push(&w->state, w->sealed, &n, w->plain, w->n, NULL, 0, tag);
	w->n = 0;
	return put(w->fd, w->sealed, (size_t)n, reterr);
}

/* A full chunk waits until more comes, because only then it is known not to be the last. */
enum mh_code mh_vault_add(struct mh_vault_writer *w, const void *p, size_t n, struct mh_err *reterr)
{
	const char *at = p;
	while (n) {
		if (w->n == CHUNK) MH_TRY(push(w, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, reterr));
		size_t take = n < CHUNK - w->n ? n : CHUNK - w->n;
		memcpy(w->plain + w->n, at, take);
		w->n += take;
		at += take;
		n -= take;
	}
	return MH_OK;
}

enum mh_code mh_vault_end(struct mh_vault_writer *w, struct mh_err *reterr)
{
	enum mh_code code = push(w, crypto_secretstream_xchacha20poly1305_TAG_FINAL, reterr);
	if (code == MH_OK && fsync(w->fd) != 0) code = io_failure(reterr, "sync");
	mh_vault_drop(w);
	return code;
}

void mh_vault_drop(struct mh_vault_writer *w)
{
	if (!w) return;
	if (w->fd >= 0) close(w->fd);
	sodium_memzero(w, sizeof *w);
	mh_mem_free(w);
}

int64_t mh_vault_size(int64_t plain)
{
	int64_t chunks = plain > 0 ? (plain + (int64_t)CHUNK - 1) / (int64_t)CHUNK : 1;
	return (int64_t)(MAGIC + HEADER) + plain + chunks * (int64_t)SEAL;
}

/* --- reading --- */

/* As many as there are, up to n; -1 on a fault. */
static ssize_t get(int fd, void *p, size_t n)
{
	size_t have = 0;
	while (have < n) {
		ssize_t got = read(fd, (char *)p + have, n - have);
		if (got < 0 && errno == EINTR) continue;
		if (got < 0) return -1;
		if (got == 0) break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static bool read_head(struct mh_vault_reader *r, const struct mh_key *key)
{
	unsigned char head[MAGIC + HEADER];
	return get(r->fd, head, sizeof head) == (ssize_t)sizeof head && memcmp(head, magic, MAGIC) == 0 &&
	       crypto_secretstream_xchacha20poly1305_init_pull(&r->state, head + MAGIC, key->b) == 0;
}

enum mh_code mh_vault_open(const char *path, const struct mh_key *key, struct mh_vault_reader **ret,
			   struct mh_err *reterr)
{
	struct mh_vault_reader *r = mh_mem_alloc(sizeof *r);
	MH_TRY_MEM(r, reterr);
	enum mh_code code = MH_OK;
	r->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (r->fd < 0)
		code = MH_FAIL(reterr, errno == ENOENT ? MH_E_NOT_FOUND : MH_E_IO, "Could not open the file to send");
	else if (!read_head(r, key)) code = MH_FAIL(reterr, MH_E_CORRUPT, "Could not open a sealed file");
	if (code != MH_OK) return mh_vault_close(r), code;
	*ret = r;
	return MH_OK;
}

static bool pull(struct mh_vault_reader *r)
{
	unsigned char tag = 0;
	unsigned long long n = 0;
	ssize_t got = get(r->fd, r->sealed, sizeof r->sealed);
	if (got < (ssize_t)SEAL || crypto_secretstream_xchacha20poly1305_pull(&r->state, r->plain, &n, &tag, r->sealed,
									      (unsigned long long)got, NULL, 0) != 0)
		return false;
	r->at = 0;
	r->n = (size_t)n;
	r->last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	return true;
}

ptrdiff_t mh_vault_next(void *reader, char *out, size_t room)
{
	struct mh_vault_reader *r = reader;
	if (r->at == r->n && !r->last && !r->failed) r->failed = !pull(r);
	if (r->failed) return -1;
	size_t take = r->n - r->at < room ? r->n - r->at : room;
	memcpy(out, r->plain + r->at, take);
	r->at += take;
	return (ptrdiff_t)take;
}

void mh_vault_close(void *reader)
{
	struct mh_vault_reader *r = reader;
	if (!r) return;
	if (r->fd >= 0) close(r->fd);
	sodium_memzero(r, sizeof *r);
	mh_mem_free(r);
}
