/**
 * Statistics -> what charts and their tables show. Pure: no clock, no drawing. Days and months are UTC.
 * A day without a row counts zero; a month without a price is a gap, never a zero.
 */

export const LEVELS = ['watch', 'review', 'urgent'];
export const PLACES_MAX = 5;
export const DAYS_MAX = 3660;

const DAY_S = 86400;

/** Seconds since the epoch of "YYYY-MM-DD" or "YYYY-MM" (its first day); NaN if it is neither. */
export function secondsOf(day) {
  const parts = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(String(day));
  return parts ? Date.UTC(+parts[1], +parts[2] - 1, +(parts[3] ?? 1)) / 1000 : NaN;
}

/** "YYYY-MM-DD" of seconds since the epoch. */
export const dayOf = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

const countOf = (value) => (Number.isFinite(value) && value > 0 ? value : 0);

/**
 * Volumes by day and level, every day between the first and the last.
 * @returns {{x: number[], rows: {day, watch, review, urgent, total}[], tops: number[][]}}
 *   `tops[i]` is the top edge of LEVELS[i] when levels stand on one another, urgent lowest.
 */
export function volumeSeries(volumes) {
  const byDay = new Map();
  for (const row of volumes ?? []) {
    const x = secondsOf(row?.day);
    if (Number.isFinite(x)) byDay.set(x, row);
  }
  const days = [...byDay.keys()].sort((a, b) => a - b);
  if (!days.length) return { x: [], rows: [], tops: LEVELS.map(() => []) };
  const first = Math.max(days[0], days.at(-1) - DAYS_MAX * DAY_S);
  const x = [];
  for (let at = first; at <= days.at(-1); at += DAY_S) x.push(at);
  const rows = x.map((at) => {
    const row = byDay.get(at) ?? {};
    const [watch, review, urgent] = LEVELS.map((level) => countOf(row[level]));
    return { day: dayOf(at), watch, review, urgent, total: watch + review + urgent };
  });
  const tops = [
    rows.map((row) => row.total),
    rows.map((row) => row.review + row.urgent),
    rows.map((row) => row.urgent),
  ];
  return { x, rows, tops };
}

/** Sums of volumes: {watch, review, urgent, total}. */
export function volumeTotals(rows) {
  const sums = { watch: 0, review: 0, urgent: 0, total: 0 };
  for (const row of rows) for (const key of Object.keys(sums)) sums[key] += row[key];
  return sums;
}

/**
 * Median price in yuan by month, one line a place, the most often seen places first.
 * @returns {{x: number[], lines: {place, count, values: (number|null)[]}[], left: number}}
 *   `left` places are in the table only.
 */
export function priceSeries(prices) {
  const months = new Set();
  const places = new Map();
  for (const row of prices ?? []) {
    const x = secondsOf(row?.month);
    if (!Number.isFinite(x) || !Number.isFinite(row.median_fen)) continue;
    const name = String(row.place ?? '');
    const place = places.get(name) ?? { place: name, count: 0, byMonth: new Map() };
    months.add(x);
    place.count += countOf(row.count);
    place.byMonth.set(x, row.median_fen / 100);
    places.set(name, place);
  }
  const x = [...months].sort((a, b) => a - b);
  const ordered = [...places.values()].sort((a, b) => b.count - a.count || (a.place < b.place ? -1 : 1));
  const lines = ordered.slice(0, PLACES_MAX).map(({ place, count, byMonth }) => ({
    place, count, values: x.map((at) => byMonth.get(at) ?? null),
  }));
  return { x, lines, left: Math.max(0, ordered.length - PLACES_MAX) };
}

/** Counts -> rows with their share of the largest and of all, largest first. Takes {name: n} or [{KEY, count}]. */
export function shareRows(counts, key = 'name') {
  const pairs = Array.isArray(counts)
    ? counts.map((row) => [String(row?.[key] ?? ''), countOf(row?.count)])
    : Object.entries(counts ?? {}).map(([name, count]) => [name, countOf(count)]);
  const rows = pairs.filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const all = rows.reduce((sum, [, count]) => sum + count, 0);
  return rows.map(([name, count]) => ({ name, count, ofLargest: count / rows[0][1], ofAll: count / all }));
}

/** The days a range name means, back from `today`, both ends inside. */
export function rangeOf(days, today) {
  const to = secondsOf(today);
  return { from: dayOf(to - (days - 1) * DAY_S), to: today };
}
