/* Definitions on any bytes: loaded and checked, or refused with a reason, never both and never neither. */
#include "process/def.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mh_arena a = MH_ARENA((size_t)64 << 20);
	struct mh_diags d = mh_diags_new(&a, MH_STR("fuzz"));
	struct mh_def *def = mh_def_load(&a, (struct mh_str){(const char *)data, size}, &d);
	struct mh_buf out = MH_BUF((size_t)1 << 20);

	if ((def == NULL) != (d.errors > 0)) abort();
	if (def && (def->initial < 0 || (size_t)def->initial >= def->n_states)) abort();
	for (size_t i = 0; def && i < def->n_states; i++)
		if (mh_def_state(def, def->states[i].name) != (int)i) abort();
	mh_diags_print(&d, &out);
	mh_buf_done(&out);
	mh_arena_done(&a);
	return 0;
}
