import { expect, it } from 'vitest';
import { scriptedRecord, scriptedStoredRun } from '../../../test/scripted/scripted-stored-run.ts';
import type { Session, SessionWorker } from '../../store/environment.ts';
import { speedRows } from './speed.ts';
import { toRunColumns } from './to-run-columns.ts';

const stored = scriptedStoredRun({ records: [0, 1, 2, 3].map((index) => scriptedRecord(index, { acc: 1 })) });
const [session] = stored.environment.sessions as [Session];

function machinesWith(workers: readonly SessionWorker[]): string | undefined {
  const environment = { ...stored.environment, sessions: [{ ...session, workers: [...workers] }] };
  const run = toRunColumns({ ...stored, environment }, { chance: 0.5, ranking: 'mean', metric: null });
  return speedRows([run])[0]?.machine;
}

it('tells the machines apart whose workers computed a run, each with what these did', () => {
  const worker = (host: string, pid: number, items: number, seconds: number, cores: number): SessionWorker => ({
    name: `${host}:${pid}`,
    items,
    seconds,
    peakMemoryBytes: 1,
    machine: { ...session.machine, host, cpu: 'Xeon', cores },
  });
  const machines = machinesWith([worker('a', 1, 10, 5, 4), worker('b', 7, 3, 6, 2), worker('a', 2, 10, 10, 4)]);
  expect(machines).toBe(
    'Xeon, 4 cores (a: 2 workers, 20 items, 3.00 a second) / Xeon, 2 cores (b: 1 worker, 3 items, 0.500 a second)',
  );
});
