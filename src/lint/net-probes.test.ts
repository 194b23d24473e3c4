import { describe, expect, it } from 'vitest';
import type { Forward, Sequence } from '../lm/forward/sequence.ts';
import { type ProbedNet, probeNet } from './net-probes.ts';

const ROWS = 50;

/** Which slots a query of a sequence may see, as the attention pattern says. */
function sees({ attention }: Sequence, query: number, key: number): boolean {
  if (attention.kind === 'full') return true;
  if (attention.kind === 'blocks') return Math.floor(key / attention.length) <= Math.floor(query / attention.length);
  if (key > query) return false;
  if (attention.kind !== 'branches' || key < attention.prefix) return true;
  const ends = attention.branches.map((_, b) =>
    attention.branches.slice(0, b + 1).reduce((sum, length) => sum + length, attention.prefix),
  );
  const branchOf = (slot: number) => ends.findIndex((end) => slot < end);
  return branchOf(query) === branchOf(key);
}

type Visible = (sequence: Sequence, query: number, key: number, batch: readonly Sequence[]) => boolean;

/** A net whose output at a row is made of the ids that the row sees; `extra` is added by the company it is in. */
function net(isVisible: Visible = sees, extra: (batch: readonly Sequence[]) => number = () => 0, spread = 1): Forward {
  return async (sequences) =>
    sequences.map((sequence) => {
      const logprobs = sequence.reads.map(({ row, target }) => {
        const seen = Array.from(sequence.ids).reduce(
          (sum, id, key) => sum + (isVisible(sequence, row, key, sequences) ? (id + 1) * (key + 1) : 0),
          0,
        );
        return -Math.log(ROWS) - spread * (0.5 + 0.5 * Math.sin(seen + target)) - extra(sequences);
      });
      return {
        logprobs: Float32Array.from(logprobs),
        best: new Int32Array(logprobs.length),
        bestLogprobs: new Float32Array(logprobs.length).fill(-Math.log(ROWS) + spread),
      };
    });
}

async function states(family: ProbedNet['family'], forward: Forward, openFraction = 1, blockLength?: number) {
  const net = { family, forward, vocabularyRows: ROWS, contextLength: 64, openFraction, blockLength };
  const checks = await probeNet(net);
  return Object.fromEntries(checks.map(({ name, state }) => [name, state]));
}

const CLEAN = { packing: 'ok', head: 'ok' };

describe('a net that honours the attention pattern', () => {
  it('passes as either family', async () => {
    expect(await states('autoregressive', net())).toEqual({ causal: 'ok', ...CLEAN });
    expect(await states('diffusion', net())).toEqual({ bidirectional: 'ok', ...CLEAN });
  });

  it.each([1, 4, 32])('passes in blocks of %i', async (length) => {
    expect(await states('diffusion', net(), 1, length)).toEqual({ bidirectional: 'ok', ...CLEAN });
  });

  it('is not asked for a future that is closed on purpose', async () => {
    expect(await states('diffusion', net(), 0)).toEqual({ bidirectional: 'skipped', ...CLEAN });
  });
});

describe('a fault is found', () => {
  it('T34: an autoregressive net that sees the future', async () => {
    const forward = net(() => true);
    expect(await states('autoregressive', forward)).toEqual({ causal: 'error', ...CLEAN });
  });

  it('an autoregressive net whose answers see each other', async () => {
    const forward = net(
      (sequence, query, key) =>
        sees(sequence, query, key) || (sequence.attention.kind === 'branches' && key === sequence.ids.length - 1),
    );
    expect(await states('autoregressive', forward)).toEqual({ causal: 'error', ...CLEAN });
  });

  it('T34: a diffusion net that sees the past only', async () => {
    const forward = net((_sequence, query, key) => key <= query);
    expect(await states('diffusion', forward)).toEqual({ bidirectional: 'error', ...CLEAN });
  });

  it('a net of blocks that sees the next one, or the past only', async () => {
    expect(
      (
        await states(
          'diffusion',
          net(() => true),
          1,
          4,
        )
      ).bidirectional,
    ).toBe('error');
    expect(
      (
        await states(
          'diffusion',
          net((_sequence, query, key) => key <= query),
          1,
          4,
        )
      ).bidirectional,
    ).toBe('error');
  });

  it('a net in which packed sequences mix', async () => {
    const forward = net(sees, (batch) => 0.01 * (batch.length - 1));
    expect((await states('diffusion', forward)).packing).toBe('error');
    expect((await states('autoregressive', forward)).packing).toBe('error');
  });

  it('a head that holds nothing', async () => {
    const forward = net(sees, () => 0, 0);
    expect((await states('autoregressive', forward)).head).toBe('error');
  });
});
