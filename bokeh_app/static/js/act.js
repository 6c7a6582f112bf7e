// The advisor's own decision: its text stays in this page until it is kept.
(() => {
  "use strict";

  const SPARE = 200; // characters left from which on they are counted aloud

  const byId = (id) => document.getElementById(id);

  const drafts = new Map();
  let client = null;
  let isSending = false;

  function form() {
    return byId("act-form");
  }

  function draft() {
    const { decision = "", motive = "" } = window.creditFile.chosen(form());
    return { decision, motive };
  }

  function write({ decision = "", motive = "" } = {}) {
    form().reset();
    byId("act-motive").value = motive;
    const chosen = form().querySelector(`input[value="${CSS.escape(decision)}"]`);
    if (chosen !== null) {
      chosen.checked = true;
    }
    count();
  }

  function count() {
    const field = byId("act-motive");
    const left = field.maxLength - field.value.length;
    const place = byId("act-count");
    place.textContent = place.dataset.text.replace(
      "{count}",
      new Intl.NumberFormat(document.body.dataset.lang).format(left),
    );
    place.setAttribute("aria-live", left <= SPARE ? "polite" : "off");
  }

  function changeClient(next) {
    if (client !== null) {
      drafts.set(client, draft());
    }
    client = next;
    isSending = false;
    byId("act-message").textContent = "";
    write(drafts.get(client));
  }

  function listen() {
    byId("act-motive").addEventListener("input", count);
    form().addEventListener("submit", (event) => {
      event.preventDefault();
      if (!isSending) {
        isSending = window.creditFile.ask("review", { ...draft(), client: String(client) });
        byId("act-send").setAttribute("aria-disabled", String(isSending));
      }
    });
    window.creditFile.onView((view) => {
      if (view.client !== undefined && view.client !== client) {
        changeClient(view.client);
      }
      if (view.review !== undefined) {
        isSending = false;
        if (view.review === "kept") {
          write();
        }
      }
      byId("act-send").setAttribute("aria-disabled", String(isSending));
    });
    count();
  }

  document.addEventListener("DOMContentLoaded", listen);
})();
