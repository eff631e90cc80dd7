// Large type before the first paint, so that nothing jumps. Storage may be forbidden.
try {
  if (localStorage.getItem("linli.large") === "1") document.documentElement.classList.add("large");
} catch { /* then the ordinary size */ }
