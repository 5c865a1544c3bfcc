package maia.tensor.optim;

import java.util.Arrays;
import maia.base.Check;
import maia.numerics.Fmath;

/// The learning rate over time, as a factor of the optimiser's own rate: a pure function of the
/// step, so that a run that continues from a checkpoint needs nothing but its step. Any lambda is
/// one.
@FunctionalInterface
public interface Schedule {
  /// The factor of step number `step`, counted from 0.
  double factor(long step);

  /// Always 1.
  static Schedule constant() {
    return step -> 1;
  }

  /// Times `gamma` every `size` steps.
  static Schedule step(long size, double gamma) {
    Check.argument(size > 0, "schedule: the size must be positive, was %d", size);
    return step -> power(gamma, step / size);
  }

  /// Times `gamma` at each milestone.
  static Schedule multiStep(double gamma, long... milestones) {
    long[] sorted = milestones.clone();
    Arrays.sort(sorted);
    return step -> power(gamma, Arrays.stream(sorted).filter(m -> m <= step).count());
  }

  /// Times `gamma` every step.
  static Schedule exponential(double gamma) {
    return step -> power(gamma, step);
  }

  /// A straight line from `from` at step 0 to `to` at step `steps`, where it stays.
  static Schedule linear(double from, double to, long steps) {
    Check.argument(steps > 0, "schedule: the steps must be positive, were %d", steps);
    return step -> from + (to - from) * Math.min(1, (double) step / steps);
  }

  /// Half a cosine wave from 1 at step 0 to `lowest` at step `steps`, where it stays.
  static Schedule cosine(long steps, double lowest) {
    Check.argument(steps > 0, "schedule: the steps must be positive, were %d", steps);
    return step -> halfWave(1, lowest, Math.min(1, (double) step / steps));
  }

  /// Smith's one-cycle policy over `steps` steps as in PyTorch: from 1/25 up to 1 within the first
  /// 30 %, then down to 1/250,000, along half cosine waves.
  static Schedule oneCycle(long steps) {
    return oneCycle(steps, 0.3, 25, 1e4);
  }

  /// The one-cycle policy: from 1/`rise` to 1 within the first `share` of the steps, then down to
  /// 1/(`rise` * `fall`).
  static Schedule oneCycle(long steps, double share, double rise, double fall) {
    Check.argument(steps > 1, "schedule: one cycle needs at least two steps, got %d", steps);
    Check.argument(
        share > 0 && share < 1 && rise > 0 && fall > 0,
        "schedule: one cycle needs a share between 0 and 1 and positive factors, got %s, %s and %s",
        share,
        rise,
        fall);
    double top = share * steps - 1;
    double last = steps - 1;
    return step ->
        step <= top
            ? halfWave(1 / rise, 1, top <= 0 ? 1 : step / top)
            : halfWave(1, 1 / (rise * fall), Math.min(1, (step - top) / (last - top)));
  }

  /// Cosine waves that start again at 1 (Loshchilov and Hutter's warm restarts): the first takes
  /// `period` steps, each further one `growth` times as many; each falls towards `lowest`.
  static Schedule cosineRestarts(long period, int growth, double lowest) {
    Check.argument(
        period > 0 && growth > 0,
        "schedule: period and growth must be positive, were %d and %d",
        period,
        growth);
    return step -> {
      long start = 0;
      long length = period;
      while (step - start >= length) {
        long jump = growth == 1 ? (step - start) / length * length : length;
        start += jump;
        length *= growth;
      }
      return halfWave(1, lowest, (double) (step - start) / length);
    };
  }

  /// (1 - n / `steps`) to the power of `exponent`, 0 from step `steps` on.
  static Schedule polynomial(long steps, int exponent) {
    Check.argument(
        steps > 0 && exponent >= 0,
        "schedule: the steps must be positive and the power not negative, were %d and %d",
        steps,
        exponent);
    return step -> power(1 - Math.min(1, (double) step / steps), exponent);
  }

  /// The schedule of the first transformers: the inverse root of the step after a straight rise to
  /// 1 within `warmup` steps.
  static Schedule inverseRoot(long warmup) {
    Check.argument(warmup > 0, "schedule: the warm-up must be positive, was %d", warmup);
    return step -> Math.min((step + 1.0) / warmup, Math.sqrt(warmup / (step + 1.0)));
  }

  /// This schedule for `steps` steps, then `next` from its beginning: PyTorch's `SequentialLR`.
  default Schedule then(long steps, Schedule next) {
    Check.argument(steps >= 0, "schedule: the steps must not be negative, were %d", steps);
    return step -> step < steps ? factor(step) : next.factor(step - steps);
  }

  /// The product of this schedule and another.
  default Schedule times(Schedule other) {
    return step -> factor(step) * other.factor(step);
  }

  /// A straight line up to 1 within `steps` steps ((n + 1) / `steps` at step n), then this schedule
  /// from its beginning.
  default Schedule afterWarmup(long steps) {
    Check.argument(steps >= 0, "schedule: the warm-up must not be negative, was %d", steps);
    return step -> step < steps ? (step + 1.0) / steps : factor(step - steps);
  }

  private static double halfWave(double from, double to, double at) {
    return to + (from - to) / 2 * (1 + Fmath.cos((float) (Math.PI * at)));
  }

  private static double power(double x, long n) {
    double power = 1;
    double square = x;
    for (long rest = n; rest > 0; rest >>= 1) {
      power *= (rest & 1) == 1 ? square : 1;
      square *= square;
    }
    return power;
  }
}
