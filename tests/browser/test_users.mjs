/* Users, keys, webhooks: made, changed, ended; secrets are seen once. By keyboard alone. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { isClean, press, shows, tabTo, type } from './by_keyboard.mjs';
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

async function open(tab, options) {
  const page = await enter(browser, server, 'ada', 'users', options);
  await page.locator('main table tbody tr').first().waitFor();
  if (!tab) return page;
  await tabTo(page, /^Users$/, { role: 'tab' });
  await press(page, ...Array(tab).fill('ArrowRight'));
  await page.locator(`#panel-${['users', 'keys', 'hooks'][tab]} form`).waitFor();
  return page;
}

test('a user is added, gets another role, is shut out, gets a password', async () => {
  const page = await open(0);
  await press(page, 'n');
  await type(page, 'tom');
  await tabTo(page, 'Name to show');
  await type(page, XSS[0]);
  await tabTo(page, /^Role/);
  await press(page, 'v');
  await tabTo(page, /^Password/);
  await type(page, 'correct horse battery');
  await press(page, 'Enter');
  await shows(page, 'tom is added');
  await isClean(page, 'users');
  await tabTo(page, 'Role of tom', { back: true });
  await press(page, 'l');
  await shows(page, 'tom is now lead');
  await tabTo(page, 'Shut out tom');
  await press(page, 'Enter');
  await shows(page, 'tom is shut out');
  await tabTo(page, 'New password tom');
  await press(page, 'Enter');
  await type(page, 'another long password');
  await press(page, 'Enter');
  await shows(page, 'tom has a new password');
  await isClean(page, 'a user changed');
  const tom = (await server.api('GET', '/v1/users')).users.find((user) => user.user === 'tom');
  assert.deepEqual([tom.role, tom.disabled, tom.name], ['lead', true, XSS[0]]);
});

test('a name that is taken is said in a sentence, what was typed stays', async () => {
  const page = await open(0);
  await press(page, 'n');
  await type(page, 'mei');
  await tabTo(page, /^Password/);
  await type(page, 'correct horse battery');
  await press(page, 'Enter');
  await page.getByRole('alert').waitFor();
  assert.equal(await page.locator('input[name=user]').inputValue(), 'mei');
  await isClean(page, 'taken');
});

test('a key is made with scopes, its secret is seen once and works, until it is revoked', async () => {
  const page = await open(1);
  await press(page, 'n');
  await type(page, `feed ${XSS[1]}`);
  await press(page, 'Enter');
  await shows(page, 'Choose at least one');
  await tabTo(page, /^check/);
  await press(page, 'Space', 'Enter');
  await page.locator('.secret').waitFor();
  const secret = await page.evaluate(() => document.activeElement.value);
  const check = async () => (await fetch(`${server.origin}/v1/check`, { method: 'POST', headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' }, body: '{"id":"1","text":"好"}' })).status;
  assert.equal(await check(), 200);
  await isClean(page, 'a secret');
  await tabTo(page, 'I have kept it');
  await press(page, 'Enter');
  assert.ok(!(await page.content()).includes(secret));
  await tabTo(page, 'Revoke feed');
  await press(page, 'Enter');
  await shows(page, 'are refused at once');
  await press(page, 'Enter');
  await shows(page, 'is revoked.');
  assert.equal(await check(), 401);
  await isClean(page, 'keys');
});

test('a webhook is added, what it was sent is seen, it is removed', async () => {
  const told = [];
  const listener = createServer((request, response) => {
    told.push(request.headers['ward-signature']);
    request.resume();
    response.end();
  });
  await new Promise((ready) => { listener.listen(0, '127.0.0.1', ready); });
  const page = await open(2, { lang: 'en', theme: 'dark' });
  await press(page, 'n');
  await type(page, `http://127.0.0.1:${listener.address().port}/hook?${encodeURIComponent(XSS[0])}`);
  await tabTo(page, /^decisions/);
  await press(page, 'Space', 'Enter');
  await page.locator('.secret').waitFor();
  await tabTo(page, 'I have kept it');
  await press(page, 'Enter');
  const { cases } = await server.api('GET', '/v1/cases');
  await server.api('POST', `/v1/cases/${cases[0].case}/decisions`, { kind: 'note', note: 'seen' });
  await tabTo(page, /^Receipts/);
  await press(page, 'Enter');
  await shows(page, 'Look again');
  for (let i = 0; i < 40 && !(await page.getByText('delivered').count()); i++) {
    await page.waitForTimeout(500);
    if (!i) await tabTo(page, /^Look again/);
    await press(page, 'Enter');
  }
  assert.equal(await page.getByText('delivered').count(), 1);
  assert.match(told[0] ?? '', /^t=\d+,v1=[0-9a-f]{64}$/);
  await isClean(page, 'receipts');
  await tabTo(page, /^Remove/, { back: true });
  await press(page, 'Enter');
  await shows(page, 'Tell this address no more?');
  await press(page, 'Enter');
  await shows(page, 'is told no more');
  assert.deepEqual((await server.api('GET', '/v1/webhooks')).webhooks, []);
  listener.close();
});

test('who is no administrator does not come here', async () => {
  const page = await enter(browser, server, 'lee', 'users');
  await page.locator('main h1').waitFor();
  assert.equal(await page.locator('main form').count(), 0);
  assert.equal(await page.getByRole('link', { name: 'Users' }).count(), 0);
});
