/**
 * The one place where things that happen are said: shown for a moment and read by screen readers.
 */
import { html, useEffect, useState } from '../vendor/preact.js';
import { t } from '../words.js';

const SHOWN_MS = 8000;
let tell = () => {};

/** Says a sentence, politely. */
export const announce = (text) => tell(text);

export function LiveRegion() {
  const [said, setSaid] = useState({ text: '', at: 0 });
  useEffect(() => {
    tell = (text) => setSaid({ text, at: Date.now() });
    return () => { tell = () => {}; };
  }, []);
  useEffect(() => {
    if (!said.text) return undefined;
    const timer = setTimeout(() => setSaid({ text: '', at: 0 }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return html`<div class=${said.text ? 'live has-text' : 'live'}>
    <div role="status" aria-live="polite">${said.text}</div>
    ${said.text && html`<button type="button" class="bare" aria-label=${t('frame.dismiss')} onClick=${() => setSaid({ text: '', at: 0 })}>×</button>`}
  </div>`;
}
