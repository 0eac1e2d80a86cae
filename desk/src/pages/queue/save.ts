/* A list as a file. Asked for with the person's role, so a plain link would not do. */
import { address, headers, Problem } from '@/api/client';
import { queryOf, type Filter } from './filter';

export type FileKind = 'csv' | 'xlsx';

export async function saveList(filter: Filter, kind: FileKind): Promise<void> {
	const res = await fetch(address(`/api/v1/matters.${kind}`, {}, queryOf(filter)), { headers: headers(), credentials: 'same-origin' });
	if (!res.ok) throw new Problem(res.status, await res.json().catch(() => null));
	const name = /filename="?([^";]+)"?/.exec(res.headers.get('Content-Disposition') ?? '')?.[1] ?? `matters.${kind}`;
	const link = document.createElement('a');
	link.href = URL.createObjectURL(await res.blob());
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
