package maia.kernel.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import maia.base.Origin;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;

/// Types of terms, and what operations read and define.
class TermTest {
  private static final Term X = Term.of(new Value(0, new Type(DType.F32, List.of(2, 4, 8))));

  @Test
  void views_haveTheirShape() {
    assertThat(new Term.Reshape(List.of(8, 8), X).type()).hasToString("f32[8x8]");
    assertThat(new Term.Reshape(List.of(), X).type()).hasToString("f32");
    assertThat(new Term.Permute(List.of(2, 0, 1), X).type()).hasToString("f32[8x2x4]");
    assertThat(new Term.Flip(1, X).type()).hasToString("f32[2x4x8]");
    assertThat(new Term.Slice(2, 4, 2, X).type()).hasToString("f32[2x4x2]");
    assertThat(new Term.Slice(2, 4, 2, X).isView()).isTrue();
  }

  @Test
  void bitsAndConversions_haveTheirType() {
    assertThat(new Term.Bitcast(DType.I32, X).type()).hasToString("i32[2x4x8]");
    assertThat(new Term.Cast(DType.FP8_E4M3, X).type()).hasToString("fp8_e4m3[2x4x8]");
    assertThat(new Term.Philox(Term.of(1), new Term.Iota(8), 3).type()).hasToString("i32[8]");
  }

  @Test
  void shape_helpers() {
    Type type = new Type(DType.F32, List.of(2, 4));
    assertThat(type.without(0)).hasToString("f32[4]");
    assertThat(type.sized(1, 16)).hasToString("f32[2x16]");
    assertThat(type.elements()).isEqualTo(8);
    assertThat(Type.scalar(DType.I64).elements()).isEqualTo(1);
  }

  @Test
  void atomic_readsIndicesValueCompareAndMask() {
    Value old = new Value(5, Type.scalar(DType.I32));
    Op.Atomic op =
        new Op.Atomic(
            Optional.of(old),
            Op.AtomicOp.CAS,
            "x",
            List.of(Term.of(1)),
            Term.of(2),
            Optional.of(Term.of(3)),
            Optional.of(Term.of(4)),
            Origin.NONE);
    assertThat(op.operands()).containsExactly(Term.of(1), Term.of(2), Term.of(3), Term.of(4));
    assertThat(op.results()).containsExactly(old);
    assertThat(op.isPure()).isFalse();
    assertThat(op.label()).isEqualTo("atomic cas");
    assertThat(op.map(term -> new Term.Cast(DType.I32, term)).operands())
        .allMatch(term -> term instanceof Term.Cast);
  }

  @Test
  void combinerParameters_areDefinedByTheirFold() {
    Func func =
        Func.parse(
            """
            func f(x: in f32[?])
              %0: f32[8] = load x[iota(8)]
              %3: f32 = fold reduce axis 0 (%1: f32) (%2: f32) -> add(%1, %2) of %0
              print %3 "sum"
            """);
    Defs defs = new Defs(func);
    assertThat(defs.of(new Value(1, Type.scalar(DType.F32)))).isInstanceOf(Op.Fold.class);
    assertThat(defs.isVirtual(new Value(3, Type.scalar(DType.F32)))).isFalse();
    assertThat(defs.uses(new Value(0, new Type(DType.F32, List.of(8))))).isOne();
  }
}
