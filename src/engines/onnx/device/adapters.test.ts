import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adaptersOf } from './adapters.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'adapters-'));
});
afterAll(() => rm(root, { recursive: true }));

async function put(path: string, text: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

const none = { XDG_DATA_HOME: '/nowhere' };

it("names NVIDIA's cards and the drivers of Vulkan that are installed, each once", async () => {
  expect(adaptersOf({ platform: 'linux', environment: none, root })).toEqual([]);
  await put('proc/driver/nvidia/gpus/0000:01:00.0/information', 'Model: \t NVIDIA H200\nIRQ:   42\n');
  await put('usr/share/vulkan/icd.d/nvidia_icd.json', '{}');
  await put('etc/vulkan/icd.d/nvidia_icd.json', '{}');
  await put('usr/share/vulkan/icd.d/lvp_icd.x86_64.json', '{}');
  expect(adaptersOf({ platform: 'linux', environment: none, root })).toEqual([
    { name: 'NVIDIA H200', isSoftware: false },
    { name: 'Vulkan nvidia', isSoftware: false },
    { name: 'Vulkan lvp', isSoftware: true },
  ]);
});

it('names the drivers that the environment names in place of those', async () => {
  const file = await put('swift/vk_swiftshader_icd.json', '{}');
  const environment = { ...none, VK_ICD_FILENAMES: `${file}:/nowhere/other_icd.json` };
  const found = adaptersOf({ platform: 'linux', environment, root: '/nowhere' });
  expect(found).toEqual([{ name: 'Vulkan vk_swiftshader', isSoftware: true }]);
});

it.each([
  ['darwin', 'Metal'],
  ['win32', 'Direct3D 12'],
] as const)("on %s it is the system's own", (platform, name) => {
  expect(adaptersOf({ platform, environment: none })).toEqual([{ name, isSoftware: false }]);
});
