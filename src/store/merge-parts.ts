/** Joins parts of one run that lie in several folders into one, with the bytes that one machine would have written. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunManifest } from '../core/manifest.ts';
import type { ItemRecord } from '../core/record.ts';
import { canonicalJson } from '../core/text/canonical-json.ts';
import { NO_SESSIONS, type Session, warning } from './environment.ts';
import { readEnvironment, writeEnvironment } from './environment-file.ts';
import { readQuestions } from './records/question-file.ts';
import { type PlannedItem, scanRecords } from './records/record-file.ts';
import { RUN_FILES } from './run-folder.ts';
import { openRun } from './run-writer.ts';
import type { RunSummary, StoredRun } from './stored-run.ts';
import { readTraces } from './traces/trace-file.ts';
import { openTraces } from './traces/trace-writer.ts';

/** What several folders hold of one run. Records are as they are stored. */
export type RunPart = Pick<StoredRun, 'folder' | 'manifest' | 'records' | 'environment' | 'summary' | 'warnings'>;

export interface MergedRun {
  readonly folder: string;
  readonly summary: RunSummary;
  /** Items that no part has, where the parts say which there are. */
  readonly missing: readonly PlannedItem[];
  /** Items of which two parts have other records; the first one is kept. */
  readonly contradicted: readonly string[];
}

/** Records written at once. */
const BATCH = 1024;

/**
 * Adds to the run under `out` what it lacks and a part has. Where two parts hold an item, their records must be equal: a difference is a
 * `not-reproduced` warning that names both machines.
 *
 * @param manifest under which the parts are stored
 * @throws HarnessError 'store-locked', 'store-corrupt' as `openRun`
 */
export async function mergeParts(out: string, manifest: RunManifest, parts: readonly RunPart[]): Promise<MergedRun> {
  const questions = await storedQuestions(parts);
  const planned = questions?.items ?? storedItems(parts);
  const writer = await openRun(out, manifest, planned);
  try {
    const before = await scanRecords(join(writer.folder, RUN_FILES.records), planned);
    const sources = parts.map((part) => ({ ...part, machine: machineOf(part) }));
    const { records, contradictions } = joined([{ ...before, machine: 'an earlier merge' }, ...sources]);
    const fresh = records.filter(({ id }) => !writer.records.has(id));
    for (let at = 0; at < fresh.length; at += BATCH) await writer.append(fresh.slice(at, at + BATCH));
    if (questions !== null) await copyFile(questions.file, join(writer.folder, RUN_FILES.questions));
    await mergeTraces(parts, writer.folder, planned);
    await mergeSessions(parts, writer.folder, contradictions);
    const summary = await writer.seal();
    const missing = planned.filter(({ id }) => !writer.records.has(id));
    return { folder: writer.folder, summary, missing, contradicted: contradictions.map(({ id }) => id) };
  } finally {
    await writer.close();
  }
}

/** The questions of a run, which every part stores whole: the file of the first that can be read, and all items of the run. */
async function storedQuestions(
  parts: readonly RunPart[],
): Promise<{ readonly file: string; readonly items: readonly PlannedItem[] } | null> {
  for (const { folder } of parts) {
    const questions = await readQuestions(folder);
    if (questions.kind !== 'stored') continue;
    const items = [...questions.byId.values()].map(({ id, index }) => ({ id, index }));
    return { file: join(folder, RUN_FILES.questions), items };
  }
  return null;
}

/** What there is to know of a run's items where no part has its questions. */
function storedItems(parts: readonly RunPart[]): readonly PlannedItem[] {
  const byId = new Map(parts.flatMap(({ records }) => records.map(({ id, index }) => [id, { id, index }] as const)));
  return [...byId.values()].sort((a, b) => a.index - b.index);
}

interface Contradiction {
  readonly id: string;
  readonly machines: readonly [string, string];
}

interface Source {
  readonly records: readonly ItemRecord[];
  readonly machine: string;
}

/** Records by index; of two for an item, the first. */
function joined(sources: readonly Source[]) {
  const kept = new Map<string, { readonly record: ItemRecord; readonly machine: string }>();
  const contradictions: Contradiction[] = [];
  for (const { records, machine } of sources) {
    for (const record of records) {
      const first = kept.get(record.id);
      if (first === undefined) kept.set(record.id, { record, machine });
      else if (canonicalJson(first.record) !== canonicalJson(record)) {
        contradictions.push({ id: record.id, machines: [first.machine, machine] });
      }
    }
  }
  const records = [...kept.values()].map(({ record }) => record).sort((a, b) => a.index - b.index);
  return { records, contradictions };
}

function machineOf({ folder, environment }: RunPart): string {
  const { machine } = environment.sessions.at(-1) ?? {};
  return machine === undefined ? folder : `${machine.host} (${machine.cpu}, ${folder})`;
}

async function mergeTraces(parts: readonly RunPart[], folder: string, planned: readonly PlannedItem[]): Promise<void> {
  const traces = [];
  for (const part of parts) traces.push(...(await readTraces(part.folder)).byId.values());
  if (traces.length === 0) return;
  const writer = await openTraces(folder, planned);
  try {
    await writer.append(traces);
    await writer.seal();
  } finally {
    await writer.close();
  }
}

/** Sessions of all parts, each once, in the order in which they began. */
async function mergeSessions(
  parts: readonly RunPart[],
  folder: string,
  contradictions: readonly Contradiction[],
): Promise<void> {
  const { environment } = await readEnvironment(folder);
  const all = [...environment.sessions, ...parts.flatMap((part) => part.environment.sessions)];
  const once = [...new Map(all.map((session) => [canonicalJson(session), session])).values()];
  const sessions = once.sort((a, b) => (a.started < b.started ? -1 : a.started > b.started ? 1 : 0));
  await writeEnvironment(folder, { ...NO_SESSIONS, sessions: withContradictions(sessions, contradictions) });
}

function withContradictions(
  sessions: readonly Session[],
  contradictions: readonly Contradiction[],
): readonly Session[] {
  const last = sessions.at(-1);
  const [first] = contradictions;
  if (last === undefined || first === undefined) return sessions;
  const ids = contradictions.map(({ id }) => id);
  const between = first.machines.join(' and ');
  const message = `${ids.length} item(s) have other records on two machines, the first on ${between}; the first record is kept`;
  return [...sessions.slice(0, -1), { ...last, warnings: [...last.warnings, warning('not-reproduced', message, ids)] }];
}
