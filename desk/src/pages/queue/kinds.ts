/* The kinds that the city has today, newest version each. */
import { api, type Schemas } from '@/api/client';
import { onScript } from '@/text';

let asked: Promise<Schemas['process'][]> | null = null;

async function read(): Promise<Schemas['process'][]> {
	const newest = new Map<string, Schemas['process']>();
	for (const p of (await api.get('/api/v1/processes')).processes) newest.set(p.kind, p);
	return [...newest.values()];
}

/** Read once for as long as the page is open. */
export function kinds(): Promise<Schemas['process'][]> {
	asked ??= read().catch((e: unknown) => {
		asked = null;
		throw e;
	});
	return asked;
}

onScript(() => (asked = null));
