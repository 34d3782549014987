package dev.freehold.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.app.AppName;
import dev.freehold.app.Environment;
import dev.freehold.target.Target;
import dev.freehold.telemetry.Events;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SchemaStepTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration A_WHILE = Duration.ofMillis(300);

  @Test
  void aCancelledDeployEndsWhenNothingOfItsDatabaseGoesOn() throws Exception {
    var begun = new CountDownLatch(1);
    var made = new CountDownLatch(1);
    var over = new AtomicBoolean();
    var environment =
        new Environment(
            new AppName("a"),
            new AppName("b"),
            Instant.EPOCH,
            Environment.DatabaseChoice.OWN_CLUSTER);
    var schema = new SchemaStep(slow(begun, made, over), Events.NONE);
    var deploy =
        Thread.startVirtualThread(() -> schema.prepareAside(environment, line -> {}).close());
    assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    deploy.interrupt();
    assertThat(deploy.join(A_WHILE)).isFalse();
    made.countDown();
    assertThat(deploy.join(PATIENCE)).isTrue();
    assertThat(over).isTrue();
  }

  /// A place to run whose databases take their time, and fail.
  private static Target slow(CountDownLatch begun, CountDownLatch made, AtomicBoolean over) {
    return (Target)
        Proxy.newProxyInstance(
            Target.class.getClassLoader(),
            new Class<?>[] {Target.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("prepare");
              begun.countDown();
              assertThat(made.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
              over.set(true);
              throw new IllegalStateException("no room");
            });
  }
}
