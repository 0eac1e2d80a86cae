/** A code in groups of four, as one reads it out. */
export function groups(code: string): string[] {
	return code.replace(/[^0-9A-Za-z]/g, '').match(/.{1,4}/g) ?? [];
}
