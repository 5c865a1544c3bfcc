package maia.kernel;

import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.Program;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// Kernels that Java loops unroll into hundreds of operations: what is fused and what is computed
/// anew stays bounded, so compiling takes time in proportion to the kernel, and programs print and
/// parse.
class LongChainsTest {
  private static final int ROUNDS = 300;

  private static Program compiled(Kernel kernel) {
    return Compiler.compile(kernel.trace().func(), Chip.TOY).program();
  }

  private static final Kernel POLYNOMIAL =
      Kernel.define(
          "polynomial",
          k -> {
            var x = k.in("x", F32, 1);
            var y = k.out("y", F32, 1);
            var v = x.at(k.arange(16)).load();
            Tile sum = v;
            for (int i = 0; i < ROUNDS; i++) {
              sum = sum.mul(0.5).add(v);
            }
            y.at(k.arange(16)).store(sum);
          });

  @Test
  void chainOfHundredsOfOperations_becomesSeveralInstructions_thatPrintAndParse() {
    Program program = compiled(POLYNOMIAL);
    assertThat(Npl.parse(program.toString())).isEqualTo(program);
    assertThat(program.toString().lines().filter(l -> l.contains(" map "))).hasSizeBetween(3, 12);
    Modes.agree(POLYNOMIAL.grid(1), Chip.TOY, Values.array(1, F32, 16), HostArray.zeros(F32, 16));
  }

  @Test
  void hashOfPositions_usedTwicePerRound_staysSmall() {
    Kernel kernel =
        Kernel.define(
            "hash",
            k -> {
              var y = k.out("y", I64, 1);
              var i = k.programId(0).mul(16).add(k.arange(16));
              Tile hash = i.add(1);
              for (int round = 0; round < 40; round++) {
                hash = hash.xor(hash.shl(5)).xor(hash.shr(3)).and(0xffffff);
              }
              y.at(i).store(hash);
            });
    assertThat(compiled(kernel).toString()).hasSizeLessThan(40_000);
    HostArray y = HostArray.zeros(I64, 32);
    Modes.agree(kernel.grid(2), Chip.TOY, y);
    long hash = 1;
    for (int round = 0; round < 40; round++) {
      hash = (hash ^ hash << 5 ^ hash >> 3) & 0xffffff;
    }
    assertThat(y.toFloats()[0]).isEqualTo((float) hash);
  }

  @Test
  void hashOfTheProgram_usedTwicePerRound_staysSmall() {
    Kernel kernel =
        Kernel.define(
            "seeded",
            k -> {
              var y = k.out("y", I64, 1);
              Tile seed = k.programId(0).add(1);
              for (int round = 0; round < 40; round++) {
                seed = seed.xor(seed.shl(5)).and(0xffffff);
              }
              y.at(k.programId(0).mul(16).add(k.arange(16))).store(seed.add(k.arange(16)));
            });
    assertThat(compiled(kernel).toString()).hasSizeLessThan(100_000);
    Modes.agree(kernel.grid(2), Chip.TOY, HostArray.zeros(I64, 32));
  }

  @Test
  void scalarAddedToItself_asAnIndex_staysSmall() {
    Kernel kernel =
        Kernel.define(
            "doubled",
            k -> {
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              Tile at = k.programId(0);
              for (int i = 0; i < 40; i++) {
                at = at.add(at).rem(64);
              }
              y.at(k.programId(0).mul(16).add(k.arange(16)))
                  .store(x.at(at.add(k.arange(16))).load());
            });
    assertThat(compiled(kernel).toString()).hasSizeLessThan(100_000);
    Modes.agree(kernel.grid(2), Chip.TOY, Values.array(1, F32, 128), HostArray.zeros(F32, 32));
  }

  @Test
  void tracing_interrupted_stops_andTheNextTraceWorks() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(POLYNOMIAL::trace)
        .isInstanceOf(CancellationException.class)
        .hasMessage("tracing was interrupted");
    assertThat(POLYNOMIAL.trace().func().name()).isEqualTo("polynomial");
  }

  @Test
  void compiling_interrupted_stops_andTheNextOneWorks() {
    Kernel kernel = POLYNOMIAL;
    var func = kernel.trace().func();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Compiler.compileAnew(func, Chip.TOY, maia.kernel.lower.GridMap.FLAT))
        .isInstanceOf(CancellationException.class)
        .hasMessage("compiling was interrupted");
    assertThat(compiled(kernel).name()).isEqualTo("polynomial");
  }
}
