package maia.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import maia.base.Check;
import maia.base.Rich;
import maia.sim.RunRecord;
import maia.sim.TraceJson;

/// The kernels that operations on simulated devices, and compiled functions, launched while a body
/// ran: `Maia.profile(() -> x.linear(w).relu())`.
///
/// @param <T> the result's type
/// @param result what the body returned
/// @param launches the kernels it launched, in order
public record Profile<T>(T result, List<Launch> launches) implements Rich {
  private static final ScopedValue<List<Launch>> LAUNCHES = ScopedValue.newInstance();
  private static final ScopedValue<String> OP = ScopedValue.newInstance();

  /// A kernel and the operation that needed it.
  ///
  /// @param op the operation's name, or several joined by `+` where one kernel computes them
  /// @param kernel the run
  public record Launch(String op, KernelRun kernel) {}

  public Profile {
    launches = List.copyOf(launches);
  }

  /// Runs `body` and collects every kernel that operations on a simulated device launch in it.
  public static <T> Profile<T> of(Supplier<T> body) {
    List<Launch> launches = new ArrayList<>();
    T result = ScopedValue.where(LAUNCHES, launches).call(body::get);
    return new Profile<>(result, launches);
  }

  /// Runs `body`, whose kernels belong to the operation `op`.
  static <T> T during(String op, Supplier<T> body) {
    return LAUNCHES.isBound() ? ScopedValue.where(OP, op).call(body::get) : body.get();
  }

  static void record(KernelRun run) {
    add(OP.orElse(run.record().program()), run);
  }

  static void add(String op, KernelRun run) {
    if (LAUNCHES.isBound()) {
      LAUNCHES.get().add(new Launch(op, run));
    }
  }

  /// The kernel runs in order.
  public List<KernelRun> kernels() {
    return launches.stream().map(Launch::kernel).toList();
  }

  /// One line per operation and the sums; the operation that takes longest comes first.
  public ProfileTable table() {
    return ProfileTable.of(launches).sortedBy(ProfileTable.Column.TIME);
  }

  /// One line per kernel, and the sums.
  public Report report() {
    return Report.of(kernels());
  }

  /// The kernels put one after the other on one time axis, without counters and energy; refused
  /// when none ran.
  public RunRecord timeline() {
    List<KernelRun> runs = kernels();
    Check.argument(!runs.isEmpty(), "profile: no kernel ran, so there is no timeline");
    return Timeline.of(
        "profile",
        runs.getFirst().record().machine(),
        runs.stream().map(KernelRun::record).toList());
  }

  /// The timeline in Perfetto's JSON form; empty of events when no kernel ran.
  public String trace() {
    return launches.isEmpty() ? "{\"traceEvents\":[]}" : TraceJson.of(timeline());
  }

  @Override
  public Map<String, String> mime() {
    return table().mime();
  }

  /// The table.
  @Override
  public String toString() {
    return table().toString();
  }
}
