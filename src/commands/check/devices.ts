/** The devices of onnxruntime on this machine, what their probe found, and how to get those that are not here. */
import { HarnessError } from '../../core/errors.ts';
import { DEVICES, type DeviceName } from '../../engines/engine.ts';
import { adaptersOf } from '../../engines/onnx/device/adapters.ts';
import { PLATFORM, PROVIDERS } from '../../engines/onnx/device/device.ts';
import { computesFloat16 } from '../../engines/onnx/device/float16-probe.ts';
import { type Library, probedDevice } from '../../engines/onnx/device/open-device.ts';
import type { Probed } from '../../engines/onnx/device/probe.ts';
import { libraryOf } from '../../engines/onnx/engine.ts';
import { loadOnnxruntime } from '../../engines/onnx/library.ts';
import { sessionsHere } from '../../engines/onnx/sessions.ts';

/** Of those that the platform may have. The CPU is the engine's own finding. */
export async function deviceFindings(): Promise<readonly Finding[]> {
  const ort = await loadOnnxruntime().catch(() => null);
  if (ort === null) return [];
  const names = DEVICES.filter(
    (name) => name !== 'cpu' && (PLATFORM[name] === null || PLATFORM[name] === process.platform),
  );
  const adapters = adaptersOf().map(({ name, isSoftware }) => (isSoftware ? `${name} (in software)` : name));
  const found: Finding[] = [
    finding('adapters', adapters.length === 0 ? 'missing' : 'ok', adapters.join(', ') || 'none'),
  ];
  const library = libraryOf(sessionsHere(ort));
  for (const name of names) found.push(await deviceFinding(library, name));
  return found;
}

async function deviceFinding(library: Library, name: DeviceName): Promise<Finding> {
  const subject = `device ${name}`;
  try {
    const probed = await probedDevice(library, name);
    const hasFloat16 = probed.fault === null && (await computesFloat16(library.sessions, name));
    return finding(subject, ...wordsOf(name, probed, hasFloat16));
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return finding(subject, 'missing', error.message.replace(/^--device \w+: /, ''), error.hint ?? null);
  }
}

/** What a probe found, in words. */
export function wordsOf(
  name: DeviceName,
  { dialect, spelledOut, fault }: Probed,
  hasFloat16: boolean,
): readonly ['ok' | 'missing', string, string | null] {
  const provider = PROVIDERS[name];
  if (fault !== null) return ['missing', `${provider} is not used: ${fault}`, 'update the driver'];
  const spelled = [...spelledOut].map(([kernel, reason]) => `${kernel} ${reason}`).join(', ');
  const parts = [
    `${provider} computes as the reference does`,
    ...(spelled === '' ? [] : [`spelled out, for want of a kernel that is right: ${spelled}`]),
    ...(dialect.guarded.size === 0
      ? []
      : [`NaN is passed on beside ${[...dialect.guarded].join(' and ')}, which hide it`]),
    'ids are checked before they are sent',
    hasFloat16 ? '--dtype float32 or float16' : '--dtype float32 alone',
  ];
  return ['ok', parts.join('; '), null];
}

/** `broken`: `bench run` cannot work like this; `missing`: something optional is not here. */
export interface Finding {
  readonly subject: string;
  readonly state: 'ok' | 'missing' | 'broken';
  readonly found: string;
  /** What to do about it; null where nothing needs doing. */
  readonly advice: string | null;
}

export const finding = (
  subject: string,
  state: Finding['state'],
  found: string,
  advice: string | null = null,
): Finding => ({ subject, state, found, advice });
