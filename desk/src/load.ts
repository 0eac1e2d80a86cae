/* What a page shows comes from one question to the server: asked when the page opens, again on demand, never two at a time. */
import { onMounted, onUnmounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue';

/** How many first answers are still awaited: the page is busy until then. */
export const awaited = ref(0);

export interface Loaded<T> {
	data: ShallowRef<T | null>;
	error: Ref<unknown>; // what went wrong the last time; the data of before stays
	busy: Ref<boolean>;
	load: () => Promise<void>;
}

/** `every`: ask again so often (ms) while the page can be seen. */
export function useLoad<T>(ask: (signal: AbortSignal) => Promise<T>, every = 0): Loaded<T> {
	const data = shallowRef<T | null>(null);
	const error = ref<unknown>(null);
	const busy = ref(false);
	let running: AbortController | null = null;
	let timer = 0;

	async function load(): Promise<void> {
		running?.abort();
		const mine = (running = new AbortController());
		const first = data.value === null;
		busy.value = true;
		if (first) awaited.value++;
		try {
			data.value = await ask(mine.signal);
			error.value = null;
		} catch (e) {
			if ((e as Error).name !== 'AbortError') error.value = e;
		} finally {
			if (first) awaited.value--;
			if (running === mine) {
				busy.value = false;
				running = null;
			}
		}
	}

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
