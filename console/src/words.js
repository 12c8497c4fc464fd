/**
 * What the console says, in Chinese and English, and how it writes numbers and times. Texts stand in
 * words/; every key is there in both languages (a test sees to it). What people wrote is never
 * translated and never passes through here.
 */
import caseEn from './words/case_en.js';
import caseZh from './words/case_zh.js';
import frameEn from './words/frame_en.js';
import frameZh from './words/frame_zh.js';
import toolsEn from './words/tools_en.js';
import toolsZh from './words/tools_zh.js';

export const dictionaries = {
  en: { ...toolsEn, ...frameEn, ...caseEn },
  zh: { ...toolsZh, ...frameZh, ...caseZh },
};

const chosen = localStorage.getItem('ward-lang');
let now = chosen === 'zh' || chosen === 'en' ? chosen : navigator.language.startsWith('zh') ? 'zh' : 'en';
document.documentElement.lang = now === 'zh' ? 'zh-CN' : 'en';

export const lang = () => now;

/** Switches the language; the frame draws everything anew. */
export function setLang(next) {
  now = next;
  localStorage.setItem('ward-lang', next);
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
  dispatchEvent(new Event('ward-lang'));
}

/** The text of `key` with {name} replaced; a missing key shows itself. */
export const t = (key, values = {}) =>
  (dictionaries[now][key] ?? `[${key}]`).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The word for a name of ward's own, such as a level; an unknown name stands as it is. */
export const word = (group, name) => dictionaries[now][`${group}.${name}`] ?? String(name ?? '');

/** A sentence the server gave: plain, or in both languages. */
export const says = (sentence) =>
  (sentence && typeof sentence === 'object' ? sentence[now] ?? sentence.en ?? sentence.zh ?? '' : String(sentence ?? ''));

const locale = () => (now === 'zh' ? 'zh-CN' : 'en-GB');

export const number = (n, digits = 0) =>
  new Intl.NumberFormat(locale(), { minimumFractionDigits: digits > 1 ? digits : 0, maximumFractionDigits: digits }).format(n);

function formatTime(text, options) {
  const time = new Date(text);
  return Number.isNaN(+time) ? String(text ?? '') : new Intl.DateTimeFormat(locale(), options).format(time);
}

/** Time of a server's RFC 3339 text in the reader's zone. */
export const dateTime = (text) => formatTime(text, { dateStyle: 'medium', timeStyle: 'short' });
export const timeOfDay = (text) => formatTime(text, { timeStyle: 'short' });
export const day = (text) => formatTime(text, { dateStyle: 'medium' });

/** How long ago, in the largest fitting unit. */
export function ago(text, nowMs = Date.now()) {
  const seconds = (new Date(text) - nowMs) / 1000;
  if (Number.isNaN(seconds)) return '';
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  for (const [unit, size] of [['year', 31557600], ['month', 2629800], ['day', 86400], ['hour', 3600], ['minute', 60]]) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  return format.format(0, 'minute');
}

/**
 * An error as a sentence with what to do. The server's own detail follows where it helps: it is
 * English and about the request, never about what people wrote.
 */
export function explain(error) {
  if (!error) return '';
  if (error.name === 'AbortError') return t('problem.stopped');
  if (error.status === undefined) return t('problem.network');
  const known = [`problem.${error.slug}`, `problem.${error.status}`].find((key) => dictionaries[now][key]);
  const text = t(known ?? (error.status >= 500 ? 'problem.server' : 'problem.other'), { wait: error.retryAfter || 1, holder: error.holder ?? '', status: error.status });
  return error.detail && [400, 409, 422].includes(error.status) ? `${text} (${error.detail})` : text;
}
