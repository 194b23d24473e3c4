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
  const { steps } = run.manifest.settings;
  const texts = steps.map((T) => textsAt(run, T));
  const same = steps.filter((_, i) => i > 0 && texts[i] !== '' && texts[i] === texts[i - 1]);
  return same.map((T) => sentence(run, `T = ${T}`, `T = ${steps[steps.indexOf(T) - 1]}`));
}

function deadSampler(run: Written, runs: readonly Written[]): readonly string[] {
  const first = runs.find((other) => keyOf(other) === keyOf(run) && textsOf(other) !== '');
  if (first === undefined || first === run || textsOf(first) !== textsOf(run)) return [];
  return [sentence(run, nameOf(run), nameOf(first))];
}

const sentence = ({ manifest: { task, model }, records }: Written, one: string, other: string): string =>
  `${task.name}, ${model.name}: ${one} changed nothing on ${Math.min(ITEMS, records.length)} items: the same texts as with ${other}`;

const keyOf = ({ manifest: { task, model, settings } }: Written): string =>
  [task.name, model.name, model.family, model.weightsDigest, settings.openFraction, settings.shift].join('\n');

const nameOf = ({ manifest }: Written): string => {
  const sampler: SamplerChoice | undefined = manifest.settings.sampler;
  return sampler === undefined ? 'the default sampler' : samplerText(sampler);
};

/** The texts with the most steps. */
const textsOf = (run: Written): string => textsAt(run, run.manifest.settings.steps.at(-1) ?? null);

/** Empty where nothing was written. @param T null: all that there are */
function textsAt({ records }: Written, T: number | null): string {
  const texts = records
    .slice(0, ITEMS)
    .flatMap(({ response }) => (response.kind === 'written' ? Object.values(response.views).flat() : []));
  const chosen = texts.filter(({ steps }) => T === null || steps === T).map(({ text }) => text);
  return chosen.length === 0 ? '' : JSON.stringify(chosen);
}
