/**
 * A verdict in full: what was written with what ward saw marked in it, what was read where something
 * was hidden, the reasons and how they add up, facts, help. Shared by every page that shows one.
 * All of it is data from strangers: text nodes only.
 */
import { html, useState } from '../vendor/preact.js';
import { number, says, t, word } from '../words.js';
import { piecesOf } from './spans.js';

/** Reasons that move the score by less than this are folded away; the sum still has them. */
const SMALL_WEIGHT = 0.05;

/** Each span of a field once, in order. */
export function spansOf(verdict, field = 'text') {
  const seen = new Map();
  for (const reason of verdict?.reasons ?? []) {
    for (const span of reason.spans ?? []) {
      if (span.field !== field) continue;
      seen.set(`${span.begin}-${span.end}-${span.signal}`, span);
    }
  }
  return [...seen.values()].sort((a, b) => a.begin - b.begin || b.end - a.end);
}

/** Places where something was hidden: {written, read, disguises, signals}, each pair once. */
export function readingsOf(verdict) {
  const seen = new Map();
  for (const reason of verdict?.reasons ?? []) {
    for (const span of reason.spans ?? []) {
      if (!span.disguise?.length) continue;
      const key = `${span.written}\u0000${span.read}`;
      const reading = seen.get(key) ?? { written: span.written, read: span.read, disguises: new Set(), signals: new Set() };
      span.disguise.forEach((each) => reading.disguises.add(each));
      reading.signals.add(span.signal);
      seen.set(key, reading);
    }
  }
  return [...seen.values()].map((each) => ({ ...each, disguises: [...each.disguises], signals: [...each.signals] }));
}

/** Base, weights and their sum, as they make the score. */
export function sumOf(verdict) {
  const weights = (verdict.reasons ?? []).map((reason) => reason.weight);
  const sum = verdict.base + weights.reduce((a, b) => a + b, 0);
  return { sum, score: 1 / (1 + Math.exp(-sum)) };
}

export const Level = ({ level }) => html`<span class=${`level level-${levelClass(level)}`}>${word('level', level)}</span>`;

const levelClass = (level) => (['none', 'watch', 'review', 'urgent'].includes(level) ? level : 'none');

/** What found a span: a signal by its name, or the wording as a whole. */
const finderOf = (span) => (span.signal === 'wording' ? t('verdict.wording') : span.signal);

/** A text with the given spans marked; the title of a mark says what found it. */
export function Marked({ text, spans }) {
  return html`<p class="written" dir="auto">${piecesOf(text, spans).map((piece) => {
    if (!piece.spans.length) return piece.text;
    const hidden = piece.spans.some((span) => span.disguise?.length);
    return html`<mark class=${hidden ? 'hidden-word' : ''} title=${piece.spans.map(finderOf).join(t('list.comma'))}>${piece.text}</mark>`;
  })}</p>`;
}

function Readings({ verdict }) {
  const readings = readingsOf(verdict);
  if (!readings.length) return null;
  return html`<section>
    <h3>${t('verdict.readings')}</h3>
    <ul class="readings">${readings.map((each) => html`<li key=${each.written + each.read}>
      <span class="as-written" dir="auto">${each.written}</span>
      <span class="arrow" aria-hidden="true">→</span><span class="sr-only">${t('verdict.read-as')}</span>
      <strong dir="auto">${each.read}</strong>
      <span class="quiet">${each.disguises.map((name) => word('disguise', name)).join(t('list.comma'))}</span>
    </li>`)}</ul>
  </section>`;
}

const signed = (weight) => `${weight < 0 ? '−' : '+'}${number(Math.abs(weight), 2)}`;

function ReasonRow({ reason, largest }) {
  const share = largest ? Math.abs(reason.weight) / largest : 0;
  return html`<tr>
    <td>${says(reason.says)}<span class="quiet rule-name">${reason.rule}</span></td>
    <td class="number">${signed(reason.weight)}</td>
    <td class="bar-cell" aria-hidden="true"><span class=${reason.weight < 0 ? 'bar bar-less' : 'bar'} style=${{ width: `${Math.round(share * 100)}%` }}></span></td>
  </tr>`;
}

function Reasons({ verdict }) {
  const [showsAll, setShowsAll] = useState(false);
  const reasons = verdict.reasons ?? [];
  if (!reasons.length) return html`<p>${t('verdict.no-reason')}</p>`;
  const large = reasons.filter((reason) => Math.abs(reason.weight) >= SMALL_WEIGHT);
  const small = reasons.length - large.length;
  const shown = showsAll ? reasons : large;
  const largest = Math.max(...reasons.map((reason) => Math.abs(reason.weight)), Math.abs(verdict.base));
  const { sum, score } = sumOf(verdict);
  const folded = reasons.filter((reason) => !shown.includes(reason)).reduce((a, reason) => a + reason.weight, 0);
  return html`<section>
    <h3>${t('verdict.reasons')}</h3>
    <table class="reasons">
      <thead><tr><th scope="col">${t('verdict.reason')}</th><th scope="col" class="number">${t('verdict.weight')}</th><td></td></tr></thead>
      <tbody>
        <${ReasonRow} reason=${{ says: t('verdict.base'), weight: verdict.base, rule: '' }} largest=${largest} />
        ${shown.map((reason) => html`<${ReasonRow} key=${reason.rule} reason=${reason} largest=${largest} />`)}
        ${small > 0 && !showsAll && html`<${ReasonRow} reason=${{ says: t('verdict.small', { n: small }), weight: folded, rule: '' }} largest=${largest} />`}
      </tbody>
      <tfoot><tr><th scope="row">${t('verdict.sum', { score: number(score * 100, 1) })}</th><td class="number">${signed(sum)}</td><td></td></tr></tfoot>
    </table>
    ${small > 0 && html`<button type="button" class="plain" aria-expanded=${showsAll} onClick=${() => setShowsAll(!showsAll)}>
      ${showsAll ? t('verdict.fold-small') : t('verdict.show-small', { n: small })}</button>`}
  </section>`;
}

/** Facts as [label, value] rows. */
export function factRows(facts) {
  const rows = [];
  for (const price of facts?.prices ?? []) rows.push([t('fact.price'), priceText(price)]);
  for (const child of facts?.children ?? []) rows.push([t('fact.child'), childText(child)]);
  for (const place of facts?.places ?? facts?.areas ?? []) rows.push([t('fact.place'), String(place.code ?? place.place ?? place)]);
  if (typeof facts?.place === 'string') rows.push([t('fact.place'), facts.place]);
  for (const handle of facts?.handles ?? []) rows.push([word('handle', handle.kind), String(handle.value)]);
  return rows;
}

function priceText(price) {
  const unit = price.currency || 'CNY';
  const [low, high] = [price.low, price.high].map((minor) => number((minor ?? price.fen) / 100, 0));
  return low === high ? `${low} ${unit}` : `${low}–${high} ${unit}`;
}

function ageText([low, high]) {
  return low === high ? t('fact.age', { days: number(low) }) : t('fact.age-days', { low: number(low), high: number(high) });
}

function childText(child) {
  const parts = [];
  if (child.sex && child.sex !== '?') parts.push(word('sex', child.sex));
  if (child.age_days) parts.push(ageText(child.age_days));
  if (child.due) parts.push(t('fact.due', { day: child.due }));
  if (child.count > 1) parts.push(t('fact.count', { n: child.count }));
  return parts.join(t('list.comma')) || t('fact.mentioned');
}

function Facts({ facts }) {
  const rows = factRows(facts);
  if (!rows.length) return null;
  return html`<section>
    <h3>${t('verdict.facts')}</h3>
    <dl class="facts">${rows.map(([label, value], i) => html`<div key=${i}><dt>${label}</dt><dd dir="auto">${value}</dd></div>`)}</dl>
  </section>`;
}

function Law({ verdict }) {
  const laws = [...new Set((verdict.reasons ?? []).flatMap((reason) => reason.law ?? []))].map((law) => (typeof law === 'string' ? law : law.id));
  if (!laws.length) return null;
  return html`<section>
    <h3>${t('verdict.law')}</h3>
    <p>${laws.join(t('list.comma'))}</p>
    ${verdict.law_as_of && html`<p class="quiet">${t(verdict.law_as_of_packs ? 'verdict.law-assumed' : 'verdict.law-day', { day: verdict.law_as_of })}</p>`}
  </section>`;
}

function Help({ help }) {
  if (!help?.length) return null;
  return html`<section class="help-box">
    <h3>${t('verdict.help')}</h3>
    <ul>${help.map((each) => html`<li key=${each.rule}>${says(each.says)}</li>`)}</ul>
  </section>`;
}

/** One sentence for the eye and for screen readers. */
export function summaryOf(verdict) {
  const percent = number(verdict.score * 100, verdict.score > 0.99 || verdict.score < 0.01 ? 1 : 0);
  const role = verdict.role && verdict.role !== 'none' ? t('verdict.with-role', { role: word('role', verdict.role) }) : '';
  return t(`verdict.summary-${levelClass(verdict.level)}`, { percent, role });
}

/**
 * `fields`: the texts that were judged by field, {text, alias, group_name, quoted}; `canonical`: the
 * text as read, where the server gave it.
 */
export function VerdictView({ verdict, fields, canonical }) {
  const names = ['text', 'alias', 'group_name', 'quoted'].filter((name) => fields[name]);
  return html`<div class="verdict">
    <p class="verdict-line"><${Level} level=${verdict.level} /> ${summaryOf(verdict)}</p>
    ${names.map((name) => html`<div key=${name} class="field">
      ${names.length > 1 && html`<h3>${t(`field.${name}`)}</h3>`}
      <${Marked} text=${fields[name]} spans=${spansOf(verdict, name)} />
    </div>`)}
    ${canonical && canonical !== fields.text && html`<section><h3>${t('verdict.canonical')}</h3><p class="written canonical" dir="auto">${canonical}</p></section>`}
    <${Readings} verdict=${verdict} />
    <${Help} help=${verdict.help} />
    <${Reasons} verdict=${verdict} />
    <${Facts} facts=${verdict.facts} />
    <${Law} verdict=${verdict} />
    <p class="quiet packs-line">${(verdict.packs ?? []).join(t('list.comma'))}</p>
  </div>`;
}
