package maia.kernel;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import maia.base.CacheFolder;
import maia.kernel.ir.KernelException;
import maia.kernel.library.Matmul;
import maia.kernel.library.Softmax;
import maia.kernel.tune.CostModel;
import maia.kernel.tune.Trial;
import maia.kernel.tune.Tune;
import maia.kernel.tune.TuneResult;
import maia.machine.Chip;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuneTest {
  private static final Tune GRID =
      Tune.grid("BM", 64, 128).and("BN", 64, 128, 8192).and("STAGES", 2, 3);

  @TempDir Path folder;
  private String before = "";
  private final List<KernelCall> launched = new ArrayList<>();

  @BeforeEach
  void use() {
    before = System.getProperty(CacheFolder.PROPERTY, "");
    System.setProperty(CacheFolder.PROPERTY, folder.toString());
  }

  @AfterEach
  void restore() {
    if (before.isEmpty()) {
      System.clearProperty(CacheFolder.PROPERTY);
    } else {
      System.setProperty(CacheFolder.PROPERTY, before);
    }
  }

  private record Counting(OnSim sim, List<KernelCall> launched) implements Launcher {
    @Override
    public Run launch(KernelCall call) {
      launched.add(call);
      return sim.launch(call);
    }

    @Override
    public maia.machine.Machine machine() {
      return sim.machine();
    }
  }

  private static HostArray meta(DType type, long... shape) {
    return HostArray.zeros(type, shape);
  }

  private TuneResult tune(Tune tune) {
    return tune(Matmul.KERNEL.autotune(tune));
  }

  private TuneResult tune(TunedKernel kernel) {
    return kernel
        .grid(c -> cdiv(256, c.integer("BM")), c -> cdiv(256, c.integer("BN")))
        .on(new Counting(new OnSim(Chip.MAIA_200), launched))
        .tune(meta(BF16, 256, 128), meta(BF16, 128, 256), meta(BF16, 256, 256));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve(TuneMemory.NAME))) {
      return all.filter(f -> f.toString().endsWith(".txt")).sorted().toList();
    }
  }

  @Test
  void tune_isTheBestOfTheSimulated_andTheSameAgain() {
    TuneResult first = tune(GRID);
    assertThat(first.trials()).hasSize(12);
    assertThat(first.trials().stream().filter(t -> t.outcome() instanceof Trial.Refused))
        .hasSize(4)
        .allSatisfy(t -> assertThat(t.configuration().integer("BN")).isEqualTo(8192));
    assertThat(first.simulated()).isEqualTo(2).isEqualTo(launched.size());
    assertThat(first.trials().stream().flatMapToLong(t -> t.cycles().stream()).min())
        .hasValue(first.cycles());
    TuneResult again = tune(GRID);
    assertThat(launched).hasSize(2); // nothing simulated twice
    assertThat(again.simulatedNow()).isZero();
    assertThat(again.trials()).isEqualTo(first.trials());
    assertThat(again.best()).isEqualTo(first.best());
  }

  @Test
  void keepAll_simulatesEveryCandidate() {
    TuneResult all = tune(GRID.prune(c -> c.integer("STAGES") == 2).keep(1));
    assertThat(all.simulated()).isEqualTo(4);
    assertThat(all.trials().stream().filter(t -> t.outcome() instanceof Trial.Pruned)).hasSize(4);
  }

  @Test
  void prune_seesMemoryAndPrograms() {
    TuneResult small = tune(GRID.prune(c -> c.sramBytes() <= 200_000).prune(c -> c.programs() > 8));
    assertThat(small.trials())
        .filteredOn(t -> t.outcome() instanceof Trial.Simulated)
        .allSatisfy(t -> assertThat(t.sramBytes().orElseThrow()).isLessThanOrEqualTo(200_000));
    assertThat(small.trials())
        .extracting(Trial::verdict)
        .contains("pruned by rule 1", "pruned by rule 2");
  }

  @Test
  void budget_simulatesNoMoreInstructionsButAlwaysOne() {
    assertThat(tune(GRID.keep(1).budget(1)).simulated()).isEqualTo(1);
    assertThat(tune(GRID.keep(1).budget(Long.MAX_VALUE)).simulated()).isEqualTo(8);
    assertThat(tune(GRID.keep(1).budget(200)).simulated()).isBetween(2, 7);
  }

  @Test
  void ownModel_ordersAndIsNotKept() throws IOException {
    CostModel smallest = c -> c.integer("BM") * c.integer("BN");
    TuneResult result = tune(GRID.model(smallest).keep(0.01));
    assertThat(result.best().toString()).isEqualTo("BM=64 BN=64 STAGES=2");
    assertThat(files()).hasSize(1);
    assertThat(Files.readString(files().getFirst())).doesNotContain("model.");
  }

  @Test
  void files_areReadableOnePerConfiguration() throws IOException {
    tune(GRID);
    assertThat(files()).hasSize(8);
    assertThat(files().stream().map(TuneTest::read))
        .allMatch(t -> t.contains("\nconfiguration BM=") && t.contains("\nmodel.analytic "))
        .filteredOn(t -> t.contains("\ncycles "))
        .hasSize(2)
        .allMatch(t -> t.contains("\nfunc matmul(") && t.contains("--- launch\ngrid ["));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void damagedFiles_areSimulatedAnew() throws IOException {
    TuneResult first = tune(GRID);
    for (Path file : files()) {
      Files.writeString(file, read(file).replace("\ncycles ", "\ncycles 9"));
    }
    TuneResult again = tune(GRID);
    assertThat(again.trials()).isEqualTo(first.trials());
    assertThat(again.simulatedNow()).isEqualTo(2);
  }

  @Test
  void cachesOff_theTunedKernelRemembers() {
    System.setProperty(CacheFolder.PROPERTY, "off");
    TunedKernel tuned = Matmul.KERNEL.autotune(GRID);
    assertThat(tune(tuned).simulatedNow()).isEqualTo(2);
    assertThat(tune(tuned).simulatedNow()).isZero();
  }

  @Test
  void interrupt_stopsAndKeepsWhatIsKnown() {
    TuneResult whole = tune(GRID);
    TunedKernel tuned = Matmul.KERNEL.autotune(GRID.keep(1));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> tune(tuned))
        .isInstanceOf(CancellationException.class)
        .hasMessage("tuning of 'matmul' was interrupted");
    TuneResult after = tune(tuned);
    assertThat(after.simulatedNow()).isEqualTo(6);
    assertThat(after.trials())
        .containsAll(whole.trials().stream().filter(t -> t.cycles().isPresent()).toList());
  }

  @Test
  void key_ofSomeSizes_isUsedForOthers() {
    Tune byDepth = GRID.key("a.1", "b.1");
    tune(byDepth);
    launched.clear();
    TuneResult taller =
        Matmul.KERNEL
            .autotune(byDepth)
            .grid(c -> cdiv(512, c.integer("BM")), c -> cdiv(256, c.integer("BN")))
            .on(new Counting(new OnSim(Chip.MAIA_200), launched))
            .tune(meta(BF16, 512, 128), meta(BF16, 128, 256), meta(BF16, 512, 256));
    assertThat(taller.key()).isEqualTo("a.1=128 b.1=256");
    assertThat(launched).isEmpty();
  }

  @Test
  void key_unknownName_namesTheParameters() {
    assertThatThrownBy(() -> tune(GRID.key("M")))
        .isInstanceOf(KernelException.class)
        .hasMessage("'matmul' has no parameter 'M'; declared are [a, b, c] [K403]");
  }

  @Test
  void nothingLeft_saysWhy() {
    assertThatThrownBy(() -> tune(Tune.grid("BM", 64).prune(c -> false)))
        .isInstanceOf(KernelException.class)
        .hasMessage(
            "tuning 'matmul' for maia-200: none of 1 configurations may run; try smaller blocks or looser"
                + " rules\n  BM=64 pruned by rule 1 [K405]");
  }

  @Test
  void text_isATable() {
    assertThat(
            tune(Tune.grid("BM", 64, 128).and("ACT", maia.kernel.library.Activation.RELU)).rows())
        .hasSize(2)
        .allSatisfy(row -> assertThat(row).hasSize(6).contains("RELU"));
    String text = tune(GRID).toString();
    assertThat(text)
        .contains("12 configurations, 2 simulated", "; best\n", "refused: kernel 'matmul'");
    assertThat(text.lines()).hasSize(14);
  }

  @Test
  void run_usesTheBestConfiguration() {
    float[] x = Values.random(1, 64 * 64);
    HostArray a = HostArray.of(x, BF16, 64, 64);
    HostArray c = meta(BF16, 64, 64);
    HostArray plain = meta(BF16, 64, 64);
    Matmul.KERNEL.with("BM", 64).grid(1).on(new OnSim(Chip.MAIA_200)).run(a, a, plain);
    Matmul.KERNEL
        .autotune(Tune.grid("BM", 32, 64).and("BN", 64))
        .grid(m -> cdiv(64, m.integer("BM")))
        .on(new OnSim(Chip.MAIA_200))
        .run(a, a, c);
    assertThat(c.toFloats()).isEqualTo(plain.toFloats());
  }

  // ---- heuristics

  @Test
  void heuristic_choosesAMetaFromTheArguments() {
    Kernel softmax = Softmax.KERNEL.heuristic(a -> Map.of("BLOCK", nextPow2(a.size("in", 1))));
    KernelCall call =
        softmax.grid(4).call(KernelCall.Mode.TIMING_ONLY, meta(F32, 8, 300), meta(F32, 8, 300));
    assertThat(call.metas()).containsEntry("BLOCK", 512);
    assertThat(
            softmax
                .with("BLOCK", 1024)
                .grid(4)
                .call(KernelCall.Mode.TIMING_ONLY, meta(F32, 8, 300), meta(F32, 8, 300))
                .metas())
        .containsEntry("BLOCK", 1024);
  }

  @Test
  void heuristic_feedsTheGrid() {
    KernelCall call =
        Softmax.KERNEL
            .heuristic(a -> Map.of("BLOCK", nextPow2(a.size("in", 1))))
            .grid(c -> c.integer("BLOCK") / 64)
            .call(KernelCall.Mode.TIMING_ONLY, meta(F32, 8, 300), meta(F32, 8, 300));
    assertThat(call.grid()).containsExactly(8);
  }

  @Test
  void heuristic_unknownParameter_namesThose() {
    assertThatThrownBy(() ->
            Softmax.KERNEL
                .heuristic(a -> Map.of("BLOCK", (int) a.size("x", 1)))
                .grid(1)
                .call(KernelCall.Mode.TIMING_ONLY, meta(F32, 8, 300), meta(F32, 8, 300)))
        .isInstanceOf(KernelException.class)
        .hasMessage("'softmax' has no parameter 'x'; declared are [in, out] [K403]");
  }

  // ---- the description

  @Test
  void grid_twiceTheSameMeta_isRefused() {
    assertThatThrownBy(() -> Tune.grid("BM", 1).and("BM", 2))
        .hasMessage("tune: meta 'BM' is given twice; name each once");
    assertThatThrownBy(() -> Tune.grid("BM", 1, 1))
        .hasMessage("tune: meta 'BM' has a value twice: [1, 1]");
    assertThatThrownBy(() -> Tune.grid("BM")).hasMessage("tune: meta 'BM' has no values to try");
    assertThatThrownBy(() -> Tune.grid("BM", 1).keep(0))
        .hasMessage("tune: keep needs a share above 0 up to 1, got 0.0");
    assertThatThrownBy(() -> Tune.grid("BM", 1).budget(0))
        .hasMessage("tune: the budget must be positive, got 0 instructions");
  }
}
