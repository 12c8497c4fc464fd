/**
 * Driving a page by keyboard alone: no click, no focus given from outside.
 */
import { noAxeFindings, noFaults } from './harness.mjs';

const PATIENCE_MS = 20000;

/* What a screen reader would call the element with the focus, near enough. */
const focusedName = (page) => page.evaluate(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return '(page)';
  const by = element.getAttribute('aria-labelledby');
  const names = [element.getAttribute('aria-label'), by && document.getElementById(by)?.innerText, element.labels?.[0]?.innerText, element.textContent];
  return (names.find(Boolean) ?? element.tagName).trim().replace(/\s+/g, ' ');
});

/** Presses Tab until something of that name has the focus (string: contained; RegExp: matched), of that role if given. */
export async function tabTo(page, name, { most = 150, back = false, role = '' } = {}) {
  const passed = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    const found = await focusedName(page);
    const isIt = name instanceof RegExp ? name.test(found) : found.includes(name);
    if (isIt && (!role || (await page.evaluate(() => document.activeElement.getAttribute('role'))) === role)) return;
    passed.push(found.slice(0, 30));
  }
  throw new Error(`Tab does not come to ${name}, but by: ${passed.slice(0, 40).join(' > ')}`);
}

export async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

export const type = (page, text) => page.keyboard.type(text);

/** Waits until the page shows a text. */
export const shows = (page, text) =>
  page.waitForFunction((wanted) => document.body.innerText.includes(wanted), text, { timeout: PATIENCE_MS, polling: 100 });

/** Opens the file chooser with Enter and gives it a file of that text. */
export async function chooseFile(page, name, text) {
  const chooser = page.waitForEvent('filechooser');
  await page.waitForTimeout(200); // until the browser hands its chooser over
  await press(page, 'Enter');
  await (await chooser).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
}

/** No script has run that should not, no text became markup, axe finds nothing serious. */
export async function isClean(page, where) {
  await noAxeFindings(page, where);
  const markup = await page.locator('main script, main img[src="x"], main svg[onload]').count();
  if (markup) throw new Error(`${where}: text became markup`);
  await noFaults(page);
}
