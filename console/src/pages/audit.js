/**
 * Audit: the log of every write, decision and reading, and the proof that it is whole, in words.
 */
import { html, useRef, useState } from '../vendor/preact.js';
import { api } from '../api.js';
import { dateTime, number, t, word } from '../words.js';
import { useKeys } from '../parts/keys.js';
import { Trouble, usePages, useTask } from '../parts/loading.js';
import { More } from '../parts/widgets.js';

/* Kinds of entries worth asking for, as the rooms write them. */
const KINDS = [
  'login', 'login-failed', 'logout', 'case-read', 'report-read', 'decision', 'export-asked', 'export-fetched', 'ingest', 'link',
  'overlay-draft', 'pack-activate', 'pack-rollback', 'user-add', 'user-change', 'user-password', 'key-add', 'key-revoke',
  'webhook-add', 'webhook-drop', 'configure', 'erase', 'purge', 'audit-verify',
];

function Report({ report }) {
  if (!report) return null;
  if (!report.good) {
    return html`<div class="trouble" role="alert">
      <p><strong>${t('audit.bad')}</strong></p>
      <p>${t('audit.bad-at', { entry: number(report.bad_entry ?? 0) })} <span dir="auto">${report.what ?? ''}</span></p>
      <p>${t('audit.bad-do')}</p></div>`;
  }
  return html`<div class="good" role="status">
    <p><strong>${t('audit.good')}</strong> ${t('audit.good-sum', { entries: number(report.entries), rows: number(report.rows) })}</p>
    <p>${t(report.anchored ? 'audit.anchored' : 'audit.unanchored')}</p>
    <p class="quiet">${t('audit.head')} <code class="breaks">${report.head}</code></p></div>`;
}

/* The body of an entry as rows; it is small and of the server's making, but shown as text all the same. */
const bodyRows = (body) => (body && typeof body === 'object' ? Object.entries(body) : body ? [['', body]] : []);

function Entry({ entry }) {
  const [isOpen, setOpen] = useState(false);
  return html`<tr>
    <td class="number">${number(entry.seq)}</td>
    <td class="date">${dateTime(entry.time)}</td>
    <td dir="auto">${entry.who || t('audit.nobody')}</td>
    <td class="short">${word('audit', entry.kind)}</td>
    <td><button type="button" class="plain" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>${t('audit.details')}<span class="sr-only"> ${number(entry.seq)}</span></button></td>
  </tr>
  ${isOpen && html`<tr><td colspan="5" class="opened"><dl class="facts">
    ${bodyRows(entry.body).map(([name, value], i) => html`<div key=${i}><dt>${name}</dt><dd class="breaks" dir="auto">${typeof value === 'string' ? value : JSON.stringify(value)}</dd></div>`)}
    <div><dt>${t('audit.hash')}</dt><dd class="mono breaks">${entry.hash}</dd></div></dl></td></tr>`}`;
}

function Filters({ filter, setFilter }) {
  const [who, setWho] = useState(filter.who);
  const field = useRef(null);
  useKeys('keys.list', [{ key: '/', says: 'keys.audit-who', run: () => field.current.focus() }]);
  return html`<form class="fields" onSubmit=${(e) => { e.preventDefault(); setFilter({ ...filter, who: who.trim() }); }}>
    <label class="field-label">${t('audit.kind')}
      <select value=${filter.kind} onChange=${(e) => setFilter({ ...filter, kind: e.target.value })}>
        <option value="">${t('audit.any')}</option>${KINDS.map((kind) => html`<option key=${kind} value=${kind}>${word('audit', kind)}</option>`)}</select></label>
    <label class="field-label">${t('audit.who')}<input ref=${field} value=${who} maxlength="128" autocomplete="off" dir="auto" onInput=${(e) => setWho(e.target.value)} /></label>
    <button type="submit">${t('audit.filter')}</button>
  </form>`;
}

export function AuditPage() {
  const [filter, setFilter] = useState({ kind: '', who: '' });
  const [report, setReport] = useState(null);
  const list = usePages(async (after, signal) => {
    const query = new URLSearchParams({ limit: '50', ...(filter.kind && { kind: filter.kind }), ...(filter.who && { who: filter.who }), ...(after && { after }) });
    const page = await api.get(`/v1/audit?${query}`, { signal });
    return { rows: page.entries, next: page.next };
  }, [filter.kind, filter.who]);
  const verify = useTask(async () => {
    setReport(null);
    setReport(await api.post('/v1/audit/verify', {}));
    list.again();
  });
  useKeys('audit.title', [{ key: 'v', says: 'audit.verify', run: verify.run }]);
  return html`<div>
    <h1>${t('audit.title')}</h1>
    <p>${t('audit.lead')}</p>
    <p><button type="button" class="primary" aria-disabled=${verify.isBusy} onClick=${verify.run}>${t('audit.verify')}</button>
      <span role="status">${verify.isBusy ? ` ${t('audit.verifying')}` : ''}</span></p>
    <${Trouble} error=${verify.error} />
    <${Report} report=${report} />
    <${Filters} filter=${filter} setFilter=${setFilter} />
    <${Trouble} error=${list.error} again=${list.again} />
    ${list.isEmpty ? html`<p>${t('audit.nothing')}</p>` : html`<div class="table-scroll"><table class="rows">
      <caption class="sr-only">${t('audit.title')}</caption>
      <thead><tr><th scope="col" class="number">${t('audit.seq')}</th><th scope="col">${t('audit.time')}</th><th scope="col">${t('audit.who')}</th><th scope="col">${t('audit.kind')}</th><th scope="col">${t('audit.details')}</th></tr></thead>
      <tbody>${list.rows.map((entry) => html`<${Entry} key=${entry.seq} entry=${entry} />`)}</tbody>
    </table></div>`}
    <${More} list=${list} />
  </div>`;
}
