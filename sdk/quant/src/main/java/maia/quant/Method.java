package maia.quant;

import java.util.List;
import java.util.Optional;
import maia.base.Check;

/// How the weights of a layer are prepared and rounded, given what its inputs look like. Methods
/// are applied in the order in which they are named; preparations leave the fp32 result unchanged
/// up to rounding.
public sealed interface Method {
  /// The name used in tables.
  String label();

  /// Every weight to the nearest value.
  record Nearest() implements Method {
    @Override
    public String label() {
      return "round to nearest";
    }
  }

  /// Weights are rounded by GPTQ.
  record ByGptq(Gptq settings) implements Method {
    @Override
    public String label() {
      return "GPTQ";
    }
  }

  /// Zero points are found by half-quadratic quantisation; needs an affine quantizer and no data.
  record ByHqq(Hqq settings) implements Method {
    @Override
    public String label() {
      return "HQQ";
    }
  }

  /// SmoothQuant (Xiao et al., arXiv:2211.10438): input `j` is divided and weight column `j`
  /// multiplied by `max|x_j|^strength / max|w_j|^(1 - strength)`, which moves outliers of the
  /// inputs into the weights.
  ///
  /// @param strength 0 to 1
  record Smooth(double strength) implements Method {
    public Smooth {
      Check.argument(
          strength >= 0 && strength <= 1, "smooth: strength is 0 to 1, was %s", strength);
    }

    @Override
    public String label() {
      return "SmoothQuant " + strength;
    }
  }

  /// AWQ (Lin et al., arXiv:2306.00978): as [Smooth], with `mean|x_j|^a`, and `a` chosen on a grid
  /// so that the outputs on the calibration data change least.
  ///
  /// @param steps how many strengths between 0 and 1 are tried
  record Awq(int steps) implements Method {
    public Awq {
      Check.argument(steps >= 2, "awq: needs at least 2 strengths, was %d", steps);
    }

    @Override
    public String label() {
      return "AWQ";
    }
  }

  /// Inputs (online, before they are stored) and weights are rotated by a Hadamard matrix.
  ///
  /// @param block the size of its blocks, a power of two; 0 for the widest that divides the inputs
  record Rotate(int block) implements Method {
    @Override
    public String label() {
      return block == 0 ? "Hadamard rotation" : "Hadamard rotation in blocks of " + block;
    }
  }

  /// A method for some layers only.
  ///
  /// @param method what is done there
  /// @param endings how the dotted names of these layers end, such as `down_proj`
  record Only(Method method, List<String> endings) implements Method {
    public Only {
      endings = List.copyOf(endings);
      Check.argument(
          !endings.isEmpty() && !(method instanceof Only),
          "method: needs the endings of names and a method that is not itself for some layers, got %s and %s",
          endings,
          method.label());
    }

    @Override
    public String label() {
      return method.label() + " of " + String.join(", ", endings);
    }
  }

  /// This method for the layers whose dotted names end in one of `endings`.
  default Method only(String... endings) {
    return new Only(this, List.of(endings));
  }

  /// What is done in layer `name`: empty where a method is for others.
  default Optional<Method> in(String name) {
    return switch (this) {
      case Only(var method, var endings) ->
          endings.stream().anyMatch(name::endsWith) ? Optional.of(method) : Optional.empty();
      case Nearest _, ByGptq _, ByHqq _, Smooth _, Awq _, Rotate _ -> Optional.of(this);
    };
  }

  /// Every weight to the nearest value.
  Method NEAREST = new Nearest();

  /// Rotation of inputs and weights.
  Method ROTATE = new Rotate(0);

  /// AWQ with 20 strengths.
  Method AWQ = new Awq(20);

  /// GPTQ with its defaults.
  Method GPTQ = new ByGptq(Gptq.defaults());

  /// HQQ with its defaults.
  Method HQQ = new ByHqq(Hqq.defaults());

  /// SmoothQuant of strength 0.5.
  Method SMOOTH = new Smooth(0.5);
}
