/* The city's working days, read once: what counts working days is then said in them, to the day, without asking again. */
import { shallowRef } from 'vue';
import { api } from '@/api/client';
import { workOf, type Work } from '@/clock';

/** Null until they have been read; time left is then said in calendar days. */
export const work = shallowRef<Work | null>(null);
let asked: Promise<void> | null = null;

async function read(): Promise<void> {
	work.value = workOf(await api.get('/api/v1/workdays'));
}

/** Never fails: what is missing is read with the next page. */
export function readWorkdays(): Promise<void> {
	asked ??= read().catch(() => void (asked = null));
	return asked;
}
