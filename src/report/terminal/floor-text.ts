import type { Floor } from '../../core/task.ts';

/** @param isWholeSet the values beside it are over the set that the floor was counted on */
export function floorText(task: string, { name, hits, of, origin }: Floor, isWholeSet = true): string {
  const share = ((100 * hits) / of).toFixed(2);
  return `${task}: ${name} passes ${hits} of ${of}${isWholeSet ? '' : ' of the full set'}, ${share} % (${origin}).`;
}
