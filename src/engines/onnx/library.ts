/** The one place that loads onnxruntime, with its telemetry off. */
import { isMainThread } from 'node:worker_threads';
import type * as Ort from 'onnxruntime-node';
import { HarnessError } from '../../core/errors.ts';

/** onnxruntime-node 1.30 sends telemetry by default on Linux, from its first session on: an event store, a device id, connections. */
const TELEMETRY_OFF = 'ORT_DISABLE_TELEMETRY';

/**
 * onnxruntime, which after this sends nothing and keeps no file of events.
 *
 * @throws HarnessError 'engine' where it is not installed or cannot be loaded, or in a worker thread whose process did not turn
 *   telemetry off: a worker has a copy of the environment, which native code does not see
 */
export async function loadOnnxruntime(): Promise<typeof Ort> {
  if (isMainThread) turnTelemetryOff();
  else if (process.env[TELEMETRY_OFF] !== '1') throw telemetryOn();
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw notLoaded(cause as Error & { readonly code?: string });
  }
}

/** Of this process and of threads that it starts after. */
export function turnTelemetryOff(): void {
  process.env[TELEMETRY_OFF] = '1';
}

function telemetryOn(): HarnessError {
  const what = `onnxruntime in a worker thread: expected ${TELEMETRY_OFF}=1 in the environment of the process, found ${process.env[TELEMETRY_OFF] ?? 'nothing'}`;
  return new HarnessError('engine', what, {
    hint: `Set process.env.${TELEMETRY_OFF} = '1' in the main thread before the worker starts; it keeps onnxruntime from sending telemetry.`,
  });
}

/** npm leaves the package out, without a word, where its script cannot fetch the CUDA libraries. */
function notLoaded(cause: Error & { readonly code?: string }): HarnessError {
  const isAbsent = cause.code === 'ERR_MODULE_NOT_FOUND';
  const what = isAbsent
    ? 'onnxruntime-node is not installed'
    : `onnxruntime-node could not be loaded: ${cause.message}`;
  const how = isAbsent ? 'Install with `--ignore-scripts`, which leaves out the CUDA download' : 'Run `npm ci` again';
  return new HarnessError('engine', what, { hint: `${how}, or use \`--engine reference\` (slow).`, cause });
}
