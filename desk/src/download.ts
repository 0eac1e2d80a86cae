/* Files come with the role of this tab, which a plain link could not send; so they are fetched and then saved. */
import { headers, Problem } from '@/api/client';
import type { ProblemBody } from '@/api/problem';

export async function download(url: string, name: string): Promise<void> {
	const res = await fetch(url, { headers: headers(), credentials: 'same-origin' }).catch(() => {
		throw Problem.network();
	});
	if (!res.ok) throw new Problem(res.status, (await res.json().catch(() => null)) as ProblemBody | null);
	const address = URL.createObjectURL(await res.blob());
	const a = document.createElement('a');
	a.href = address;
	a.download = name;
	a.click();
	setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
