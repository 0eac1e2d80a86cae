/* One matter as the page shows it: read together, read again when it changes. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { api, type Schemas } from '@/api/client';
import { useChanges } from '@/changes';
import { firstClock } from '../queue/row';
import { definition, type Definition } from '@/city';
import { first } from '@/load';
import { me } from '@/session';

export type Matter = Schemas['matter'];
export type Event = Schemas['event'];
export type Step = Schemas['form'];
export type DefStep = Schemas['def_step'];

/** Is this person on the panel that votes now, and has not voted? */
export function mayVote(m: Matter): boolean {
	return !!m.vote?.drawn && !m.vote.outcome && m.vote.electors.some((e) => e.code === me.value?.officer && !e.voted);
}

const AGAIN_MS = 300; // several entries come together

export function useMatter(address: Ref<string>) {
	const matter = shallowRef<Matter | null>(null);
	const def = shallowRef<Definition | null>(null);
	const events = shallowRef<Event[]>([]);
	const steps = shallowRef<Step[]>([]);
	const links = shallowRef<Schemas['links'] | null>(null);
	const error = shallowRef<unknown>(null);
	const fresh = ref(false); // something new came by itself
	let turn = 0;

	async function load(): Promise<void> {
		const mine = ++turn;
		const path = { ref: address.value };
		try {
			const [m, e, a, l] = await Promise.all([
				api.get('/api/v1/matters/{ref}', { path }),
				api.get('/api/v1/matters/{ref}/events', { path }),
				api.get('/api/v1/matters/{ref}/actions', { path }),
				api.get('/api/v1/matters/{ref}/links', { path }),
			]);
			const d = await definition(m.kind, m.version);
			if (mine !== turn) return;
			matter.value = m;
			def.value = d;
			events.value = e.events;
			steps.value = a.actions;
			links.value = l;
			error.value = null;
		} catch (e) {
			if (mine === turn) error.value = e;
		}
	}

	let waiting: ReturnType<typeof setTimeout> | undefined;
	useChanges((change) => {
		const m = matter.value;
		if (!m || (change && change.m !== m.ref) || (change && events.value.some((e) => e.t === change.t && e.e === change.e && e.p === change.p))) return;
		clearTimeout(waiting);
		waiting = setTimeout(() => void load().then(() => (fresh.value = true)), AGAIN_MS);
	});

	watch(address, () => {
		matter.value = null;
		fresh.value = false;
		void first(load());
	}, { immediate: true });

	const room = computed(() => matter.value?.state.room ?? '');
	/** Over: nothing is left to be done. A category of the definition, the same for all kinds. */
	const over = computed(() => ['done', 'void'].includes(matter.value?.state.category ?? ''));
	/** The deadline that counts, by the rule of every list. */
	const due = computed(() => firstClock(matter.value?.clocks ?? []));
	const stepOf = (name: string): DefStep | undefined => def.value?.steps.find((s) => s.name === name);
	return { matter, def, events, steps, links, error, fresh, load, room, over, due, stepOf };
}

export type MatterState = ReturnType<typeof useMatter>;
