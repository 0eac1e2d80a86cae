/* In other characters everything is read anew (Layout.vue). What somebody is in the middle of writing stands on the new page again:
 * it is handed over in memory, from the component that goes to the one of the same name that comes. */
import { onBeforeUnmount, ref, type Ref } from 'vue';
import { onLogout } from '@/session';
import { onScript } from '@/text';

const held = new Map<string, unknown>();
let turning = false;

onScript(() => {
	held.clear(); // what nobody came back for
	turning = true;
	setTimeout(() => (turning = false)); // the old page goes before that
});
onLogout(() => held.clear());

/** What was handed over under this name, once; and hands over what `now` says when the page turns, null: nothing. */
export function useHeld<T>(name: string, now: () => T | null): T | null {
	onBeforeUnmount(() => {
		const value = turning ? now() : null;
		if (value !== null) held.set(name, value);
	});
	const before = held.get(name) as T | undefined;
	held.delete(name);
	return before ?? null;
}

export function heldRef<T>(name: string, first: T): Ref<T> {
	const value = ref(first) as Ref<T>;
	value.value = useHeld(name, () => value.value) ?? first;
	return value;
}
