package maia.tensor;

import java.util.List;
import java.util.Optional;
import maia.numerics.DType;

/// The sum of the elements before and at each one along a dimension, added one after another in
/// fp64 (integers in 64 bits) and rounded once each; of integers as I64.
///
/// @param dim the dimension, counted from 0
/// @param from where it starts
public record RunningSum(int dim, From from) implements Op {
  /// Where a running sum starts.
  public enum From {
    /// At index 0.
    START,
    /// At the last index.
    END,
  }

  @Override
  public String name() {
    return "cumsum";
  }

  @Override
  public Reads reads() {
    return Reads.NOTHING;
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    DType type = x.dtype(name());
    return Tensor.meta(type.isFloat() ? type : DType.I64, x.shape());
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor x = inputs.getFirst();
    Lines lines = Lines.of(x, dim);
    if (like.dtype().isFloat()) {
      double[] values = Host.doubles(x);
      lines.each((at, step, n) -> {
        double sum = 0;
        for (int i = 0; i < n; i++) {
          int place = at + step * (from == From.START ? i : n - 1 - i);
          sum = i == 0 ? values[place] : sum + values[place];
          values[place] = sum;
        }
      });
      return Narrowed.tensor(values, like.dtype(), x.shape());
    }
    long[] values = Host.longs(x);
    lines.each((at, step, n) -> {
      long sum = 0;
      for (int i = 0; i < n; i++) {
        int place = at + step * (from == From.START ? i : n - 1 - i);
        sum += values[place];
        values[place] = sum;
      }
    });
    return Host.tensor(values, like.dtype(), x.shape());
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    From back = from == From.START ? From.END : From.START;
    return List.of(Optional.of(Dispatch.run(new RunningSum(dim, back), gradient)));
  }
}
