/**
 * Who is tied to whom: a picture to look at, filter and pin, and the same as a list for everybody. The
 * picture is laid out the same way every time (no chance, no animation), so that it is found again.
 */
import cytoscape from '../vendor/cytoscape.js';
import { html, useEffect, useMemo, useRef, useState } from '../vendor/preact.js';
import { day, number, says, t, word } from '../words.js';

const KINDS = ['handle', 'media', 'template', 'alias', 'reply', 'group', 'judgement'];
/** More than this is no picture any more. */
const TIES_DRAWN_MAX = 300;
const ROLES = ['offer', 'seek', 'agent', 'none'];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Each account once, with its person and role. */
function accountsOf(found) {
  return new Map(found.people.flatMap((person) => (person.accounts ?? []).map((account, i) => [account, { account, person: person.person, role: person.role, name: person.aliases?.[i] ?? '' }])));
}

/** Nodes and edges for Cytoscape; ids carry a letter so that no account can pass for a group. */
function elementsOf(found, shown) {
  const accounts = accountsOf(found);
  const ties = [...(found.ties ?? [])].map((tie, index) => ({ ...tie, index })).filter((tie) => shown.has(tie.kind)).sort((a, b) => b.weight - a.weight).slice(0, TIES_DRAWN_MAX);
  for (const tie of ties) for (const each of [tie.a, tie.b]) if (!accounts.has(each)) accounts.set(each, { account: each, person: '', role: 'none', name: '' });
  const groups = shown.has('groups') ? found.groups ?? [] : [];
  const named = new Set(groups.map((group) => group.group));
  return {
    nodes: [
      ...[...accounts.values()].map((each) => ({ data: { id: `a ${each.account}`, label: each.name || each.account, role: each.role, kind: 'account' } })),
      ...groups.map((group) => ({ data: { id: `g ${group.group}`, label: group.name || group.group, kind: 'place' } })),
    ],
    edges: [
      ...ties.map((tie) => ({ data: { id: `t ${tie.index}`, source: `a ${tie.a}`, target: `a ${tie.b}`, width: Math.max(1, Math.min(6, tie.weight)), kind: 'tie', index: tie.index } })),
      ...found.people.flatMap((person) => (person.groups ?? []).filter((group) => named.has(group)).map((group) => ({ data: { id: `m ${person.person} ${group}`, source: `a ${person.accounts[0]}`, target: `g ${group}`, kind: 'member' } }))),
    ],
  };
}

function styleOf() {
  const ink = colour('--ink');
  const fill = { offer: colour('--chart-2'), seek: colour('--chart-1'), agent: colour('--chart-4'), none: colour('--line-strong') };
  return [
    { selector: 'node', style: { label: 'data(label)', color: ink, 'font-size': 13, 'text-valign': 'bottom', 'text-margin-y': 4, 'text-wrap': 'ellipsis', 'text-max-width': 140, width: 26, height: 26, 'background-color': fill.none, 'border-width': 2, 'border-color': colour('--paper'), 'text-background-color': colour('--paper'), 'text-background-opacity': 0.8, 'min-zoomed-font-size': 6 } },
    ...ROLES.map((role) => ({ selector: `node[role = "${role}"]`, style: { 'background-color': fill[role] } })),
    { selector: 'node[role = "agent"]', style: { shape: 'diamond', width: 32, height: 32 } },
    { selector: 'node[role = "seek"]', style: { shape: 'triangle', width: 30, height: 30 } },
    { selector: 'node[kind = "place"]', style: { shape: 'rectangle', 'background-color': colour('--paper-raised'), 'border-color': colour('--line-strong'), width: 24, height: 20 } },
    { selector: 'edge', style: { width: 'data(width)', 'line-color': colour('--ink-quiet'), 'curve-style': 'bezier', opacity: 0.8 } },
    { selector: 'edge[kind = "member"]', style: { width: 1, 'line-style': 'dashed', 'line-color': colour('--line-strong') } },
    { selector: ':selected', style: { 'border-color': colour('--accent'), 'border-width': 4, 'line-color': colour('--accent'), opacity: 1 } },
    { selector: 'node:locked', style: { 'border-style': 'double', 'border-width': 5, 'border-color': ink } },
  ];
}

/* Starts on a circle in order of id, so the layout has no chance in it. */
const arrange = (cy) => {
  const count = cy.nodes().length || 1;
  cy.nodes().sort((a, b) => (a.id() < b.id() ? -1 : 1)).forEach((node, i) => {
    if (!node.locked()) node.position({ x: Math.cos((2 * Math.PI * i) / count) * 40 * Math.sqrt(count), y: Math.sin((2 * Math.PI * i) / count) * 40 * Math.sqrt(count) });
  });
  cy.layout({ name: 'cose', randomize: false, animate: false, fit: true, padding: 40, nodeDimensionsIncludeLabels: true, componentSpacing: 90, nodeRepulsion: () => 60000, idealEdgeLength: () => 120, numIter: count > 100 ? 300 : 1000 }).run();
};

/** The picture; where pinned nodes stand is kept as long as the case is open. */
function usePicture(box, elements, choose) {
  const picture = useRef(null);
  const pins = useRef(new Map());
  useEffect(() => {
    const cy = cytoscape({ container: box.current, elements, style: styleOf(), minZoom: 0.2, maxZoom: 3, userZoomingEnabled: false });
    picture.current = cy;
    for (const [id, position] of pins.current) cy.getElementById(id).position(position).lock();
    arrange(cy);
    cy.on('select', 'node, edge', (e) => choose(e.target.id()));
    cy.on('dragfree', 'node', (e) => pins.current.has(e.target.id()) && pins.current.set(e.target.id(), { ...e.target.position() }));
    const repaint = () => cy.style(styleOf());
    const theme = new MutationObserver(repaint);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const size = new ResizeObserver(() => cy.resize());
    size.observe(box.current);
    return () => {
      theme.disconnect();
      size.disconnect();
      cy.destroy();
    };
  }, [elements]);
  return {
    pins,
    do: (act) => picture.current && act(picture.current),
    select: (id) => {
      picture.current?.elements().unselect();
      picture.current?.getElementById(id).select();
    },
    pin: (id) => {
      const node = picture.current.getElementById(id);
      if (node.locked()) {
        node.unlock();
        pins.current.delete(id);
      } else if (node.length) {
        pins.current.set(id, { ...node.position() });
        node.lock();
      }
    },
  };
}

function TieLine({ tie, showMessage }) {
  return html`<strong dir="auto">${tie.a}</strong> — <strong dir="auto">${tie.b}</strong> · ${word('tie', tie.kind)}: <span dir="auto">${says(tie.says)}</span>
    <span class="quiet"> ${t('network.weight')} ${number(tie.weight, 1)}${tie.first ? ` · ${day(tie.first)}` : ''}</span>
    ${(tie.events ?? []).map((event) => html` <button key=${event} type="button" class="plain" onClick=${() => showMessage(event)}>${String(event)}</button>`)}`;
}

/** What is chosen, in words. */
function Chosen({ id, found, pins, pin, showMessage }) {
  const [, draw] = useState(0);
  if (!id) return html`<p class="quiet">${t('network.leave')}</p>`;
  const [kind, name] = [id[0], id.slice(2)];
  if (kind === 't') return html`<p><${TieLine} tie=${found.ties[Number(name)]} showMessage=${showMessage} /></p>`;
  if (kind === 'm') return null;
  const ties = kind === 'a' ? (found.ties ?? []).filter((tie) => tie.a === name || tie.b === name) : [];
  const person = found.people.find((each) => each.accounts?.includes(name));
  const group = kind === 'g' && found.groups.find((each) => each.group === name);
  return html`<div><p><strong dir="auto">${group?.name || name}</strong>${person ? html` · ${word('role', person.role)} · <span>${person.person}</span>` : ''}
      ${group ? html` · ${t('group.flagged', { flagged: number(group.flagged), messages: number(group.messages) })}` : ''}
      <button type="button" aria-pressed=${pins.current.has(id)} onClick=${() => { pin(id); draw((n) => n + 1); }}>${t(pins.current.has(id) ? 'network.unpin' : 'network.pin')}</button></p>
    ${ties.length > 0 && html`<ul class="plain-list">${ties.map((tie, i) => html`<li key=${i}><${TieLine} tie=${tie} showMessage=${showMessage} /></li>`)}</ul>`}</div>`;
}

function TieList({ ties, select, chosen }) {
  if (!ties.length) return html`<p class="quiet">${t('network.no-ties')}</p>`;
  return html`<div class="table-scroll tall" tabindex="0" role="region" aria-label=${t('network.list')}><table class="rows network-list">
    <caption class="sr-only">${t('network.list')}</caption>
    <thead><tr><th scope="col">${t('network.a')}</th><th scope="col">${t('network.b')}</th><th scope="col">${t('network.kind')}</th><th scope="col" class="wide">${t('network.says')}</th><th scope="col" class="number">${t('network.weight')}</th><th scope="col">${t('network.when')}</th></tr></thead>
    <tbody>${ties.map((tie, index) => html`<tr key=${index} class=${chosen === `t ${index}` ? 'chosen' : ''}><th scope="row" dir="auto"><button type="button" class="plain" onClick=${() => select(`t ${index}`)}>${tie.a}</button></th>
      <td dir="auto" class="breaks">${tie.b}</td><td>${word('tie', tie.kind)}</td><td dir="auto">${says(tie.says)}</td><td class="number">${number(tie.weight, 1)}</td><td class="date">${tie.first ? day(tie.first) : ''}</td></tr>`)}</tbody></table></div>`;
}

export function Network({ found, showMessage }) {
  const there = KINDS.filter((kind) => (found.ties ?? []).some((tie) => tie.kind === kind));
  const [hidden, setHidden] = useState(new Set());
  const shown = useMemo(() => new Set([...there, 'groups'].filter((each) => !hidden.has(each))), [found, hidden]);
  const elements = useMemo(() => elementsOf(found, shown), [found, shown]);
  const [chosen, setChosen] = useState('');
  const box = useRef(null);
  const picture = usePicture(box, elements, setChosen);
  const flip = (kind) => setHidden((before) => {
    const next = new Set(before);
    if (!next.delete(kind)) next.add(kind);
    return next;
  });
  const select = (id) => { setChosen(id); picture.select(id); };
  const count = { accounts: number(elements.nodes.filter((node) => node.data.kind === 'account').length), groups: number(elements.nodes.filter((node) => node.data.kind === 'place').length), ties: number(elements.edges.filter((edge) => edge.data.kind === 'tie').length) };
  return html`<p class="quiet">${t('network.lead')}</p>
    <div class="network-bar" role="group" aria-label=${t('network.filter')}>
      ${[...there, 'groups'].map((kind) => html`<label key=${kind} class="check"><input type="checkbox" checked=${shown.has(kind)} onChange=${() => flip(kind)} /> <span>${kind === 'groups' ? t('network.groups') : word('tie', kind)}</span></label>`)}
      <span class="network-buttons">
        <button type="button" onClick=${() => picture.do((cy) => cy.zoom({ level: cy.zoom() * 1.3, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } }))}>${t('network.zoom-in')}</button>
        <button type="button" onClick=${() => picture.do((cy) => cy.zoom({ level: cy.zoom() / 1.3, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } }))}>${t('network.zoom-out')}</button>
        <button type="button" onClick=${() => picture.do((cy) => cy.fit(undefined, 40))}>${t('network.fit')}</button>
        <button type="button" onClick=${() => picture.do(arrange)}>${t('network.lay')}</button></span>
    </div>
    ${(found.ties ?? []).length > TIES_DRAWN_MAX && html`<p class="quiet">${t('network.too-large', { n: number(TIES_DRAWN_MAX) })}</p>`}
    <div class="network" role="img" aria-label=${t('network.picture', count)}><div class="network-box" ref=${box}></div></div>
    <p class="legend-line" aria-hidden="true">${ROLES.slice(0, 3).map((role) => html`<span key=${role}><span class=${`dot dot-${role}`}></span> ${word('role', role)}</span>`)}</p>
    <div class="network-chosen" role="status">${html`<${Chosen} key=${chosen} id=${chosen} found=${found} pins=${picture.pins} pin=${picture.pin} showMessage=${showMessage} />`}</div>
    <h3>${t('network.list')}</h3>
    <${TieList} ties=${found.ties ?? []} select=${select} chosen=${chosen} />`;
}
