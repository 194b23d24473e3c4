/** Two stored runs of one plan, held against each other. */
import { differences } from '../../core/differences.ts';
import { badArguments } from '../../core/errors.ts';
import { type DriftSide, driftOf } from '../../gate/drift/drift.ts';
import type { DriftDocument, SideFacts } from '../../gate/drift/drift-text.ts';
import { readRun } from '../../store/read-run.ts';
import type { StoredRun } from '../../store/stored-run.ts';
import { readTraces } from '../../store/traces/trace-file.ts';

/** What may differ between the two: it is what drift is about. */
const COMPUTES = /^model\.(engine|dtype|name)$/;

/** @throws HarnessError 'bad-arguments' where they are not runs of one plan, or have no item in common */
export async function readDrift(first: string, second: string): Promise<DriftDocument> {
  const [a, b] = [await readRun(first, undefined, null), await readRun(second, undefined, null)];
  const other = differences(a.manifest, b.manifest).find(({ path }) => !COMPUTES.test(path));
  if (other !== undefined) {
    const message = `expected two runs of one plan, found ${other.path} ${other.stored} in ${first} and ${other.found} in ${second}`;
    throw badArguments(message, `bench compare ${first} ${second} compares runs of any kind`);
  }
  const ids = new Set(b.records.map(({ id }) => id));
  if (!a.records.some(({ id }) => ids.has(id))) {
    const hint = 'repeat their bench run commands; they compute what is missing';
    throw badArguments(`expected items that both runs have, found none in ${first} and ${second}`, hint);
  }
  const { task, model } = a.manifest;
  const drift = driftOf(await sideOf(a), await sideOf(b));
  return { task: task.name, model: model.name, a: factsOf(a), b: factsOf(b), ...drift };
}

async function sideOf({ folder, records }: StoredRun): Promise<DriftSide> {
  return { records, traces: (await readTraces(folder)).byId };
}

function factsOf({ folder, manifest: { model }, environment }: StoredRun): SideFacts {
  const machines = environment.sessions.map(({ machine: { host, cpu } }) => `${host} (${cpu})`);
  const engine = model.provider === undefined ? model.engine : `${model.engine} (${model.provider})`;
  return { folder, engine, dtype: model.dtype, machines: [...new Set(machines)] };
}
