/**
 * Queue: the cases that wait, the most urgent first. Taking a case keeps two reviewers from working on
 * the same one. The list follows what others do; the row one stands on stays.
 */
import { html, useEffect, useLayoutEffect, useRef, useState } from '../vendor/preact.js';
import { api, currentSession, may } from '../api.js';
import { ago, dateTime, lang, number, says, t, word } from '../words.js';
import { announce } from '../parts/live.js';
import { useChanges } from '../parts/changes.js';
import { useKeys } from '../parts/keys.js';
import { Trouble, usePages, useTask } from '../parts/loading.js';
import { More } from '../parts/widgets.js';

const STATES = ['open', 'escalated', 'confirmed', 'referred', 'dismissed', 'all'];
const URGENCIES = ['critical', 'high', 'medium', 'low'];
const WHOSE = ['everybodys', 'mine', 'nobodys'];
const PAGE = 50;

/** Filters survive a look at a case; they are no secret and hold no text of anybody. */
let kept = { state: 'open', urgency: '', whose: 'everybodys' };
/** Where one stood, to come back to. */
let keptCase = '';
/** The cases as last shown, for "the next one" on a case's page. */
let keptOrder = [];

/** The case that follows `id` in the queue as last seen, or ''. */
export function nextInQueue(id) {
  const at = keptOrder.indexOf(id);
  return keptOrder[at + 1] ?? keptOrder.find((each) => each !== id) ?? '';
}

const queryOf = (filter, after) => new URLSearchParams({
  limit: String(PAGE),
  state: filter.state,
  lang: 'both',
  ...(filter.urgency && { urgency: filter.urgency }),
  ...(filter.whose === 'mine' && { assignee: 'me' }),
  ...(filter.whose === 'nobodys' && { unassigned: '1' }),
  ...(after && { after }),
});

export const Urgency = ({ urgency }) => html`<span class=${`urgency urgency-${URGENCIES.includes(urgency) ? urgency : 'low'}`}>${word('urgency', urgency)}</span>`;

function Choice({ label, value, values, name, set }) {
  return html`<label class="filter"><span>${label}</span><select value=${value} onChange=${(e) => set(e.target.value)}>
    ${values.map((each) => html`<option key=${each} value=${each} selected=${each === value}>${name(each)}</option>`)}</select></label>`;
}

function Filters({ filter, change, first }) {
  return html`<form class="filters" aria-label=${t('queue.filters')} ref=${first} onSubmit=${(e) => e.preventDefault()}>
    <${Choice} label=${t('queue.state')} value=${filter.state} values=${STATES} set=${(state) => change({ state })}
      name=${(each) => (each === 'all' ? t('queue.all') : word('state', each))} />
    <${Choice} label=${t('queue.urgency')} value=${filter.urgency} values=${['', ...URGENCIES]} set=${(urgency) => change({ urgency })}
      name=${(each) => (each ? word('urgency', each) : t('queue.all'))} />
    <${Choice} label=${t('queue.whose')} value=${filter.whose} values=${WHOSE} set=${(whose) => change({ whose })} name=${(each) => t(`queue.${each}`)} />
  </form>`;
}

function Holder({ who }) {
  if (!who) return html`<span class="quiet">${t('queue.nobody')}</span>`;
  return who === currentSession()?.user ? html`<strong>${t('queue.you')}</strong>` : html`<span dir="auto">${who}</span>`;
}

function Row({ item, isAt, enter }) {
  return html`<tr class=${isAt ? 'chosen' : ''} onfocusin=${enter} onClick=${(e) => { if (!e.target.closest('a')) location.hash = `#/case/${encodeURIComponent(item.case)}`; }}>
    <td><${Urgency} urgency=${item.urgency} /></td>
    <th scope="row"><a href=${`#/case/${encodeURIComponent(item.case)}`} data-case=${item.case}>${says(item.says)}</a>
      <span class="quiet case-id">${item.case}${item.state !== 'open' ? ` · ${word('state', item.state)}` : ''}${item.held ? ` · ${t('case.held')}` : ''}</span>
      <span class="why">${(item.reasons ?? []).map((reason) => says(reason.says)).join(t('list.comma'))}</span></th>
    <td class="number">${number(item.people.length)}</td>
    <td class="number">${number(item.groups.length)}</td>
    <td class="number">${number(item.events)}</td>
    <td>${item.last ? html`<time datetime=${item.last} title=${dateTime(item.last)}>${ago(item.last)}</time>` : ''}</td>
    <td><${Holder} who=${item.assignee} /></td>
  </tr>`;
}

function List({ rows, at, setAt, body }) {
  return html`<div class="table-scroll"><table class="rows queue">
    <caption class="sr-only">${t('queue.cases')}</caption>
    <thead><tr><th scope="col">${t('queue.urgency')}</th><th scope="col" class="wide">${t('queue.what')}</th><th scope="col" class="number">${t('queue.people')}</th>
      <th scope="col" class="number">${t('queue.groups')}</th><th scope="col" class="number">${t('queue.events')}</th><th scope="col">${t('queue.last')}</th><th scope="col">${t('queue.holder')}</th></tr></thead>
    <tbody ref=${body}>${rows.map((item) => html`<${Row} key=${item.case} item=${item} isAt=${item.case === at} enter=${() => setAt(item.case)} />`)}</tbody>
  </table></div>`;
}

/** The case one stands on, moved by keys; when it is gone, the one in its place. */
function usePosition(rows) {
  const [at, setAt] = useState(keptCase);
  const place = useRef(0);
  const body = useRef(null);
  const index = rows.findIndex((item) => item.case === at);
  if (index >= 0) place.current = index;
  keptCase = at;
  const focus = (to) => {
    const item = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (!item) return;
    setAt(item.case);
    const link = [...body.current.querySelectorAll('a[data-case]')].find((each) => each.dataset.case === item.case);
    link?.focus();
    link?.scrollIntoView({ block: 'nearest' });
  };
  const hadFocus = useRef(false);
  useLayoutEffect(() => {
    const isOnPage = document.activeElement === document.body || document.activeElement?.id === 'main';
    if (rows.length && index < 0 && (hadFocus.current || isOnPage)) focus(place.current);
    else if (index >= 0 && isOnPage) focus(index);
  }, [rows.map((item) => item.case).join(' ')]);
  useEffect(() => {
    const note = () => { hadFocus.current = Boolean(body.current?.contains(document.activeElement)); };
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, []);
  return { at, setAt, body, index, item: rows[index] ?? null, move: (by) => focus(index < 0 ? place.current : index + by) };
}

function useClaim(list) {
  return useTask(async (item) => {
    const path = `/v1/cases/${encodeURIComponent(item.case)}/claim`;
    const isMine = item.assignee === currentSession()?.user;
    try {
      if (isMine) await api.delete(path);
      else await api.post(path);
      announce(t(isMine ? 'queue.given-back' : 'queue.taken', { case: item.case }));
    } finally {
      list.again();
    }
  });
}

function useNews(list, filter) {
  const known = useRef({ of: '', cases: null });
  const of = JSON.stringify(filter);
  useEffect(() => {
    if (list.isLoading || list.error) return;
    const cases = new Set(list.rows.map((item) => item.case));
    if (known.current.of === of && known.current.cases) {
      const fresh = [...cases].filter((each) => !known.current.cases.has(each)).length;
      if (fresh) announce(t('queue.news', { n: number(fresh) }));
    }
    known.current = { of, cases };
  }, [list.rows.map((item) => item.case).join(' '), of, list.isLoading]);
}

export function QueuePage({ go }) {
  const [filter, setFilter] = useState(kept);
  kept = filter;
  const filters = useRef(null);
  const list = usePages(async (after, signal) => {
    const page = await api.get(`/v1/cases?${queryOf(filter, after)}`, { signal });
    return { rows: page.cases, next: page.next };
  }, [JSON.stringify(filter)]);
  const at = usePosition(list.rows);
  const claim = useClaim(list);
  const isOffline = useChanges(list.again);
  keptOrder = list.rows.map((item) => item.case);
  useNews(list, filter);
  useKeys('keys.queue', [
    { key: 'j', says: 'keys.next', run: () => at.move(1) },
    { key: 'k', says: 'keys.previous', run: () => at.move(-1) },
    { key: 'o', says: 'keys.open', run: () => at.item && go(`case/${encodeURIComponent(at.item.case)}`) },
    ...(may('decide') ? [{ key: 'c', says: 'keys.claim', run: () => at.item && claim.run(at.item) }] : []),
    { key: 'f', says: 'keys.filter', run: () => filters.current.querySelector('select').focus() },
    { key: 'r', says: 'keys.reload', run: list.again },
  ], [lang()]);
  return html`<div class="page-head"><h1>${t('queue.title')}</h1>
      <p class="quiet">${isOffline ? t('queue.offline') : t('queue.live')}</p></div>
    <${Filters} filter=${filter} change=${(part) => setFilter({ ...filter, ...part })} first=${filters} />
    <${Trouble} error=${claim.error ?? list.error} again=${claim.error ? null : list.again} />
    ${list.rows.length > 0 && html`<${List} rows=${list.rows} at=${at.at} setAt=${at.setAt} body=${at.body} />`}
    ${list.isEmpty && html`<p class="nothing"><strong>${t('queue.empty')}</strong> ${t('queue.empty-do')}</p>`}
    ${!list.rows.length && list.isLoading && html`<p role="status">${t('loading')}</p>`}
    <${More} list=${list} />
    ${list.rows.length > 0 && html`<p class="quiet">${t(list.hasMore ? 'queue.more-there' : 'queue.shown', { n: number(list.rows.length) })} · ${t('queue.hint')}</p>`}`;
}
