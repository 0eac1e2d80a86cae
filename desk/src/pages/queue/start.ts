/* Where the queue begins for who asks for nothing in particular: their unit's open work; where it has none, what the role's
 * permissions are for; else all that is open. */
import { api } from '@/api/client';
import { acting, may, roleName } from '@/session';
import { counted, type Filter } from './filter';

const chosen = new Map<string, Filter>();

async function some(filter: Filter): Promise<boolean> {
	return (await api.get('/api/v1/matters/tally', { query: { ...counted(filter), group: 'due' } })).matters > 0;
}

export async function startFilter(): Promise<Filter> {
	const who = acting.value ? roleName(acting.value) : '';
	const known = chosen.get(who);
	if (known) return known;
	const wishes: Filter[] = [{ mine: true, open: true, sort: 'due' }];
	if (may('dispatch')) wishes.push({ room: 'intake', open: true, sort: 'due' }, { room: 'gather', open: true, sort: 'due' });
	let got: Filter = { open: true, sort: 'due' };
	for (const wish of wishes)
		if (await some(wish)) {
			got = wish;
			break;
		}
	chosen.set(who, got);
	return got;
}
