// Loaded before all else: the process that computes thinks about every unit for SLOW_MS milliseconds first.
const listen = process.on;
process.on = function on(name, listener) {
  if (name !== 'message') return listen.call(this, name, listener);
  return listen.call(this, name, (order) => {
    if (order.unit === null) listener(order);
    else setTimeout(() => listener(order), Number(process.env.SLOW_MS ?? 1000));
  });
};
