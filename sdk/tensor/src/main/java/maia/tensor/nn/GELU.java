package maia.tensor.nn;

import maia.tensor.Functional;
import maia.tensor.Tensor;

/// x/2 (1 + erf(x / sqrt 2)), or its approximation.
public final class GELU extends Module {
  private final Form form;

  /// Which formula.
  public enum Form {
    /// With the error function.
    ERF,
    /// The approximation by the hyperbolic tangent.
    TANH,
  }

  /// With the error function.
  public GELU() {
    this(Form.ERF);
  }

  /// With the formula named.
  public GELU(Form form) {
    this.form = form;
  }

  @Override
  public Tensor forward(Tensor x) {
    return switch (form) {
      case ERF -> Functional.gelu(x);
      case TANH -> Functional.geluTanh(x);
    };
  }

  @Override
  protected String label() {
    return form == Form.ERF ? "GELU()" : "GELU(form=tanh)";
  }
}
