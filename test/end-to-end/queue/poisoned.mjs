// Loaded into a worker before all else: the process that computes dies of item 1.
const listen = process.on;
process.on = function on(name, listener) {
  if (name !== 'message') return listen.call(this, name, listener);
  return listen.call(this, name, (order) => {
    if (order.unit?.from <= 1 && order.unit.from + order.unit.count > 1) process.kill(process.pid, 'SIGKILL');
    listener(order);
  });
};
