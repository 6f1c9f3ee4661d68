/** Its models, by maker, with depths of thought under its own names. */
export const library = {
  grey: [
    { model: "quick", title: "Quick", sees: false, depths: [] },
    { model: "patient", title: "Patient", sees: true, depths: ["glance", "read", "study"] },
  ],
  night: [{ model: "patient", title: "Night", sees: false, depths: ["dim", "dark"] }],
};

export function modelNamed(maker, model) {
  return library[maker]?.find((candidate) => candidate.model === model);
}

/** A depth that the model lacks becomes its first one, without a word. */
export function depthOf(model, depth) {
  return model.depths.includes(depth) ? depth : model.depths[0];
}
