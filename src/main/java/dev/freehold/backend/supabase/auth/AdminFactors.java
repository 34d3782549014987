package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.LinkedHashMap;
import java.util.List;

/// `/admin/users/{id}/factors`: an administrator sees, renames and removes second factors.
final class AdminFactors {
  private final Parts parts;

  AdminFactors(Parts parts) {
    this.parts = parts;
  }

  Response list(Call call, String id) {
    parts.callers().admin(call);
    var user = parts.database().run(tx -> AdminUsers.load(tx, id));
    return Parts.json(user.factors().stream().map(Factor::toJson).toList());
  }

  Response update(Call call, List<String> names) {
    var role = parts.callers().admin(call);
    return Parts.json(
        parts
            .database()
            .run(tx -> {
              var user = AdminUsers.load(tx, names.getFirst());
              var factor = FactorPages.own(user, names.getLast());
              var name = call.text("friendly_name");
              var phone = call.text("phone");
              var now = parts.clock().instant();
              if (!name.isEmpty()) {
                refuseTaken(user, factor, name);
                Factors.rename(tx, factor.id(), name, now);
              }
              if (!phone.isEmpty() && factor.type().equals(FactorPages.PHONE)) {
                Factors.phone(tx, factor.id(), Addresses.phone(phone), now);
              }
              var traits = new LinkedHashMap<String, Object>();
              traits.put("user_id", user.id().toString());
              traits.put("factor_id", factor.id().toString());
              traits.put("factor_type", factor.type());
              AuditLog.adminDid(tx, role, "factor_updated", traits, call.device(), now);
              return FactorPages.own(Users.reload(tx, user.id()), names.getLast());
            })
            .toJson());
  }

  Response delete(Call call, List<String> names) {
    parts.callers().admin(call);
    return Parts.json(
        parts
            .database()
            .run(tx -> {
              var user = AdminUsers.load(tx, names.getFirst());
              var factor = FactorPages.own(user, names.getLast());
              var traits = new LinkedHashMap<String, Object>();
              traits.put("user_id", user.id().toString());
              traits.put("factor_id", factor.id().toString());
              AuditLog.userDid(
                  tx, user, "factor_deleted", traits, call.device(), parts.clock().instant());
              Factors.delete(tx, factor.id());
              Factors.lowerSessions(tx, factor);
              return factor;
            })
            .toJson());
  }

  private static void refuseTaken(User user, Factor own, String name) {
    boolean taken =
        user.factors().stream()
            .anyMatch(f -> !f.id().equals(own.id()) && f.friendlyName().equals(name));
    if (taken) {
      throw AuthError.unprocessable(
          "mfa_factor_name_conflict",
          "A factor with the friendly name \"" + name + "\" for this user already exists");
    }
  }
}
