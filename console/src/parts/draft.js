/**
 * The draft of the local overlay: write its files, check it, try it on what is stored, put it in force.
 */
import { html, useEffect, useRef, useState } from '../vendor/preact.js';
import { api } from '../api.js';
import { number, t, word } from '../words.js';
import { Trouble, useTask } from './loading.js';
import { Ask, More } from './widgets.js';
import { Level } from './verdict_view.js';
import { errorsByLine, isOverlayPath } from './yaml_edit.js';
import { YamlEditor } from './yaml_editor.js';

const FOLDERS = ['signals', 'rules', 'law', 'procedures'];
const STARTERS = {
  rules: 'rules:\n  my-rule:\n    when: my-words and price\n    weight: 1.0\n    family: act\n    role: offer\n    says: {zh: 一句话说明, en: One sentence}\n    # Examples that the rule must fire on, and such that it must not.\n    match: []\n    pass: []\n',
  signals: 'signals:\n  my-words:\n    slot: transfer\n    reading: trade\n    says: {zh: 说到什么, en: what is mentioned}\n    source: \n    terms:\n      - \n',
};

/* As a header has it: the bodies of answers name etags without their quotes. */
const headerEtag = (etag) => (/^(W\/)?"/.test(etag) ? etag : `"${etag}"`);
const urlOf = (path) => `/v1/overlay/${path.split('/').map(encodeURIComponent).join('/')}`;

/* ---- Files ----------------------------------------------------------------------------------- */

function NewFile({ make, taken }) {
  const [folder, setFolder] = useState('rules');
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState('');
  const submit = (e) => {
    e.preventDefault();
    const path = `${folder}/${name.replace(/\.yaml$/, '')}.yaml`;
    if (!isOverlayPath(path)) setWrong(t('draft.bad-name'));
    else if (taken.includes(path)) setWrong(t('draft.taken', { path }));
    else {
      setWrong('');
      setName('');
      make(path, STARTERS[folder] ?? '');
    }
  };
  return html`<form class="new-file" onSubmit=${submit}>
    <label class="field-label">${t('draft.folder')}
      <select value=${folder} onChange=${(e) => setFolder(e.target.value)}>${FOLDERS.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label>
    <label class="field-label">${t('draft.name')}
      <input value=${name} maxlength="64" autocomplete="off" aria-invalid=${Boolean(wrong)} aria-describedby=${wrong ? 'bad-name' : undefined} onInput=${(e) => setName(e.target.value)} /></label>
    ${wrong && html`<p id="bad-name" class="trouble" role="alert">${wrong}</p>`}
    <button type="submit">${t('draft.new')}</button>
  </form>`;
}

function FileList({ files, open, choose }) {
  if (!files.length) return html`<p class="quiet">${t('draft.empty')}</p>`;
  return html`<ul class="file-list" aria-label=${t('draft.files')}>${files.map((file) => html`<li key=${file.path}>
    <button type="button" class="plain" aria-current=${file.path === open?.path ? 'true' : undefined} onClick=${() => choose(file.path)}>${file.path}</button></li>`)}</ul>`;
}

/** The open file: {path, text, saved, etag}; `saved` is null for one that is not yet on the server. */
function useFile(reload) {
  const [file, setFile] = useState(null);
  const isDirty = Boolean(file) && file.text !== file.saved;
  useEffect(() => {
    if (!isDirty) return undefined;
    const warn = (e) => e.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isDirty]);
  const opening = useTask(async (path) => {
    const { text, etag } = await api.text(urlOf(path));
    setFile({ path, text, saved: text, etag });
  });
  const saving = useTask(async (force) => {
    const { path, text, etag, saved } = file;
    const match = force || saved === null ? {} : { etag };
    const done = await api.put(urlOf(path), text, { type: 'text/yaml', ...match });
    setFile((now) => (now?.path === path ? { ...now, saved: text, etag: headerEtag(done.etag) } : now));
    reload();
    return true;
  });
  const dropping = useTask(async () => {
    if (file.saved !== null) await api.delete(urlOf(file.path), { etag: file.etag });
    setFile(null);
    reload();
  });
  return {
    file, isDirty, opening, saving, dropping,
    open: (path) => { saving.clear(); opening.run(path); },
    make: (path, text) => setFile({ path, text, saved: null, etag: '' }),
    change: (text) => setFile((now) => ({ ...now, text })),
  };
}

/* ---- Validation ------------------------------------------------------------------------------ */

function Errors({ errors, go }) {
  return html`<div id="editor-errors" class="trouble" role="alert">
    <p>${t('draft.errors', { n: number(errors.length) })}</p>
    <ol class="error-list">${errors.map((error, i) => html`<li key=${i}>
      <button type="button" class="plain" onClick=${() => go(error)}>${t('draft.error-at', { file: error.file, line: number(error.line), column: number(error.column) })}</button>
      <span dir="auto">${error.message}</span>
      ${error.text && html`<code class="block" dir="auto">${error.text}</code>`}</li>`)}</ol>
  </div>`;
}

function Failures({ tests, go }) {
  return html`<details open><summary>${t('draft.failures', { n: number(tests.failed) })}</summary>
    <ol class="error-list">${tests.failures.map((each, i) => html`<li key=${i}>
      <button type="button" class="plain" onClick=${() => go(each)}>${t('draft.failure-at', { file: each.file, line: number(each.line) })}</button>
      <span>${t(each.wanted ? 'draft.should-fire' : 'draft.should-not-fire', { rule: each.rule })}</span>
      <span class="written block" dir="auto">${each.text}</span>
      ${each.fired?.length > 0 && html`<span class="quiet block">${t('draft.fired', { rules: each.fired.join(', ') })}</span>`}</li>`)}</ol>
  </details>`;
}

function Checked({ result, go }) {
  if (!result) return null;
  const { errors = [], tests } = result;
  return html`<div>
    <p role="status">${result.ok ? t('draft.good', { n: number(tests?.passed ?? 0) }) : ''}</p>
    ${errors.length > 0 && html`<${Errors} errors=${errors} go=${go} />`}
    ${tests?.failed > 0 && html`<${Failures} tests=${tests} go=${go} />`}
  </div>`;
}

/* ---- Dry run --------------------------------------------------------------------------------- */

const POLL_MS = 700;
const wait = (ms, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); });
});

/** Starts a run and looks after it until it is done; leaving the page stops looking. */
function useDryRun() {
  const [run, setRun] = useState(null);
  const under = useRef(null);
  useEffect(() => () => under.current?.abort(), []);
  const task = useTask(async () => {
    under.current?.abort();
    const mine = new AbortController();
    under.current = mine;
    const { run: id } = await api.post('/v1/packs/dry-run', {});
    for (;;) {
      const state = await api.get(`/v1/packs/dry-run/${encodeURIComponent(id)}?limit=50`, { signal: mine.signal });
      setRun(state);
      if (state.state === 'done' || state.state === 'failed') return;
      await wait(POLL_MS, mine.signal);
    }
  });
  const more = useTask(async () => {
    const page = await api.get(`/v1/packs/dry-run/${encodeURIComponent(run.run)}?limit=50&after=${encodeURIComponent(run.next)}`);
    setRun((now) => ({ ...now, changed: [...now.changed, ...page.changed], next: page.next }));
  });
  return { run, task, more };
}

const LEVELS = ['none', 'watch', 'review', 'urgent'];

function LevelsTable({ levels }) {
  return html`<table class="rows small">
    <caption>${t('draft.levels')}</caption>
    <thead><tr><th scope="col">${t('try.level')}</th><th scope="col" class="number">${t('draft.before')}</th><th scope="col" class="number">${t('draft.after')}</th></tr></thead>
    <tbody>${LEVELS.map((level) => html`<tr key=${level}><th scope="row">${word('level', level)}</th><td class="number">${number(levels.before?.[level] ?? 0)}</td><td class="number">${number(levels.after?.[level] ?? 0)}</td></tr>`)}</tbody>
  </table>`;
}

function ChangedRow({ row }) {
  return html`<tr>
    <td class="number">${number(row.seq)}</td>
    <td>${row.case ? html`<a href=${`#/case/${encodeURIComponent(row.case)}`}>${row.case}</a>` : ''}</td>
    <td><${Level} level=${row.before.level} /> ${number(row.before.score * 100, 0)}</td>
    <td><${Level} level=${row.after.level} /> ${number(row.after.score * 100, 0)}</td>
    <td class="wide">${row.rules.added.map((rule) => html`<span key=${rule} class="rule-change">+ ${rule}</span>`)}${row.rules.removed.map((rule) => html`<span key=${rule} class="rule-change">− ${rule}</span>`)}</td>
  </tr>`;
}

function DryRun({ dry }) {
  const { run, task, more } = dry;
  return html`<div>
    <${Trouble} error=${task.error} />
    <p role="status">${run ? t(`draft.run-${run.state}`, { judged: number(run.judged), differ: number(run.differ ?? 0) }) : ''}</p>
    ${run?.state === 'failed' && html`<p class="trouble" role="alert" dir="auto">${run.detail ?? ''}</p>`}
    ${run?.levels && html`<${LevelsTable} levels=${run.levels} />`}
    ${run?.changed?.length > 0 && html`<div class="table-scroll"><table class="rows">
      <caption>${t('draft.changed')}</caption>
      <thead><tr><th scope="col" class="number">${t('draft.event')}</th><th scope="col">${t('draft.case')}</th><th scope="col">${t('draft.before')}</th><th scope="col">${t('draft.after')}</th><th scope="col" class="wide">${t('draft.rules')}</th></tr></thead>
      <tbody>${run.changed.map((row) => html`<${ChangedRow} key=${row.seq} row=${row} />`)}</tbody>
    </table></div>`}
    ${run?.next && html`<${More} list=${{ hasMore: true, isLoading: more.isBusy, more: more.run }} />`}
  </div>`;
}

/* ---- All of it ------------------------------------------------------------------------------- */

function Activate({ activate }) {
  const [note, setNote] = useState('');
  const task = useTask(async () => {
    await activate(note);
    setNote('');
  });
  return html`<form class="panel" onSubmit=${(e) => { e.preventDefault(); task.run(); }}>
    <h3>${t('draft.activate')}</h3>
    <label class="field-label">${t('draft.note')}
      <textarea rows="2" required maxlength="2000" dir="auto" value=${note} onInput=${(e) => setNote(e.target.value)}></textarea></label>
    <p class="quiet">${t('draft.activate-note')}</p>
    <${Trouble} error=${task.error} />
    <button type="submit" class="primary" aria-disabled=${task.isBusy}>${t('draft.activate-do')}</button>
  </form>`;
}

function OpenFile({ held, marks, goTo, tell }) {
  const { file, isDirty, saving, dropping } = held;
  const isStale = saving.error?.status === 412;
  const save = async () => (await saving.run()) && tell(t('draft.saved', { path: file.path }));
  return html`<div>
    <${YamlEditor} path=${file.path} text=${file.text} marks=${marks} goTo=${goTo} change=${held.change} save=${save} />
    <p class="button-row">
      <button type="button" class="primary" disabled=${saving.isBusy || !isDirty} onClick=${save}>${t('draft.save')}</button>
      <${Ask} label=${t('draft.drop')} of=${file.path} question=${t('draft.drop-sure', { path: file.path })} run=${dropping.run} isBusy=${dropping.isBusy} />
      <span class="quiet">${isDirty ? t('draft.unsaved') : ''}</span>
    </p>
    ${isStale
      ? html`<div class="trouble" role="alert"><p>${t('draft.stale')}</p>
          <button type="button" onClick=${() => held.open(file.path)}>${t('draft.take-theirs')}</button>
          <button type="button" onClick=${() => saving.run(true)}>${t('draft.keep-mine')}</button></div>`
      : html`<${Trouble} error=${saving.error} />`}
    <${Trouble} error=${dropping.error} />
  </div>`;
}

/** `files`: those of the draft; `reload()` reads them anew; `mayWrite`: the scope is there. */
export function Draft({ files, reload, mayWrite, tell, activated }) {
  const held = useFile(reload);
  const dry = useDryRun();
  const [result, setResult] = useState(null);
  const [goTo, setGoTo] = useState(null);
  const saveFirst = async () => !held.isDirty || held.saving.run();
  const validating = useTask(async () => {
    if (await saveFirst()) setResult(await api.post('/v1/packs/validate', {}));
  });
  const trying = async () => {
    if (await saveFirst()) dry.task.run();
  };
  const activate = async (note) => {
    if (!(await saveFirst())) return;
    const done = await api.post('/v1/packs/activate', { note });
    tell(t('draft.activated', { version: number(done.active) }));
    activated();
  };
  const go = async (error) => {
    const known = files.find((each) => error.file === each.path || error.file.endsWith(`/${each.path}`));
    if (known && held.file?.path !== known.path) await held.opening.run(known.path);
    setGoTo({ line: error.line, column: error.column ?? 1 });
  };
  if (!mayWrite) return html`<p>${t('draft.not-yours')}</p>`;
  const marks = errorsByLine(result?.errors, held.file?.path ?? '');
  return html`<div class="draft">
    <p>${t('draft.lead')}</p>
    <div class="with-side">
      <div class="side">
        <h3>${t('draft.files')}</h3>
        <${FileList} files=${files} open=${held.file} choose=${held.open} />
        <${NewFile} make=${held.make} taken=${files.map((file) => file.path)} />
        <${Trouble} error=${held.opening.error} />
      </div>
      <div class="main-part">
        ${held.file ? html`<${OpenFile} held=${held} marks=${marks} goTo=${goTo} tell=${tell} />` : html`<p class="quiet">${t('draft.choose')}</p>`}
        <p class="button-row">
          <button type="button" aria-disabled=${validating.isBusy} onClick=${validating.run}>${t('draft.validate')}</button>
          <button type="button" aria-disabled=${dry.task.isBusy} onClick=${trying}>${t('draft.dry-run')}</button>
        </p>
        <${Trouble} error=${validating.error} />
        <${Checked} result=${result} go=${go} />
        <${DryRun} dry=${dry} />
        <${Activate} activate=${activate} />
      </div>
    </div>
  </div>`;
}
