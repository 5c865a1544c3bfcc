package maia.tensor.nn;

import maia.tensor.Tensor;

/// The mean of the squared differences.
public record MSELoss() implements Loss {
  @Override
  public Tensor forward(Tensor prediction, Tensor target) {
    return prediction.sub(target).pow(2).mean();
  }
}
