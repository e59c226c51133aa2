// Rows of a draft: added and removed without a reload. What they come to is asked of the server,
// which alone knows how amounts are rounded.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const section = document.getElementById("lines");
  if (!section) return;
  const form = section.closest("form");
  const body = section.querySelector("tbody");
  const sums = section.querySelector(".sums");
  const offline = section.querySelector("[data-offline]");
  const add = section.querySelector("[data-add]");
  let waiting = 0;
  let asked = 0;

  // Rows count from 0 without gaps, and none is one that must stay.
  const renumber = () => {
    [...body.rows].forEach((row, index) => {
      for (const input of row.querySelectorAll("[name]")) {
        input.name = input.name.replace(/^lines-(\d+|__prefix__)-/, `lines-${index}-`);
        input.id = `id_${input.name}`;
      }
    });
    section.querySelector("[name=lines-TOTAL_FORMS]").value = body.rows.length;
    section.querySelector("[name=lines-INITIAL_FORMS]").value = 0;
  };

  const prepare = (row) => {
    row.querySelector(".remove").hidden = true;
    const button = row.querySelector("[data-remove]");
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      renumber();
      (next ? next.querySelector("input") : add).focus();
      later();
    });
  };

  const show = (answer) => {
    [...body.rows].forEach((row, index) => {
      row.querySelector("[data-amount]").textContent = answer.lines[index] || "";
    });
    sums.replaceChildren(...answer.sums.map(({ label, amount }) => {
      const line = document.createElement("div");
      for (const [tag, text] of [["dt", label], ["dd", amount]]) {
        line.appendChild(document.createElement(tag)).textContent = text;
      }
      line.lastChild.className = "figures";
      return line;
    }));
  };

  const ask = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(section.dataset.totals, { method: "POST", body: new FormData(form) });
      if (!answer.ok) throw new Error(answer.status);
      const told = await answer.json();
      if (mine !== asked) return; // somebody typed on meanwhile
      show(told);
      offline.hidden = true;
    } catch {
      if (mine === asked) offline.hidden = false;
    }
  };

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 200);
  };

  add.hidden = false;
  add.addEventListener("click", () => {
    const row = section.querySelector("template").content.firstElementChild.cloneNode(true);
    body.append(row);
    renumber();
    prepare(row);
    row.querySelector("input").focus();
  });
  [...body.rows].forEach(prepare);
  renumber();
  form.addEventListener("input", later);
  ask();
});
