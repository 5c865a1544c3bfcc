package maia.bench;

import java.util.Map;
import java.util.Optional;

/// What a case must not fall under: below it some loop is not compiled as it was, such as one in
/// which C2 makes an object per vector. Far enough from usual figures for a busy machine.
///
/// @param share of the machine's peak, as the table prints it
/// @param heap bytes per call from the Java heap
record Floor(double share, double heap) {
  /// By group; products and attention take a few objects per call or per row of scores, decoding a
  /// token some hundred per operation.
  private static final Map<String, Floor> ALL =
      Map.of(
          "sgemm", new Floor(0.35, 16 << 10),
          "skinny", new Floor(0.25, 16 << 10),
          "attention", new Floor(0.2, 2 << 20),
          "gpt2 prefill", new Floor(0.3, 16 << 20),
          "gpt2 decode", new Floor(0.35, 4 << 20));

  /// The floor of a group of cases, where one is stated.
  static Optional<Floor> of(String group) {
    return Optional.ofNullable(ALL.get(group));
  }

  /// `ok`, or what is wrong.
  String verdict(double measured, double allocated) {
    if (measured < share) {
      return "BELOW %.2f of peak".formatted(share);
    }
    return allocated > heap ? "OVER %.0f B/call".formatted(heap) : "ok";
  }
}
