// What the console says is there in both languages, with the same places to fill, and nothing is asked for that is not there.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const src = new URL('../../console/src/', import.meta.url);
const files = readdirSync(new URL('words/', src)).filter((name) => name.endsWith('_en.js'));
const load = async (name) => (await import(new URL(`words/${name}`, src))).default;
const placesOf = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

/* Every module of the pages, without the words themselves. */
function* sources() {
  for (const folder of ['', 'pages/', 'parts/']) {
    for (const name of readdirSync(new URL(folder, src))) {
      if (name.endsWith('.js')) yield [folder + name, readFileSync(new URL(folder + name, src), 'utf8')];
    }
  }
}

test('every text is there in Chinese and English, with the same places to fill', async () => {
  for (const name of files) {
    const [en, zh] = [await load(name), await load(name.replace('_en', '_zh'))];
    assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort(), name);
    for (const key of Object.keys(en)) assert.deepEqual(placesOf(en[key]), placesOf(zh[key]), key);
  }
});

test('no two files say the same thing differently', async () => {
  const seen = new Map();
  for (const name of files) {
    for (const [key, text] of Object.entries(await load(name))) {
      assert.ok(!seen.has(key) || seen.get(key) === text, `${key}: “${text}” and “${seen.get(key)}”`);
      seen.set(key, text);
    }
  }
});

test('every text that a page asks for by name is there', async () => {
  const known = new Set();
  for (const name of files) for (const key of Object.keys(await load(name))) known.add(key);
  for (const [name, text] of sources()) {
    for (const [, key] of text.matchAll(/\bt\('([^']+)'/g)) assert.ok(known.has(key), `${name}: ${key}`);
    for (const [, key] of text.matchAll(/\bsays: '([a-z]+\.[a-z-]+)'/g)) assert.ok(known.has(key), `${name}: ${key}`);
  }
});

test('markup is never made of text', () => {
  for (const [name, text] of sources()) assert.doesNotMatch(text, /innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\(/, name);
});
