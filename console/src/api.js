/**
 * The API as the pages use it: cookies and CSRF token, problem documents as errors, ETags.
 *
 * The token lives in memory only, as long as the page; GET /v1/session gives it again.
 */

/** An answer that is no success. `slug` is the end of the problem's type. */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body?.title ?? `HTTP ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.slug = String(body?.type ?? '').split(':').pop();
    this.detail = body?.detail ?? '';
    this.holder = body?.holder ?? '';
    this.retryAfter = Number(retryAfter) || 0;
  }
}

let session = null;
const watchers = new Set();

/** Who is signed in: {user, name, role, scopes, ...}, or null. */
export const currentSession = () => session;

export function setSession(next) {
  session = next;
  for (const watch of watchers) watch(next);
}

/** Calls `watch(session)` whenever it changes; returns what ends that. */
export function watchSession(watch) {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

/** Whether who is signed in has a scope; only to show what makes sense, the server decides. */
export const may = (scope) => !scope || Boolean(session?.scopes?.includes(scope));

async function readProblem(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

async function send(method, path, { body, type, etag, ifNone, signal } = {}) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = type ?? 'text/plain; charset=utf-8';
  if (etag) headers['If-Match'] = etag;
  if (ifNone) headers['If-None-Match'] = ifNone;
  if (method !== 'GET' && session?.csrf) headers['X-CSRF-Token'] = session.csrf;
  const response = await fetch(path, { method, headers, body, signal, credentials: 'same-origin', cache: 'no-store', redirect: 'error' });
  if (response.ok || (response.status === 304 && ifNone)) return response;
  const problem = new Problem(response.status, await readProblem(response), response.headers.get('Retry-After'));
  if (problem.status === 401 && session && path !== '/v1/session') setSession(null);
  throw problem;
}

/* The object of an answer; its ETag, if any, goes along. */
async function json(response) {
  if (response.status === 204 || response.status === 304) return {};
  const value = await response.json();
  const etag = response.headers.get('ETag');
  return etag && value && typeof value === 'object' && !value.etag ? { ...value, etag } : value;
}

const withJson = (body, options) =>
  (body === undefined ? options : { ...options, body: JSON.stringify(body), type: 'application/json' });

/** All answer the JSON object (with `etag`), or throw a Problem; options: {signal, etag, type}. */
export const api = {
  get: async (path, options) => json(await send('GET', path, options)),
  post: async (path, body, options) => json(await send('POST', path, withJson(body, options))),
  patch: async (path, body, options) => json(await send('PATCH', path, withJson(body, options))),
  put: async (path, text, options) => json(await send('PUT', path, { ...options, body: text })),
  delete: async (path, options) => json(await send('DELETE', path, options)),
  /** A file as text: {text, etag}. */
  text: async (path, options) => {
    const response = await send('GET', path, options);
    return { text: await response.text(), etag: response.headers.get('ETag') };
  },
  /** A file as a Blob. */
  blob: async (path, options) => (await send('GET', path, options)).blob(),
};

/** Asks who is signed in; null when nobody is. */
export async function loadSession() {
  try {
    setSession(await api.get('/v1/session'));
  } catch (error) {
    if (error.status !== 401 && error.status !== 403) throw error;
    setSession(null);
  }
  return session;
}
