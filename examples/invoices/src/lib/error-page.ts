/** The page of last resort, when rendering itself failed: no script, no style sheet, no framework. */
export function renderErrorPage(): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Something went wrong</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
  </head>
  <body style="font: 16px/1.5 system-ui, sans-serif; max-width: 30rem; margin: 4rem auto; padding: 0 1rem">
    <h1>Something went wrong</h1>
    <p>The page could not be made. Please try again in a moment.</p>
    <p><a href="/">Back to the start</a></p>
  </body>
</html>`;
}
