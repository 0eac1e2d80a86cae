#include "cli/cmd_priv.h"

#include "db/db.h"
#include "sql_gen.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)64 << 20)

struct mh_str mh_cli__state_dir(struct mh_cli *cli, struct mh_str uri)
{
	return mh_service_state_dir(&cli->arena, uri, cli->state);
}

enum mh_code mh_cli__busy(enum mh_code code, struct mh_err *reterr)
{
	if (code == MH_E_BUSY)
		mh_err_hint(reterr, "A server has this store open. Stop it first, or do this through its HTTP API.");
	return code;
}

static enum mh_code open_store(struct mh_cli *cli, enum mh_db_mode mode, struct mh_db **ret, struct mh_err *reterr)
{
	struct mh_str uri;
	struct mh_db *db MH_CLEANUP(mh_db_closep) = NULL;
	MH_TRY(mh_cli_store(cli, &uri, reterr));
	MH_TRY(mh_cli__busy(mh_db_open(uri, mode, &db, reterr), reterr));
	*ret = db;
	db = NULL;
	return MH_OK;
}

enum mh_code mh_cli__read(struct mh_cli *cli, struct mh_db **ret, struct mh_err *reterr)
{
	return open_store(cli, MH_DB_READ, ret, reterr);
}

enum mh_code mh_cli__write(struct mh_cli *cli, struct mh_db **ret, struct mh_err *reterr)
{
	return open_store(cli, MH_DB_WRITE, ret, reterr);
}

enum mh_code mh_cli__city(struct mh_cli *cli, struct mh_db *db, struct mh_city **ret, struct mh_err *reterr)
{
	struct mh_str uri;
	MH_TRY(mh_cli_store(cli, &uri, reterr));
	return mh_city_open(db, mh_cli__state_dir(cli, uri), false, cli->clock, cli->rng, ret, reterr);
}

static enum mh_code no_city(struct mh_err *reterr)
{
	enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND, "This store holds no city");
	mh_err_hint(reterr, "Make one: minhu init --store … --pack packs/hangzhou");
	return code;
}

/* A store without tables is one without a city. */
enum mh_code mh_cli__setting(struct mh_cli *cli, struct mh_db *db, const char *name, struct mh_str *ret,
			     struct mh_err *reterr)
{
	bool found = false;
	struct mh_err why = {0};
	struct mh_q_setting_get_row row;
	struct mh_q_setting_get_in in = {.name = mh_str_c(name)};
	enum mh_code code = mh_q_setting_get(db, &cli->arena, &in, &found, &row, &why);
	if (code == MH_E_STORE || (code == MH_OK && !found)) return no_city(reterr);
	if (code != MH_OK) {
		if (reterr) *reterr = why;
		return code;
	}
	*ret = row.value;
	return MH_OK;
}

enum mh_code mh_cli__home(struct mh_cli *cli, struct mh_db *db, int64_t *ret, struct mh_err *reterr)
{
	struct mh_str home;
	MH_TRY(mh_cli__setting(cli, db, "home", &home, reterr));
	if (!mh_str_to_i64(home, ret)) return MH_FAIL(reterr, MH_E_CORRUPT, "Could not read the city's settings");
	return MH_OK;
}

/* Troubles of the service are for whoever runs the command. */
static void trouble(void *ctx, const struct mh_err *err)
{
	struct mh_cli *cli = ctx;
	if (!cli->json) fprintf(cli->err, "minhu: %s\n", err->message);
}

enum mh_code mh_cli__serve(struct mh_cli *cli, struct mh_service **ret, struct mh_err *reterr)
{
	struct mh_service_config config = {
		.clock = cli->clock, .rng = cli->rng, .trouble = trouble, .trouble_ctx = cli};
	unsigned char random[6];
	MH_TRY(mh_cli_store(cli, &config.uri, reterr));
	config.state_dir = mh_cli__state_dir(cli, config.uri);
	MH_TRY_MEM(config.state_dir.ptr, reterr);
	mh_random(&cli->rng, random, sizeof random);
	struct mh_str hex = mh_str_hex(&cli->arena, (struct mh_bytes){random, sizeof random});
	struct mh_str holder = mh_str_fmt(&cli->arena, "cli:%ld:" MH_STR_FMT, (long)getpid(), MH_STR_ARG(hex));
	MH_TRY_MEM(holder.ptr, reterr);
	config.holder = holder.ptr;
	return mh_cli__busy(mh_service_start(&config, ret, reterr), reterr);
}

void mh_cli__stop(struct mh_service **s)
{
	mh_service_stop(*s);
	*s = NULL;
}

enum mh_code mh_cli__matter(struct mh_tx *tx, const char *word, int64_t *ret, struct mh_err *reterr)
{
	if (mh_matter_find(tx, mh_str_c(word), ret, NULL) == MH_OK) return MH_OK;
	if (mh_matter_find_code(tx, mh_str_c(word), ret, NULL) == MH_OK) return MH_OK;
	enum mh_code code = MH_FAIL(reterr, MH_E_NOT_FOUND, "There is no matter \"%.80s\"", word);
	mh_err_hint(reterr, "Give its number (2026-330100-000001), its reference, or its tracking code.");
	return code;
}

enum mh_code mh_cli__file(struct mh_cli *cli, const char *path, struct mh_str *ret, struct mh_err *reterr)
{
	MH_TRY(mh_file_read(&cli->arena, path, INPUT_MAX, ret, reterr));
	ptrdiff_t bad = mh_utf8_bad((struct mh_bytes){(const unsigned char *)ret->ptr, ret->len});
	if (bad >= 0)
		return MH_FAIL(reterr, MH_E_INVALID, "Cannot read %s: byte %lld is not UTF-8", path, (long long)bad);
	return MH_OK;
}

static enum mh_code write_all(int fd, struct mh_str text)
{
	for (size_t n = 0; n < text.len;) {
		ssize_t got = write(fd, text.ptr + n, text.len - n);
		if (got < 0 && errno == EINTR) continue;
		if (got <= 0) return MH_E_IO;
		n += (size_t)got;
	}
	return MH_OK;
}

enum mh_code mh_cli__put(struct mh_cli *cli, const char *path, struct mh_str text, struct mh_err *reterr)
{
	if (!path || strcmp(path, "-") == 0) {
		fwrite(text.ptr, 1, text.len, cli->out);
		return MH_OK;
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) return MH_FAIL(reterr, MH_E_IO, "Could not write %s: %s", path, strerror(errno));
	enum mh_code code = write_all(fd, text);
	if (close(fd) != 0 || code != MH_OK)
		return MH_FAIL(reterr, MH_E_IO, "Could not write %s: %s", path, strerror(errno));
	return MH_OK;
}

void mh_cli__print(struct mh_cli *cli, const struct mh_buf *text)
{
	if (!cli->json && text->len) fwrite(text->ptr, 1, text->len, cli->out);
}
