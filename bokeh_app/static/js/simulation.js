// Trying another request: sliders and fields that say the same, sent after a pause.
(() => {
  "use strict";

  const PAUSE = 250;
  const byId = (id) => document.getElementById(id);
  const number = (name) => byId(`simulation-${name}`);
  const slider = (name) => byId(`slider-${name}`);
  const form = () => byId("simulation-controls");

  let client = ""; // whose values the form holds
  let pause = 0;
  // Term and instalment say the same: which of the two the advisor has set last.
  let leading = null;

  function inputs() {
    return [...byId("simulation-form").querySelectorAll("input[type=number], select")];
  }

  function original(input) {
    return input.dataset.current ?? input.defaultValue;
  }

  // -- the two of a pair, and the third that follows from two others ------------------

  function write(name, value) {
    number(name).value = value;
    alignSlider(name);
  }

  function alignSlider(name) {
    const range = slider(name);
    const value = Number(number(name).value);
    if (number(name).value !== "" && Number.isFinite(value)) {
      // A value beyond the slider's end stretches it, within the field's own bounds.
      range.min = Math.min(Number(range.min), Math.max(value, Number(number(name).min)));
      range.max = Math.max(Number(range.max), Math.min(value, Number(number(name).max)));
      range.value = value;
    }
  }

  function follow() {
    const term = number("term_months");
    const annuity = number("annuity_amount");
    const amount = Number(number("credit_amount")?.value);
    if (term === null || annuity === null || !(amount > 0)) {
      return;
    }
    if (leading === "term_months" && Number(term.value) > 0) {
      write("annuity_amount", String(Math.round((100 * amount) / Number(term.value)) / 100));
    } else if (Number(annuity.value) > 0) {
      const months = Math.round((10 * amount) / Number(annuity.value)) / 10;
      write("term_months", String(months));
    }
  }

  function changed() {
    const follower = leading === "term_months" ? "annuity_amount" : "term_months";
    return inputs().filter(
      (input) => input.name !== follower && input.value !== original(input),
    );
  }

  // -- to the session -----------------------------------------------------------------

  function values() {
    return Object.fromEntries(changed().map((input) => [input.name, input.value]));
  }

  function send() {
    clearTimeout(pause);
    keepForSummary();
    window.creditFile.ask("simulate", { ...values(), client });
  }

  function sendLater() {
    clearTimeout(pause);
    pause = setTimeout(send, PAUSE);
  }

  function keepForSummary() {
    const kept = byId("summary-values");
    if (kept !== null) {
      kept.value = JSON.stringify(values());
    }
  }

  function reset() {
    leading = null;
    for (const input of inputs()) {
      input.value = original(input);
      if (input.type === "number") {
        slider(input.name).value = input.value;
      }
    }
  }

  function take(proposal) {
    reset();
    for (const [name, value] of Object.entries(proposal)) {
      if (number(name) !== null) {
        write(name, String(value));
      }
    }
    leading = "term_months" in proposal ? "term_months" : "annuity_amount";
    follow();
    send();
  }

  // -- what the advisor does ----------------------------------------------------------

  function listen() {
    form().addEventListener("input", (event) => {
      const input = event.target;
      const name = input.dataset.for ?? input.name;
      if (input.type === "range") {
        const step = Number(input.dataset.step);
        number(name).value = String(Math.round(Number(input.value) / step) * step);
      } else if (input.type === "number") {
        alignSlider(name);
      }
      if (name === "term_months" || name === "annuity_amount") {
        leading = name;
      }
      if (["term_months", "annuity_amount", "credit_amount"].includes(name)) {
        follow();
      }
      sendLater();
    });
    form().addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
    form().addEventListener("reset", (event) => {
      event.preventDefault();
      reset();
      send();
    });
    byId("advice-ask").addEventListener("click", () => window.creditFile.ask("advise"));
    byId("simulation").addEventListener("click", (event) => {
      const taken = event.target.closest("[data-take]");
      if (taken !== null) {
        take(JSON.parse(taken.dataset.take));
        byId("simulation-title").scrollIntoView();
      }
      if (event.target.closest("[data-retry='simulation-tried']") !== null) {
        send();
      }
    });
    window.creditFile.onView((view) => {
      if (view.client !== undefined) {
        clearTimeout(pause);
        client = String(view.client);
      }
      const fragments = window.creditFile.asObject(view.fragments);
      if (fragments["simulation-form"] !== undefined) {
        clearTimeout(pause);
        leading = null;
        keepForSummary();
      }
      for (const fault of byId("simulation-form").querySelectorAll("[data-fault]")) {
        const isWrong = fault.textContent.trim() !== "";
        number(fault.dataset.fault).setAttribute("aria-invalid", String(isWrong));
      }
    });
  }

  document.addEventListener("DOMContentLoaded", listen);
})();
