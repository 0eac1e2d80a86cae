/* Forms in multipart/form-data: no input may read past its end; what is accepted lies within the input. */
#include "web/web_priv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mh_arena a = MH_ARENA(8 << 20);
	const struct mh_web__part *parts;
	size_t n = 0;
	struct mh_str text = {(const char *)data, size};
	if (mh_web__multipart_parse(&a, MH_STR("multipart/form-data; boundary=x"), text, &parts, &n, NULL) == MH_OK)
		for (size_t i = 0; i < n; i++)
			if (!parts[i].name.len || parts[i].body.ptr < data ||
			    parts[i].body.ptr + parts[i].body.len > data + size)
				abort();
	/* and as the header that names the boundary */
	(void)mh_web__multipart_parse(&a, text, MH_STR("--x\r\n\r\n--x--"), &parts, &n, NULL);
	mh_arena_done(&a);
	return 0;
}
