package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import maia.machine.Chip;
import maia.machine.Energy;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;

/// The trace as JSON: it parses, every slice has its line, the counters add up.
class TraceJsonTest {
  private static final RunRecord RUN = run();

  private static RunRecord run() {
    return Simulator.on(Chip.MAIA_200)
        .run(Gemm.program(Gemm.Mistake.NONE), Launch.of(Gemm.arrays(DType.BF16, DType.BF16)));
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> events(RunRecord run) {
    var root = (Map<String, Object>) JsonReader.parse(TraceJson.of(run));
    return (List<Map<String, Object>>) root.get("traceEvents");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> args(Map<String, Object> event) {
    return (Map<String, Object>) event.get("args");
  }

  private static List<Map<String, Object>> of(String phase) {
    return events(RUN).stream().filter(e -> e.get("ph").equals(phase)).toList();
  }

  @Test
  void slices_areThoseOfTheTrace_withLinesAndKnownThreads() {
    List<Map<String, Object>> slices = of("X");
    assertThat(slices).hasSameSizeAs(RUN.trace());
    Set<List<Object>> named =
        of("M").stream()
            .filter(e -> e.get("name").equals("thread_name"))
            .map(e -> List.of(e.get("pid"), e.get("tid")))
            .collect(Collectors.toSet());
    for (int i = 0; i < slices.size(); i++) {
      Map<String, Object> slice = slices.get(i);
      Span span = RUN.trace().get(i);
      assertThat(args(slice).get("line")).isEqualTo(span.origin().toString());
      assertThat((String) args(slice).get("line")).contains("Gemm.java:");
      assertThat((Double) slice.get("ts")).isEqualTo(span.startPicoseconds() * 1e-6, offset(1e-9));
      assertThat((Double) slice.get("dur")).isNotNegative();
      assertThat(named).contains(List.of(slice.get("pid"), slice.get("tid")));
    }
  }

  @Test
  void counters_powerAndTraffic_areTracksThatEndAtZero() {
    for (String name : List.of("power", "HBM")) {
      List<Map<String, Object>> track =
          of("C").stream().filter(e -> e.get("name").equals(name)).toList();
      assertThat(track).hasSize(RUN.power().size() + 1);
      assertThat(track)
          .isSortedAccordingTo(
              (a, b) -> Double.compare((Double) a.get("ts"), (Double) b.get("ts")));
      assertThat(args(track.getLast()).values()).containsExactly(0.0);
    }
  }

  @Test
  void traffic_overTime_addsUpToTheBytes() {
    double bytes =
        RUN.power().stream()
            .mapToDouble(
                p -> p.hbmBytesPerSecond() * (p.endPicoseconds() - p.startPicoseconds()) * 1e-12)
            .sum();
    assertThat(bytes).isEqualTo(RUN.counters().hbmBytes(), offset(1.0));
    assertThat(RUN.bytesByLevel().get("hbm")).isEqualTo(RUN.counters().hbmBytes());
  }

  @Test
  void joules_byLevel_addUpToTheEnergy_andToThePower() {
    double joules = RUN.joulesByLevel().values().stream().mapToDouble(j -> j).sum();
    assertThat(joules).isEqualTo(RUN.energy().total(), offset(1e-12));
    double overTime = RUN.power().stream().mapToDouble(PowerSample::joules).sum();
    assertThat(overTime).isEqualTo(joules, offset(1e-9 * joules));
  }

  @Test
  void power_aboveTheDesign_isNoted() {
    Energy e = Chip.MAIA_200.energy();
    var low =
        new Energy(
            160,
            e.idleWatts(),
            e.tensorPicojoulesPerFlop(),
            e.vectorPicojoulesPerFlop(),
            e.hbmPicojoulesPerBit() * 100,
            e.csramPicojoulesPerByte(),
            e.tsramPicojoulesPerByte(),
            e.networkPicojoulesPerBit(),
            e.voltage());
    RunRecord hot =
        Simulator.on(Chip.MAIA_200.withEnergy(low))
            .run(Gemm.program(Gemm.Mistake.NONE), Launch.of(Gemm.arrays(DType.BF16, DType.BF16)));
    assertThat(hot.peakWatts()).isGreaterThan(160);
    assertThat(hot.notes()).anyMatch(n -> n.startsWith("power is above the 160 W of the chip's"));
    assertThat(RUN.notes()).noneMatch(n -> n.startsWith("power"));
  }

  @Test
  void engines_workAndWait_withinTheTime() {
    for (EngineUse use : RUN.counters().engines()) {
      long lost =
          RUN.counters().stalls().stream()
              .filter(s -> s.queue().equals(use.queue()) && s.tile() == use.tile())
              .mapToLong(Stall::picoseconds)
              .sum();
      assertThat(use.busyPicoseconds() + lost)
          .as(use.queue())
          .isLessThanOrEqualTo(RUN.picoseconds());
      assertThat(use.instructions()).isPositive();
    }
  }
}
