/**
 * Signing in, and making the first administrator by the one-time link (#link=...). The
 * address's fragment stays as it is, so that one comes back to the page one wanted.
 */
import { html, useEffect, useLayoutEffect, useRef, useState } from '../vendor/preact.js';
import { api, setSession } from '../api.js';
import { explain, t } from '../words.js';
import { useTask } from '../parts/loading.js';

const PASSWORD_LEAST = 12;

function problemOf(error) {
  if (!error) return '';
  if (error.status === 401) return t('login.wrong');
  if (error.status === 429) return t('login.locked', { wait: error.retryAfter || 60 });
  return explain(error);
}

/** A form of labelled fields; an error stands above them, is read out, and takes nobody's focus. */
function Form({ task, label, children }) {
  return html`<form onSubmit=${(e) => { e.preventDefault(); task.run(Object.fromEntries(new FormData(e.target))); }}>
    <div role="alert">${task.said && html`<p class="trouble">${task.said}</p>`}</div>
    ${children}
    <button type="submit" class="primary" aria-disabled=${task.isBusy}>${label}</button>
  </form>`;
}

function SignIn() {
  const first = useRef(null);
  useLayoutEffect(() => first.current.focus(), []);
  const task = useTask(async ({ user, password }) => setSession(await api.post('/v1/session', { user: user.trim(), password })));
  return html`<h1>${t('login.title')}</h1>
    <p class="quiet">${t('login.lead')}</p>
    <${Form} task=${{ ...task, said: problemOf(task.error) }} label=${t('login.do')}>
      <label class="field-label">${t('login.user')}<input ref=${first} name="user" required maxlength="64" autocomplete="username" autocapitalize="none" spellcheck=${false} /></label>
      <label class="field-label">${t('login.password')}<input name="password" type="password" required maxlength="1024" autocomplete="current-password" /></label>
    </${Form}>
    <p class="quiet">${t('login.forgotten')}</p>`;
}

function First({ token }) {
  const [isDifferent, setDifferent] = useState(false);
  const task = useTask(async ({ user, name, password, again }) => {
    setDifferent(password !== again);
    if (password !== again) return;
    const session = await api.post('/v1/session/link', { token, user: user.trim(), name: name.trim(), password });
    location.hash = '#/queue';
    setSession(session);
  });
  const refused = [401, 403, 404, 409].includes(task.error?.status);
  const said = isDifferent ? t('first.differ') : refused ? t('first.used') : problemOf(task.error);
  return html`<h1>${t('first.title')}</h1><p>${t('first.lead')}</p>
    <${Form} task=${{ ...task, said }} label=${t('first.do')}>
      <label class="field-label">${t('login.user')}<input name="user" required maxlength="64" pattern="[A-Za-z0-9._@+\\-]+" autocomplete="username" autocapitalize="none" spellcheck=${false} /></label>
      <label class="field-label">${t('first.name')}<input name="name" required maxlength="128" autocomplete="name" /></label>
      <label class="field-label">${t('first.password')}<input name="password" type="password" required minlength=${PASSWORD_LEAST} maxlength="1024" autocomplete="new-password" /></label>
      <label class="field-label">${t('first.again')}<input name="again" type="password" required maxlength="1024" autocomplete="new-password" /></label>
    </${Form}>
    ${refused && html`<p><a href="#/queue">${t('login.title')}</a></p>`}`;
}

export function LoginPage({ children }) {
  const [place, setPlace] = useState(location.hash);
  useEffect(() => {
    const move = () => setPlace(location.hash);
    addEventListener('hashchange', move);
    document.title = `${t('login.title')} · ward`;
    return () => removeEventListener('hashchange', move);
  }, []);
  const token = /^#link=([^&]+)/.exec(place)?.[1];
  return html`<div class="narrow-end">${children}</div>
    <main id="main" class="narrow" tabindex="-1">${token ? html`<${First} token=${token} />` : html`<${SignIn} />`}</main>`;
}
