import { expect, it } from 'vitest';
import { sftRowSchema } from '../core/sft-row.ts';
import { readCatalog } from './catalog.ts';
import type { Checkpoint } from './checkpoint.ts';
import { requireSftRow } from './require-sft-row.ts';

const ROW = { bosId: 1, sepId: 4, eosId: 2, padId: 3, splitDigits: false, hiddenIds: [] };
type Owner = Parameters<typeof requireSftRow>[0];
const architecture = { kind: 'gpt2', vocabularyRows: 5 } as Checkpoint['architecture'];
const owner = (changes: Partial<Owner> = {}): Owner => ({
  name: 'mine',
  folder: '/models/mine',
  architecture,
  options: { family: 'diffusion', maskId: 0, shift: true },
  sft: ROW,
  endIds: [],
  ...changes,
});

it('is what the checkpoint says', () => {
  expect(requireSftRow(owner(), null)).toBe(ROW);
});

it('is a plain continuation until EOS for an autoregressive model that says nothing', () => {
  const causal = owner({ options: { family: 'autoregressive', maskId: null, shift: true }, sft: null });
  expect(requireSftRow(causal, 7)).toEqual({ ...ROW, bosId: null, sepId: null, eosId: 7, padId: null });
  expect(() => requireSftRow(causal, null)).toThrow(/neither it nor its tokenizer has an EOS/);
  expect(requireSftRow({ ...causal, endIds: [3, 4] }, null).eosId).toBe(3);
});

it('must be said of a diffusion model; the error names the field and the file', () => {
  expect(() => requireSftRow(owner({ sft: null }), 7)).toThrow(
    expect.objectContaining({
      code: 'bad-arguments',
      message: expect.stringMatching(/^mine: /),
      hint: expect.stringMatching(/"sft": .*"sepId".*\/models\/mine\/bench\.json/),
    }),
  );
});

it.each([
  ['padId', { padId: 5 }],
  ['hiddenIds', { hiddenIds: [9] }],
])('refuses %s that is no token', (field, changes) => {
  expect(() => requireSftRow(owner({ sft: { ...ROW, ...changes } }), 7)).toThrow(
    new RegExp(`sft\\.${field} \\d is no token; the vocabulary has 5 rows`),
  );
});

it('is strict about what it holds', () => {
  expect(sftRowSchema.parse({ bosId: null, sepId: 1, eosId: 2, padId: null })).toMatchObject({
    splitDigits: false,
    hiddenIds: [],
  });
  expect(sftRowSchema.safeParse({ bosId: null, sepId: 1, eosId: 2 }).success).toBe(false);
  expect(sftRowSchema.safeParse({ ...ROW, separator: 1 }).success).toBe(false);
  expect(sftRowSchema.safeParse({ ...ROW, eosId: -1 }).success).toBe(false);
});

it('is as published for the diffusion models of the catalog', () => {
  const rows = [...readCatalog()].map(([name, { sft }]) => [name, sft] as const).filter(([, sft]) => sft !== undefined);
  expect(Object.fromEntries(rows)).toMatchObject({
    'diffugpt-s': { bosId: 50256, sepId: 50155, eosId: 50256, padId: 50256, splitDigits: false },
    'diffugpt-m': { bosId: 50256, sepId: 50155, eosId: 50256, padId: 101, splitDigits: true },
    diffullama: { bosId: 1, sepId: 4936, eosId: 2, padId: 30399, splitDigits: false },
  });
});
