/** What `bench compare` assumes; apart from the schema, so that help can show it without loading one. */
export const COMPARE_DEFAULTS = { test: 'auto', interval: 'auto', alpha: 0.05, power: 0.8, margin: 0.02 } as const;
