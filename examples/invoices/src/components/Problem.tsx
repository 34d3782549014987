/** What went wrong with the last thing the user asked for; nothing when nothing did. */
export function Problem({ error }: { error: { message: string } | null | undefined }) {
  if (!error) return null;
  return (
    <p role="alert" className="problem">
      {error.message}
    </p>
  );
}
