package dev.freehold.backend.supabase;

import java.util.LinkedHashMap;
import java.util.Map;

/// The passwords of the roles that log in to an app's database. Never shown by [#toString].
///
/// @param postgres who runs the app's own SQL: schema migrations, and the owner by hand
/// @param authenticator as whom the REST API comes in, to become `anon` or a User's role
/// @param auth the auth server's role, `supabase_auth_admin`
/// @param storage the storage server's role, `supabase_storage_admin`
/// @param replication who reads the change stream, `supabase_replication_admin`
public record RolePasswords(
    String postgres, String authenticator, String auth, String storage, String replication) {

  /// Role name to password.
  Map<String, String> byRole() {
    var roles = new LinkedHashMap<String, String>();
    roles.put("postgres", postgres);
    roles.put("authenticator", authenticator);
    roles.put("supabase_auth_admin", auth);
    roles.put("supabase_storage_admin", storage);
    roles.put("supabase_replication_admin", replication);
    return roles;
  }

  @Override
  public String toString() {
    return "RolePasswords[…]";
  }
}
