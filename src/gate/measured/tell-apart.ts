/** What tells stored runs apart, in words. */
import type { RunManifest } from '../../core/manifest.ts';
import { deviceOf, isExact, precisionText } from '../../core/model.ts';
import { samplerText } from '../../core/samplers/choice.ts';
import { subsetText } from '../../core/subset.ts';

/** A setting by which runs may differ: how it reads, and the flag that chooses by it. */
interface Facet {
  readonly flag: string | null;
  readonly text: (manifest: RunManifest) => string;
}

const DIGITS = 8;
const isDiffusion = ({ model }: RunManifest): boolean => model.family === 'diffusion';
const samplerOf = ({ settings: { sampler } }: RunManifest): string =>
  sampler === undefined ? 'default sampler' : `sampler ${samplerText(sampler)}`;

/** In the order in which they are named. Those of diffusion models read alike for all others. */
const FACETS: readonly Facet[] = [
  { flag: '--tasks', text: ({ task }) => task.name },
  { flag: '--models', text: ({ model }) => model.name },
  { flag: null, text: ({ model }) => model.family },
  { flag: '--protocol', text: ({ settings }) => settings.protocol },
  { flag: null, text: ({ settings: { shots = 0 } }) => `${shots} shots` },
  { flag: null, text: ({ task }) => `task version ${task.version}` },
  { flag: null, text: ({ dataset }) => `rows ${dataset.source} ${dataset.digest.slice(0, DIGITS)}` },
  {
    flag: '--limit',
    text: ({ limit, dataset }) => (limit === null ? `all ${dataset.rows} items` : `first ${limit} items`),
  },
  { flag: null, text: ({ subset }) => subsetText(subset) },
  { flag: '--steps', text: (run) => (isDiffusion(run) ? `T = ${run.settings.steps.join() || 'one a token'}` : 'no T') },
  { flag: '--attention', text: (run) => (isDiffusion(run) ? `attention ${run.settings.openFraction}` : 'causal') },
  { flag: '--shift', text: (run) => (isDiffusion(run) ? `shift ${run.settings.shift ? 'on' : 'off'}` : 'no shift') },
  { flag: '--sampler', text: (run) => (isDiffusion(run) ? samplerOf(run) : 'no sampler') },
  { flag: null, text: ({ settings }) => `seed ${settings.seed}` },
  { flag: null, text: ({ settings }) => `up to ${settings.passes} passes` },
  { flag: null, text: ({ settings: { race } }) => (race === undefined ? 'all passes' : `raced at risk ${race.risk}`) },
  { flag: null, text: ({ settings }) => `${settings.draws} draws` },
  { flag: null, text: ({ settings: { bracket } }) => (bracket === undefined ? 'no bracket' : `bracket of ${bracket}`) },
  { flag: null, text: ({ settings: { duel = [] } }) => (duel.length === 0 ? 'no further scores' : duel.join()) },
  { flag: null, text: ({ settings }) => settings.estimator },
  { flag: null, text: ({ model }) => `weights ${model.weightsDigest.slice(0, DIGITS)}` },
  { flag: '--dtype', text: ({ model }) => model.dtype },
  {
    flag: null,
    text: ({ settings: { precision } }) => (precision === undefined ? 'one precision' : precisionText(precision)),
  },
  { flag: '--device', text: ({ model }) => deviceOf(model) },
  { flag: null, text: ({ model }) => model.engine },
];

/** `texts`: of each run, what is not the same in all, such as `T = 32, shift off`; `flags`: those by which at least two of them differ. */
export function tellApart(manifests: readonly RunManifest[]) {
  const varying = FACETS.filter(({ text }) => new Set(manifests.map(text)).size > 1);
  const texts = manifests.map((manifest) => varying.map(({ text }) => text(manifest)).join(', '));
  return { texts, flags: varying.flatMap(({ flag }) => flag ?? []) };
}

const MOST_LISTED = 20;

interface FoundRun {
  readonly manifest: RunManifest;
  readonly folder: string;
}

/** The hint of a refusal: how one of several runs is chosen, and the runs, one a line, each with what differs and its folder. */
export function chooseHint(runs: readonly FoundRun[]): string {
  const { flags } = tellApart(runs.map(({ manifest }) => manifest));
  const how = flags.length === 0 ? 'name a folder' : `choose with ${flags.join(', ')}, or name a folder`;
  return `${how}:\n${listedRuns(runs)}`;
}

/** As `chooseHint`, of a verb that has no flags to choose by. */
export const folderHint = (runs: readonly FoundRun[]): string => `name one of these folders:\n${listedRuns(runs)}`;

/** As `chooseHint`, where both sides are taken from these runs: a flag is of both, and would set a run against itself. */
export const pairHint = (runs: readonly FoundRun[]): string =>
  `name two of these folders, the reference first:\n${listedRuns(runs)}`;

function listedRuns(runs: readonly FoundRun[]): string {
  const { texts } = tellApart(runs.map(({ manifest }) => manifest));
  const width = Math.max(...texts.map(({ length }) => length));
  const lines = runs.map(({ folder }, i) => `  ${(texts[i] as string).padEnd(width)}  ${folder}`.trimEnd());
  const more = lines.length > MOST_LISTED ? [`  … and ${lines.length - MOST_LISTED} more`] : [];
  return [...lines.slice(0, MOST_LISTED), ...more].join('\n');
}

/** What the numbers of a run depend on besides model and task, in short: what is as `bench run` has it is not said. */
export function settingsText({ limit, subset, model, settings, dataset }: RunManifest): string {
  const { protocol, shots, steps, openFraction, shift, sampler, seed, draws } = settings;
  const diffusion = [
    ...(steps.length === 0 ? [] : [`T = ${steps.join()}`]),
    ...(openFraction === 1 ? [] : [`attention ${openFraction}`]),
    ...(shift ? [] : ['shift off']),
    ...(sampler === undefined ? [] : [`sampler ${samplerText(sampler)}`]),
    ...(seed === 0 ? [] : [`seed ${seed}`]),
    ...(draws === 1 ? [] : [`${draws} draws`]),
  ];
  return [
    protocol,
    ...((shots ?? 0) === 0 ? [] : [`${shots} shots`]),
    ...(model.family === 'diffusion' ? diffusion : []),
    ...(limit === null ? [] : [`first ${limit} of ${dataset.rows}`]),
    ...(subset === undefined ? [] : [subsetText(subset)]),
    ...(isExact(model.dtype) ? [] : [model.dtype]),
    ...(settings.precision === undefined ? [] : [precisionText(settings.precision)]),
    ...(model.device === undefined ? [] : [model.device]),
    ...(dataset.source === 'fixture' ? ['built-in rows'] : []),
  ].join(', ');
}
