/** By what texts were written and judged: the line under a table, and names that tell apart what was computed otherwise. */
import { type ComputedBy, deviceOf, engineText, isExact } from '../../core/model.ts';
import { nameWith } from '../view/readings.ts';

/** A set of texts, and what wrote it. */
interface Written extends ComputedBy {
  readonly model: string;
  readonly judged: Judgement | null;
}

/** What judged a set of texts. */
interface Judgement extends ComputedBy {
  readonly judge: string;
}

/** The engines of texts and judges, in a sentence. */
export function engineNote(points: readonly Written[]): string {
  const [texts, judges] = [enginesOf(points), enginesOf(judgementsOf(points))];
  if (judges === '') return `Written by engine ${texts}.`;
  if (judges === texts) return `Written and judged by engine ${texts}.`;
  return `Written by engine ${texts}, judged by engine ${judges}.`;
}

/** The name of each point's model, with dtype and device where points of that name have several. */
export function modelNames(points: readonly Written[]): (point: Written) => string {
  return (point) => nameWith(point.model, apartIn(points.filter(({ model }) => model === point.model))(point));
}

/** The name of each judge; also a single one has its dtype where that rounds weights, as its numbers are then another model's. */
export function judgeNames(points: readonly Written[]): (judged: Judgement) => string {
  const all = judgementsOf(points);
  return (judged) => {
    const apart = apartIn(all.filter(({ judge }) => judge === judged.judge))(judged);
    return nameWith(judged.judge, [...new Set([...(isExact(judged.dtype) ? [] : [judged.dtype]), ...apart])]);
  };
}

const judgementsOf = (points: readonly Written[]): readonly Judgement[] => points.flatMap(({ judged }) => judged ?? []);

const enginesOf = (all: readonly ComputedBy[]): string => [...new Set(all.map(engineText))].join(', ');

/** What of dtype and device is not the same in all. */
function apartIn(all: readonly ComputedBy[]): (one: ComputedBy) => readonly string[] {
  const parts = [({ dtype }: ComputedBy) => dtype, deviceOf];
  const apart = parts.filter((part) => new Set(all.map(part)).size > 1);
  return (one) => apart.map((part) => part(one));
}
