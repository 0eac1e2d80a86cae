/* Shortcuts: a page says what each does, and `?` shows them all. Nothing happens while somebody types. */
import { onScopeDispose, shallowReactive } from 'vue';

export interface Shortcut {
	keys: string; // "n", "?", "g q": two keys after each other
	label: () => string;
	run: () => void;
	when?: () => boolean; // else it is not shown
}
export const shortcuts = shallowReactive(new Set<Shortcut>());

const CHORD_MS = 1200;
let first = '';
let since = 0;

function typing(e: KeyboardEvent): boolean {
	const el = e.target as HTMLElement | null;
	return !!el?.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
}

function press(e: KeyboardEvent): void {
	if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e) || document.querySelector('dialog[open]')) return;
	const chord = first && e.timeStamp - since < CHORD_MS ? `${first} ${e.key}` : e.key;
	const hit = [...shortcuts].reverse().find((s) => s.keys === chord) ?? [...shortcuts].reverse().find((s) => s.keys === e.key);
	first = '';
	if (hit) {
		e.preventDefault();
		hit.run();
	} else if ([...shortcuts].some((s) => s.keys.startsWith(`${e.key} `))) {
		first = e.key;
		since = e.timeStamp;
	}
}
addEventListener('keydown', press);

/** As long as the component lives; the newest wins. */
export function useShortcuts(list: Shortcut[]): void {
	for (const one of list) shortcuts.add(one);
	onScopeDispose(() => {
		for (const one of list) shortcuts.delete(one);
	});
}

