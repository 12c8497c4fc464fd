import { html } from '../vendor/preact.js';
import { t } from '../words.js';

export function QueuePage() {
  return html`<h1>${t('queue.title')}</h1>`;
}
