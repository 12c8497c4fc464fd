/* Getting in and being kept out: the first administrator, signing in and out, lock-out, forged requests. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, noAxeFindings, noFaults, openPage, signIn, startBrowser, startWard } from './harness.mjs';

let browser;
before(async () => { browser = await startBrowser(); });
after(() => browser.close());

test('the one-time link makes the first administrator, once', async () => {
  const server = await startWard({ users: false });
  try {
    const page = await openPage(browser, server);
    await page.goto(`/console/#link=${server.token}`);
    await noAxeFindings(page, 'first administrator');
    await page.getByLabel('User name').fill('ada');
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByLabel('The same password again').fill(`${PASSWORD}x`);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('differ').waitFor();
    await page.getByLabel('The same password again').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('header.frame').waitFor();
    assert.equal(new URL(page.url()).hash, '#/queue', 'the token has left the address');
    const second = await openPage(browser, server);
    await second.goto(`/console/#link=${server.token}`);
    await second.getByLabel('User name').fill('eve');
    await second.getByLabel('Your name').fill('Eve');
    await second.getByLabel('New password').fill(PASSWORD);
    await second.getByLabel('The same password again').fill(PASSWORD);
    await second.keyboard.press('Enter');
    await second.getByText('This link has been used').waitFor();
    await noFaults(page);
  } finally {
    await server.stop();
  }
});

test('signing in, coming back to the page one wanted, changing the password, signing out', async () => {
  const server = await startWard();
  try {
    const page = await openPage(browser, server);
    await page.goto('/console/#/about');
    await page.getByLabel('User name').waitFor();
    await noAxeFindings(page, 'login');
    await page.getByLabel('User name').fill('mei');
    await page.getByLabel('Password').fill('wrong wrong wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('wrong').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'About' }).waitFor();
    await page.goto('/console/#/account');
    await page.getByLabel('Present password').fill(PASSWORD);
    await page.getByLabel('New password').fill('another calm stone 8');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByText('The password is changed').waitFor();
    await noAxeFindings(page, 'account');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('User name').waitFor();
    await signIn(page, 'mei', 'queue', 'another calm stone 8');
    await noFaults(page);
  } finally {
    await server.stop();
  }
});

test('guessing is locked out, in words', async () => {
  const server = await startWard();
  try {
    const page = await openPage(browser, server);
    await page.goto('/console/');
    await page.getByLabel('User name').fill('ray');
    const locked = page.getByText('Too many wrong tries');
    for (let i = 0; i < 25 && !(await locked.isVisible()); i++) {
      await page.getByLabel('Password').fill(`guess number ${i}`);
      const answered = page.waitForResponse('**/v1/session');
      await page.keyboard.press('Enter');
      await answered;
      await page.waitForTimeout(50);
    }
    await locked.waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForTimeout(300);
    assert.equal(await page.locator('header.frame').count(), 0, 'the right password does not open a locked account');
    await noFaults(page);
  } finally {
    await server.stop();
  }
});

test('a write without the token, or from another origin, is refused', async () => {
  const server = await startWard();
  try {
    const page = await openPage(browser, server);
    await signIn(page, 'mei');
    const status = (headers) => page.evaluate(async (sent) => {
      const { cases } = await (await fetch('/v1/cases?state=all')).json();
      return (await fetch(`/v1/cases/${cases[0].case}/decisions`, { method: 'POST', headers: { 'Content-Type': 'application/json', ...sent }, body: '{"kind":"note","note":"x"}' })).status;
    }, headers);
    assert.equal(await status({}), 403);
    assert.equal(await status({ 'X-CSRF-Token': 'A'.repeat(43) }), 403);
    const cookies = (await page.context().cookies()).find((each) => each.name === 'ward_session');
    assert.ok(cookies.httpOnly && cookies.sameSite === 'Strict');
    const foreign = await fetch(`${server.origin}/v1/session`, { method: 'DELETE', headers: { Cookie: `ward_session=${cookies.value}`, Origin: 'https://evil.example' } });
    assert.equal(foreign.status, 403);
    assert.equal(await page.evaluate(async () => (await fetch('/v1/session')).status), 200, 'still signed in');
  } finally {
    await server.stop();
  }
});
