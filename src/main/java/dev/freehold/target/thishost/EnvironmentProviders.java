package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.supabase.auth.provider.ExternalSettings;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings.AppleKey;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings.Rules;
import dev.freehold.backend.supabase.auth.provider.Providers;
import dev.freehold.problem.Problem;
import dev.freehold.secret.Secrets;
import dev.freehold.target.SignInProvider;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The sign-in providers of one Environment: kept sealed as a whole, for their secrets are in them,
/// and taken up at once when the owner changes them.
final class EnvironmentProviders {
  private static final String NAME = "auth-providers";
  private static final int MAX_PROVIDERS = 64;
  private static final TypeReference<List<ProviderSettings>> LIST = new TypeReference<>() {};

  private final Environment environment;
  private final Secrets secrets;
  private final Providers providers;
  private final ReentrantLock lock = new ReentrantLock();
  private List<ProviderSettings> exported = List.of();
  private boolean manualLinking;
  private final JsonMapper json = JsonMapper.shared();

  EnvironmentProviders(Environment environment, Secrets secrets, Clock clock) {
    this.environment = environment;
    this.secrets = secrets;
    this.providers = new Providers(settings(kept()), clock);
  }

  /// Takes up what the export says; what the owner set goes before it.
  void adopt(List<ProviderSettings> ofExport, boolean linking) {
    lock.lock();
    try {
      exported = List.copyOf(ofExport);
      manualLinking = linking;
      providers.replace(settings(kept()));
    } finally {
      lock.unlock();
    }
  }

  Providers inForce() {
    return providers;
  }

  List<SignInProvider> list(String callback) {
    lock.lock();
    try {
      return all(kept()).stream().map(set -> facts(set, callback)).toList();
    } finally {
      lock.unlock();
    }
  }

  /// @throws dev.freehold.problem.ProblemException `auth-provider-invalid`
  SignInProvider set(SignInProvider.Change change, String callback) {
    lock.lock();
    try {
      var all = new ArrayList<>(kept());
      var before = all.stream().filter(set -> set.name().equals(change.name())).findFirst();
      var set = made(change, before);
      var fault = Providers.fault(set);
      if (!fault.isEmpty()) {
        throw Problem.of("auth-provider-invalid", change.name() + " cannot be set: " + fault)
            .hint("known providers: " + String.join(", ", Providers.known()) + ", custom:NAME")
            .raise();
      }
      before.ifPresent(all::remove);
      all.add(set);
      if (all.size() > MAX_PROVIDERS) {
        throw Problem.of("auth-provider-invalid", "there are " + MAX_PROVIDERS + " already")
            .raise();
      }
      keep(all);
      return facts(set, callback);
    } finally {
      lock.unlock();
    }
  }

  /// False when there was none of that name.
  boolean remove(String name) {
    lock.lock();
    try {
      var all = new ArrayList<>(kept());
      boolean was = all.removeIf(set -> set.name().equals(name));
      if (was) {
        keep(all);
      }
      return was;
    } finally {
      lock.unlock();
    }
  }

  /// What is not said stays as it was.
  private static ProviderSettings made(
      SignInProvider.Change change, Optional<ProviderSettings> before) {
    var old = before.orElseGet(() -> ProviderSettings.of(change.name(), "", ""));
    return new ProviderSettings(
        change.name(),
        true,
        change.clientIds().isEmpty() ? old.clientIds() : change.clientIds(),
        change.secret().isEmpty() ? old.secret() : change.secret(),
        change.url().isEmpty() ? old.url() : change.url(),
        old.redirectUri(),
        change.scopes().isEmpty() ? old.scopes() : change.scopes(),
        change.teamId().isEmpty() ? old.apple() : new AppleKey(change.teamId(), change.keyId()),
        new Rules(
            change.skipNonceCheck() || old.rules().skipNonceCheck(),
            change.emailOptional() || old.rules().emailOptional()));
  }

  private static SignInProvider facts(ProviderSettings set, String callback) {
    return new SignInProvider(
        set.name(),
        Providers.title(set.name()),
        set.clientIds(),
        set.url(),
        set.scopes(),
        !set.secret().isEmpty(),
        set.redirectUri().isEmpty() ? callback : set.redirectUri(),
        Providers.console(set.name()));
  }

  private void keep(List<ProviderSettings> all) {
    secrets.keepOwn(environment, NAME, json.writeValueAsString(all));
    providers.replace(settings(all));
  }

  private List<ProviderSettings> kept() {
    return secrets.own(environment, NAME).map(text -> json.readValue(text, LIST)).orElse(List.of());
  }

  private ExternalSettings settings(List<ProviderSettings> set) {
    return ExternalSettings.of(all(set)).withManualLinking(manualLinking);
  }

  /// Those the owner set, then those of the export that the owner did not.
  private List<ProviderSettings> all(List<ProviderSettings> set) {
    var all = new ArrayList<>(set);
    for (var provider : exported) {
      if (set.stream().noneMatch(own -> own.name().equals(provider.name()))) {
        all.add(provider);
      }
    }
    return all;
  }
}
