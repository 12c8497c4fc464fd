// The editor's edits keep the text's lines and the selection; what is done can be undone.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as edit from '../../console/src/parts/yaml_edit.js';

const TEXT = 'rules:\n  one:\n    match:\n      - 女宝 👶\n';

test('places and offsets are inverse', () => {
  for (let i = 0; i <= TEXT.length; i++) {
    const { line, column } = edit.placeOf(TEXT, i);
    assert.equal(edit.offsetOf(TEXT, line, column), i);
  }
  assert.equal(edit.offsetOf(TEXT, 99, 99), TEXT.length);
  assert.equal(edit.offsetOf(TEXT, -1, 0), 0);
});

test('a new line keeps the step, opens one after a colon, goes on with a list', () => {
  const after = (text) => edit.breakLine(text, text.length, text.length).text.slice(text.length);
  assert.equal(after('rules:'), '\n  ');
  assert.equal(after('  one:'), '\n    ');
  assert.equal(after('      - a'), '\n      - ');
  assert.equal(after('  # why:'), '\n  ');
  assert.equal(after('    weight: 2'), '\n    ');
});

test('shifting right and left gives the text back, with the selection', () => {
  const begin = TEXT.indexOf('one');
  const end = TEXT.indexOf('match');
  const right = edit.shiftLines(TEXT, begin, end, 1);
  assert.ok(right.text.includes('\n    one:\n      match:'));
  const back = edit.shiftLines(right.text, right.begin, right.end, -1);
  assert.deepEqual(back, { text: TEXT, begin, end });
  assert.equal(edit.shiftLines('a', 0, 1, -1).text, 'a');
});

test('comments are toggled', () => {
  const on = edit.toggleComment(TEXT, 9, TEXT.length - 1);
  assert.ok(on.text.split('\n').slice(1, 4).every((line) => /^\s*# /.test(line)));
  assert.equal(edit.toggleComment(on.text, on.begin, on.end).text, TEXT);
});

test('errors find their line and file', () => {
  const errors = [{ file: '/etc/ward/overlay/rules/a.yaml', line: 3, message: 'x' }, { file: 'rules/b.yaml', line: 1 }, { line: 3, message: 'y' }];
  assert.deepEqual([...edit.errorsByLine(errors, 'rules/a.yaml').keys()], [3]);
  assert.equal(edit.errorsByLine(errors, 'rules/a.yaml').get(3).length, 2);
});

test('names that climb or hide are refused', () => {
  for (const good of ['pack.yaml', 'rules/local.yaml', 'signals/new_words.yaml']) assert.ok(edit.isOverlayPath(good), good);
  for (const bad of ['', '../x.yaml', 'rules/../../x.yaml', 'rules/.x.yaml', 'rules/a/b.yaml', 'x.yaml', 'rules/a..yaml', 'rules/a.yml']) {
    assert.ok(!edit.isOverlayPath(bad), bad);
  }
});
