const dayAndTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

export const when = (iso: string) => dayAndTime.format(new Date(iso));

export const money = (amount: number, currency = "EUR") =>
  new Intl.NumberFormat("en-GB", { style: "currency", currency }).format(amount);

/** A text inside `or=(…)`, where commas and brackets would end it: quoted, its own quotes escaped. */
export const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
