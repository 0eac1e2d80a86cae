/* What is kept on the phone: drafts and what waits to be sent, in IndexedDB, because photographs are kept too. Where the
 * browser has none (some private windows), everything works as without scripts: nothing is kept. */

const NAME = 'minhu';
const VERSION = 1;
export type Shelf = 'draft' | 'outbox';

function opened(): Promise<IDBDatabase> {
	return new Promise((done, failed) => {
		const request = indexedDB.open(NAME, VERSION);
		request.onupgradeneeded = () => {
			request.result.createObjectStore('draft', { keyPath: 'form' });
			request.result.createObjectStore('outbox', { keyPath: 'key' });
		};
		request.onsuccess = () => done(request.result);
		request.onerror = () => failed(request.error);
		request.onblocked = () => failed(request.error);
	});
}

async function run<T>(shelf: Shelf, mode: IDBTransactionMode, what: (s: IDBObjectStore) => IDBRequest): Promise<T> {
	const db = await opened();
	try {
		return await new Promise<T>((done, failed) => {
			const tx = db.transaction(shelf, mode);
			const request = what(tx.objectStore(shelf));
			tx.oncomplete = () => done(request.result as T);
			tx.onabort = () => failed(tx.error);
		});
	} finally {
		db.close();
	}
}

export const put = (shelf: Shelf, value: object): Promise<void> => run(shelf, 'readwrite', (s) => s.put(value));
export const take = <T>(shelf: Shelf, key: string): Promise<T | undefined> => run(shelf, 'readonly', (s) => s.get(key));
export const all = <T>(shelf: Shelf): Promise<T[]> => run(shelf, 'readonly', (s) => s.getAll());
export const drop = (shelf: Shelf, key: string): Promise<void> => run(shelf, 'readwrite', (s) => s.delete(key));
