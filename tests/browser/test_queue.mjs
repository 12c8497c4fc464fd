/* The queue: cleared by keyboard alone, shared by two, live, and readable for everybody. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { enter, noAxeFindings, noFaults, restPages, startBoth, tradeEvent } from './harness.mjs';

/* Three dealings that nothing ties: each is a case of its own. */
const FEW = [
  '女宝两个月，自己生的养不了，补偿八万，诚心领养的私我 微信test_aa1',
  '可办出生证，上户一条龙，三万五，先做后付，电报 @test_bb9',
  '求女宝，半岁以内，可以给六万营养费，加v test_cc3',
].map((text, i) => tradeEvent(`few-${i}`, `few-${i}`, `few-${i}`, { text, time: `2026-11-0${i + 2}T20:01:00+08:00` }));
const LATER = tradeEvent('later-1', 'later-1', 'later-1', { text: '双胞胎男孩下个月出生，一个十二万，谁要提前定，扣扣 10002233' });
let both;
let browser;
let server;
before(async () => {
  both = await startBoth({ events: FEW });
  ({ browser, server } = both);
});
afterEach(() => restPages(browser));
after(() => both?.stop());

const rows = (page) => page.locator('.queue tbody tr');

test('j and k move, c takes and gives back, ? explains, letters can be switched off', async () => {
  const page = await enter(browser, server, 'mei');
  await rows(page).first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  assert.equal(await page.locator('.queue tr.chosen').count(), 1);
  assert.ok(await page.evaluate(() => document.activeElement.dataset.case));
  await page.keyboard.press('c');
  await page.locator('.queue tr.chosen').getByText('you').waitFor();
  await page.keyboard.press('c');
  await page.locator('.queue tr.chosen').getByText('nobody').waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('In the queue').waitFor();
  await noAxeFindings(page, 'help');
  await page.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  const before = await page.evaluate(() => document.activeElement.dataset.case);
  await page.keyboard.press('j');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.case), before);
  await noFaults(page);
});

test('of two who take a case one gets it, and the other sees who', async () => {
  const mei = await enter(browser, server, 'mei');
  const ray = await enter(browser, server, 'ray');
  await rows(ray).first().waitFor();
  await rows(mei).first().waitFor();
  const id = await rows(mei).first().locator('a').getAttribute('data-case');
  const rowOf = (page) => rows(page).filter({ has: page.locator(`[data-case="${id}"]`) });
  await mei.locator(`[data-case="${id}"]`).focus();
  await mei.locator('.queue tr.chosen').locator(`[data-case="${id}"]`).waitFor(); // what has the focus is what c takes
  await mei.keyboard.press('c');
  await rowOf(ray).getByText('mei').waitFor();
  await ray.locator(`[data-case="${id}"]`).focus();
  await ray.keyboard.press('c');
  await ray.getByRole('alert').getByText('Somebody else works on this case: mei').waitFor();
  await mei.locator(`[data-case="${id}"]`).focus();
  await mei.keyboard.press('c');
  await rowOf(ray).getByText('nobody').waitFor();
  await noFaults(ray);
});

test('a new case comes by itself and is said', async () => {
  const page = await enter(browser, server, 'ray');
  await rows(page).first().waitFor();
  const count = await rows(page).count();
  await page.waitForTimeout(500);
  const sent = await fetch(`${server.origin}/v1/events`, { method: 'POST', headers: { Cookie: server.session.cookie, 'X-CSRF-Token': server.session.csrf, Origin: server.origin, 'Content-Type': 'application/x-ndjson' }, body: `${JSON.stringify(LATER)}\n` });
  assert.equal(sent.status, 200);
  await rows(page).nth(count).waitFor();
  await page.getByRole('status').getByText('new in the queue').waitFor();
  await noFaults(page);
});

for (const [lang, theme] of [['en', 'light'], ['zh', 'dark']]) {
  test(`axe-core finds nothing serious in the queue (${lang}, ${theme})`, async () => {
    const page = await enter(browser, server, 'vic', 'queue', { lang, theme });
    await rows(page).first().waitFor();
    await noAxeFindings(page, 'queue');
    await noFaults(page);
  });
}
