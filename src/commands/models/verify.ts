/** `bench models verify`: what is in the hub's cache against its checksums, without a network. */
import { HarnessError } from '../../core/errors.ts';
import {
  addressText,
  cachedRepositories,
  cachedSnapshot,
  cachedSnapshots,
  type HubAddress,
  type Snapshot,
} from '../../hub/cache.ts';
import { type VerifiedFile, verifySnapshot } from '../../hub/checksum.ts';
import { hubSettings } from '../../hub/settings.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { EXIT, type Outcome } from '../shell/io.ts';
import { published } from './published.ts';

const WORDS: Readonly<Record<VerifiedFile['state'], string>> = {
  ok: 'ok',
  wrong: 'wrong: other content than the hub has',
  lost: 'missing: the link leads nowhere',
  unnamed: 'unknown: a copy, without a checksum',
};

/** @param names  none = every repository in the cache */
export async function verify(names: readonly string[]): Promise<Outcome> {
  const { cache } = hubSettings(process.env);
  const snapshots = names.length === 0 ? await all(cache) : await named(cache, names);
  const models = [];
  for (const { name, commit, folder } of snapshots) models.push({ name, commit, files: await verifySnapshot(folder) });
  const rows = models.flatMap(({ name, commit, files }) =>
    files.map(({ path, state }) => [name, commit.slice(0, 12), WORDS[state], path]),
  );
  const text = rows.length === 0 ? `nothing in ${cache}\n` : textTable(['model', 'commit', 'state', 'file'], rows);
  const isBad = models.some(({ files }) => files.some(({ state }) => state !== 'ok'));
  const advice = isBad ? 'To mend: bench models pull NAME\n' : '';
  return { text: text + advice, document: { models }, exitCode: isBad ? EXIT.failure : EXIT.ok };
}

type NamedSnapshot = Snapshot & { readonly name: string };

async function all(cache: string): Promise<readonly NamedSnapshot[]> {
  const found: NamedSnapshot[] = [];
  for (const name of await cachedRepositories(cache)) {
    for (const snapshot of await cachedSnapshots(cache, name)) found.push({ name, ...snapshot });
  }
  return found;
}

async function named(cache: string, names: readonly string[]): Promise<readonly NamedSnapshot[]> {
  return Promise.all(
    names.map(async (name) => {
      const { address } = published(name);
      const snapshot = await cachedSnapshot(cache, address);
      if (snapshot === null) throw notCached(name, address, cache);
      return { name, ...snapshot };
    }),
  );
}

function notCached(name: string, address: HubAddress, cache: string): HarnessError {
  const hint = `bench models pull ${name}`;
  return new HarnessError('missing-checkpoint', `${addressText(address)} is not in ${cache}`, { hint });
}
