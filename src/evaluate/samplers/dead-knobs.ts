/** Which settings of samplers changed nothing: a few items, written with each of two values, and the same texts. */
import { type SamplerChoice, samplerText } from '../../core/samplers/choice.ts';
import type { StoredRun } from '../../store/stored-run.ts';

/** Items that are looked at, at most. */
const ITEMS = 8;

type Written = Pick<StoredRun, 'manifest' | 'records'>;

/** A sentence for each: a T against the next smaller, and a sampler against the first of the same model on the same task. */
export function deadKnobs(runs: readonly Written[]): readonly string[] {
  return runs.flatMap((run) => [...deadSteps(run), ...deadSampler(run, runs)]);
}

function deadSteps(run: Written): readonly string[] {
  const found = run.manifest.settings.steps.map((T) => textsAt(run, T));
  return found.flatMap((one, i) => {
    const before = found[i - 1];
    return before === undefined || !areSame(one, before) ? [] : [sentence(run, one, before)];
  });
}

function deadSampler(run: Written, runs: readonly Written[]): readonly string[] {
  const first = runs.find((other) => keyOf(other) === keyOf(run) && textsOf(other).texts.length > 0);
  if (first === undefined || first === run || !areSame(textsOf(first), textsOf(run))) return [];
  const [one, other] = [textsOf(run), textsOf(first)];
  return [sentence(run, { ...one, of: nameOf(run) }, { ...other, of: nameOf(first) })];
}

/** What a setting wrote. */
interface Texts {
  /** The setting, in words. */
  readonly of: string;
  readonly texts: readonly string[];
  /** Of all texts together. */
  readonly nfe: number;
}

const areSame = (a: Texts, b: Texts): boolean =>
  a.texts.length > 0 && a.texts.length === b.texts.length && a.texts.every((text, i) => text === b.texts[i]);

/** Where the passes differ, the setting changed those: the same texts for fewer passes are worth knowing. */
function sentence({ manifest: { task, model }, records }: Written, one: Texts, other: Texts): string {
  const items = `on ${Math.min(ITEMS, records.length)} items`;
  const named = `${task.name}, ${model.name}: ${one.of}`;
  if (one.nfe === other.nfe) return `${named} changed nothing ${items}: the same texts as with ${other.of}`;
  const passesOf = ({ nfe, texts }: Texts): string => (nfe / texts.length).toFixed(1);
  return `${named} changed no text ${items}: the same as with ${other.of}, in ${passesOf(one)} passes each against ${passesOf(other)}`;
}

const keyOf = ({ manifest: { task, model, settings } }: Written): string =>
  [task.name, model.name, model.family, model.weightsDigest, settings.openFraction, settings.shift].join('\n');

const nameOf = ({ manifest }: Written): string => {
  const sampler: SamplerChoice | undefined = manifest.settings.sampler;
  return sampler === undefined ? 'the default sampler' : samplerText(sampler);
};

/** The texts with the most steps. */
const textsOf = (run: Written): Texts => textsAt(run, run.manifest.settings.steps.at(-1) ?? null);

/** None where nothing was written. @param T null: all that there are */
function textsAt({ records }: Written, T: number | null): Texts {
  const written = records
    .slice(0, ITEMS)
    .flatMap(({ response }) => (response.kind === 'written' ? Object.values(response.views).flat() : []))
    .filter(({ steps }) => T === null || steps === T);
  const nfe = written.reduce((sum, text) => sum + text.nfe, 0);
  return { of: `T = ${T}`, texts: written.map(({ text }) => text), nfe };
}
