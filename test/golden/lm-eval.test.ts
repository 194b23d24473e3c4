/**
 * `lm-eval` against lm-evaluation-harness (EleutherAI, commit 4e7e0d47f).
 *
 * Without examples: the SHA-256 of whole request lists in its test data of v0.3 (`tests/testdata/*-v0-*`), whose wordings these tasks still
 * have: rows in the order of Python's `random.Random(42).shuffle`, the list as `json.dumps`. With examples, and for tasks that
 * v0.3 had not: the same digest, in data-set order, over the requests that its own `ContextSampler` and `build_qa_turn` (0.4.13)
 * made of the same rows.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { groupBy } from '../../src/core/collect.ts';
import { PythonRandom } from '../../src/core/numbers/python-random.ts';
import { sha256 } from '../../src/core/text/digest.ts';
import { loadTask } from '../../src/datasets/load-task.ts';
import { RUN_DEFAULTS } from '../../src/evaluate/options.ts';
import { type DumpedRequest, requestsOf } from '../../src/evaluate/requests/dump-requests.ts';
import { taskNamed } from '../../tasks/index.ts';

const dataDir = fileURLToPath(new URL('../../../shared/data', import.meta.url));
const skipped = existsSync(dataDir) ? '' : ' (skipped: no data folder beside the repository)';

/** Python's `json.dumps` of lists of texts. */
const pythonJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replaceAll(/[^ -~]/g, escaped);
};

const digest = (requests: readonly unknown[]): string => sha256(pythonJson(requests));
const pair = ({ context, continuation }: DumpedRequest) => [context, continuation];

async function requests(task: string, shots = 0, shotsFrom: string | null = null): Promise<readonly DumpedRequest[]> {
  const options = {
    ...RUN_DEFAULTS,
    models: [],
    tasks: [task],
    protocol: 'lm-eval',
    dataDir,
    shots,
    shotsFrom,
  } as const;
  for await (const dumped of requestsOf(options)) return dumped.requests;
  throw new RangeError(task);
}

/** Requests item by item, in the order in which the tests of v0.3 asked. */
async function shuffled(task: string): Promise<readonly (readonly DumpedRequest[])[]> {
  const items = groupBy(await requests(task), ({ id }) => id);
  return new PythonRandom(42).shuffle([...items.values()]);
}

describe.skipIf(skipped !== '')(`lm-eval without examples asks what lm-evaluation-harness asks${skipped}`, () => {
  it.each([
    ['piqa', '6048a3a2bb3ad1e6a3d98139618e06b4d7de766edd685bd38837596199c3f69f'],
    ['winogrande', '90a3eff49de9173964d46f5ed57bcf9a78a72dd1bfe0e5323b25cebb40b49ea9'],
  ])('%s', async (task, expected) => {
    expect(digest((await shuffled(task)).flat().map(pair))).toBe(expected);
  });

  // It asked each twice in a row: once for the likelihood, once for whether it is the most likely.
  it.each([
    ['lambada', '8958d9f8d8145046b692fadd8a9cc9c8bad5617c10774280cf7c24c21d2be160'],
    ['lambada-openai', '6829e6a8aa5922e6c92dd31403cc060f242dc0ede4a775e085a70da095ab2e20'],
  ])('%s', async (task, expected) => {
    const twice = (await shuffled(task)).flat().flatMap((request) => [pair(request), pair(request)]);
    expect(digest(twice)).toBe(expected);
  });

  it('gsm8k-natural: the contexts, with the stop of v0.3', async () => {
    const asked = (await shuffled('gsm8k-natural')).flat().map(({ context }) => [context, ['\n']]);
    expect(digest(asked)).toBe('e7292dbdd7fd8419ba954f2e0701e04c8d0e8842fe053dbf2fe47d926630e35e');
  });

  it('siqa', async () => {
    const asked = (await requests('siqa')).map(pair);
    expect(digest(asked)).toBe('57ec4691b1b5c6c87696b3351b1b2626eb2987b251db4e5e0882b2b253cf95b0');
  });
});

describe.skipIf(skipped !== '')(`lm-eval with examples asks what lm-evaluation-harness asks${skipped}`, () => {
  const pools = new Map<string, string>();
  beforeAll(async () => {
    // Training splits are not beside the repository: the first rows of a set stand in, so that some items draw themselves.
    const folder = await mkdtemp(join(tmpdir(), 'bench-shots-'));
    for (const name of ['piqa', 'winogrande', 'siqa', 'lambada-openai']) {
      const task = taskNamed(name);
      if (task === undefined) throw new RangeError(name);
      const { rows } = await loadTask(task, { dataDir, allowFixtures: false, limit: 300 });
      const file = join(folder, `${name}.jsonl`);
      await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      pools.set(name, file);
    }
  });

  it.each([
    ['piqa', 3, 'piqa', 'c7840357849533e494b47f1d1602f4a52c5a8f3b04d72bd908103e0b5f954ca7'],
    ['winogrande', 5, 'winogrande', '702de6bf83e8f489e35ff0e38ba2a5195837dae80f9903203a66181fbd1e5386'],
    ['siqa', 4, 'siqa', '07b07ce65c50e72456675d2cf66e781ded9cf4c49f9b551fc2123f95fde6f458'],
    ['lambada', 1, 'lambada-openai', '9c1675da955f2dc85547c1f15812333432d5fe2dbd9450e844b09680ac290473'],
  ])('%s, %i of the first 300 rows of %s', async (task, shots, pool, expected) => {
    expect(digest((await requests(task, shots, pools.get(pool) ?? null)).map(pair))).toBe(expected);
  });

  it.each([
    ['lambada-openai', 2, '6d4cff401b47418f857e920a19076363ea7a2fc74be891364431603975327d36'],
    ['gsm8k-natural', 5, 'a1a29be7dc0b12e48eb4f2429f21649717b020a65e2af62722eb36a12626465e'],
  ])('%s, %i of the rows that its task names', async (task, shots, expected) => {
    expect(digest((await requests(task, shots)).map(pair))).toBe(expected);
  });
});
