/* What went wrong, for people: a title, what is behind it, and what to do now. */
import type { components } from '@gen/openapi';
import { lang, t } from '@/i18n';

export type ProblemBody = components['schemas']['problem'];

export class Problem extends Error {
	constructor(
		readonly status: number, // 0: no answer came
		readonly body: ProblemBody | null,
	) {
		super(body?.title ?? String(status));
	}

	static network(): Problem {
		return new Problem(0, null);
	}

	get code(): string {
		return this.body?.code ?? (this.status === 0 ? 'NETWORK' : 'INTERNAL');
	}

	/** Somebody else was faster. */
	get stale(): boolean {
		return this.status === 412;
	}

	get title(): string {
		if (!this.body) return t(this.status === 0 ? 'desk.error.network' : 'desk.error.unknown');
		return lang() === 'en' ? this.body.title : this.body.title_zh;
	}

	get detail(): string {
		return this.body?.detail ?? '';
	}

	get hint(): string {
		if (this.status === 0) return t('desk.error.network_hint');
		return this.body?.hint ?? '';
	}

	/** What is wrong with one field; empty when nothing is. */
	field(name: string): string {
		const e = this.body?.errors?.find((one) => one.field === name || one.field === `fields.${name}`);
		return e ? (lang() === 'en' ? e.message : e.message_zh) : '';
	}
}

/** Anything thrown as a Problem. */
export function problemOf(e: unknown): Problem {
	return e instanceof Problem ? e : new Problem(-1, null);
}


