package maia.kernel.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import maia.base.Origin;
import maia.npl.Instr.ReduceOp;
import maia.npl.Lane.UnaryOp;
import maia.npl.Program.Access;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class FuncTest {
  @RepeatedTest(200)
  void parse_invertsToString(RepetitionInfo repetition) {
    Func func = new Random(repetition.getCurrentRepetition()).func();
    assertThat(Func.parse(func.toString())).isEqualTo(func);
  }

  @Test
  void parse_unknownValue_namesIt() {
    assertThatThrownBy(() -> Func.parse("func f()\n  %1: f32 = exp(%0)\n"))
        .isInstanceOf(KernelException.class)
        .hasMessage("line 2 of the text: no value '%0' is defined above [K601]");
  }

  @Test
  void parse_unknownOperation_namesIt() {
    assertThatThrownBy(() -> Func.parse("func f()\n  %1: f32 = frobnicate(1.0:f32)\n"))
        .isInstanceOf(KernelException.class)
        .hasMessage("line 2 of the text: unknown operation 'frobnicate' [K601]");
  }

  /// Functions that use every operation; they need not make sense.
  private static final class Random {
    private final SplittableRandom random;
    private final List<Value> values = new ArrayList<>();
    private int next;

    Random(long seed) {
      random = new SplittableRandom(seed);
    }

    Func func() {
      List<Func.Param> params =
          List.of(
              new Func.ArrayParam("x", DType.BF16, Access.IN, 1 + random.nextInt(3)),
              new Func.ArrayParam("w", BlockFormat.MXFP4, Access.IN_OUT, 2),
              new Func.ScalarParam("s", DType.F32));
      return new Func("f", params, block(2));
    }

    private Block block(int depth) {
      List<Op> ops = new ArrayList<>();
      int known = values.size();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        ops.add(op(depth));
      }
      while (values.size() > known) {
        values.removeLast();
      }
      return new Block(ops);
    }

    private Origin origin() {
      return switch (random.nextInt(3)) {
        case 0 -> Origin.NONE;
        case 1 -> new Origin("f", 1 + random.nextInt(50), "");
        default -> new Origin("f", 1 + random.nextInt(50), "cell 3:7");
      };
    }

    private Value value(DType dtype, Integer... shape) {
      Value value = new Value(next++, new Type(dtype, List.of(shape)));
      values.add(value);
      return value;
    }

    private Op op(int depth) {
      int kind = values.isEmpty() ? 0 : random.nextInt(depth > 0 ? 21 : 18);
      return switch (kind) {
        case 0 -> {
          Term term = term(2);
          yield new Op.Map(value(DType.F32, 8), term, origin());
        }
        case 1 -> {
          List<Term> at = List.of(term(1), term(0));
          Optional<Term> mask = random.nextBoolean() ? Optional.of(term(1)) : Optional.empty();
          float other = mask.isPresent() ? number() : 0;
          yield new Op.Load(value(DType.BF16, 8, 4), "x", at, mask, other, origin());
        }
        case 2 -> new Op.Store("w.scales", List.of(term(0)), term(1), Optional.empty(), origin());
        case 3 -> {
          Optional<Op.Scales> scales =
              random.nextBoolean()
                  ? Optional.of(new Op.Scales(term(0), term(1), 32))
                  : Optional.empty();
          Op.Dot dot =
              new Op.Dot(
                  new Value(next++, new Type(DType.F32, List.of(8, 8))),
                  term(1),
                  term(1),
                  scales,
                  term(0),
                  random.nextBoolean() ? Optional.of(term(1)) : Optional.empty(),
                  origin());
          values.add(dot.result());
          yield dot;
        }
        case 4 -> {
          Term x = term(1);
          yield new Op.Reduce(value(DType.F32), ReduceOp.MAX, x, random.nextInt(2), origin());
        }
        case 5 -> {
          Term x = term(1);
          yield new Op.Quantize(
              value(DType.FP4_E2M1, 8, 32),
              value(DType.E8M0, 8, 1),
              x,
              BlockFormat.MXFP4,
              ScaleRule.RCEIL,
              origin());
        }
        case 6 -> {
          Optional<Term> init = random.nextBoolean() ? Optional.of(term(1)) : Optional.empty();
          yield new Op.Var(value(DType.F32, 16), init, origin());
        }
        case 7 -> {
          Value cell = any();
          yield new Op.Get(value(DType.F32, 16), cell, random.nextBoolean(), origin());
        }
        case 8 -> new Op.Set(any(), term(2), origin());
        case 9 -> {
          Op.Combiner combiner = combiner();
          List<Term> inputs = List.of(term(1), term(0));
          yield new Op.Fold(
              List.of(value(DType.F32, 8), value(DType.I64)),
              inputs,
              combiner,
              random.nextInt(2),
              random.nextBoolean(),
              random.nextBoolean() ? Op.Fold.Kind.REDUCE : Op.Fold.Kind.SCAN,
              origin());
        }
        case 10 -> {
          Term x = term(1);
          yield new Op.Sort(value(DType.F32, 8), x, 0, random.nextBoolean(), origin());
        }
        case 11 -> {
          Term x = term(1);
          Optional<Term> mask = random.nextBoolean() ? Optional.of(term(1)) : Optional.empty();
          yield new Op.Histogram(value(DType.I32, 16), x, 16, mask, origin());
        }
        case 12 -> {
          Term x = term(1);
          Term index = term(0);
          yield new Op.Gather(value(DType.F32, 8), x, index, 1, origin());
        }
        case 13 -> {
          List<Term> parts = List.of(term(1), term(0), term(1));
          yield new Op.Concat(value(DType.F32, 24), parts, 0, origin());
        }
        case 14 -> {
          List<Term> at = List.of(term(1));
          Term x = term(0);
          boolean cas = random.nextBoolean();
          Optional<Term> compare = cas ? Optional.of(term(0)) : Optional.empty();
          Optional<Term> mask = random.nextBoolean() ? Optional.of(term(1)) : Optional.empty();
          Op.AtomicOp what = cas ? Op.AtomicOp.CAS : Op.AtomicOp.XCHG;
          Optional<Value> old =
              random.nextBoolean() ? Optional.of(value(DType.BF16)) : Optional.empty();
          yield new Op.Atomic(old, what, "x", at, x, compare, mask, origin());
        }
        case 15 -> new Op.Print("a \"label\" @ f:3 (\\ \n)", term(1), origin());
        case 16 -> new Op.Assert(term(1), "", origin());
        case 17 -> new Op.Assume(term(1), origin());
        case 18 -> new Op.While(block(depth - 1), term(1), block(depth - 1), origin());
        case 19 -> {
          Term from = term(0);
          Value index = new Value(next++, Type.scalar(DType.I64));
          Term to = term(1);
          Term step = term(0);
          values.add(index);
          Op range = new Op.Range(index, from, to, step, 3, block(depth - 1), origin());
          values.remove(index);
          yield range;
        }
        default ->
            new Op.When(
                term(2),
                block(depth - 1),
                random.nextBoolean() ? Block.EMPTY : block(depth - 1),
                origin());
      };
    }

    private Op.Combiner combiner() {
      int known = values.size();
      List<Value> left = List.of(value(DType.F32), value(DType.I64));
      List<Value> right = List.of(value(DType.F32), value(DType.I64));
      List<Term> results = List.of(term(2), term(1));
      while (values.size() > known) {
        values.removeLast();
      }
      return new Op.Combiner(left, right, results);
    }

    private Value any() {
      return values.get(random.nextInt(values.size()));
    }

    private Rounding rounding() {
      return switch (random.nextInt(3)) {
        case 0 -> Rounding.TOWARD_ZERO;
        case 1 -> Rounding.NEAREST_EVEN;
        default -> Rounding.stochastic(-7);
      };
    }

    private Overflow overflow() {
      return random.nextBoolean() ? Overflow.SATURATE : Overflow.NON_SATURATE;
    }

    private float number() {
      return switch (random.nextInt(4)) {
        case 0 -> Float.NEGATIVE_INFINITY;
        case 1 -> 0.1f;
        case 2 -> -1e-30f;
        default -> Float.NaN;
      };
    }

    private Term term(int depth) {
      int kinds = depth == 0 ? 8 : 23;
      return switch (random.nextInt(kinds)) {
        case 0 -> values.isEmpty() ? new Term.Iota(8) : Term.of(any());
        case 1 -> new Term.Int(random.nextInt(-5, 5), DType.I64);
        case 2 -> new Term.Real(number(), DType.F16);
        case 3 -> new Term.Iota(8);
        case 4 -> new Term.ProgramId(1);
        case 5 -> new Term.NumPrograms(0);
        case 6 -> new Term.Size("w.scales", 1);
        case 7 -> new Term.Scalar("s", DType.F32);
        case 8 -> new Term.Unary(UnaryOp.RSQRT, term(depth - 1));
        case 9 ->
            new Term.Binary(
                BinaryOp.values()[random.nextInt(BinaryOp.values().length)],
                term(depth - 1),
                term(depth - 1));
        case 10 -> new Term.Fma(term(depth - 1), term(0), term(0));
        case 11 -> new Term.Select(term(depth - 1), term(0), term(0));
        case 12 -> new Term.Cast(DType.BF16, term(depth - 1));
        case 13 -> new Term.Unsqueeze(0, term(depth - 1));
        case 14 -> new Term.Transpose(term(depth - 1));
        case 15 -> new Term.Cast(DType.FP8_E4M3, rounding(), overflow(), term(depth - 1));
        case 16 -> new Term.Bitcast(DType.I32, term(depth - 1));
        case 17 -> new Term.Philox(term(0), term(depth - 1), random.nextInt(4));
        case 18 -> new Term.Reshape(random.nextBoolean() ? List.of() : List.of(1), term(depth - 1));
        case 19 -> new Term.Permute(List.of(1, 0, 2), term(depth - 1));
        case 20 -> new Term.Flip(1, term(depth - 1));
        case 21 -> new Term.Slice(1, 2, 4, term(depth - 1));
        default -> new Term.Broadcast(List.of(8, 8), term(depth - 1));
      };
    }
  }
}
