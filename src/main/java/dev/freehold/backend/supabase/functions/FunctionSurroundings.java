package dev.freehold.backend.supabase.functions;

import dev.freehold.backend.ApiKeys;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/// What a function reads by `Deno.env`, as a hosted one does (Supabase documentation, "Functions:
/// Environment variables").
///
/// @param url where the App is reached, without a slash at the end
/// @param databaseUrl the database as the role that owns the App's tables, password included
/// @param jwks the public keys, as JSON
public record FunctionSurroundings(String url, String databaseUrl, ApiKeys api, String jwks) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// All variables of one process.
  ///
  /// @param own the owner's; those that are ours go before them, but for `SITE_URL`
  /// @param deployment which function of which Release it is
  public Map<String, String> variables(Map<String, String> own, String deployment) {
    var all = new TreeMap<String, String>();
    all.put("SITE_URL", url);
    all.putAll(own);
    all.put("SUPABASE_URL", url);
    all.put("SUPABASE_ANON_KEY", api.anon());
    all.put("SUPABASE_SERVICE_ROLE_KEY", api.serviceRole());
    all.put("SUPABASE_PUBLISHABLE_KEY", api.publishable());
    all.put("SUPABASE_SECRET_KEY", api.secret());
    all.put("SUPABASE_PUBLISHABLE_KEYS", byName(api.publishable()));
    all.put("SUPABASE_SECRET_KEYS", byName(api.secret()));
    all.put("SUPABASE_DB_URL", databaseUrl);
    all.put("SUPABASE_JWKS", jwks);
    all.put("SB_REGION", "local");
    all.put("SB_EXECUTION_ID", UUID.randomUUID().toString());
    all.put("DENO_DEPLOYMENT_ID", deployment);
    return all;
  }

  private static String byName(String key) {
    return JSON.writeValueAsString(Map.of("default", key));
  }

  @Override
  public String toString() {
    return "FunctionSurroundings[" + url + "]";
  }
}
