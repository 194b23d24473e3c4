import { HarnessError } from '../core/errors.ts';

interface Given {
  readonly offset?: number;
  readonly sample?: number | null;
  readonly items?: string | null;
  readonly tasks?: readonly string[] | null;
}

/** Items are chosen in one way. @throws HarnessError 'bad-arguments' */
export function requireOneSubset({ offset = 0, sample = null, items = null, tasks = null }: Given): void {
  const given = [
    ...(offset > 0 ? ['--offset'] : []),
    ...(sample !== null ? ['--sample'] : []),
    ...(items !== null ? ['--items'] : []),
  ];
  if (given.length > 1) {
    throw new HarnessError(
      'bad-arguments',
      `${given.join(', ')}: expected one way to choose items, found ${given.length}`,
    );
  }
  if (items !== null && tasks?.length !== 1) {
    const found = tasks === null ? 'none named' : tasks.join(', ');
    throw new HarnessError('bad-arguments', `--items: expected one task, whose items they are, found ${found}`, {
      hint: 'name one with --tasks',
    });
  }
}
