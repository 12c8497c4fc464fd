import { html } from '../vendor/preact.js';
import { t } from '../words.js';

export function CasePage() {
  return html`<h1>${t('queue.title')}</h1>`;
}
