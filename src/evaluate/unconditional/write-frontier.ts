/** Models write without a prompt, under each T and temperature; a judge weighs what they wrote. Repeat the call to resume. */
import { HarnessError } from '../../core/errors.ts';
import type { Engine } from '../../engines/engine.ts';
import { presetsOf } from '../../options/option.ts';
import { MODEL_OPTIONS } from '../../options/shared.ts';
import { FRONTIER_FORMAT, type FrontierDocument, type FrontierPoint } from '../../report/frontier/document.ts';
import { systemClock } from '../../runner/environment.ts';
import { type Observer, SILENT } from '../observer.ts';
import { openEngine } from '../open-engine.ts';
import { openModelFiles, openModels } from '../open-parts.ts';
import { RUN_DEFAULTS } from '../options.ts';
import type { ModelFiles } from '../run-parts.ts';
import {
  CELL_FORMAT,
  type Cell,
  type CellSetting,
  cellName,
  cellSchema,
  JUDGED_FORMAT,
  type Judged,
  judgedName,
  judgedSchema,
  textSetting,
} from './cell.ts';
import { keptOrMade } from './cell-store.ts';
import { frontierPoint } from './frontier-point.ts';
import { openTextJudge, type TextJudge } from './judge-texts.ts';
import type { UnconditionalOptions } from './options.ts';
import { openTextWriter, type TextWriter } from './write-cell.ts';

/** Texts that are written in one call, and shown as progress. */
const AT_ONCE = 16;

/** @throws HarnessError as `openModels`; 'context-overflow' where a model reads fewer tokens than a text has */
export async function writeFrontier(
  options: UnconditionalOptions,
  observer: Observer = SILENT,
): Promise<FrontierDocument> {
  const models = await openModels({ ...RUN_DEFAULTS, ...options }, observer);
  for (const files of models) requireRoom(files, options);
  const engine = await openEngine(options, observer);
  const judge = await judgeOf(options, engine, observer.signal);
  const points: FrontierPoint[] = [];
  try {
    for (const files of models) points.push(...(await pointsOf(files, engine, judge, options, observer)));
  } finally {
    await judge?.dispose();
  }
  return { format: FRONTIER_FORMAT, points };
}

/** The judge is as its checkpoint says, whatever the options say of the models. */
async function judgeOf({ judge, ...options }: UnconditionalOptions, engine: Engine, signal: AbortSignal) {
  if (judge === null) return null;
  return openTextJudge(await openModelFiles(judge, { ...options, ...presetsOf(MODEL_OPTIONS) }), engine, signal);
}

function requireRoom({ checkpoint }: ModelFiles, { length }: UnconditionalOptions): void {
  const { contextLength } = checkpoint.architecture;
  if (length <= contextLength) return;
  const message = `--length: expected at most the ${contextLength} tokens of ${checkpoint.name}, found ${length}`;
  throw new HarnessError('context-overflow', message, { hint: `--length ${contextLength}` });
}

async function pointsOf(
  files: ModelFiles,
  engine: Engine,
  judge: TextJudge | null,
  options: UnconditionalOptions,
  observer: Observer,
): Promise<readonly FrontierPoint[]> {
  const writer = openTextWriter(files, engine, observer.signal);
  const points: FrontierPoint[] = [];
  try {
    for (const setting of await settingsOf(files, engine, options)) {
      if (observer.signal.aborted) throw new HarnessError('interrupted', 'stopped between two sets of texts');
      const name = cellName(setting);
      const kept = await keptOrMade(options.out, name, cellSchema, () => writeCell(setting, writer, observer));
      const cell = placedCell(kept, setting);
      points.push(frontierPoint(cell, judge === null ? null : await judged(name, cell, judge, options)));
    }
  } finally {
    await writer.dispose();
  }
  return points;
}

/** Every T at every temperature; an autoregressive model has no T. */
async function settingsOf(
  files: ModelFiles,
  engine: Engine,
  { steps, temperature: temperatures, ...asked }: UnconditionalOptions,
): Promise<readonly CellSetting[]> {
  const common = await textSetting(files, engine, asked);
  return (common.family === 'diffusion' ? steps : [null]).flatMap((T) =>
    temperatures.map((temperature): CellSetting => ({ ...common, steps: T, temperature })),
  );
}

/** Cells of earlier versions do not say on which device they were written; their file is found by the name of its engine, so it is the one that is asked for. */
const placedCell = (kept: Cell, asked: CellSetting): Cell => ({ ...kept, setting: asked });

async function writeCell(setting: CellSetting, writer: TextWriter, observer: Observer): Promise<Cell> {
  const { model, steps, temperature, samples } = setting;
  const label = `${model}${steps === null ? '' : `, T = ${steps}`}, temperature ${temperature}`;
  const progress = observer.started({ label, total: samples, resumed: 0 });
  const began = systemClock.seconds();
  const texts: Cell['texts'] = [];
  try {
    for (let first = 0; first < samples; first += AT_ONCE) {
      texts.push(...(await writer.write(setting, first, Math.min(AT_ONCE, samples - first))));
      progress.update(texts.length);
    }
  } finally {
    progress.stop();
  }
  return { format: CELL_FORMAT, setting, seconds: systemClock.seconds() - began, texts };
}

async function judged(name: string, cell: Cell, judge: TextJudge, { out }: UnconditionalOptions): Promise<Judged> {
  const { identity } = judge;
  const kept = await keptOrMade(out, judgedName(name, { judge: identity }), judgedSchema, async (): Promise<Judged> => {
    return { format: JUDGED_FORMAT, cell: name, judge: identity, texts: await judge.judge(cell.texts) };
  });
  return { ...kept, judge: identity };
}
