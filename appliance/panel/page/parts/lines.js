// The lines of the graph as the box has them: a duet has inputs and outputs, and a line is one of either.

export function nodesOf(state) {
  const duets = Object.keys(state.duets ?? {});
  return { sources: state.sources ?? [], duets, outputs: state.outputs ?? [] };
}

/** Every line: { from, to }, both names; who is a duet is known by name. */
export function linesOf(state) {
  return Object.entries(state.duets ?? {}).flatMap(([name, duet]) => [
    ...(duet.inputs ?? []).map((from) => ({ from, to: name })),
    ...(duet.outputs ?? []).map((to) => ({ from: name, to })),
  ]);
}

/**
 * What a duet's inputs and outputs become when the line between two nodes is drawn, or taken away where it is already:
 * [duet, inputs, outputs], or null where no line can be (a duet does not hear itself, a pad beats nothing by itself).
 */
export function rerouted(state, from, to) {
  const { sources, duets, outputs } = nodesOf(state);
  const swapped = (list, name) => (list.includes(name) ? list.filter((other) => other !== name) : [...list, name]);
  if (from === to) return null;
  if (duets.includes(to) && (sources.includes(from) || duets.includes(from))) {
    const duet = state.duets[to];
    return [to, swapped(duet.inputs ?? [], from), duet.outputs ?? []];
  }
  if (duets.includes(from) && outputs.includes(to)) {
    const duet = state.duets[from];
    return [from, duet.inputs ?? [], swapped(duet.outputs ?? [], to)];
  }
  return null;
}
