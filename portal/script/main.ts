/* On every page of the portal: comfort over what works without it. */
import { enhanceCodes, takeFragment } from './code.ts';
import { keepThisPage } from './kept.ts';
import { enhance, watchOutbox } from './say.ts';

takeFragment();
enhanceCodes();
enhance();
watchOutbox();
addEventListener('hashchange', takeFragment);
// Only a page that offers a form needs the worker that opens it off line.
if (document.querySelector('form[data-keep], form[data-step-form]') && navigator.serviceWorker)
	void navigator.serviceWorker
		.register('/sw.js')
		.then(keepThisPage)
		.catch(() => undefined);
