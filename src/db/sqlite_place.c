/* Where a SQLite file may live, and who may write it.
 *
 * WAL needs shared memory and working locks, which network file systems only pretend to have: SQLite's own documentation
 * says so ("WAL does not work over a network filesystem"). The lock file lets one process write: a second server on
 * the same file would pass SQLite's locks, but not our promise of one writer and one ledger sequence. */
#include "db/db_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* From linux/magic.h and the kernel's file system sources. */
static const struct {
	unsigned long magic;
	const char *name;
} remote[] = {
	{0x6969, "NFS"},       {0x517B, "SMB"},        {0xFF534D42, "CIFS"},   {0xFE534D42, "SMB2"},
	{0x65735546, "FUSE"},  {0x01021997, "9P"},     {0x5346414F, "AFS"},    {0x6B414653, "AFS"},
	{0x00C36400, "Ceph"},  {0x73757245, "Coda"},   {0x0BD00BD0, "Lustre"}, {0x01161970, "GFS2"},
	{0x7461636F, "OCFS2"}, {0x19830326, "BeeGFS"}, {0x47504653, "GPFS"},
};

const char *mh_db__place_remote(unsigned long fs_type)
{
	for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
		if ((fs_type & 0xFFFFFFFFul) == remote[i].magic) return remote[i].name;
	return NULL;
}

static void parent_of(const char *path, char *out, size_t room)
{
	struct mh_str p = mh_str_c(path);
	while (p.len > 0 && p.ptr[p.len - 1] != '/') p.len--;
	if (p.len == 0) p = MH_STR(".");
	snprintf(out, room, MH_STR_FMT, MH_STR_ARG(p));
}

enum mh_code mh_db__place_check(const char *path, struct mh_err *reterr)
{
	char dir[4096];
	struct statfs fs;
	struct stat st;
	parent_of(path, dir, sizeof dir);
	if (statfs(stat(path, &st) == 0 ? path : dir, &fs)) {
		int why = errno;
		MH_FAIL(reterr, why == ENOENT ? MH_E_NOT_FOUND : MH_E_IO,
			"Could not look at the folder of the database");
		mh_err_detail(reterr, "%s: %s", dir, strerror(why));
		return why == ENOENT ? MH_E_NOT_FOUND : MH_E_IO;
	}
	const char *name = mh_db__place_remote((unsigned long)fs.f_type);
	if (!name) return MH_OK;
	MH_FAIL(reterr, MH_E_INVALID, "Cannot keep a database on a network file system (%s)", name);
	mh_err_detail(reterr, "%s", path);
	mh_err_hint(reterr, "Use a folder on a local disk, or PostgreSQL");
	return MH_E_INVALID;
}

static enum mh_code lock_held(const char *path, int fd, struct mh_err *reterr)
{
	char pid[32] = {0};
	ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
	for (ssize_t i = 0; i < n; i++)
		if (pid[i] < '0' || pid[i] > '9') pid[i] = '\0';
	MH_FAIL(reterr, MH_E_BUSY, "Another process writes this database (process %s)",
		n > 0 && pid[0] ? pid : "unknown");
	mh_err_detail(reterr, "%s", path);
	mh_err_hint(reterr, "Stop that process first, or open the database for reading");
	return MH_E_BUSY;
}

enum mh_code mh_db__place_lock(const char *path, int *ret_fd, struct mh_err *reterr)
{
	char name[4200];
	snprintf(name, sizeof name, "%s.lock", path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		MH_FAIL(reterr, MH_E_IO, "Could not make the lock file of the database");
		mh_err_detail(reterr, "%s: %s", name, strerror(errno));
		return MH_E_IO;
	}
	/* The file is never removed: removing it would let two processes hold locks on two files of one name. */
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		enum mh_code code = lock_held(path, fd, reterr);
		close(fd);
		return code;
	}
	char pid[32];
	int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) || pwrite(fd, pid, (size_t)n, 0) != n) {
		close(fd);
		return MH_FAIL(reterr, MH_E_IO, "Could not write the lock file of the database: %s", strerror(errno));
	}
	*ret_fd = fd;
	return MH_OK;
}
