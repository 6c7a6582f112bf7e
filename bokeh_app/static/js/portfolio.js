// The manager's page: the period, and the sliders of costs.
(() => {
  "use strict";

  const { ask, asObject, byId } = window.creditFile;

  let asked = 0; // number of the last request about costs

  function askCosts(values) {
    asked = ask("costs", values);
  }

  function place(slider, value, text) {
    slider.value = value;
    slider.setAttribute("aria-valuetext", text);
    byId(`${slider.id}-text`).textContent = text;
  }

  window.creditFile.onView((view) => {
    if (view.costs === undefined) {
      return;
    }
    const costs = asObject(view.costs);
    byId("costs-threshold").max = costs.last_place;
    if (costs.answers < asked) {
      // An answer to an earlier step must not take the slider from the hand.
      return;
    }
    place(byId("costs-ratio"), costs.ratio, costs.ratio_text);
    place(byId("costs-threshold"), costs.place, costs.threshold_text);
  });

  document.addEventListener("DOMContentLoaded", () => {
    byId("period").addEventListener("change", (event) =>
      ask("period", { days: event.target.value }),
    );
    for (const choice of ["ratio", "threshold"]) {
      byId(`costs-${choice}`).addEventListener("input", (event) =>
        askCosts({ choice, value: event.target.value }),
      );
    }
    document.querySelectorAll("[data-costs]").forEach((button) =>
      button.addEventListener("click", () =>
        askCosts({ choice: button.dataset.costs }),
      ),
    );
    for (const form of document.querySelectorAll("main form")) {
      form.addEventListener("submit", (event) => event.preventDefault());
    }
  });
})();
