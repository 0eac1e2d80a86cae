/* The YAML subset on any bytes: it gives a tree or an error, never both and never neither. */
#include "base/yaml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mh_arena a = MH_ARENA((size_t)64 << 20);
	struct mh_diags d = mh_diags_new(&a, MH_STR("fuzz"));
	struct mh_yaml *root = mh_yaml_read(&a, (struct mh_str){(const char *)data, size}, &d);
	if ((root == NULL) != (d.errors > 0)) abort();
	mh_yaml_unknown(root, NULL, &d);
	mh_arena_done(&a);
	return 0;
}
