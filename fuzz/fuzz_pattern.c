/* The pattern language: the first line is a pattern, the rest the text. */
#include "web/route.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char pattern[128];
	const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
	size_t n = line ? (size_t)(line - data) : 0;
	if (!line || n >= sizeof pattern) return 0;
	memcpy(pattern, data, n);
	pattern[n] = '\0';
	if (mh_pattern_ok(pattern)) mh_pattern_match(pattern, (struct mh_str){(const char *)line + 1, size - n - 1});
	return 0;
}
