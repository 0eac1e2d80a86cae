#include "base/log.h"

#include "base/time.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static atomic_int threshold = MH_LOG_INFO;

void mh_log_threshold(enum mh_log_level least)
{
	atomic_store(&threshold, (int)least);
}

static const char *const names[MH_LOG_LEVEL_MAX] = {
	[MH_LOG_DEBUG] = "debug", [MH_LOG_INFO] = "info", [MH_LOG_WARN] = "warn", [MH_LOG_ERROR] = "error"};

/* One write() a line, so that lines of several threads never mix. */
static void emit(enum mh_log_level level, const char *area, struct mh_str text)
{
	struct mh_clock clock = mh_clock_system();
	mh_time now = mh_now(&clock);
	struct mh_civil c = mh_time_civil(now, 0);
	struct mh_buf line = MH_BUF(8192);
	mh_buf_fmt(&line, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %s %s ", c.year, c.month, c.day, c.hour, c.minute,
		   c.second, (int)(now % 1000), names[level], area);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char ch = (unsigned char)text.ptr[i];
		if (ch < 0x20 || ch == 0x7f) mh_buf_fmt(&line, "\\x%02x", ch);
		else mh_buf_ch(&line, (char)ch);
	}
	mh_buf_ch(&line, '\n');
	if (!line.failed && write(STDERR_FILENO, line.ptr, line.len) < 0) { /* nowhere left to say so */
	}
	mh_buf_done(&line);
}

void mh_log(enum mh_log_level level, const char *area, const char *fmt, ...)
{
	if ((int)level < atomic_load(&threshold)) return;
	struct mh_buf text = MH_BUF(4096);
	va_list ap;
	va_start(ap, fmt);
	mh_buf_vfmt(&text, fmt, ap);
	va_end(ap);
	emit(level, area, text.failed ? MH_STR("(message too long)") : mh_buf_str(&text));
	mh_buf_done(&text);
}

void mh_log_err(enum mh_log_level level, const char *area, const struct mh_err *err)
{
	mh_log(level, area, "%s: %s%s%s internal=\"%s\" at=%s:%d", mh_err_info(err->code)->name, err->message,
	       err->detail[0] ? " — " : "", err->detail, err->internal, err->file ? err->file : "?", err->line);
}
