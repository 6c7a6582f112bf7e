// The one button of a paper.
document.getElementById("print").addEventListener("click", () => window.print());
