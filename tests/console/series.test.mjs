// Statistics become charts without inventing or losing a count.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { priceSeries, rangeOf, secondsOf, shareRows, volumeSeries, volumeTotals } from '../../console/src/parts/series.js';

test('days without a row are zero, in order, and the levels stand on one another', () => {
  const { x, rows, tops } = volumeSeries([
    { day: '2026-03-01', watch: 4, review: 2, urgent: 1 },
    { day: '2026-02-27', watch: 1, review: 0, urgent: 0 },
  ]);
  assert.deepEqual(rows.map((row) => row.day), ['2026-02-27', '2026-02-28', '2026-03-01']);
  assert.equal(rows[1].total, 0);
  assert.deepEqual(tops.map((top) => top[2]), [7, 3, 1]);
  assert.equal(x[1] - x[0], 86400);
  assert.deepEqual(volumeTotals(rows), { watch: 5, review: 2, urgent: 1, total: 8 });
});

test('bad rows are left out, nothing becomes NaN', () => {
  const { rows } = volumeSeries([{ day: '<b>', watch: 1 }, null, { day: '2026-01-01', watch: -3, review: 'x', urgent: 2 }]);
  assert.deepEqual(rows, [{ day: '2026-01-01', watch: 0, review: 0, urgent: 2, total: 2 }]);
  assert.deepEqual(volumeSeries(undefined).x, []);
});

test('a far day cannot blow the chart up', () => {
  const { x } = volumeSeries([{ day: '0001-01-01', watch: 1 }, { day: '2026-01-01', watch: 1 }]);
  assert.ok(x.length <= 3661);
});

test('a month without a price is a gap; the places most seen come first', () => {
  const price = (place, month, count, yuan) => ({ place, month, count, median_fen: yuan * 100 });
  const { x, lines, left } = priceSeries([
    price('CN-44', '2026-01', 2, 60000), price('CN-44', '2026-03', 1, 70000), price('CN-51', '2026-02', 9, 50000),
    ...['a', 'b', 'c', 'd'].map((place) => price(place, '2026-02', 1, 1)),
  ]);
  assert.equal(x.length, 3);
  assert.deepEqual(lines[0], { place: 'CN-51', count: 9, values: [null, 50000, null] });
  assert.deepEqual(lines[1].values, [60000, null, 70000]);
  assert.equal(lines.length, 5);
  assert.equal(left, 1);
});

test('shares add up to one and keep ties in order', () => {
  const rows = shareRows([{ disguise: 'emoji', count: 1 }, { disguise: 'case', count: 1 }, { disguise: 'split', count: 2 }], 'disguise');
  assert.deepEqual(rows.map((row) => row.name), ['split', 'case', 'emoji']);
  assert.equal(rows.reduce((sum, row) => sum + row.ofAll, 0), 1);
  assert.deepEqual(shareRows({ a: 0 }), []);
});

test('a range has as many days as it says, across a leap day', () => {
  const { from, to } = rangeOf(30, '2024-03-10');
  assert.equal((secondsOf(to) - secondsOf(from)) / 86400 + 1, 30);
});
