/** What one text costs a model, one at a time: passes, wall time, memory. */
import { HarnessError } from '../../core/errors.ts';
import { type Engine, engineFacts } from '../../engines/engine.ts';
import { SPEED_FORMAT, type SpeedDocument, type SpeedGap, type SpeedPoint } from '../../report/speed/document.ts';
import { describeMachine, forgetPeakMemory, peakMemorySince, systemClock } from '../../runner/environment.ts';
import { sortedQuantile } from '../../stats/sorted-quantile.ts';
import { type Observer, SILENT } from '../observer.ts';
import { openEngine } from '../open-engine.ts';
import { openModels } from '../open-parts.ts';
import { RUN_DEFAULTS } from '../options.ts';
import type { ModelFiles } from '../run-parts.ts';
import { textSetting } from '../unconditional/cell.ts';
import { openTextWriter, type TextWriter } from '../unconditional/write-cell.ts';
import type { SpeedOptions } from './options.ts';

/** @throws HarnessError as `openModels` */
export async function measureSpeed(options: SpeedOptions, observer: Observer = SILENT): Promise<SpeedDocument> {
  const models = await openModels({ ...RUN_DEFAULTS, ...options, out: RUN_DEFAULTS.out }, observer);
  const engine = await openEngine(options, observer);
  const points: SpeedPoint[] = [];
  const gaps: SpeedGap[] = [];
  for (const files of models) {
    const writer = openTextWriter(files, engine, observer.signal);
    try {
      for (const length of options.lengths) {
        const reason = whyNot(files, length);
        if (reason === null) points.push(...(await pointsOf(files, engine, writer, length, options, observer)));
        else gaps.push({ model: files.checkpoint.name, length, reason });
      }
    } finally {
      await writer.dispose();
    }
  }
  const machine = describeMachine({ [options.engine]: engine.name });
  return { format: SPEED_FORMAT, ...engineFacts(engine), machine, points, gaps };
}

function whyNot({ checkpoint }: ModelFiles, length: number): string | null {
  const { contextLength } = checkpoint.architecture;
  return length <= contextLength ? null : `it reads ${contextLength} tokens`;
}

async function pointsOf(
  files: ModelFiles,
  engine: Engine,
  writer: TextWriter,
  length: number,
  { steps, repeats }: SpeedOptions,
  { signal, started }: Observer,
): Promise<readonly SpeedPoint[]> {
  const { name, options } = files.checkpoint;
  const counts = options.family === 'diffusion' ? steps : [null];
  const progress = started({ label: `${name}, ${length} tokens`, total: counts.length * repeats, resumed: 0 });
  const setting = await textSetting(files, engine, { length, samples: repeats, topP: 1, form: 'canonical', seed: 0 });
  // The first text of all loads the weights, and the first of a length makes room for it.
  await writer.write({ ...setting, steps: options.family === 'diffusion' ? 1 : null, temperature: 1 }, 0, 1);
  const points: SpeedPoint[] = [];
  try {
    for (const T of counts) {
      const timed = { seconds: [] as number[], nfe: 0 };
      const isForgotten = forgetPeakMemory();
      for (let at = 0; at < repeats; at++) {
        if (signal.aborted) throw new HarnessError('interrupted', 'stopped between two texts');
        const began = systemClock.seconds();
        const [text] = await writer.write({ ...setting, steps: T, temperature: 1 }, at, 1);
        timed.seconds.push(systemClock.seconds() - began);
        timed.nfe = text?.nfe ?? 0;
        progress.update(points.length * repeats + at + 1);
      }
      const median = sortedQuantile(
        [...timed.seconds].sort((a, b) => a - b),
        0.5,
      );
      points.push({
        ...{ model: name, family: options.family, length, steps: T, ...timed, median },
        tokensPerSecond: (length - 1) / median,
        peakBytes: isForgotten ? peakMemorySince() : null,
      });
    }
  } finally {
    progress.stop();
  }
  return points;
}
