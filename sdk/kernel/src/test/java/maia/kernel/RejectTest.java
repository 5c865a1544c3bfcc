package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3FNUZ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import maia.kernel.ir.KernelException;
import maia.kernel.library.VectorAdd;
import maia.machine.Chip;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;

/// Mistakes of authors, each refused with its message. A message ends with the user's line; the
/// tests compare what stands before it, and the line relative to the kernel's definition.
class RejectTest {
  private enum Mode {
    FAST
  }

  private static KernelException refused(Runnable action) {
    KernelException e = catchThrowableOfType(KernelException.class, action::run);
    assertThat(e).isNotNull();
    return e;
  }

  private static void refuses(Consumer<KernelContext> body, String message) {
    KernelException e = refused(() -> compile(Kernel.define("bad", body)));
    assertThat(
            e.getMessage().replaceAll(" \\[[^\\[\\]]*\\)]$", "").replaceAll("line \\d+", "line N"))
        .isEqualTo(message);
    assertThat(e.getStackTrace()[0].getClassName()).startsWith(RejectTest.class.getName());
  }

  private static void compile(Kernel kernel) {
    Compiler.compile(kernel.trace().func(), Chip.TOY);
  }

  // ---- shapes and types

  @Test
  void add_shapesDiffer_namesBothLinesAndTheWayOut() {
    Kernel kernel =
        Kernel.define(
            "bad",
            k -> {
              var a = k.zeros(F32, 64);
              var b = k.zeros(F32, 32);
              a.add(b);
            });
    KernelException e = refused(kernel::trace);
    assertThat(e)
        .hasMessageStartingWith(
            "add: shapes do not match: f32[64] made at line 4, f32[32] made at line 5: dimension 0"
                + " is 64 against 32; did you mean .col() or .row()? [K101] [bad:6 (RejectTest.java:");
    assertThat(e.origin().line()).isEqualTo(6);
    assertThat(e.getCause()).hasMessage("the left operand, f32[64], was made here");
    assertThat(e.getCause().getCause()).hasMessage("the right operand, f32[32], was made here");
    int add = e.getStackTrace()[0].getLineNumber();
    assertThat(e.getCause().getStackTrace()[0].getLineNumber()).isEqualTo(add - 2);
    assertThat(e.getCause().getCause().getStackTrace()[0].getLineNumber()).isEqualTo(add - 1);
  }

  @Test
  void mul_typesDiffer_offersConversion() {
    refuses(
        k -> k.zeros(F32, 16).mul(k.zeros(BF16, 16)),
        "mul: element types differ: f32[16] made at line N, bf16[16] made at line N; convert one"
            + " with .to(F32) [K110]");
  }

  @Test
  void add_fractionToIntegers_offersConversion() {
    refuses(
        k -> k.arange(16).add(0.5),
        "add: 0.5 is not an integer and the tile is i64; convert it with .to(F32) [K112]");
  }

  @Test
  void exp_ofIntegers_offersConversion() {
    refuses(k -> k.arange(16).exp(), "exp: does not take i64[16]; convert it with .to(F32) [K111]");
  }

  @Test
  void arange_notPowerOfTwo_namesTheNext() {
    refuses(
        k -> k.arange(200),
        "arange: 200 is not a power of two; use 256 and mask the tail with .lt(200) [K105]");
  }

  @Test
  void dot_innerDimensionsDiffer_namesBothShapes() {
    refuses(
        k -> k.dot(k.zeros(BF16, 16, 64), k.zeros(BF16, 32, 16), k.zeros(F32, 16, 16)),
        "dot: inner dimensions differ: a is bf16[16x64] made at line N, b is bf16[32x16] made at"
            + " line N; try: load b transposed [K114]");
  }

  @Test
  void dot_wrongAccumulator_namesTheExpected() {
    refuses(
        k -> k.dot(k.zeros(BF16, 16, 64), k.zeros(BF16, 64, 16), k.zeros(F32, 16, 32)),
        "dot: the accumulator must be f32[16x16], got f32[16x32] made at line N [K115]");
  }

  @Test
  void dot_ofFnuz_isRefusedByTheCompiler() {
    refuses(
        k -> {
          var x = k.in("x", FP8_E4M3FNUZ, 2);
          var y = k.out("y", F32, 2);
          var t = x.block(16, 16).at(k.scalar(0), k.scalar(0)).load();
          y.block(16, 16).at(k.scalar(0), k.scalar(0)).store(k.dot(t, t, k.zeros(F32, 16, 16)));
        },
        "dot: the tensor unit of toy does not take fp8_e4m3fnuz x fp8_e4m3fnuz; convert both to a"
            + " type it takes, such as BF16 [K505]");
  }

  @Test
  void quantize_columnsNotWholeBlocks_namesTheBlock() {
    refuses(
        k -> k.quantize(k.zeros(F32, 16, 16), BlockFormat.MXFP4, ScaleRule.FLOOR),
        "quantize: the last size must be a multiple of 32 for mxfp4, was 16 [K118]");
  }

  @Test
  void mxint8_isNeitherMadeNorMultipliedByAnInstruction() {
    refuses(
        k -> k.quantize(k.zeros(F32, 16, 32), BlockFormat.MXINT8, ScaleRule.FLOOR),
        "quantize: no instruction makes mxint8; make its elements and scales and join them with MxTile.of, as library.Quantise does [K119]");
    refuses(
        k -> {
          var x =
              k.in("x", BlockFormat.MXINT8, 2).block(32, 32).at(k.scalar(0), k.scalar(0)).load();
          k.dotScaled(x, x.t(), k.zeros(F32, 32, 32));
        },
        "dotScaled: the tensor unit multiplies blocks of floats, got mxint8; multiply its elements times its scales in F32 [K119]");
  }

  @Test
  void blockTile_ofWrongParts_namesThem() {
    refuses(
        k -> MxTile.of(k.zeros(F32, 16, 32), k.zeros(F32, 16, 2), BlockFormat.NVFP4),
        "block tile: nvfp4 has fp4_e2m1 elements and ue4m3 scales, got f32 and f32; convert them with .to(type) [K111]");
    refuses(
        k ->
            MxTile.of(
                k.zeros(DType.FP4_E2M1, 16, 32), k.zeros(DType.UE4M3, 16, 1), BlockFormat.NVFP4),
        "block tile: nvfp4 has one scale for 16 elements of a row, got scales [16, 1] for elements [16, 32] [K118]");
  }

  // ---- memory

  @Test
  void store_toInArray_saysOut() {
    refuses(
        k -> {
          var x = k.in("x", F32, 1);
          x.at(k.arange(16)).store(k.zeros(F32, 16));
        },
        "store: array 'x' is declared with k.in(...), use k.out(...) [K203]");
  }

  @Test
  void load_fromOutArray_saysIn() {
    refuses(
        k -> k.out("x", F32, 1).at(k.arange(16)).load(),
        "load: array 'x' is declared with k.out(...); use k.in(...) or k.inOut(...) [K204]");
  }

  @Test
  void at_wrongIndexCount_namesTheRank() {
    refuses(
        k -> k.in("x", F32, 2).at(k.arange(16)),
        "array 'x' has rank 2 but at(...) got 1 index [K201]");
  }

  @Test
  void store_wrongType_offersConversion() {
    refuses(
        k -> k.out("y", BF16, 1).at(k.arange(16)).store(k.zeros(F32, 16)),
        "store: array 'y' holds bf16, the value is f32[16] made at line N; convert it with .to(BF16) [K205]");
  }

  @Test
  void blockAt_startNotWholeBlocks_namesTheBlock() {
    refuses(
        k -> k.in("x", BlockFormat.MXFP4, 2).block(16, 32).at(k.scalar(0), k.programId(0)),
        "block: the last start in 'x' must be a multiple of 32 in every program; write it as"
            + " something times 32 [K118]");
  }

  // ---- control flow

  @Test
  void loopLocal_usedOutside_namesTheLine() {
    refuses(
        k -> {
          var y = k.out("y", F32, 1);
          var leaked = new AtomicReference<Tile>();
          k.range(0, 4).each(i -> leaked.set(i.mul(2)));
          y.at(k.arange(16)).store(k.zeros(F32, 16).add(leaked.get()));
        },
        "a tile made inside a loop at line N is used outside it; hold it in `k.var(...)` [K302]");
  }

  @Test
  void var_changesShape_namesBoth() {
    refuses(
        k -> {
          var v = k.var(k.zeros(F32, 32));
          v.set(v.get().sum(0));
        },
        "var: declared f32[32] at line N, assigned f32; a var keeps its type and shape [K304]");
  }

  @Test
  void tile_ofAnotherTrace_isRefused() {
    var leaked = new AtomicReference<Tile>();
    Kernel.define("first", k -> leaked.set(k.arange(16))).trace();
    refuses(
        k -> k.arange(16).add(leaked.get()),
        "a tile of another trace (i64[16], made at line N of 'first') is used here; make it inside"
            + " this kernel [K303]");
  }

  @Test
  void result_neverUsed_suggestsSet() {
    Kernel kernel =
        Kernel.define(
            "bad",
            k -> {
              var acc = k.var(k.zeros(F32, 16));
              acc.get().add(1);
            });
    KernelException e = refused(kernel::trace);
    assertThat(e)
        .hasMessageStartingWith(
            "result of add at line 5 is never used; use or store it (a tile itself never changes),"
                + " or did you mean `acc.set(...)`? [K301] [bad:5");
  }

  @Test
  void equals_onTile_throws() {
    refuses(
        k -> k.arange(16).equals(k.arange(16)),
        "tiles have no values while tracing; compare them with a.eq(b) [K121]");
  }

  @Test
  void check_fails_withItsMessage() {
    refuses(k -> k.check(false, "BM must be 32"), "BM must be 32 [K309]");
  }

  // ---- metas and arguments

  @Test
  void with_unknownMeta_namesTheNearest() {
    KernelException e = refused(() -> VectorAdd.KERNEL.with("BLOK", 64).trace());
    assertThat(e).hasMessage("no meta 'BLOK'; declared are [BLOCK]; did you mean 'BLOCK'? [K401]");
  }

  @Test
  void with_wrongKind_namesTheDeclared() {
    KernelException e = refused(() -> VectorAdd.KERNEL.with("BLOCK", Mode.FAST).trace());
    assertThat(e)
        .hasMessageStartingWith("meta 'BLOCK' is declared as Integer, was given FAST (Mode)");
  }

  @Test
  void run_wrongArgumentCount_namesTheParameters() {
    HostArray x = HostArray.zeros(F32, 8);
    assertThatThrownBy(() -> VectorAdd.over(8).run(x, x))
        .hasMessage("'vector_add' takes 3 arguments [x, y, out], got 2 [K403]");
  }

  @Test
  void run_wrongType_namesBoth() {
    HostArray x = HostArray.zeros(BF16, 8);
    assertThatThrownBy(() -> VectorAdd.over(8).run(x, x, x))
        .hasMessage(
            "argument 'x' of 'vector_add' must hold f32, holds bf16; convert it, or choose the"
                + " kernel for bf16 [K403]");
  }

  @Test
  void run_metaArray_offersTiming() {
    HostArray x = HostArray.meta(F32, 8);
    assertThatThrownBy(() -> VectorAdd.over(8).on(call -> null).run(x, x, x))
        .hasMessage(
            "argument 'x' of 'vector_add' has a shape but no memory; use .timing(...) for time and"
                + " energy only [K403]");
  }

  @Test
  void run_noLauncher_namesTheModule() {
    HostArray x = HostArray.zeros(F32, 8);
    assertThatThrownBy(() -> VectorAdd.over(8).run(x, x, x))
        .hasMessage(
            "no launcher is present to run 'vector_add'; add the module maia.runtime, or choose one"
                + " with .on(launcher) [K404]");
  }

  // ---- memory of a tile

  @Test
  void buffers_tooLarge_showTheMap() {
    Kernel kernel =
        Kernel.define(
            "big",
            k -> {
              var x = k.in("x", F32, 2);
              var y = k.out("y", F32, 2);
              var zero = k.scalar(0);
              var t = x.block(256, 256).at(zero, zero).load();
              y.block(256, 256).at(zero, zero).store(t.add(1));
            });
    KernelException e = refused(() -> compile(kernel));
    assertThat(e.getMessage().replaceAll(" +big:\\d+ \\(RejectTest.java:\\d+\\)\n", " LINE\n"))
        .isEqualTo(
            """
            kernel 'big' does not fit into the 256 KiB of a tile's memory of toy: it needs 512 KiB; make blocks smaller or use fewer stages
            buffer           type                 slots     bytes  line
            x_tile           f32[256x256]             1    262144 LINE
            y_out            f32[256x256]             1    262144 LINE
            total                                          524288
             [K502] [big:7 (RejectTest.java:%d)]\
            """
                .formatted(lineOf(e)));
  }

  @Test
  void tiles_largerThanAnyMemory_areRefusedWhileTracing() {
    KernelException sum =
        refused(() ->
            Kernel.define(
                    "vast",
                    k -> {
                      var y = k.out("y", F32, 1);
                      var i = k.arange(1 << 16);
                      y.at(i).store(i.to(F32).col().mul(i.to(F32).row()).sum(1));
                    })
                .trace());
    assertThat(sum)
        .hasMessageStartingWith(
            "a tile f32[65536x65536] is larger than any memory of a tile: at most 67108864"
                + " elements; make blocks smaller, or go over them with k.range [K502]");
    assertThat(refused(() -> Kernel.define("vast", k -> k.arange(1 << 30)).trace()))
        .hasMessageStartingWith("a tile i64[1073741824] is larger than any memory of a tile");
  }

  @Test
  void run_withoutAnArgument_namesIt() {
    HostArray x = HostArray.zeros(F32, 8);
    String message = "argument 'out' of 'vector_add' must be an array of f32, got null [K403]";
    assertThatThrownBy(() -> VectorAdd.over(8).call(KernelCall.Mode.COMPUTE, x, x, null))
        .hasMessage(message);
    assertThatThrownBy(() -> VectorAdd.KERNEL.eager(0).run(x, x, null)).hasMessage(message);
  }

  private static int lineOf(KernelException e) {
    String source = e.origin().source();
    return Integer.parseInt(source.substring(source.indexOf(':') + 1));
  }
}
