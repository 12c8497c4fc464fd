// Chat exports are read in the browser as the feed reads them: the same sample files, the same events.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { DOCUMENT_BYTES_MAX, encodingOf, formatOf, readChatFile, readChatText } from '../../console/src/parts/chat_files.js';

const sample = (name) => new URL(`../data/feed/${name}`, import.meta.url);
const blobOf = (name) => new Blob([readFileSync(sample(name))]);

async function itemsOf(blob, format) {
  const items = [];
  for await (const item of readChatFile(blob, format)) items.push(item);
  return items;
}

test('a QQ export reads alike in UTF-8, GB18030 and UTF-16', async () => {
  const first = await itemsOf(blobOf('qq.txt'));
  assert.ok(first.length > 1);
  assert.ok(first.every((item) => item.event));
  assert.equal(first[0].event.platform, 'qq');
  for (const name of ['qq_gbk.txt', 'qq_utf16.txt']) {
    assert.deepEqual((await itemsOf(blobOf(name))).map((item) => item.event.text), first.map((item) => item.event.text), name);
  }
});

test('a CSV keeps quoted separators and line ends', async () => {
  const items = await itemsOf(blobOf('chat.csv'));
  assert.equal(items[0].event.text, '周末去公园吗,\n带上"孩子"');
  assert.equal(items[0].event.account, '12345');
  assert.equal(items[1].event.alias, '小红');
  assert.equal(items[1].line, 4);
  assert.equal((await itemsOf(blobOf('chat_semicolon.csv')))[1].event.text, '好的;走吧');
});

test('both kinds of Telegram export are read', async () => {
  const chats = await itemsOf(blobOf('telegram_full.json'));
  assert.deepEqual(chats.map((item) => item.event.group_name), ['宝妈交流', '小红']);
  const one = await itemsOf(blobOf('telegram_chat.json'));
  assert.ok(one.length > 0 && one.every((item) => typeof item.event.text === 'string'));
});

test('JSON lines: an envelope is opened, a bad line is named and passed over', async () => {
  const envelope = await itemsOf(blobOf('osprey.jsonl'));
  assert.equal(envelope[0].event.text, '周末去公园吗');
  assert.equal(envelope[0].event.id, '101');
  assert.equal(envelope[2].event.kind, 'query');
  const items = [...readChatText('{"id":"a","text":"好"}\n{"id":\n[1]\n{"n":1}\n{"text":"坏"}\n', 'jsonl')];
  assert.deepEqual(items.map((item) => item.fault ?? item.event.id), ['a', 'json', 'text', 'text', '5']);
});

test('the format is told from the first line', () => {
  assert.equal(formatOf('\n{"id":"1","text":"messages: [1]"}'), 'jsonl');
  assert.equal(formatOf('{"id":"1","messages":"x","text":"y"}'), 'jsonl');
  assert.equal(formatOf('{\n "name": "x",'), 'telegram');
  assert.equal(formatOf('2020-04-01 12:39:40 昵称(12345)\n好'), 'qq');
  assert.equal(formatOf('time,content\n1,2'), 'csv');
  assert.equal(formatOf('周末去公园吗, 好'), 'plain');
  assert.equal(formatOf(''), 'plain');
});

test('every cut of a file into pieces gives the same lines', async () => {
  const text = '{"id":"1","text":"女👶宝"}\n'.repeat(3);
  const bytes = new TextEncoder().encode(text);
  const file = {
    size: bytes.length,
    slice: (from, to) => new Blob([bytes.slice(from, to)]),
  };
  assert.equal((await itemsOf(file)).length, 3);
  assert.equal(encodingOf(bytes.slice(0, 24)), 'utf-8'); // a character cut in two is still UTF-8
});

test('a document beyond the ceiling is refused with a reason, not read', async () => {
  const file = { size: DOCUMENT_BYTES_MAX + 1, slice: () => new Blob(['{\n']) };
  assert.deepEqual(await itemsOf(file), [{ line: 1, fault: 'document' }]);
});

test('a quote that is never closed costs its record only, and memory stays bounded', () => {
  const items = [...readChatText('time,content\n1,"open\n' + '2,x\n'.repeat(3000), 'csv')];
  assert.ok(items.length > 1900);
});

test('hostile names of fields stay plain fields', () => {
  const items = [...readChatText('{"id":"1","text":"x","__proto__":{"polluted":1},"constructor":"y"}', 'jsonl')];
  assert.equal(items[0].event.text, 'x');
  assert.equal({}.polluted, undefined);
});
