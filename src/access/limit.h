/* Token buckets by key (an address): how often something may be done. In memory, of fixed size, safe for threads. */
#ifndef MH_ACCESS_LIMIT_H
#define MH_ACCESS_LIMIT_H
#include "base/err.h"
#include "base/str.h"

struct mh_limit;
struct mh_limit_rule {
	int burst;    /* tokens a bucket holds; what an unknown key may do at once */
	int per_hour; /* tokens that come back */
};
/* At most `keys` keys are told apart at a time; then the one longest unused is forgotten. MH_E_NO_MEMORY. */
enum mh_code mh_limit_new(struct mh_limit_rule rule, size_t keys, struct mh_limit **ret, struct mh_err *reterr);
void mh_limit_free(struct mh_limit *l); /* NULL is accepted */
/* Takes one token. Else false, and *ret_wait_s is when there will be one (at least 1). `now`: monotonic milliseconds. */
bool mh_limit_take(struct mh_limit *l, struct mh_str key, int64_t now, int *ret_wait_s);
#endif
