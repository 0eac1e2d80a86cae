/* A load generator: connections that are kept alive, each with one request under way. Prints one line of JSON.
 *   load PORT CONNECTIONS REQUESTS METHOD TARGET [BODY-FILE] [HEADER…]
 * A POST carries an Idempotency-Key of its own, as clients that mean it do. Stops after two minutes. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define REQUESTS_MAX 5000000
#define REQUEST_MAX 65536
#define ANSWER_MAX (1 << 20)
#define WAIT_S 120

struct conn {
	int fd;
	char *answer;
	size_t n, whole; /* whole: bytes of head and body; 0: the head is not complete */
	int64_t begun;
};

struct load {
	int epoll;
	struct sockaddr_in to;
	const char *method, *target;
	char *body, headers[4096];
	size_t n_body;
	long want, sent, done, bad;
	int64_t *took, bytes;
	uint64_t salt;
};

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void send_next(struct load *l, struct conn *c)
{
	static char out[REQUEST_MAX + 8192];
	int n = snprintf(out, sizeof out, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s", l->method, l->target, l->headers);
	if (l->body)
		n += snprintf(
			out + n, sizeof out - (size_t)n,
			"Idempotency-Key: %016llx-%ld\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n",
			(unsigned long long)l->salt, l->sent, l->n_body);
	n += snprintf(out + n, sizeof out - (size_t)n, "\r\n");
	if (l->n_body) memcpy(out + n, l->body, l->n_body);
	size_t all = (size_t)n + l->n_body;
	c->n = c->whole = 0;
	c->begun = now_ns();
	l->sent++;
	if (send(c->fd, out, all, MSG_NOSIGNAL) != (ssize_t)all) die("send");
}

static void head_of(struct conn *c)
{
	c->answer[c->n] = '\0';
	const char *end = strstr(c->answer, "\r\n\r\n");
	if (!end) return;
	const char *length = strcasestr(c->answer, "\r\ncontent-length:");
	if (!length || length > end) {
		fprintf(stderr, "load: an answer without its length\n");
		exit(1);
	}
	c->whole = (size_t)(end + 4 - c->answer) + strtoul(length + 17, NULL, 10);
	if (c->whole > ANSWER_MAX) exit(1);
}

static void answered(struct load *l, struct conn *c)
{
	l->took[l->done++] = now_ns() - c->begun;
	l->bytes += (int64_t)c->whole;
	if (c->n < 12 || c->answer[9] != '2') {
		if (!l->bad++) fprintf(stderr, "load: %.600s\n", c->answer);
	}
	if (l->sent < l->want) send_next(l, c);
}

static void readable(struct load *l, struct conn *c)
{
	ssize_t got = recv(c->fd, c->answer + c->n, ANSWER_MAX - c->n, MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN) return;
	if (got <= 0) die("the server closed a connection");
	c->n += (size_t)got;
	if (!c->whole) head_of(c);
	if (c->whole && c->n >= c->whole) answered(l, c);
}

static void connect_one(struct load *l, struct conn *c)
{
	int on = 1;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->answer = malloc(ANSWER_MAX + 1);
	if (c->fd < 0 || !c->answer || connect(c->fd, (struct sockaddr *)&l->to, sizeof l->to) != 0) die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev) != 0) die("epoll");
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void read_body(struct load *l, const char *path)
{
	FILE *f = fopen(path, "re");
	l->body = malloc(REQUEST_MAX);
	if (!f || !l->body) die(path);
	l->n_body = fread(l->body, 1, REQUEST_MAX, f);
	fclose(f);
}

static void turn(struct load *l, struct conn *conns, long n)
{
	struct epoll_event evs[256];
	int64_t end = now_ns() + WAIT_S * 1000000000LL;
	for (long i = 0; i < n && l->sent < l->want; i++) send_next(l, &conns[i]);
	while (l->done < l->want) {
		int got = epoll_wait(l->epoll, evs, 256, 1000);
		for (int i = 0; i < got; i++) readable(l, evs[i].data.ptr);
		if (now_ns() > end) {
			fprintf(stderr, "load: not done after %d s\n", WAIT_S);
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	static struct conn conns[CONNECTIONS_MAX];
	struct load l = {.epoll = epoll_create1(EPOLL_CLOEXEC), .salt = (uint64_t)now_ns()};
	if (argc < 6) return 2;
	long n = strtol(argv[2], NULL, 10);
	l.want = strtol(argv[3], NULL, 10);
	l.method = argv[4], l.target = argv[5];
	if (n < 1 || n > CONNECTIONS_MAX || l.want < 1 || l.want > REQUESTS_MAX) return 2;
	if (argc > 6 && argv[6][0]) read_body(&l, argv[6]);
	for (int i = 7, at = 0; i < argc; i++)
		at += snprintf(l.headers + at, sizeof l.headers - (size_t)at, "%s\r\n", argv[i]);
	l.took = calloc((size_t)l.want, sizeof *l.took);
	if (!l.took) return 1;
	l.to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)strtol(argv[1], NULL, 10))};
	l.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (long i = 0; i < n; i++) connect_one(&l, &conns[i]);
	int64_t begun = now_ns();
	turn(&l, conns, n);
	double s = (double)(now_ns() - begun) / 1e9;
	qsort(l.took, (size_t)l.want, sizeof *l.took, by_size);
	printf("{\"n\":%ld,\"seconds\":%.6f,\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
	       "\"bad\":%ld,\"bytes\":%lld}\n",
	       l.want, s, (double)l.want / s, (double)l.took[l.want / 2] / 1e6, (double)l.took[l.want * 99 / 100] / 1e6,
	       (double)l.took[l.want - 1] / 1e6, l.bad, (long long)l.bytes);
	return l.bad ? 1 : 0;
}
