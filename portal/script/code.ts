/* The tracking code: never in an address that is sent anywhere. A fragment stays in the browser; it fills the form and goes. */
import { each, offer, text } from './texts.ts';

const CODE = /^#([0-9A-Za-z-]{8,40})$/;

/** /follow#CODE, as the receipt's QR has it. */
export function takeFragment(): void {
	const code = CODE.exec(location.hash)?.[1];
	const box = document.querySelector<HTMLInputElement>('input[data-code]');
	if (!code || !box) return;
	box.value = code.toUpperCase();
	history.replaceState(null, '', location.pathname + location.search);
	box.form?.querySelector<HTMLButtonElement>('button:not([type=button])')?.focus();
}

async function copy(from: string, b: HTMLButtonElement): Promise<void> {
	const said = b.textContent;
	await navigator.clipboard.writeText(document.querySelector(from)?.textContent?.trim() ?? '');
	b.textContent = text('pocket.copy.done');
	setTimeout(() => (b.textContent = said), 3000);
}

/** <button class="scripted" data-copy="#code">, data-print: offered where the browser can. */
export function enhanceCodes(): void {
	each<HTMLButtonElement>('button[data-copy]', (b) => {
		offer(b, !!navigator.clipboard);
		b.addEventListener('click', () => void copy(b.dataset.copy ?? '', b));
	});
	each<HTMLButtonElement>('button[data-print]', (b) => {
		offer(b, true);
		b.addEventListener('click', () => print());
	});
}
