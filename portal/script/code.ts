/* The tracking code: never in an address that is sent anywhere. A fragment stays in the browser; it fills the form and goes. */
import { each, text } from './texts.ts';

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

/** <button hidden data-copy="#code">, <button hidden data-share="#code">: shown where the browser can. */
export function enhanceCodes(): void {
	each<HTMLButtonElement>('button[data-copy]', (b) => {
		if (!navigator.clipboard) return;
		b.hidden = false;
		b.addEventListener('click', () => void copy(b.dataset.copy ?? '', b));
	});
	each<HTMLButtonElement>('button[data-share]', (b) => {
		if (typeof navigator.share !== 'function') return;
		b.hidden = false;
		const what = (): string => document.querySelector(b.dataset.share ?? '')?.textContent?.trim() ?? '';
		b.addEventListener('click', () => void navigator.share({ text: what() }).catch(() => undefined));
	});
	each<HTMLButtonElement>('button[data-print]', (b) => {
		b.hidden = false;
		b.addEventListener('click', () => print());
	});
}
