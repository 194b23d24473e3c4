/** What somebody meets who writes a plugin: it is edited between runs, throws, or never loads. Runs the compiled program. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const project = mkdtempSync(join(tmpdir(), 'bench-plugins-'));
beforeAll(() => {
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(ROOT, join(project, 'node_modules', 'dlm-bench'));
  const rows = ['red', 'green', 'blue', 'black'].map((word) => JSON.stringify({ word }));
  writeFileSync(join(project, 'rows.jsonl'), `${rows.join('\n')}\n`);
});
afterAll(() => rmSync(project, { recursive: true }));

function bench(words: string) {
  const argv = [join(ROOT, 'bin', 'bench.js'), ...words.split(' ')];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: project, encoding: 'utf8' });
  return { status, stdout, stderr };
}

interface Code {
  readonly context?: string;
  readonly score?: string;
  readonly id?: string;
  readonly first?: string;
}

/** Writes the plugin anew, as it is edited. */
function write({ context = "'The colour is'", score = 'scoreQuestion', id = 'word', first = '' }: Code): void {
  const text = `${first}
import { bothFamilies, choose, continuation, definePlugin, defineTask, joint, localRows, scoreQuestion, z } from 'dlm-bench';
const rowSchema = z.object({ word: z.string().min(3) });
const rows = new URL('./rows.jsonl', import.meta.url);
const question = ({ word }) =>
  choose([word, 'none'], 0, bothFamilies(joint([word, 'none'].map((each) => continuation(${context}, ' ' + each)))));
const headline = { autoregressive: 'sum', diffusion: 'sum' };
export const plugin = definePlugin({ name: 'mine', tasks: [defineTask({
  name: 'colours', version: 1, description: 'A colour', chance: 0.5, rowSchema,
  sources: [localRows('colours/jsonl', rows, rowSchema)], fixture: rows,
  protocols: { canonical: { question, headline } },
  id: ({ word }) => ${id},
  score: ${score},
})] });
`;
  writeFileSync(join(project, 'mine.mjs'), text);
}

const RUN = 'run --plugin ./mine.mjs --tasks colours --models random-gpt2';

it('tells of results that the plugin stored before it was edited', { timeout: 60_000 }, () => {
  write({});
  const before = bench(RUN);
  expect(before).toMatchObject({ status: 0 });
  write({ context: "'Its colour is'" });
  const { status, stdout, stderr } = bench(`${RUN} --json`);
  expect(status, stderr).toBe(0);
  const [run] = JSON.parse(stdout).runs;
  expect(run.warnings.join()).toMatch(
    /^4 item\(s\) were stored by another version of plugin mine \(\w+; now \w+\); raise the version of task colours, or give another --out/,
  );
  expect(bench(RUN).stdout.replace(/\s+/g, ' ')).toContain('4 item(s) were stored by another version of plugin mine');
  expect(bench(`replay ${run.path}`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/found a run of colours\nhint: load the plugin that brings it with --plugin, or /),
  });
});

it.each<[string, Code, string, string]>([
  [
    'words',
    { context: 'joynt' },
    'task colours, item "red": expected a question from its wording, found ReferenceError: joynt is not defined',
    'ReferenceError: joynt is not defined\n    at ',
  ],
  [
    'scores',
    { score: "() => { throw new Error('boom'); }" },
    'task colours, item "red": expected a score from its function score, found Error: boom',
    'Error: boom\n    at ',
  ],
  [
    'names',
    { id: "'same'" },
    'task colours: expected an id of its own for each row, found "same" for rows 1 and 2, counted from 1',
    'HarnessError',
  ],
])('names the task and the item where the plugin %s it wrongly', { timeout: 60_000 }, (_how, code, told, traced) => {
  write(code);
  const { status, stderr } = bench(`${RUN} --out broken --debug`);
  expect(status).toBe(1);
  expect(stderr).toContain(`bench: ${told}\nhint: `);
  expect(stderr).toContain(traced);
});

it.each([
  ['import', "import 'node:fs';", 'Cannot use import statement outside a module'],
  ['export', 'export const plugin = {};', "Unexpected token 'export'"],
])('says how to name a file whose %s Node takes for CommonJS', { timeout: 60_000 }, (word, text, found) => {
  mkdirSync(join(project, 'common'), { recursive: true });
  writeFileSync(join(project, 'common', 'package.json'), '{ "type": "commonjs" }');
  writeFileSync(join(project, 'common', `${word}.js`), text);
  const { status, stderr } = bench(`list tasks --plugin ./common/${word}.js`);
  expect(status).toBe(2);
  expect(stderr).toContain(`./common/${word}.js: expected a module that can be imported, found: ${found}\n`);
  expect(stderr).toContain('hint: give the file a name that ends in .mjs, or set "type": "module" in the package.json');
});

it('says so where the plugin never finishes loading', { timeout: 60_000 }, () => {
  write({ first: 'await new Promise(() => {});' });
  expect(bench(RUN)).toMatchObject({
    status: 2,
    stderr:
      'bench: plugin ./mine.mjs: expected a module that finishes loading, found one that waits for what never comes\n' +
      'hint: look at what it awaits outside of its functions\n',
  });
});
