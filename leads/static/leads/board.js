// Dropping a card on a column sends the card's own form, as its button does.
"use strict";
(() => {
  const board = document.getElementById("board");
  let card = null;
  const columnOf = (event) => event.target.closest?.(".column");
  const mark = (column) => {
    for (const each of board.querySelectorAll(".column")) {
      each.classList.toggle("is-over", each === column);
    }
  };
  board.addEventListener("dragstart", (event) => {
    card = event.target.closest(".card");
    card?.classList.add("is-moving");
    event.dataTransfer.effectAllowed = "move";
  });
  board.addEventListener("dragover", (event) => {
    const column = columnOf(event);
    if (!card || !column) return;
    event.preventDefault();
    mark(column);
  });
  board.addEventListener("dragend", () => {
    card?.classList.remove("is-moving");
    card = null;
    mark(null);
  });
  board.addEventListener("drop", (event) => {
    const column = columnOf(event);
    if (!card || !column) return;
    event.preventDefault();
    if (card.closest(".column") === column) return;
    const form = card.querySelector("form");
    form.elements.status.value = column.dataset.status;
    form.requestSubmit();
  });
})();
