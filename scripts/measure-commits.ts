/**
 * How many lines the same behaviour came to take: `node dist/scripts/measure-commits.js [SINCE] [--list]` sums the lines of `src` and `tasks`,
 * tests left out, over the commits since d24ebd1 (or SINCE) that claim to change no behaviour. That is what a commit is taken to
 * claim where it touches nothing that tells users of a change (CHANGELOG.md, README.md, docs/), and where no line of a test that has
 * `it(`, `describe(` or `expect(` comes or goes; one that moves may.
 */
import { execFileSync } from 'node:child_process';

const BEFORE = 'd24ebd1';
const FOR_USERS = /^(CHANGELOG\.md|README\.md|docs\/)/;
const IS_TEST = /\.test\.ts$|^test\//;
const IS_COUNTED = /^(src|tasks)\/.*\.ts$/;
const SAYS_BEHAVIOUR = /\b(it|describe|expect)(\.\w+)*\(/;

/** New behaviour by its first half, of which users were told with the second: threads that compute, a network that is told noise, its bounds and samplers. */
const TOLD_LATER: ReadonlySet<string> = new Set(['43bf243', '8207fcd', 'e3e7304']);

interface Commit {
  readonly name: string;
  /** Lines that came less those that went. */
  net: number;
  tellsUsers: boolean;
  /** Lines of tests that say what behaviour is -> how often they came less how often they went. */
  readonly said: Map<string, number>;
}

function commitsSince(since: string): readonly Commit[] {
  const format = ['--reverse', '--no-merges', '--format=commit %h %s', '--patch', '--unified=0', '--find-renames'];
  const log = execFileSync('git', ['log', ...format, '--no-color', `${since}..HEAD`], { maxBuffer: 2 ** 30 });
  const commits: Commit[] = [];
  let file = '';
  for (const line of log.toString().split('\n')) {
    const commit = commits.at(-1);
    if (line.startsWith('commit ')) commits.push({ name: line.slice(7), net: 0, tellsUsers: false, said: new Map() });
    else if (line.startsWith('diff --git ')) {
      file = line.replace(/.* b\//, '');
      if (commit !== undefined) commit.tellsUsers ||= FOR_USERS.test(file);
    } else if (commit !== undefined && /^[+-](?!\+\+ |-- )/.test(line)) addLine(commit, file, line);
  }
  return commits;
}

function addLine(commit: Commit, file: string, line: string): void {
  const change = line.startsWith('+') ? 1 : -1;
  const text = line.slice(1).trim();
  if (IS_TEST.test(file)) {
    if (SAYS_BEHAVIOUR.test(text)) commit.said.set(text, (commit.said.get(text) ?? 0) + change);
  } else if (IS_COUNTED.test(file)) commit.net += change;
}

const keepsBehaviour = ({ tellsUsers, said }: Commit): boolean =>
  !tellsUsers && [...said.values()].every((count) => count === 0);

function main(argv: readonly string[]): void {
  const since = argv.find((word) => !word.startsWith('--')) ?? BEFORE;
  const all = commitsSince(since);
  const kept = all.filter(keepsBehaviour);
  if (argv.includes('--list')) for (const { name, net } of kept) console.log(`${String(net).padStart(5)}  ${name}`);
  console.log(`${all.length} commits since ${since}; of those that claim to keep behaviour:`);
  const of = (what: string, commits: readonly Commit[]): void => {
    const sum = commits.reduce((total, { net }) => total + net, 0);
    console.log(`  ${String(commits.length).padStart(4)} ${what}: ${sum > 0 ? '+' : ''}${sum} lines`);
  };
  of('all', kept);
  of(
    'shorter',
    kept.filter(({ net }) => net < 0),
  );
  of(
    'longer',
    kept.filter(({ net }) => net > 0),
  );
  of(
    'all but those that brought what later commits told of',
    kept.filter(({ name }) => !TOLD_LATER.has(name.slice(0, 7))),
  );
}

main(process.argv.slice(2));
