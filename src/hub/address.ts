/** Which files of the hub are meant: `owner/name` or `owner/name@revision`. */
import { badArguments } from '../core/errors.ts';

export interface HubAddress {
  /** `owner/name` */
  readonly repository: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

const ADDRESS = /^([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/;

/** null where the text is no such address. A path that begins with a dot is none. */
export function parseHubAddress(text: string): HubAddress | null {
  const [, repository, revision = 'main'] = ADDRESS.exec(text) ?? [];
  return repository === undefined || /(^|\/)\.{1,2}(\/|$)/.test(text) ? null : { repository, revision };
}

/** @throws HarnessError 'bad-arguments' */
export function requireHubAddress(text: string): HubAddress {
  const address = parseHubAddress(text);
  if (address !== null) return address;
  throw badArguments(`expected a name of the catalog or owner/name[@revision], found ${text}`, 'bench models list');
}

/** As typed; `main` is left out. */
export function addressText({ repository, revision }: HubAddress): string {
  return revision === 'main' ? repository : `${repository}@${revision}`;
}
