/** What a person reads of a drift. */
import type { Estimate } from '../../core/estimate.ts';
import type { Drift, TextDrift } from './drift.ts';

export interface DriftSides {
  readonly a: SideFacts;
  readonly b: SideFacts;
}

export interface SideFacts {
  readonly folder: string;
  readonly engine: string;
  readonly dtype: string;
  /** Host and processor of each machine that worked on it. */
  readonly machines: readonly string[];
}

export interface DriftDocument extends DriftSides, Drift {
  readonly task: string;
  readonly model: string;
}

const VERDICTS: Readonly<Record<Drift['verdict'], string>> = {
  identical: 'identical: every byte of every record is the same',
  'same-decisions': 'same decisions: scores differ, and nothing that is chosen or counted does',
  'other-decisions': 'other decisions',
};

export function driftText(document: DriftDocument): string {
  const { task, model, items, unpaired, otherBytes, verdict } = document;
  const lines = [
    `${task}, ${model}, ${items} items${unpaired === 0 ? '' : `; ${unpaired} are in one run only`}`,
    ...(['a', 'b'] as const).map((side) => sideText(side, document[side])),
    '',
    VERDICTS[verdict],
    `records with other bytes: ${otherBytes} of ${items}`,
    ...scoreLines(document),
    `other decisions: ${shareText(document.otherDecisions)}${listed(document.decided)}`,
    ...textLines(document),
  ];
  return `${lines.join('\n')}\n`;
}

const sideText = (side: string, { folder, engine, dtype, machines }: SideFacts): string =>
  `  ${side.toUpperCase()}  ${engine} ${dtype}, ${machines.join('; ') || 'unknown machine'}, ${folder}`;

function scoreLines({ scores }: Drift): readonly string[] {
  if (scores === null) return [];
  const { answers, largest, largestPerToken, id } = scores;
  if (largest === 0) return [`scores of ${answers} answers: equal`];
  return [
    `scores of ${answers} answers: at most ${largest.toExponential(1)} apart (${id}), ${largestPerToken.toExponential(1)} a token`,
  ];
}

function shareText({ value, low, high, n }: Estimate): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  return `${Math.round(value * n)} of ${n}, ${percent(value)} % [${percent(low)}, ${percent(high)}]`;
}

const listed = (ids: readonly string[]): string =>
  ids.length === 0 ? '' : ` (${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', …' : ''})`;

function textLines({ texts, otherTexts, items }: Drift): readonly string[] {
  if (texts.length === 0) return [];
  return [`other texts: ${otherTexts} of ${items}`, ...texts.slice(0, 5).map(textLine)];
}

function textLine({ id, view, steps, at, parting }: TextDrift): string {
  const which = `  ${id}${view === 'default' ? '' : `, ${view}`}${steps === null ? '' : `, T = ${steps}`}: from character ${at} on`;
  if (parting === null) return which;
  const [a, b] = parting.pieces.map((piece) => JSON.stringify(piece));
  const what = a === b ? `${a} is revealed by one only` : `${a} against ${b}`;
  return `${which}; step ${parting.step}, position ${parting.position}: ${what}, ${parting.gap.toExponential(1)} nats apart, noise before it ${parting.noise.toExponential(1)}`;
}
