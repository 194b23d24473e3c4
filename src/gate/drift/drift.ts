/**
 * Two runs of one plan that different machines, engines or types of number computed: which bytes, scores and decisions differ, and
 * where texts part. Pure.
 */
import type { Estimate } from '../../core/estimate.ts';
import type { ItemRecord } from '../../core/record.ts';
import type { Written } from '../../core/response.ts';
import { canonicalJson } from '../../core/text/canonical-json.ts';
import type { ItemTrace, TextTrace, TraceStep } from '../../core/trace.ts';
import type { Nats } from '../../core/units.ts';
import { boundedInterval } from '../../stats/clustered/bounded-interval.ts';
import { layoutOf } from '../../stats/clustered/cluster-layout.ts';

/** `identical`: every byte of every record; `same-decisions`: scores differ, what is chosen or counted right does not. */
export type DriftVerdict = 'identical' | 'same-decisions' | 'other-decisions';

export interface Drift {
  readonly verdict: DriftVerdict;
  /** Items that both runs have. */
  readonly items: number;
  /** Items that one of them lacks. */
  readonly unpaired: number;
  /** Items whose records differ in any byte. */
  readonly otherBytes: number;
  /** Over the answers that both runs scored; null where none was. */
  readonly scores: ScoreDrift | null;
  /** Share of items with another choice or another value of a metric that counts (0 or 1), 95 % interval. */
  readonly otherDecisions: Estimate;
  /** Ids of these items, the first ones. */
  readonly decided: readonly string[];
  /** Items with another written text, the first ones first. */
  readonly texts: readonly TextDrift[];
  readonly otherTexts: number;
}

export interface ScoreDrift {
  readonly answers: number;
  /** Largest difference of a score, in its own units (nats, as a rule). */
  readonly largest: number;
  /** The same for each scored token of the answer. */
  readonly largestPerToken: Nats;
  /** Item of the largest difference. */
  readonly id: string;
}

export interface TextDrift extends Pick<Written, 'steps' | 'draw'> {
  readonly id: string;
  readonly view: string;
  /** First character that differs. */
  readonly at: number;
  /** Where the steps part; null where they were not kept, or the model writes left to right. */
  readonly parting: Parting | null;
}

const SHOWN = 20;

export interface DriftSide {
  readonly records: readonly ItemRecord[];
  readonly traces: ReadonlyMap<string, ItemTrace>;
}

/** @throws RangeError where the runs have no item in common */
export function driftOf(a: DriftSide, b: DriftSide): Drift {
  const second = new Map(b.records.map((record) => [record.id, record]));
  const pairs = a.records.flatMap((record) => {
    const other = second.get(record.id);
    return other === undefined ? [] : [[record, other] as const];
  });
  if (pairs.length === 0) throw new RangeError('driftOf: the runs have no item in common');
  const other = pairs.filter(([x, y]) => canonicalJson(x) !== canonicalJson(y));
  const decided = new Set(other.filter(([x, y]) => decisionsOf(x) !== decisionsOf(y)).map(([{ id }]) => id));
  const texts = other.flatMap(([x, y]) => textDrifts(x, y, a.traces.get(x.id), b.traces.get(x.id)));
  const layout = layoutOf(pairs.map(([{ cluster }]) => ({ cluster })));
  return {
    verdict: other.length === 0 ? 'identical' : decided.size === 0 ? 'same-decisions' : 'other-decisions',
    items: pairs.length,
    unpaired: a.records.length + b.records.length - 2 * pairs.length,
    otherBytes: other.length,
    scores: scoreDrift(pairs),
    otherDecisions: boundedInterval(
      layout,
      pairs.map(([{ id }]) => Number(decided.has(id))),
    ),
    decided: [...decided].slice(0, SHOWN),
    texts: texts.slice(0, SHOWN),
    otherTexts: new Set(texts.map(({ id }) => id)).size,
  };
}

/** What is chosen, under each ranking, and every metric that counts. */
function decisionsOf({ score, response }: ItemRecord): string {
  if (score.kind === 'unscored') return 'unscored';
  const counted = Object.entries(score.values).filter(([, value]) => value === 0 || value === 1);
  const rankings =
    response.kind === 'answered'
      ? Object.entries(response.views).map(([view, { rankings: by }]) =>
          Object.entries(by).map(([name, ranking]) => [view, name, ranking?.best]),
        )
      : [];
  return canonicalJson([score.answer, Object.fromEntries(counted), rankings]);
}

function scoreDrift(pairs: readonly (readonly [ItemRecord, ItemRecord])[]): ScoreDrift | null {
  let found: ScoreDrift = { answers: 0, largest: 0, largestPerToken: 0, id: '' };
  for (const [a, b] of pairs) {
    for (const { difference, tokens } of scoreDifferences(a, b)) {
      found = {
        answers: found.answers + 1,
        largest: Math.max(found.largest, difference),
        largestPerToken: Math.max(found.largestPerToken, difference / Math.max(1, tokens)),
        id: found.id === '' || difference > found.largest ? a.id : found.id,
      };
    }
  }
  return found.answers === 0 ? null : found;
}

/** Of each answer that both have, the largest difference over its quantities. */
function scoreDifferences({ response: a }: ItemRecord, { response: b }: ItemRecord) {
  if (a.kind !== 'answered' || b.kind !== 'answered') return [];
  return Object.entries(a.views).flatMap(([view, { alternatives }]) =>
    alternatives.flatMap((one, i) => {
      const other = b.views[view]?.alternatives[i];
      if (other === undefined) return [];
      const gaps = Object.entries(one.quantities).map(([name, quantity]) => {
        const value = quantity?.value ?? 0;
        return Math.abs(value - (other.quantities[name as keyof typeof other.quantities]?.value ?? value));
      });
      return { difference: Math.max(0, ...gaps), tokens: one.tokens };
    }),
  );
}

function textDrifts(
  { id, response: a }: ItemRecord,
  { response: b }: ItemRecord,
  first: ItemTrace | undefined,
  second: ItemTrace | undefined,
): readonly TextDrift[] {
  if (a.kind !== 'written' || b.kind !== 'written') return [];
  return Object.entries(a.views).flatMap(([view, written]) =>
    written.flatMap(({ steps, draw, text }, i) => {
      const other = b.views[view]?.[i]?.text;
      if (other === undefined || other === text) return [];
      const isIt = (trace: ItemTrace['texts'][number]) =>
        trace.view === view && trace.steps === steps && trace.draw === draw;
      const paths = [first?.texts.find(isIt), second?.texts.find(isIt)];
      const [x, y] = paths;
      const parting = x === undefined || y === undefined ? null : partingOf(x, y);
      return { id, view, steps, draw, at: firstDifference(text, other), parting };
    }),
  );
}

function firstDifference(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  for (let at = 0; at < most; at++) if (a[at] !== b[at]) return at;
  return most;
}

export interface Parting {
  /** From 1, of the steps that went through the network. */
  readonly step: number;
  readonly position: number;
  /** Text of the token that each proposed there; equal where only what is revealed differs. */
  readonly pieces: readonly [string, string];
  /** Between the log-probabilities that the two gave to their proposals: near 0, a tie was broken by rounding. */
  readonly gap: Nats;
  /** Largest difference of the log-probabilities of equal proposals, up to this step. */
  readonly noise: Nats;
}

/** null where both propose and reveal the same in every step. */
function partingOf(a: TextTrace, b: TextTrace): Parting | null {
  let noise = 0;
  for (const [i, one] of a.path.entries()) {
    const other = b.path[i];
    if (other === undefined) return null;
    const proposals = paired(one, other);
    for (const { tokens, confidences } of proposals) {
      if (tokens[0] === tokens[1]) noise = Math.max(noise, Math.abs(confidences[0] - confidences[1]));
    }
    const parted = proposals.find(({ position, tokens }) => {
      return tokens[0] !== tokens[1] || one.revealed.includes(position) !== other.revealed.includes(position);
    });
    if (parted === undefined) continue;
    const { position, tokens, confidences } = parted;
    const pieces = [a.pieces[tokens[0]] ?? '', b.pieces[tokens[1]] ?? ''] as const;
    return { step: i + 1, position, pieces, gap: Math.abs(confidences[0] - confidences[1]), noise };
  }
  return null;
}

/** What both propose for a position, in the order of positions. */
function paired(a: TraceStep, b: TraceStep) {
  return a.positions.flatMap((position, i) => {
    const j = b.positions.indexOf(position);
    if (j < 0) return [];
    return {
      position,
      tokens: [a.tokens[i] ?? -1, b.tokens[j] ?? -1] as const,
      confidences: [a.confidences[i] ?? 0, b.confidences[j] ?? 0] as const,
    };
  });
}
