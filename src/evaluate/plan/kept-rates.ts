/** How fast runs went on this machine, kept in the cache folder for plans and for the time that is left. No result depends on it. */
import { join } from 'node:path';
import { z } from 'zod';
import type { RunManifest } from '../../core/manifest.ts';
import { deviceOf } from '../../core/model.ts';
import type { Seconds } from '../../core/units.ts';
import { keepJson, readKept } from '../../files/kept.ts';
import { processorName, usableCores } from '../../files/processors.ts';

const rateSchema = z.object({
  device: z.string(),
  flopsPerSecond: z.number().positive(),
  secondsPerCharacter: z.number().positive(),
  /** That it was measured over. */
  seconds: z.number().positive(),
});
const ratesFile = z.object({ format: z.literal('bench-rates/1'), rates: z.record(z.string(), rateSchema) });

/** Of whole runs alike. */
export type KeptRate = Readonly<z.infer<typeof rateSchema>>;

/** Shorter runs are mostly opening and checking. */
const LEAST: Seconds = 20;

type Alike = Pick<RunManifest, 'model' | 'settings'> & { readonly task: Pick<RunManifest['task'], 'name'> };

/** What makes runs take as long an operation: the machine, the model and what computes it, the task and how it is asked. */
function keyOf({ model, settings, task }: Alike, threads: number | null): string {
  const machine = `${processorName()}, ${threads ?? usableCores()} threads`;
  const asked = `${task.name}, ${settings.protocol}, ${settings.estimator}`;
  return [machine, deviceOf(model), model.engine, model.dtype, model.weightsDigest, asked].join('; ');
}

export async function keptRate(folder: string, run: Alike, threads: number | null): Promise<KeptRate | null> {
  return (await readRates(folder))[keyOf(run, threads)] ?? null;
}

/** Rates of the same model and task on other devices of this machine, the latest of each. */
export async function keptElsewhere(folder: string, run: Alike): Promise<readonly KeptRate[]> {
  const { model, task, settings } = run;
  const wanted = `; ${model.weightsDigest}; ${task.name}, ${settings.protocol}, ${settings.estimator}`;
  const found = Object.entries(await readRates(folder)).filter(([key]) => key.endsWith(wanted));
  const others = found.map(([, rate]) => rate).filter(({ device }) => device !== deviceOf(model));
  return [...new Map(others.map((rate) => [rate.device, rate])).values()];
}

/** A run that was too short keeps nothing, and neither does a cache that cannot be written. */
export async function keepRate(
  folder: string,
  run: Alike,
  threads: number | null,
  measured: { readonly flops: number; readonly size: number; readonly seconds: Seconds },
): Promise<void> {
  const { flops, size, seconds } = measured;
  if (seconds < LEAST || flops <= 0 || size <= 0) return;
  const rate: KeptRate = {
    device: deviceOf(run.model),
    flopsPerSecond: flops / seconds,
    secondsPerCharacter: seconds / size,
    seconds,
  };
  const rates = { ...(await readRates(folder)), [keyOf(run, threads)]: rate };
  await keepJson(join(folder, 'rates.json'), { format: 'bench-rates/1', rates });
}

const readRates = async (folder: string): Promise<Readonly<Record<string, KeptRate>>> =>
  (await readKept(join(folder, 'rates.json'), ratesFile))?.rates ?? {};
