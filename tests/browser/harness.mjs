/**
 * What every test in a browser stands on: a ward of its own with made-up cases, people who may sign in,
 * and Chromium. A test file gets the program's path in WARD; everything is made in a temporary folder
 * and is gone afterwards.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(path.join(root, 'console/package.json'));
const { chromium } = require('playwright-core');

export const PASSWORD = 'a calm river stone 7';
/** Every answer is awaited this long at most; the machine may be busy. */
export const PATIENCE_MS = 20000;
const CHROMIUM = process.env.WARD_CHROMIUM ?? '/usr/bin/chromium';
const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const PACKS = path.join(root, 'packs');
const EXAMPLES = ['groups.jsonl', 'chat.jsonl'].map((name) => path.join(root, 'examples', name));

/** Texts that would act if any page took them for markup. They set window.pwned. */
export const XSS = [
  '<img src=x onerror="window.pwned=1">',
  '<script>window.pwned=1</script>',
  '"><svg onload="window.pwned=1">',
  'javascript:window.pwned=1',
];

/** A trading message with `text` within; it makes a case. */
export const tradeEvent = (id, account, group, extra = {}) => ({
  id, platform: 'qq', group, group_name: `群${group}`, account, alias: `名${account}`, time: '2026-11-02T20:01:00+08:00', kind: 'message',
  text: '女 宝 三个月，自己生的养不了，九万补偿，诚心领养的私我 微信test_x' + id, ...extra,
});

function run(ward, args, allowed) {
  const done = spawnSync(ward, args, { encoding: 'utf8' });
  if (!allowed.includes(done.status)) throw new Error(`ward ${args.join(' ')}: status ${done.status}\n${done.stderr}`);
  return done.stdout;
}

/* Reports are made into PDF by a program that takes minutes on a busy machine and is tested elsewhere. */
const QUICK_PDF = '#!/bin/sh\ncat >/dev/null\nprintf \'%%PDF-1.7\\n%%%%%080d\\n%%%%EOF\\n\' 0\n';

function quickTools(folder) {
  const tools = path.join(folder, 'tools');
  mkdirSync(tools);
  writeFileSync(path.join(tools, 'weasyprint'), QUICK_PDF, { mode: 0o755 });
  return `${tools}:${process.env.PATH}`;
}

/** Waits for the two lines ward says at its start: where it listens, and the one-time link. */
function started(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`ward serve did not start:\n${said}`)), PATIENCE_MS);
    child.stderr.on('data', (piece) => {
      said += piece;
      const origin = /listening on (http:\/\/[^/\s]+)\//.exec(said)?.[1];
      const token = /#link=(\S+)/.exec(said)?.[1];
      if (origin && token) {
        clearTimeout(timer);
        resolve({ origin, token });
      }
    });
    child.on('exit', (status) => reject(new Error(`ward serve ended with ${status}:\n${said}`)));
  });
}

async function call(origin, method, where, body, session) {
  const headers = { Origin: origin, ...(body && { 'Content-Type': 'application/json' }), ...(session && { Cookie: session.cookie, 'X-CSRF-Token': session.csrf }) };
  const response = await fetch(origin + where, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
  return { value: text ? JSON.parse(text) : {}, cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] };
}

/**
 * Starts ward with the made-up examples and `events` more. With `users` (the usual case) the one-time
 * link is used up, and ada (administrator), lee (lead), mei and ray (reviewers), vic (viewer) may sign in.
 * @returns {{origin, token, folder, api(method, path, body), stop()}}; api() asks as ada.
 */
export async function startWard({ events = [], users = true, settings = [], examples = EXAMPLES } = {}) {
  const ward = path.resolve(process.env.WARD ?? path.join(root, 'build/src/cli/ward'));
  const folder = mkdtempSync(path.join(tmpdir(), 'ward-browser-'));
  const store = path.join(folder, 'case.db');
  const more = path.join(folder, 'more.jsonl');
  writeFileSync(more, events.map((each) => `${JSON.stringify(each)}\n`).join(''));
  run(ward, ['scan', '--quiet', '--packs', PACKS, '--store', store, ...examples, ...(events.length ? [more] : [])], [0, 1]);
  const child = spawn(ward, ['serve', '--packs', PACKS, '--listen', '127.0.0.1:0', '--store', store, ...settings.flatMap((each) => ['--set', each])], { cwd: folder, env: { ...process.env, PATH: quickTools(folder) }, stdio: ['ignore', 'ignore', 'pipe'] });
  const { origin, token } = await started(child);
  child.removeAllListeners('exit');
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const server = { origin, token, folder, ward, store, session: null, cookies: new Map() };
  server.api = async (method, where, body) => (await call(origin, method, where, body, server.session)).value;
  server.stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (users) await makeUsers(server);
  return server;
}

/** Makes lee, mei, ray and vic, as ada: by the one-time link, or signed in when the link is used up. */
export async function makeUsers(server, { isUsed = false } = {}) {
  const first = isUsed
    ? await call(server.origin, 'POST', '/v1/session', { user: 'ada', password: PASSWORD })
    : await call(server.origin, 'POST', '/v1/session/link', { token: server.token, user: 'ada', name: 'Ada', password: PASSWORD });
  server.session = { cookie: first.cookie, csrf: first.value.csrf };
  for (const [user, role] of [['lee', 'lead'], ['mei', 'reviewer'], ['ray', 'reviewer'], ['vic', 'viewer']]) {
    await server.api('POST', '/v1/users', { user, name: user[0].toUpperCase() + user.slice(1), role, password: PASSWORD });
  }
}

export const startBrowser = () => chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });

/** A browser and a ward, started side by side: {browser, server, stop()}. */
export async function startBoth(options) {
  const [browser, server] = await Promise.all([startBrowser(), startWard(options)]);
  return { browser, server, stop: () => Promise.all([browser.close(), server.stop()]) };
}

async function makeWindow(browser, server, { lang, theme, viewport }) {
  const context = await browser.newContext({ viewport, locale: lang === 'zh' ? 'zh-CN' : 'en-GB', baseURL: server.origin, acceptDownloads: true, reducedMotion: 'reduce' });
  await context.addInitScript(([language, colours]) => {
    if (!localStorage.getItem('ward-lang')) localStorage.setItem('ward-lang', language);
    if (!localStorage.getItem('ward-theme')) localStorage.setItem('ward-theme', colours);
  }, [lang, theme]);
  return context;
}

/**
 * A page in a window of its own with its own cookies. Faults of a page's scripts and breaches of the
 * content policy are kept in page.faults and make noFaults() fail.
 */
export async function openPage(browser, server, { lang = 'en', theme = 'light', viewport = { width: 1280, height: 900 } } = {}) {
  const context = await makeWindow(browser, server, { lang, theme, viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(`script: ${error.message}`));
  page.on('dialog', (dialog) => { page.faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('console', (message) => { if (/Content Security Policy|Refused to/.test(message.text())) page.faults.push(message.text()); });
  return page;
}

/** Signs in by the form, at `route`. */
export async function signIn(page, user, route = 'queue', password = PASSWORD) {
  await page.goto(`/console/#/${route}`);
  await page.getByLabel(/^(User name|用户名)$/).fill(user);
  await page.getByLabel(/^(Password|密码)$/).fill(password);
  await page.keyboard.press('Enter');
  await page.locator('header.frame').waitFor();
}

/* A password is checked slowly on purpose: once for each who signs in. */
async function cookieOf(server, user) {
  if (!server.cookies.has(user)) server.cookies.set(user, call(server.origin, 'POST', '/v1/session', { user, password: PASSWORD }).then((each) => each.cookie));
  const [name, value] = (await server.cookies.get(user)).split('=');
  return { name, value, url: server.origin, httpOnly: true, sameSite: 'Strict' };
}

/* Pages by who is signed in and how they look; those at rest are taken again, with what they have loaded. */
const pools = new WeakMap();

/**
 * A page of who is signed in already, at `route`, drawn anew: one at rest if there is one. The options
 * are openPage()'s.
 */
export async function enter(browser, server, user, route = 'queue', options = {}) {
  if (!pools.has(browser)) pools.set(browser, []);
  const pool = pools.get(browser);
  const key = JSON.stringify([user, options]);
  let entry = pool.find((each) => each.key === key && !each.isTaken);
  if (!entry) {
    entry = { key, page: await openPage(browser, server, options) };
    pool.push(entry);
    await entry.page.context().addCookies([await cookieOf(server, user)]);
  }
  entry.isTaken = true;
  await entry.page.goto(`/console/#/${route}`);
  await entry.page.locator('header.frame').waitFor();
  return entry.page;
}

/* A page at rest shows the account, which asks for nothing, and says and keeps nothing of before. */
async function rest(page) {
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  const isBusy = await page.evaluate(() => {
    localStorage.removeItem('ward-keys');
    document.querySelector('.live button')?.click();
    return document.querySelector('dialog[open]') !== null || !document.querySelector('header.frame');
  });
  await page.goto('/console/#/account');
  if (isBusy) await page.reload();
  await page.locator('main input[type=password]').first().waitFor();
}

/** After each test: lays its pages to rest; windows that are nobody's are closed. */
export async function restPages(browser) {
  const pool = pools.get(browser) ?? [];
  const pages = new Set(pool.map((each) => each.page));
  const strangers = browser.contexts().filter((each) => !each.pages().some((page) => pages.has(page)));
  await Promise.all([...strangers.map((each) => each.close()), ...pool.filter((each) => each.isTaken).map((each) => rest(each.page))]);
  for (const each of pool) each.isTaken = false;
}

/** Opens a page's route and waits until it is quiet. */
export async function visit(page, route) {
  await page.goto(`/console/#/${route}`);
  await page.locator('main h1').first().waitFor();
}

export async function noFaults(page) {
  const pwned = await page.evaluate(() => window.pwned);
  if (pwned) page.faults.push('markup from an event has run');
  if (page.faults.length) throw new Error(page.faults.join('\n'));
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const AXE_OPTIONS = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] };

/** Fails with what axe-core finds serious or critical in the page, or in what `within` selects; one line a finding. */
export async function noAxeFindings(page, where, within = 'html') {
  if (!(await page.evaluate(() => Boolean(window.axe)))) await page.evaluate(AXE);
  const found = await page.evaluate(([place, options]) => window.axe.run(place, options), [within, AXE_OPTIONS]);
  const bad = found.violations.filter((each) => ['serious', 'critical'].includes(each.impact));
  const lines = bad.flatMap((each) => each.nodes.slice(0, 5).map((node) => `${where}: ${each.id} (${each.impact}): ${node.target.join(' ')}: ${node.failureSummary.split('\n').slice(1, 2).join(' ').trim()}`));
  if (lines.length) throw new Error(lines.join('\n'));
}
