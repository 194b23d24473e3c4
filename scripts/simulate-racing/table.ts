/** The tables of results/racing-simulation.md. */
import type { Cell, Outcomes } from './simulate-races.ts';

export interface Simulated {
  readonly cell: Cell;
  readonly outcomes: Outcomes;
}

/** A share above the risk by more than three of its standard errors. */
export const exceeds = ({ cell: { risk }, outcomes: { wrong } }: Simulated, repetitions: number): boolean =>
  wrong > risk + 3 * Math.sqrt((risk * (1 - risk)) / repetitions);

export function simulationMarkdown(simulated: readonly Simulated[], repetitions: number): string {
  const [first] = simulated;
  if (first === undefined) return '';
  const { risk, rounds } = first.cell;
  const broken = simulated.filter((each) => exceeds(each, repetitions));
  return `# Races: simulated errors of decisions

\`node dist/scripts/simulate-racing.js ${repetitions}\`; ${repetitions.toLocaleString('en')} races a cell, risk ${percent(risk)}, at most ${rounds} rounds (${1 + 2 ** (rounds - 1)} passes an answer).
The near ones of the other answers are behind the best by the margin, in standard deviations of a single draw, the rest by two more; at margin 0 whoever is not the last answer is wrong. The means of draws rise by two standard deviations from the first stratum to the
last. Skewed noise is turned so that a few draws favour the wrong answers. \`told\` is the variance that is said to be known, as a share of the true one.
Each entry: wrong decisions in %, undecided in %, passes of all answers.

${tables(simulated)}
${brokenText(broken)}
`;
}

/** Cells above the risk by more than chance, by what is told. */
function brokenText(broken: readonly Simulated[]): string {
  if (broken.length === 0) return 'No cell exceeds the risk by more than three standard errors.';
  const told = [...new Set(broken.map(({ cell }) => cell.told))].map((each) => {
    const of = broken.filter(({ cell }) => cell.told === each);
    const most = Math.max(...of.map(({ outcomes }) => outcomes.wrong));
    return `${of.length} where ${each} of the variance is told, ${percent(most)} at most`;
  });
  return `Cells above the risk by more than three standard errors: ${told.join('; ')}.`;
}

function tables(simulated: readonly Simulated[]): string {
  const margins = [...new Set(simulated.map(({ cell }) => cell.margin))];
  const rows = new Map<string, Simulated[]>();
  for (const each of simulated) {
    const key = rowName(each.cell);
    rows.set(key, [...(rows.get(key) ?? []), each]);
  }
  const head = `| noise | answers | near | told | ${margins.map((margin) => `margin ${margin}`).join(' | ')} |\n|---|---|---|---|${margins.map(() => '---|').join('')}`;
  const lines = [...rows].map(
    ([key, cells]) => `| ${key} | ${cells.map(({ outcomes }) => entry(outcomes)).join(' | ')} |`,
  );
  return `${[head, ...lines].join('\n')}\n`;
}

const rowName = ({ shape, answers, near, told }: Cell): string => `${shape.name} | ${answers} | ${near} | ${told}`;
const percent = (share: number): string => `${Number((100 * share).toFixed(3))} %`;
const entry = ({ wrong, undecided, passes }: Outcomes): string =>
  `${(100 * wrong).toFixed(2)}, ${(100 * undecided).toFixed(0)}, ${passes.toFixed(0)}`;
