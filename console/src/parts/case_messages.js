/**
 * The messages of a case: what was written with what ward saw marked in it, what it was read as and
 * how it was hidden; in full on request. Attachments stay hidden until asked for, and asking is logged
 * before anything comes.
 */
import { html, useState } from '../vendor/preact.js';
import { api, may } from '../api.js';
import { dateTime, number, says, t, word } from '../words.js';
import { Trouble, useTask } from './loading.js';
import { Level, Marked, readingsOf, spansOf, VerdictView } from './verdict_view.js';

const MAIN_REASONS = 3;

export const whoOf = (event) => event?.alias || event?.account || '?';

/* ---- attachments ----------------------------------------------------------------------------- */

function Attachment({ caseId, seq, media, index }) {
  const [known, setKnown] = useState(null);
  const task = useTask(async () => {
    const answer = await api.post(`/v1/cases/${encodeURIComponent(caseId)}/media`, { event: seq, index });
    setKnown(answer.media ?? {});
  });
  return html`<div class="attachment">
    <p><strong>${t('message.media', { n: number(index + 1), kind: String(media.kind ?? '?') })}</strong></p>
    ${known
      ? html`<p class="quiet">${t('message.media-known')}</p><dl class="facts">${Object.entries(known).map(([name, value]) => html`<div key=${name}><dt>${name}</dt>
          <dd class="breaks" dir="auto">${typeof value === 'string' ? value : JSON.stringify(value)}</dd></div>`)}</dl>`
      : html`<div class="veil" aria-hidden="true"></div>
        <p class="quiet">${t(may('decide') ? 'message.media-hidden' : 'message.media-none')}</p>
        ${may('decide') && html`<button type="button" aria-disabled=${task.isBusy} onClick=${task.run}>${t('message.media-ask')}<span class="sr-only"> ${number(index + 1)}</span></button>`}`}
    <${Trouble} error=${task.error} />
  </div>`;
}

/* ---- one message ----------------------------------------------------------------------------- */

function Readings({ verdict }) {
  const readings = readingsOf(verdict);
  if (!readings.length) return null;
  return html`<ul class="readings short">${readings.map((each) => html`<li key=${each.written + each.read}>
    <span class="as-written" dir="auto">${each.written}</span><span class="arrow" aria-hidden="true">→</span><span class="sr-only">${t('verdict.read-as')}</span>
    <strong dir="auto">${each.read}</strong> <span class="quiet">${each.disguises.map((name) => word('disguise', name)).join(t('list.comma'))}</span></li>`)}</ul>`;
}

function MainReasons({ verdict }) {
  const main = [...(verdict.reasons ?? [])].filter((each) => each.weight > 0).sort((a, b) => b.weight - a.weight).slice(0, MAIN_REASONS);
  if (!main.length) return null;
  return html`<p class="quiet">${t('message.reasons')} ${main.map((each) => says(each.says)).join(t('list.comma'))}</p>`;
}

function Custody({ entry }) {
  const from = entry.custody ?? {};
  const rows = [['source', from.source], ['line', from.line || ''], ['received', from.received && dateTime(from.received)], ['batch', from.batch], ['sha256', from.sha256], ['packs', from.packs]];
  return html`<details><summary>${t('message.custody')}</summary><dl class="facts">
    ${rows.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${t(`custody.${name}`)}</dt><dd class="breaks" dir="auto">${String(value)}</dd></div>`)}</dl></details>`;
}

function Body({ entry, isOpen }) {
  const { event, verdict } = entry;
  const text = String(event.text ?? '');
  if (isOpen && verdict?.reasons) {
    const fields = Object.fromEntries(['text', 'alias', 'group_name', 'quoted'].map((name) => [name, String(event[name] ?? '')]));
    return html`<${VerdictView} verdict=${verdict} fields=${fields} /><${Custody} entry=${entry} />`;
  }
  return html`${event.quoted && html`<p class="quiet quoted" dir="auto">${t('message.quoted')} ${String(event.quoted)}</p>`}
    <${Marked} text=${text} spans=${spansOf(verdict)} />
    ${verdict && html`<${Readings} verdict=${verdict} /><${MainReasons} verdict=${verdict} />`}
    ${isOpen && html`<${Custody} entry=${entry} />`}`;
}

function Head({ entry, role }) {
  const { event, verdict } = entry;
  return html`<header>
    <h3 dir="auto">${whoOf(event)}</h3>
    ${role && role !== 'none' && html`<span class=${`role role-${role}`}>${word('role', role)}</span>`}
    <span class="quiet breaks" dir="auto">${[event.platform, event.account].filter(Boolean).join('/')} ${event.group ? t('message.in', { group: event.group_name || event.group }) : ''}</span>
    <span class="message-end">${event.time && html`<time datetime=${event.time}>${dateTime(event.time)}</time>`}
      ${entry.neighbour ? html`<span class="tag">${t('message.neighbour')}</span>` : verdict && html`<${Level} level=${verdict.level} />`}</span>
  </header>`;
}

export function Message({ entry, caseId, role, isOpen, toggle }) {
  const { event } = entry;
  const id = `message-${entry.seq}`;
  if (entry.erased || !event) return html`<article class="message neighbour" id=${id} tabindex="-1"><p class="quiet">${t('message.erased')}</p></article>`;
  return html`<article class=${entry.neighbour ? 'message neighbour' : 'message'} id=${id} tabindex="-1" aria-label=${t('message.of', { who: whoOf(event) })}>
    <${Head} entry=${entry} role=${role} />
    <${Body} entry=${entry} isOpen=${isOpen} />
    ${Array.isArray(event.media) && event.media.map((media, index) => html`<${Attachment} key=${index} caseId=${caseId} seq=${entry.seq} media=${media ?? {}} index=${index} />`)}
    <button type="button" class="plain" aria-expanded=${isOpen} onClick=${toggle}>${t(isOpen ? 'message.fold' : 'message.open')}<span class="sr-only">${t('list.comma')}${whoOf(event)}</span></button>
  </article>`;
}
