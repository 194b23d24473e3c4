/** Which ranking decides `acc`: one rule for scores, reports and gates. */
import type { RunManifest } from './manifest.ts';
import type { ProtocolName } from './protocol-name.ts';
import type { Family } from './question.ts';
import type { Normalisation, RankingName } from './response.ts';

export interface Ranked {
  readonly family: Family;
  readonly protocol: ProtocolName;
  /** As the task's protocol says for the family. */
  readonly headline: Normalisation;
}

/** @param steps the largest T that was asked for; undefined where none was, and then two protocols rank nothing */
export function headlineRanking({ family, protocol, headline }: Ranked, steps: number | undefined): RankingName | null {
  if (family === 'autoregressive') return `loglikelihood/${headline}`;
  if (protocol === 'canonical' || protocol === 'lm-eval') return `nelbo/${headline}`;
  if (steps === undefined) return null;
  return protocol === 'paper' ? `official@${steps}/sum` : `nelbo@${steps}/mean`;
}

/** Of a run, by its manifest and what its task says; null for a task that ranks nothing, or that nobody knows. */
export function rankingOfRun({ model, settings }: RunManifest, headline: Normalisation | null): RankingName | null {
  if (headline === null) return null;
  return headlineRanking({ family: model.family, protocol: settings.protocol, headline }, settings.steps.at(-1));
}
