/** The graphics adapters that the system names. onnxruntime for Node says of none what it is called. */
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';

export interface Adapter {
  readonly name: string;
  /** Does it compute on the processor? */
  readonly isSoftware: boolean;
}

export interface AdapterPlaces {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the file system. */
  readonly root?: string;
}

const HERE: AdapterPlaces = { platform: process.platform, environment: process.env };

/** Of macOS and Windows, the interface of the system's own; of Linux, NVIDIA's cards and the drivers of Vulkan. */
export function adaptersOf({ platform, environment, root = '/' }: AdapterPlaces = HERE): readonly Adapter[] {
  if (platform === 'darwin') return [{ name: 'Metal', isSoftware: false }];
  if (platform === 'win32') return [{ name: 'Direct3D 12', isSoftware: false }];
  return [...nvidiaCards(root), ...vulkanDrivers(environment, root)];
}

/** Such as `NVIDIA H200`, from the driver's own files. */
function nvidiaCards(root: string): readonly Adapter[] {
  const folder = join(root, 'proc/driver/nvidia/gpus');
  return namesIn(folder).flatMap((card) => {
    const [, model] = /^Model:\s*(.+)$/m.exec(textOf(join(folder, card, 'information'))) ?? [];
    return model === undefined ? [] : [{ name: model.trim(), isSoftware: false }];
  });
}

/** As Vulkan's loader finds them: those that the environment names, else those that are installed. */
function vulkanDrivers(environment: AdapterPlaces['environment'], root: string): readonly Adapter[] {
  const named = environment.VK_DRIVER_FILES ?? environment.VK_ICD_FILENAMES;
  const installed = ['etc', 'usr/local/etc', 'usr/local/share', 'usr/share'].map((folder) => join(root, folder));
  const folders = [...installed, environment.XDG_DATA_HOME ?? join(homedir(), '.local/share')];
  const files =
    named === undefined
      ? folders.flatMap((folder) => namesIn(join(folder, 'vulkan/icd.d')).filter((name) => name.endsWith('.json')))
      : named.split(delimiter).filter((file) => textOf(file) !== '');
  const names = files.map((file) => basename(file, '.json').replace(/_icd|\.(x86_64|aarch64|i686)/g, ''));
  return [...new Set(names)].map((name) => ({ name: `Vulkan ${name}`, isSoftware: SOFTWARE.test(name) }));
}

const SOFTWARE = /swiftshader|lvp|lavapipe|mock/i;

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
