package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// A browser that wakes up with very many tabs.
class RefreshStormTest {
  private static final int TABS = 200;

  @Test
  void manyRefreshesOfOneTokenEndInOneLiveSession()
      throws InterruptedException, ExecutionException {
    try (var auth = AuthFixture.withDefaults();
        var tabs = Executors.newVirtualThreadPerTaskExecutor()) {
      var token = auth.signUp("storm@example.com", "secret1").text("/refresh_token");
      var start = new CountDownLatch(1);
      var answers = new ArrayList<Future<AuthFixture.Answer>>();
      for (int i = 0; i < TABS; i++) {
        answers.add(
            tabs.submit(() -> {
              start.await();
              return auth.refresh(token);
            }));
      }
      start.countDown();
      var done = new ArrayList<AuthFixture.Answer>();
      for (var answer : answers) {
        done.add(answer.get());
      }

      // Who waits too long is told to come again, and keeps the session; nobody is told less.
      var statuses = done.stream().map(AuthFixture.Answer::status).collect(Collectors.toSet());
      assertThat(statuses).isSubsetOf(200, 409).contains(200);
      var issued =
          done.stream()
              .filter(a -> a.status() == 200)
              .map(a -> a.text("/refresh_token"))
              .collect(Collectors.toSet());
      assertThat(issued).hasSize(1);
      assertThat(auth.value("select count(*) from auth.sessions")).isEqualTo("1");
      assertThat(auth.value("select count(*) from auth.refresh_tokens where not revoked"))
          .isEqualTo("1");
      assertThat(auth.refresh(issued.iterator().next()).status()).isEqualTo(200);
    }
  }
}
