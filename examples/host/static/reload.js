// Loads the page again when the widget was built again. Served only where HOST_RELOAD is set.
const built = async (at) => (await (await fetch(`/dev/built?at=${at}`)).json()).at;
let known = await built(0);
for (;;) {
  try {
    const now = await built(known);
    if (now !== known) location.reload();
    known = now;
  } catch {
    // The server is being started again.
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
