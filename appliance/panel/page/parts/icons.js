// The drawings on the rail, of a line each.
import { make } from "/open/element.js";

const PATHS = {
  stage: "M4 20h16M6 4v4M6 11v3M12 7v6M18 4v2M18 9v5",
  knobs: "M5 4v9M5 17v3M12 4v3M12 11v9M19 4v11M19 19v1M3 15h4M10 9h4M17 17h4",
  duets: "M8 7h3c4 0 2 10 6 10M3 7a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0M16 17a2.5 2.5 0 1 0 5 0 2.5 2.5 0 1 0-5 0",
  drum: "M4 9c0-2 3.6-3.5 8-3.5S20 7 20 9s-3.6 3.5-8 3.5S4 11 4 9zM4 9v7c0 2 3.6 3.5 8 3.5s8-1.500 8-3.500V9M21 2l-7 6",
  models: "M4 12c2-8 4-8 5.500 0s3.500 8 5 0 3.500-8 5.500 0",
  concerts: "M9 18V5l10-2v13M9 18a2.500 2.500 0 1 1-5 0 2.500 2.500 0 1 1 5 0zM19 16a2.500 2.500 0 1 1-5 0 2.500 2.500 0 1 1 5 0z",
  setup: "M14.500 6.500a4 4 0 0 1 5-3l-2.500 2.500 1 2 2 1 2.500-2.500a4 4 0 0 1-5.500 4.500L8 20a2 2 0 0 1-3-3l9-9z",
};

export const iconOf = (name) => make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, make("path", { d: PATHS[name] }));
