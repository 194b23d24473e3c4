/** The software adapter on which tests compute: SwiftShader, as browsers bring it. */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { DEVICES } from '../../src/engines/engine.ts';

/** Debian's and Ubuntu's; another with BENCH_SOFTWARE_ADAPTER. */
const FOLDERS = [process.env.BENCH_SOFTWARE_ADAPTER, '/usr/lib/chromium', '/usr/lib/chromium-browser'];
const DRIVER = 'vk_swiftshader_icd.json';
const LOADER = 'libvulkan.so.1';

const folder = FOLDERS.find(
  (each) => each !== undefined && [DRIVER, LOADER].every((file) => existsSync(join(each, file))),
);

/** The device under test: a real one, where `scripts/gpu-check.sh` names it. */
export const device = DEVICES.find((name) => name === process.env.BENCH_TEST_DEVICE) ?? null;

/** Said in the name of each test that needs a device. */
export const skipped =
  device !== null || (process.platform === 'linux' && folder !== undefined)
    ? ''
    : ' (skipped: no SwiftShader; install chromium, or name its folder in BENCH_SOFTWARE_ADAPTER)';

/** glibc's: the library stays when its handle is closed. */
const RTLD_NODELETE = 0x1000;

/**
 * Makes the adapter that of this process. The loader is loaded from its folder, so that who asks for it by name is given that one;
 * it is no module of Node, which is said once it is loaded.
 */
export function useSoftwareAdapter(): void {
  if (device !== null) return;
  if (folder === undefined) throw new TypeError('no software adapter');
  process.env.VK_ICD_FILENAMES = join(folder, DRIVER);
  try {
    process.dlopen({ exports: {} } as NodeJS.Module, join(folder, LOADER), constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch (error) {
    if (!/did not self-register/.test(String(error))) throw error;
  }
}
