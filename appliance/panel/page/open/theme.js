// The theme that was chosen in this browser, put on before anything is painted: a light flash is no friend of a stage.
(() => {
  const kept = localStorage.getItem("ghostnote.theme");
  const system = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  document.documentElement.dataset.theme = kept === "light" || kept === "dark" ? kept : kept === "system" ? system : "dark";
})();
