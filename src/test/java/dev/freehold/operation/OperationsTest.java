package dev.freehold.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.problem.Problem;
import dev.freehold.testing.ControlState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperationsTest {
  private static final OperationEvent.Done DONE = new OperationEvent.Done("fine", Map.of());
  private static final OperationEvent.Question QUESTION =
      new OperationEvent.Question("report", "plan", "{}", false, true);

  private final ControlState state = new ControlState();
  private final Operations operations = new Operations(state.store, state.clock);

  @AfterEach
  void close() {
    operations.close();
    state.close();
  }

  @Test
  void stepsAndLinesAreToldInOrderAndTheEndIsRemembered() {
    var running =
        start(progress -> {
          progress.step(
              "build",
              () -> {
                progress.line("one");
                return true;
              });
          return DONE;
        });
    assertThat(running.await()).isEqualTo(DONE);
    assertThat(running.events(0, Duration.ZERO))
        .satisfiesExactly(
            event -> assertThat(event).isEqualTo(new OperationEvent.StepBegun("build")),
            event -> assertThat(event).isEqualTo(new OperationEvent.Line("one")),
            event -> assertThat(event).isInstanceOf(OperationEvent.StepEnded.class),
            event -> assertThat(event).isEqualTo(DONE));
    assertThat(operations.newest(1).getFirst().state()).isEqualTo(Operation.State.DONE);
  }

  @Test
  void oneAtATimeOnAnEnvironment() throws InterruptedException {
    var gate = new CountDownLatch(1);
    var first =
        start(progress -> {
          await(gate);
          return DONE;
        });
    assertThatThrownBy(() -> start(progress -> DONE)).hasMessageContaining("environment-busy");
    gate.countDown();
    first.await();
    assertThat(start(progress -> DONE).await()).isEqualTo(DONE);
  }

  @Test
  void aQuestionWaitsForItsAnswer() {
    var yes = start(OperationsTest::asking);
    yes.confirm();
    assertThat(yes.await()).isEqualTo(DONE);
    var no = start(OperationsTest::asking);
    assertThat(no.events(0, Duration.ofSeconds(5))).containsExactly(QUESTION);
    no.cancel();
    assertThatThrownBy(no::await).hasMessageContaining("operation-declined");
    assertThat(operations.newest(1).getFirst().state()).isEqualTo(Operation.State.FAILED);
  }

  @Test
  void aProblemAndABugBothEndItWithWords() {
    var problem =
        start(progress -> {
          throw Problem.of("build-failed", "it did not build").raise();
        });
    assertThatThrownBy(problem::await).hasMessageContaining("build-failed");
    var bug =
        start(progress -> {
          throw new IllegalStateException("a bug");
        });
    assertThatThrownBy(bug::await).hasMessageContaining("internal-error");
  }

  @Test
  void whatACrashCutOffIsMarkedAtTheNextStart() throws InterruptedException {
    var gate = new CountDownLatch(1);
    var running =
        start(progress -> {
          await(gate);
          return DONE;
        });
    var next = new Operations(state.store, state.clock);
    assertThat(next.interrupted()).extracting(Operation::kind).containsExactly("deploy");
    assertThat(next.newest(1).getFirst().state()).isEqualTo(Operation.State.INTERRUPTED);
    gate.countDown();
    running.await();
  }

  private RunningOperation start(Function<Progress, OperationEvent.Done> work) {
    return operations.start("deploy", "shop/production", "ada", work);
  }

  private static OperationEvent.Done asking(Progress progress) {
    progress.ask(QUESTION);
    return DONE;
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
