import { createApp } from 'vue';
import App from '@/App.vue';
import i18n, { useLang } from '@/i18n';
import router from '@/router';
import '@portal/style/tokens.css';
import '@/style/desk.css';

// After an update of the server the old page's chunks are gone: begin anew, once.
addEventListener('vite:preloadError', (e) => {
	if (sessionStorage.getItem('minhu-reloaded')) return;
	sessionStorage.setItem('minhu-reloaded', '1');
	e.preventDefault();
	location.reload();
});

await useLang();
const app = createApp(App).use(i18n).use(router);
await router.isReady().catch(() => undefined); // who one is, is known before the frame is drawn
app.mount('#app');
document.querySelector('#app')?.removeAttribute('aria-busy');
