import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TfjsRuntime } from '../../engines/tfjs/runtime.ts';
import { aboutTfjs, fasterTfjs, folderFinding, nodeFinding } from './machine.ts';

const tf = { version_core: '4.22.0' } as TfjsRuntime['tf'];
const GPU = { name: '@tensorflow/tfjs-node-gpu', reason: 'not installed' };
const CPU = { name: '@tensorflow/tfjs-node', reason: 'does not load: libtensorflow.so.2 is missing' };

describe('tfjs', () => {
  it('comes with the command for each faster package', () => {
    expect(fasterTfjs({ tf, passedOver: [GPU, CPU] })).toBe(
      'faster, each downloads libtensorflow: ' +
        'npm install @tensorflow/tfjs-node-gpu@4.22.0 (Linux with an NVIDIA card and CUDA 11); ' +
        'npm install @tensorflow/tfjs-node@4.22.0 (native code on the CPU)',
    );
    expect(fasterTfjs({ tf, passedOver: [] })).toBeNull();
  });

  it('says why a faster package does not run, and what its own results depend on', () => {
    expect(aboutTfjs({ backend: 'wasm', passedOver: [GPU, CPU] })).toEqual([
      'the same bits in every batch',
      '@tensorflow/tfjs-node-gpu not installed',
      '@tensorflow/tfjs-node does not load: libtensorflow.so.2 is missing',
    ]);
    expect(aboutTfjs({ backend: 'tensorflow', passedOver: [] })).toEqual([
      'the last bits may depend on the batch and the number of threads',
    ]);
  });
});

it('an old node is broken and says what to install', () => {
  expect(nodeFinding('18.20.0')).toMatchObject({ state: 'broken', advice: 'install Node 20.19 or newer' });
  expect(nodeFinding('20.19.0')).toMatchObject({ state: 'ok', advice: null });
});

it('a folder is there, missing, or none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-folder-'));
  writeFileSync(join(folder, 'file'), '');
  const found = (path: string) => folderFinding('cache', path, 'made later');
  expect(found(folder)).toMatchObject({ state: 'ok', found: folder, advice: null });
  expect(found(join(folder, 'none'))).toMatchObject({ state: 'missing', advice: 'made later' });
  expect(found(join(folder, 'file'))).toMatchObject({ state: 'broken', found: `${join(folder, 'file')} is no folder` });
  expect(found(join(folder, 'file', 'below'))).toMatchObject({ state: 'broken' });
  rmSync(folder, { recursive: true });
});
