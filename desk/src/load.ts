/* What a page shows comes from one question to the server: asked when the page opens, again on demand, never two at a time. */
import { onMounted, onUnmounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue';

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
