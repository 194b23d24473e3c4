/** `bench models pull`: files of the hub into its cache. */
import { readCatalog } from '../../checkpoints/catalog.ts';
import type { Bytes, Milliseconds } from '../../core/units.ts';
import { addressText, type HubAddress } from '../../hub/cache.ts';
import { sizeText } from '../../hub/choose-files.ts';
import { type PullPlan, pullModel } from '../../hub/pull.ts';
import { hubSettings } from '../../hub/settings.ts';
import { textTable } from '../../report/terminal/text-table.ts';
import { type CommandIo, EXIT, type Outcome } from '../shell/io.ts';
import { durationText, startProgress } from '../shell/progress.ts';
import { published } from './published.ts';

interface Wanted {
  readonly names: readonly string[];
  /** Weights in place of those that the catalog names, or that are chosen; null = none. */
  readonly file: readonly string[] | null;
}

/** One after the other; what an earlier call fetched stays. */
export async function pull({ names, file }: Wanted, io: CommandIo): Promise<Outcome> {
  const wanted = withBases(names).map((name) => ({ name, ...published(name) }));
  const models = [];
  for (const { name, address, files } of wanted) models.push(await pullOne(name, address, file ?? files, io));
  const rows = models.flatMap(({ name, files, folder }) =>
    files.map(({ path, size, state }) => [name, state, sizeText(size), `${folder}/${path}`]),
  );
  const next = `Next: bench run --models ${names.join(',')}\n`;
  const text = `${textTable(['model', 'state', 'size', 'file'], rows, { right: [2] })}${next}`;
  return { text, document: { models }, exitCode: EXIT.ok };
}

/** An adapter is of no use without its base. */
function withBases(names: readonly string[]): readonly string[] {
  const catalog = readCatalog();
  return [...new Set(names.flatMap((name) => [catalog.get(name)?.adapterOf ?? name, name]))];
}

async function pullOne(name: string, address: HubAddress, files: readonly string[], io: CommandIo) {
  let progress: ReturnType<typeof startProgress> | undefined;
  try {
    const { commit, ...pulled } = await pullModel(address, files, {
      settings: hubSettings(process.env),
      signal: io.signal,
      onPlan(plan) {
        io.stderr(`${name}: ${planText(address, plan)}\n`);
        progress = megabytes(name, plan.bytes, io);
      },
      onProgress: (received) => progress?.update(Math.floor(received / 1e6)),
    });
    return { name, commit, ...pulled };
  } finally {
    progress?.stop();
  }
}

function planText(address: HubAddress, { commit, files, bytes }: PullPlan): string {
  return `${addressText(address)} at ${commit.slice(0, 12)}, ${files.length} files, ${sizeText(bytes)}`;
}

/** Counts megabytes. What was here before the call is not in the rate. */
function megabytes(name: string, bytes: Bytes, io: CommandIo) {
  const total = Math.floor(bytes / 1e6);
  let first: number | null = null;
  const pace = (done: number, elapsed: Milliseconds) => {
    first ??= done;
    if (done === first || elapsed === 0) return 'starting';
    const rate = (1000 * (done - first)) / elapsed;
    return `${rate.toPrecision(2)} MB/s, about ${durationText((1000 * (total - done)) / rate)} left`;
  };
  return startProgress({ label: `${name}, MB`, total, resumed: 0, pace }, io);
}
