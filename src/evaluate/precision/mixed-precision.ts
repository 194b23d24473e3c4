/**
 * Runs of two precisions: which engine computes in fewer bits, what is computed again in float32, and what happens where fewer bits move
 * more than was measured. Items that are held out are answered in both before a run begins; what they say is part of its settings, and is
 * kept in the cache folder, so that resuming asks nothing.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { orNull } from '../../core/errors.ts';
import {
  type Ask,
  isBound,
  type LanguageModel,
  PRECISION_RULES,
  type PrecisionSettings,
  type ScoringSettings,
} from '../../core/model.ts';
import { digestOf } from '../../core/text/digest.ts';
import type { Engine, WeightDtype } from '../../engines/engine.ts';
import { engineOf } from '../../engines/index.ts';
import { keepJson, readKept } from '../../files/kept.ts';
import { cacheFolder } from '../../files/package-root.ts';
import { type AnsweredTwice, BeyondReach } from '../../lm/likelihood/mixed/answer-mixed.ts';
import { fitErrors, heldOutShare, isFittedTo, isHeldOut } from '../../lm/likelihood/mixed/error-model.ts';
import { runFolder } from '../../store/run-folder.ts';
import type { Observer } from '../observer.ts';
import type { RunOptions } from '../options.ts';
import type { TaskRows } from '../run-parts.ts';
import { describeTaskRun, type OpenedModel, type Reading, unitSize } from '../run-settings.ts';
import { areEnumerated } from './are-enumerated.ts';

/** The most exact of those that are cheaper than float32, the cheapest first. */
const CHEAP: readonly WeightDtype[] = ['int8', 'bfloat16'];

/** Share of the strata of an answer's masks that is drawn again in float32: two of the fifteen of `--passes 32` (docs/precision.md). */
const STRATA_SHARE = 1 / 8;

/** Items held out are at most this share; with more, little is left to save. */
const MOST_HELD_OUT = 0.5;

type EngineChoice = Pick<RunOptions, 'engine' | 'threads' | 'device' | 'precision'>;

/** The engine in fewer bits; null where none is asked for, or there is none, which is said. */
export async function openCheapEngine(
  { precision, engine, threads, device }: EngineChoice,
  { noted }: Pick<Observer, 'noted'>,
): Promise<Engine | null> {
  if (precision !== 'mixed') return null;
  for (const dtype of CHEAP) {
    const opened = await engineOf(engine, threads, dtype, device).catch(orNull('not-supported'));
    if (opened !== null) return opened;
  }
  noted(`--precision mixed: engine ${engine} computes in neither ${CHEAP.join(' nor ')} there, so all is float32`);
  return null;
}

/** A language model with both engines. */
interface TwiceAsked extends Pick<LanguageModel, 'identity'> {
  answerTwice(asks: readonly Ask[], settings: ScoringSettings): Promise<readonly AnsweredTwice[]>;
}

/** One model on one task under one reading, opened with the engine in fewer bits. */
export interface MixedInputs {
  readonly asked: TaskRows;
  readonly opened: OpenedModel;
  readonly model: TwiceAsked;
  readonly reading: Reading;
  readonly cheap: Engine | null;
  /** Folder that holds one folder a run. */
  readonly out: string;
}

/** Runs in two precisions where that was asked for and can be, else in one; and in one where fewer bits turn out to move too much. */
export async function inPrecision<Outcome>(
  inputs: MixedInputs,
  options: RunOptions,
  observer: Observer,
  run: (mixed: PrecisionSettings | null) => Promise<Outcome>,
): Promise<Outcome> {
  const mixed = await precisionFor(inputs, options, observer);
  try {
    return await run(mixed);
  } catch (error) {
    if (!(error instanceof BeyondReach)) throw error;
    observer.noted(`${error.message}; all is computed in float32`);
    const { asked, opened, model, reading, cheap, out } = inputs;
    const described = (precision: PrecisionSettings | null): Described =>
      describeTaskRun(asked, opened, model.identity, reading, { ...options, mixed: precision });
    await keepJson(verdictFile(described(null), cheap), { holds: false });
    // What was decided by a reach that is too small is no result.
    const { manifest } = described(mixed);
    await rm(runFolder(out, manifest), { recursive: true, force: true });
    return run(null);
  }
}

/** What is computed again; null where all is computed in float32, which is said where two precisions were asked for. */
export async function precisionFor(
  inputs: MixedInputs,
  options: RunOptions,
  observer: Observer,
): Promise<PrecisionSettings | null> {
  const { asked, opened, model, reading, cheap } = inputs;
  if (cheap === null) return null;
  const described = describeTaskRun(asked, opened, model.identity, reading, options);
  const { manifest, examples } = described;
  const off = (why: string): null => {
    observer.noted(`--precision mixed: ${asked.task.name}, ${model.identity.name}: ${why}, so all is float32`);
    return null;
  };
  if (examples[0] === undefined) return null;
  const { estimator, race } = manifest.settings;
  if (model.identity.family === 'diffusion' && race === undefined) {
    if (!isBound(estimator) || model.identity.blockLength !== undefined)
      return off('no bound of one block is estimated');
    if (areEnumerated(examples, opened, manifest.settings)) return off('all masks of every answer are run');
    return { cheap: cheap.dtype, rule: PRECISION_RULES.bound, share: STRATA_SHARE };
  }
  if (examples[0].question.kind !== 'choose') return off('the task has no choice');
  const share = heldOutShare(examples.length);
  if (share > MOST_HELD_OUT) return off(`${examples.length} items are too few to hold some out`);
  const file = verdictFile(described, cheap);
  const known = (await readKept(file, verdictSchema)) ?? (await measured(inputs, described, share, file, observer));
  if (!known.holds) return off(`${cheap.dtype} moves leads by more than the items held out tell`);
  return { cheap: cheap.dtype, rule: ruleOf(described), share, error: known.error, reach: known.reach };
}

const verdictSchema = z.discriminatedUnion('holds', [
  z.strictObject({ holds: z.literal(true), error: z.number(), reach: z.number() }),
  z.strictObject({ holds: z.literal(false) }),
]);
type Verdict = z.infer<typeof verdictSchema>;

type Described = ReturnType<typeof describeTaskRun>;

/** Answers the items that are held out in both. @param file keeps what they say */
async function measured(
  { asked, model, cheap }: MixedInputs,
  { manifest: { settings }, examples }: Described,
  share: number,
  file: string,
  observer: Observer,
): Promise<Verdict> {
  const asks = examples
    .map(({ id, question }) => ({ key: `${asked.task.name}/${id}`, question }))
    .filter(({ key }) => isHeldOut(key, share));
  const size = unitSize(model.identity, settings, asked.task);
  const [fitted, checked]: [number[], number[]] = [[], []];
  let otherwise = 0;
  const over = observer.preparing(`${asked.task.name}, ${model.identity.name}: holding ${asks.length} items out`);
  try {
    for (let from = 0; from < asks.length; from += size) {
      for (const each of await model.answerTwice(asks.slice(from, from + size), settings)) {
        (isFittedTo(each.key) ? fitted : checked).push(...each.errors);
        otherwise += Number(each.decidesOtherwise);
      }
    }
  } finally {
    over();
  }
  const fit = fitErrors(fitted, checked);
  const verdict: Verdict = fit?.holds === true ? { holds: true, error: fit.error, reach: fit.reach } : { holds: false };
  if (fit !== null) {
    observer.noted(
      `--precision mixed: ${asked.task.name}, ${model.identity.name}: of ${asks.length} items held out ${cheap?.dtype} alone decides ${otherwise} otherwise under some ranking; error ${fit.error} nats a root of tokens, reach ${fit.reach} of them`,
    );
  }
  await keepJson(file, verdict);
  return verdict;
}

/** Of runs that hold items out. */
const ruleOf = ({ manifest: { settings } }: Described): string =>
  settings.race === undefined ? PRECISION_RULES.causal : PRECISION_RULES.race;

function verdictFile(described: Described, cheap: Engine | null): string {
  const { manifest } = described;
  const name = digestOf({ manifest, rule: ruleOf(described), engine: cheap?.name, dtype: cheap?.dtype });
  return join(cacheFolder(process.env), 'precision', `${name.slice(0, 32)}.json`);
}
