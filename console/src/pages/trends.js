/**
 * Trends: how much, of which role, at which price, hidden how, and how reviewers judged it.
 */
import { html, useEffect, useMemo, useState } from '../vendor/preact.js';
import { api } from '../api.js';
import { lang, number, t, timeOfDay, word } from '../words.js';
import { Chart } from '../parts/chart.js';
import { Trouble, useLoad } from '../parts/loading.js';
import { dayOf, priceSeries, rangeOf, shareRows, volumeSeries, volumeTotals } from '../parts/series.js';
import { DayField } from '../parts/widgets.js';

const RANGES = [30, 90, 365];
/* Before and after them nothing is stored; a year half typed (0002, 0020, 0202) lies outside. */
const FIRST_DAY = '1970-01-01';
const LAST_DAY = '9999-12-31';
/* Counting goes on in the server; it is asked again so often, so long as it gets further. */
const COUNT_AGAIN_MS = 2000;
const COLOURS = ['--chart-1', '--chart-2', '--chart-3', '--chart-4', '--chart-5'];
const LEVEL_COLOURS = ['--chart-watch', '--chart-review', '--chart-urgent'];

const yuan = (fen) => number(Math.round(fen / 100));

function VolumeTable({ rows }) {
  return html`<div class="table-scroll tall" tabindex="0" role="region" aria-label=${t('trends.volumes')}><table class="rows">
    <thead><tr><th scope="col">${t('trends.day')}</th>${['watch', 'review', 'urgent'].map((level) => html`<th key=${level} scope="col" class="number">${word('level', level)}</th>`)}<th scope="col" class="number">${t('trends.total')}</th></tr></thead>
    <tbody>${[...rows].reverse().map((row) => html`<tr key=${row.day}><th scope="row">${row.day}</th><td class="number">${number(row.watch)}</td><td class="number">${number(row.review)}</td><td class="number">${number(row.urgent)}</td><td class="number">${number(row.total)}</td></tr>`)}</tbody>
  </table></div>`;
}

function Volumes({ volumes }) {
  const shown = useMemo(() => {
    const { x, rows, tops } = volumeSeries(volumes);
    const lines = ['watch', 'review', 'urgent'].map((level, i) => ({ label: word('level', level), colour: LEVEL_COLOURS[i], values: tops[i].map((top) => top || null), isBar: true }));
    return { rows, chart: { x, unit: 'day', yLabel: t('trends.messages-a-day'), lines } };
  }, [volumes, lang()]);
  const sums = volumeTotals(shown.rows);
  return html`<${Chart} title=${t('trends.volumes')} chart=${shown.chart} table=${html`<${VolumeTable} rows=${shown.rows} />`}
    summary=${t('trends.volumes-sum', { total: number(sums.total), watch: number(sums.watch), review: number(sums.review), urgent: number(sums.urgent) })} />`;
}

function PriceTable({ prices }) {
  return html`<div class="table-scroll tall" tabindex="0" role="region" aria-label=${t('trends.prices')}><table class="rows">
    <thead><tr><th scope="col">${t('trends.month')}</th><th scope="col">${t('trends.place')}</th><th scope="col" class="number">${t('trends.median')}</th><th scope="col" class="number">${t('trends.low')}</th><th scope="col" class="number">${t('trends.high')}</th><th scope="col" class="number">${t('trends.count')}</th></tr></thead>
    <tbody>${prices.map((row, i) => html`<tr key=${i}><th scope="row">${row.month}</th><td>${row.place || t('trends.no-place')}</td><td class="number">${yuan(row.median_fen)}</td><td class="number">${yuan(row.low_fen)}</td><td class="number">${yuan(row.high_fen)}</td><td class="number">${number(row.count)}</td></tr>`)}</tbody>
  </table></div>`;
}

function Prices({ prices }) {
  const shown = useMemo(() => {
    const { x, lines, left } = priceSeries(prices);
    const drawn = lines.map((line, i) => ({ label: line.place || t('trends.no-place'), colour: COLOURS[i], values: line.values }));
    return { left, chart: { x, unit: 'month', yLabel: t('trends.yuan'), lines: drawn } };
  }, [prices, lang()]);
  const summary = t('trends.prices-sum', { places: number(shown.chart.lines.length) }) + (shown.left ? ` ${t('trends.prices-left', { n: number(shown.left) })}` : '');
  return html`<${Chart} title=${t('trends.prices')} chart=${shown.chart} summary=${summary} table=${html`<${PriceTable} prices=${prices} />`} />`;
}

function Shares({ title, rows, name, unit }) {
  return html`<section class="chart">
    <h2>${title}</h2>
    ${rows.length ? html`<table class="rows shares">
      <thead><tr><th scope="col">${unit}</th><th scope="col" class="number">${t('trends.count')}</th><th scope="col" class="number">${t('trends.share')}</th><td class="bar-cell"></td></tr></thead>
      <tbody>${rows.map((row) => html`<tr key=${row.name}><th scope="row" dir="auto">${name(row.name)}</th><td class="number">${number(row.count)}</td><td class="number">${number(row.ofAll * 100, 0)} %</td>
        <td class="bar-cell" aria-hidden="true"><span class="bar" style=${{ width: `${Math.max(1, Math.round(row.ofLargest * 100))}%` }}></span></td></tr>`)}</tbody>
    </table>` : html`<p class="quiet">${t('chart.empty')}</p>`}
  </section>`;
}

function Agreement({ agreement, referrals, reopened }) {
  const share = agreement?.share ?? (agreement?.cases ? agreement.alike / agreement.cases : null);
  return html`<section class="chart"><h2>${t('trends.agreement')}</h2>
    <p>${share === null || share === undefined ? t('trends.agreement-none') : t('trends.agreement-sum', { alike: number(agreement.alike), cases: number(agreement.cases), percent: number(share * 100, 0) })}</p>
    ${referrals && html`<p>${t('trends.referrals', { requested: number(referrals.requested), completed: number(referrals.completed) })}</p>`}
    ${Number.isFinite(reopened) && html`<p>${t('trends.reopened', { n: number(reopened) })}</p>`}
  </section>`;
}

function Range({ range, setRange, today }) {
  const choose = (e) => setRange(e.target.value === 'own' ? { ...range, days: 0 } : { ...rangeOf(+e.target.value, today), days: +e.target.value });
  const set = (name) => (day) => setRange({ ...range, [name]: day, days: 0 });
  return html`<form class="fields range" onSubmit=${(e) => e.preventDefault()}>
    <label class="field-label">${t('trends.range')}
      <select value=${range.days || 'own'} onChange=${choose}>${RANGES.map((days) => html`<option key=${days} value=${days}>${t('trends.days', { n: number(days) })}</option>`)}<option value="own">${t('trends.own')}</option></select></label>
    <${DayField} label=${t('trends.from')} value=${range.from} min=${FIRST_DAY} max=${range.to} choose=${set('from')} outside=${t('trends.outside')} />
    <${DayField} label=${t('trends.to')} value=${range.to} min=${range.from} max=${LAST_DAY} choose=${set('to')} outside=${t('trends.outside')} />
  </form>`;
}

/** Days are UTC: when such a day begins by the reader's clock, where that differs. */
function Zone({ today }) {
  const begins = timeOfDay(`${today}T00:00:00Z`);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return html`<p>${new Date(`${today}T00:00:00Z`).getTimezoneOffset() ? t('trends.zone', { time: begins, zone }) : t('trends.zone-utc')}</p>`;
}

/** Asks again while the server still counts, so long as it has got further since. */
function useCounting(list) {
  const counted = list.data?.counted;
  const isUnderWay = counted && !counted.complete;
  useEffect(() => {
    if (!isUnderWay) return undefined;
    const timer = setTimeout(list.again, COUNT_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isUnderWay, counted?.events]);
}

export function TrendsPage() {
  const today = dayOf(Date.now() / 1000);
  const [range, setRange] = useState(() => ({ ...rangeOf(90, today), days: 90 }));
  const list = useLoad((signal) => api.get(`/v1/statistics?from=${range.from}&to=${range.to}`, { signal }), [range.from, range.to]);
  const figures = list.data;
  useCounting(list);
  return html`<div class="trends">
    <h1>${t('trends.title')}</h1>
    <p>${t('trends.lead')}</p>
    <${Zone} today=${today} />
    <${Range} range=${range} setRange=${setRange} today=${today} />
    <${Trouble} error=${list.error} again=${list.again} />
    <p role="status" class="sr-only">${list.isLoading ? t('loading') : ''}</p>
    ${figures && html`<div aria-busy=${list.isLoading}>
      ${figures.counted && !figures.counted.complete && html`<p class="trouble">${t('trends.part', { n: number(figures.counted.events) })}</p>`}
      <${Volumes} volumes=${figures.volumes} />
      <${Prices} prices=${figures.prices ?? []} />
      <div class="chart-grid">
        <${Shares} title=${t('trends.roles')} rows=${shareRows(figures.roles)} name=${(role) => word('role', role)} unit=${t('trends.role')} />
        <${Shares} title=${t('trends.disguises')} rows=${shareRows(figures.disguises, 'disguise')} name=${(name) => word('disguise', name)} unit=${t('trends.disguise')} />
        <${Shares} title=${t('trends.decisions')} rows=${shareRows(figures.decisions)} name=${(name) => word('decision', name)} unit=${t('trends.decision')} />
        <${Shares} title=${t('trends.look-alikes')} rows=${shareRows(figures.look_alikes, 'reason')} name=${(name) => word('look-alike', name)} unit=${t('trends.look-alike')} />
        <${Agreement} agreement=${figures.agreement} referrals=${figures.referrals} reopened=${figures.reopened} />
      </div>
    </div>`}
  </div>`;
}
