#include "base/log.h"
#include "web/http_priv.h"
#include "web/page_priv.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STREAM_CHUNK ((size_t)32 << 10)

/* "a", W/"a" and * in If-None-Match. */
static bool etag_known(const struct mh_request *req, struct mh_str etag)
{
	struct mh_str rest = mh_req_header(req, "If-None-Match"), item;
	while (rest.len && mh_str_split(&rest, ',', &item)) {
		item = mh_str_trim(item);
		if (mh_str_is(item, "*")) return true;
		if (mh_str_starts(item, "W/")) item.ptr += 2, item.len -= 2;
		if (item.len >= 2 && item.ptr[0] == '"' && mh_str_eq((struct mh_str){item.ptr + 1, item.len - 2}, etag))
			return true;
	}
	return false;
}

struct stream {
	struct mh_stream s;
	struct mh_web_exchange *ex; /* is there as long as anything is sent */
};

static ssize_t stream_next(void *cls, uint64_t pos, char *out, size_t room)
{
	struct stream *w = cls;
	ptrdiff_t n = w->s.next(w->s.ctx, out, room);
	if (n == MH_STREAM_WAIT) return mh_web__sleep(w->ex, &w->s) ? 0 : MHD_CONTENT_READER_END_OF_STREAM;
	return n > 0 ? n : n == 0 ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void stream_done(void *cls)
{
	struct stream *w = cls;
	if (w->s.done) w->s.done(w->s.ctx);
	mh_mem_free(w);
}

/* The stream belongs to libmicrohttpd from here on; it is done even when the client has gone. */
static struct MHD_Response *from_stream(struct mh_web_exchange *ex)
{
	struct stream *w = mh_mem_alloc(sizeof *w);
	if (!w) return NULL;
	*w = (struct stream){ex->res.stream, ex};
	uint64_t size = ex->res.stream.size > 0 ? (uint64_t)ex->res.stream.size : MHD_SIZE_UNKNOWN;
	ex->bytes = ex->res.stream.size;
	struct MHD_Response *r = MHD_create_response_from_callback(size, STREAM_CHUNK, stream_next, w, stream_done);
	if (r) ex->res.stream = (struct mh_stream){0};
	else mh_mem_free(w);
	return r;
}

static struct MHD_Response *from_file(struct mh_web_exchange *ex)
{
	struct stat st;
	struct mh_str path = mh_str_dup(&ex->req.arena, ex->res.file);
	int fd = path.ptr ? open(path.ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	if (fd < 0) return NULL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return NULL;
	}
	ex->bytes = st.st_size;
	struct MHD_Response *r = MHD_create_response_from_fd64((uint64_t)st.st_size, fd);
	if (!r) close(fd);
	return r;
}

static struct MHD_Response *from_bytes(struct mh_str body)
{
	/* not written to: MHD_RESPMEM_PERSISTENT; the parameter lacks a const for history's sake */
	return MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.ptr, MHD_RESPMEM_PERSISTENT);
}

static void header(struct MHD_Response *r, const char *name, const char *value)
{
	MHD_add_response_header(r, name, value);
}

/* What was compressed is another representation, so its tag is a weak one (RFC 9110, 8.8.1). */
static void cache_headers(struct MHD_Response *r, const struct mh_response *res, bool compressed)
{
	static const char *const values[] = {[MH_CACHE_NO_STORE] = "no-store",
					     [MH_CACHE_REVALIDATE] = "private, no-cache",
					     [MH_CACHE_PUBLIC] = "public, max-age=60",
					     [MH_CACHE_FOREVER] = "public, max-age=31536000, immutable"};
	header(r, "Cache-Control", values[res->cache]);
	/* what may be kept for ever is the same for everybody */
	header(r, "Vary",
	       res->cache == MH_CACHE_FOREVER
		       ? "Accept-Encoding"
		       : "Accept-Encoding, Accept-Language, Authorization, Cookie, Minhu-Actor, Minhu-As");
	if (res->etag.len && res->etag.len < 200) {
		char etag[208];
		snprintf(etag, sizeof etag, "%s\"" MH_STR_FMT "\"", compressed ? "W/" : "", MH_STR_ARG(res->etag));
		header(r, "ETag", etag);
	}
}

/* With no-referrer a browser would send its forms with `Origin: null`; with same-origin other sites learn no more than without. */
static void security_headers(struct MHD_Response *r, const struct mh_response *res)
{
	const char *csp = res ? res->csp : NULL;
	bool page = res && res->content_type && strncmp(res->content_type, "text/html", 9) == 0;
	header(r, "X-Content-Type-Options", "nosniff");
	header(r, "Content-Security-Policy", csp ? csp : "default-src 'none'; frame-ancestors 'none'");
	header(r, "Referrer-Policy", page ? "same-origin" : "no-referrer");
	header(r, "Cross-Origin-Resource-Policy", "same-origin");
}

static enum MHD_Result send_response(struct mh_web_exchange *ex, struct MHD_Response *r, int status, bool close)
{
	header(r, "Minhu-Request-Id", ex->id);
	if (close) header(r, "Connection", "close");
	ex->status = status;
	ex->state = MH_WEB__ANSWERED;
	enum MHD_Result done = MHD_queue_response(ex->conn, (unsigned)status, r);
	MHD_destroy_response(r);
	return done;
}

/* A file that was compressed when the program was built. */
static bool encoded(const struct mh_response *res)
{
	for (size_t i = 0; i < res->n_headers; i++)
		if (mh_web__name_eq(res->headers[i].name, "Content-Encoding")) return true;
	return false;
}

static bool compress(struct mh_web_exchange *ex)
{
	struct mh_response *res = &ex->res;
	return !encoded(res) &&
	       mh_web__gzip_wanted(mh_req_header(&ex->req, "Accept-Encoding"), res->content_type, res->body) &&
	       mh_web__gzip(&ex->req.arena, res->body, &res->body);
}

enum MHD_Result mh_web__answer(struct mh_web_exchange *ex, bool close)
{
	struct mh_response *res = &ex->res;
	bool reads = mh_str_is(ex->req.method, "GET") || mh_str_is(ex->req.method, "HEAD");
	if (ex->req.hant && !ex->kept) mh_web__hant(ex);
	bool has_body = res->body.len || res->file.len || res->stream.next;
	int status = res->status ? res->status : has_body ? 200 : 204;
	if (reads && status == 200 && res->etag.len && etag_known(&ex->req, res->etag)) {
		status = 304;
		res->body.len = res->file.len = 0;
		if (res->stream.done) res->stream.done(res->stream.ctx);
		res->stream = (struct mh_stream){0};
	}
	bool small = ex->kept ? mh_web__kept_compressed(ex) : reads && compress(ex);
	mh_web__kept_put(ex, small);
	ex->bytes = (int64_t)res->body.len;
	struct MHD_Response *r = res->stream.next ? from_stream(ex)
				 : res->file.len  ? from_file(ex)
						  : from_bytes(res->body);
	if (!r && res->file.len) {
		struct mh_err err;
		MH_FAIL(&err, MH_E_IO, "Could not open the file to send");
		return mh_web__answer_error(ex, &err, close);
	}
	if (!r) return MHD_NO;
	if (res->content_type && status != 304) header(r, "Content-Type", res->content_type);
	for (size_t i = 0; i < res->n_headers; i++) header(r, res->headers[i].name.ptr, res->headers[i].value.ptr);
	if (small) header(r, "Content-Encoding", "gzip");
	cache_headers(r, res, small || encoded(res));
	security_headers(r, res);
	return send_response(ex, r, status, close);
}

/* The log gets what the person must not: internal detail, once, for failures that are ours. */
enum MHD_Result mh_web__answer_error(struct mh_web_exchange *ex, const struct mh_err *err, bool close)
{
	const struct mh_route *route = ex->req.route;
	struct mh_response keep = {.arena = ex->res.arena};
	if (mh_err_info(err->code)->http >= 500) mh_log_err(MH_LOG_ERROR, "http", err);
	if (err->code == MH_E_METHOD) { /* 405 names what the address does take */
		for (size_t i = 0; i < ex->res.n_headers; i++) keep.headers[keep.n_headers++] = ex->res.headers[i];
	}
	mh_res_clear(&ex->res);
	ex->res = keep;
	if (route && route->error) route->error(&ex->req, err, &ex->res);
	else if (!route && mh_page__wanted(&ex->req)) mh_page__error(&ex->req, err, &ex->res);
	if (!ex->res.status) mh_web__problem(&ex->req, err, &ex->res);
	ex->res.etag = (struct mh_str){NULL, 0};
	return mh_web__answer(ex, close);
}

enum MHD_Result mh_web__answer_abandoned(struct mh_web_exchange *ex)
{
	const struct mh_str body = MH_STR(
		"{\"type\":\"urn:minhu:error:TIMEOUT\",\"status\":504,\"code\":\"TIMEOUT\",\"title\":\"Waited too "
		"long\","
		"\"title_zh\":\"等待超时\",\"detail\":\"The store did not answer in time; the request may still be "
		"carried out\","
		"\"hint\":\"Ask again with the same Idempotency-Key; nothing is done twice.\"}");
	struct MHD_Response *r = from_bytes(body);
	if (!r) return MHD_NO;
	header(r, "Content-Type", "application/problem+json");
	header(r, "Cache-Control", "no-store");
	security_headers(r, NULL);
	ex->bytes = (int64_t)body.len;
	return send_response(ex, r, 504, false);
}
