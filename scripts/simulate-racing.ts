/**
 * How often races decide wrongly, by simulation over margins and shapes of noise: `node dist/scripts/simulate-racing.js [RACES]` (default:
 * 100000 a cell) writes results/racing-simulation.md; 2,000 take some four minutes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/files/package-root.ts';
import { SHAPES } from './simulate-racing/noise.ts';
import { type Cell, simulateRaces } from './simulate-racing/simulate-races.ts';
import { simulationMarkdown } from './simulate-racing/table.ts';

const RISK = 0.005;
const ROUNDS = 6;
/** Answers, and how many of the others are near the best. */
const FIELDS = [
  [2, 1],
  [4, 1],
  [4, 3],
] as const;
const MARGINS = [0, 0.1, 0.3, 1, 3];
/** The full mask mostly leads to expect too large a variance; a quarter of the true one stands for a net that misleads. */
const TOLD = [1 / 4, 1, 4];
const SEED = 15;

const repetitions = Number(process.argv[2] ?? '100000');
const cells = SHAPES.flatMap((shape) =>
  FIELDS.flatMap(([answers, near]) =>
    TOLD.flatMap((told) =>
      MARGINS.map((margin): Cell => ({ shape, answers, near, margin, told, risk: RISK, rounds: ROUNDS })),
    ),
  ),
);
const simulated = cells.map((cell, i) => ({ cell, outcomes: simulateRaces(cell, repetitions, SEED + i) }));
writeFileSync(join(packageRoot(), 'results/racing-simulation.md'), simulationMarkdown(simulated, repetitions));
