package maia.runtime.ops;

import java.util.ArrayList;
import java.util.List;
import maia.kernel.Kernel;
import maia.kernel.Tile;
import maia.kernel.library.FlashAttention;
import maia.kernel.library.Softmax;
import maia.numerics.DType;
import maia.tensor.Attention;
import maia.tensor.Contraction;
import maia.tensor.Rotary;
import maia.tensor.Tensor;
import maia.tensor.View;

/// Attention and rotary positions.
///
/// Without a mask, and for elements of 16 bits and more, attention is one kernel that never writes
/// the scores; else products and softmax of their own, with the host's bits.
final class AttentionSteps {
  private static final Rule WIDE =
      new Rule.Within(
          0x1p-18, Rule.Per.LARGEST, "weights are rescaled from block to block of keys");
  private static final Rule NARROW =
      new Rule.Within(
          0x1p-7,
          Rule.Per.LARGEST,
          "weights round to the type of the values before they are added");

  private AttentionSteps() {}

  static void enter(Table table) {
    table
        .family("attention")
        .add(
            Attention.class,
            Attention.class,
            "attention (mask, or 8 bits)",
            Types.SCALARS,
            Rule.bits(),
            AttentionSteps::attention)
        .row("attention (f32)", "Attention", "f32", WIDE)
        .row("attention (16 bits)", "Attention", "bf16, f16", NARROW)
        .add(Rotary.class, Types.FLOATS, Rule.bits(), AttentionSteps::rotary);
  }

  private static Tensor attention(Runner on, Attention op, List<Tensor> inputs, Tensor like) {
    if (op.dropout() > 0) {
      throw on.refusal(op, "the kernels drop nothing; use eval() or a dropout of 0");
    }
    Tensor q = inputs.get(0);
    Sizes sizes = Sizes.of(q, inputs.get(1), inputs.get(2));
    if (sizes.keys == 0) {
      return on.result(Runner.isTimingOnly(inputs), like.type(), like.shape());
    }
    boolean beyond = op.causal() == Attention.Causal.UPPER_LEFT && sizes.queries > sizes.keys;
    boolean isFlash = inputs.size() == 3 && q.dtype().bits() >= 16 && op.scale() > 0 && !beyond;
    return isFlash ? flash(on, op, inputs, sizes, like) : composed(on, op, inputs, sizes, like);
  }

  /// @param batch sequences
  /// @param heads query heads of a sequence
  /// @param shared key-value heads of a sequence
  private record Sizes(
      long batch, long heads, long shared, long queries, long keys, long width, long valueWidth) {
    static Sizes of(Tensor q, Tensor k, Tensor v) {
      long heads = q.rank() < 3 ? 1 : q.size(-3);
      long shared = q.rank() < 3 ? 1 : k.size(-3);
      long batch = q.elements() / Math.max(1, heads * q.size(-2) * q.size(-1));
      return new Sizes(batch, heads, shared, q.size(-2), k.size(-2), q.size(-1), v.size(-1));
    }
  }

  private static Tensor flash(Runner on, Attention op, List<Tensor> inputs, Sizes s, Tensor like) {
    long keys = op.causal() == Attention.Causal.UPPER_LEFT ? s.queries : s.keys;
    int d = Math.max(16, Kernel.nextPow2(Math.max(s.width, s.valueWidth)));
    Tensor q = padded(on, four(on, inputs.get(0), s.batch, s.heads), d);
    Tensor k = padded(on, first(four(on, inputs.get(1), s.batch, s.shared), keys), d);
    Tensor v = padded(on, first(four(on, inputs.get(2), s.batch, s.shared), keys), d);
    boolean isMeta = Runner.isTimingOnly(inputs);
    Tensor out = on.result(isMeta, like.type(), s.batch, s.heads, s.queries, d);
    FlashAttention.See see =
        op.causal() == Attention.Causal.NONE ? FlashAttention.See.ALL : FlashAttention.See.CAUSAL;
    var problem =
        new FlashAttention.Problem(
            Math.toIntExact(s.batch * s.heads),
            Math.toIntExact(s.heads / s.shared),
            s.queries,
            d,
            q.dtype());
    on.launch(
        FlashAttention.over(
            FlashAttention.KERNEL.with("SEE", see).with("OUT", like.dtype()).with("BATCHED", true),
            problem,
            on.machine()),
        isMeta,
        q,
        k,
        v,
        out,
        op.scale());
    Tensor cut = d == s.valueWidth ? out : new View.Slice(3, 0, s.valueWidth, 1).apply(out);
    return on.reshape(on.dense(cut), like.shape());
  }

  /// `x` as `[batch, heads, positions, channels]`: where it lies, whatever lies between, as long as
  /// the channels of a position are neighbours.
  private static Tensor four(Runner on, Tensor x, long batch, long heads) {
    Tensor four = x.rank() == 4 ? x : on.reshape(x, batch, heads, x.size(-2), x.size(-1));
    return four.size(3) == 1 || four.strides()[3] == 1 ? four : on.dense(four);
  }

  private static Tensor first(Tensor x, long keys) {
    return keys == x.size(2) ? x : new View.Slice(2, 0, keys, 1).apply(x);
  }

  /// Channels of zeros up to `d`.
  private static Tensor padded(Runner on, Tensor x, int d) {
    long width = x.size(3);
    if (width == d) {
      return x;
    }
    Tensor wide = on.result(x.isMeta(), x.type(), x.size(0), x.size(1), x.size(2), d);
    on.copy(x, new View.Slice(3, 0, width, 1).apply(wide));
    return wide;
  }

  /// Products, mask, softmax, products, as the host does it.
  private static Tensor composed(
      Runner on, Attention op, List<Tensor> inputs, Sizes s, Tensor like) {
    long rows = s.heads / s.shared * s.queries;
    Tensor q = on.reshape(inputs.get(0), s.batch * s.shared, rows, s.width);
    Tensor k = on.reshape(inputs.get(1), s.batch * s.shared, s.keys, s.width);
    Tensor v = on.reshape(inputs.get(2), s.batch * s.shared, s.keys, s.valueWidth);
    Tensor turned = new View.Permute(List.of(0, 2, 1)).apply(k);
    Tensor scores = on.run(new Contraction.MatMul(DType.F32), q, turned);
    long[] shape = inputs.get(0).shape();
    shape[shape.length - 1] = s.keys;
    Tensor seen = masked(on, op, on.reshape(scores, shape), inputs, s);
    Tensor flat = on.rows(seen);
    Tensor weights = on.result(flat.isMeta(), DType.F32, flat.shape());
    on.launch(Softmax.safe(flat.size(0), flat.size(1), on.machine()), flat.isMeta(), flat, weights);
    Tensor grouped = on.reshape(weights, s.batch * s.shared, rows, s.keys);
    Tensor out = on.run(new Contraction.MatMul(like.dtype()), grouped, on.cast(v, DType.F32));
    return on.reshape(out, like.shape());
  }

  private static Tensor masked(
      Runner on, Attention op, Tensor scores, List<Tensor> inputs, Sizes s) {
    List<Tensor> operands = new ArrayList<>(List.of(scores));
    inputs.stream().skip(3).forEach(operands::add);
    boolean isCausal = op.causal() != Attention.Causal.NONE;
    if (isCausal) {
      operands.add(on.here(Tensor.arange(s.queries).reshape(s.queries, 1)));
      operands.add(on.here(Tensor.arange(s.keys)));
    }
    long ahead = op.causal() == Attention.Causal.LOWER_RIGHT ? s.keys - s.queries : 0;
    boolean hasMask = inputs.size() > 3;
    return on.pointwise(
        "attention_mask",
        operands,
        scores,
        t -> {
          Tile x = t.get(0).mul(op.scale());
          if (hasMask) {
            Tile mask = t.get(1);
            x =
                mask.dtype() == DType.BOOL
                    ? mask.asMask().where(x, Double.NEGATIVE_INFINITY)
                    : x.add(Values.wide(mask, DType.F32));
          }
          int at = hasMask ? 2 : 1;
          return isCausal
              ? t.get(at + 1).le(t.get(at).add(ahead)).where(x, Double.NEGATIVE_INFINITY)
              : x;
        });
  }

  // ---------------------------------------------------------------- rotary

  private static Tensor rotary(Runner on, Rotary op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.get(0);
    long pairs = inputs.get(1).size(-1);
    Tensor out = on.result(Runner.isTimingOnly(inputs), like.type(), like.shape());
    long turned = 2 * pairs;
    if (turned < x.size(-1)) {
      on.copy(part(x, turned, x.size(-1), 1), part(out, turned, x.size(-1), 1));
    }
    if (pairs == 0) {
      return out;
    }
    boolean isHalves = op.pairs() == Rotary.Pairs.HALVES;
    List<Tensor> ends = new ArrayList<>();
    for (Tensor of : List.of(x, out)) {
      ends.add(isHalves ? part(of, 0, pairs, 1) : part(of, 0, turned, 2));
      ends.add(isHalves ? part(of, pairs, turned, 1) : part(of, 1, turned, 2));
    }
    on.pointwise(
        "rotary",
        List.of(ends.get(0), ends.get(1), inputs.get(1), inputs.get(2)),
        List.of(ends.get(2), ends.get(3)),
        (k, t) -> {
          List<Tile> w = t.stream().map(tile -> Values.wide(tile, DType.F32)).toList();
          Tile first = w.get(0).mul(w.get(2)).sub(w.get(1).mul(w.get(3)));
          Tile second = w.get(1).mul(w.get(2)).add(w.get(0).mul(w.get(3)));
          return List.of(Values.narrow(first, like.dtype()), Values.narrow(second, like.dtype()));
        });
    return out;
  }

  private static Tensor part(Tensor x, long from, long to, long step) {
    return new View.Slice(x.rank() - 1, from, to, step).apply(x);
  }
}
