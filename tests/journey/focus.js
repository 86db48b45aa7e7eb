// What somebody sees who has just pressed Tab: () => {where, wrong}; wrong is what hides the focus.
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return { where: "", wrong: [] };
  const called = (element.labels?.[0] ?? element).textContent.trim().replace(/\s+/g, " ").slice(0, 60);
  const where = `${element.localName}#${element.id} ${called}`;
  const wrong = [];
  const channels = (colour) => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (start) => {
    for (let one = start; one; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      if (channels(backgroundColor)[3] === 255) return backgroundColor;
    }
    return "white";
  };

  // WCAG 2.4.7, and 1.4.11 for its colour. The browser's own ring has two colours.
  const { outlineStyle, outlineWidth, outlineColor, outlineOffset } = getComputedStyle(element);
  if (outlineStyle === "none" || parseFloat(outlineWidth) < 1) {
    wrong.push("it has no outline");
  } else if (outlineStyle !== "auto") {
    const ground = luminance(behind(parseFloat(outlineOffset) < 0 ? element : element.parentElement));
    const [low, high] = [luminance(outlineColor), ground].sort((one, other) => one - other);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 3) wrong.push(`its outline has a contrast of ${contrast.toFixed(1)}`);
    if (parseFloat(outlineWidth) < 2) wrong.push("its outline is thin");
  }

  // WCAG 2.4.11: nothing lies over the whole of it, and it is on the screen.
  const points = [...element.getClientRects()].flatMap(({ left, right, top, bottom }) =>
    [0.1, 0.5, 0.9].flatMap((across) =>
      [0.15, 0.5, 0.85].map((down) => [left + (right - left) * across, top + (bottom - top) * down])));
  const isAbove = ([x, y]) => {
    const found = document.elementFromPoint(x, y);
    return found && (element.contains(found) || found.contains(element) || element.labels?.[0]?.contains(found));
  };
  if (!points.some(isAbove)) wrong.push("it is covered, or not on the screen");
  return { where, wrong };
}
