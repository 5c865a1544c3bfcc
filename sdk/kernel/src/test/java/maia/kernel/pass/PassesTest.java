package maia.kernel.pass;

import static org.assertj.core.api.Assertions.assertThat;

import maia.kernel.ir.Func;
import org.junit.jupiter.api.Test;

/// Each pass, text before and text after.
class PassesTest {
  private static void assertRewrite(Pass pass, String before, String after) {
    Func result = pass.apply(Func.parse(before));
    assertThat(result.toString()).isEqualTo(after);
    assertThat(pass.apply(result)).isEqualTo(result);
  }

  private static void assertUnchanged(Pass pass, String text) {
    assertThat(pass.apply(Func.parse(text)).toString()).isEqualTo(text);
  }

  @Test
  void foldConstants_integers_areEvaluated() {
    assertRewrite(
        new FoldConstants(),
        """
        func f(y: out f32[?])
          %0: i64 = 6:i64
          %1: i64 = mul(%0, 7:i64) @ f:2 (A.java:3)
          %2: i64 = add(program_id(0), sub(%1, 42:i64))
          %3: i64[8] = mul(iota(8), 1:i64)
          store y[%3] broadcast(8, 0.0:f32) mask lt(%3, %2)
        """,
        """
        func f(y: out f32[?])
          %0: i64 = 6:i64
          %1: i64 = 42:i64 @ f:2 (A.java:3)
          %2: i64 = program_id(0)
          %3: i64[8] = iota(8)
          store y[%3] broadcast(8, 0.0:f32) mask lt(%3, %2)
        """);
  }

  @Test
  void foldConstants_floats_stay() {
    assertUnchanged(
        new FoldConstants(),
        """
        func f(y: out f32[?])
          %0: f32 = add(0.1:f32, 0.2:f32)
          store y[iota(8)] broadcast(8, %0)
        """);
  }

  @Test
  void removeDead_unusedChain_goes() {
    assertRewrite(
        new RemoveDead(),
        """
        func f(x: in f32[?], y: out f32[?])
          %0: i64[8] = iota(8)
          %1: f32[8] = load x[%0]
          %2: f32[8] = exp(%1)
          %3: f32[8] = exp(%2)
          store y[%0] %2
        """,
        """
        func f(x: in f32[?], y: out f32[?])
          %0: i64[8] = iota(8)
          %1: f32[8] = load x[%0]
          %2: f32[8] = exp(%1)
          store y[%0] %2
        """);
  }

  @Test
  void fuseElementwise_chain_becomesOneTerm() {
    assertRewrite(
        new FuseElementwise(),
        """
        func f(x: in f32[?], y: out f32[?])
          %0: i64[8] = iota(8)
          %1: f32[8] = load x[%0]
          %2: f32[8] = mul(%1, 2.0:f32)
          %3: f32[8] = exp(%2)
          store y[%0] %3
        """,
        """
        func f(x: in f32[?], y: out f32[?])
          %0: i64[8] = iota(8)
          %1: f32[8] = load x[%0]
          store y[%0] exp(mul(%1, 2.0:f32))
        """);
  }

  @Test
  void fuseElementwise_valueReadTwice_staysOneValue() {
    assertUnchanged(
        new FuseElementwise(),
        """
        func f(x: in f32[?], y: out f32[?])
          %0: i64[8] = iota(8)
          %1: f32[8] = load x[%0]
          %2: f32[8] = exp(%1)
          store y[%0] mul(%2, %2)
        """);
  }

  @Test
  void fuseElementwise_cellChangesInBetween_staysBefore() {
    assertUnchanged(
        new FuseElementwise(),
        """
        func f(y: out f32[?])
          %0: f32[8] = var broadcast(8, 0.0:f32)
          %1: f32[8] = get %0
          %2: f32[8] = exp(%1)
          set %0 broadcast(8, 1.0:f32)
          store y[iota(8)] %2
        """);
  }

  @Test
  void foldZeroAccumulator_productLoop_clearsInTheFirstIteration() {
    assertRewrite(
        new FoldZeroAccumulator(),
        """
        func f(a: in bf16[?x?], c: out f32[?x?])
          %0: f32[16x16] = var broadcast(16x16, 0.0:f32)
          range %1 from 0:i64 to size(a, 0) step 16:i64 stages 2
            %2: bf16[16x16] = load a[unsqueeze(1, add(%1, iota(16))), unsqueeze(0, iota(16))]
            %3: f32[16x16] = get %0
            %4: f32[16x16] = dot %2 transpose(%2) acc %3
            set %0 %4
          %5: f32[16x16] = get %0
          store c[unsqueeze(1, iota(16)), unsqueeze(0, iota(16))] %5
        """,
        """
        func f(a: in bf16[?x?], c: out f32[?x?])
          %0: f32[16x16] = var
          range %1 from 0:i64 to size(a, 0) step 16:i64 stages 2
            %2: bf16[16x16] = load a[unsqueeze(1, add(%1, iota(16))), unsqueeze(0, iota(16))]
            %3: f32[16x16] = get %0
            %4: f32[16x16] = dot %2 transpose(%2) acc %3 clear eq(%1, 0:i64)
            set %0 %4
          when le(size(a, 0), 0:i64)
            set %0 broadcast(16x16, 0.0:f32)
          %5: f32[16x16] = get %0
          store c[unsqueeze(1, iota(16)), unsqueeze(0, iota(16))] %5
        """);
  }

  @Test
  void foldZeroAccumulator_otherInitialValue_stays() {
    assertUnchanged(
        new FoldZeroAccumulator(),
        """
        func f(a: in bf16[?x?])
          %0: f32[16x16] = var broadcast(16x16, 1.0:f32)
          range %1 from 0:i64 to 4:i64 step 1:i64 stages 1
            %2: bf16[16x16] = load a[unsqueeze(1, iota(16)), unsqueeze(0, iota(16))]
            %3: f32[16x16] = get %0
            %4: f32[16x16] = dot %2 %2 acc %3
            set %0 %4
        """);
  }

  @Test
  void snapshotReads_readAfterChange_takesACopy() {
    assertRewrite(
        new SnapshotReads(),
        """
        func f(y: out f32[?])
          %0: f32[8] = var broadcast(8, 0.0:f32)
          %1: f32[8] = get %0
          set %0 exp(%1)
          %2: f32[8] = get %0
          store y[iota(8)] add(%1, %2)
        """,
        """
        func f(y: out f32[?])
          %0: f32[8] = var broadcast(8, 0.0:f32)
          %1: f32[8] = get %0 snapshot
          set %0 exp(%1)
          %2: f32[8] = get %0
          store y[iota(8)] add(%1, %2)
        """);
  }

  @Test
  void foldConstants_bitsAndOverflow_areLeftToTheRun() {
    assertUnchanged(
        new FoldConstants(),
        """
        func f(y: out i64[?])
          %0: i64 = and(6:i64, 3:i64)
          %1: i64 = mul(9223372036854775807:i64, 2:i64)
          %2: i32 = add(2147483647:i32, 1:i32)
          %3: i64 = div(1:i64, 0:i64)
          store y[iota(8)] broadcast(8, add(%0, add(%1, add(cast(i64, %2), %3))))
        """);
  }

  @Test
  void removeDead_whileLoop_keepsWhatDecides() {
    assertRewrite(
        new RemoveDead(),
        """
        func f(n: i64)
          %0: i64 = var scalar(n, i64)
          while
            %1: i64 = get %0
            %2: i64 = add(%1, 1:i64)
            %3: bool = gt(%1, 0:i64)
          do %3
            %4: i64 = get %0
            set %0 sub(%4, 1:i64)
        """,
        """
        func f(n: i64)
          %0: i64 = var scalar(n, i64)
          while
            %1: i64 = get %0
            %3: bool = gt(%1, 0:i64)
          do %3
            %4: i64 = get %0
            set %0 sub(%4, 1:i64)
        """);
  }

  @Test
  void removeDead_unreadAtomic_givesNothing() {
    assertRewrite(
        new RemoveDead(),
        """
        func f(x: in_out i32[?])
          %0: i32[8] = atomic add x[iota(8)] broadcast(8, 1:i32)
          %1: i32[8] = sort %0 axis 0
          %2: i32[8] = atomic add x[iota(8)] broadcast(8, 1:i32)
          print %2 "old"
        """,
        """
        func f(x: in_out i32[?])
          atomic add x[iota(8)] broadcast(8, 1:i32)
          %2: i32[8] = atomic add x[iota(8)] broadcast(8, 1:i32)
          print %2 "old"
        """);
  }

  @Test
  void fuseElementwise_intoAFold_leavesTheCombiner() {
    assertRewrite(
        new FuseElementwise(),
        """
        func f(x: in f32[?])
          %0: f32[8] = load x[iota(8)]
          %1: f32[8] = exp(%0)
          %4: f32 = fold reduce axis 0 (%2: f32) (%3: f32) -> add(%2, %3) of %1
          print %4 "sum"
        """,
        """
        func f(x: in f32[?])
          %0: f32[8] = load x[iota(8)]
          %4: f32 = fold reduce axis 0 (%2: f32) (%3: f32) -> add(%2, %3) of exp(%0)
          print %4 "sum"
        """);
  }
}
