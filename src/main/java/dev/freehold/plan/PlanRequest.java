package dev.freehold.plan;

import java.util.Map;
import java.util.Set;

/// What the owner asks for, and what already exists there.
///
/// @param appName the App's name, a valid host label; see [AppLabel]
/// @param environment the Environment's name, for example `production`
/// @param firstDeploy whether the Environment has to be made
/// @param appliedMigrations file names of the schema migrations already applied there
/// @param secretsSet names of the secrets the owner has set
/// @param variables the owner's own build variables; they win over what we choose
/// @param publicUrl where the app will be reachable
public record PlanRequest(
    String appName,
    String environment,
    boolean firstDeploy,
    Set<String> appliedMigrations,
    Set<String> secretsSet,
    Map<String, String> variables,
    String publicUrl) {

  /// The first deployment of an app, with nothing set yet.
  public static PlanRequest first(String appName, String environment, String publicUrl) {
    return new PlanRequest(appName, environment, true, Set.of(), Set.of(), Map.of(), publicUrl);
  }

  public PlanRequest {
    appliedMigrations = Set.copyOf(appliedMigrations);
    secretsSet = Set.copyOf(secretsSet);
    variables = Map.copyOf(variables);
  }
}
