/**
 * Words and rules: what the packs know, as it is; the local overlay, edited, checked, tried on what is
 * stored, put in force; its versions, to go back to.
 */
import { html, useEffect, useRef, useState } from '../vendor/preact.js';
import { api, may } from '../api.js';
import { dateTime, number, says, t, word } from '../words.js';
import { Draft } from '../parts/draft.js';
import { useKeys } from '../parts/keys.js';
import { Trouble, useLoad, usePages, useTask } from '../parts/loading.js';
import { Ask, More, Tabs } from '../parts/widgets.js';

const TYPING_MS = 250;

/* ---- Search ---------------------------------------------------------------------------------- */

function useLate(value) {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return late;
}

function Found({ row }) {
  const terms = row.terms ?? [];
  return html`<li class="found">
    <h3><span class="mono">${row.name}</span> <span class="tag">${t(`words.${row.kind === 'rule' ? 'rule' : 'signal'}`)}</span>
      <span class="quiet">${t('words.hits', { n: number(row.hits) })}</span></h3>
    <p dir="auto">${says(row.says)}</p>
    ${row.when && html`<p><span class="quiet">${t('words.when')}</span> <code dir="ltr">${row.when}</code></p>`}
    ${terms.length > 0 && html`<p class="terms" dir="auto">${terms.map((term) => html`<span key=${term} class="term">${term}</span>`)}
      ${row.term_count > terms.length && html`<span class="quiet">${t('words.terms-more', { n: number(row.term_count - terms.length) })}</span>`}</p>`}
    <p class="quiet">${[
      Number.isFinite(row.weight) && t('words.weight', { n: number(row.weight, 2) }),
      row.role && row.role !== 'none' && word('role', row.role),
      row.slot && row.slot !== 'none' && t('words.slot', { slot: row.slot }),
      row.reading && row.reading !== 'any' && t('words.reading', { reading: row.reading }),
      row.file && `${row.file}${row.line ? `:${row.line}` : ''}`,
    ].filter(Boolean).join(' · ')}</p>
    ${row.source && html`<p class="quiet" dir="auto">${t('words.source', { source: row.source })}</p>`}
    ${row.examples?.length > 0 && html`<details><summary>${t('words.examples', { n: number(row.examples.length) })}</summary>
      <ul class="examples">${row.examples.map((each, i) => html`<li key=${i}><span class="tag">${t(each.fires ? 'words.fires' : 'words.passes')}</span> <span dir="auto">${each.text}</span></li>`)}</ul></details>`}
  </li>`;
}

function Search() {
  const [query, setQuery] = useState('');
  const late = useLate(query);
  const field = useRef(null);
  useKeys('words.title', [{ key: '/', says: 'words.search', run: () => field.current.focus() }]);
  const [counted, setCounted] = useState(null);
  const list = usePages(async (after, signal) => {
    const page = await api.get(`/v1/packs/terms?query=${encodeURIComponent(late)}&limit=30${after ? `&after=${encodeURIComponent(after)}` : ''}`, { signal });
    setCounted(page.counted);
    return { rows: page.found, next: page.next };
  }, [late]);
  return html`<div>
    <label class="field-label">${t('words.search')}
      <input ref=${field} type="search" value=${query} maxlength="200" dir="auto" aria-describedby="search-rule" onInput=${(e) => setQuery(e.target.value)} /></label>
    <p id="search-rule" class="quiet">${t('words.search-rule')} ${counted ? t(counted.complete ? 'words.counted' : 'words.counted-part', { n: number(counted.events) }) : ''}</p>
    <${Trouble} error=${list.error} again=${list.again} />
    <p role="status" class="sr-only">${list.isLoading ? '' : t('words.found', { n: number(list.rows.length) })}</p>
    ${list.isEmpty && html`<p>${t('words.nothing')}</p>`}
    <ul class="plain-list">${list.rows.map((row) => html`<${Found} key=${`${row.kind}/${row.name}`} row=${row} />`)}</ul>
    <${More} list=${list} />
  </div>`;
}

/* ---- Files ----------------------------------------------------------------------------------- */

function PackFile({ pack, path }) {
  const file = useLoad((signal) => api.text(`/v1/packs/${encodeURIComponent(pack)}/files/${path.split('/').map(encodeURIComponent).join('/')}`, { signal }), [pack, path]);
  return html`<div class="main-part">
    <h3 class="mono">${pack}/${path}</h3>
    <${Trouble} error=${file.error} again=${file.again} />
    ${file.data && html`<pre class="file-text" tabindex="0" role="region" aria-label=${`${pack}/${path}`}><code dir="ltr">${file.data.text}</code></pre>`}
  </div>`;
}

function Files({ packs }) {
  const [open, setOpen] = useState(null);
  return html`<div class="with-side">
    <div class="side">${packs.map((pack) => html`<section key=${pack.name}>
      <h3>${pack.name} <span class="quiet">${pack.version}</span></h3>
      <p class="quiet">${t('words.pack-counts', { signals: number(pack.signals), rules: number(pack.rules), law: number(pack.law) })}</p>
      <ul class="file-list">${(pack.files ?? []).map((file) => html`<li key=${file.path}>
        <button type="button" class="plain" aria-current=${open?.pack === pack.name && open.path === file.path ? 'true' : undefined}
          onClick=${() => setOpen({ pack: pack.name, path: file.path })}>${file.path}</button></li>`)}</ul>
    </section>`)}</div>
    ${open ? html`<${PackFile} pack=${open.pack} path=${open.path} />` : html`<p class="quiet main-part">${t('words.choose-file')}</p>`}
  </div>`;
}

/* ---- Versions -------------------------------------------------------------------------------- */

function Versions({ mayWrite, tell, changed }) {
  const [active, setActive] = useState(0);
  const list = usePages(async (after, signal) => {
    const page = await api.get(`/v1/packs/versions?limit=50${after ? `&after=${encodeURIComponent(after)}` : ''}`, { signal });
    setActive(page.active);
    return { rows: page.versions, next: page.next };
  }, []);
  const back = useTask(async (version) => {
    const done = await api.post('/v1/packs/rollback', { to: version });
    tell(done.active ? t('versions.now', { version: number(done.active) }) : t('versions.now-none'));
    list.again();
    changed();
  });
  const action = (version) => (version === active
    ? html`<strong>${t('versions.in-force')}</strong>`
    : mayWrite && html`<${Ask} label=${t(version ? 'versions.back' : 'versions.none-do')} of=${version || ''} run=${() => back.run(version)} isBusy=${back.isBusy}
        question=${version ? t('versions.back-sure', { version: number(version) }) : t('versions.none-sure')} />`);
  return html`<div>
    <${Trouble} error=${list.error ?? back.error} again=${list.error ? list.again : undefined} />
    ${list.isEmpty ? html`<p>${t('versions.empty')}</p>` : html`<div class="table-scroll"><table class="rows">
      <caption class="sr-only">${t('words.versions')}</caption>
      <thead><tr><th scope="col" class="number">${t('versions.version')}</th><th scope="col">${t('versions.when')}</th><th scope="col">${t('versions.who')}</th><th scope="col" class="wide">${t('versions.note')}</th><th scope="col">${t('versions.state')}</th></tr></thead>
      <tbody>
        ${list.rows.map((row) => html`<tr key=${row.version}><th scope="row" class="number">${number(row.version)}</th><td class="date">${dateTime(row.time)}</td><td dir="auto">${row.who}</td><td class="wide" dir="auto">${row.note}</td><td>${action(row.version)}</td></tr>`)}
        ${!list.hasMore && html`<tr><th scope="row" class="number">0</th><td colspan="3">${t('versions.none')}</td><td>${action(0)}</td></tr>`}
      </tbody></table></div>`}
    <${More} list=${list} />
  </div>`;
}

export function WordsPage() {
  const [said, setSaid] = useState('');
  const packs = useLoad((signal) => api.get('/v1/packs', { signal }), []);
  const mayWrite = may('packs');
  const overlay = packs.data?.overlay?.files ?? [];
  const tabs = [
    { id: 'search', label: t('words.tab-search'), show: () => html`<${Search} />` },
    { id: 'files', label: t('words.tab-files'), show: () => html`<${Files} packs=${packs.data?.packs ?? []} />` },
    { id: 'draft', label: t('words.tab-draft'), show: () => html`<${Draft} files=${overlay} reload=${packs.again} mayWrite=${mayWrite} tell=${setSaid} activated=${packs.again} />` },
    { id: 'versions', label: t('words.versions'), show: () => html`<${Versions} mayWrite=${mayWrite} tell=${setSaid} changed=${packs.again} />` },
  ];
  return html`<div>
    <h1>${t('words.title')}</h1>
    <p>${t('words.lead')}</p>
    ${packs.data && html`<p>${packs.data.active ? t('words.overlay-active', { version: number(packs.data.active) }) : t('words.overlay-none')}</p>`}
    <${Trouble} error=${packs.error} again=${packs.again} />
    <p role="status" class="said">${said}</p>
    <${Tabs} name=${t('words.title')} tabs=${tabs} />
  </div>`;
}
