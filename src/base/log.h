/* The log: one line an event, on standard error, `time level area message key=value…`.
 *
 * Only `web`, `cli` and `main` log, once for each failure; library layers return errors. No personal data: values are
 * ids, counts, codes. Line breaks and control characters in values are escaped, so one event stays one line. */
#ifndef MH_BASE_LOG_H
#define MH_BASE_LOG_H
#include "base/err.h"

enum mh_log_level { MH_LOG_DEBUG, MH_LOG_INFO, MH_LOG_WARN, MH_LOG_ERROR, MH_LOG_LEVEL_MAX };
void mh_log_threshold(enum mh_log_level least); /* default: INFO */
void mh_log(enum mh_log_level level, const char *area, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* For lines that may come by the thousand: written at once as long as they come now and then, else held back until there are 32 KiB
 * of them, another line comes, or mh_log_flush is called, which whoever writes such lines does several times a second and at its
 * end. What is held when the process is killed is lost. */
void mh_log_often(enum mh_log_level level, const char *area, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void mh_log_flush(void);
/* Message, internal detail and source place of an error. */
void mh_log_err(enum mh_log_level level, const char *area, const struct mh_err *err);
#endif
