/* A throw-away PostgreSQL for a test program: started once, stopped when the program ends (tools/test/pg). */
#ifndef MH_TESTS_PG_H
#define MH_TESTS_PG_H
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char pg_dir[64];

static inline void pg_stop(void)
{
	char command[4200];
	if (!pg_dir[0]) return;
	snprintf(command, sizeof command, "%s/tools/test/pg stop %s", getenv("MINHU_SOURCE"), pg_dir);
	if (system(command)) perror("stopping PostgreSQL");
	pg_dir[0] = '\0';
}

/* "postgres:host=… user=… dbname=minhu", static; NULL when it could not be started (the reason is on standard error). */
static inline const char *pg_start(void)
{
	static char uri[256];
	char command[4200], line[200] = {0};
	if (uri[0]) return uri;
	snprintf(pg_dir, sizeof pg_dir, "/tmp/minhu-pg-XXXXXX");
	if (!getenv("MINHU_SOURCE") || !mkdtemp(pg_dir)) return NULL;
	snprintf(command, sizeof command, "%s/tools/test/pg start %s %ld", getenv("MINHU_SOURCE"), pg_dir,
		 (long)getpid());
	FILE *f = popen(command, "r");
	bool got = f && fgets(line, sizeof line, f);
	if (!f || pclose(f) || !got) return NULL;
	line[strcspn(line, "\n")] = '\0';
	snprintf(uri, sizeof uri, "postgres:%s", line);
	atexit(pg_stop);
	return uri;
}
#endif
