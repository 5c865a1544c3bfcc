package maia.npl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import maia.machine.Chip;
import maia.npl.NplException.Category;
import org.junit.jupiter.api.Test;

class VerifierTest {
  private static final String HEAD =
      """
      program p one_tile
        array x: f32[8, 8] in
        array y: f32[8, 8] out
        scalar n: i32
        scalar alpha: f32
        buffer a: f32[8, 8] tsram x2
        buffer h: bf16[8, 8] tsram x2
        buffer i: i32[8] tsram x1
        buffer acc: f32[8, 8] acc x1
        buffer c: f32[8, 8] csram x1
        semaphore s[2] tile initial 0 maximum 9
      """;

  private static void refused(Category category, String message, String queue, String instr) {
    String text = HEAD + "  queue " + queue + "\n    " + instr + "  @ p:7\n";
    NplException e =
        catchThrowableOfType(
            NplException.class, () -> Verifier.verify(Npl.parse(text), Chip.MAIA_200));
    assertThat(e).as(instr).isNotNull();
    assertThat(e.category()).as(e.getMessage()).isEqualTo(category);
    assertThat(e).hasMessage("%s [%s] [p:7]", message, category.code());
  }

  @Test
  void mma_ofFp32_isRefused() {
    refused(
        Category.TYPE,
        "mma: the tensor unit takes bf16, f16, fp8_e4m3, fp8_e5m2, fp6_e2m3, fp6_e3m2, fp4_e2m1,"
            + " i8, operands are f32 and f32; put fp32 products on tvp, or convert the operands",
        "ttu",
        "mma acc[0], a[0], a[1] clear 1");
  }

  @Test
  void mma_ofShapesThatDoNotFit_namesThem() {
    refused(
        Category.STRUCTURE,
        "mma: shapes do not fit: acc is [8, 8], a is [8, 4], b is [8, 8]",
        "ttu",
        "mma acc[0], h[0; 0 +: 8, 0 +: 4], h[1] clear 1");
  }

  @Test
  void instruction_onTheWrongEngine_isRefused() {
    refused(
        Category.STRUCTURE,
        "mma cannot run on queue 'dma0'; put it on ttu",
        "tile_dma",
        "mma acc[0], h[0], h[1] clear 1");
    refused(
        Category.STRUCTURE,
        "copy cannot run on queue 'ttu'; put it on tile_dma",
        "ttu",
        "copy x[0 +: 8, 0 +: 8] -> a[0]");
  }

  @Test
  void slot_beyondTheBuffer_isRefused() {
    refused(
        Category.OUT_OF_BOUNDS,
        "map: slot of 'a' runs over [2, 3), there is [0, 2)",
        "tvp",
        "map a[2] = 1.0");
  }

  @Test
  void box_beyondTheSlot_isRefused() {
    refused(
        Category.OUT_OF_BOUNDS,
        "map: box of 'a' in dimension 1 runs over [4, 12), there is [0, 8)",
        "tvp",
        "map a[0; 0 +: 8, 4 +: 8] = 1.0");
  }

  @Test
  void window_beyondTheArray_isRefused() {
    refused(
        Category.OUT_OF_BOUNDS,
        "copy: dimension 1 of the window runs over [4, 11], outside 'x' [8, 8]; move it inside or"
            + " mask it",
        "tile_dma 0",
        "copy x[0 +: 8, 4 +: 8] -> a[0]");
  }

  @Test
  void store_toAnInput_isRefused() {
    refused(
        Category.STRUCTURE,
        "copy: array 'x' is an input; declare it out or in_out to store to it",
        "tile_dma 0",
        "copy a[0] -> x[0 +: 8, 0 +: 8]");
  }

  @Test
  void copy_betweenKinds_isRefused() {
    refused(
        Category.TYPE,
        "copy: array 'x' is f32, buffer 'i' is i32; cast on the vector unit",
        "tile_dma 0",
        "copy x[0, 0 +: 8] -> i[0]");
  }

  @Test
  void map_ofMixedKinds_isRefused() {
    refused(
        Category.TYPE,
        "add: kinds differ: float against int; cast one of them",
        "tvp",
        "map a[0] = (a[0] + iota(1))");
    refused(
        Category.TYPE,
        "map: the value is bool, 'a' holds f32; cast it",
        "tvp",
        "map a[0] = (a[0] < 1.0)");
  }

  @Test
  void map_thatDoesNotBroadcast_namesBothShapes() {
    refused(
        Category.STRUCTURE,
        "map: 'a' [4, 8] does not broadcast to [8, 8]",
        "tvp",
        "map a[1] = a[0; 0 +: 4, 0 +: 8]");
  }

  @Test
  void map_inClusterSram_isRefused() {
    refused(
        Category.STRUCTURE,
        "map: 'c' lies in cluster SRAM; copy it to tile SRAM first",
        "tvp",
        "map a[0] = c[0]");
  }

  @Test
  void reduce_ofAWrongShape_namesTheRightOnes() {
    refused(
        Category.STRUCTURE,
        "reduce: along axis 1 of [8, 8] gives [8] or [8, 1], 'a' is [8, 8]",
        "tvp",
        "reduce a[1] = sum a[0] over [8, 8] axis 1");
  }

  @Test
  void register_neverSet_isRefused() {
    refused(
        Category.STRUCTURE,
        "register '%k' is neither a loop variable here nor set in queue 'tvp'",
        "tvp",
        "map a[%k] = 1.0");
  }

  @Test
  void scalar_ofFloat_isNoIndex() {
    refused(
        Category.TYPE,
        "scalar 'alpha' is f32; an index needs an integer",
        "tvp",
        "map a[$alpha] = 1.0");
  }

  @Test
  void semaphore_unknownOrBeyond_isRefused() {
    refused(Category.STRUCTURE, "wait: no semaphore is named 't'", "tvp", "wait t");
    refused(
        Category.OUT_OF_BOUNDS,
        "signal: semaphore 's' has 2 members, index was 2",
        "tvp",
        "signal s[2]");
    refused(
        Category.SEMAPHORE, "wait: count on 's' must be 1..9, was 10", "tvp", "wait s[0] by 10");
  }

  @Test
  void channel_beyondTheMachine_isRefused() {
    refused(
        Category.STRUCTURE,
        "queue 'dma2': the machine has 2 of this engine, index was 2",
        "tile_dma 2",
        "wait s[0]");
  }

  @Test
  void irregularInstructions_thatDoNotFit_areRefused() {
    refused(
        Category.STRUCTURE,
        "fold: a reduce along axis 0 of [8, 8] does not give 'a' [8, 8]",
        "tvp",
        "fold a[0] = reduce (a[1]) by ((left(0, f32) + right(0, f32))) over [8, 8] axis 0");
    refused(
        Category.STRUCTURE,
        "fold: a combiner reads its parameters only; pass other data as a value",
        "tvp",
        "fold a[0] = scan (a[1]) by ((left(0, f32) + a[1])) over [8, 8] axis 0");
    refused(
        Category.TYPE,
        "fold: value 0 is float, but combines to bool; cast one of them",
        "tvp",
        "fold a[0] = scan (a[1]) by ((left(0, f32) < right(0, f32))) over [8, 8] axis 0");
    refused(
        Category.STRUCTURE,
        "map: parameters exist in the combiner of a fold only",
        "tvp",
        "map a[0] = left(0, f32)");
    refused(
        Category.STRUCTURE,
        "sort: the box is [8, 4], 'a' is [8, 8]",
        "tvp",
        "sort a[0] = a[1; 0 +: 8, 0 +: 4] over [8, 4] axis 1");
    refused(
        Category.TYPE,
        "histogram: counts integers into i32 bins, was float into i32",
        "tvp",
        "histogram i[0] = a[0] over [8, 8]");
    refused(
        Category.TYPE,
        "assert: needs truth values, was float; compare it",
        "tvp",
        "assert a[0] over [8, 8] \"small\"");
    refused(
        Category.TYPE,
        "bitcast: f32 has 32 bits, bf16 has 16; choose a type of the same width",
        "tvp",
        "map h[0] = bitcast(f32, bf16, a[0])");
    refused(
        Category.STRUCTURE,
        "map: pick of 'a' [8, 8] needs 2 indices, has 1",
        "tvp",
        "map a[0] = pick(a[1], iota(0))");
  }

  @Test
  void lookups_thatDoNotFit_areRefused() {
    refused(
        Category.TYPE,
        "gather: the indices 'a' must be integers, were f32",
        "tile_dma",
        "gather x[index a[1], 0 +: 8 along 1] -> a[0]");
    refused(
        Category.TYPE,
        "gather: the mask 'a' must be bool, was f32",
        "tile_dma",
        "gather x[index i[0], 0 +: 8 along 1] mask a[1] -> a[0]");
    refused(
        Category.STRUCTURE,
        "gather: array 'x' has rank 2, 1 coordinates are given",
        "tile_dma",
        "gather x[index i[0]] -> a[0]");
    refused(
        Category.STRUCTURE,
        "gather cannot run on queue 'tvp'; put it on tile_dma",
        "tvp",
        "gather x[index i[0], 0 +: 8 along 1] -> a[0]");
    refused(
        Category.STRUCTURE,
        "scatter: array 'x' is an input; declare it out or in_out to store to it",
        "tile_dma",
        "scatter a[0] -> x[index i[0], 0 +: 8 along 1]");
    refused(
        Category.TYPE,
        "atomic: and of f32 elements is not possible; use a wider or an integer type",
        "tile_dma",
        "atomic and y[index i[0], 0 +: 8 along 1] by a[0]");
    refused(
        Category.STRUCTURE,
        "atomic: cas needs a value to compare with, other operations none",
        "tile_dma",
        "atomic cas y[index i[0], 0 +: 8 along 1] by a[0]");
  }

  @Test
  void load_ofMoreThanOneInteger_isRefused() {
    refused(
        Category.STRUCTURE,
        "load: a register holds one element, the box of 'i' is [8]",
        "tvp",
        "load %r = i[0]");
    refused(
        Category.TYPE,
        "load: a register holds an integer, 'a' is f32; cast or compare on the vector unit",
        "tvp",
        "load %r = a[0; 0 +: 1, 0 +: 1]");
    refused(
        Category.STRUCTURE,
        "load: '%tile' is a loop variable or a built-in register; choose another name",
        "tvp",
        "load %tile = i[0; 0 +: 1]");
  }
}
