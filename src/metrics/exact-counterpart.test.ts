import { expect, it } from 'vitest';
import { heldUnder } from './exact-counterpart.ts';

const among = (...names: readonly string[]) => {
  return (name: string) => names.includes(name);
};

it('finds the exact values of an autoregressive model under the names that it has them by', () => {
  expect(heldUnder('exactBitsPerByte', 'autoregressive', among('nll', 'bitsPerByte'))).toBe('bitsPerByte');
  expect(heldUnder('marginal', 'autoregressive', among('nll'))).toBe('nll');
  expect(heldUnder('marginal', 'autoregressive', among('acc', 'goldNats'))).toBe('goldNats');
  expect(heldUnder('accExact', 'autoregressive', among('acc'))).toBe('acc');
  expect(heldUnder('slack', 'autoregressive', among('nll'))).toBeNull();
});

it('takes no bound of a diffusion model for its likelihood', () => {
  expect(heldUnder('exactBitsPerByte', 'diffusion', among('nelbo', 'bitsPerByte'))).toBeNull();
  expect(heldUnder('exactBitsPerByte', 'diffusion', among('exactBitsPerByte'))).toBe('exactBitsPerByte');
});
