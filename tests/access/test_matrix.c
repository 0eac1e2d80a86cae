/* Every route × role × level × inside or outside the territory, on the real program over HTTP.
 *
 * What should happen is computed from the route table and the table of permissions; what does happen is asked of the server.
 * A route that somebody adds is in the matrix by being in the table. */
#include "unit.h"

#include "access/party.h"
#include "base/json.h"
#include "web/route.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSWORD "matrix password"

static const char *const roles[] = {"operator", "dispatcher", "caller",   "supervisor", "inspector",
				    "handler",  "officer",    "reviewer", "leader",     "assessor",
				    "auditor",  "admin",      "stranger"};
/* A line of territories that holds the matter, at the four levels, and another that does not. */
static const struct {
	const char *unit;
	bool inside;
	bool above; /* the unit in which the account `managed` has its role, or above it */
} units[] = {{"330100", true, true},        {"330105", true, true},   {"330105001", true, false},
	     {"330105001051", true, false}, {"330106", false, false}, {"330106-D17", false, false},
	     {"330106002", false, false}};
#define N(a) (sizeof(a) / sizeof *(a))

static struct {
	char dir[64], store[96], url[64];
	pid_t server;
	FILE *out;
	CURL *curl;
	char token[65], ref[64], code[24], other_code[24];
} world;

/* --- the program --- */

static int command(const char *before, const char *args)
{
	char text[1000];
	snprintf(text, sizeof text, "%s %s %s --store %s >/dev/null", before, getenv("MINHU"), args, world.store);
	return system(text);
}

static int start_server(void)
{
	int out[2];
	char line[256];
	if (pipe(out) != 0) return -1;
	world.server = fork();
	if (world.server == 0) {
		dup2(out[1], 1);
		close(out[0]);
		execl(getenv("MINHU"), "minhu", "serve", "--lang", "en", "--listen", "127.0.0.1:0", "--store",
		      world.store, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	world.out = fdopen(out[0], "r");
	while (world.out && fgets(line, sizeof line, world.out)) {
		const char *url = strstr(line, "http://");
		if (!url) continue;
		snprintf(world.url, sizeof world.url, "%.*s", (int)strcspn(url, "\n"), url);
		return 0;
	}
	return -1;
}

/* --- asking --- */

struct got {
	long status;
	char body[8192];
	size_t n;
	bool csp, nosniff, referrer, stream;
};

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct got *g = ctx;
	size_t take = size * n < sizeof g->body - 1 - g->n ? size * n : sizeof g->body - 1 - g->n;
	memcpy(g->body + g->n, p, take);
	g->n += take;
	return size * n;
}

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct got *g = ctx;
	g->csp = g->csp || strncasecmp(p, "Content-Security-Policy:", 24) == 0;
	g->nosniff = g->nosniff || strncasecmp(p, "X-Content-Type-Options: nosniff", 31) == 0;
	g->referrer = g->referrer || strncasecmp(p, "Referrer-Policy: no-referrer", 28) == 0 ||
		      strncasecmp(p, "Referrer-Policy: same-origin", 28) ==
			      0; /* pages, whose forms need their origin */
	g->stream = g->stream || strncasecmp(p, "Content-Type: text/event-stream", 31) == 0;
	return g->stream && size * n <= 2 ? 0 : size * n; /* the end of the head of a stream that never ends: enough */
}

/* who: a header line or NULL; as: of the one session, or NULL */
static void ask(const char *method, const char *path, const char *type, const char *body, const char *who,
		const char *as, struct got *ret)
{
	char url[512], auth[128], acts[128], kind[64];
	struct curl_slist *headers = NULL;
	memset(ret, 0, sizeof *ret);
	curl_easy_reset(world.curl);
	snprintf(url, sizeof url, "%s%s", world.url, path);
	if (as) {
		snprintf(auth, sizeof auth, "Authorization: Bearer %s", world.token);
		snprintf(acts, sizeof acts, "Minhu-As: %s", as);
		headers = curl_slist_append(curl_slist_append(headers, auth), acts);
	}
	if (who) headers = curl_slist_append(headers, who);
	snprintf(kind, sizeof kind, "Content-Type: %s", type ? type : "");
	if (type) headers = curl_slist_append(headers, kind);
	headers = curl_slist_append(headers, "Expect:");
	curl_easy_setopt(world.curl, CURLOPT_URL, url);
	curl_easy_setopt(world.curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(world.curl, CURLOPT_HTTPHEADER, headers);
	/* a stream of changes says at once whether one may, and then has no end */
	curl_easy_setopt(world.curl, CURLOPT_TIMEOUT_MS, strstr(path, "/changes") ? 300L : 20000L);
	curl_easy_setopt(world.curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(world.curl, CURLOPT_WRITEDATA, ret);
	curl_easy_setopt(world.curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(world.curl, CURLOPT_HEADERDATA, ret);
	if (body) curl_easy_setopt(world.curl, CURLOPT_POSTFIELDS, body);
	curl_easy_perform(world.curl);
	curl_easy_getinfo(world.curl, CURLINFO_RESPONSE_CODE, &ret->status);
	curl_slist_free_all(headers);
}

static void keep(const struct got *g, const char *member, char *out, size_t room)
{
	json_t *j = json_loads(g->body, 0, NULL);
	snprintf(out, room, "%.*s", (int)room - 1,
		 json_string_value(json_object_get(j, member)) ? json_string_value(json_object_get(j, member)) : "");
	json_decref(j);
}

static int raise_two(void)
{
	static const char body[] =
		"{\"kind\":\"request-12345\",\"fields\":{\"channel\":\"web\",\"subject\":\"request\","
		"\"text\":\"路灯不亮\",\"place\":\"330105001051\",\"category\":\"010404\"}}";
	struct got g;
	ask("POST", "/api/v1/matters", "application/json", body, NULL, NULL, &g);
	keep(&g, "code", world.other_code, sizeof world.other_code);
	ask("POST", "/api/v1/matters", "application/json", body, NULL, NULL, &g);
	keep(&g, "code", world.code, sizeof world.code);
	keep(&g, "ref", world.ref, sizeof world.ref);
	return world.ref[0] && world.code[0] && world.other_code[0] ? 0 : -1;
}

static int set_up(void **state)
{
	char path[128], args[512];
	struct got g;
	snprintf(world.dir, sizeof world.dir, "/tmp/minhu-matrix-XXXXXX");
	if (!mkdtemp(world.dir)) return -1;
	snprintf(world.store, sizeof world.store, "sqlite:%s/city.db", world.dir);
	snprintf(path, sizeof path, "%s/accounts.csv", world.dir);
	FILE *f = fopen(path, "w");
	if (!f) return -1;
	fputs("login,zh,en,roles\nmatrix,矩阵,Matrix,", f);
	for (size_t r = 0; r < N(roles); r++)
		for (size_t u = 0; u < N(units); u++) fprintf(f, "%s%s@%s", r || u ? "|" : "", roles[r], units[u].unit);
	fputs("\nmanaged,账号,Managed,handler@330105\n", f);
	fclose(f);
	snprintf(args, sizeof args, "init --pack %s/packs/hangzhou", getenv("MINHU_SOURCE"));
	if (command("", args) != 0) return -1;
	snprintf(args, sizeof args, "user import %s", path);
	if (command("echo '" PASSWORD "' |", args) != 0) return -1;
	world.curl = curl_easy_init();
	if (start_server() != 0 || raise_two() != 0) return -1;
	ask("POST", "/api/v1/session", "application/json",
	    "{\"login\":\"matrix\",\"password\":\"" PASSWORD "\",\"bearer\":true}", NULL, NULL, &g);
	keep(&g, "token", world.token, sizeof world.token);
	return world.token[0] ? 0 : -1;
}

static int tear_down(void **state)
{
	int status = 0;
	char text[128];
	if (world.curl) curl_easy_cleanup(world.curl);
	if (world.server > 0) {
		kill(world.server, SIGTERM);
		waitpid(world.server, &status, 0);
	}
	if (world.out) fclose(world.out);
	snprintf(text, sizeof text, "rm -rf %s", world.dir);
	if (system(text) != 0) return -1;
	return status; /* a leak or a fault that the sanitizers found in the server fails the test */
}

/* --- the matrix --- */

static void fill_path(const struct mh_route *route, char *out, size_t room)
{
	size_t n = 0;
	for (const char *p = route->path; *p && n + 100 < room; p++) {
		if (*p != '{') {
			out[n++] = *p;
			continue;
		}
		const char *end = strchr(p, '}');
		struct mh_str name = {p + 1, (size_t)(end - p - 1)};
		const char *value = mh_str_is(name, "ref")              ? world.ref
				    : mh_str_is(name, "login")          ? "managed"
				    : mh_str_is(name, "kind")           ? "request-12345"
				    : strstr(route->path, "/sessions/") ? "00000000000000000000000000000000"
									  "00000000000000000000000000000000"
									: "1";
		n += (size_t)snprintf(out + n, room - n, "%s", value);
		p = end;
	}
	out[n] = '\0';
}

/* A body that passes the checks of shape, where the route decides about territory behind them. */
static const char *body_of(const struct mh_route *route, const char **ret_type)
{
	static char merge[128];
	*ret_type = route->body == MH_BODY_NONE   ? NULL
		    : route->body == MH_BODY_FORM ? "application/x-www-form-urlencoded"
		    : route->body == MH_BODY_FILE ? "text/plain"
						  : "application/json";
	if (route->body == MH_BODY_NONE) return NULL;
	if (route->body == MH_BODY_FILE) return "a few words\n";
	if (route->body == MH_BODY_FORM) return "";
	if (strstr(route->path, "/unmask")) return "{\"reason\":\"verify\"}";
	if (strstr(route->path, "/erase")) return "{\"basis\":\"PIPL 47\"}";
	if (strstr(route->path, "/unmerge")) return "{}";
	snprintf(merge, sizeof merge, "{\"into\":\"%s\"}", world.ref);
	if (strstr(route->path, "/merge")) return merge;
	return "{}";
}

static bool denied(const struct got *g)
{
	return g->status == 401 || g->status == 403;
}

/* 403 by the process (this step is not yours) is no failure of the matrix; 403 by the route is told apart by its words. */
static bool denied_by_route(const struct got *g)
{
	return g->status == 401 ||
	       (g->status == 403 && (strstr(g->body, "\"needed: ") || strstr(g->body, "outside your territory") ||
				     strstr(g->body, "in charge of this matter")));
}

static size_t checked, wrong;

static void judge(const struct mh_route *route, const char *who, bool may, long exactly, const struct got *g)
{
	checked++;
	bool good = may ? !denied_by_route(g) && g->status != 0 && g->status < 500 : denied(g) && g->status == exactly;
	/* in no shape may a refusal carry anything of the matter */
	if (!may && strstr(g->body, "路灯不亮")) good = false;
	if (!g->csp || !g->nosniff || !g->referrer) good = false;
	if (good) return;
	if (wrong++ < 30)
		print_error("%s %s as %s: got %ld, should be %s%s\n%.300s\n", route->method, route->path, who,
			    g->status, may ? "allowed" : "denied",
			    g->csp && g->nosniff && g->referrer ? "" : " (headers missing)", g->body);
}

static bool ends_the_session(const struct mh_route *r)
{
	return strcmp(r->method, "DELETE") == 0 && strcmp(r->path, "/api/v1/session") == 0;
}

static void each_role(const struct mh_route *route, const char *path, const char *type, const char *body)
{
	struct got g;
	char as[64];
	for (size_t r = 0; r < N(roles); r++)
		for (size_t u = 0; u < N(units); u++) {
			struct mh_str role = mh_str_c(roles[r]);
			bool may = mh_perm_role_has(role, route->perm);
			if (route->flags & MH_ROUTE_TERRITORY) may = may && units[u].inside;
			if (strstr(route->path, "/accounts/{login}")) may = may && units[u].above;
			/* the fresh matter is nobody's yet */
			if (route->flags & MH_ROUTE_CHARGE)
				may = may && units[u].inside && mh_perm_role_has(role, MH_PERM_PERSONAL) &&
				      !mh_perm_role_has(role, MH_PERM_ADMIN);
			/* what has no matter in its address is the holder's alone: staff have the other addresses */
			bool by_code = route->perm == MH_PERM_HOLDER && !strstr(route->path, "{ref}");
			if (ends_the_session(route)) continue;
			snprintf(as, sizeof as, "%s@%s", roles[r], units[u].unit);
			ask(route->method, path, type, body, NULL, as, &g);
			judge(route, as, may && !by_code, by_code ? 401 : 403, &g);
		}
}

static void outsiders(const struct mh_route *route, const char *path, const char *type, const char *body)
{
	struct got g;
	char own[64], other[64];
	bool about_one = route->flags & (MH_ROUTE_TERRITORY | MH_ROUTE_CHARGE);
	snprintf(own, sizeof own, "Authorization: Tracking %s", world.code);
	snprintf(other, sizeof other, "Authorization: Tracking %s", world.other_code);
	ask(route->method, path, type, body, NULL, NULL, &g);
	judge(route, "nobody", route->perm == MH_PERM_PUBLIC && !about_one, 401, &g);
	if (route->perm != MH_PERM_HOLDER && !about_one) return;
	ask(route->method, path, type, body, own, NULL, &g);
	judge(route, "holder", route->perm <= MH_PERM_HOLDER, 401, &g);
	if (route->perm != MH_PERM_HOLDER || !about_one) return;
	ask(route->method, path, type, body, other, NULL, &g);
	judge(route, "holder of another matter", false, 403, &g);
}

static void matrix(void **state)
{
	size_t n_lists;
	const struct mh_route_list *const *lists = mh_routes_all(&n_lists);
	for (size_t l = 0; l < n_lists; l++)
		for (size_t i = 0; i < lists[l]->n; i++) {
			const struct mh_route *route = &lists[l]->routes[i];
			const char *type;
			char path[512];
			fill_path(route, path, sizeof path);
			const char *body = body_of(route, &type);
			outsiders(route, path, type, body);
			each_role(route, path, type, body);
		}
	print_message("# %zu cells, %zu wrong\n", checked, wrong);
	assert_true(checked > 1000);
	assert_int_equal(wrong, 0);
}

/* A list has no matter in its address, so the matrix cannot see by the status what it shows: whatever a role may open stands in
 * its list, in the count and in the table, and nothing else does. */
static void lists_hold_what_may_be_opened(void **state)
{
	struct got g;
	char as[64];
	for (size_t r = 0; r < N(roles); r++)
		for (size_t u = 0; u < N(units); u++) {
			snprintf(as, sizeof as, "%s@%s", roles[r], units[u].unit);
			ask("GET", "/api/v1/matters?limit=5", NULL, NULL, NULL, as, &g);
			assert_int_equal(g.status, 200);
			assert_int_equal(strstr(g.body, world.ref) != NULL, units[u].inside);
			assert_null(strstr(g.body, "路灯不亮"));
			ask("GET", "/api/v1/matters?open=true&sort=due", NULL, NULL, NULL, as, &g);
			assert_int_equal(strstr(g.body, world.ref) != NULL, units[u].inside);
			ask("GET", "/api/v1/matters/tally?open=true&group=due", NULL, NULL, NULL, as, &g);
			assert_int_equal(strstr(g.body, "\"counts\":[]") == NULL, units[u].inside);
			ask("GET", "/api/v1/matters.csv", NULL, NULL, NULL, as, &g);
			assert_int_equal(g.status, 200);
			assert_int_equal(strstr(g.body, world.ref) != NULL, units[u].inside);
		}
}

/* A role that the account does not have, a header that is not believed, a token that is none. */
static void impostors(void **state)
{
	struct got g;
	ask("GET", "/api/v1/me", NULL, NULL, NULL, "admin@330102", &g);
	assert_int_equal(g.status, 403);
	ask("GET", "/api/v1/me", NULL, NULL, "Minhu-Actor: admin@330100", NULL, &g);
	assert_int_equal(g.status, 401);
	ask("GET", "/api/v1/me", NULL, NULL,
	    "Authorization: Bearer 0000000000000000000000000000000000000000000000000000000000000000", NULL, &g);
	assert_int_equal(g.status, 401);
	ask("GET", "/api/v1/me", NULL, NULL, NULL, "admin@330100", &g);
	assert_int_equal(g.status, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(matrix), cmocka_unit_test(lists_hold_what_may_be_opened),
					   cmocka_unit_test(impostors)};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
