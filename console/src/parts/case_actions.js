/**
 * What may be done with a case, each asked for in a dialog that says what it means. A write names the
 * case as it was read (If-Match); when somebody was faster, nothing is done and the case is shown anew.
 */
import { html, useEffect, useRef, useState } from '../vendor/preact.js';
import { api, may } from '../api.js';
import { t, word } from '../words.js';
import { Dialog } from './dialog.js';
import { Trouble, useTask } from './loading.js';

export const LOOK_ALIKES = ['pet', 'doll', 'goods', 'plant', 'food', 'job', 'lawful', 'help', 'news', 'fiction', 'counter', 'game', 'kin', 'other'];
const NOTE_MAX = 5000;

/** In the order of the bar; `key` opens the dialog. */
export const ACTIONS = [
  { name: 'confirm', key: 'y', scope: 'decide', isMain: true },
  { name: 'dismiss', key: 'd', scope: 'decide', isMain: true },
  { name: 'escalate', key: 'e', scope: 'decide', isMain: true },
  { name: 'refer', key: 'r', scope: 'decide', isMain: true },
  { name: 'note', key: 'n', scope: 'decide', isMain: true },
  { name: 'merge', key: 'm', scope: 'decide' },
  { name: 'split', key: 's', scope: 'decide' },
  { name: 'hold', key: 'h', scope: 'decide', when: (found) => !found.case.held },
  { name: 'release', key: 'h', scope: 'decide', when: (found) => found.case.held },
  { name: 'reopen', key: 'w', scope: 'decide', when: (found) => found.case.state !== 'open' },
  { name: 'export', key: 'x', scope: 'export' },
];

/** Those that make sense for this case and person. */
export const actionsFor = (found) => ACTIONS.filter((each) => may(each.scope) && (!each.when || each.when(found)));

const pathOf = (found, rest) => `/v1/cases/${encodeURIComponent(found.case.case)}/${rest}`;

/* ---- fields ---------------------------------------------------------------------------------- */

function Note({ isNeeded, isFirst }) {
  return html`<label class="field-label">${t(isNeeded ? 'ask.note-field' : 'ask.note-optional')}
    <textarea name="note" rows="4" maxlength=${NOTE_MAX} required=${isNeeded} data-first=${isFirst} dir="auto"></textarea></label>`;
}

function Fields({ name, found }) {
  const [person, setPerson] = useState(found.people[0]?.person ?? '');
  const accounts = found.people.find((each) => each.person === person)?.accounts ?? [];
  if (name === 'dismiss') {
    return html`<label class="field-label">${t('ask.look-alike')}<select name="reason" required data-first>
      ${LOOK_ALIKES.map((each) => html`<option key=${each} value=${each}>${word('look-alike', each)}</option>`)}</select></label><${Note} />`;
  }
  if (name === 'refer') return html`<label class="field-label">${t('ask.body')}<input name="reason" required maxlength="60" pattern=".*\\S.*" data-first dir="auto" /></label><${Note} />`;
  if (name === 'merge') return html`<label class="field-label">${t('ask.with')}<input name="with" required maxlength="80" pattern="\\s*C-[0-9a-f]+\\s*" placeholder="C-…" autocomplete="off" data-first /></label><${Note} />`;
  if (name === 'split') {
    return html`<label class="field-label">${t('ask.person')}<select name="person" required data-first value=${person} onChange=${(e) => setPerson(e.target.value)}>
        ${found.people.map((each) => html`<option key=${each.person} value=${each.person}>${each.person} ${(each.aliases ?? []).slice(0, 2).join(', ')}</option>`)}</select></label>
      <label class="field-label">${t('ask.account')}<select name="account"><option value="">${t('ask.whole-person')}</option>
        ${accounts.length > 1 && accounts.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label><${Note} />`;
  }
  return html`<${Note} isNeeded=${name === 'note'} isFirst />`;
}

async function carryOut(name, found, fields) {
  const options = { etag: found.etag };
  const body = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value.trim()]).filter(([, value]) => value));
  if (name === 'merge' || name === 'split') return api.post(pathOf(found, name), body, options);
  return api.post(pathOf(found, 'decisions'), { kind: name, ...body }, options);
}

/* ---- dialogs --------------------------------------------------------------------------------- */

const LOOK_AGAIN_MS = 1000;

/** Asks for a package, waits until it is made, offers it. */
function ExportDialog({ found, close }) {
  const [state, setState] = useState(null);
  const alive = useRef(true);
  useEffect(() => () => { alive.current = false; }, []);
  const task = useTask(async () => {
    const asked = await api.post(pathOf(found, 'exports'));
    let now = { state: 'waiting' };
    while (alive.current && (now.state === 'waiting' || now.state === 'working')) {
      setState({ ...now, id: asked.export });
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      now = await api.get(`/v1/exports/${encodeURIComponent(asked.export)}`);
    }
    setState({ ...now, id: asked.export });
  });
  const save = useRef(null);
  useEffect(() => { if (state?.state === 'ready') save.current?.focus(); }, [state?.state]);
  return html`<${Dialog} title=${t('ask.export')} close=${close}>
    <p>${t('ask.help-export')}</p>
    <${Trouble} error=${task.error} />
    <p role="status">${state && t(`export.${state.state}`)}</p>
    ${state?.sha256 && html`<p class="quiet">SHA-256 <code class="breaks">${state.sha256}</code></p>`}
    <div class="dialog-end">
      <button type="button" onClick=${close}>${t(state?.state === 'ready' ? 'close' : 'ask.cancel')}</button>
      ${state?.state === 'ready'
        ? html`<a class="button primary" ref=${save} href=${`/v1/exports/${encodeURIComponent(state.id)}/package`} download=${`${found.case.case}.zip`}>${t('export.save')}</a>`
        : html`<button type="button" class="primary" data-first aria-disabled=${task.isBusy} onClick=${task.run}>${t('act.export')}</button>`}
    </div>
  </${Dialog}>`;
}

/** `done(name, outcome)` after it worked; `stale()` when somebody was faster. */
export function ActionDialog({ name, found, close, done, stale }) {
  const form = useRef(null);
  const task = useTask(async () => {
    try {
      const answer = await carryOut(name, found, Object.fromEntries(new FormData(form.current)));
      done(name, answer.outcome);
    } catch (error) {
      if (error.status === 412) stale();
      throw error;
    }
  });
  if (name === 'export') return html`<${ExportDialog} found=${found} close=${close} />`;
  return html`<${Dialog} title=${t(`ask.${name}`)} close=${close}>
    <form ref=${form} onSubmit=${(e) => { e.preventDefault(); task.run(); }} onKeyDown=${(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) form.current.requestSubmit(); }}>
      <p>${t(`ask.help-${name}`)}</p>
      <${Trouble} error=${task.error} />
      <${Fields} name=${name} found=${found} />
      <div class="dialog-end"><button type="button" onClick=${close}>${t('ask.cancel')}</button>
        <button type="submit" class="primary" aria-disabled=${task.isBusy}>${t(`act.${name}`)}</button></div>
    </form>
  </${Dialog}>`;
}
