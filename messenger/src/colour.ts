/** Makes a company's colour legible: text on it, and it as text on light and dark ground. */

type Rgb = readonly [red: number, green: number, blue: number];

const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];
/** The grounds of `app.css`: its assistant bubbles, the least favourable of each scheme. */
const grounds = { light: [240, 244, 243] as Rgb, dark: [31, 40, 38] as Rgb };
/** WCAG 2 level AA for text. */
const legible = 4.5;

export interface Palette {
  readonly brand: string;
  readonly onBrand: string;
  readonly inkOnLight: string;
  readonly inkOnDark: string;
}

/** `undefined` where the text is no colour like `#0b6e75`, `0b6e75` or `#16a`. */
export function palette(text: string): Palette | undefined {
  const brand = parse(text);
  if (!brand) return undefined;
  const onBrand = contrast(brand, white) >= legible ? white : contrast(brand, black) >= legible ? black : white;
  return {
    brand: css(brand),
    onBrand: css(onBrand),
    inkOnLight: css(towards(brand, black, grounds.light)),
    inkOnDark: css(towards(brand, white, grounds.dark)),
  };
}

export function parse(text: string): Rgb | undefined {
  const short = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text);
  const long = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  const parts = short?.slice(1).map((digit) => digit + digit) ?? long?.slice(1);
  if (!parts) return undefined;
  const [red = 0, green = 0, blue = 0] = parts.map((part) => Number.parseInt(part, 16));
  return [red, green, blue];
}

/** The contrast ratio of WCAG 2, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The nearest mixture with black or white that is legible on the ground. */
function towards(colour: Rgb, end: Rgb, ground: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const [red, green, blue] = colour.map((part, at) => Math.round(part + ((end[at] ?? 0) - part) * share));
    const mixed: Rgb = [red ?? 0, green ?? 0, blue ?? 0];
    if (contrast(mixed, ground) >= legible) return mixed;
  }
  return end;
}

function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
