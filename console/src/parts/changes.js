/**
 * News from ward without asking again and again: one request waits until something has changed.
 */
import { useEffect, useRef, useState } from '../vendor/preact.js';
import { api } from '../api.js';

const RETRY_MS = [1000, 2000, 5000, 10000, 30000];
/** A burst of changes is one piece of news. */
const REST_MS = 400;

const wait = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); });
});

async function follow(tell, setOffline, signal) {
  let serial = null;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const answer = await api.get(serial === null ? '/v1/changes' : `/v1/changes?after=${serial}`, { signal });
      const isNews = serial !== null && answer.serial !== serial;
      serial = answer.serial;
      failures = 0;
      setOffline(false);
      if (isNews) {
        tell();
        await wait(REST_MS, signal);
      }
    } catch (error) {
      if (signal.aborted || error.status === 401 || error.status === 403) return;
      setOffline(true);
      await wait(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)], signal);
    }
  }
}

/** Calls `tell()` after every change; returns whether ward cannot be reached. */
export function useChanges(tell) {
  const latest = useRef(tell);
  latest.current = tell;
  const [isOffline, setOffline] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    follow(() => latest.current(), setOffline, stop.signal);
    return () => stop.abort();
  }, []);
  return isOffline;
}
