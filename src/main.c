#include <stdio.h>

int main(void)
{
	puts("minhu");
	return 0;
}
