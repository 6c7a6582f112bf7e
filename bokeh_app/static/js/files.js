// What a person takes away from a page: tables as CSV, charts as SVG.
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const { ask, asObject, byId } = window.creditFile;

  function save(name, content) {
    const address = URL.createObjectURL(content);
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    URL.revokeObjectURL(address);
  }

  // Draws a chart once more, with its heading and on the page's own ground: the page
  // tells both outside of the figure.
  async function savePicture(name) {
    const view = [...Bokeh.index].find((one) => one.model.name === name);
    const chart = view.el.closest(".chart");
    const drawn = view.export("svg");
    const title = document.createElementNS(SVG, "title");
    title.textContent = byId(chart.getAttribute("aria-labelledby")).textContent;
    drawn.canvas.setAttribute("role", "img");
    drawn.canvas.style.background = getComputedStyle(chart.closest(".card")).backgroundColor;
    drawn.canvas.prepend(title);
    save(`${name}.svg`, await drawn.to_blob());
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-export]");
      if (button !== null) {
        ask("export", { what: button.dataset.export });
      }
    });
  });

  window.creditFile.onView((view) => {
    if (view.file !== undefined) {
      const { name, text } = asObject(view.file);
      save(name, new Blob([text], { type: "text/csv" }));
    }
  });
  window.creditFile.savePicture = savePicture;
})();
