/* `minhu serve`: the city in service, behind HTTP, until it is told to stop. */
#include "base/log.h"
#include "cli/cli.h"
#include "loop/checkup.h"
#include "loop/desk.h"
#include "loop/search.h"
#include "loop/service.h"
#include "sql_gen.h"
#include "web/api.h"
#include "web/http.h"
#include "web/open311.h"
#include "web/pool.h"
#include "web/portal.h"
#include "web/signin.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern const struct mh_command mh_cmd_serve;

struct serve {
	struct mh_cli *cli;
	struct mh_service *service;
	struct mh_http_pool *pool;
	struct mh_http *http;
	struct mh_api api;
	struct mh_open311 *open311;
	struct mh_portal *portal;
	struct mh_str uri, state_dir, upload_dir;
	char holder[96];
	char last_trouble[320]; /* the service tells one at a time */
	enum mh_code last_code;
};

/* The same trouble again and again (a store that is away) is one line in the log, not one a tick. */
static void trouble(void *ctx, const struct mh_err *err)
{
	struct serve *s = ctx;
	if (err->code == s->last_code && strcmp(err->message, s->last_trouble) == 0) return;
	s->last_code = err->code;
	snprintf(s->last_trouble, sizeof s->last_trouble, "%s", err->message);
	mh_log_err(MH_LOG_ERROR, "service", err);
}

static enum mh_code make_dir(struct mh_arena *a, struct mh_str state_dir, const char *name, struct mh_str *ret,
			     struct mh_err *reterr)
{
	struct mh_str path = mh_str_fmt(a, MH_STR_FMT "%s%s", MH_STR_ARG(state_dir), *name ? "/" : "", name);
	MH_TRY_MEM(path.ptr, reterr);
	if (mkdir(path.ptr, 0700) != 0 && errno != EEXIST)
		return MH_FAIL(reterr, MH_E_IO, "Could not make the folder %s: %s", path.ptr, strerror(errno));
	*ret = path;
	return MH_OK;
}

/* Uploads that a crash left behind: nothing refers to them. */
static void sweep(struct mh_str dir)
{
	DIR *d = opendir(dir.ptr);
	const struct dirent *e;
	while (d && (e = readdir(d))) {
		struct mh_str name = mh_str_c(e->d_name);
		if (mh_str_starts(name, "upload-") && mh_str_ends(name, ".tmp")) unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d) closedir(d);
}

static enum mh_code prepared(struct mh_db *db, struct mh_err *reterr)
{
	return mh_db_prepare(db, &mh_sql_catalog, reterr);
}

static enum mh_code start_service(struct serve *s, struct mh_err *reterr)
{
	char host[48] = "host";
	uint64_t random;
	gethostname(host, sizeof host - 1);
	mh_random(&s->cli->rng, &random, sizeof random);
	snprintf(s->holder, sizeof s->holder, "%.40s:%ld:%016llx", host, (long)getpid(), (unsigned long long)random);
	struct mh_service_config config = {.uri = s->uri,
					   .state_dir = s->state_dir,
					   .clock = s->cli->clock,
					   .rng = s->cli->rng,
					   .holder = s->holder,
					   .trouble = trouble,
					   .trouble_ctx = s};
	return mh_service_start(&config, &s->service, reterr);
}

static void search_trouble(void *ctx, const struct mh_err *err)
{
	mh_log_err(MH_LOG_WARN, "search", err);
}

/* A city serves without search rather than not at all. */
static void start_search(struct serve *s)
{
	struct mh_err err = {0};
	struct mh_search_config config = {
		.uri = s->uri,
		.path = mh_str_fmt(&s->cli->arena, MH_STR_FMT "/search.db", MH_STR_ARG(s->state_dir)),
		.city = mh_service_city(s->service),
		.clock = s->cli->clock,
		.trouble = search_trouble};
	enum mh_code code = config.path.ptr ? mh_search_start(&config, &s->api.search, &err)
					    : MH_FAIL(&err, MH_E_NO_MEMORY, "Memory is short");
	if (code != MH_OK) mh_log_err(MH_LOG_ERROR, "search", &err);
}

static void desk_trouble(void *ctx, const struct mh_err *err)
{
	mh_log_err(MH_LOG_WARN, "desk", err);
}

static enum mh_code start_desk(struct serve *s, struct mh_err *reterr)
{
	struct mh_desk_config config = {
		.uri = s->uri, .city = mh_service_city(s->service), .clock = s->cli->clock, .trouble = desk_trouble};
	return mh_desk_start(&config, &s->api.desk, reterr);
}

static enum mh_code start_http(struct serve *s, struct mh_err *reterr)
{
	const char *listen = mh_cli_opt(s->cli, "listen");
	int64_t threads = 2;
	struct mh_http_config config = {.listen = listen ? listen : "127.0.0.1:8080",
					.lists = NULL,
					.store = mh_http_pool_store(s->pool),
					.app = &s->api,
					.clock = s->cli->clock,
					.rng = s->cli->rng,
					.upload_dir = s->upload_dir.ptr};
	MH_TRY(mh_cli_opt_int(s->cli, "threads", 1, 64, &threads, reterr));
	if (!mh_cli_flag(s->cli, "trust-actor-header")) {
		struct mh_signin_config signin = {.city = mh_service_city(s->service),
						  .store = config.store,
						  .clock = s->cli->clock,
						  .behind_proxy = mh_cli_flag(s->cli, "behind-proxy")};
		MH_TRY(mh_signin_new(&signin, &s->api.signin, reterr));
		config.identify = mh_signin_identify;
		config.identify_ctx = s->api.signin;
	}
	config.threads = (unsigned)threads;
	config.lists = mh_routes_all(&config.n_lists);
	return mh_http_start(&config, &s->http, reterr);
}

static enum mh_code start(struct serve *s, struct mh_err *reterr)
{
	struct mh_arena *a = &s->cli->arena;
	MH_TRY(mh_cli_store(s->cli, &s->uri, reterr));
	s->state_dir = mh_service_state_dir(a, s->uri, s->cli->state);
	MH_TRY_MEM(s->state_dir.ptr, reterr);
	MH_TRY(start_service(s, reterr));
	MH_TRY(make_dir(a, s->state_dir, "files", &s->api.files_dir, reterr));
	MH_TRY(make_dir(a, s->state_dir, "tmp", &s->upload_dir, reterr));
	sweep(s->upload_dir);
	s->api.service = s->service;
	s->api.upload_dir = s->upload_dir;
	MH_TRY(mh_open311_open(mh_service_city(s->service), mh_now(&s->cli->clock), s->state_dir, &s->open311, reterr));
	s->api.open311 = s->open311;
	MH_TRY(mh_portal_open(mh_service_city(s->service), mh_now(&s->cli->clock), s->state_dir, &s->portal, reterr));
	s->api.portal = s->portal;
	MH_TRY(mh_http_pool_open(s->uri, mh_service_writer(s->service), prepared, &s->pool, reterr));
	start_search(s);
	struct mh_checkup_config checkup = {
		.uri = s->uri, .home_id = mh_service_city(s->service)->home_id, .clock = s->cli->clock};
	MH_TRY(mh_checkup_new(&checkup, &s->api.checkup, reterr));
	MH_TRY(start_desk(s, reterr));
	return start_http(s, reterr);
}

/* In this order nothing is lost: no new requests, those in flight are answered, the writer finishes what it accepted. */
static void stop(struct serve *s)
{
	mh_http_stop(s->http);
	mh_checkup_free(s->api.checkup);
	mh_desk_stop(s->api.desk);
	mh_search_stop(s->api.search);
	mh_drawings_done(&s->api.drawings);
	mh_open311_free(s->open311);
	mh_portal_free(s->portal);
	mh_service_stop(s->service);
	mh_http_pool_close(s->pool);
	mh_signin_free(s->api.signin);
}

static void greet(const struct serve *s)
{
	const char *listen = mh_cli_opt(s->cli, "listen");
	struct mh_str host = mh_str_c(listen ? listen : "127.0.0.1:8080");
	size_t cut = host.len;
	while (cut > 0 && host.ptr[cut - 1] != ':') cut--;
	host.len = cut ? cut - 1 : host.len;
	unsigned port = mh_http_port(s->http);
	mh_cli_say(s->cli,
		   mh_cli_t(s->cli, "Minhu is in service: http://" MH_STR_FMT ":%u",
			    "民呼已开始服务：http://" MH_STR_FMT ":%u"),
		   MH_STR_ARG(host), port);
	mh_cli_say(s->cli, "%s",
		   mh_cli_t(s->cli, "Try: forms that can be filled in, and raising a request",
			    "试一试：可填写的表单，以及提出一件诉求"));
	mh_cli_say(s->cli, "  curl http://" MH_STR_FMT ":%u/api/v1/forms", MH_STR_ARG(host), port);
	mh_cli_say(s->cli,
		   "  curl -H 'Content-Type: application/json' -d "
		   "'{\"kind\":\"request-12345\",\"fields\":{\"channel\":\"web\",\"subject\":\"request\",\"text\":\"%"
		   "s\"}}' "
		   "http://" MH_STR_FMT ":%u/api/v1/matters",
		   mh_cli_t(s->cli, "The street lamp is out", "路灯不亮了"), MH_STR_ARG(host), port);
	mh_cli_say(s->cli, "%s",
		   mh_cli_t(s->cli, "Stop with Ctrl-C; nothing that was accepted is lost.",
			    "按 Ctrl-C 停止；已受理的一件不丢。"));
	fflush(s->cli->out);
}

static enum mh_code run(struct mh_cli *cli, struct mh_err *reterr)
{
	struct serve s = {.cli = cli, .api = {.drawings = MH_DRAWINGS}};
	sigset_t wanted;
	int got = 0;
	/* Blocked before any thread begins, so that only the wait below takes them. */
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &wanted, NULL);
	enum mh_code code = start(&s, reterr);
	if (code == MH_OK) {
		greet(&s);
		while (sigwait(&wanted, &got) != 0) {
		}
		mh_cli_say(
			cli, "%s",
			mh_cli_t(cli, "Stopping: what was accepted is being finished", "正在停止：处理完已受理的请求"));
		fflush(cli->out);
	}
	stop(&s);
	return code == MH_OK ? mh_cli_result(cli, json_pack("{s:b}", "stopped", 1), reterr) : code;
}

static const struct mh_option options[] = {
	{.name = "listen",
	 .arg = "HOST:PORT",
	 .env = "MINHU_LISTEN",
	 .en = "Address; 127.0.0.1:8080, port 0 takes a free one",
	 .zh = "监听地址，缺省 127.0.0.1:8080，端口 0 表示任取"},
	{.name = "trust-actor-header",
	 .en = "For tests and demonstrations: believe the header Minhu-Actor instead of accounts; this machine only",
	 .zh = "仅供测试与演示：不用账号，直接相信 Minhu-Actor 请求头（仅限本机）"},
	{.name = "behind-proxy",
	 .en = "Believe X-Forwarded-For and X-Forwarded-Proto of a proxy on this machine",
	 .zh = "相信本机反向代理给出的 X-Forwarded-For 与 X-Forwarded-Proto"},
	{.name = "threads", .arg = "N", .en = "Threads that answer; 2", .zh = "应答线程数，缺省 2"},
	{0}};

const struct mh_command mh_cmd_serve = {
	.name = "serve",
	.en = "Put a city into service over HTTP",
	.zh = "启动服务",
	.more_en = "Opens the store for writing, drives its clocks, signs the ledger's head every second in which "
		   "something "
		   "happened, and answers HTTP; put a reverse proxy with TLS in front. SIGINT and SIGTERM stop it "
		   "in good order.",
	.more_zh = "打开存储并写入，驱动各项时限，每秒为账本签名，提供 HTTP 服务；对外请置于带 TLS 的反向代理之后。"
		   "收到 SIGINT 或 SIGTERM 时有序停止。",
	.options = options,
	.run = run};
