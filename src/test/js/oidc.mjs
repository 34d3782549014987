// A real OpenID Connect provider (npm: oidc-provider) with its own sign-in and consent pages, for
// one client. Prints its address when it listens. Arguments: port, the client's redirect address.
import Provider from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "shop",
      client_secret: "a-secret-of-the-shop",
      token_endpoint_auth_method: "client_secret_post",
      redirect_uris: [redirect],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "picture"] },
  scopes: ["openid", "email", "profile"],
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ["only a test"] },
  async findAccount(context, id) {
    return {
      accountId: id,
      claims: async () => ({
        sub: id,
        email: `${id}@example.com`,
        email_verified: true,
        name: `${id} of the test`,
        picture: `https://pictures.example/${id}`,
      }),
    };
  },
});

provider.listen(Number(port), "localhost", () => console.log(`listening at ${issuer}`));
