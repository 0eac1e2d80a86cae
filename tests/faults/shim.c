/* Faults of the disk and of the clock, preloaded into the server under test (LD_PRELOAD).
 *
 * The test writes what should go wrong into a file that this library maps (FAULT_CONTROL); it holds for calls on plain files
 * below FAULT_DIR. Numbers are of the machine's own order:
 *   int64 fsync_fail  so many of the next fsync, fdatasync, syncfs fail with EIO; -1: all
 *   int64 write_full  so many of the next writes fail with ENOSPC; -1: all
 *   int64 sync_us     each sync takes so much longer
 *   int64 clock_ms    added to the time of day
 *   int64 clock_stuck not 0: the time of day is this, in ms, and does not move
 *   int64 synced, failed   counted here, for the test to read */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

struct control {
	int64_t fsync_fail, write_full, sync_us, clock_ms, clock_stuck, synced, failed;
};

static struct control nothing, *control = &nothing;
static const char *below;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FAULT_CONTROL");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	below = getenv("FAULT_DIR");
	if (fd < 0) return;
	void *p = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED) control = p;
	close(fd);
}

static int ours(int fd)
{
	char link[64], path[4096];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path - 1);
	if (n <= 0 || !below) return 0;
	path[n] = '\0';
	return strncmp(path, below, strlen(below)) == 0;
}

/* Takes one of `left`, atomically; -1 never runs out. */
static int take(int64_t *left)
{
	int64_t was = __atomic_load_n(left, __ATOMIC_SEQ_CST);
	for (;;) {
		if (was == 0) return 0;
		if (was < 0) return 1;
		if (__atomic_compare_exchange_n(left, &was, was - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return 1;
	}
}

static int fails(int fd, int64_t *left, int why)
{
	if (!__atomic_load_n(left, __ATOMIC_SEQ_CST) || !ours(fd) || !take(left)) return 0;
	__atomic_add_fetch(&control->failed, 1, __ATOMIC_SEQ_CST);
	errno = why;
	return 1;
}

static int syncing(int fd, const char *name)
{
	int (*real)(int);
	*(void **)&real = dlsym(RTLD_NEXT, name);
	int64_t us = __atomic_load_n(&control->sync_us, __ATOMIC_SEQ_CST);
	if (us) nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000}, NULL);
	if (fails(fd, &control->fsync_fail, EIO)) return -1;
	__atomic_add_fetch(&control->synced, 1, __ATOMIC_SEQ_CST);
	return real(fd);
}

int fsync(int fd)
{
	return syncing(fd, "fsync");
}

int fdatasync(int fd)
{
	return syncing(fd, "fdatasync");
}

int syncfs(int fd)
{
	return syncing(fd, "syncfs");
}

ssize_t write(int fd, const void *p, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);
	if (fails(fd, &control->write_full, ENOSPC)) return -1;
	if (!real) *(void **)&real = dlsym(RTLD_NEXT, "write");
	return real(fd, p, n);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	static ssize_t (*real)(int, const void *, size_t, off_t);
	if (fails(fd, &control->write_full, ENOSPC)) return -1;
	if (!real) *(void **)&real = dlsym(RTLD_NEXT, "pwrite");
	return real(fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return pwrite(fd, p, n, at);
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	static int (*real)(clockid_t, struct timespec *);
	if (!real) *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	int rc = real(id, ts);
	int64_t by = __atomic_load_n(&control->clock_ms, __ATOMIC_SEQ_CST);
	int64_t stuck = __atomic_load_n(&control->clock_stuck, __ATOMIC_SEQ_CST);
	if (rc != 0 || id != CLOCK_REALTIME || (!by && !stuck)) return rc;
	int64_t ms = stuck ? stuck : (int64_t)ts->tv_sec * 1000 + ts->tv_nsec / 1000000 + by;
	ts->tv_sec = ms / 1000;
	ts->tv_nsec = ms % 1000 * 1000000;
	return 0;
}
