/* The server's way to the store: read connections that are opened when needed and kept, and the one writer. */
#ifndef MH_WEB_POOL_H
#define MH_WEB_POOL_H
#include "db/writer.h"
#include "web/http.h"

struct mh_http_pool;
/* Opens the first read connection at once, so that a store that cannot be read is found at start. `uri` is copied. `writer`
 * (NULL: the server only reads) stays the caller's. prepared: called for each new connection, may be NULL (mh_db_prepare).
 * Errors: those of mh_db_open, and MH_E_NO_MEMORY. */
enum mh_code mh_http_pool_open(struct mh_str uri, struct mh_writer *writer,
			       enum mh_code (*prepared)(struct mh_db *db, struct mh_err *reterr),
			       struct mh_http_pool **ret, struct mh_err *reterr);
struct mh_http_store mh_http_pool_store(struct mh_http_pool *pool); /* lives with the pool */
/* After the server has stopped. NULL is accepted. */
void mh_http_pool_close(struct mh_http_pool *pool);
#endif
