/**
 * The frame of the console: who is signed in, which page is open, the way between pages, help,
 * language and theme. Pages are modules of their own, fetched when they are first opened.
 *
 * A page is named by the address's fragment (#/queue, #/case/C-12): it is never sent to a server, so
 * neither ids nor the one-time link reach a log or a Referer.
 */
import { html, render, useCallback, useEffect, useLayoutEffect, useRef, useState } from './vendor/preact.js';
import { api, currentSession, loadSession, may, setSession, watchSession } from './api.js';
import { explain, lang, setLang, t, word } from './words.js';
import { Help, KeySwitch, listenForKeys, useKeys } from './parts/keys.js';
import { announce, LiveRegion } from './parts/live.js';
import { LoginPage } from './pages/login.js';

/** Every page: its route, its letter after g, what one must be allowed to do. */
const PAGES = [
  { route: 'queue', letter: 'q', scope: 'read', load: async () => (await import('./pages/queue.js')).QueuePage },
  { route: 'try', letter: 't', scope: 'check', load: async () => (await import('./pages/try.js')).TryPage },
  { route: 'words', letter: 'w', scope: 'read', load: async () => (await import('./pages/words.js')).WordsPage },
  { route: 'trends', letter: 'r', scope: 'read', load: async () => (await import('./pages/trends.js')).TrendsPage },
  { route: 'audit', letter: 'a', scope: 'audit', load: async () => (await import('./pages/audit.js')).AuditPage },
  { route: 'users', letter: 'u', scope: 'admin', load: async () => (await import('./pages/users.js')).UsersPage },
  { route: 'about', letter: 'i', scope: '', load: async () => (await import('./pages/about.js')).AboutPage },
  { route: 'case', scope: 'read', isHidden: true, load: async () => (await import('./pages/case.js')).CasePage },
  { route: 'account', scope: '', isHidden: true, load: async () => (await import('./pages/account.js')).AccountPage },
];

/** {route, id, query} of the address; a foreign or broken one is the queue. */
function readPlace() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [route, id = ''] = path.split('/');
  let plain = '';
  try {
    plain = decodeURIComponent(id);
  } catch {
    plain = '';
  }
  return { route: route || 'queue', id: plain, query: new URLSearchParams(query) };
}

export const go = (route) => {
  location.hash = `#/${route}`;
};

function usePlace() {
  const [place, setPlace] = useState(readPlace);
  useEffect(() => {
    const move = () => setPlace(readPlace());
    addEventListener('hashchange', move);
    return () => removeEventListener('hashchange', move);
  }, []);
  return place;
}

/* ---- a page ---------------------------------------------------------------------------------- */

/** Loads the page's module; keyed by language, so that a switch draws all of it anew. */
function PageHost({ page, place }) {
  const [state, setState] = useState({ of: null, Page: null, error: null });
  const main = useRef(null);
  const load = useCallback(() => {
    page.load().then(
      (Page) => setState({ of: page, Page, error: null }),
      (error) => setState({ of: page, Page: null, error }),
    );
  }, [page]);
  useEffect(load, [load]);
  const isReady = state.of === page && state.Page;
  useLayoutEffect(() => {
    if (!isReady) return;
    const own = main.current.querySelector('h1')?.textContent;
    document.title = own ? `${own} · ward` : 'ward';
    if (!main.current.contains(document.activeElement)) main.current.focus();
  }, [isReady, place.route, place.id]);
  return html`<main id="main" tabindex="-1" ref=${main}>
    ${state.error && html`<div class="trouble" role="alert"><p>${t('frame.page-failed')}</p><button type="button" onClick=${load}>${t('again')}</button></div>`}
    ${isReady && html`<${state.Page} key=${`${lang()} ${place.id}`} id=${place.id} query=${place.query} go=${go} />`}
  </main>`;
}

/* ---- the frame ------------------------------------------------------------------------------- */

const THEMES = ['system', 'light', 'dark'];

function setTheme(theme) {
  if (theme === 'system') localStorage.removeItem('ward-theme');
  else localStorage.setItem('ward-theme', theme);
  dispatchEvent(new Event('ward-theme-chosen'));
}

function Switches() {
  const theme = localStorage.getItem('ward-theme') ?? 'system';
  const [, draw] = useState(0);
  return html`<label class="switch"><span class="sr-only">${t('frame.theme')}</span>
      <select value=${theme} onChange=${(e) => { setTheme(e.target.value); draw((n) => n + 1); }}>
        ${THEMES.map((each) => html`<option key=${each} value=${each} selected=${each === theme}>${word('theme', each)}</option>`)}</select></label>
    <button type="button" class="bare" lang=${lang() === 'zh' ? 'en' : 'zh-CN'} onClick=${() => setLang(lang() === 'zh' ? 'en' : 'zh')}>${lang() === 'zh' ? 'English' : '中文'}</button>`;
}

async function signOut() {
  try {
    await api.delete('/v1/session');
    setSession(null);
  } catch (error) {
    announce(explain(error));
  }
}

function Header({ route, session, showHelp }) {
  return html`<header class="frame">
    <a class="skip" href="#main" onClick=${(e) => { e.preventDefault(); document.getElementById('main').focus(); }}>${t('frame.skip')}</a>
    <span class="brand">ward</span>
    <nav aria-label=${t('frame.pages')}><ul>
      ${PAGES.filter((page) => !page.isHidden && may(page.scope)).map((page) => html`<li key=${page.route}>
        <a href=${`#/${page.route}`} aria-current=${route === page.route || (route === 'case' && page.route === 'queue') ? 'page' : null}>${t(`page.${page.route}`)}</a></li>`)}
    </ul></nav>
    <div class="frame-end">
      <button type="button" class="bare" onClick=${showHelp} aria-keyshortcuts="?">${t('frame.help')} <kbd aria-hidden="true">?</kbd></button>
      <${Switches} />
      <a class="who" href="#/account" dir="auto">${session.name || session.user}</a>
      <button type="button" class="bare" onClick=${signOut}>${t('frame.sign-out')}</button>
    </div>
  </header>`;
}

function NotAllowed() {
  return html`<main id="main" tabindex="-1"><h1>${t('frame.not-allowed')}</h1><p>${t('frame.not-allowed-do')}</p></main>`;
}

function Frame({ session }) {
  const place = usePlace();
  const [isHelping, setHelping] = useState(false);
  const showHelp = useCallback(() => setHelping(true), []);
  const page = PAGES.find((each) => each.route === place.route) ?? PAGES[0];
  useKeys('keys.everywhere', [
    { key: '?', says: 'keys.help', run: showHelp },
    ...PAGES.filter((each) => each.letter && may(each.scope)).map((each) => ({ key: `g ${each.letter}`, text: t('keys.go', { page: t(`page.${each.route}`) }), run: () => go(each.route) })),
  ], [lang(), session.user]);
  return html`<${Header} route=${page.route} session=${session} showHelp=${showHelp} />
    ${may(page.scope) ? html`<${PageHost} page=${page} place=${place} />` : html`<${NotAllowed} />`}
    ${isHelping && html`<${Help} close=${() => setHelping(false)}><${KeySwitch} /></${Help}>`}`;
}

function App() {
  const [session, setState] = useState(currentSession());
  const [, draw] = useState(0);
  const [start, setStart] = useState({ isLoading: true, error: null });
  const begin = useCallback(() => {
    setStart({ isLoading: true, error: null });
    loadSession().then(() => setStart({ isLoading: false, error: null }), (error) => setStart({ isLoading: false, error }));
  }, []);
  useEffect(() => {
    const stop = watchSession(setState);
    const redraw = () => draw((n) => n + 1);
    addEventListener('ward-lang', redraw);
    begin();
    return () => {
      stop();
      removeEventListener('ward-lang', redraw);
    };
  }, []);
  if (start.isLoading && !session) return html`<main id="main"><p role="status">${t('loading')}</p></main>`;
  if (start.error) {
    return html`<main id="main"><h1>ward</h1><div class="trouble" role="alert"><p>${explain(start.error)}</p>
      <button type="button" onClick=${begin}>${t('again')}</button></div></main>`;
  }
  return html`${session ? html`<${Frame} session=${session} />` : html`<${LoginPage} query=${readPlace().query} route=${readPlace().route}><${Switches} /></${LoginPage}>`}
    <${LiveRegion} />`;
}

listenForKeys();
document.getElementById('app').textContent = '';
render(html`<${App} />`, document.getElementById('app'));
