/* Words and rules: found, read, mended in a draft, tried, put in force, rolled back. By keyboard alone. */
import assert from 'node:assert/strict';
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

async function open(user, tab, options) {
  const page = await enter(browser, server, user, 'words', options);
  await page.getByRole('tab').first().waitFor();
  if (!tab) return page;
  await tabTo(page, /^Search$/, { role: 'tab' });
  await press(page, ...Array(tab).fill('ArrowRight'));
  return page;
}

async function enterRule(page, when) {
  const lines = ['rules:', 'local-price:', 'weight: 0.4', 'family: act', 'says: {zh: 提到价钱, en: speaks of a price}', `when: ${when}`];
  await press(page, 'Control+A');
  for (const [i, line] of lines.entries()) {
    if (i) await press(page, 'Enter');
    await type(page, line);
  }
}

test('a viewer finds a rule by its name and a word by itself, with examples and hits', async () => {
  const page = await open('vic');
  await press(page, '/');
  await type(page, 'give-up-child');
  await shows(page, 'near(give-adopt*');
  await tabTo(page, 'Examples');
  await press(page, 'Enter');
  await shows(page, 'must fire');
  await isClean(page, 'search');
  await press(page, '/', 'Control+A');
  await type(page, XSS[0]);
  await shows(page, 'Nothing is found');
  await press(page, 'Control+A');
  await type(page, '女宝');
  await page.locator('.found .tag', { hasText: 'signal' }).first().waitFor();
  await isClean(page, 'search for markup');
});

test('a viewer reads a file of a pack but may not change anything', async () => {
  const page = await open('vic', 1);
  await tabTo(page, 'rules/stance.yaml', { most: 300 });
  await press(page, 'Enter');
  await page.locator('.file-text').waitFor();
  await isClean(page, 'a file');
  const other = await open('vic', 2);
  await shows(other, 'Your role may read packs, not change them');
  assert.equal(await other.locator('textarea').count(), 0);
});

test('a lead writes a rule, is led to its error, mends it, tries it, puts it in force and takes it back', async () => {
  const page = await open('lee', 2);
  await tabTo(page, 'Name of the new file');
  await type(page, '../escape');
  await press(page, 'Enter');
  await shows(page, 'Use letters, digits');
  await press(page, 'Control+A');
  await type(page, 'local');
  await press(page, 'Enter');
  await tabTo(page, 'rules/local.yaml');
  await enterRule(page, 'bad(');
  assert.match(await page.locator('#editor').inputValue(), /^rules:\n {2}local-price:\n {4}weight: 0.4\n {4}family/);
  await press(page, 'Control+s');
  await shows(page, 'is saved in the draft');
  await tabTo(page, 'Check the draft');
  await press(page, 'Enter');
  await shows(page, 'Errors: 1.');
  await isClean(page, 'an error');
  const box = await page.locator('.bad-line').boundingBox();
  const area = await page.locator('#editor').boundingBox();
  assert.ok(box.x < area.x && box.y > area.y && box.height > 10, 'the number of the line is seen beside it');
  const line = (await page.locator('.bad-line').innerText()).replace(/\D/g, '');
  await tabTo(page, `line ${line}, column`);
  await press(page, 'Enter');
  const caret = await page.evaluate(() => [document.activeElement.id, document.activeElement.value.slice(0, document.activeElement.selectionStart).split('\n').length]);
  assert.deepEqual(caret, ['editor', Number(line)]);

  await enterRule(page, 'price');
  await tabTo(page, 'Check the draft');
  await press(page, 'Enter');
  await shows(page, 'The draft is good');
  await tabTo(page, 'Try on history');
  await press(page, 'Enter');
  await page.waitForFunction(() => /Done: [\d,]+ messages judged, [\d,]+ differ/.test(document.body.innerText), null, { timeout: 60000 });
  await page.getByText('Messages judged differently').waitFor();
  await isClean(page, 'a dry run');

  await tabTo(page, 'Why (kept in the log)');
  await type(page, `prices seen in July ${XSS.join(' ')}`);
  await tabTo(page, /^Put in force$/);
  await press(page, 'Enter');
  await shows(page, 'Version 1 is in force.');
  const verdict = await server.api('POST', '/v1/check', { id: '1', text: '女宝 9万' });
  assert.ok(verdict.reasons.some((reason) => reason.rule === 'local-price'), 'the rule holds at once');

  await tabTo(page, /^Draft$/, { back: true, role: 'tab' });
  await press(page, 'ArrowRight');
  await shows(page, 'prices seen in July');
  await isClean(page, 'versions');
  await tabTo(page, 'Use none');
  await press(page, 'Enter');
  await shows(page, 'Take the overlay out of force?');
  await press(page, 'Enter');
  await shows(page, 'No overlay is in force any more.');
  const without = await server.api('POST', '/v1/check', { id: '1', text: '女宝 9万' });
  assert.ok(!without.reasons.some((reason) => reason.rule === 'local-price'));
});

test('two who write the same file do not overwrite each other unseen', async () => {
  const page = await open('lee', 2);
  await tabTo(page, 'rules/local.yaml');
  await press(page, 'Enter');
  await page.locator('#editor').waitFor();
  const put = (text) => page.evaluate(async (body) => {
    const session = await (await fetch('/v1/session')).json();
    const response = await fetch('/v1/overlay/rules/local.yaml', { method: 'PUT', body, headers: { 'Content-Type': 'text/yaml', 'X-CSRF-Token': session.csrf } });
    return response.status;
  }, text);
  assert.equal(await put('# theirs\nrules: {}\n'), 200);
  await tabTo(page, 'rules/local.yaml');
  await type(page, '# mine\n');
  await press(page, 'Control+s');
  await shows(page, 'Somebody else has changed this file');
  await isClean(page, 'changed meanwhile');
  await tabTo(page, 'Take theirs');
  await press(page, 'Enter');
  await page.waitForFunction(() => document.getElementById('editor').value.startsWith('# theirs'));
});
