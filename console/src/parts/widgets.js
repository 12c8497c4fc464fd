/**
 * Small controls that several pages share, each usable by keyboard alone.
 */
import { html, useEffect, useLayoutEffect, useRef, useState } from '../vendor/preact.js';
import { t } from '../words.js';

/** Tabs as WAI-ARIA has them: arrows, Home and End move; `tabs` are {id, label, show()}. */
export function Tabs({ name, tabs, first }) {
  const [open, setOpen] = useState(first ?? tabs[0].id);
  const at = Math.max(0, tabs.findIndex((tab) => tab.id === open));
  const list = useRef(null);
  const move = (e) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const next = (to + tabs.length) % tabs.length;
    setOpen(tabs[next].id);
    list.current.children[next].focus();
  };
  return html`<div class="tabs">
    <div role="tablist" aria-label=${name} ref=${list} onKeyDown=${move}>
      ${tabs.map((tab, i) => html`<button key=${tab.id} type="button" role="tab" id=${`tab-${tab.id}`} aria-selected=${i === at}
        aria-controls=${`panel-${tab.id}`} tabindex=${i === at ? 0 : -1} onClick=${() => setOpen(tab.id)}>${tab.label}</button>`)}
    </div>
    <div role="tabpanel" key=${tabs[at].id} id=${`panel-${tabs[at].id}`} aria-labelledby=${`tab-${tabs[at].id}`} tabindex="-1">${tabs[at].show()}</div>
  </div>`;
}

/** A button that asks once more before it does something that cannot be undone. */
export function Ask({ label, of, question, run, isBusy }) {
  const [isAsking, setAsking] = useState(false);
  const sure = useRef(null);
  const asker = useRef(null);
  useLayoutEffect(() => {
    if (isAsking) sure.current?.focus();
  }, [isAsking]);
  const leave = () => {
    setAsking(false);
    asker.current?.focus();
  };
  const confirm = () => {
    setAsking(false);
    sure.current.closest('[role=tabpanel], main')?.focus(); // what asked may be gone afterwards
    run();
  };
  return html`<span class="ask"><button ref=${asker} type="button" aria-expanded=${isAsking} aria-disabled=${isBusy} onClick=${() => setAsking(!isAsking)}>
      ${label}<span class="sr-only"> ${of}</span></button>
    ${isAsking && html`<span class="ask-box" role="group" aria-label=${question} onKeyDown=${(e) => e.key === 'Escape' && leave()}>
      <span>${question}</span>
      <button ref=${sure} type="button" class="danger" onClick=${confirm}>${label}</button>
      <button type="button" onClick=${leave}>${t('cancel')}</button></span>`}
  </span>`;
}

/** A secret shown once: selected on focus, copied by a button, gone when closed. */
export function Secret({ title, secret, close }) {
  const field = useRef(null);
  const [copied, setCopied] = useState('');
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [secret]);
  const copy = async () => {
    field.current.select();
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(t('secret.copied'));
    } catch {
      setCopied(t('secret.copy-by-hand'));
    }
  };
  return html`<section class="secret panel" aria-label=${title}>
    <h3 dir="auto">${title}</h3>
    <p>${t('secret.once')}</p>
    <p class="secret-line"><input ref=${field} class="mono" readonly aria-label=${t('secret.label')} value=${secret} onFocus=${(e) => e.target.select()} />
      <button type="button" onClick=${copy}>${t('secret.copy')}</button>
      <button type="button" onClick=${close}>${t('secret.close')}</button></p>
    <p role="status">${copied}</p>
  </section>`;
}

/** The end of a paged list. */
export function More({ list }) {
  if (!list.hasMore) return null;
  return html`<p><button type="button" aria-disabled=${list.isLoading} onClick=${list.more}>${t('more')}</button></p>`;
}

/** A pause this long while a day is typed means it is meant. */
const DAY_TYPING_MS = 400;

/**
 * A day to type or pick. What is half typed is left alone: the field is written only when `value`
 * changes from outside, and `choose(day)` is told of whole days from `min` to `max` only ("YYYY-MM-DD"),
 * after a pause or when the field is left. A day outside is refused by the sentence `outside`.
 */
export function DayField({ label, value, min, max, choose, outside }) {
  const input = useRef(null);
  const told = useRef('');
  const timer = useRef(0);
  const [isOutside, setOutside] = useState(false);
  useLayoutEffect(() => {
    if (value !== told.current) input.current.value = value;
    told.current = value;
    setOutside(false);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const settle = () => {
    clearTimeout(timer.current);
    const { value: day, validity } = input.current;
    setOutside(Boolean(day) && !validity.valid);
    if (!day || !validity.valid || day === told.current) return;
    told.current = day;
    choose(day);
  };
  const wait = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(settle, DAY_TYPING_MS);
  };
  return html`<label class="field-label">${label}
    <input ref=${input} type="date" min=${min} max=${max} aria-invalid=${isOutside} onInput=${wait} onBlur=${settle} />
    ${isOutside && html`<span class="trouble block" role="alert">${outside}</span>`}</label>`;
}
