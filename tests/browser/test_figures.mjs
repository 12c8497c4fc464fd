/* Trends, Audit, About: figures as charts and tables, the log and its proof, what ward is not. By keyboard alone. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { isClean, press, shows, tabTo, type } from './by_keyboard.mjs';
import { XSS, restPages, enter, startBoth, tradeEvent } from './harness.mjs';

let both;
let browser;
let server;
before(async () => {
  both = await startBoth({ events: [tradeEvent('x1', XSS[0], XSS[1], { alias: XSS[2] }), tradeEvent('x2', 'u9', 'g9')] });
  ({ browser, server } = both);
});
afterEach(() => restPages(browser));
after(() => both?.stop());

async function open(user, route, options) {
  const page = await enter(browser, server, user, route, options);
  await page.locator('main h1').waitFor();
  return page;
}

test('trends: a time is chosen, every chart is there as a table with the same figures', async () => {
  const page = await open('vic', 'trends', { lang: 'zh', theme: 'dark' });
  await tabTo(page, /^从/);
  await type(page, '01012026');
  await page.locator('.plot canvas').first().waitFor();
  await isClean(page, 'charts');
  const to = await page.locator('input[type=date]').nth(1).inputValue();
  const figures = await server.api('GET', `/v1/statistics?from=2026-01-01&to=${to}`);
  const total = figures.volumes.reduce((sum, row) => sum + row.watch + row.review + row.urgent, 0);
  assert.ok(total > 0);
  await shows(page, `共 ${total.toLocaleString('zh-CN')} 条`);
  await tabTo(page, '以表格显示: 每日');
  await press(page, 'Enter');
  const shown = await page.locator('.chart').first().locator('tbody td:last-child').allInnerTexts();
  assert.equal(shown.reduce((sum, text) => sum + Number(text.replace(/\D/g, '')), 0), total);
  await tabTo(page, '以表格显示: 要价');
  await press(page, 'Enter');
  assert.equal(await page.locator('.chart').nth(1).locator('tbody tr').count(), figures.prices.length);
  await isClean(page, 'tables');
});

test('trends: a time without anything says so', async () => {
  const page = await open('vic', 'trends');
  await tabTo(page, /^From/);
  await type(page, '01012019');
  await tabTo(page, /^To/);
  await type(page, '02012019');
  await shows(page, 'There is nothing in this time');
  await isClean(page, 'nothing');
});

test('trends: a day half typed is left alone by what arrives meanwhile, and is not asked for', async () => {
  const page = await open('vic', 'trends');
  await page.locator('.plot canvas').first().waitFor();
  const asked = [];
  let letGo;
  const held = new Promise((go) => { letGo = go; });
  await page.route('**/v1/statistics*', async (route) => {
    asked.push(new URL(route.request().url()).searchParams.get('from'));
    if (asked.length === 1) await held;
    await route.continue().catch(() => {});
  });
  await tabTo(page, /^Time/);
  await press(page, 'ArrowUp'); // 30 days: the answer is held back
  await page.waitForFunction(() => document.querySelector('.trends > [aria-busy=true]'));
  await tabTo(page, /^From/);
  await type(page, '02302'); // no such day as yet
  letGo();
  await page.waitForFunction(() => document.querySelector('.trends > [aria-busy=false]'));
  await press(page, 'ArrowLeft');
  await type(page, '012026');
  await page.waitForFunction(() => document.querySelector('.trends select').value === 'own');
  assert.equal(await page.locator('input[type=date]').first().inputValue(), '2026-02-01');
  assert.equal(asked.at(-1), '2026-02-01');
  assert.ok(asked.every((from) => from > '2025'), `asked for ${asked}`);
  await tabTo(page, /^To/);
  await type(page, '01012026');
  await shows(page, 'The first day lies after the last');
});

test('audit: filtered by who, opened, verified in words', async () => {
  const attacker = await fetch(`${server.origin}/v1/session`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user: XSS[0], password: 'x' }) });
  assert.ok(attacker.status >= 400);
  const page = await open('lee', 'audit');
  await press(page, '/');
  await type(page, 'ada');
  await press(page, 'Enter');
  await page.waitForFunction(() => {
    const who = [...document.querySelectorAll('main tbody tr td:nth-child(3)')];
    return who.length && who.every((cell) => cell.innerText === 'ada');
  });
  await tabTo(page, /^Details/);
  await press(page, 'Enter');
  await page.locator('.opened').waitFor();
  await isClean(page, 'an entry');
  await press(page, 'v');
  await shows(page, 'The log is whole.');
  await shows(page, 'No head is kept outside the store');
  await isClean(page, 'verified');
});

test('audit: a log that is not whole is said plainly', async () => {
  const page = await open('lee', 'audit');
  await page.route('**/v1/audit/verify', (route) => route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify({ good: false, entries: 7, rows: 3, bad_entry: 5, what: XSS[0], head: 'ab' }) }));
  await tabTo(page, 'Verify the whole log');
  await press(page, 'Enter');
  await shows(page, 'The log is not whole.');
  await shows(page, 'Entry 5:');
  await isClean(page, 'not whole');
});

test('about: packs, where they come from, what a verdict is not', async () => {
  const page = await open('vic', 'about', { viewport: { width: 800, height: 1100 } });
  await shows(page, 'Not a penalty');
  await shows(page, 'zh-trade');
  await tabTo(page, /^Sources/);
  await press(page, 'Enter');
  await isClean(page, 'about');
});

test('the help says which keys a page has', async () => {
  const page = await open('lee', 'audit');
  await press(page, '?');
  await shows(page, 'Verify the whole log');
  await page.locator('dialog[open]').getByText('to the filter').waitFor();
  await isClean(page, 'help');
});
