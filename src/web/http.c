#include "web/http_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define OTHER_FILES 256

/* --- where to listen --- */

static enum mh_code bad_address(struct mh_err *reterr, const char *listen)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_INVALID, "Cannot listen on \"%.100s\": it is not host:port", listen);
	mh_err_hint(reterr, "Write 127.0.0.1:8080, [::1]:8080 or localhost:8080; port 0 takes a free one.");
	return code;
}

static bool read_address(struct mh_str host, struct sockaddr_storage *ret, socklen_t *ret_n)
{
	char text[64];
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)ret;
	memset(ret, 0, sizeof *ret);
	if (host.len >= sizeof text) return false;
	snprintf(text, sizeof text, MH_STR_FMT, MH_STR_ARG(mh_str_is(host, "localhost") ? MH_STR("127.0.0.1") : host));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		*ret_n = sizeof *v4;
		return true;
	}
	size_t n = strlen(text);
	if (n < 2 || text[0] != '[' || text[n - 1] != ']') return false;
	text[n - 1] = '\0';
	v6->sin6_family = AF_INET6;
	*ret_n = sizeof *v6;
	return inet_pton(AF_INET6, text + 1, &v6->sin6_addr) == 1;
}

static bool is_loopback(const struct sockaddr_storage *sa)
{
	if (sa->ss_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr);
}

static enum mh_code parse_listen(const char *listen, bool anywhere, struct sockaddr_storage *ret, socklen_t *ret_n,
				 struct mh_err *reterr)
{
	const char *colon = listen ? strrchr(listen, ':') : NULL;
	int64_t port;
	if (!colon || !mh_str_to_i64(mh_str_c(colon + 1), &port) || port < 0 || port > 65535 ||
	    !read_address((struct mh_str){listen, (size_t)(colon - listen)}, ret, ret_n))
		return bad_address(reterr, listen ? listen : "");
	if (!anywhere && !is_loopback(ret)) {
		enum mh_code code = MH_FAIL(reterr, MH_E_INVALID,
					    "Cannot listen on %.100s: only loopback addresses are allowed", listen);
		mh_err_detail(reterr,
			      "The header Minhu-Actor is trusted, so whoever reaches the port may act in any role.");
		mh_err_hint(reterr, "Listen on 127.0.0.1, or serve with accounts: without --trust-actor-header.");
		return code;
	}
	((struct sockaddr_in *)(void *)ret)->sin_port = htons((uint16_t)port); /* the same place in both families */
	return MH_OK;
}

struct place {
	struct sockaddr_storage sa;
	socklen_t n;
};

/* A socket bound to the place, or -1 and errno; the port 0 becomes a free one. */
static int bound(struct place *p, bool shared)
{
	int one = 1, fd = socket(p->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (shared) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&p->sa, p->n) == 0 && getsockname(fd, (struct sockaddr *)&p->sa, &p->n) == 0)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

/* Each thread that answers has a listener, and the system spreads connections over them: of one listener, the thread that wakes
 * first takes ten at a time, and often all of them. A port that somebody else listens at is found out first: sharing is
 * for our own listeners only. */
static int listener(struct place *p, bool first)
{
	int fd = first ? bound(p, false) : -1;
	if (first && fd < 0) return -1;
	if (fd >= 0) close(fd);
	fd = bound(p, true);
	if (fd >= 0 && listen(fd, 511) == 0) return fd;
	if (fd >= 0) close(fd);
	return -1;
}

/* --- life --- */

/* As many connections as there may be descriptors, less those for stores, files and logs. At its limit libmicrohttpd takes no
 * more off the queue of the system, and who comes then waits for somebody to go: so the limit is high, and silent ones are short-
 * lived. */
static unsigned connections(unsigned wanted)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted < 512 ? wanted : 512;
	if (limit.rlim_cur < wanted + OTHER_FILES && limit.rlim_cur < limit.rlim_max) {
		struct rlimit more = limit;
		more.rlim_cur = limit.rlim_max < wanted + OTHER_FILES ? limit.rlim_max : wanted + OTHER_FILES;
		if (setrlimit(RLIMIT_NOFILE, &more) == 0) limit = more;
	}
	rlim_t room = limit.rlim_cur > 2 * OTHER_FILES ? limit.rlim_cur - OTHER_FILES : OTHER_FILES;
	return wanted < room ? wanted : (unsigned)room;
}

static void defaults(struct mh_http_config *c)
{
	if (!c->threads) c->threads = 2;
	if (c->threads > MH_WEB__THREADS_MAX) c->threads = MH_WEB__THREADS_MAX;
	c->max_connections = connections(c->max_connections ? c->max_connections : 12000);
	if (!c->idle_s) c->idle_s = 15;
	if (!c->header_s) c->header_s = 15;
	if (!c->body_s) c->body_s = 120;
	if (!c->write_s) c->write_s = 30;
	if (!c->stop_s) c->stop_s = 10;
	if (!c->max_head) c->max_head = (size_t)32 << 10;
	if (!c->max_arena) c->max_arena = (size_t)64 << 20;
	if (!c->clock.now) c->clock = mh_clock_system();
	if (!c->rng.fill) c->rng = mh_rng_system();
}

/* The target is decoded in target.c, once and strictly. */
static size_t leave_escaped(void *cls, struct MHD_Connection *conn, char *s)
{
	return strlen(s);
}

static struct MHD_Daemon *start_daemon(struct mh_http *h, int fd, bool v6)
{
	const struct mh_http_config *c = &h->config;
	unsigned limit = (c->max_connections + c->threads - 1) / c->threads;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | (v6 ? MHD_USE_IPv6 : 0);
	return MHD_start_daemon(flags, (uint16_t)h->port, NULL, NULL, mh_web__on_request, h, MHD_OPTION_LISTEN_SOCKET,
				fd, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_LIMIT, limit,
				MHD_OPTION_PER_IP_CONNECTION_LIMIT, c->max_per_ip, MHD_OPTION_CONNECTION_TIMEOUT,
				c->idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, c->max_head, MHD_OPTION_URI_LOG_CALLBACK,
				mh_web__on_target, h, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
				MHD_OPTION_NOTIFY_COMPLETED, mh_web__on_completed, h, MHD_OPTION_NOTIFY_CONNECTION,
				mh_web__on_connection, h, MHD_OPTION_END);
}

static void free_http(struct mh_http *h)
{
	while (h->n_spare) mh_web__exchange_free(h->spare[--h->n_spare]);
	mh_web__kept_clear(&h->kept);
	pthread_mutex_destroy(&h->kept.lock);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	mh_arena_done(&h->arena);
	mh_mem_free(h);
}

void mh_web__http_release(struct mh_http *h)
{
	if (atomic_fetch_sub(&h->owners, 1) == 1) free_http(h);
}

static enum mh_code start_daemons(struct mh_http *h, struct mh_err *reterr)
{
	struct place p;
	MH_TRY(parse_listen(h->config.listen, h->config.identify != NULL, &p.sa, &p.n, reterr));
	while (h->n_daemons < h->config.threads) {
		int fd = listener(&p, h->n_daemons == 0);
		if (fd < 0) {
			enum mh_code code = MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not listen on %.100s",
						    h->config.listen);
			mh_err_detail(reterr, "%s", strerror(errno));
			return code;
		}
		h->port = ntohs(((struct sockaddr_in *)(void *)&p.sa)->sin_port);
		h->daemons[h->n_daemons] = start_daemon(h, fd, p.sa.ss_family == AF_INET6);
		if (!h->daemons[h->n_daemons]) {
			close(fd);
			return MH_FAIL(reterr, MH_E_UNAVAILABLE, "Could not start the HTTP server");
		}
		h->n_daemons++;
	}
	return MH_OK;
}

static void quiesce_daemons(struct mh_http *h)
{
	for (unsigned i = 0; i < h->n_daemons; i++) {
		MHD_socket fd = MHD_quiesce_daemon(h->daemons[i]);
		if (fd != MHD_INVALID_SOCKET) close(fd);
	}
}

static void stop_daemons(struct mh_http *h)
{
	for (unsigned i = 0; i < h->n_daemons; i++) MHD_stop_daemon(h->daemons[i]);
}

static enum mh_code start(struct mh_http *h, struct mh_err *reterr)
{
	MH_TRY(mh_router_build(&h->arena, h->config.lists, h->config.n_lists, &h->router, reterr));
	h->counts = MH_NEW_ARRAY(&h->arena, h->router.n + 1, struct mh_web__count);
	MH_TRY_MEM(h->counts, reterr);
	h->begun = mh_now(&h->config.clock);
	MH_TRY(mh_web__watch_start(h, reterr));
	enum mh_code code = mh_web__slow_start(h, reterr);
	if (code == MH_OK && (code = start_daemons(h, reterr)) == MH_OK) return MH_OK;
	quiesce_daemons(h);
	stop_daemons(h);
	mh_web__slow_stop(h);
	mh_web__watch_stop(h);
	return code;
}

enum mh_code mh_http_start(const struct mh_http_config *config, struct mh_http **ret, struct mh_err *reterr)
{
	struct mh_http *h = mh_mem_alloc(sizeof *h);
	MH_TRY_MEM(h, reterr);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&h->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&h->lock, NULL);
	pthread_mutex_init(&h->kept.lock, NULL);
	h->owners = 1;
	h->arena = MH_ARENA(0);
	h->config = *config;
	defaults(&h->config);
	enum mh_code code = start(h, reterr);
	if (code != MH_OK) {
		free_http(h);
		return code;
	}
	*ret = h;
	return MH_OK;
}

unsigned mh_http_port(const struct mh_http *h)
{
	return h->port;
}

/* Until nothing is in flight, or the time is up. */
static bool drain(struct mh_http *h, unsigned ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000L;
	if (until.tv_nsec >= 1000000000L) until.tv_sec++, until.tv_nsec -= 1000000000L;
	pthread_mutex_lock(&h->lock);
	int waited = 0;
	while (h->in_flight && waited == 0) waited = pthread_cond_timedwait(&h->changed, &h->lock, &until);
	bool empty = h->in_flight == 0;
	pthread_mutex_unlock(&h->lock);
	return empty;
}

void mh_http_stop(struct mh_http *h)
{
	if (!h) return;
	quiesce_daemons(h);
	mh_web__end_streams(h);
	if (!drain(h, h->config.stop_s * 1000)) {
		mh_web__abandon_all(h);
		drain(h, 1000);
	}
	stop_daemons(h);
	mh_web__slow_stop(h);
	mh_web__watch_stop(h);
	mh_web__http_release(h);
}
