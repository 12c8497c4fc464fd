/**
 * Case: what it is about in a sentence, and all that belongs to it, on one page that is worked by keys.
 * The case and its messages are read once (reading is logged) and again when something has changed.
 */
import { html, useEffect, useRef, useState } from '../vendor/preact.js';
import { api, currentSession, may } from '../api.js';
import { dateTime, day, lang, number, says, t, word } from '../words.js';
import { ActionDialog, actionsFor } from '../parts/case_actions.js';
import { Message } from '../parts/case_messages.js';
import { Facts, History, Law, Lawful, People, Timeline } from '../parts/case_people.js';
import { useChanges } from '../parts/changes.js';
import { useKeys } from '../parts/keys.js';
import { announce } from '../parts/live.js';
import { Trouble, useLoad, usePages, useTask } from '../parts/loading.js';
import { Network } from '../parts/network.js';
import { More } from '../parts/widgets.js';
import { nextInQueue, Urgency } from './queue.js';

const SECTIONS = ['why', 'messages', 'people', 'network', 'timeline', 'law', 'history'];
const PAGE = 100;

const pathOf = (id, rest = '') => `/v1/cases/${encodeURIComponent(id)}${rest}`;

/* ---- head ------------------------------------------------------------------------------------ */

function Claim({ found, task }) {
  const holder = found.case.assignee;
  const isMine = holder === currentSession()?.user;
  const text = isMine ? t('case.mine') : holder ? t('case.theirs', { who: holder }) : t('case.free');
  return html`<p class=${holder && !isMine ? 'claim taken' : 'claim'}>${text}
    ${isMine && found.claim?.until && html` <span class="quiet">${t('case.until', { time: dateTime(found.claim.until) })}</span>`}
    ${may('decide') && (!holder || isMine) && html` <button type="button" aria-disabled=${task.isBusy} aria-keyshortcuts="c" onClick=${task.run}>${t(isMine ? 'case.unclaim' : 'case.claim')}</button>`}</p>`;
}

function Head({ found, claim, next, open }) {
  const { case: item } = found;
  return html`<div class="case-head">
    <p class="case-line"><a href="#/queue">← ${t('case.back')}</a>${next && html`<a href=${`#/case/${encodeURIComponent(next)}`} class="case-following">${t('case.next')} →</a>`}</p>
    <h1 dir="auto">${says(item.says)}</h1>
    <p class="case-line"><${Urgency} urgency=${item.urgency} /> <strong>${word('state', item.state)}</strong>${item.held && html` <span class="tag">${t('case.held')}</span>`}
      <span class="quiet">${item.case}</span>
      <span class="quiet">${t('case.counts', { people: number(item.people.length), groups: number(item.groups.length), events: number(item.events) })}</span>
      ${item.first && html`<span class="quiet">${t('case.span', { first: day(item.first), last: day(item.last) })}</span>`}</p>
    <${Claim} found=${found} task=${claim} />
    <${Trouble} error=${claim.error} />
    <${ActionBar} found=${found} open=${open} />
  </div>`;
}

function ActionBar({ found, open }) {
  const all = actionsFor(found);
  if (!all.length) return null;
  return html`<div class="action-bar" role="group" aria-label=${t('case.actions')}>${all.map((each) => html`<button key=${each.name} type="button"
    class=${each.isMain ? '' : 'bare'} aria-keyshortcuts=${each.key} onClick=${() => open(each.name)}>${t(`act.${each.name}`)} <kbd aria-hidden="true">${each.key}</kbd></button>`)}</div>`;
}

/** Why it is urgent: each reason's points as a bar. */
function Why({ item }) {
  const reasons = item.reasons ?? [];
  const largest = Math.max(1, ...reasons.map((each) => Math.abs(each.points)));
  return html`<table class="reasons"><tbody>${reasons.map((each, i) => html`<tr key=${i}><td>${says(each.says)}</td>
      <td class="number">${each.points < 0 ? '−' : '+'}${number(Math.abs(each.points), 1)}</td>
      <td class="bar-cell" aria-hidden="true"><span class="bar" style=${{ width: `${Math.round((Math.abs(each.points) / largest) * 100)}%` }}></span></td></tr>`)}</tbody>
    <tfoot><tr><th scope="row">${word('urgency', item.urgency)}</th><td class="number">${t('case.points', { points: number(item.points ?? 0, 1) })}</td><td></td></tr></tfoot></table>`;
}

const Section = ({ name, title, children }) => html`<section id=${`part-${name}`} aria-labelledby=${`title-${name}`} class="part">
  <h2 id=${`title-${name}`} tabindex="-1">${title ?? t(`case.${name}`)}</h2>${children}</section>`;

/* ---- messages -------------------------------------------------------------------------------- */

/** Which messages are shown, which in full, and moving between them. */
function useMessages(list) {
  const [showsAll, setShowsAll] = useState(false);
  const [open, setOpen] = useState(new Set());
  const rows = showsAll ? list.rows : list.rows.filter((entry) => !entry.neighbour);
  const cards = () => [...document.querySelectorAll('article.message')];
  const at = () => cards().findIndex((card) => card.contains(document.activeElement));
  const focus = (card) => {
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: 'nearest' });
  };
  const toggle = (seq) => setOpen((before) => {
    const after = new Set(before);
    if (!after.delete(seq)) after.add(seq);
    return after;
  });
  const wanted = useRef(null);
  useEffect(() => {
    if (!wanted.current) return;
    focus(document.getElementById(wanted.current));
    wanted.current = null;
  });
  return {
    rows, open, toggle, showsAll, setShowsAll,
    move: (by) => {
      const all = cards();
      focus(all[Math.max(0, Math.min(all.length - 1, at() + by))]);
    },
    toggleHere: () => {
      const card = cards()[at()];
      if (card) toggle(Number(card.id.slice('message-'.length)));
    },
    /** By an event's id, as ties name it. */
    show: (id) => {
      const entry = list.rows.find((each) => each.event?.id === id);
      if (!entry) return;
      if (entry.neighbour && !showsAll) setShowsAll(true);
      wanted.current = `message-${entry.seq}`;
      setOpen((before) => new Set(before));
    },
  };
}

function Messages({ list, messages, found }) {
  const roles = new Map(found.people.map((person) => [person.person, person.role]));
  const hidden = list.rows.length - list.rows.filter((entry) => !entry.neighbour).length;
  return html`${hidden > 0 && html`<p class="message-filter"><label class="check"><input type="checkbox" checked=${messages.showsAll} onChange=${(e) => messages.setShowsAll(e.target.checked)} />
      <span>${t('message.all', { n: number(list.rows.length) })}</span></label></p>`}
    <${Trouble} error=${list.error} again=${list.again} />
    ${messages.rows.map((entry) => html`<${Message} key=${entry.seq} entry=${entry} caseId=${found.case.case} role=${roles.get(entry.person)} isOpen=${messages.open.has(entry.seq)} toggle=${() => messages.toggle(entry.seq)} />`)}
    <${More} list=${list} />`;
}

/* ---- the page -------------------------------------------------------------------------------- */

function Jump() {
  const to = (e, name) => {
    e.preventDefault();
    jumpTo(name);
  };
  return html`<nav class="jump" aria-label=${t('case.sections')}><ul>${SECTIONS.map((name, i) => html`<li key=${name}><a href=${`#part-${name}`} onClick=${(e) => to(e, name)}>${t(`case.${name}`)} <kbd aria-hidden="true">${i + 1}</kbd></a></li>`)}</ul></nav>`;
}

function jumpTo(name) {
  document.getElementById(`part-${name}`)?.scrollIntoView({ block: 'start' });
  document.getElementById(`title-${name}`)?.focus({ preventScroll: true });
}

function useClaim(found, again) {
  return useTask(async () => {
    if (!found) return;
    const isMine = found.case.assignee === currentSession()?.user;
    try {
      if (isMine) await api.delete(pathOf(found.case.case, '/claim'));
      else await api.post(pathOf(found.case.case, '/claim'));
      announce(t(isMine ? 'queue.given-back' : 'queue.taken', { case: found.case.case }));
    } finally {
      again();
    }
  });
}

function useCaseKeys({ found, messages, claim, open, go, next }) {
  const actions = found ? actionsFor(found) : [];
  useKeys('keys.case', [
    { key: 'j', says: 'keys.case-next', run: () => messages.move(1) },
    { key: 'k', says: 'keys.case-previous', run: () => messages.move(-1) },
    { key: 'v', says: 'keys.case-full', run: messages.toggleHere },
    ...(may('decide') ? [{ key: 'c', says: 'keys.case-claim', run: () => claim.run() }] : []),
    ...actions.map((each) => ({ key: each.key, says: `act.${each.name}`, run: () => open(each.name) })),
    { key: 'b', says: 'keys.case-back', run: () => go('queue') },
    { key: ']', says: 'keys.case-following', run: () => (next ? go(`case/${encodeURIComponent(next)}`) : announce(t('case.nothing-more'))) },
    ...SECTIONS.map((name, i) => ({ key: String(i + 1), text: t(`case.${name}`), run: () => jumpTo(name) })),
  ], [lang(), actions.map((each) => each.name).join(' '), Boolean(found)]);
}

function Parts({ found, list, messages }) {
  return html`<${Jump} /><div class="case-columns">
    <div class="case-main">
      <${Section} name="why"><${Why} item=${found.case} /></${Section}>
      <${Section} name="messages"><${Messages} list=${list} messages=${messages} found=${found} /></${Section}>
      <${Section} name="network"><${Network} found=${found} showMessage=${messages.show} /></${Section}>
    </div>
    <div class="case-side">
      <${Section} name="people"><${People} found=${found} /></${Section}>
      <${Section} name="facts"><${Facts} events=${list.rows} /></${Section}>
      <${Section} name="timeline"><${Timeline} events=${list.rows} decisions=${found.decisions} showMessage=${messages.show} /></${Section}>
      <${Section} name="law"><${Law} law=${found.law} /></${Section}>
      <${Section} name="lawful"><${Lawful} lawful=${found.lawful} /></${Section}>
      <${Section} name="history"><${History} decisions=${found.decisions} /></${Section}>
    </div></div>`;
}

export function CasePage({ id, go }) {
  const loaded = useLoad((signal) => api.get(pathOf(id, '?lang=both'), { signal }), [id]);
  const list = usePages(async (after, signal) => {
    const page = await api.get(pathOf(id, `/events?limit=${PAGE}${after ? `&after=${encodeURIComponent(after)}` : ''}`), { signal });
    return { rows: page.events, next: page.next };
  }, [id]);
  const found = loaded.data;
  const [asking, setAsking] = useState('');
  const next = nextInQueue(id);
  const messages = useMessages(list);
  const claim = useClaim(found, loaded.again);
  const etag = useRef('');
  etag.current = found?.etag ?? '';
  useChanges(async () => {
    try {
      const now = await api.get(pathOf(id, '?lang=both'), { ifNone: etag.current });
      if (!now.case) return; // not changed
      if (now.case.events !== found?.case.events) list.again();
      loaded.setData(now);
    } catch { /* the next change tells, or the next act */ }
  });
  useCaseKeys({ found, messages, claim, open: setAsking, go, next });
  useEffect(() => { if (found) document.title = `${found.case.case} · ward`; }, [found]);
  const done = (name, outcome) => {
    setAsking('');
    announce(outcome === 'requested' ? t('done.requested') : t(`done.${name}`));
    loaded.again();
  };
  if (!found) return html`<h1>${id}</h1>${loaded.isLoading && html`<p role="status">${t('loading')}</p>`}<${Trouble} error=${loaded.error} again=${loaded.again} /><p><a href="#/queue">← ${t('case.back')}</a></p>`;
  return html`<div class="case">
    <${Head} found=${found} claim=${claim} next=${next} open=${setAsking} />
    <${Trouble} error=${loaded.error} again=${loaded.again} />
    <${Parts} found=${found} list=${list} messages=${messages} />
    ${asking && html`<${ActionDialog} key=${asking} name=${asking} found=${found} close=${() => setAsking('')} done=${done} stale=${loaded.again} />`}
  </div>`;
}
