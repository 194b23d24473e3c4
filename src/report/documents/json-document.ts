import type { RunReport } from '../view/run-facts.ts';

export interface JsonDocument {
  readonly format: 'bench-runs/1';
  readonly runs: readonly RunReport[];
}

/** What `--json` prints: the runs with every metric as fractions and raw units, never percent. */
export function toJsonDocument(runs: readonly RunReport[]): JsonDocument {
  return { format: 'bench-runs/1', runs };
}
