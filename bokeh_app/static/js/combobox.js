// Fields to search the variables in: the session finds, here is the ARIA combobox
// (a list with groups, one option active, the focus staying in the field).
(() => {
  "use strict";

  const TYPING_PAUSE = 120;
  const boxes = new Map();

  class Combobox {
    constructor(root) {
      this.id = root.dataset.combobox;
      this.kind = root.dataset.kind;
      this.field = document.getElementById(this.id);
      this.value = document.getElementById(`${this.id}-value`);
      this.list = document.getElementById(`${this.id}-list`);
      this.note = document.getElementById(`${this.id}-note`);
      this.found = document.getElementById(`${this.id}-found`);
      this.label = "";
      this.active = -1;
      this.pause = 0;
      this.isAwaited = false;
      this.listen();
    }

    listen() {
      this.field.addEventListener("input", () => {
        clearTimeout(this.pause);
        this.pause = setTimeout(() => this.search(this.field.value), TYPING_PAUSE);
      });
      this.field.addEventListener("click", () => this.openWhole());
      this.field.addEventListener("focus", () => this.field.select());
      this.field.addEventListener("blur", () => this.close());
      this.field.addEventListener("keydown", (event) => this.onKey(event));
      this.found.addEventListener("pointerdown", (event) => {
        event.preventDefault(); // the focus stays in the field
        const option = event.target.closest("[role=option]");
        if (option !== null) {
          this.choose(option);
        }
      });
    }

    // -- asked and answered -----------------------------------------------------------

    search(text) {
      this.isAwaited = true;
      window.creditFile.ask("search_variables", {
        field: this.id,
        kind: this.kind,
        text,
      });
    }

    openWhole() {
      if (this.found.hidden) {
        this.search("");
      }
    }

    show({ html, note, count }) {
      if (!this.isAwaited || document.activeElement !== this.field) {
        return;
      }
      this.list.innerHTML = html;
      this.note.textContent = note;
      this.list.scrollTop = 0;
      this.found.hidden = false;
      this.field.setAttribute("aria-expanded", "true");
      this.activate(-1);
      document.getElementById("announcement").textContent = count;
    }

    take(value, label) {
      this.value.value = value;
      this.label = label;
      if (document.activeElement !== this.field || this.found.hidden) {
        this.field.value = label;
      }
    }

    // -- the list ---------------------------------------------------------------------

    options() {
      return [...this.list.querySelectorAll("[role=option]")];
    }

    activate(index) {
      const all = this.options();
      this.active = all.length === 0 ? -1 : Math.min(index, all.length - 1);
      all.forEach((option, at) =>
        option.setAttribute("aria-selected", String(at === this.active)),
      );
      if (this.active >= 0) {
        this.field.setAttribute("aria-activedescendant", all[this.active].id);
        all[this.active].scrollIntoView({ block: "nearest" });
      } else {
        this.field.removeAttribute("aria-activedescendant");
      }
    }

    close() {
      clearTimeout(this.pause);
      this.isAwaited = false;
      this.found.hidden = true;
      this.list.replaceChildren();
      this.activate(-1);
      this.field.setAttribute("aria-expanded", "false");
      this.field.value = this.label;
    }

    choose(option) {
      this.label = option.textContent.trim();
      this.value.value = option.dataset.value;
      this.close();
      this.value.dispatchEvent(new Event("change", { bubbles: true }));
    }

    onKey(event) {
      const count = this.options().length;
      const moves = {
        ArrowDown: () => (this.active + 1) % count,
        ArrowUp: () => (this.active <= 0 ? count - 1 : this.active - 1),
        PageDown: () => Math.min(this.active + 8, count - 1),
        PageUp: () => Math.max(this.active - 8, 0),
      };
      if (event.key === "Escape" && !this.found.hidden) {
        event.preventDefault();
        this.close();
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (this.active >= 0) {
          this.choose(this.options()[this.active]);
        }
      } else if (event.key in moves) {
        event.preventDefault();
        if (this.found.hidden) {
          this.openWhole();
        } else if (count > 0) {
          this.activate(moves[event.key]());
        }
      }
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const root of document.querySelectorAll("[data-combobox]")) {
      boxes.set(root.dataset.combobox, new Combobox(root));
    }
  });

  window.creditFile.onView((view) => {
    const { asObject } = window.creditFile;
    for (const [id, found] of Object.entries(asObject(view.found_variables))) {
      boxes.get(id)?.show(asObject(found));
    }
    for (const [id, chosen] of Object.entries(asObject(view.chosen_variables))) {
      const { name, label } = asObject(chosen);
      boxes.get(id)?.take(name, label);
    }
  });
})();
