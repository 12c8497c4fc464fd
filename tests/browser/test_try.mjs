/* Try it: a text is read while it is typed, a chat export in the browser; nothing is kept. By keyboard alone. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { chooseFile, isClean, press, shows, tabTo, type } from './by_keyboard.mjs';
import { XSS, enter, restPages, startBoth } from './harness.mjs';

let both;
let browser;
let server;
before(async () => {
  both = await startBoth();
  ({ browser, server } = both);
});
afterEach(() => restPages(browser));
after(() => both?.stop());

async function open(options) {
  const page = await enter(browser, server, 'vic', 'try', options);
  await page.locator('#try-text').waitFor();
  return page;
}

test('a text is judged while it is typed, hidden words are named, the reasons add up', async () => {
  const page = await open();
  await press(page, '/');
  await type(page, '女 宝三个月 9万 诚心私');
  await shows(page, 'A person should look at this');
  assert.ok((await page.locator('mark.hidden-word').allInnerTexts()).join('').startsWith('女 宝'));
  assert.match(await page.locator('.readings').innerText(), /女 宝\s*→\s*read as\s*女宝\s*characters in between/);
  const numberOf = (text) => Number(text.replace('−', '-'));
  const weights = await page.locator('table.reasons tbody .number').allInnerTexts();
  const sum = weights.reduce((total, text) => total + numberOf(text), 0);
  const shown = numberOf(await page.locator('table.reasons tfoot td').first().innerText());
  assert.ok(Math.abs(sum - shown) <= 0.005 * (weights.length + 1), `${weights} give ${sum}, not ${shown}`);
  await isClean(page, 'a verdict');
  await press(page, 'Control+A', 'Delete');
  await shows(page, 'What ward sees appears here');
});

test('an answer to an older text is never shown', async () => {
  const page = await open();
  await page.route('**/v1/check?*', async (route) => {
    if ((route.request().postDataJSON().text ?? '').length < 12) await new Promise((go) => { setTimeout(go, 1500); });
    await route.continue().catch(() => {});
  });
  await press(page, '/');
  await type(page, '女宝 9万');
  await page.waitForTimeout(500);
  await type(page, ' 今天天气很好啊大家好');
  await page.locator('.verdict').waitFor();
  await page.waitForTimeout(1800);
  assert.match(await page.locator('.verdict .written').first().innerText(), /今天天气很好啊大家好/);
});

test('when the server is busy the page says so and goes on when asked', async () => {
  const page = await open();
  let isBusy = true;
  const busy = { status: 503, contentType: 'application/problem+json', body: '{"type":"urn:ward:problem:busy","title":"Busy","status":503}' };
  await page.route('**/v1/check?*', (route) => (isBusy ? route.fulfill(busy) : route.continue()));
  await press(page, '/');
  await type(page, '女宝 9万 私');
  await page.getByRole('alert').first().waitFor();
  await isClean(page, 'busy');
  isBusy = false;
  await tabTo(page, 'Try again');
  await press(page, 'Enter');
  await page.locator('.verdict').waitFor();
});

test('markup in every field stays text', async () => {
  const page = await open({ lang: 'zh', theme: 'dark' });
  await press(page, '/');
  await type(page, `女宝 9万 ${XSS.join(' ')}`);
  await tabTo(page, '更多');
  await press(page, 'Enter');
  for (const [name, attack] of [[/^昵称/, XSS[0]], [/^群名/, XSS[1]], [/^所回复/, XSS[2]]]) {
    await tabTo(page, name);
    await type(page, attack);
  }
  await page.waitForFunction(() => document.querySelectorAll('.verdict .field').length === 4);
  await isClean(page, 'markup typed');
});

test('a chat export is read in the browser, judged, opened; nothing is stored', async () => {
  const page = await open();
  const before = (await server.api('GET', '/v1/statistics?from=2020-01-01&to=2030-01-01')).counted.events;
  await tabTo(page, 'Open a chat export');
  const lines = ['2026-04-01 12:39:40 小明(12345)', '周末去公园吗', '', `2026-04-01 12:40:00 ${XSS[0]}(777)`, '女 宝三个月 9万 诚心私', '', '2026-04-01 12:41:00 小红(778)', XSS[1]];
  await chooseFile(page, `${XSS[2].replaceAll('/', '')}.txt`, lines.join('\n'));
  await shows(page, 'Done: 3 messages, 1 of them');
  await tabTo(page, '女 宝三个月');
  await press(page, 'Enter');
  await page.locator('.opened .verdict').waitFor();
  await isClean(page, 'a file');
  await tabTo(page, 'Close the file', { back: true });
  await press(page, 'Enter');
  await page.locator('#try-text').waitFor();
  assert.equal((await server.api('GET', '/v1/statistics?from=2020-01-01&to=2030-01-01')).counted.events, before);
});

test('bad lines are named and passed over; a long file can be stopped', async () => {
  const page = await open();
  let asked = 0;
  await tabTo(page, 'Open a chat export');
  await chooseFile(page, 'a.jsonl', '{"id":"1","text":"好"}\n{"id":\n{"id":"3","text":"女 宝三个月 9万 诚心私"}\n');
  await shows(page, 'Done: 2 messages, 1 of them');
  await tabTo(page, 'Lines that could not be read: 1');
  await press(page, 'Enter');
  await shows(page, 'Line 2: not valid JSON.');
  await tabTo(page, 'Close the file', { back: true });
  await press(page, 'Enter');
  await page.route('**/v1/check/batch*', async (route) => {
    asked++;
    await new Promise((go) => { setTimeout(go, 300); });
    await route.continue().catch(() => {});
  });
  await tabTo(page, 'Open a chat export');
  await chooseFile(page, 'long.txt', '好的\n'.repeat(20000));
  await shows(page, 'Reading:');
  await tabTo(page, 'Stop reading');
  await press(page, 'Enter');
  await shows(page, 'Stopped:');
  const then = asked;
  await page.waitForTimeout(1000);
  assert.ok(asked <= then + 1 && asked < 190, `asked ${then}, then ${asked}`);
  await isClean(page, 'stopped');
});
