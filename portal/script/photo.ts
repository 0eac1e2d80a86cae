/* Photographs are drawn anew before they leave the phone: smaller, and without what the camera wrote into them, so the place
 * where one stood is not given away. What cannot be drawn (documents, films, a picture the browser does not know) stays. */

const SIDE = 1600; // pixels of the longer side: a street sign stays readable
const QUALITY = 0.82;
const DRAWABLE = /^image\/(jpeg|png|webp|heic|heif)$/;

export async function shrunk(file: File): Promise<File> {
	if (!DRAWABLE.test(file.type)) return file;
	try {
		const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
		const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
		const canvas = document.createElement('canvas');
		canvas.width = Math.max(1, Math.round(picture.width * scale));
		canvas.height = Math.max(1, Math.round(picture.height * scale));
		canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
		picture.close();
		const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
		const name = `${file.name.replace(/\.[^.]*$/, '')}.jpg`;
		return blob ? new File([blob], name, { type: blob.type, lastModified: 0 }) : file;
	} catch {
		return file;
	}
}

/** The chosen files of a form's field, shrunk, put back where they were chosen. */
export async function shrinkIn(input: HTMLInputElement): Promise<{ before: number; after: number; drawn: boolean }> {
	const chosen = [...(input.files ?? [])];
	const basket = new DataTransfer();
	for (const file of chosen) basket.items.add(await shrunk(file));
	const size = (files: Iterable<File>): number => [...files].reduce((n, f) => n + f.size, 0);
	const drawn = [...basket.files].every((file) => file.lastModified === 0);
	if (chosen.length) input.files = basket.files;
	return { before: size(chosen), after: size(basket.files), drawn };
}
