/** Which ranking decides `acc`: one rule for scores, reports and gates. */
import type { Family, Normalisation, ProtocolName, RankingName } from './names.ts';

export interface Ranked {
  readonly family: Family;
  readonly protocol: ProtocolName;
  /** As the task's protocol says for the family. */
  readonly headline: Normalisation;
}

/** @param steps the largest T that was asked for; undefined where none was, and then two protocols rank nothing */
export function headlineRanking({ family, protocol, headline }: Ranked, steps: number | undefined): RankingName | null {
  if (family === 'autoregressive') return `loglikelihood/${headline}`;
  if (protocol === 'canonical' || protocol === 'olmes' || protocol === 'lm-eval') return `nelbo/${headline}`;
  if (steps === undefined) return null;
  return protocol === 'paper' ? `official@${steps}/sum` : `nelbo@${steps}/mean`;
}
