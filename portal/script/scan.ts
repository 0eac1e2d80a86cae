/* QR codes, from the camera or from a picture: by the browser's own detector, or, where it has none (Firefox, Safari), by a
 * small decoder that is fetched when somebody scans. */
import type QrDecoder from '@paulmillr/qr/decode.js';

interface Detector {
	detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}
type DetectorClass = (new (options: { formats: string[] }) => Detector) & { getSupportedFormats(): Promise<string[]> };

const EVERY_MS = 250;
const LONGEST_MS = 120_000;
const SIDE = 1000; // pixels: enough for a code, and the decoder stays quick

/** The text of a code in the picture, or null. */
export type Scan = (picture: HTMLVideoElement | ImageBitmap) => Promise<string | null>;

const widthOf = (p: HTMLVideoElement | ImageBitmap): number => ('videoWidth' in p ? p.videoWidth : p.width);
const heightOf = (p: HTMLVideoElement | ImageBitmap): number => ('videoHeight' in p ? p.videoHeight : p.height);

function byScript(decode: typeof QrDecoder): Scan {
	const canvas = document.createElement('canvas');
	const paper = canvas.getContext('2d', { willReadFrequently: true });
	return async (picture) => {
		const scale = Math.min(1, SIDE / Math.max(widthOf(picture), heightOf(picture), 1));
		canvas.width = Math.max(1, Math.round(widthOf(picture) * scale));
		canvas.height = Math.max(1, Math.round(heightOf(picture) * scale));
		paper?.drawImage(picture, 0, 0, canvas.width, canvas.height);
		try {
			return paper ? decode(paper.getImageData(0, 0, canvas.width, canvas.height)) : null;
		} catch {
			return null; // it throws when there is none
		}
	};
}

/** What can read codes here. Rejects when the decoder cannot be fetched. */
export async function scanner(): Promise<Scan> {
	const known = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
	const formats = (await known?.getSupportedFormats().catch(() => undefined)) ?? [];
	if (!known || !formats.includes('qr_code')) return byScript((await import('@paulmillr/qr/decode.js')).default);
	const detector = new known({ formats: ['qr_code'] });
	return async (picture) => (await detector.detect(picture).catch(() => []))[0]?.rawValue ?? null;
}

export async function fromPicture(scan: Scan, file: Blob): Promise<string | null> {
	const picture = await createImageBitmap(file).catch(() => null);
	const found = picture ? await scan(picture) : null;
	picture?.close();
	return found;
}

/** Looks through the camera until a code is seen, `stop` is called or two minutes are over. Rejects without a camera. */
export async function fromCamera(scan: Scan, video: HTMLVideoElement, stop: AbortSignal): Promise<string | null> {
	const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
	const until = performance.now() + LONGEST_MS;
	try {
		video.srcObject = stream;
		await video.play();
		while (!stop.aborted && performance.now() < until) {
			const found = await scan(video);
			if (found !== null) return found;
			await new Promise((go) => setTimeout(go, EVERY_MS));
		}
		return null;
	} finally {
		for (const track of stream.getTracks()) track.stop();
		video.srcObject = null;
	}
}
