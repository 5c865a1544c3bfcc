package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.kernel.fuzz.ProductSpec;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Random matrix products, over block sizes, stages, grids, mappings and ways to reach operands:
/// eager mode, interpreter and simulator agree bit for bit. How many is the system property
/// `maia.fuzz.count`, from which seed on `maia.fuzz.first`; `-Pfuzz` runs many.
class ProductFuzzTest {
  private static final int COUNT = Integer.getInteger("maia.fuzz.count", 24);
  private static final long FIRST = Long.getLong("maia.fuzz.first", 1);

  @Test
  void randomProducts_inEveryMode_agree() {
    int simulated = 0;
    for (long seed = FIRST; seed < FIRST + COUNT; seed++) {
      ProductSpec spec = new ProductSpec(seed);
      for (Machine machine : seed % 3 == 0 ? List.of(Chip.TOY) : List.of(Chip.MAIA_200)) {
        simulated += agrees(spec, machine) ? 1 : 0;
      }
    }
    assertThat(simulated).as("of %d products, those that fit", COUNT).isGreaterThan(COUNT / 2);
  }

  /// A block of a larger product that two DMA channels share: its limit, what is left of the array,
  /// lies far beyond the block.
  @ParameterizedTest
  @CsvSource({"64, 128, 128", "64, 64, 64", "64, 128, 64", "128, 128, 64"})
  void product_loadCutBetweenChannels_ofManyBlocks_agrees(int bm, int bn, int bk) {
    Kernel kernel =
        Kernel.define(
            "cut",
            k -> {
              var a = k.in("a", BF16, 2);
              var b = k.in("b", BF16, 2);
              var c = k.out("c", F32, 2);
              var m = k.programId(0).mul(bm);
              var n = k.programId(1).mul(bn);
              var acc = k.var(k.zeros(F32, bm, bn));
              k.range(0, a.size(1), bk)
                  .stages(3)
                  .each(d -> {
                    var ta = a.block(bm, bk).at(m, d).load();
                    var tb = b.block(bk, bn).at(d, n).load();
                    acc.set(k.dot(ta, tb, acc.get()));
                  });
              c.block(bm, bn).at(m, n).store(acc.get());
            });
    HostArray c = HostArray.zeros(F32, 512, 512);
    Modes.agree(
        kernel.grid(512 / bm, 512 / bn),
        Chip.MAIA_200,
        Values.array(1, BF16, 512, 300),
        Values.array(2, BF16, 300, 512),
        c);
  }

  /// Seed 5574: programs beyond the last column wait for blocks without reading them, and the next
  /// fill of the same slot is cut by a limit. The slot was taken for handed back.
  @Test
  void productsWithoutColumns_beforeCutFills_areNotReported() {
    assertThat(agrees(new ProductSpec(5574), Chip.TOY)).isTrue();
  }

  /// False when the product is too large for the chip.
  private static boolean agrees(ProductSpec spec, Machine machine) {
    try {
      Modes.agree(spec.launch(), machine, spec.arguments());
      return true;
    } catch (KernelException e) {
      if (e.mistake().filter(m -> m == Mistake.OUT_OF_MEMORY).isPresent()) {
        return false;
      }
      throw new AssertionError(spec + " on " + machine.name(), e);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(spec + " on " + machine.name(), e);
    }
  }
}
