/** Where a run's numbers come from: what identifies it, which software made it, and the command that repeats it. */
import type { SandboxFacts } from '../../../core/program.ts';
import type { Session } from '../../../store/environment.ts';
import type { RunColumns } from '../run-columns.ts';
import type { RunFacts } from '../run-facts.ts';
import { type Repeated, repeatedBy } from './repeat-command.ts';

export interface SessionFacts extends Pick<Session, 'started' | 'seconds' | 'items' | 'state'> {
  /** Versions and machine in words. */
  readonly software: string;
  readonly machine: string;
}

export interface ProvenanceRow
  extends Pick<RunFacts, 'path' | 'model' | 'task' | 'items'>,
    Pick<RunColumns, 'runId' | 'manifest' | 'expectedItems'>,
    Repeated {
  readonly sessions: readonly SessionFacts[];
}

export const provenanceRows = (runs: readonly RunColumns[]): readonly ProvenanceRow[] => runs.map(provenanceRow);

function provenanceRow(run: RunColumns): ProvenanceRow {
  const { facts, runId, manifest, environment, expectedItems } = run;
  const { path, model, task, items } = facts;
  return {
    ...{ runId, path, model, task, items, expectedItems, manifest },
    sessions: environment.sessions.map(({ started, seconds, items, state, machine }) => ({
      started,
      seconds,
      items,
      state,
      software: `bench ${machine.bench}${machine.gitRevision === null ? '' : ` (${machine.gitRevision})`}, Node ${machine.node}, ${Object.values(machine.engines).join(', ')}`,
      machine: `${machine.platform}, ${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB${sandboxText(machine.sandbox)}`,
    })),
    ...repeatedBy(run),
  };
}

/** What shuts model-written programs in; nothing where a task has none, or the run is of an earlier version. */
function sandboxText(sandbox: SandboxFacts | undefined): string {
  if (sandbox === undefined) return '';
  const { backend, accounting, python, cpuMs } = sandbox;
  return `, programs in ${backend} (counted by ${accounting}, ${cpuMs} ms, Python ${python})`;
}
