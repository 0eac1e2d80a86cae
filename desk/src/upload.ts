/* Sending a file with a sign of progress, which fetch cannot give, and again when the network fails. */
import { headers, Problem, deedKey, type Schemas } from '@/api/client';
import type { ProblemBody } from '@/api/problem';

export type Uploaded = Schemas['uploaded'];
export const FILE_MAX = 50 * 1024 * 1024; // the server's

const TRIES = 3;
const SILENCE_MS = 60_000;

function once(url: string, file: Blob, key: string, progress: (share: number) => void, signal: AbortSignal): Promise<Uploaded> {
	return new Promise((good, bad) => {
		const xhr = new XMLHttpRequest();
		xhr.open('POST', url);
		const all = headers({ 'Content-Type': 'application/octet-stream', 'Idempotency-Key': key });
		for (const [k, v] of Object.entries(all)) xhr.setRequestHeader(k, v);
		let watch: ReturnType<typeof setTimeout>;
		const alive = (): void => {
			clearTimeout(watch);
			watch = setTimeout(() => xhr.abort(), SILENCE_MS);
		};
		alive();
		xhr.upload.onprogress = (e) => {
			alive();
			if (e.lengthComputable) progress(e.loaded / e.total);
		};
		xhr.onload = () => {
			let body: unknown = null;
			try {
				body = JSON.parse(xhr.responseText);
			} catch {
				/* not ours: a proxy's page */
			}
			if (xhr.status >= 200 && xhr.status < 300 && body) good(body as Uploaded);
			else bad(new Problem(xhr.status, body as ProblemBody | null));
		};
		xhr.onerror = xhr.onabort = () => bad(Problem.network());
		xhr.onloadend = () => clearTimeout(watch);
		signal.addEventListener('abort', () => xhr.abort(), { once: true });
		xhr.send(file);
	});
}

export async function upload(ref: string, file: Blob, progress: (share: number) => void, signal: AbortSignal): Promise<Uploaded> {
	const key = deedKey();
	for (let i = 1; ; i++) {
		try {
			return await once(`/api/v1/matters/${encodeURIComponent(ref)}/files`, file, key, progress, signal);
		} catch (e) {
			const again = e instanceof Problem && (e.status === 0 || e.status === 503) && i < TRIES && !signal.aborted;
			if (!again) throw e;
			await new Promise((done) => setTimeout(done, 1000 * i));
		}
	}
}

/** "1.4 MB", "320 KB": short, by thousands. */
export function sizeText(bytes: number, locale: string): string {
	const [n, unit] = bytes >= 1e6 ? [bytes / 1e6, 'megabyte'] : [Math.max(1, bytes / 1e3), 'kilobyte'];
	return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: n < 10 ? 1 : 0 }).format(n);
}
