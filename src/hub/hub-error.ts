/** Requests to the hub, and what it refuses, in words. */
import { HarnessError } from '../core/errors.ts';
import type { HubSettings } from './settings.ts';

/** An answer of a server that is no success. */
export class HttpError extends Error {
  readonly status: number;
  constructor(status: number, url: string) {
    super(`HTTP ${status} from ${url}`);
    this.name = 'HttpError';
    this.status = status;
  }
}

/** Whether the same request may succeed later. */
export function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  return status === null || status === 408 || status === 429 || status >= 500;
}

/**
 * The error for a repository or file that was not obtained, whatever was thrown.
 *
 * @param what   in words: `owner/name@revision`
 * @param where  host that was asked
 */
export function notObtained(what: string, where: string, cause: unknown): HarnessError {
  if (cause instanceof HarnessError) return cause;
  const [found, hint] = words(statusOf(cause), what, where) ?? [
    fetchFailure(cause),
    'check the network and repeat the command',
  ];
  return new HarnessError('missing-checkpoint', `could not get ${what} from ${where}: ${found}`, { cause, hint });
}

function words(status: number | null, what: string, where: string): readonly [string, string] | null {
  const [repository] = what.split('@');
  if (status === 401 || status === 403) {
    const hint = `accept its conditions at ${where}/${repository} where it has any, and set HF_TOKEN to a token that may read it`;
    return [`it asks who you are (HTTP ${status}), or is not there`, hint];
  }
  if (status === 404)
    return ['there is no such repository, revision or file (HTTP 404)', `check the name at ${where}/${repository}`];
  if (status === 429) return ['too many requests (HTTP 429)', 'wait some minutes and repeat the command'];
  if (status !== null && status >= 500) return [`the server failed (HTTP ${status})`, 'wait and repeat the command'];
  return status === null ? null : [`HTTP ${status}`, `check the name at ${where}/${repository}`];
}

/** Of ours, and of the library's errors. */
function statusOf(error: unknown): number | null {
  if (error instanceof HttpError) return error.status;
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  return typeof status === 'number' ? status : null;
}

/** What went wrong with a request: `fetch` hides the useful sentence in `cause`. */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

export type Fetch = typeof fetch;

/** `fetch` that ends with the signal, and signs requests to the endpoint: the token goes to no server that it sends on to. */
export function hubFetch(
  { endpoint, token }: HubSettings,
  signal: AbortSignal | undefined,
  base: Fetch = fetch,
): Fetch {
  const origin = new URL(endpoint).origin;
  return (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = new Headers(init.headers);
    if (token !== null && new URL(url).origin === origin) headers.set('Authorization', `Bearer ${token}`);
    const both = [signal, init.signal].filter((each) => each instanceof AbortSignal);
    return base(input, { ...init, headers, ...(both.length === 0 ? {} : { signal: AbortSignal.any(both) }) });
  };
}
