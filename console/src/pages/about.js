/**
 * About: which ward and which packs these are, where their knowledge comes from, and what a verdict is not.
 */
import { html } from '../vendor/preact.js';
import { api } from '../api.js';
import { number, t } from '../words.js';
import { Trouble, useLoad } from '../parts/loading.js';

const NOT = ['penalty', 'proof', 'complete', 'advice', 'watching'];

function Pack({ pack }) {
  return html`<section class="panel">
    <h3>${pack.name} <span class="quiet">${pack.version}</span></h3>
    <p>${t('about.pack-counts', { signals: number(pack.signals), rules: number(pack.rules), law: number(pack.law) })}${pack.date ? ` ${t('about.pack-date', { day: pack.date })}` : ''}</p>
    <p class="quiet">${t('about.hash')} <code class="breaks">${pack.hash}</code></p>
    ${pack.sources?.length > 0 && html`<details><summary>${t('about.sources', { n: number(pack.sources.length) })}</summary>
      <ul>${pack.sources.map((source) => html`<li key=${source} class="breaks" dir="auto">${source}</li>`)}</ul></details>`}
  </section>`;
}

/* Programs ward is made of; the same list as THIRD_PARTY.md. */
const PARTS = [
  ['SQLite', 'public domain'], ['PostgreSQL libpq', 'PostgreSQL'], ['libmicrohttpd', 'LGPL-2.1+'], ['libsodium', 'ISC'],
  ['libyaml, jansson', 'MIT'], ['zlib, zstd, libarchive', 'zlib, BSD'], ['Preact, htm', 'MIT, Apache-2.0'],
  ['uPlot, Cytoscape.js', 'MIT'], ['Unicode Character Database, CLDR', 'Unicode'], ['OpenCC tables', 'Apache-2.0'], ['jieba dictionary', 'MIT'],
];

export function AboutPage() {
  const about = useLoad((signal) => api.get('/v1/about', { signal }), []);
  const packs = useLoad((signal) => api.get('/v1/packs', { signal }), []);
  return html`<div class="about">
    <h1>${t('about.title')}</h1>
    <p>${t('about.lead')}</p>
    <${Trouble} error=${about.error} again=${about.again} />
    ${about.data && html`<p>${t('about.version', { version: about.data.version })}</p>`}
    <section aria-labelledby="not"><h2 id="not">${t('about.not')}</h2>
      <ul class="not-list">${NOT.map((each) => html`<li key=${each}>${t(`about.not-${each}`)}</li>`)}</ul></section>
    <section aria-labelledby="packs"><h2 id="packs">${t('about.packs')}</h2>
      <${Trouble} error=${packs.error} again=${packs.again} />
      ${(packs.data?.packs ?? []).map((pack) => html`<${Pack} key=${pack.name} pack=${pack} />`)}</section>
    ${about.data?.sources?.length > 0 && html`<section aria-labelledby="law"><h2 id="law">${t('about.law')}</h2>
      <details><summary>${t('about.sources', { n: number(about.data.sources.length) })}</summary>
        <ul>${about.data.sources.map((source) => html`<li key=${source} class="breaks" dir="auto">${source}</li>`)}</ul></details></section>`}
    <section aria-labelledby="parts"><h2 id="parts">${t('about.parts')}</h2>
      <table class="rows small"><thead><tr><th scope="col">${t('about.part')}</th><th scope="col">${t('about.licence')}</th></tr></thead>
        <tbody>${PARTS.map(([name, licence]) => html`<tr key=${name}><th scope="row">${name}</th><td>${licence}</td></tr>`)}</tbody></table>
      <p class="quiet">${t('about.own-licence')}</p></section>
  </div>`;
}
