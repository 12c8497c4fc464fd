/**
 * Users, API keys, webhooks: who and what may reach ward. Administrators only; the server decides, the
 * page merely asks. A secret is shown once, in a field of its own, and is never kept.
 */
import { html, useLayoutEffect, useRef, useState } from '../vendor/preact.js';
import { api } from '../api.js';
import { dateTime, number, t, word } from '../words.js';
import { useKeys } from '../parts/keys.js';
import { Trouble, usePages, useLoad, useTask } from '../parts/loading.js';
import { Ask, More, Secret, Tabs } from '../parts/widgets.js';

const ROLES = ['viewer', 'reviewer', 'lead', 'administrator'];
const SCOPES = ['check', 'ingest', 'report', 'read', 'decide', 'export', 'packs', 'audit', 'admin'];
const HOOK_KINDS = ['decision', 'case-opened', 'referral'];
export const PASSWORD_LEAST = 12;

const pagesOf = (path, name) => async (after, signal) => {
  const list = await api.get(`${path}?limit=100${after ? `&after=${encodeURIComponent(after)}` : ''}`, { signal });
  return { rows: list[name] ?? [], next: list.next };
};

/* ---- Users ----------------------------------------------------------------------------------- */

function Choice({ label, name, value, options, group }) {
  return html`<label class="field-label">${label}
    <select name=${name} defaultValue=${value}>${options.map((each) => html`<option key=${each} value=${each} selected=${each === value}>${word(group, each)}</option>`)}</select></label>`;
}

function AddUser({ done }) {
  const form = useRef(null);
  useKeys('users.title', [{ key: 'n', says: 'users.add', run: () => form.current.elements.user.focus() }]);
  const task = useTask(async () => {
    const fields = Object.fromEntries(new FormData(form.current));
    await api.post('/v1/users', fields);
    form.current.reset();
    done(fields.user);
  });
  return html`<form ref=${form} class="panel" onSubmit=${(e) => { e.preventDefault(); task.run(); }}>
    <h3>${t('users.add')}</h3>
    <div class="fields">
      <label class="field-label">${t('users.user')}
        <input name="user" required pattern="[A-Za-z0-9._@+\\-]{1,64}" autocomplete="off" aria-describedby="user-rule" /></label>
      <label class="field-label">${t('users.name')}<input name="name" maxlength="200" autocomplete="off" dir="auto" /></label>
      <${Choice} label=${t('users.role')} name="role" value="reviewer" options=${ROLES} group="role-of-user" />
      <label class="field-label">${t('users.password')}
        <input name="password" type="password" required minlength=${PASSWORD_LEAST} autocomplete="new-password" aria-describedby="password-rule" /></label>
    </div>
    <p id="user-rule" class="quiet">${t('users.user-rule')}</p>
    <p id="password-rule" class="quiet">${t('users.password-rule', { n: PASSWORD_LEAST })}</p>
    <${Trouble} error=${task.error} />
    <button type="submit" class="primary" aria-disabled=${task.isBusy}>${t('users.add-do')}</button>
  </form>`;
}

function PasswordForm({ user, done, leave }) {
  const [password, setPassword] = useState('');
  const field = useRef(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const task = useTask(async () => {
    await api.patch(`/v1/users/${encodeURIComponent(user.user)}`, { password });
    done();
  });
  return html`<form class="inline-form" onSubmit=${(e) => { e.preventDefault(); task.run(); }} onKeyDown=${(e) => e.key === 'Escape' && leave()}>
    <label class="field-label">${t('users.new-password', { user: user.user })}
      <input ref=${field} type="password" required minlength=${PASSWORD_LEAST} autocomplete="new-password" value=${password} onInput=${(e) => setPassword(e.target.value)} /></label>
    <button type="submit" class="primary" aria-disabled=${task.isBusy}>${t('users.set-password')}</button>
    <button type="button" onClick=${leave}>${t('cancel')}</button>
    <${Trouble} error=${task.error} />
  </form>`;
}

function UserRow({ user, again, tell }) {
  const [isAsking, setAsking] = useState(false);
  const change = useTask(async (part, said) => {
    await api.patch(`/v1/users/${encodeURIComponent(user.user)}`, part);
    tell(said);
    again();
  });
  return html`<tr class=${user.disabled ? 'disabled-row' : ''}>
    <th scope="row"><span dir="auto">${user.name || user.user}</span><span class="quiet block">${user.user}${user.disabled ? ` · ${t('users.is-disabled')}` : ''}</span></th>
    <td><select aria-label=${t('users.role-of', { user: user.user })} value=${user.role} aria-disabled=${change.isBusy}
      onChange=${(e) => change.run({ role: e.target.value }, t('users.role-set', { user: user.user, role: word('role-of-user', e.target.value) }))}>
      ${ROLES.map((role) => html`<option key=${role} value=${role}>${word('role-of-user', role)}</option>`)}</select></td>
    <td class="date">${user.created ? dateTime(user.created) : ''}</td>
    <td class="actions">
      <button type="button" aria-disabled=${change.isBusy} onClick=${() => change.run({ disabled: !user.disabled }, t(user.disabled ? 'users.enabled' : 'users.disabled', { user: user.user }))}>
        ${t(user.disabled ? 'users.enable' : 'users.disable')}<span class="sr-only"> ${user.user}</span></button>
      <button type="button" aria-expanded=${isAsking} onClick=${() => setAsking(!isAsking)}>${t('users.reset')}<span class="sr-only"> ${user.user}</span></button>
      <${Trouble} error=${change.error} />
      ${isAsking && html`<${PasswordForm} user=${user} leave=${() => setAsking(false)} done=${() => { setAsking(false); tell(t('users.password-set', { user: user.user })); }} />`}
    </td>
  </tr>`;
}

function Users({ tell }) {
  const list = usePages(pagesOf('/v1/users', 'users'), []);
  return html`<div>
    <${Trouble} error=${list.error} again=${list.again} />
    <div class="table-scroll"><table class="rows">
      <caption class="sr-only">${t('users.users')}</caption>
      <thead><tr><th scope="col">${t('users.user')}</th><th scope="col">${t('users.role')}</th><th scope="col">${t('users.since')}</th><th scope="col">${t('users.actions')}</th></tr></thead>
      <tbody>${list.rows.map((user) => html`<${UserRow} key=${user.user} user=${user} again=${list.again} tell=${tell} />`)}</tbody>
    </table></div>
    <${More} list=${list} />
    <details class="quiet"><summary>${t('users.what-roles')}</summary><ul>${ROLES.map((role) => html`<li key=${role}><strong>${word('role-of-user', role)}</strong>: ${t(`users.may-${role}`)}</li>`)}</ul></details>
    <${AddUser} done=${(user) => { tell(t('users.added', { user })); list.again(); }} />
  </div>`;
}

/* ---- Keys ------------------------------------------------------------------------------------ */

/* The end of the chosen day, UTC, as the server takes it. */
const expiryOf = (day) => (day ? { expires: `${day}T23:59:59Z` } : {});

function AddKey({ done }) {
  const form = useRef(null);
  useKeys('users.title', [{ key: 'n', says: 'keys.add', run: () => form.current.elements.name.focus() }]);
  const task = useTask(async () => {
    const data = new FormData(form.current);
    const key = await api.post('/v1/keys', { name: data.get('name'), scopes: data.getAll('scope'), ...expiryOf(data.get('expires')) });
    form.current.reset();
    done(key);
  });
  const [isEmpty, setEmpty] = useState(false);
  const submit = (e) => {
    e.preventDefault();
    const isNone = !new FormData(form.current).getAll('scope').length;
    setEmpty(isNone);
    if (!isNone) task.run();
  };
  return html`<form ref=${form} class="panel" onSubmit=${submit}>
    <h3>${t('keys.add')}</h3>
    <div class="fields">
      <label class="field-label">${t('keys.name')}<input name="name" required maxlength="100" autocomplete="off" dir="auto" /></label>
      <label class="field-label">${t('keys.expires')}<input name="expires" type="date" /></label>
    </div>
    <fieldset aria-describedby=${isEmpty ? 'no-scope' : undefined}><legend>${t('keys.scopes')}</legend>
      <div class="checks">${SCOPES.map((scope) => html`<label key=${scope} class="check"><input type="checkbox" name="scope" value=${scope} /> <span>${scope}<span class="quiet block">${word('scope', scope)}</span></span></label>`)}</div>
    </fieldset>
    ${isEmpty && html`<p id="no-scope" class="trouble" role="alert">${t('keys.no-scope')}</p>`}
    <${Trouble} error=${task.error} />
    <button type="submit" class="primary" aria-disabled=${task.isBusy}>${t('keys.add-do')}</button>
  </form>`;
}

function KeyRow({ row, again, tell }) {
  const task = useTask(async () => {
    await api.delete(`/v1/keys/${encodeURIComponent(row.id)}`);
    tell(t('keys.revoked', { name: row.name }));
    again();
  });
  return html`<tr>
    <th scope="row"><span dir="auto">${row.name}</span><span class="quiet block">${row.id}</span></th>
    <td>${(row.scopes ?? []).join(', ')}</td>
    <td class="date">${dateTime(row.created)}</td>
    <td class="date">${row.expires ? dateTime(row.expires) : t('keys.never')}</td>
    <td class="actions"><${Ask} label=${t('keys.revoke')} of=${row.name} question=${t('keys.revoke-sure', { name: row.name })} run=${task.run} isBusy=${task.isBusy} /><${Trouble} error=${task.error} /></td>
  </tr>`;
}

function Keys({ tell }) {
  const list = usePages(pagesOf('/v1/keys', 'keys'), []);
  const [made, setMade] = useState(null);
  return html`<div>
    <${Trouble} error=${list.error} again=${list.again} />
    ${made && html`<${Secret} title=${t('keys.secret-of', { name: made.name })} secret=${made.secret} close=${() => setMade(null)} />`}
    ${list.isEmpty ? html`<p class="quiet">${t('keys.none')}</p>` : html`<div class="table-scroll"><table class="rows">
      <caption class="sr-only">${t('users.keys')}</caption>
      <thead><tr><th scope="col">${t('keys.name')}</th><th scope="col">${t('keys.scopes')}</th><th scope="col">${t('keys.made')}</th><th scope="col">${t('keys.expires')}</th><th scope="col">${t('users.actions')}</th></tr></thead>
      <tbody>${list.rows.map((row) => html`<${KeyRow} key=${row.id} row=${row} again=${list.again} tell=${tell} />`)}</tbody>
    </table></div>`}
    <${More} list=${list} />
    <${AddKey} done=${(key) => { setMade(key); list.again(); }} />
  </div>`;
}

/* ---- Webhooks -------------------------------------------------------------------------------- */

function AddHook({ done }) {
  const form = useRef(null);
  useKeys('users.title', [{ key: 'n', says: 'hooks.add', run: () => form.current.elements.url.focus() }]);
  const [isEmpty, setEmpty] = useState(false);
  const task = useTask(async () => {
    const data = new FormData(form.current);
    const hook = await api.post('/v1/webhooks', { url: data.get('url'), kinds: data.getAll('kind') });
    form.current.reset();
    done({ ...hook, url: hook.url ?? data.get('url') });
  });
  const submit = (e) => {
    e.preventDefault();
    const isNone = !new FormData(form.current).getAll('kind').length;
    setEmpty(isNone);
    if (!isNone) task.run();
  };
  return html`<form ref=${form} class="panel" onSubmit=${submit}>
    <h3>${t('hooks.add')}</h3>
    <label class="field-label">${t('hooks.url')}<input name="url" type="url" required placeholder="https://" maxlength="2000" autocomplete="off" /></label>
    <fieldset><legend>${t('hooks.kinds')}</legend>
      <div class="checks">${HOOK_KINDS.map((kind) => html`<label key=${kind} class="check"><input type="checkbox" name="kind" value=${kind} /> ${word('hook', kind)}</label>`)}</div>
    </fieldset>
    ${isEmpty && html`<p class="trouble" role="alert">${t('hooks.no-kind')}</p>`}
    <p class="quiet">${t('hooks.signed')}</p>
    <${Trouble} error=${task.error} />
    <button type="submit" class="primary" aria-disabled=${task.isBusy}>${t('hooks.add-do')}</button>
  </form>`;
}

function Receipts({ hook }) {
  const list = usePages(pagesOf(`/v1/webhooks/${encodeURIComponent(hook.id)}/deliveries`, 'deliveries'), [hook.id]);
  return html`<div>
    <${Trouble} error=${list.error} again=${list.again} />
    ${list.isEmpty && html`<p class="quiet">${t('hooks.no-delivery')}</p>`}
    ${list.rows.length > 0 && html`<div class="table-scroll"><table class="rows">
      <caption>${t('hooks.receipts-of', { url: hook.url })}</caption>
      <thead><tr><th scope="col">${t('hooks.when')}</th><th scope="col">${t('hooks.kind')}</th><th scope="col">${t('hooks.state')}</th><th scope="col" class="number">${t('hooks.tries')}</th><th scope="col">${t('hooks.answer')}</th></tr></thead>
      <tbody>${list.rows.map((row) => html`<tr key=${row.delivery}>
        <td class="date">${dateTime(row.last ?? row.created)}</td><td>${word('hook', row.kind)}</td><td>${word('delivery', row.state)}</td>
        <td class="number">${number(row.attempts)}</td><td>${row.status ? String(row.status) : row.error ?? ''}</td></tr>`)}</tbody>
    </table></div>`}
    <${More} list=${list} />
    <button type="button" onClick=${list.again}>${t('hooks.look-again')}</button>
  </div>`;
}

function HookRow({ hook, again, tell }) {
  const [isOpen, setOpen] = useState(false);
  const task = useTask(async () => {
    await api.delete(`/v1/webhooks/${encodeURIComponent(hook.id)}`);
    tell(t('hooks.removed', { url: hook.url }));
    again();
  });
  return html`<tr>
    <th scope="row" class="wide"><span class="breaks">${hook.url}</span></th>
    <td>${(hook.kinds ?? []).map((kind) => word('hook', kind)).join(t('list.comma'))}</td>
    <td class="actions">
      <button type="button" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>${t('hooks.receipts')}<span class="sr-only"> ${hook.url}</span></button>
      <${Ask} label=${t('hooks.remove')} of=${hook.url} question=${t('hooks.remove-sure')} run=${task.run} isBusy=${task.isBusy} /><${Trouble} error=${task.error} />
    </td>
  </tr>
  ${isOpen && html`<tr><td colspan="3" class="opened"><${Receipts} hook=${hook} /></td></tr>`}`;
}

function Hooks({ tell }) {
  const list = useLoad((signal) => api.get('/v1/webhooks?limit=200', { signal }), []);
  const [made, setMade] = useState(null);
  const hooks = list.data?.webhooks ?? [];
  return html`<div>
    <${Trouble} error=${list.error} again=${list.again} />
    ${made && html`<${Secret} title=${t('hooks.secret-of', { url: made.url })} secret=${made.secret} close=${() => setMade(null)} />`}
    ${list.data && !hooks.length && html`<p class="quiet">${t('hooks.none')}</p>`}
    ${hooks.length > 0 && html`<div class="table-scroll"><table class="rows">
      <caption class="sr-only">${t('users.hooks')}</caption>
      <thead><tr><th scope="col">${t('hooks.url')}</th><th scope="col">${t('hooks.kinds')}</th><th scope="col">${t('users.actions')}</th></tr></thead>
      <tbody>${hooks.map((hook) => html`<${HookRow} key=${hook.id} hook=${hook} again=${list.again} tell=${tell} />`)}</tbody>
    </table></div>`}
    <${AddHook} done=${(hook) => { setMade(hook); list.again(); }} />
  </div>`;
}

export function UsersPage() {
  const [said, setSaid] = useState('');
  const tabs = [
    { id: 'users', label: t('users.users'), show: () => html`<${Users} tell=${setSaid} />` },
    { id: 'keys', label: t('users.keys'), show: () => html`<${Keys} tell=${setSaid} />` },
    { id: 'hooks', label: t('users.hooks'), show: () => html`<${Hooks} tell=${setSaid} />` },
  ];
  return html`<div>
    <h1>${t('users.title')}</h1>
    <p role="status" class="said">${said}</p>
    <${Tabs} name=${t('users.title')} tabs=${tabs} />
  </div>`;
}
