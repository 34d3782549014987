const port = Number(Deno.env.get("PORT") ?? 8000);

Deno.serve({ port }, async (req: Request) => {
  const { name } = await req.json();
  return Response.json({ text: `Hello, ${name}` });
});
