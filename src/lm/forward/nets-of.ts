/** The networks of one model: by its engine, and by one in fewer bits. */
import type { Checkpoint } from '../../checkpoints/checkpoint.ts';
import type { DuelMeasure } from '../../core/duel-rule.ts';
import type { Engine } from '../../engines/engine.ts';
import type { ForwardOptions } from './batches.ts';
import { type OpenNet, openNet } from './forward.ts';
import { gathered } from './gather.ts';
import type { Forward } from './sequence.ts';

interface NetParts extends ForwardOptions {
  readonly checkpoint: Checkpoint;
  readonly engine: Engine;
  readonly cheapEngine?: Engine;
}

/** A net whose `shared` puts calls together that come at once. */
type SharedNet = OpenNet & { readonly shared: Forward };

/** @param measures what the net says of its predictions; undefined: nothing */
async function openShared(parts: NetParts, measures?: readonly DuelMeasure[]): Promise<SharedNet> {
  const { checkpoint, engine, ...options } = parts;
  const net = await openNet(checkpoint, engine, measures === undefined ? options : { ...options, measures });
  return { ...net, shared: gathered(net.forward) };
}

/** The network in each engine, opened when it is asked for. */
export function netsOf(parts: NetParts) {
  const { checkpoint, cheapEngine } = parts;
  const nets = new Map<string, Promise<SharedNet>>();
  let cheap: Promise<OpenNet> | null = null;
  return {
    opened: (measures?: readonly DuelMeasure[]): Promise<SharedNet> => {
      const name = String(measures);
      const net = nets.get(name) ?? openShared(parts, measures);
      nets.set(name, net);
      return net;
    },
    inFewerBits: async (): Promise<Forward> => {
      if (cheapEngine === undefined) throw new TypeError('a model of two precisions has two engines');
      cheap ??= openNet(checkpoint, cheapEngine, parts);
      return (await cheap).forward;
    },
    dispose: async (): Promise<void> => {
      const open = await Promise.all([...nets.values(), ...(cheap === null ? [] : [cheap])]);
      await Promise.all(open.map((net) => net.dispose()));
    },
  };
}
