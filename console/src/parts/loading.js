/**
 * Data from the API inside a component: the newest request wins, an older one is given up.
 */
import { html, useCallback, useEffect, useRef, useState } from '../vendor/preact.js';
import { explain, t } from '../words.js';

/**
 * Runs `load(signal)` when `keys` change and on again().
 * @returns {{data, error, isLoading: boolean, again: function, setData: function}}; the data of
 *   before stay until new ones are there.
 */
export function useLoad(load, keys) {
  const [state, setState] = useState({ data: null, error: null, isLoading: true });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    load(stop.signal).then(
      (data) => stop.signal.aborted || setState({ data, error: null, isLoading: false }),
      (error) => stop.signal.aborted || setState((before) => ({ ...before, error, isLoading: false })),
    );
    return () => stop.abort();
  }, [...keys, round]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  const setData = useCallback((data) => setState({ data, error: null, isLoading: false }), []);
  return { ...state, again, setData };
}

/** A list that comes in pages: rows so far, and more() for the next page. */
export function usePages(load, keys) {
  const first = useLoad((signal) => load('', signal), keys);
  const [rest, setRest] = useState({ of: null, rows: [], next: null, error: null, isLoading: false });
  const more = rest.of === first.data ? rest : { rows: [], next: first.data?.next ?? null, error: null, isLoading: false };
  const next = more.next;
  const latest = useRef(first.data);
  latest.current = first.data;
  const loadMore = async () => {
    if (more.isLoading) return;
    const of = first.data;
    setRest({ ...more, of, isLoading: true });
    try {
      const page = await load(next);
      if (latest.current === of) setRest({ of, rows: [...more.rows, ...page.rows], next: page.next ?? null, error: null, isLoading: false });
    } catch (error) {
      if (latest.current === of) setRest({ ...more, of, error, isLoading: false });
    }
  };
  return {
    rows: [...(first.data?.rows ?? []), ...more.rows],
    error: first.error ?? more.error,
    isLoading: first.isLoading || more.isLoading,
    hasMore: Boolean(next),
    isEmpty: Boolean(first.data) && !first.data.rows.length,
    more: loadMore,
    again: first.again,
  };
}

/** An error as a sentence with what to do; `again` offers to try once more. */
export function Trouble({ error, again }) {
  if (!error) return null;
  return html`<div class="trouble" role="alert">
    <p>${explain(error)}</p>
    ${again && html`<button type="button" onClick=${again}>${t('again')}</button>`}
  </div>`;
}

/**
 * An async task of a button or form: runs once at a time and keeps the error to be shown. Say isBusy by
 * aria-disabled, never by disabled: a disabled button would lose the focus.
 */
export function useTask(task) {
  const [state, setState] = useState({ error: null, isBusy: false });
  const isRunning = useRef(false);
  const run = async (...args) => {
    if (isRunning.current) return undefined;
    isRunning.current = true;
    setState({ error: null, isBusy: true });
    try {
      const result = await task(...args);
      setState({ error: null, isBusy: false });
      return result;
    } catch (error) {
      setState({ error, isBusy: false });
      return undefined;
    } finally {
      isRunning.current = false;
    }
  };
  return { ...state, run, clear: () => setState({ error: null, isBusy: false }) };
}
