package maia.kernel;

import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import maia.kernel.ir.KernelException;
import maia.machine.Chip;
import maia.npl.Program;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// Buffers that are never needed at the same time share memory where it is short.
class MemorySharingTest {
  private static final long MEMORY = Chip.TOY.tsram().bytes();
  private static final int COLUMNS = 64;

  /// Rows of a block that takes a quarter of a tile's memory.
  private static final int QUARTER = Math.toIntExact(MEMORY / 4 / 4 / COLUMNS);

  /// A chain of running sums, each a buffer of its own.
  private static Kernel chain(int rows, int steps) {
    return Kernel.define(
        "chain",
        k -> {
          var x = k.in("x", F32, 2);
          var y = k.out("y", F32, 2);
          var row = k.programId(0).mul(rows);
          Tile t = x.block(rows, COLUMNS).at(row, k.scalar(0)).load();
          for (int i = 0; i < steps; i++) {
            t = t.cumsum(1);
          }
          y.block(rows, COLUMNS).at(row, k.scalar(0)).store(t);
        });
  }

  private static long bytes(Program program) {
    return program.buffers().stream().mapToLong(b -> b.slots() * slotBytes(b)).sum();
  }

  private static long slotBytes(Program.Buffer buffer) {
    return 4L * buffer.shape().stream().mapToInt(n -> n).reduce(1, (a, b) -> a * b);
  }

  @Test
  void chainOfSevenBuffers_inMemoryForFour_sharesTwo() {
    Compiled compiled = Compiler.compile(chain(QUARTER, 6).trace().func(), Chip.TOY);
    assertThat(compiled.program().buffers())
        .extracting(Program.Buffer::slots)
        .containsExactly(2, 1);
    assertThat(bytes(compiled.program())).isEqualTo(MEMORY / 4 * 3);
  }

  @Test
  void whatFits_sharesNothing() {
    Compiled compiled = Compiler.compile(chain(QUARTER / 4, 6).trace().func(), Chip.TOY);
    assertThat(compiled.program().buffers()).hasSize(7);
  }

  @Test
  void sharedMemory_changesNoBit() {
    int rows = 4 * QUARTER; // two programs on each tile
    float[] values = new float[rows * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 7 - 3;
    }
    HostArray y = HostArray.zeros(F32, rows, COLUMNS);
    chain(QUARTER, 6)
        .grid(4)
        .on(new OnSim(Chip.TOY))
        .run(HostArray.of(values, F32, rows, COLUMNS), y);
    float[] expected = values.clone();
    for (int step = 0; step < 6; step++) {
      for (int i = 0; i < expected.length; i++) {
        expected[i] += i % COLUMNS == 0 ? 0 : expected[i - 1];
      }
    }
    assertThat(y.toFloats()).isEqualTo(expected);
  }

  /// Buffers that are all needed at the end.
  @Test
  void buffersNeededTogether_areRefusedWithTheMemoryMap() {
    Kernel kernel =
        Kernel.define(
            "together",
            k -> {
              var x = k.in("x", F32, 2);
              var y = k.out("y", F32, 2);
              Tile t = x.block(QUARTER, COLUMNS).at(k.scalar(0), k.scalar(0)).load();
              List<Tile> all = new ArrayList<>(List.of(t));
              for (int i = 0; i < 4; i++) {
                all.add(all.getLast().cumsum(1));
              }
              Tile sum = all.getFirst();
              for (Tile one : all.subList(1, all.size())) {
                sum = sum.add(one);
              }
              y.block(QUARTER, COLUMNS).at(k.scalar(0), k.scalar(0)).store(sum);
            });
    assertThatThrownBy(() -> Compiler.compile(kernel.trace().func(), Chip.TOY))
        .isInstanceOf(KernelException.class)
        .hasMessageStartingWith(
            "kernel 'together' does not fit into the %d KiB of a tile's memory of toy: it needs %d KiB; make blocks smaller or use fewer stages\n"
                .formatted(MEMORY >> 10, MEMORY / 4 * 6 >> 10))
        .hasMessageContaining("x_tile")
        .hasMessageContaining("y_out")
        .hasMessageContaining("[K502]");
  }
}
