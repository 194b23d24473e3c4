import type { RunFacts } from '../view/run-facts.ts';

export interface JsonDocument {
  readonly format: 'bench-runs/1';
  readonly runs: readonly RunFacts[];
}

/** What `--json` prints: the runs with every metric as fractions and raw units, never percent. */
export function toJsonDocument(runs: readonly RunFacts[]): JsonDocument {
  return { format: 'bench-runs/1', runs };
}
