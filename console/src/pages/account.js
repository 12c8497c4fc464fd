/**
 * One's own account: role, what one may do, the password.
 */
import { html, useRef } from '../vendor/preact.js';
import { api, currentSession, loadSession } from '../api.js';
import { t, word } from '../words.js';
import { Trouble, useTask } from '../parts/loading.js';
import { announce } from '../parts/live.js';

export function AccountPage() {
  const session = currentSession();
  const form = useRef(null);
  const task = useTask(async () => {
    const fields = Object.fromEntries(new FormData(form.current));
    await api.post('/v1/session/password', { old: fields.old, new: fields.new });
    form.current.reset();
    await loadSession(); // a new password means a new session and token
    announce(t('account.done'));
  });
  return html`<h1>${t('account.title')}</h1>
    <dl class="facts">
      <div><dt>${t('account.user')}</dt><dd dir="auto">${session.user}</dd></div>
      <div><dt>${t('account.role')}</dt><dd>${word('role-of-user', session.role)}</dd></div>
      <div><dt>${t('account.may')}</dt><dd>${(session.scopes ?? []).map((scope) => word('scope', scope)).join(t('list.comma'))}</dd></div>
    </dl>
    <h2>${t('account.change')}</h2>
    <form ref=${form} class="panel" onSubmit=${(e) => { e.preventDefault(); task.run(); }}>
      <${Trouble} error=${task.error} />
      <input class="sr-only" name="username" autocomplete="username" value=${session.user} readonly tabindex="-1" aria-hidden="true" />
      <label class="field-label">${t('account.old')}<input name="old" type="password" required maxlength="1024" autocomplete="current-password" /></label>
      <label class="field-label">${t('account.new')}<input name="new" type="password" required minlength="12" maxlength="1024" autocomplete="new-password" /></label>
      <button type="submit" class="primary" aria-disabled=${task.isBusy}>${t('account.do')}</button>
    </form>`;
}
