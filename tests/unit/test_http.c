/* The whole server over real sockets: a small table of routes, a store made of one thread, and clients that behave badly. */
#include "unit.h"

#include "web/http.h"
#include "web/request.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- a store: jobs run on a thread of their own, slowly if told --- */

static struct {
	pthread_t thread;
	useconds_t delay;
	unsigned jobs;
} store;
struct job {
	mh_http_job *job;
	mh_http_done *done;
	void *arg;
};

static void *run(void *p)
{
	struct job j = *(struct job *)p;
	struct mh_err err = {0};
	free(p);
	usleep(store.delay);
	enum mh_code code = j.job(NULL, j.arg, &err);
	if (code == MH_OK) code = j.job(NULL, j.arg, &err); /* jobs must bear to run twice */
	j.done(j.arg, code, &err);
	return NULL;
}

static enum mh_code submit(void *ctx, mh_http_job *job, void *arg, struct mh_str key, mh_http_done *done,
			   struct mh_err *reterr)
{
	if (ctx) return MH_FAIL(reterr, MH_E_BUSY, "The queue is full");
	struct job *j = malloc(sizeof *j);
	*j = (struct job){job, done, arg};
	if (store.jobs++) pthread_join(store.thread, NULL);
	assert_int_equal(pthread_create(&store.thread, NULL, run, j), 0);
	return MH_OK;
}

/* --- handlers --- */

static enum mh_code echo(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_str text = mh_str_fmt(&req->arena, "id=" MH_STR_FMT " page=%lld role=" MH_STR_FMT " code=" MH_STR_FMT,
					MH_STR_ARG(mh_req_str(req, "id")), (long long)mh_req_int(req, "page", 1),
					MH_STR_ARG(req->actor.role), MH_STR_ARG(req->tracking_code));
	mh_res_bytes(res, 200, "text/plain; charset=utf-8", text);
	res->etag = MH_STR("v1");
	res->cache = MH_CACHE_REVALIDATE;
	return MH_OK;
}

static enum mh_code create_job(struct mh_request *req, struct mh_response *res, void *arg, struct mh_db *db,
			       struct mh_err *reterr)
{
	if (mh_str_is(mh_req_str(req, "title"), "conflict"))
		return MH_FAIL(reterr, MH_E_CONFLICT, "It is closed already");
	MH_TRY(mh_res_header(res, "Location", MH_STR("/things/1"), reterr));
	return mh_res_json(res, 201,
			   json_pack("{s:o,s:I}", "title", mh_json_str(mh_req_str(req, "title")), "weight",
				     (json_int_t)mh_req_int(req, "weight", -1)),
			   reterr);
}

static enum mh_code create(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	return mh_request_defer(req, create_job, NULL, reterr);
}

static enum mh_code form(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	size_t n;
	const struct mh_pair *list = mh_req_list(req, "attribute[", &n);
	struct mh_str text = mh_str_fmt(&req->arena, "%zu " MH_STR_FMT "=" MH_STR_FMT, n,
					MH_STR_ARG(n ? list[n - 1].name : MH_STR("")),
					MH_STR_ARG(n ? list[n - 1].value : MH_STR("")));
	mh_res_bytes(res, 200, "text/plain", text);
	return MH_OK;
}

static enum mh_code upload(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	struct mh_str hex = mh_hash_hex(&req->arena, &req->file.sha256);
	mh_res_bytes(res, 200, "text/plain",
		     mh_str_fmt(&req->arena, "%lld " MH_STR_FMT, (long long)req->file.size, MH_STR_ARG(hex)));
	return MH_OK;
}

static ptrdiff_t next_part(void *ctx, char *out, size_t room)
{
	int *left = ctx;
	if (*left == 0) return 0;
	memset(out, 'x', 1000);
	--*left;
	return 1000;
}

static atomic_int streams_done;
static void stream_done(void *ctx)
{
	streams_done++;
	free(ctx);
}

static enum mh_code stream(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	int *left = malloc(sizeof *left);
	*left = 50;
	res->stream = (struct mh_stream){left, next_part, stream_done};
	res->content_type = "text/plain";
	return MH_OK;
}

static enum mh_code break_down(struct mh_request *req, struct mh_response *res, struct mh_err *reterr)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_FORBIDDEN, "No \"entry\"");
	mh_err_internal(reterr, "secret table");
	return code;
}

static const struct mh_param echo_params[] = {
	{.name = "id", .in = MH_IN_PATH, .type = MH_TYPE_STR, .required = true, .max = 20, .en = "id", .zh = "编号"},
	{.name = "page", .in = MH_IN_QUERY, .type = MH_TYPE_INT, .min = 1, .max = 99, .en = "page", .zh = "页"},
	{0}};
static const struct mh_param create_params[] = {
	{.name = "title",
	 .in = MH_IN_BODY,
	 .type = MH_TYPE_STR,
	 .required = true,
	 .max = 10,
	 .en = "title",
	 .zh = "标题"},
	{.name = "weight", .in = MH_IN_BODY, .type = MH_TYPE_INT, .min = 0, .max = 9, .en = "weight", .zh = "重量"},
	{0}};
static const struct mh_param form_params[] = {
	{.name = "attribute[", .in = MH_IN_BODY, .type = MH_TYPE_STR, .prefix = true, .en = "attributes", .zh = "属性"},
	{0}};
static const struct mh_route table[] = {
	{.method = "GET",
	 .path = "/things/{id}",
	 .perm = MH_PERM_PUBLIC,
	 .params = echo_params,
	 .handler = echo,
	 .en = "a",
	 .zh = "甲"},
	{.method = "POST",
	 .path = "/things",
	 .perm = MH_PERM_STAFF,
	 .params = create_params,
	 .body = MH_BODY_JSON,
	 .max_body = 1000,
	 .flags = MH_ROUTE_WRITE,
	 .handler = create,
	 .en = "b",
	 .zh = "乙"},
	{.method = "POST",
	 .path = "/form",
	 .perm = MH_PERM_PUBLIC,
	 .params = form_params,
	 .body = MH_BODY_FORM,
	 .flags = MH_ROUTE_LENIENT,
	 .handler = form,
	 .en = "c",
	 .zh = "丙"},
	{.method = "POST",
	 .path = "/upload",
	 .perm = MH_PERM_PUBLIC,
	 .body = MH_BODY_FILE,
	 .max_body = 100000,
	 .handler = upload,
	 .en = "d",
	 .zh = "丁"},
	{.method = "GET", .path = "/stream", .perm = MH_PERM_PUBLIC, .handler = stream, .en = "e", .zh = "戊"},
	{.method = "GET", .path = "/broken", .perm = MH_PERM_PUBLIC, .handler = break_down, .en = "f", .zh = "己"},
};
static const struct mh_route_list list = MH_ROUTES("test", table);
static const struct mh_route_list *const lists[] = {&list};

/* --- server and client --- */

static struct mh_http *server;
static char dir[] = "/tmp/minhu-test-http-XXXXXX";
static struct {
	pthread_mutex_t lock;
	char last[200];
	unsigned n;
} seen = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void on_access(void *ctx, const struct mh_access_line *line)
{
	pthread_mutex_lock(&seen.lock);
	snprintf(seen.last, sizeof seen.last, "%s %s %d %d", line->method, line->pattern, line->status,
		 (int)line->bytes);
	seen.n++;
	pthread_mutex_unlock(&seen.lock);
}

static struct mh_http_config config(void)
{
	return (struct mh_http_config){.listen = "127.0.0.1:0",
				       .lists = lists,
				       .n_lists = 1,
				       .store = {.submit = submit},
				       .upload_dir = dir,
				       .access = on_access,
				       .header_s = 1,
				       .body_s = 1,
				       .write_s = 1};
}

static int start(void **state)
{
	struct mh_http_config c = config();
	store.delay = 0;
	return mh_http_start(&c, &server, NULL) != MH_OK;
}

static int stop(void **state)
{
	mh_http_stop(server);
	server = NULL;
	if (store.jobs) pthread_join(store.thread, NULL);
	store.jobs = 0;
	return 0;
}

static int dial(void)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)mh_http_port(server))};
	struct timeval wait = {.tv_sec = 5};
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	return fd;
}

/* Everything until the server closes, or until the header and Content-Length bytes are there. */
static const char *receive(int fd)
{
	static char in[200000];
	size_t n = 0;
	for (;;) {
		ssize_t got = recv(fd, in + n, sizeof in - 1 - n, 0);
		if (got <= 0) break;
		n += (size_t)got;
		in[n] = '\0';
		const char *end = strstr(in, "\r\n\r\n"), *length = strcasestr(in, "Content-Length: ");
		if (end && length && length < end && n >= (size_t)(end - in) + 4 + strtoul(length + 16, NULL, 10))
			break;
		if (end && (strncmp(in, "HTTP/1.1 204", 12) == 0 || strncmp(in, "HTTP/1.1 304", 12) == 0 ||
			    strncmp(in, "HTTP/1.1 100", 12) == 0))
			break;
	}
	in[n] = '\0';
	return in;
}

static const char *talk_n(const char *text, size_t n)
{
	int fd = dial();
	assert_int_equal(send(fd, text, n, MSG_NOSIGNAL), (ssize_t)n);
	const char *in = receive(fd);
	close(fd);
	return in;
}
#define TALK(literal) talk_n(literal, sizeof(literal) - 1)

static void status_is(const char *answer, int status)
{
	char want[32];
	snprintf(want, sizeof want, "HTTP/1.1 %d ", status);
	if (strncmp(answer, want, strlen(want)) != 0) fail_msg("wanted %d, got: %.300s", status, answer);
}

__attribute__((noinline)) static void has(const char *answer, const char *part)
{
	if (!strstr(answer, part)) fail_msg("no \"%s\" in: %.2000s", part, answer);
}

/* Refused (400; 413 for a length beyond counting; 505) or not answered at all; never served. When libmicrohttpd refuses by
 * itself it writes its head twice, and closes. */
static void refused(const char *answer)
{
	bool good = !*answer || !strncmp(answer, "HTTP/1.1 400 ", 13) || !strncmp(answer, "HTTP/1.1 413 ", 13) ||
		    !strncmp(answer, "HTTP/1.1 505 ", 13);
	if (!good || strstr(answer, "HTTP/1.1 2")) fail_msg("not refused: %.400s", answer);
}

/* --- tests --- */

static void serves(void **state)
{
	const char *in = TALK("GET /things/%E6%B0%91?page=3 HTTP/1.1\r\nHost: x\r\nMinhu-Actor: handler@a\r\n"
			      "Authorization: Tracking ABCD-1234\r\n\r\n");
	status_is(in, 200);
	has(in, "id=民 page=3 role=handler code=ABCD-1234");
	has(in, "X-Content-Type-Options: nosniff");
	has(in, "Content-Security-Policy: default-src 'none'");
	has(in, "ETag: \"v1\"");
	has(in, "Minhu-Request-Id: ");
	in = TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\nIf-None-Match: W/\"v0\", \"v1\"\r\n\r\n");
	status_is(in, 304);
	in = TALK("HEAD /things/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	status_is(in, 200);
	assert_null(strstr(in, "id="));
	in = TALK("OPTIONS /things HTTP/1.1\r\nHost: x\r\n\r\n");
	status_is(in, 204);
	has(in, "Allow: OPTIONS, POST");
	in = TALK("DELETE /things/1 HTTP/1.1\r\nHost: x\r\n\r\n");
	status_is(in, 405);
	has(in, "Allow: OPTIONS, GET, HEAD");
	status_is(TALK("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	status_is(TALK("GET /things/1/ HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	in = TALK("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");
	status_is(in, 403);
	has(in, "application/problem+json");
	has(in, "\"detail\":\"No \\\"entry\\\"\"");
	has(in, "\"title_zh\":\"您没有此项权限\"");
	assert_null(strstr(in, "secret"));
}

static void keeps_the_log_free_of_persons(void **state)
{
	TALK("GET /things/13800138000?page=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	mh_http_stop(server); /* the line is written before the server is gone */
	server = NULL;
	char last[sizeof seen.last];
	pthread_mutex_lock(&seen.lock);
	memcpy(last, seen.last, sizeof last);
	pthread_mutex_unlock(&seen.lock);
	assert_string_equal(last, "GET /things/{id} 200 33");
}

static void checks_fields(void **state)
{
	const char *in = TALK("GET /things/1?page=100&colour=red HTTP/1.1\r\nHost: x\r\n\r\n");
	status_is(in, 400);
	has(in, "{\"field\":\"page\",\"message\":\"it must lie between 1 and 99\"");
	has(in, "{\"field\":\"colour\"");
	status_is(TALK("GET /things/1?page=1&page=2 HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
	status_is(TALK("GET /things/1?page=%FF HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
	status_is(TALK("GET /things/123456789012345678901 HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
}

#define POST_HEAD "POST /things HTTP/1.1\r\nHost: x\r\nMinhu-Actor: handler@a\r\nContent-Type: application/json\r\n"

static const char *post(const char *body)
{
	char text[1000];
	int n = snprintf(text, sizeof text, POST_HEAD "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
	return talk_n(text, (size_t)n);
}

static void writes(void **state)
{
	const char *in = post("{\"title\":\"路灯\",\"weight\":7 }");
	status_is(in, 201);
	has(in, "Location: /things/1");
	has(in, "{\"title\":\"路灯\",\"weight\":7}");
	in = TALK(POST_HEAD "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"title\"\r\n6\r\n:\"ab\"}\r\n0\r\n\r\n");
	status_is(in, 201);
	status_is(post("{\"title\":\"conflict\"}"), 409);
	in = post("{\"title\":\"a\",\"colour\":1}");
	status_is(in, 400);
	has(in, "\"field\":\"colour\"");
	status_is(post("{\"title\":\"a\",\"title\":\"b\"}"), 400);
	status_is(post("{\"title\":\"\xff\"}"), 400);
	status_is(post("{\"title\":\"a\"} x"), 400);
	status_is(post("[]"), 400);
	has(post("{\"title\":\"12345678901\"}"), "at most 10 characters and has 11");
	has(post("{}"), "{\"field\":\"title\",\"message\":\"it is required\",\"message_zh\":\"必填\"}");
	status_is(TALK("POST /things HTTP/1.1\r\nHost: x\r\nMinhu-Actor: handler@a\r\nContent-Length: 2\r\n\r\n{}"),
		  415);
	status_is(TALK("POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
		       "2\r\n\r\n{}"),
		  401);
	status_is(TALK("POST /things HTTP/1.1\r\nHost: x\r\nMinhu-Actor: x\r\nContent-Length: 2\r\n\r\n{}"), 400);
}

static void one_connection_many_requests(void **state)
{
	int fd = dial();
	const char two[] =
		"GET /things/1 HTTP/1.1\r\nHost: x\r\n\r\n"
		"POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
		"GET /things/3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	assert_true(send(fd, two, sizeof two - 1, MSG_NOSIGNAL) > 0);
	static char in[20000];
	size_t n = 0;
	for (ssize_t got; (got = recv(fd, in + n, sizeof in - 1 - n, 0)) > 0;) n += (size_t)got;
	in[n] = '\0';
	close(fd);
	has(in, "id=1 ");
	has(in, "HTTP/1.1 401 "); /* refused before its body, which was read all the same */
	has(in, "id=3 ");
}

static void forms_and_streams(void **state)
{
	const char *in = TALK(
		"POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
		"Content-Length: 50\r\n\r\nattribute%5Ba%5D=1&other=2&attribute%5Bb%5D=x+%0Ay");
	has(in, "2 attribute[b]=x \ny");
	int before = streams_done;
	in = TALK("GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	status_is(in, 200);
	assert_true(strlen(in) > 50000);
	for (int i = 0; i < 100 && streams_done == before; i++) usleep(10000);
	assert_int_equal(streams_done, before + 1);
}

static int files_left(void)
{
	int n = 0;
	DIR *d = opendir(dir);
	for (struct dirent *e; (e = readdir(d));) n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void uploads(void **state)
{
	const char *in = TALK("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
	status_is(in, 200);
	has(in, "3 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	in = TALK("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\nExpect: 100-continue\r\n\r\n");
	status_is(in, 413);
	in = TALK("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
	status_is(in, 100);
	/* chunked: too large is seen on the way */
	int fd = dial();
	static char chunk[0x8000 + 8];
	memset(chunk, 'a', sizeof chunk);
	memcpy(chunk, "8000\r\n", 6);
	memcpy(chunk + 6 + 0x8000, "\r\n", 2);
	const char head[] = "POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
	send(fd, head, sizeof head - 1, MSG_NOSIGNAL);
	for (int i = 0; i < 4; i++) assert_int_equal(send(fd, chunk, sizeof chunk, MSG_NOSIGNAL), sizeof chunk);
	send(fd, "0\r\n\r\n", 5, MSG_NOSIGNAL);
	status_is(receive(fd), 413);
	close(fd);
	for (int i = 0; i < 100 && files_left(); i++) usleep(10000);
	assert_int_equal(files_left(), 0);
}

static void refuses_ambiguous_heads(void **state)
{
	refused(TALK("POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"));
	refused(TALK("POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 30\r\n\r\n{}"));
	refused(TALK("POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\n{}"));
	refused(TALK("POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}"));
	refused(TALK("POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n{}"));
	refused(TALK("POST /things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
		     "2\r\n\r\n0\r\n\r\n"));
	refused(TALK("POST /things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"));
	refused(TALK("POST /things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"));
	refused(TALK("POST /things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
		     "chunked\r\n\r\n0\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: \r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\nX-\0A: ab\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\nX-A: a\x01\x62\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\nX-A: a\rb\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\nX-A: \xff\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\nHost: x\n\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\rX-A: a\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n"));
	refused(TALK("GET  /things/1 HTTP/1.1\r\nHost: x\r\n\r\n"));
	refused(TALK("GET /things/1 b HTTP/1.1\r\nHost: x\r\n\r\n"));
	status_is(TALK("GET /things/1 HTTP/1.1\r\nHost:x\r\nX-A:  \t a b \t\r\nX-B:\r\n\r\n"), 200);
	refused(TALK("GET /things/1\r\n\r\n"));
	refused(TALK("GET /things/1 HTTP/9.9\r\nHost: x\r\n\r\n"));
}

static void refuses_strange_paths(void **state)
{
	static const char *const paths[] = {
		"/things/..",  "/things/.",     "/things/%2e%2E", "/things/a%2Fb",        "/things/a%5cb",
		"/things/%00", "/things/a%0Ab", "/things/%C0%AF", "/things/%ED%A0%80",    "/things/%FF",
		"/things/%",   "/things/%4",    "/things/%zz",    "/things/\xE6\xB0\x91", "//things/1",
		"/things//1",  "/things/a\\b",  "/things/a\"b",   "http://x/things/1",    "*",
		"things/1",    "/things/1#x",   "/things/<b>"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		char text[200];
		int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
				 paths[i]);
		const char *in = talk_n(text, (size_t)n);
		if (*in && strncmp(in, "HTTP/1.1 400", 12) != 0) fail_msg("%s: %.200s", paths[i], in);
	}
	refused(TALK("GET /things/a\0b HTTP/1.1\r\nHost: x\r\n\r\n"));
}

static void limits_heads(void **state)
{
	static char big[80000];
	int n = snprintf(big, sizeof big, "GET /things/1 HTTP/1.1\r\nHost: x\r\nX-A: ");
	memset(big + n, 'a', 60000);
	memcpy(big + n + 60000, "\r\n\r\n", 5);
	int fd = dial();
	send(fd, big, strlen(big), MSG_NOSIGNAL);
	const char *in = receive(fd);
	assert_null(strstr(in, " 200 "));
	close(fd);
	struct mh_buf b = MH_BUF(80000);
	mh_buf_c(&b, "GET /things/1 HTTP/1.1\r\nHost: x\r\n");
	for (int i = 0; i < 100; i++) mh_buf_fmt(&b, "X-%d: a\r\n", i);
	mh_buf_c(&b, "\r\n");
	status_is(talk_n(b.ptr, b.len), 413);
	mh_buf_done(&b);
}

/* Sends a byte now and then, and is cut off long before the silence limit could act. */
static void drip(const char *text, size_t n)
{
	int fd = dial();
	int64_t from = mh_ticks();
	size_t i = 0;
	for (; i < n && mh_ticks() - from < 4000; i++) {
		if (send(fd, text + i, 1, MSG_NOSIGNAL) != 1) break;
		struct pollfd p = {fd, POLLIN | POLLHUP, 0};
		if (poll(&p, 1, 100) > 0) break;
	}
	assert_true(i < n && mh_ticks() - from < 4000);
	close(fd);
}

static void cuts_slow_clients(void **state)
{
	static const char head[] =
		"GET /things/1 HTTP/1.1\r\nHost: x\r\nX-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n";
	drip(head, sizeof head - 1);
	int fd = dial();
	static const char start_of_body[] = POST_HEAD "Content-Length: 900\r\n\r\n{";
	int64_t from = mh_ticks();
	send(fd, start_of_body, sizeof start_of_body - 1, MSG_NOSIGNAL);
	for (int i = 0; i < 40; i++) {
		struct pollfd p = {fd, POLLIN | POLLHUP, 0};
		if (poll(&p, 1, 100) > 0 || send(fd, " ", 1, MSG_NOSIGNAL) != 1) break;
	}
	assert_true(mh_ticks() - from < 3500);
	close(fd);
}

static void late_writes_are_given_up(void **state)
{
	store.delay = 1800000; /* write_s is 1 */
	const char *in = post("{\"title\":\"a\"}");
	status_is(in, 504);
	has(in, "Idempotency-Key");
}

static void stops_with_a_write_in_flight(void **state)
{
	store.delay = 300000;
	int fd = dial();
	static const char text[] = POST_HEAD "Content-Length: 13\r\n\r\n{\"title\":\"a\"}";
	send(fd, text, sizeof text - 1, MSG_NOSIGNAL);
	usleep(100000);
	mh_http_stop(server);
	server = NULL;
	status_is(receive(fd), 201);
	close(fd);
}

static void a_full_queue_is_said(void **state)
{
	int full;
	struct mh_http *usual = server;
	struct mh_http_config c = config();
	c.store.ctx = &full;
	server = NULL;
	assert_int_equal(mh_http_start(&c, &server, NULL), MH_OK);
	const char *in = post("{\"title\":\"a\"}");
	status_is(in, 503);
	has(in, "Retry-After: 1");
	mh_http_stop(server);
	server = usual;
}

static void listens_on_loopback_only(void **state)
{
	static const struct {
		const char *listen;
		enum mh_code code;
	} cases[] = {{"0.0.0.0:0", MH_E_INVALID},
		     {"[::]:0", MH_E_INVALID},
		     {"192.168.1.1:0", MH_E_INVALID},
		     {"example.org:80", MH_E_INVALID},
		     {"127.0.0.1", MH_E_INVALID},
		     {"127.0.0.1:65536", MH_E_INVALID},
		     {"", MH_E_INVALID},
		     {"localhost:0", MH_OK},
		     {"127.8.8.8:0", MH_OK}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct mh_http_config c = config();
		struct mh_http *other = NULL;
		c.listen = cases[i].listen;
		enum mh_code code = mh_http_start(&c, &other, NULL);
		if (code != cases[i].code) fail_msg("%s: %d", c.listen, code);
		mh_http_stop(other);
	}
	char taken[40];
	struct mh_http_config c = config();
	struct mh_http *other = NULL;
	snprintf(taken, sizeof taken, "127.0.0.1:%u", mh_http_port(server));
	c.listen = taken;
	assert_int_equal(mh_http_start(&c, &other, NULL), MH_E_UNAVAILABLE);
}

/* Connections are spread by the system over as many listeners as there are threads. */
static void each_thread_listens(void **state)
{
	char line[256], port[8];
	int listeners = 0;
	FILE *f = fopen("/proc/self/net/tcp", "r");
	assert_non_null(f);
	snprintf(port, sizeof port, ":%04X ", mh_http_port(server));
	while (fgets(line, sizeof line, f)) listeners += strstr(line, port) && strstr(line, " 0A ");
	fclose(f);
	assert_int_equal(listeners, 2);
}

static int make_dir(void **state)
{
	return mkdtemp(dir) == NULL;
}

static int remove_dir(void **state)
{
	return rmdir(dir);
}

#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {T(serves),
					   T(keeps_the_log_free_of_persons),
					   T(checks_fields),
					   T(writes),
					   T(one_connection_many_requests),
					   T(forms_and_streams),
					   T(uploads),
					   T(refuses_ambiguous_heads),
					   T(refuses_strange_paths),
					   T(limits_heads),
					   T(cuts_slow_clients),
					   T(late_writes_are_given_up),
					   T(stops_with_a_write_in_flight),
					   T(each_thread_listens),
					   T(a_full_queue_is_said),
					   T(listens_on_loopback_only)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("http", tests, make_dir, remove_dir);
}
