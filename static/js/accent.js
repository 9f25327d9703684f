// The organisation's own colour on its report, where it can be read on this page's paper; style attributes are not allowed.

const LEAST_CONTRAST = 4.5; // WCAG 2.2, level AA

const channels = (colour) => {
  const hex = colour.trim().match(/^#([0-9a-f]{6})$/i)?.[1];
  return hex ? [0, 2, 4].map((place) => parseInt(hex.slice(place, place + 2), 16) / 255) : null;
};

const luminance = (colour) => {
  const [red, green, blue] = channels(colour).map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

const paint = () => {
  const paper = getComputedStyle(document.documentElement).getPropertyValue("--paper");
  for (const part of document.querySelectorAll("[data-accent]")) {
    const accent = part.dataset.accent;
    const isReadable = channels(paper) && channels(accent) && contrast(accent, paper) >= LEAST_CONTRAST;
    if (isReadable) part.style.setProperty("--accent", accent);
    else part.style.removeProperty("--accent");
  }
};

paint();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
