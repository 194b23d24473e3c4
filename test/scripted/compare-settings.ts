import type { CompareSettings } from '../../src/gate/compare/compare-runs.ts';

/** What `bench compare` asks where no flag says otherwise. */
export const COMPARE_SETTINGS: CompareSettings = {
  metrics: null,
  test: 'auto',
  alpha: 0.05,
  power: 0.8,
  margin: 0.02,
  allowed: [],
  interval: 'auto',
  clusters: null,
};
