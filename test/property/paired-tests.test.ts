/** False alarms and power of the paired tests, by simulation. Tolerances are four standard errors of the simulated shares. */
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/core/numbers/random.ts';
import { normalQuantile } from '../../src/stats/distributions/normal-quantile.ts';
import { holm } from '../../src/stats/tests/holm.ts';
import { itemsNeeded, itemsNeededBinary } from '../../src/stats/tests/items-needed.ts';
import { mcNemar } from '../../src/stats/tests/mcnemar.ts';
import { signFlipTest } from '../../src/stats/tests/sign-flip-test.ts';
import { tTest } from '../../src/stats/tests/t-test.ts';

const REPLAYS = 2000;
const ALPHA = 0.05;
const tolerance = (share: number, trials: number) => 4 * Math.sqrt((share * (1 - share)) / trials);

/** Differences of 0/1 values: a pair goes up with one probability, down with the other. */
function binaryPairs(seed: number, n: number, up: number, down: number) {
  const random = stream(seed, 'pairs', n, up, down);
  return (replay: number) => {
    let [gained, lost] = [0, 0];
    for (let i = 0; i < n; i++) {
      const u = random.uniform(replay * n + i);
      if (u < up) gained++;
      else if (u < up + down) lost++;
    }
    return { gained, lost };
  };
}

function normalDifferences(seed: number, n: number, shift: number) {
  const random = stream(seed, 'differences', n, shift);
  return (replay: number) =>
    Array.from({ length: n }, (_, i) => shift + normalQuantile(random.uniform(replay * n + i) + 2 ** -54));
}

const rate = (trials: number, isAlarm: (replay: number) => boolean) =>
  Array.from({ length: trials }, (_, replay) => isAlarm(replay)).filter(Boolean).length / trials;

describe('two runs of equal quality raise an alarm no more often than alpha says', () => {
  const pairs = binaryPairs(1, 200, 0.1, 0.1);
  const differences = normalDifferences(2, 14, 0);

  it('by McNemar’s exact test', () => {
    const found = rate(REPLAYS, (replay) => mcNemar(pairs(replay).gained, pairs(replay).lost) <= ALPHA);
    expect(found).toBeLessThanOrEqual(ALPHA);
    expect(found).toBeGreaterThan(0.01);
  });

  it('by mid-p, nearly', () => {
    const found = rate(REPLAYS, (replay) => {
      const { gained, lost } = pairs(replay);
      return mcNemar(gained, lost, { midP: true }) <= ALPHA;
    });
    expect(Math.abs(found - ALPHA)).toBeLessThan(tolerance(ALPHA, REPLAYS));
  });

  it('by enumerated signs and by the t test', () => {
    const signs = rate(REPLAYS, (replay) => signFlipTest(stream(3, 'unused'), differences(replay)).p <= ALPHA);
    const t = rate(REPLAYS, (replay) => tTest(differences(replay)) <= ALPHA);
    expect(Math.abs(signs - ALPHA)).toBeLessThan(tolerance(ALPHA, REPLAYS));
    expect(Math.abs(t - ALPHA)).toBeLessThan(tolerance(ALPHA, REPLAYS));
  });

  it('by random signs', () => {
    const many = normalDifferences(4, 30, 0);
    const found = rate(REPLAYS, (replay) => signFlipTest(stream(5, replay), many(replay), { draws: 199 }).p <= ALPHA);
    expect(Math.abs(found - ALPHA)).toBeLessThan(tolerance(ALPHA, REPLAYS));
  });

  it('over five tasks at once, by Holm', () => {
    const found = rate(REPLAYS, (replay) => {
      const ps = [0, 1, 2, 3, 4].map((task) => tTest(differences(5 * replay + task)));
      return holm(ps).some((p) => p <= ALPHA);
    });
    const plain = rate(REPLAYS, (replay) =>
      [0, 1, 2, 3, 4].some((task) => tTest(differences(5 * replay + task)) <= ALPHA),
    );
    expect(found).toBeLessThan(ALPHA + tolerance(ALPHA, REPLAYS));
    expect(plain).toBeGreaterThan(3 * ALPHA);
  });
});

describe('an injected loss is found as often as the number of items was chosen for', () => {
  const trials = 1000;
  const power = 0.8;

  it('in 0/1 values', () => {
    const [discordance, loss] = [0.2, 0.06];
    const n = itemsNeededBinary(discordance, loss, { sides: 1 });
    const pairs = binaryPairs(6, n, (discordance - loss) / 2, (discordance + loss) / 2);
    const find = (midP: boolean) =>
      rate(trials, (replay) => {
        const { gained, lost } = pairs(replay);
        return mcNemar(gained, lost, { alternative: 'less', midP }) <= ALPHA;
      });
    expect(Math.abs(find(true) - power)).toBeLessThan(tolerance(power, trials));
    // The exact test is a little shy: its level at this n is 0.04 instead of 0.05.
    expect(find(false)).toBeGreaterThan(power - 0.03 - tolerance(power, trials));
    expect(find(false)).toBeLessThanOrEqual(find(true));
  });

  it('in measured values, by the t test and by random signs', () => {
    const loss = 0.4;
    const n = itemsNeeded(1, loss, { sides: 1 });
    const differences = normalDifferences(7, n, -loss);
    const t = rate(trials, (replay) => tTest(differences(replay), 'less') <= ALPHA);
    const signs = rate(trials, (replay) => {
      return signFlipTest(stream(8, replay), differences(replay), { alternative: 'less', draws: 199 }).p <= ALPHA;
    });
    expect(Math.abs(t - power)).toBeLessThan(tolerance(power, trials));
    expect(Math.abs(signs - power)).toBeLessThan(tolerance(power, trials) + 0.02);
  });
});
