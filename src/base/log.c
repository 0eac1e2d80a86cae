#include "base/log.h"

#include "base/time.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static atomic_int threshold = MH_LOG_INFO;

void mh_log_threshold(enum mh_log_level least)
{
	atomic_store(&threshold, (int)least);
}

static const char *const names[MH_LOG_LEVEL_MAX] = {
	[MH_LOG_DEBUG] = "debug", [MH_LOG_INFO] = "info", [MH_LOG_WARN] = "warn", [MH_LOG_ERROR] = "error"};

/* "2026-01-04T09:32:09": the calendar is asked once a second. */
static const char *second_text(int64_t second)
{
	static _Thread_local struct {
		int64_t second;
		char text[32];
	} last = {.second = -1};
	if (last.second == second) return last.text;
	struct mh_civil c = mh_time_civil(second * 1000, 0);
	snprintf(last.text, sizeof last.text, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute,
		 c.second);
	last.second = second;
	return last.text;
}

static void add_escaped(struct mh_buf *line, struct mh_str text)
{
	size_t from = 0;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char ch = (unsigned char)text.ptr[i];
		if (ch >= 0x20 && ch != 0x7f) continue;
		mh_buf_add(line, text.ptr + from, i - from);
		mh_buf_fmt(line, "\\x%02x", ch);
		from = i + 1;
	}
	mh_buf_add(line, text.ptr + from, text.len - from);
}

static void make_line(struct mh_buf *line, enum mh_log_level level, const char *area, mh_time now, struct mh_str text)
{
	int ms = (int)(now % 1000);
	const char end[] = {'.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10), 'Z', ' '};
	mh_buf_c(line, second_text(now / 1000));
	mh_buf_add(line, end, sizeof end);
	mh_buf_c(line, names[level]);
	mh_buf_ch(line, ' ');
	mh_buf_c(line, area);
	mh_buf_ch(line, ' ');
	add_escaped(line, text);
	mh_buf_ch(line, '\n');
}

/* --- lines that come by the thousand --- */

#define HELD_MOST 32768
#define PAUSE_MS 20 /* as long as lines come no more often than this, each is written at once */

static struct {
	pthread_mutex_t lock;
	char bytes[HELD_MOST];
	size_t n;
	mh_time written;
} held = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void put(const char *bytes, size_t n)
{
	if (n && write(STDERR_FILENO, bytes, n) < 0) { /* nowhere left to say so */
	}
}

/* Whole lines only: one write(), so that lines of several threads never mix, and in the order of their times. */
static void write_held(mh_time now)
{
	put(held.bytes, held.n);
	held.n = 0;
	held.written = now;
}

static void emit(struct mh_str line, mh_time now, bool often)
{
	pthread_mutex_lock(&held.lock);
	bool wait = often && now >= held.written && now - held.written < PAUSE_MS && line.len <= HELD_MOST;
	if (!wait || line.len > HELD_MOST - held.n) write_held(now);
	if (wait) {
		memcpy(held.bytes + held.n, line.ptr, line.len);
		held.n += line.len;
	} else put(line.ptr, line.len);
	pthread_mutex_unlock(&held.lock);
}

void mh_log_flush(void)
{
	struct mh_clock clock = mh_clock_system();
	pthread_mutex_lock(&held.lock);
	if (held.n) write_held(mh_now(&clock));
	pthread_mutex_unlock(&held.lock);
}

__attribute__((format(printf, 4, 0))) static void log_text(enum mh_log_level level, const char *area, bool often,
							   const char *fmt, va_list ap)
{
	char text[4096];
	struct mh_clock clock = mh_clock_system();
	mh_time now = mh_now(&clock);
	struct mh_buf line MH_CLEANUP(mh_buf_done) = MH_BUF(8192);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	bool fits = n >= 0 && (size_t)n < sizeof text;
	make_line(&line, level, area, now, fits ? (struct mh_str){text, (size_t)n} : MH_STR("(message too long)"));
	if (!line.failed) emit(mh_buf_str(&line), now, often);
}

void mh_log(enum mh_log_level level, const char *area, const char *fmt, ...)
{
	if ((int)level < atomic_load(&threshold)) return;
	va_list ap;
	va_start(ap, fmt);
	log_text(level, area, false, fmt, ap);
	va_end(ap);
}

void mh_log_often(enum mh_log_level level, const char *area, const char *fmt, ...)
{
	if ((int)level < atomic_load(&threshold)) return;
	va_list ap;
	va_start(ap, fmt);
	log_text(level, area, true, fmt, ap);
	va_end(ap);
}

void mh_log_err(enum mh_log_level level, const char *area, const struct mh_err *err)
{
	mh_log(level, area, "%s: %s%s%s internal=\"%s\" at=%s:%d", mh_err_info(err->code)->name, err->message,
	       err->detail[0] ? " — " : "", err->detail, err->internal, err->file ? err->file : "?", err->line);
}
