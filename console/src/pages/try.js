/**
 * Try it: what ward sees in a text, live while typing, or in a chat export. Nothing is stored: texts
 * go to /v1/check, which neither reads nor changes what ward remembers, and files never leave the
 * page but as single messages to be judged.
 */
import { html, useEffect, useRef, useState } from '../vendor/preact.js';
import { api } from '../api.js';
import { number, t, word } from '../words.js';
import { readChatFile } from '../parts/chat_files.js';
import { useKeys } from '../parts/keys.js';
import { Trouble } from '../parts/loading.js';
import { Level, summaryOf, VerdictView } from '../parts/verdict_view.js';

const TYPING_MS = 250;
const TEXT_CHARS_MAX = 200000;
const BATCH = 100;
/** What the page keeps of a file; the counts go on beyond it. */
const KEPT_MAX = 2000;

const KINDS = ['message', 'post', 'listing', 'alias', 'group_name', 'query'];
const BLANK = { text: '', alias: '', group_name: '', quoted: '', kind: 'message' };

const eventOf = (draft) => {
  const event = { id: 'try', kind: draft.kind };
  for (const name of ['text', 'alias', 'group_name', 'quoted']) if (draft[name]) event[name] = draft[name];
  return event;
};

/* ---- One text -------------------------------------------------------------------------------- */

/** Judges the draft a moment after the last key; an answer to an older draft is never shown. */
function useVerdict(draft) {
  const [state, setState] = useState({ answer: null, of: null, error: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!draft.text && !draft.alias && !draft.group_name) {
      setState({ answer: null, of: null, error: null });
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const answer = await api.post(`/v1/check?explain=1&lang=both`, eventOf(draft), { signal: stop.signal });
        if (!stop.signal.aborted) setState({ answer: answer.verdict ? answer : { verdict: answer }, of: draft, error: null });
      } catch (error) {
        if (!stop.signal.aborted) setState((before) => ({ ...before, error }));
      }
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [draft, round]);
  return { ...state, again: () => setRound((n) => n + 1) };
}

function Field({ name, draft, change }) {
  return html`<label class="field-label">${t(`field.${name}`)}
    <input type="text" value=${draft[name]} maxlength="2000" dir="auto" onInput=${(e) => change({ [name]: e.target.value })} /></label>`;
}

function TextForm({ draft, change }) {
  return html`<form class="try-form" onSubmit=${(e) => e.preventDefault()}>
    <label class="field-label">${t('try.text')}
      <textarea id="try-text" rows="8" maxlength=${TEXT_CHARS_MAX} dir="auto" spellcheck=${false} value=${draft.text}
        aria-describedby="try-note" onInput=${(e) => change({ text: e.target.value })}></textarea></label>
    <p id="try-note" class="quiet">${t('try.note')}</p>
    <details>
      <summary>${t('try.more')}</summary>
      <label class="field-label">${t('try.kind')}
        <select value=${draft.kind} onChange=${(e) => change({ kind: e.target.value })}>
          ${KINDS.map((kind) => html`<option key=${kind} value=${kind}>${word('kind', kind)}</option>`)}
        </select></label>
      ${['alias', 'group_name', 'quoted'].map((name) => html`<${Field} key=${name} name=${name} draft=${draft} change=${change} />`)}
    </details>
    ${draft !== BLANK && html`<button type="button" onClick=${() => change(BLANK)}>${t('try.clear')}</button>`}
  </form>`;
}

function OneText({ draft, change }) {
  const { answer, of, error, again } = useVerdict(draft);
  useKeys('try.title', [{ key: '/', says: 'keys.try-text', run: () => document.getElementById('try-text').focus() }]);
  return html`<div class="two-columns">
    <${TextForm} draft=${draft} change=${change} />
    <section aria-labelledby="sees">
      <h2 id="sees">${t('try.sees')}</h2>
      <p class="sr-only" role="status">${answer ? `${word('level', answer.verdict.level)}. ${summaryOf(answer.verdict)}` : ''}</p>
      <${Trouble} error=${error} again=${again} />
      ${answer && !error
        ? html`<${VerdictView} verdict=${answer.verdict} fields=${of} canonical=${answer.canonical?.text} />`
        : !error && html`<p class="quiet">${t('try.empty')}</p>`}
    </section>
  </div>`;
}

/* ---- A file ---------------------------------------------------------------------------------- */

const NO_FILE = { name: '', state: 'none', read: 0, found: { watch: 0, review: 0, urgent: 0 }, faults: [], faultCount: 0, rows: [] };
const FAULTS_KEPT = 20;

/* Judges one batch and gives the flagged ones with what was judged. */
async function judge(items, signal) {
  const body = { events: items.map((item) => item.event) };
  const { verdicts } = await api.post('/v1/check/batch?lang=both', body, { signal });
  return items.map((item, i) => ({ ...item, verdict: verdicts[i] })).filter((row) => row.verdict);
}

function added(before, rows, faults, read) {
  const found = { ...before.found };
  const flagged = rows.filter((row) => row.verdict.level in found);
  flagged.forEach((row) => found[row.verdict.level]++);
  return {
    ...before,
    read: before.read + read,
    found,
    rows: [...before.rows, ...flagged].slice(0, KEPT_MAX),
    faults: [...before.faults, ...faults].slice(0, FAULTS_KEPT),
    faultCount: before.faultCount + faults.length,
  };
}

/** Reads a file batch by batch. open(file) starts, stop() ends; leaving the page ends it too. */
function useFile() {
  const [state, setState] = useState(NO_FILE);
  const under = useRef(null);
  useEffect(() => () => under.current?.abort(), []);

  const stop = () => {
    under.current?.abort();
    setState((before) => (before.state === 'reading' ? { ...before, state: 'stopped' } : before));
  };

  const open = async (file) => {
    under.current?.abort();
    const mine = new AbortController();
    under.current = mine;
    setState({ ...NO_FILE, name: file.name, state: 'reading' });
    const settle = (change) => mine.signal.aborted || setState(change);
    let [items, faults] = [[], []];
    const send = async () => {
      const rows = items.length ? await judge(items, mine.signal) : [];
      const [sent, bad] = [items.length, faults];
      settle((before) => added(before, rows, bad, sent));
      [items, faults] = [[], []];
    };
    try {
      for await (const item of readChatFile(file)) {
        if (mine.signal.aborted) return;
        if (item.event) items.push(item);
        else faults.push(item);
        if (items.length >= BATCH) await send();
      }
      await send();
      settle((before) => ({ ...before, state: 'done' }));
    } catch (error) {
      settle((before) => ({ ...before, state: 'failed', error }));
    }
  };
  return { ...state, open, stop, close: () => { stop(); setState(NO_FILE); } };
}

function FileRow({ row, isChosen, choose }) {
  const { event, verdict } = row;
  return html`<tr class=${isChosen ? 'chosen' : ''}>
    <td class="number">${row.line}</td>
    <td><${Level} level=${verdict.level} /></td>
    <td dir="auto">${event.alias ?? event.account ?? ''}</td>
    <td class="wide"><button type="button" class="plain row-button" aria-expanded=${isChosen} dir="auto" onClick=${choose}>
      ${String(event.text || event.alias || event.group_name || t('try.no-text')).slice(0, 160)}</button></td>
  </tr>
  ${isChosen && html`<tr><td colspan="4" class="opened"><${VerdictView} verdict=${verdict} fields=${fieldsOf(event)} /></td></tr>`}`;
}

const fieldsOf = (event) => Object.fromEntries(
  ['text', 'alias', 'group_name', 'quoted'].filter((name) => typeof event[name] === 'string').map((name) => [name, event[name]]),
);

function FileFaults({ file }) {
  if (!file.faultCount) return null;
  return html`<details><summary>${t('try.faults', { n: number(file.faultCount) })}</summary>
    <ul>${file.faults.map((fault) => html`<li key=${fault.line}>${t('try.fault-line', { line: number(fault.line) })} ${t(`fault.${fault.fault}`)}</li>`)}</ul>
  </details>`;
}

function FileResult({ file }) {
  const [least, setLeast] = useState('watch');
  const [chosen, setChosen] = useState(null);
  const order = ['watch', 'review', 'urgent'];
  const rows = file.rows.filter((row) => order.indexOf(row.verdict.level) >= order.indexOf(least));
  const flagged = order.reduce((sum, level) => sum + file.found[level], 0);
  return html`<section aria-labelledby="file-name">
    <h2 id="file-name" dir="auto">${file.name}</h2>
    <p role="status">${t(`try.file-${file.state}`, { read: number(file.read), found: number(flagged) })}
      ${order.map((level) => html` <span key=${level} class="count"><${Level} level=${level} /> ${number(file.found[level])}</span>`)}</p>
    <p>
      ${file.state === 'reading' && html`<button type="button" onClick=${file.stop}>${t('try.stop')}</button>`}
      <button type="button" onClick=${file.close}>${t('try.close-file')}</button>
    </p>
    <${Trouble} error=${file.error} />
    <${FileFaults} file=${file} />
    ${file.rows.length > 0 && html`
      <label class="field-label inline">${t('try.least')}
        <select value=${least} onChange=${(e) => setLeast(e.target.value)}>
          ${order.map((level) => html`<option key=${level} value=${level}>${word('level', level)}</option>`)}
        </select></label>
      <div class="table-scroll"><table class="rows">
        <thead><tr><th scope="col" class="number">${t('try.line')}</th><th scope="col">${t('try.level')}</th>
          <th scope="col">${t('try.who')}</th><th scope="col" class="wide">${t('try.what')}</th></tr></thead>
        <tbody>${rows.map((row) => html`<${FileRow} key=${row.line} row=${row} isChosen=${chosen === row.line}
          choose=${() => setChosen(chosen === row.line ? null : row.line)} />`)}</tbody>
      </table></div>
      ${flagged > KEPT_MAX && html`<p class="quiet">${t('try.kept', { n: number(KEPT_MAX) })}</p>`}`}
    ${file.state === 'done' && !flagged && html`<p>${t('try.nothing')}</p>`}
    <p class="quiet">${t('try.alone')}</p>
  </section>`;
}

/** The button for a file; a file may also be dropped anywhere on the page. */
function Opener({ open }) {
  const input = useRef(null);
  useKeys('keys.file', [{ key: 'o', says: 'try.open', run: () => input.current.click() }]);
  return html`<div class="opener">
    <button type="button" onClick=${() => input.current.click()}>${t('try.open')}</button>
    <input ref=${input} type="file" hidden aria-label=${t('try.open')} accept=".json,.jsonl,.ndjson,.txt,.csv,.tsv"
      onChange=${(e) => { if (e.target.files[0]) open(e.target.files[0]); e.target.value = ''; }} />
    <span class="quiet">${t('try.drop')}</span>
  </div>`;
}

export function TryPage() {
  const [draft, setDraft] = useState(BLANK);
  const [isOver, setOver] = useState(false);
  const file = useFile();
  const change = (part) => setDraft(part === BLANK ? BLANK : { ...draft, ...part });
  const drop = (e) => {
    e.preventDefault();
    setOver(false);
    if (e.dataTransfer?.files?.[0]) file.open(e.dataTransfer.files[0]);
  };
  return html`<div class=${isOver ? 'try drop-target' : 'try'} onDragOver=${(e) => { e.preventDefault(); setOver(true); }}
      onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <h1>${t('try.title')}</h1>
    <p>${t('try.lead')}</p>
    <${Opener} open=${file.open} />
    ${file.state === 'none' ? html`<${OneText} draft=${draft} change=${change} />` : html`<${FileResult} file=${file} />`}
  </div>`;
}
