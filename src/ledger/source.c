#include "ledger/source.h"

#include "ledger/files_priv.h"
#include "ledger/log.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define CONNECT_SECONDS 10L
#define FILE_SECONDS 60L
#define REDIRECTS 3L

struct place {
	struct mh_str base; /* behind the structure; no slash at its end */
	CURL *curl;         /* for addresses */
	struct mh_db *db;   /* for the store */
	int64_t home_id, log;
};

static void close_place(void *ctx)
{
	struct place *p = ctx;
	if (p->curl) curl_easy_cleanup(p->curl);
	mh_mem_free(p);
}

static enum mh_code not_found(const char *path, struct mh_err *reterr)
{
	return MH_FAIL(reterr, MH_E_NOT_FOUND, "The log has no file %s", path);
}

/* ---- folder */

static enum mh_code get_file(void *ctx, const char *path, struct mh_buf *out, struct mh_err *reterr)
{
	struct place *p = ctx;
	char full[MH_LEDGER__PATH_MAX];
	bool found;
	int n = snprintf(full, sizeof full, MH_STR_FMT "/%s", MH_STR_ARG(p->base), path);
	if (n < 0 || (size_t)n >= sizeof full) return MH_FAIL(reterr, MH_E_INVALID, "The path of the log is too long");
	MH_TRY(mh_ledger__file_get(full, MH_TILE_BUNDLE_MAX, out, &found, reterr));
	return found ? MH_OK : not_found(path, reterr);
}

/* ---- address */

struct answer {
	struct mh_buf *out;
	size_t start;
};

static size_t receive(char *data, size_t size, size_t n, void *ctx)
{
	struct answer *a = ctx;
	if (a->out->len - a->start + size * n > MH_TILE_BUNDLE_MAX) return 0;
	mh_buf_add(a->out, data, size * n);
	return a->out->failed ? 0 : size * n;
}

static enum mh_code get_url(void *ctx, const char *path, struct mh_buf *out, struct mh_err *reterr)
{
	struct place *p = ctx;
	char url[MH_LEDGER__PATH_MAX], reason[CURL_ERROR_SIZE] = "";
	struct answer a = {out, out->len};
	long status = 0;
	int n = snprintf(url, sizeof url, MH_STR_FMT "/%s", MH_STR_ARG(p->base), path);
	if (n < 0 || (size_t)n >= sizeof url)
		return MH_FAIL(reterr, MH_E_INVALID, "The address of the log is too long");
	curl_easy_setopt(p->curl, CURLOPT_URL, url);
	curl_easy_setopt(p->curl, CURLOPT_WRITEDATA, &a);
	curl_easy_setopt(p->curl, CURLOPT_ERRORBUFFER, reason);
	CURLcode code = curl_easy_perform(p->curl);
	curl_easy_setopt(p->curl, CURLOPT_ERRORBUFFER, NULL);
	if (out->failed) return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	if (code == CURLE_WRITE_ERROR) return MH_FAIL(reterr, MH_E_TOO_LARGE, "%s is larger than a tile can be", path);
	if (code == CURLE_OPERATION_TIMEDOUT) return MH_FAIL(reterr, MH_E_TIMEOUT, "%s did not come in time", path);
	if (code != CURLE_OK) {
		MH_FAIL(reterr, MH_E_IO, "Could not read %s", path);
		mh_err_detail(reterr, "%s", reason[0] ? reason : curl_easy_strerror(code));
		return MH_E_IO;
	}
	curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200) return MH_OK;
	out->len = a.start; /* an error page is no tile */
	if (status == 404 || status == 410) return not_found(path, reterr);
	return MH_FAIL(reterr, MH_E_IO, "Could not read %s: the server answered %ld", path, status);
}

static void curl_set_up(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool prepare_curl(struct place *p)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, curl_set_up);
	p->curl = curl_easy_init();
	if (!p->curl) return false;
	curl_easy_setopt(p->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(p->curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(p->curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(p->curl, CURLOPT_MAXREDIRS, REDIRECTS);
	curl_easy_setopt(p->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(p->curl, CURLOPT_TIMEOUT, FILE_SECONDS);
	curl_easy_setopt(p->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(p->curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(p->curl, CURLOPT_USERAGENT, "minhu-audit");
	curl_easy_setopt(p->curl, CURLOPT_WRITEFUNCTION, receive);
	return true;
}

/* ---- store */

static enum mh_code get_stored(void *ctx, const char *path, struct mh_buf *out, struct mh_err *reterr)
{
	struct place *p = ctx;
	return mh_ledger_get(p->db, p->home_id, p->log, mh_str_c(path), out, NULL, reterr);
}

/* ---- opening */

static struct place *new_place(struct mh_str base)
{
	struct place *p = mh_mem_alloc(sizeof *p + base.len + 1);
	if (!p) return NULL;
	char *copy = (char *)(p + 1);
	if (base.len) memcpy(copy, base.ptr, base.len);
	while (base.len > 1 && copy[base.len - 1] == '/') base.len--;
	p->base = (struct mh_str){copy, base.len};
	return p;
}

enum mh_code mh_ledger_source_open(struct mh_str place, struct mh_ledger_source *ret, struct mh_err *reterr)
{
	bool url = mh_str_starts(place, "http://") || mh_str_starts(place, "https://");
	if (!place.len || memchr(place.ptr, '\0', place.len)) return MH_FAIL(reterr, MH_E_INVALID, "This names no log");
	struct place *p = new_place(place);
	MH_TRY_MEM(p, reterr);
	if (url && !prepare_curl(p)) {
		close_place(p);
		return MH_FAIL(reterr, MH_E_NO_MEMORY, "Memory is short");
	}
	*ret = (struct mh_ledger_source){url ? get_url : get_file, close_place, p};
	return MH_OK;
}

enum mh_code mh_ledger_source_store(struct mh_db *db, int64_t home_id, int64_t log, struct mh_ledger_source *ret,
				    struct mh_err *reterr)
{
	struct place *p = new_place((struct mh_str){NULL, 0});
	MH_TRY_MEM(p, reterr);
	p->db = db;
	p->home_id = home_id;
	p->log = log;
	*ret = (struct mh_ledger_source){get_stored, close_place, p};
	return MH_OK;
}

void mh_ledger_source_done(struct mh_ledger_source *s)
{
	if (s->ctx) s->close(s->ctx);
	*s = (struct mh_ledger_source){0};
}
