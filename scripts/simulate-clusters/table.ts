/** The tables of results/cluster-simulation.md. */
import { DIFFICULTY } from './draw-pair.ts';
import { ALPHA, type Cell, MARGIN, type Shares } from './simulate-cell.ts';

const COVERAGE = 0.93;

export interface NamedCell {
  readonly set: string;
  readonly base: number;
  readonly apart: number;
  readonly cell: Cell;
}

export interface NamedShares {
  readonly set: string;
  readonly churn: number;
  readonly shares: Shares;
}

/** Most that a share with the nominal value may be in so many repetitions: 3 standard errors above. */
export const mostErrors = (repetitions: number): number => ALPHA + 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / repetitions);

/** The cells that break a limit, named. */
export function broken(cells: readonly NamedCell[], repetitions: number): readonly string[] {
  const most = mostErrors(repetitions);
  return cells.flatMap(({ set, base, apart, cell }) => {
    const isKept =
      Math.max(cell.falseAlarm.clustered, cell.falsePass.clustered) <= most &&
      Math.min(cell.accuracy.clustered, cell.difference.clustered) >= COVERAGE;
    return isKept ? [] : [`${set}, accuracy ${base}, s = ${apart}`];
  });
}

export function simulationMarkdown(
  cells: readonly NamedCell[],
  lost: readonly NamedShares[],
  repetitions: number,
): string {
  const failures = broken(cells, repetitions);
  return `# Clusters: simulated errors of verdicts

\`node dist/scripts/simulate-clusters.js ${repetitions}\`; ${repetitions.toLocaleString('en')} samples a cell. Each sample draws new problems with the real numbers of
items (the four HumanEval infilling sets): difficulties normal with a standard deviation of ${DIFFICULTY} logits, two models that differ by a
logit of standard deviation s over problems. In each column first with items taken as independent, then with clusters, in %:

- false alarm: \`compare\` of two equally good models, p <= ${ALPHA}; at most ${percent(mostErrors(repetitions))} (nominal + 3 standard errors)
- false pass: \`gate\`, true loss equal to its margin of ${MARGIN}; at most ${percent(mostErrors(repetitions))}
- pass: the same gate without a true loss (its power)
- accuracy, difference: how often the 95 % interval holds the value over new problems (of the difference at a true loss of ${MARGIN}); at least ${percent(COVERAGE)}

| set | accuracy | s | false alarm | false pass | pass | accuracy held | difference held |
|---|---|---|---|---|---|---|---|
${cells.map(row).join('\n')}

${failures.length === 0 ? 'Every cell keeps its limits.' : `Outside their limits: ${failures.join('; ')}.`}

## Where clusters do not suffice

A share ${MARGIN} of the problems is lost whole, all rows of them, and of the other rows each changes with the probability given, for the better and as often for the worse. What was not
seen then has the size of a problem, and rows that change one by one hide it. False passes of the same gate, in %:

| set | change | false pass |
|---|---|---|
${lost.map(({ set, churn, shares }) => `| ${set} | ${churn} | ${both(shares)} |`).join('\n')}
`;
}

const percent = (share: number): string => (100 * share).toFixed(1);
const both = ({ independent, clustered }: Shares): string => `${percent(independent)} → ${percent(clustered)}`;

function row({ set, base, apart, cell }: NamedCell): string {
  const { falseAlarm, falsePass, pass, accuracy, difference } = cell;
  const shares = [falseAlarm, falsePass, pass, accuracy, difference].map(both);
  return `| ${[set, base, apart, ...shares].join(' | ')} |`;
}
