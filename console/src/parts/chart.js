/**
 * A chart with the same figures as a table behind a button. uPlot draws; colours come from the page's
 * own custom properties, so that light and dark hold for charts too. Lines differ by dashes and marks,
 * never by colour alone.
 */
import { html, useEffect, useRef, useState } from '../vendor/preact.js';
import uPlot from '../vendor/uplot.js';
import { lang, t } from '../words.js';

const HEIGHT = 280;
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 4]];

const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim() || 'currentColor';

/* "2026-03" or "03-14" along the axis, always UTC. */
const tick = (unit) => (plot, splits) => splits.map((s) => {
  const day = new Date(s * 1000).toISOString();
  return unit === 'month' ? day.slice(0, 7) : day.slice(5, 10);
});

function axesOf(element, unit, label) {
  const ink = colour(element, '--ink-quiet');
  const grid = { stroke: colour(element, '--line'), width: 1 };
  const font = '13px sans-serif';
  const format = new Intl.NumberFormat(lang());
  return [
    { stroke: ink, grid, ticks: grid, font, values: tick(unit), space: 70, incrs: unit === 'month' ? [2592000, 2592000 * 3, 31536000] : [86400, 86400 * 7, 86400 * 14, 2592000, 2592000 * 3] },
    { stroke: ink, grid, ticks: grid, font, label, labelFont: font, labelSize: 22, size: 70, values: (plot, splits) => splits.map((s) => (Number.isInteger(s) ? format.format(s) : '')) },
  ];
}

function seriesOf(element, lines, unit) {
  const bars = uPlot.paths.bars({ size: [0.8, 40] });
  return [{}, ...lines.map((line, i) => ({
    label: line.label,
    stroke: colour(element, line.colour),
    width: line.isBar ? 1 : 2,
    fill: line.isBar ? colour(element, line.colour) : undefined,
    paths: line.isBar ? bars : undefined,
    dash: line.isBar ? undefined : DASHES[i % DASHES.length],
    spanGaps: false,
    points: { show: !line.isBar, size: unit === 'month' ? 7 : 4 },
  }))];
}

const HALF_DAY_S = 43200;

function draw(element, chart) {
  const margin = chart.unit === 'month' ? 5 * HALF_DAY_S * 2 : HALF_DAY_S * 1.4;
  const plot = new uPlot({
    width: Math.max(280, element.clientWidth),
    height: HEIGHT,
    tzDate: (s) => uPlot.tzDate(new Date(s * 1000), 'UTC'),
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true, range: (p, low, high) => [low - margin, high + margin] }, y: { range: (p, low, high) => [0, Math.max(1, (high || 1) * 1.1)] } },
    axes: axesOf(element, chart.unit, chart.yLabel),
    series: seriesOf(element, chart.lines, chart.unit),
  }, [chart.x, ...chart.lines.map((line) => line.values)], element);
  return plot;
}

function Plot({ chart, summary }) {
  const place = useRef(null);
  useEffect(() => {
    const element = place.current;
    let plot = draw(element, chart);
    const again = () => {
      plot.destroy();
      plot = draw(element, chart);
    };
    const size = new ResizeObserver(() => element.clientWidth !== plot.width && plot.setSize({ width: Math.max(280, element.clientWidth), height: HEIGHT }));
    size.observe(element);
    const theme = new MutationObserver(again);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      size.disconnect();
      theme.disconnect();
      plot.destroy();
    };
  }, [chart]);
  return html`<div class="plot" ref=${place} role="img" aria-label=${summary}></div>`;
}

function Legend({ lines }) {
  return html`<ul class="legend">${lines.map((line, i) => html`<li key=${line.label}>
    <svg width="28" height="12" aria-hidden="true">${line.isBar
      ? html`<rect width="14" height="12" style=${{ fill: `var(${line.colour})` }} />`
      : html`<line x1="0" y1="6" x2="28" y2="6" stroke-width="2" stroke-dasharray=${DASHES[i % DASHES.length].join(' ')} style=${{ stroke: `var(${line.colour})` }} />`}</svg>
    <span dir="auto">${line.label}</span></li>`)}</ul>`;
}

/**
 * `chart`: {x, unit: 'day'|'month', yLabel, lines: [{label, colour, values, isBar}]}; `summary`: what the
 * chart shows, in a sentence; `table`: the figures. Keep `chart` the same object while nothing changed.
 */
export function Chart({ title, chart, summary, table }) {
  const [isTable, setTable] = useState(false);
  const isEmpty = !chart.x.length;
  return html`<section class="chart">
    <div class="chart-head"><h2>${title}</h2>
      ${!isEmpty && html`<button type="button" aria-pressed=${isTable} onClick=${() => setTable(!isTable)}>${t('chart.table')}<span class="sr-only">: ${title}</span></button>`}</div>
    <p class="quiet">${isEmpty ? t('chart.empty') : summary}</p>
    ${!isEmpty && (isTable ? table : html`<div><${Plot} chart=${chart} summary=${summary} /><${Legend} lines=${chart.lines} /></div>`)}
  </section>`;
}
