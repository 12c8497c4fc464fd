/* A case: worked by keyboard alone, explained on the words as written, kept from those who may not. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { PATIENCE_MS, XSS, enter, noAxeFindings, noFaults, restPages, startBoth } from './harness.mjs';

/* Markup in everything an event can say, a picture, and letters of four bytes before what is marked. */
const HOSTILE = {
  id: 'hostile-1', platform: 'qq', group: XSS[0], group_name: XSS[1], account: XSS[2], alias: `${XSS[0]}S粤`, time: '2026-11-02T20:05:00+08:00',
  text: `👶👶${XSS[1]} 女 宝三个月，自己生的养不了，九万补偿，诚心领养的私我 微信test_hostile`, quoted: `${XSS[0]} 还有吗`,
  media: [{ kind: 'image', sha256: 'ab'.repeat(32), text: XSS[1] }],
};
const OTHER = { id: 'other-1', platform: 'tg', group: 'o1', account: 'seller-two', alias: 'two', time: '2026-10-02T20:05:00+08:00', text: '想领养一个刚出生的男宝宝，补偿十万，有的私聊 电报 @test_other' };

let ids;
let both;
let browser;
let server;
before(async () => {
  both = await startBoth({ events: [HOSTILE, OTHER] });
  ({ browser, server } = both);
  const { cases } = await server.api('GET', '/v1/cases?state=all&limit=200');
  ids = cases.map((each) => each.case);
});
afterEach(() => restPages(browser));
after(() => both?.stop());

async function hostileCase() {
  for (const id of ids) {
    const { events } = await server.api('GET', `/v1/cases/${id}/events?limit=200`);
    if (events.some((each) => each.event?.id === HOSTILE.id)) return id;
  }
  throw new Error('the hostile event is in no case');
}

async function openCase(page, id) {
  await page.goto(`/console/#/case/${id}`);
  await page.locator('article.message').first().waitFor();
}

test('what was hidden is marked on the bytes as written, and read aloud as what it was', async () => {
  const page = await enter(browser, server, 'mei');
  await openCase(page, await hostileCase());
  const card = page.locator('article.message').filter({ hasText: 'test_hostile' }).first();
  const marks = await card.locator('mark').allTextContents();
  assert.ok(marks.join('').includes('女 宝'), `marked: ${marks.join('|')}`);
  assert.equal((await card.locator('p.written').first().textContent()), HOSTILE.text, 'the text stands as written');
  await card.locator('.readings').getByText('女宝', { exact: true }).first().waitFor();
  await card.getByRole('button', { name: 'In full' }).click();
  await card.getByText('Reasons, and how they add up').waitFor();
  const shown = await card.locator('.reasons tfoot').textContent();
  const { events } = await server.api('GET', `/v1/cases/${await hostileCase()}/events?limit=200`);
  const verdict = events.find((each) => each.event?.id === HOSTILE.id).verdict;
  const sum = verdict.reasons.reduce((a, each) => a + each.weight, verdict.base);
  assert.ok(Math.abs(1 / (1 + Math.exp(-sum)) - verdict.score) < 0.0006, 'the reasons add up to the score');
  assert.ok(shown.includes(sum.toFixed(2)), `${shown} shows ${sum.toFixed(2)}`);
  assert.equal(await page.locator('img, main script, main svg image').count(), 0, 'no markup of an event is in the page');
  await noFaults(page);
});

test('attachments are hidden until asked for, and the asking is logged', async () => {
  const id = await hostileCase();
  const page = await enter(browser, server, 'mei');
  await openCase(page, id);
  const card = page.locator('article.message').filter({ hasText: 'test_hostile' }).first();
  assert.equal(await card.getByText('ab'.repeat(32)).count(), 0, 'nothing is shown unasked');
  await card.getByRole('button', { name: /Ask to see/ }).click();
  await card.getByText('ab'.repeat(32)).waitFor();
  const { entries } = await server.api('GET', '/v1/audit?limit=50');
  assert.ok(entries.some((each) => each.who === 'mei' && JSON.stringify(each.body).includes('media-0')), 'the log says who asked');
  await noFaults(page);
});

test('a case is taken, noted, and dismissed by keyboard alone; the text typed is kept as text', async () => {
  const page = await enter(browser, server, 'ray');
  await page.locator('.queue tbody tr').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('article.message').first().waitFor();
  await page.keyboard.press('c');
  await page.getByText('You have this case').waitFor();
  await page.keyboard.press('n');
  await page.getByRole('dialog').waitFor();
  for (const each of XSS) await page.keyboard.type(`${each} `);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('.history .note').getByText('<script>window.pwned=1</script>').waitFor();
  await page.keyboard.press('j');
  assert.equal(await page.evaluate(() => document.activeElement.className.includes('message')), true);
  await page.keyboard.press('v');
  await page.locator('article.message').first().getByText('Reasons, and how they add up').waitFor();
  await page.keyboard.press('7');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'title-history');
  await page.keyboard.press('d');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('ArrowDown');
  for (const key of ['Tab', 'Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('.case-head').getByText('dismissed').waitFor();
  await page.keyboard.press('w');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('.case-head').getByText('open', { exact: true }).waitFor();
  await page.keyboard.press('c');
  await page.getByText('Nobody works on this case').waitFor();
  await page.keyboard.press('b');
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  await noFaults(page);
});

test('a decision on a case that has changed is not taken; while another holds it, neither', async () => {
  const id = ids[0];
  const page = await enter(browser, server, 'ray');
  await page.route('**/v1/changes*', (route) => route.abort());
  await openCase(page, id);
  await page.keyboard.press('e');
  await page.getByRole('dialog').waitFor();
  await server.api('POST', `/v1/cases/${id}/decisions`, { kind: 'note', note: 'meanwhile' });
  await page.getByRole('dialog').getByRole('button', { name: 'Escalate' }).click();
  await page.getByRole('alert').getByText('Somebody has changed this meanwhile').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.history').getByText('meanwhile').waitFor();
  const mei = await enter(browser, server, 'mei');
  await openCase(mei, id);
  await mei.keyboard.press('c');
  await mei.getByText('You have this case').waitFor();
  await page.reload();
  await page.getByText('mei works on this case').waitFor();
  await page.keyboard.press('y');
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  await page.getByRole('alert').getByText('Somebody else works on this case').waitFor();
  await page.keyboard.press('Escape');
  await mei.keyboard.press('c');
  await mei.getByText('Nobody works on this case').waitFor();
  await noFaults(page);
});

test('ties: as a picture that can be filtered and as a list that says why', async () => {
  const page = await enter(browser, server, 'lee');
  await openCase(page, ids[0]);
  await page.locator('.network canvas').first().waitFor();
  const list = page.locator('.network-list');
  await list.getByRole('button').first().click();
  await page.locator('.network-chosen').getByText(/Weight/).waitFor();
  const before = await page.locator('.network').getAttribute('aria-label');
  await page.locator('.network-bar').getByRole('checkbox').first().uncheck();
  assert.notEqual(await page.locator('.network').getAttribute('aria-label'), before);
  await noFaults(page);
});

test('a lead exports a package that is a ZIP; viewers and reviewers are not offered it', async () => {
  const lee = await enter(browser, server, 'lee');
  await openCase(lee, ids[0]);
  await lee.keyboard.press('x');
  await lee.getByRole('dialog').getByRole('button', { name: 'Export' }).click();
  const save = lee.getByRole('link', { name: 'Save the package' });
  await save.waitFor({ timeout: 10 * PATIENCE_MS });
  const [download] = await Promise.all([lee.waitForEvent('download'), save.click()]);
  assert.match(download.suggestedFilename(), /\.zip$/);
  const vic = await enter(browser, server, 'vic');
  await openCase(vic, ids[0]);
  assert.equal(await vic.locator('.action-bar').count(), 0);
  assert.equal(await vic.getByRole('button', { name: 'Take the case' }).count(), 0);
  await vic.goto('/console/#/users');
  await vic.getByText('Not for your role').waitFor();
  const statuses = await vic.evaluate(async (id) => Promise.all([['POST', `/v1/cases/${id}/decisions`], ['POST', `/v1/cases/${id}/claim`], ['POST', `/v1/cases/${id}/exports`], ['GET', '/v1/users'], ['GET', '/v1/audit']].map(async ([method, where]) => {
    const { csrf } = await (await fetch('/v1/session')).json();
    return (await fetch(where, { method, headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }, ...(method === 'POST' && { body: '{"kind":"confirm"}' }) })).status;
  })), ids[0]);
  assert.deepEqual(statuses, [403, 403, 403, 403, 403]);
  await noFaults(lee);
});

for (const [lang, theme, width] of [['en', 'light', 1280], ['zh', 'dark', 1280], ['zh', 'light', 800]]) {
  test(`axe-core finds nothing serious in a case (${lang}, ${theme}, ${width})`, async () => {
    const page = await enter(browser, server, 'lee', 'queue', { lang, theme, viewport: { width, height: 1000 } });
    await openCase(page, await hostileCase());
    await page.locator('article.message').first().getByRole('button', { name: lang === 'zh' ? /详情/ : /In full/ }).click();
    await noAxeFindings(page, 'case');
    for (const key of ['d', 's', 'x']) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      await noAxeFindings(page, `dialog ${key}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `nothing sticks out sideways (${overflow} px)`);
    await noFaults(page);
  });
}
