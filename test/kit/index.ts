/**
 * `dlm-bench/testing`: what a task or an engine must do, as suites that any test runner can run. This package's own tasks and
 * engines are tested by the same ones.
 */
export { certainOf, referenceOf, wrote } from './answers.ts';
export { type EngineUnderTest, testEngine } from './engines.ts';
export type { TestRunner } from './runner.ts';
export { testTask } from './tasks.ts';
