package maia.models;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The families of decoders whose checkpoints are read, by the `model_type` of their `config.json`.
public enum Family {
  /// GPT-2.
  GPT2,
  /// Llama 1 to 3.
  LLAMA,
  /// Mistral.
  MISTRAL,
  /// Mixtral: Mistral with experts.
  MIXTRAL,
  /// Qwen 2 and 2.5.
  QWEN2,
  /// Qwen 3.
  QWEN3,
  /// Qwen 3 with experts.
  QWEN3_MOE,
  /// Gemma.
  GEMMA,
  /// Gemma 2.
  GEMMA2;

  /// The `model_type`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The family with this `model_type`.
  static Optional<Family> named(String type) {
    return Arrays.stream(values()).filter(family -> family.label().equals(type)).findFirst();
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(Family::label).toList();
  }
}
