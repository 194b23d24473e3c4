/** The quality and variety of texts written without a prompt, against what they cost: a document of numbers. */

import type { Estimate } from '../../core/estimate.ts';
import type { ComputedBy } from '../../core/model.ts';
import type { Family } from '../../core/names.ts';
import type { TextVariety } from '../../metrics/text-variety.ts';
import { isUnbounded } from '../../stats/clustered/estimate-items.ts';
import { notesText, textTable } from '../terminal/text-table.ts';
import { engineNote, judgeNames, modelNames } from './computed-by.ts';

export const FRONTIER_FORMAT = 'bench-frontier/1';

/** A set of texts: what they cost, and how varied they are. */
export interface FrontierPoint extends ComputedBy, Readonly<Record<keyof TextVariety, Estimate>> {
  readonly model: string;
  readonly family: Family;
  /** T; null for an autoregressive model. */
  readonly steps: number | null;
  readonly temperature: number;
  readonly topP: number;
  /** Of the random-keep sampler; null for an autoregressive model. */
  readonly form: 'canonical' | 'paper' | null;
  /** Tokens of a text, its start token included. */
  readonly length: number;
  readonly samples: number;
  /** Forward passes a text, mean. */
  readonly nfe: number;
  /** Wall time a text, all of a cell's taken together; no part of the result. */
  readonly seconds: number;
  /** null where nobody judged. */
  readonly judged: JudgedPoint | null;
}

export interface JudgedPoint extends ComputedBy {
  readonly judge: string;
  /** exp of the mean over texts of nats a token of the judge; its interval likewise. */
  readonly perplexity: Estimate;
  /** Texts that the judge's context cut. */
  readonly cut: number;
}

export interface FrontierDocument {
  readonly format: typeof FRONTIER_FORMAT;
  readonly points: readonly FrontierPoint[];
}

export function frontierTable({ points }: FrontierDocument, columns = 100): string {
  const [nameOf, judgeOf] = [modelNames(points), judgeNames(points)];
  const judges = [...new Set(points.flatMap(({ judged }) => (judged === null ? [] : judgeOf(judged))))];
  const head = ['model', 'T', 'temp.', 'NFE', 's', ...judges.map((judge) => `perplexity\nunder ${judge}`)];
  const rows = points.map((point) => [
    ...[nameOf(point), point.steps === null ? '–' : String(point.steps), String(point.temperature)],
    ...[point.nfe.toFixed(0), point.seconds.toFixed(2)],
    ...judges.map((judge) => {
      const { judged } = point;
      return judged !== null && judgeOf(judged) === judge ? intervalText(judged.perplexity, 1) : '–';
    }),
    ...VARIETY.map(([name]) => intervalText(point[name], name === 'entropy' ? 2 : 3)),
  ]);
  const titles = VARIETY.map(([, title]) => title);
  return `${textTable([...head, ...titles], rows, { right: [1, 2, 3, 4] })}${notesText(notesOf(points), columns)}`;
}

/** What is shown of a text's tokens, and how it is headed. */
export const VARIETY = [
  ['entropy', 'entropy\nnats'],
  ['distinct1', 'distinct-1'],
  ['distinct2', 'distinct-2'],
  ['distinct3', 'distinct-3'],
  ['repeated4', '4-grams\nrepeated'],
] as const satisfies readonly (readonly [keyof FrontierPoint, string])[];

/** From here on digits tell nothing: the interval of few texts. */
const LARGE = 1e6;

export function intervalText(estimate: Estimate, digits: number): string {
  const spelt = (x: number) => (Math.abs(x) >= LARGE ? x.toExponential(1) : x.toFixed(digits));
  const interval = isUnbounded(estimate) ? 'unknown' : `${spelt(estimate.low)}, ${spelt(estimate.high)}`;
  return `${spelt(estimate.value)} [${interval}]`;
}

/** How the texts were made, and what of them a number leaves out. */
export function notesOf(points: readonly FrontierPoint[]): readonly string[] {
  const [first] = points;
  if (first === undefined) return [];
  const forms = [...new Set(points.flatMap(({ form }) => form ?? []))];
  const diffusion = forms.length === 0 ? '' : ` Diffusion: positions by chance (random keep, ${forms.join(', ')}).`;
  const cut = points.reduce((sum, { judged }) => sum + (judged?.cut ?? 0), 0);
  return [
    `${first.samples} texts of ${first.length} tokens a line, behind one start token, top-p ${first.topP}; tokens drawn from float64 cumulative probabilities. 95 % intervals over texts.${diffusion}`,
    engineNote(points),
    ...(points.some(({ judged }) => judged !== null)
      ? ['Perplexity alone is no quality: repetitive text has a low one. Read it beside the entropy.']
      : []),
    ...(cut === 0 ? [] : [`${cut} texts are longer than the judge reads; their beginnings were judged.`]),
  ];
}
