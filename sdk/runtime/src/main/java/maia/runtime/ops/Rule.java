package maia.runtime.ops;

/// How near the result of the chip is to that of the host.
public sealed interface Rule {
  /// The same bits.
  record Bits() implements Rule {
    @Override
    public String toString() {
      return "bits equal";
    }
  }

  /// Within a bound.
  ///
  /// @param relative of the magnitude that `per` names
  /// @param per what the bound is a part of
  /// @param reason why the bits may differ
  record Within(double relative, Per per, String reason) implements Rule {
    @Override
    public String toString() {
      return "within %s of %s: %s".formatted(number(), per.words(), reason);
    }

    private String number() {
      double power = Math.round(-Math.log10(relative) / Math.log10(2) * 4) / 4.0;
      return power == Math.rint(power)
          ? "2^-%d".formatted((int) power)
          : "%.1e".formatted(relative);
    }
  }

  /// Nothing of its own to compute.
  ///
  /// @param how what happens instead
  record Parts(String how) implements Rule {
    @Override
    public String toString() {
      return how;
    }
  }

  /// Not computed by the chip.
  ///
  /// @param reason why
  record Refused(String reason) implements Rule {
    @Override
    public String toString() {
      return "refused: " + reason;
    }
  }

  /// What a bound is measured against.
  enum Per {
    /// The value itself.
    VALUE("the value"),
    /// The sum of the magnitudes of what is added.
    TERMS("the sum of the terms' magnitudes"),
    /// The largest magnitude of the result.
    LARGEST("the largest magnitude of the result");

    private final String words;

    Per(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /// The same bits.
  static Rule bits() {
    return new Bits();
  }
}
