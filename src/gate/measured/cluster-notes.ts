import { type ClusterSource, clusterNote } from '../../store/cluster-names.ts';
import type { RunPair } from './match-runs.ts';
import { taskOf } from './measured.ts';

/** Where the clusters of paired items are from: the candidate, else the reference, whoever names them. */
export function clustersOfPair({ reference, candidate }: Pick<RunPair, 'reference' | 'candidate'>): ClusterSource {
  const hasNames = ({ items }: RunPair['reference']) => items.some(({ cluster }) => typeof cluster === 'string');
  const [first] = [candidate, reference].filter(hasNames);
  if (first !== undefined) return first.clusters;
  return candidate.clusters === 'independent' ? reference.clusters : candidate.clusters;
}

/** What a reader must know of the clusters that comparisons count, a sentence each. */
export function clusterNotes(pairs: readonly RunPair[]): readonly string[] {
  const notes = pairs.flatMap((pair) => {
    const note = clusterNote(clustersOfPair(pair));
    return note === null ? [] : [`${taskOf(pair.reference)}: ${note}`];
  });
  return [...new Set(notes)];
}
