package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.KeyFacts;
import dev.freehold.problem.Problem;
import dev.freehold.secret.Secrets;
import dev.freehold.target.SignIn;
import dev.freehold.target.SignInKey;
import dev.freehold.target.SignInProvider;
import java.time.Clock;
import java.util.List;

/// How Users of this host's Environments sign in, for their owners.
final class HostSignIn implements SignIn {
  private static final String CALLBACK = "/auth/v1/callback";

  private final ThisHost host;
  private final EnvironmentSecrets own;
  private final Secrets secrets;
  private final Clock clock;

  HostSignIn(ThisHost host, EnvironmentSecrets own, Secrets secrets, Clock clock) {
    this.host = host;
    this.own = own;
    this.secrets = secrets;
    this.clock = clock;
  }

  @Override
  public String redirectUrl(Environment environment) {
    return host.address(environment) + CALLBACK;
  }

  @Override
  public List<SignInProvider> providers(Environment environment) {
    return providersOf(environment).list(redirectUrl(environment));
  }

  @Override
  public SignInProvider setProvider(Environment environment, SignInProvider.Change change) {
    return providersOf(environment).set(change, redirectUrl(environment));
  }

  @Override
  public boolean removeProvider(Environment environment, String name) {
    return providersOf(environment).remove(name);
  }

  private EnvironmentProviders providersOf(Environment environment) {
    return host.live(environment).backend().providers();
  }

  @Override
  public ApiKeys apiKeys(Environment environment) {
    var api = own.keys(environment).api();
    return new ApiKeys(api.publishable(), api.anon(), api.secret(), api.serviceRole());
  }

  @Override
  public List<SignInKey> keys(Environment environment) {
    return facts(own.keys(environment));
  }

  @Override
  public List<SignInKey> rotateKeys(Environment environment, boolean atOnce) {
    var longest = host.auth(environment).tokenLife();
    return facts(
        host.changeKeys(environment, keys -> keys.rotated(clock.instant(), longest, atOnce)));
  }

  @Override
  public List<SignInKey> importKeys(Environment environment, String given, boolean everyRole) {
    return facts(
        host.changeKeys(environment, keys -> keys.importing(given, everyRole, clock.instant())));
  }

  @Override
  public void revokeKey(Environment environment, String id) {
    var unused =
        host.changeKeys(
            environment, keys -> keys.without(id).orElseThrow(() -> notFound(environment, id)));
  }

  private static RuntimeException notFound(Environment environment, String id) {
    return Problem.of("auth-key-not-found", "no earlier or imported key has the id " + id)
        .detail("the key that signs is replaced by freehold auth keys rotate")
        .hint("freehold auth keys list --app " + environment.app() + " shows what there is")
        .raise();
  }

  private List<SignInKey> facts(EnvironmentKeys keys) {
    return keys.facts(clock.instant()).stream()
        .map(key ->
            new SignInKey(
                key.id(),
                key.algorithm(),
                state(key.state()),
                key.since(),
                key.until(),
                key.everyRole()))
        .toList();
  }

  private static SignInKey.State state(KeyFacts.State state) {
    return switch (state) {
      case SIGNS -> SignInKey.State.SIGNS;
      case SIGNS_API_KEYS -> SignInKey.State.SIGNS_API_KEYS;
      case EARLIER -> SignInKey.State.EARLIER;
      case IMPORTED -> SignInKey.State.IMPORTED;
    };
  }

  @Override
  public Report checkSignIn(Environment environment) {
    var record = new AuthRecord(environment, secrets);
    var kept = new EnvironmentProviders(environment, secrets, clock);
    kept.adopt(record.spoken().providers(), record.spoken().manualLinking());
    var address = host.address(environment);
    var doctor =
        new SignInDoctor(
            environment.app().text(),
            address,
            record,
            kept.inForce().settings().providers(),
            keys(environment),
            clock.instant());
    var callback = redirectUrl(environment);
    return new Report(
        address, callback, kept.list(callback), doctor.findings(host.database(environment).auth()));
  }
}
