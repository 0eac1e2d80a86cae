/* The floor of reads: libmicrohttpd, set up as in src/web/http.c, answering everything with the bytes of one file.
 *   floor_http FILE THREADS   prints its port; ends with its standard input */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX (1 << 20)

static enum MHD_Result answer(void *cls, struct MHD_Connection *c, const char *url, const char *method,
			      const char *version, const char *data, size_t *n, void **ctx)
{
	static int seen;
	(void)url, (void)method, (void)version, (void)data, (void)n;
	if (!*ctx) return *ctx = &seen, MHD_YES;
	return MHD_queue_response(c, 200, cls);
}

int main(int argc, char **argv)
{
	static char bytes[ANSWER_MAX];
	if (argc != 3) return 2;
	FILE *f = fopen(argv[1], "re");
	if (!f) return 1;
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	struct MHD_Response *r = MHD_create_response_from_buffer(n, bytes, MHD_RESPMEM_PERSISTENT);
	if (!r) return 1;
	MHD_add_response_header(r, "Content-Type", "application/json");
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, r,
						MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_THREAD_POOL_SIZE,
						(unsigned)strtoul(argv[2], NULL, 10), MHD_OPTION_END);
	if (!d) return 1;
	printf("%u\n", MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	while (getchar() != EOF) {
	}
	MHD_stop_daemon(d);
	MHD_destroy_response(r);
	return 0;
}
