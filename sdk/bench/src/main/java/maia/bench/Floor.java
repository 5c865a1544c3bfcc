package maia.bench;

import static java.util.Map.entry;

import java.util.Map;

/// What a case must not fall under: below it some loop is not compiled as it was, such as one in
/// which C2 makes an object per vector, which costs a factor of 3 to 1000. The shares are a third
/// to a half of usual ones, far enough for a busy machine; the heap is several times what the few
/// objects of a call take, while an object per vector takes megabytes.
///
/// @param share of the machine's peak, as the table prints it
/// @param heap bytes per call from the Java heap
record Floor(double share, double heap) {
  private static final double FEW = 128 << 10;

  /// By operation, or by whole name where shapes differ. Attention takes objects per row of scores,
  /// decoding a token some hundred per operation.
  private static final Map<String, Floor> ALL =
      Map.ofEntries(
          entry("sgemm", of(0.35)),
          entry("linear 1x4096^2", of(0.5)),
          entry("linear 8x4096^2", of(0.25)),
          entry("softmax", of(0.25)),
          entry("layer norm", of(0.2)),
          entry("rms norm", of(0.25)),
          entry("gelu", of(0.15)),
          entry("silu", of(0.18)),
          entry("exp", of(0.35)),
          entry("add 1024x1024", of(0.6)),
          entry("add 1024x16384", of(0.45)),
          entry("sum rows", of(0.5)),
          entry("sum columns", of(0.45)),
          entry("max rows", of(0.5)),
          entry("transpose", of(0.1)),
          entry("f32 to bf16", of(0.4)),
          entry("bf16 to f32", of(0.5)),
          entry("f32 to f16", of(0.4)),
          entry("f16 to f32", of(0.5)),
          entry("f32 to fp8", of(0.4)),
          entry("f32 to packed fp6", of(0.2)),
          entry("f32 to packed fp4", of(0.2)),
          entry("f32 to mxfp8", of(0.2)),
          entry("mxfp8 to f32", of(0.3)),
          entry("f32 to mxfp6", of(0.15)),
          entry("mxfp6 to f32", of(0.12)),
          entry("f32 to mxfp4", of(0.15)),
          entry("mxfp4 to f32", of(0.14)),
          entry("f32 to mxint8", of(0.2)),
          entry("mxint8 to f32", of(0.4)),
          entry("f32 to nvfp4", of(0.25)),
          entry("nvfp4 to f32", of(0.13)),
          entry("attention", new Floor(0.2, 2 << 20)),
          entry("gpt2 prefill", new Floor(0.3, 16 << 20)),
          entry("gpt2 decode", new Floor(0.25, 4 << 20)));

  private static Floor of(double share) {
    return new Floor(share, FEW);
  }

  /// The floor of a case; every case has one.
  static Floor of(Case line) {
    String name = line.name();
    Floor own = ALL.get(name);
    Floor floor = own == null ? ALL.get(name.substring(0, name.lastIndexOf(' '))) : own;
    if (floor == null) {
      throw new IllegalStateException(
          "the case '%s' has no floor; state one in Floor".formatted(name));
    }
    return floor;
  }

  /// Whether the case is neither too slow nor takes too much.
  boolean isKept(double measured, double allocated) {
    return measured >= share && allocated <= heap;
  }

  /// `ok`, or what is wrong.
  String verdict(double measured, double allocated) {
    if (measured < share) {
      return "BELOW %.2f of peak".formatted(share);
    }
    return allocated > heap ? "OVER %.0f B/call".formatted(heap) : "ok";
  }
}
