/* The order in which a call goes, by the types of fields, which are the engine's; names of fields nobody knows here. */
import { isLong, type Draft, type FormField } from '@/forms';

/* First what people tell, then where, then what it is about, then the choices, last who they are. */
const RANK: Record<string, number> = { place: 2, category: 3, contact: 8, matter: 9 };

function rank(f: FormField): number {
	if (isLong(f)) return 0;
	return RANK[f.type] ?? (f.type === 'text' && !f.required ? 1 : f.required ? 4 : 5);
}

/** The fields of a form as they come up; within a rank as the definition has them. */
export function spoken(fields: readonly FormField[]): FormField[] {
	return [...fields].sort((a, b) => rank(a) - rank(b));
}

/** The code in a draft of a place or of a category. */
export function codeIn(draft: Draft | undefined): string {
	if (Array.isArray(draft)) return draft[0] ?? '';
	return draft && typeof draft === 'object' && 'org' in draft ? draft.org : '';
}
