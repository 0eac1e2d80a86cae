/* What a page shows comes from one question to the server: asked when the page opens, again on demand, never two at a time.
 *
 * A page is shown once, when all of its first answers are here (ui/Layout.vue): until then it stands there unseen, so that nothing moves
 * under a reader's eye. Every first answer counts itself: useLoad() does, the names of city.ts do, whatever else is asked goes through
 * first(). What may come later than the rest (a count, a picture far below) does not count, and has its place kept for it. */
import { onMounted, onUnmounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue';

/** How many first answers are still awaited: those that the page is not shown without, and those that may come late. */
export const awaited = ref(0);
export const late = ref(0);

/** Awaits an answer, with all that is done with it, as a first one. */
export async function first<T>(answer: Promise<T>, count = awaited): Promise<T> {
	count.value++;
	try {
		return await answer;
	} finally {
		count.value--;
	}
}

export interface Loaded<T> {
	data: ShallowRef<T | null>;
	error: Ref<unknown>; // what went wrong the last time; the data of before stays
	busy: Ref<boolean>;
	load: () => Promise<void>;
}

/** `every`: ask again so often (ms) while the page can be seen. `count`: late, when the page can be shown without it. */
export function useLoad<T>(ask: (signal: AbortSignal) => Promise<T>, { every = 0, count = awaited } = {}): Loaded<T> {
	const data = shallowRef<T | null>(null);
	const error = ref<unknown>(null);
	const busy = ref(false);
	let running: AbortController | null = null;
	let timer = 0;

	async function read(): Promise<void> {
		running?.abort();
		const mine = (running = new AbortController());
		busy.value = true;
		try {
			data.value = await ask(mine.signal);
			error.value = null;
		} catch (e) {
			if ((e as Error).name !== 'AbortError') error.value = e;
		} finally {
			if (running === mine) {
				busy.value = false;
				running = null;
			}
		}
	}

	const load = (): Promise<void> => (data.value === null ? first(read(), count) : read());

	onMounted(() => {
		void load();
		if (every) timer = window.setInterval(() => document.visibilityState === 'visible' && void load(), every);
	});
	onUnmounted(() => {
		running?.abort();
		window.clearInterval(timer);
	});
	return { data, error, busy, load };
}
