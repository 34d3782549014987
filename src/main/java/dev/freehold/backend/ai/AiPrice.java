package dev.freehold.backend.ai;

import dev.freehold.problem.Problem;
import java.math.BigDecimal;
import java.math.RoundingMode;

/// What a model costs, in the owner's money.
///
/// @param inNanos a million tokens that go in, in billionths of the money
/// @param outNanos a million tokens that come out
/// @param callNanos each call beside its tokens: for images and speech, which count none
public record AiPrice(long inNanos, long outNanos, long callNanos) {
  private static final int NANO_DIGITS = 9;
  private static final long MILLION = 1_000_000;
  private static final BigDecimal MOST = BigDecimal.valueOf(MILLION);

  public AiPrice {
    if (inNanos < 0 || outNanos < 0 || callNanos < 0) {
      throw new IllegalArgumentException("a price below nothing");
    }
  }

  /// Rounded up, so that no call is counted as less than it costs.
  long of(AiTokens tokens, int units) {
    var sum =
        BigDecimal.valueOf(inNanos)
            .multiply(BigDecimal.valueOf(tokens.in()))
            .add(BigDecimal.valueOf(outNanos).multiply(BigDecimal.valueOf(tokens.out())))
            .divide(BigDecimal.valueOf(MILLION), 0, RoundingMode.CEILING)
            .add(BigDecimal.valueOf(callNanos).multiply(BigDecimal.valueOf(units)));
    return sum.min(BigDecimal.valueOf(Long.MAX_VALUE / MILLION)).longValueExact();
  }

  /// An amount that a person wrote, such as `0.25`.
  ///
  /// @throws dev.freehold.problem.ProblemException `ai-settings-invalid`
  public static long nanos(String amount) {
    try {
      var value = new BigDecimal(amount.strip());
      if (value.signum() >= 0 && value.compareTo(MOST) <= 0) {
        return value.movePointRight(NANO_DIGITS).setScale(0, RoundingMode.CEILING).longValueExact();
      }
    } catch (NumberFormatException e) {
      throw noAmount(amount).raise(e);
    }
    throw noAmount(amount).raise();
  }

  /// As a person reads it.
  public static String text(long nanos) {
    return BigDecimal.valueOf(nanos, NANO_DIGITS).stripTrailingZeros().toPlainString();
  }

  private static Problem noAmount(String text) {
    return Problem.of("ai-settings-invalid", "“" + text + "” is no amount of money")
        .hint("write a plain number from 0 to " + MOST.toPlainString() + ", such as 0.25");
  }
}
