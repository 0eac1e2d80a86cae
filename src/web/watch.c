/* Deadlines. libmicrohttpd knows silence only; a client that sends a byte now and then, or a store that does not answer, is
 * found here. */
#include "base/log.h"
#include "web/http_priv.h"

#include <sys/socket.h>

#define PERIOD_MS 200

void mh_web__on_connection(void *cls, struct MHD_Connection *conn, void **ctx, enum MHD_ConnectionNotificationCode what)
{
	struct mh_http *h = cls;
	struct mh_web__conn *c = *ctx;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
		c = info ? mh_mem_alloc(sizeof *c) : NULL;
		*ctx = c;
		if (!c) return; /* served without a deadline: the silence limit remains */
		c->fd = info->connect_fd;
		atomic_init(&c->until, mh_ticks() + (long long)h->config.header_s * 1000);
		pthread_mutex_lock(&h->lock);
		c->next = h->conns;
		if (c->next) c->next->prev = c;
		h->conns = c;
		pthread_mutex_unlock(&h->lock);
	} else if (c) {
		pthread_mutex_lock(&h->lock);
		if (c->prev) c->prev->next = c->next;
		else h->conns = c->next;
		if (c->next) c->next->prev = c->prev;
		pthread_mutex_unlock(&h->lock);
		mh_mem_free(c);
		*ctx = NULL;
	}
}

void mh_web__set_deadline(struct MHD_Connection *conn, unsigned seconds)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct mh_web__conn *c = info ? info->socket_context : NULL;
	if (c) atomic_store(&c->until, seconds ? mh_ticks() + (long long)seconds * 1000 : 0);
}

void mh_web__wait_add(struct mh_web_exchange *ex)
{
	ex->next_waiting = ex->http->waiting;
	ex->waiting_at = &ex->http->waiting;
	if (ex->next_waiting) ex->next_waiting->waiting_at = &ex->next_waiting;
	ex->http->waiting = ex;
}

bool mh_web__wait_remove(struct mh_web_exchange *ex)
{
	if (!ex->waiting_at) return false;
	*ex->waiting_at = ex->next_waiting;
	if (ex->next_waiting) ex->next_waiting->waiting_at = ex->waiting_at;
	ex->waiting_at = NULL;
	return true;
}

static void abandon_late(struct mh_http *h, int64_t now)
{
	for (struct mh_web_exchange *ex = h->waiting, *next; ex; ex = next) {
		next = ex->next_waiting;
		if (now < ex->write_until) continue;
		mh_web__wait_remove(ex);
		ex->abandoned = true;
		MHD_resume_connection(ex->conn);
	}
}

void mh_web__abandon_all(struct mh_http *h)
{
	pthread_mutex_lock(&h->lock);
	abandon_late(h, INT64_MAX);
	pthread_mutex_unlock(&h->lock);
}

/* --- streams that have nothing to send yet --- */

bool mh_web__sleep(struct mh_web_exchange *ex, const struct mh_stream *s)
{
	struct mh_http *h = ex->http;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(ex->conn, MHD_CONNECTION_INFO_CONNECTION_FD);
	pthread_mutex_lock(&h->lock);
	bool sleeps = !h->stopping && !ex->gone && s->ready;
	if (sleeps) {
		ex->fd = info ? info->connect_fd : -1;
		ex->ready = s->ready;
		ex->ready_ctx = s->ctx;
		ex->next_asleep = h->asleep;
		h->asleep = ex;
		MHD_suspend_connection(ex->conn);
	}
	pthread_mutex_unlock(&h->lock);
	return sleeps;
}

/* libmicrohttpd does not look at a suspended connection. */
static bool is_gone(const struct mh_web_exchange *ex)
{
	char byte;
	return ex->fd >= 0 && recv(ex->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void wake_ready(struct mh_http *h)
{
	struct mh_web_exchange **at = &h->asleep;
	while (*at) {
		struct mh_web_exchange *ex = *at;
		ex->gone = is_gone(ex);
		if (!h->stopping && !ex->gone && !ex->ready(ex->ready_ctx)) {
			at = &ex->next_asleep;
			continue;
		}
		*at = ex->next_asleep;
		MHD_resume_connection(ex->conn);
	}
}

void mh_web__end_streams(struct mh_http *h)
{
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	wake_ready(h);
	pthread_mutex_unlock(&h->lock);
}

/* The descriptor stays open until the connection has left the list, so it cannot belong to somebody else by now. */
static void cut_slow(struct mh_http *h, int64_t now)
{
	for (struct mh_web__conn *c = h->conns; c; c = c->next) {
		long long until = atomic_load(&c->until);
		if (!until || now < until) continue;
		atomic_store(&c->until, 0);
		shutdown(c->fd, SHUT_RDWR);
	}
}

static void *watch(void *arg)
{
	struct mh_http *h = arg;
	pthread_mutex_lock(&h->lock);
	while (h->watching) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += PERIOD_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&h->changed, &h->lock, &until);
		int64_t now = mh_ticks();
		abandon_late(h, now);
		cut_slow(h, now);
		wake_ready(h);
		pthread_mutex_unlock(&h->lock);
		mh_log_flush(); /* on a full disk it may wait, and nobody else shall */
		pthread_mutex_lock(&h->lock);
	}
	pthread_mutex_unlock(&h->lock);
	mh_log_flush();
	return NULL;
}

enum mh_code mh_web__watch_start(struct mh_http *h, struct mh_err *reterr)
{
	h->watching = true;
	if (pthread_create(&h->watcher, NULL, watch, h) == 0) return MH_OK;
	h->watching = false;
	return MH_FAIL(reterr, MH_E_NO_MEMORY, "Could not start a thread");
}

void mh_web__watch_stop(struct mh_http *h)
{
	pthread_mutex_lock(&h->lock);
	bool was = h->watching;
	h->watching = false;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
	if (was) pthread_join(h->watcher, NULL);
}
