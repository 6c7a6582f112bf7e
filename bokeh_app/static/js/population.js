// Comparing and exploring: what the advisor chooses there, and the files they take away.
(() => {
  "use strict";

  const TYPING_PAUSE = 150;
  const byId = (id) => document.getElementById(id);
  const ask = (action, values) => window.creditFile.ask(action, values);
  const chosen = (form) => window.creditFile.chosen(form);

  function listenToComparison() {
    const form = byId("comparison-form");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      if (event.target.getAttribute("role") === "combobox") {
        return; // text typed into it is no choice yet
      }
      const values = chosen(form);
      byId("group-criteria").hidden = values.group !== "chosen";
      ask("compare", values);
    });
  }

  function listenToExploration() {
    const form = byId("density-form");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      if (event.target.getAttribute("role") !== "combobox") {
        ask("explore", chosen(form));
      }
    });
    byId("swap").addEventListener("click", () => {
      const { x, y } = chosen(form);
      ask("explore", { x: y, y: x });
    });
    const region = byId("region-form");
    region.addEventListener("submit", (event) => event.preventDefault());
    region.addEventListener("change", () => ask("select_bins", chosen(region)));
    byId("region-clear").addEventListener("click", () => ask("select_bins", {}));
  }

  function listenToClientData() {
    const details = byId("client-data");
    const form = byId("client-data-form");
    let pause = 0;
    let isAsked = false;
    const list = () => {
      isAsked = true;
      ask("list_data", chosen(form));
    };
    details.addEventListener("toggle", () => {
      if (details.open && !isAsked) {
        list();
      }
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(list, TYPING_PAUSE);
    });
    details.addEventListener("click", (event) => {
      const more = event.target.closest("[data-shown]");
      if (more !== null) {
        ask("list_data", { ...chosen(form), shown: more.dataset.shown });
      }
    });
    window.creditFile.onView((view) => {
      if (view.client !== undefined) {
        isAsked = false;
        if (details.open) {
          list();
        }
      }
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    listenToComparison();
    listenToExploration();
    listenToClientData();
  });
})();
