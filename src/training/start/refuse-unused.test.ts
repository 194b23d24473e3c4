import { expect, it } from 'vitest';
import { refuseUnused } from './refuse-unused.ts';

const PRESETS = {
  shift: null,
  annealSteps: 1,
  loss: 'paper',
  stratify: false,
  maskToken: null,
  init: 'tiny-gpt2',
} as const;

it('refuses options of the diffusion recipe for autoregressive models, all by name', () => {
  const given = { ...PRESETS, shift: false, annealSteps: 5 };
  expect(() => refuseUnused(given, { family: 'autoregressive' })).toThrow(
    '--no-shift, --anneal-steps: expected a diffusion model, found autoregressive tiny-gpt2',
  );
  const others = { ...PRESETS, loss: 'fixed', stratify: true, maskToken: 'new', init: null } as const;
  expect(() => refuseUnused(others, { family: 'autoregressive' })).toThrow(
    '--loss, --stratify, --mask-token: expected a diffusion model, found an autoregressive one',
  );
});

it('takes them for diffusion models, and the presets for all', () => {
  expect(() => refuseUnused({ ...PRESETS, shift: false, annealSteps: 5 }, { family: 'diffusion' })).not.toThrow();
  expect(() => refuseUnused(PRESETS, { family: 'autoregressive' })).not.toThrow();
});
