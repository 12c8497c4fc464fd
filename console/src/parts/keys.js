/**
 * Work by keyboard: single letters that pages register while they are open, and the help that lists
 * them. Letters never act while somebody types, in a dialog, or with Ctrl, Alt or Meta held; they can
 * be switched off for those who speak to their computer (WCAG 2.1.4).
 */
import { html, useEffect, useRef, useState } from '../vendor/preact.js';
import { t } from '../words.js';
import { Dialog } from './dialog.js';

/** Time to press the second key of "g q". */
const SEQUENCE_MS = 1500;
const tables = new Set();
let pending = '';
let pendingTimer = 0;

export const areKeysOn = () => localStorage.getItem('ward-keys') !== 'off';

/** Whether a letter typed now belongs to a field. */
const isTyping = (target) => target instanceof Element && target.closest('input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]');

function bindingOf(key) {
  for (const table of [...tables].reverse()) {
    const found = table.bindings.find((each) => each.key === key);
    if (found) return found;
  }
  return null;
}

const isPrefix = (key) => [...tables].some((table) => table.bindings.some((each) => each.key.startsWith(`${key} `)));

function forget() {
  pending = '';
  clearTimeout(pendingTimer);
}

function onKey(e) {
  if (e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.isComposing || !areKeysOn()) return;
  if (isTyping(e.target) || document.querySelector('dialog[open]') || e.key === 'Shift') return;
  const key = pending ? `${pending} ${e.key}` : e.key;
  const wasPending = pending;
  forget();
  const binding = bindingOf(key) ?? (wasPending ? bindingOf(e.key) : null);
  if (binding) {
    e.preventDefault();
    binding.run(e);
  } else if (isPrefix(e.key)) {
    pending = e.key;
    pendingTimer = setTimeout(forget, SEQUENCE_MS);
  }
}

export const listenForKeys = () => addEventListener('keydown', onKey);

/**
 * Registers keys while the component stands. A binding is {key, says (a key of words) or text, run};
 * "g q" is g, then q. `run` may change at every drawing; which keys there are, only with `changes`.
 */
export function useKeys(title, bindings, changes = []) {
  const latest = useRef(bindings);
  latest.current = bindings;
  useEffect(() => {
    const table = {
      title,
      bindings: bindings.map(({ key, says, text }) => ({ key, says, text, run: (e) => latest.current.find((each) => each.key === key)?.run(e) })),
    };
    tables.add(table);
    return () => tables.delete(table);
  }, changes);
}

const keyText = (key) => key.split(' ').map((each) => ({ Enter: t('keys.enter'), Escape: 'Esc', ArrowDown: '↓', ArrowUp: '↑' }[each] ?? each));

/** Switches single letters off and on. */
export function KeySwitch() {
  const [isOn, setOn] = useState(areKeysOn());
  const change = (e) => {
    localStorage.setItem('ward-keys', e.target.checked ? 'on' : 'off');
    setOn(e.target.checked);
  };
  return html`<label class="check"><input type="checkbox" checked=${isOn} onChange=${change} /> <span>${t('keys.switch')}</span></label>`;
}

/** What may be pressed here. */
export function Help({ close, children }) {
  const shown = [...tables].reverse().filter((table) => table.bindings.length);
  return html`<${Dialog} title=${t('keys.title')} close=${close} wide>
    <div class="key-tables">${shown.map((table) => html`<section key=${table.title}>
      <h3>${t(table.title)}</h3>
      <dl class="keys">${table.bindings.map((each) => html`<div key=${each.key}>
        <dt>${keyText(each.key).map((name, i) => html`<kbd key=${i}>${name}</kbd>`)}</dt>
        <dd>${each.text ?? t(each.says)}</dd></div>`)}</dl>
    </section>`)}</div>
    ${children}
  </${Dialog}>`;
}
