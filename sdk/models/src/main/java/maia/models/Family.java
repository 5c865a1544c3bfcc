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

  /// The `model_type` most like `type`: the fewest letters changed, added or left out.
  static String nearest(String type) {
    String wanted = type.toLowerCase(Locale.ROOT);
    return labels().stream()
        .reduce((a, b) -> distance(b, wanted) < distance(a, wanted) ? b : a)
        .orElseThrow();
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(Family::label).toList();
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int corner = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        corner = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
