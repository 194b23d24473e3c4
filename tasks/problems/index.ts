/** Every generator of problems, by the name that configurations use. */
import { arithmetic } from './arithmetic.ts';
import { countdown } from './countdown.ts';
import type { ProblemGenerator } from './generator.ts';
import { pointerChasing } from './pointer-chasing.ts';
import { stories } from './stories.ts';
import { wordProblems } from './word-problems.ts';

export const PROBLEM_GENERATORS: readonly ProblemGenerator[] = [
  pointerChasing,
  countdown,
  wordProblems,
  arithmetic,
  stories,
];
