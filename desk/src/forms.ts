/* Forms out of a definition's fields: what a value begins as, what is sent, what is missing. Pure, and the same for all kinds. */
import type { components } from '@gen/openapi';

type S = components['schemas'];
export type FormField = S['form_field'];
export type FormEvidence = S['form_evidence'];

export interface Place {
	org: string;
	address: string;
}
export interface Contact {
	name: string;
	phone: string;
	email: string;
	address: string;
	note: string;
}
/* What stands in the form while it is filled in. Lists for whatever is picked; texts for what is typed. */
export type Draft = string | boolean | null | string[] | Place | Contact;
export type Drafts = Record<string, Draft>;

export const emptyPlace = (): Place => ({ org: '', address: '' });
export const emptyContact = (): Contact => ({ name: '', phone: '', email: '', address: '', note: '' });

function text(v: unknown): string {
	return typeof v === 'string' || typeof v === 'number' ? String(v) : '';
}

/** What the form begins with: empty, or the value that the matter has already. */
export function draftOf(field: FormField, value?: unknown): Draft {
	const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
	switch (field.type) {
		case 'bool':
			return typeof value === 'boolean' ? value : field.required ? null : false;
		case 'enums':
		case 'orgs':
			return Array.isArray(value) ? value.map(String) : [];
		case 'org':
		case 'officer':
		case 'category':
			return text(value) ? [text(value)] : [];
		case 'place':
			return { org: text(object.org) || text(value), address: text(object.address) };
		case 'contact': {
			const c = emptyContact();
			for (const k of Object.keys(c) as (keyof Contact)[]) c[k] = text(object[k]);
			if (typeof value === 'string') c.phone = value;
			return c;
		}
		default:
			return text(value);
	}
}

function trimmed<T extends object>(o: T): Partial<T> {
	return Object.fromEntries(Object.entries(o).map(([k, v]) => [k, String(v).trim()]).filter(([, v]) => v !== '')) as Partial<T>;
}

/** What is sent for it; undefined when there is nothing to send. */
export function valueOf(field: FormField, draft: Draft | undefined): unknown {
	if (draft === undefined || draft === null) return undefined;
	if (typeof draft === 'boolean') return field.required || draft ? draft : undefined;
	if (Array.isArray(draft)) {
		if (!draft.length) return undefined;
		return field.type === 'enums' || field.type === 'orgs' ? draft : draft[0];
	}
	if (typeof draft === 'object') {
		const o = trimmed(draft as object) as Record<string, string>;
		const names = Object.keys(o);
		if (!names.length) return undefined;
		return field.type === 'place' && names.length === 1 && o.org ? o.org : o;
	}
	const s = draft.trim();
	if (!s) return undefined;
	return field.type === 'int' ? Number(s) : s;
}

export type Fault = 'missing' | 'too_long' | 'not_a_number' | 'too_small' | 'too_large' | 'too_many';

/** What is wrong with it before it is sent; null: nothing that can be seen from here. */
export function faultOf(field: FormField, draft: Draft | undefined): Fault | null {
	const v = valueOf(field, draft);
	if (v === undefined) return field.required ? 'missing' : null;
	if (field.type === 'int') {
		const n = v as number;
		if (!Number.isSafeInteger(n)) return 'not_a_number';
		const bounded = field.min !== 0 || field.max !== 0;
		if (bounded && n < field.min) return 'too_small';
		if (bounded && n > field.max) return 'too_large';
	}
	if (field.type === 'text' && field.max > 0 && [...(v as string)].length > field.max) return 'too_long';
	if (Array.isArray(v) && field.max > 0 && v.length > field.max) return 'too_many';
	return null;
}

export function valuesOf(fields: FormField[], drafts: Drafts): Record<string, unknown> {
	const out: Record<string, unknown> = {};
	for (const f of fields) {
		const v = valueOf(f, drafts[f.name]);
		if (v !== undefined) out[f.name] = v;
	}
	return out;
}

/** Whether a text wants a large box. */
export function isLong(field: FormField): boolean {
	return field.type === 'text' && (field.max === 0 || field.max > 200);
}

const PHOTO = 1, DOCUMENT = 2, VIDEO = 4, AUDIO = 8; // enum mh_media

/** For <input accept>: what the definition takes as this evidence. */
export function acceptOf(evidence: FormEvidence): string {
	const kinds: string[] = [];
	if (evidence.accept & PHOTO) kinds.push('image/*');
	if (evidence.accept & DOCUMENT) kinds.push('.pdf', '.doc', '.docx', '.xls', '.xlsx', '.odt', '.ods', '.txt', '.csv');
	if (evidence.accept & VIDEO) kinds.push('video/*');
	if (evidence.accept & AUDIO) kinds.push('audio/*');
	return kinds.join(',');
}
