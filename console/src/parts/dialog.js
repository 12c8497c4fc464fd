/**
 * A dialog as browsers have it: the page behind is inert, Escape closes, and what had the focus gets
 * it back.
 */
import { html, useLayoutEffect, useRef } from '../vendor/preact.js';
import { t } from '../words.js';

let serial = 0;

/** `close()` is called for every way out; the first field or button with `data-first` has the focus. */
export function Dialog({ title, close, children, wide }) {
  const box = useRef(null);
  const id = useRef(`dialog-${++serial}`);
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current.showModal();
    (box.current.querySelector('[data-first]') ?? box.current.querySelector('h2')).focus();
    return () => before?.isConnected && before.focus();
  }, []);
  const trap = (e) => {
    if (e.key !== 'Tab') return;
    const all = [...box.current.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((each) => !each.disabled && each.offsetParent !== null);
    const [first, last] = [all[0], all[all.length - 1]];
    if (e.shiftKey ? document.activeElement === first || document.activeElement.tagName === 'H2' : document.activeElement === last) {
      e.preventDefault();
      (e.shiftKey ? last : first).focus();
    }
  };
  return html`<dialog ref=${box} class=${wide ? 'wide' : ''} aria-labelledby=${id.current} onKeyDown=${trap}
      onCancel=${(e) => { e.preventDefault(); close(); }}>
    <div class="dialog-head"><h2 id=${id.current} tabindex="-1">${title}</h2>
      <button type="button" class="bare" onClick=${close} aria-label=${t('close')}>×</button></div>
    ${children}
  </dialog>`;
}
