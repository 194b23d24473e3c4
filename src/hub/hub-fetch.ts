/** Requests to the hub: the token goes to the hub itself, never to the servers that it sends on to. */
import type { HubSettings } from './settings.ts';

export type Fetch = typeof fetch;

/** `fetch` that signs requests to the endpoint and ends with the signal. */
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
