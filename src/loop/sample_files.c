/* Evidence of the sample city: a few small files of the pack, kept where the server keeps what is uploaded. */
#include "loop/sample_priv.h"

#include "matter/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)256 << 10)

static const struct {
	const char *suffix, *type;
	unsigned media;
} types[] = {
	{".png", "image/png", MH_MEDIA_PHOTO},     {".jpg", "image/jpeg", MH_MEDIA_PHOTO},
	{".txt", "text/plain", MH_MEDIA_DOCUMENT}, {".pdf", "application/pdf", MH_MEDIA_DOCUMENT},
	{".wav", "audio/wav", MH_MEDIA_AUDIO},
};

static enum mh_code failed(struct mh_err *reterr, const char *path)
{
	return MH_FAIL(reterr, MH_E_IO, "Could not write %s: %s", path, strerror(errno));
}

static enum mh_code make_dir(const char *path, struct mh_err *reterr)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST ? MH_OK : failed(reterr, path);
}

/* Under another name first: a file is never seen half written. */
static enum mh_code write_file(const char *path, const char *part, struct mh_str text, struct mh_err *reterr)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) return failed(reterr, part);
	bool ok = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
	if (close(fd) != 0 || !ok || rename(part, path) != 0) return failed(reterr, path);
	return MH_OK;
}

static enum mh_code keep(struct mh_arena *a, const struct mh_city *city, struct mh_str hash, struct mh_str text,
			 struct mh_err *reterr)
{
	struct mh_str files = mh_str_fmt(a, MH_STR_FMT "/files", MH_STR_ARG(city->state_dir));
	struct mh_str dir = mh_str_fmt(a, "%s/%.2s", files.ptr, hash.ptr);
	struct mh_str path = mh_str_fmt(a, "%s/" MH_STR_FMT, dir.ptr, MH_STR_ARG(hash));
	struct mh_str part = mh_str_fmt(a, "%s.part", path.ptr);
	MH_TRY_MEM(part.ptr, reterr);
	if (access(path.ptr, F_OK) == 0) return MH_OK;
	MH_TRY(make_dir(files.ptr, reterr));
	MH_TRY(make_dir(dir.ptr, reterr));
	return write_file(path.ptr, part.ptr, text, reterr);
}

static enum mh_code add(struct mh_sample__book *b, const struct mh_city *city, struct mh_str path, size_t type,
			struct mh_err *reterr)
{
	struct mh_str text;
	MH_TRY(mh_file_read(b->arena, path.ptr, FILE_MAX, &text, reterr));
	struct mh_hash h = mh_sha256_str(text);
	struct mh_sample__file f = {.type = mh_str_c(types[type].type),
				    .media = types[type].media,
				    .size = (int64_t)text.len,
				    .hash = mh_hash_hex(b->arena, &h)};
	MH_TRY_MEM(f.hash.ptr, reterr);
	MH_TRY(keep(b->arena, city, f.hash, text, reterr));
	b->files[b->n_files++] = f;
	return MH_OK;
}

enum mh_code mh_sample__files(struct mh_sample__book *b, const struct mh_city *city, struct mh_str pack_dir,
			      struct mh_err *reterr)
{
	struct mh_str dir = mh_str_fmt(b->arena, MH_STR_FMT "/sample/files", MH_STR_ARG(pack_dir)), *names;
	MH_TRY_MEM(dir.ptr, reterr);
	for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
		size_t n = 0;
		if (mh_dir_list(b->arena, dir.ptr, types[t].suffix, &names, &n, NULL) != MH_OK) return MH_OK;
		for (size_t i = 0; i < n && b->n_files < MH_SAMPLE_FILES_MAX; i++) {
			struct mh_str path = mh_str_fmt(b->arena, MH_STR_FMT "/" MH_STR_FMT, MH_STR_ARG(dir),
							MH_STR_ARG(names[i]));
			MH_TRY_MEM(path.ptr, reterr);
			MH_TRY(add(b, city, path, t, reterr));
		}
	}
	return MH_OK;
}
