import { describe, expect, it } from 'vitest';
import type { Gpt2Architecture } from '../../architectures/gpt2.ts';
import type { Executable } from '../../engines/engine.ts';
import type { LogprobOutput, ReadoutInput } from '../../programs/readout.ts';
import type { HostTensor } from '../../tensor/ops.ts';
import { forwardWith } from './forward.ts';
import { countingPositions, type Sequence } from './sequence.ts';

const net: Gpt2Architecture = {
  kind: 'gpt2',
  layers: 1,
  width: 1024,
  heads: 1,
  innerWidth: 16,
  contextLength: 64,
  layerNormEpsilon: 1e-5,
  vocabularyRows: 1000,
  tiedHead: true,
};

type Feeds = Readonly<Record<ReadoutInput, HostTensor>>;

/** Answers −(id at the row + target / 1000), and notes what it was fed. */
function echo(): { executable: Executable<ReadoutInput, LogprobOutput>; calls: Feeds[] } {
  const calls: Feeds[] = [];
  const run: Executable<ReadoutInput, LogprobOutput>['run'] = async (feeds) => {
    calls.push(feeds);
    const logprobs = Float32Array.from(
      feeds.rows.data,
      (row, r) => -((feeds.ids.data[row] as number) + (feeds.targets.data[r] as number) / 1000),
    );
    const dims = [logprobs.length];
    return {
      logprobs: { dims, data: logprobs },
      best: { dims, data: Int32Array.from(feeds.targets.data) },
      bestLogprobs: { dims, data: logprobs },
    };
  };
  return { executable: { run, dispose: async () => {} }, calls };
}

function sequence(length: number, ...rows: number[]): Sequence {
  return {
    ids: Int32Array.from({ length }, (_, i) => 10 * length + i),
    positions: countingPositions(length),
    attention: { kind: 'full' },
    reads: rows.map((row) => ({ row, target: row + 1 })),
  };
}

const SEQUENCES = [sequence(4, 0, 3), sequence(30, 29), sequence(2, 1), sequence(9, 0, 4, 8)];
const EXPECTED = SEQUENCES.map(({ ids, reads }) =>
  reads.map(({ row, target }) => Math.fround(-((ids[row] as number) + target / 1000))),
);

describe('a forward', () => {
  it.each([
    ['one batch', {}, 1],
    ['one sequence a batch', { sequences: 1 }, 4],
    ['30 tokens a batch', { tokens: 30 }, 2],
    ['3 rows a batch', { rows: 3 }, 3],
    ['limits below any sequence', { tokens: 1, rows: 1, sequences: 1 }, 4],
  ])('answers in the order asked, in %s', async (_, limits, batches) => {
    const { executable, calls } = echo();
    const readings = await forwardWith(executable, net, { limits })(SEQUENCES);
    expect(readings.map(({ logprobs }) => [...logprobs])).toEqual(EXPECTED);
    expect(readings.map(({ best }) => [...best])).toEqual(
      SEQUENCES.map(({ reads }) => reads.map(({ target }) => target)),
    );
    expect(calls).toHaveLength(batches);
  });

  it('never lets one long sequence make many short ones take its square of attention', async () => {
    const { executable, calls } = echo();
    const mixed = [sequence(1000, 999), ...Array.from({ length: 200 }, () => sequence(10, 9))];
    await forwardWith(executable, net, { limits: { tokens: 4096 } })(mixed);
    const entries = calls.map(({ bias }) => bias.data.length);
    // 1,024 slots squared is 2^20, and two of them are the limit; alone, 200 short ones take 200 squares of 64.
    expect(Math.max(...entries)).toBeLessThanOrEqual(2 ** 21);
    expect(calls.length).toBeLessThan(5);
  });

  it('puts the longest sequences together', async () => {
    const { executable, calls } = echo();
    await forwardWith(executable, net, { limits: { sequences: 2 } })(SEQUENCES);
    const firstIds = calls.map(({ ids, slots: { dims, data } }) =>
      Array.from({ length: dims[0] as number }, (_, b) => ids.data[data[b * (dims[1] as number)] as number]),
    );
    expect(firstIds).toEqual([
      [300, 90],
      [40, 20],
    ]);
  });

  it('of nothing runs nothing', async () => {
    const { executable, calls } = echo();
    expect(await forwardWith(executable, net)([])).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('that gives NaN is an error', async () => {
    const { executable } = echo();
    const broken: typeof executable = {
      ...executable,
      run: async (feeds) => {
        const outputs = await executable.run(feeds);
        (outputs.logprobs.data as Float32Array)[0] = Number.NaN;
        return outputs;
      },
    };
    await expect(forwardWith(broken, net)(SEQUENCES)).rejects.toMatchObject({ code: 'non-finite' });
  });

  it('that is aborted stops between two batches', async () => {
    const { executable, calls } = echo();
    const controller = new AbortController();
    const stopping: typeof executable = {
      ...executable,
      run: (feeds) => {
        controller.abort();
        return executable.run(feeds);
      },
    };
    const limits = { sequences: 1 };
    const forward = forwardWith(stopping, net, { limits, signal: controller.signal });
    await expect(forward(SEQUENCES)).rejects.toMatchObject({ code: 'interrupted' });
    expect(calls).toHaveLength(1);
  });
});
