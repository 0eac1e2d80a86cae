/* Who is logged in, and as what they act now. */
import { computed, shallowRef } from 'vue';
import { api, identity, Problem, type Schemas } from '@/api/client';
import { onScript } from '@/text';

export type Me = Schemas['me'];
export type Role = Schemas['role'];

const AS = 'minhu-as';

export const me = shallowRef<Me | null>(null);
export const acting = computed<Role | null>(() => me.value?.acting ?? null);

export function roleName(r: Role): string {
	return `${r.role}@${r.org?.code ?? ''}`;
}

/** Whether the acting role opens what asks for this permission; "a|b": for one of them. */
export function may(permission: string | undefined): boolean {
	return !permission || permission.split('|').some((one) => acting.value?.permissions.includes(one));
}

/** Reads who one is; null when nobody is logged in. */
export async function whoami(): Promise<Me | null> {
	identity.as = sessionStorage.getItem(AS) ?? '';
	try {
		me.value = await api.get('/api/v1/me');
	} catch (e) {
		if (!(e instanceof Problem)) throw e;
		if (identity.as && (e.status === 403 || e.status === 400)) return actAs('');
		if (e.status !== 401) throw e;
		me.value = null;
	}
	identity.csrf = me.value?.csrf ?? '';
	return me.value;
}

/** Acts in another of one's roles from now on, in this tab. */
export async function actAs(name: string): Promise<Me | null> {
	if (name) sessionStorage.setItem(AS, name);
	else sessionStorage.removeItem(AS);
	return whoami();
}

export async function login(name: string, password: string, code: string): Promise<void> {
	identity.csrf = identity.as = '';
	sessionStorage.removeItem(AS);
	await api.post('/api/v1/session', { body: { login: name, password, ...(code ? { code } : {}) } });
	await whoami();
}

const leaving = new Set<() => void>();

/** Is called when the person leaves: what a page keeps for them on this machine goes. */
export function onLogout(deed: () => void): void {
	leaving.add(deed);
}

export async function logout(): Promise<void> {
	await api.delete('/api/v1/session');
	for (const deed of leaving) deed();
	me.value = null;
	identity.csrf = identity.as = '';
	sessionStorage.removeItem(AS);
}

onScript(() => me.value && void whoami());
