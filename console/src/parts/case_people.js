/**
 * The rest of a case: people, groups, course of events, facts, law, the lawful way, what was decided.
 */
import { html } from '../vendor/preact.js';
import { dateTime, day, number, says, t, word } from '../words.js';
import { whoOf } from './case_messages.js';
import { factRows } from './verdict_view.js';

const percent = (share) => `${number((share ?? 0) * 100, 0)} %`;

/* ---- people and groups ----------------------------------------------------------------------- */

const list = (values) => (values ?? []).filter(Boolean).join(t('list.comma'));

function Person({ person }) {
  const rows = [
    ['accounts', list(person.accounts)],
    ['aliases', list(person.aliases)],
    ['handles', list((person.handles ?? []).map((handle) => `${word('handle', handle.kind)} ${handle.value}`))],
    ['groups', list(person.groups)],
    ['events', number(person.events)],
  ];
  return html`<article class="person" aria-label=${person.person}>
    <h3><span class=${`role role-${person.role}`}>${word('role', person.role)}</span> <span dir="auto">${person.aliases?.[0] || person.accounts?.[0]}</span> <span class="quiet">${person.person}</span></h3>
    ${person.accounts?.length > 1 && html`<p class="quiet">${t('person.confidence', { percent: percent(person.confidence) })}</p>`}
    <dl class="facts">${rows.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${t(`person.${name}`)}</dt><dd class="breaks" dir="auto">${value}</dd></div>`)}</dl>
    ${person.ties?.length > 0 && html`<details><summary>${t('person.ties')} (${number(person.ties.length)})</summary><ul>
      ${person.ties.map((tie, i) => html`<li key=${i} dir="auto">${tie.a} — ${tie.b}: ${says(tie.says)} <span class="quiet">${number(tie.weight, 1)}</span></li>`)}</ul></details>`}
  </article>`;
}

export function People({ found }) {
  return html`${found.people.length ? found.people.map((person) => html`<${Person} key=${person.person} person=${person} />`) : html`<p>${t('person.none')}</p>`}
    ${found.groups.length > 0 && html`<ul class="plain-list groups">${found.groups.map((group) => html`<li key=${group.group}><strong dir="auto">${group.name || group.group}</strong> <span class="quiet" dir="auto">${group.group}</span><br />
      ${t('group.score', { percent: percent(group.score) })}${t('list.comma')}${t('group.flagged', { flagged: number(group.flagged), messages: number(group.messages) })}</li>`)}</ul>`}`;
}

/* ---- course of events ------------------------------------------------------------------------ */

/** The day of a moment in the reader's zone, for grouping. */
const dayKey = (time) => {
  const date = new Date(time);
  return Number.isNaN(+date) ? '' : `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
};

function daysOf(events, decisions) {
  const days = new Map();
  const add = (time, item) => {
    const key = dayKey(time);
    const entry = days.get(key) ?? { key, time, items: [], count: 0 };
    entry.items.push({ time, ...item });
    if (item.entry) entry.count++;
    days.set(key, entry);
  };
  for (const entry of events) if (!entry.neighbour && entry.event) add(entry.event.time ?? entry.custody?.received, { entry });
  for (const decision of decisions) add(decision.time, { decision });
  return [...days.values()].sort((a, b) => new Date(a.time) - new Date(b.time)).map((each) => ({ ...each, items: each.items.sort((a, b) => new Date(a.time) - new Date(b.time)) }));
}

export const decisionText = (decision) => [word('decision', decision.kind === 'assign' && !decision.reason ? 'unassign' : decision.kind), decision.kind === 'dismiss' ? word('look-alike', decision.reason) : decision.reason].filter(Boolean).join(' ');

export function Timeline({ events, decisions, showMessage }) {
  const days = daysOf(events, decisions);
  const largest = Math.max(1, ...days.map((each) => each.count));
  return html`<ol class="timeline">${days.map((each) => html`<li key=${each.key}>
    <p class="timeline-day"><strong>${each.key ? day(each.time) : '?'}</strong>${each.count > 0 && html`<span class="timeline-bar" aria-hidden="true" style=${{ width: `${Math.max(2, Math.round((each.count / largest) * 100))}px` }}></span>
      <span class="quiet">${number(each.count)}</span>`}</p>
    <ul>${each.items.map((item, i) => html`<li key=${i}>${item.entry
      ? html`<button type="button" class="plain" onClick=${() => showMessage(item.entry.event.id)}><span dir="auto">${whoOf(item.entry.event)}</span></button> <span class="timeline-text" dir="auto">${String(item.entry.event.text ?? '').slice(0, 80)}</span>`
      : html`<em>${t('timeline.decision', { who: item.decision.who, what: decisionText(item.decision) })}</em>`}</li>`)}</ul>
  </li>`)}</ol>`;
}

/* ---- facts, law, history --------------------------------------------------------------------- */

export function Facts({ events }) {
  const seen = new Map();
  for (const entry of events) {
    for (const [label, value] of factRows(entry.verdict?.facts)) {
      const key = `${label}\u0000${value}`;
      seen.set(key, { label, value, count: (seen.get(key)?.count ?? 0) + 1 });
    }
  }
  if (!seen.size) return html`<p class="quiet">${t('facts.none')}</p>`;
  return html`<dl class="facts">${[...seen.values()].sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : b.count - a.count)).map((each) => html`<div key=${each.label + each.value}><dt>${each.label}</dt>
    <dd dir="auto" class="breaks">${each.value}${each.count > 1 ? html` <span class="quiet">${t('facts.seen', { n: number(each.count) })}</span>` : ''}</dd></div>`)}</dl>`;
}

export function Law({ law }) {
  if (!law?.length) return html`<p class="quiet">${t('law.none')}</p>`;
  return html`${law.map((each) => html`<details key=${each.id}><summary>${says(each.title) || each.id}</summary>
    <p dir="auto">${says(each.text)}</p><p class="quiet breaks">${each.id}${each.source ? ` · ${t('law.source')}: ${each.source}` : ''}</p></details>`)}<p class="quiet">${t('law.assumed')}</p>`;
}

export function Lawful({ lawful }) {
  if (!lawful?.length) return html`<p class="quiet">${t('lawful.none')}</p>`;
  return lawful.map((each) => html`<details key=${each.id}><summary>${says(each.title) || each.id}</summary>
    <ol>${(each.steps ?? []).map((step, i) => html`<li key=${i}>${says(step.title)}${step.body ? html` <span class="quiet">${says(step.body)}</span>` : ''}${step.days >= 0 ? html` <span class="quiet">${t('lawful.days', { n: number(step.days) })}</span>` : ''}</li>`)}</ol>
    ${each.source && html`<p class="quiet breaks">${t('law.source')}: ${each.source}</p>`}</details>`);
}

export function History({ decisions }) {
  if (!decisions.length) return html`<p class="quiet">${t('history.none')}</p>`;
  return html`<ol class="history">${[...decisions].reverse().map((each) => html`<li key=${each.seq}>
    <p><strong>${decisionText(each)}</strong> <span class="quiet"><span dir="auto">${each.who}</span>, <time datetime=${each.time}>${dateTime(each.time)}</time></span></p>
    ${each.outcome === 'requested' && html`<p class="quiet">${t('history.requested')}</p>`}
    ${each.note && html`<p class="note" dir="auto">${each.note}</p>`}</li>`)}</ol>`;
}
