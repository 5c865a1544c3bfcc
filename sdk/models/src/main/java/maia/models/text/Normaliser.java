package maia.models.text;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/// A rewriting of text before it is cut into words.
sealed interface Normaliser {
  /// The text rewritten.
  String apply(String text);

  /// A canonical or compatible form of Unicode.
  record Unicode(Normalizer.Form form) implements Normaliser {
    @Override
    public String apply(String text) {
      return Normalizer.normalize(text, form);
    }
  }

  /// A prefix for every text that is not empty.
  record Prepend(String prefix) implements Normaliser {
    @Override
    public String apply(String text) {
      return text.isEmpty() ? text : prefix + text;
    }
  }

  /// One text for every occurrence of another.
  record Replace(String from, String to) implements Normaliser {
    @Override
    public String apply(String text) {
      return text.replace(from, to);
    }
  }

  /// Small letters, each character alone: a sigma that ends a word is one like any other.
  record Lowercase() implements Normaliser {
    @Override
    public String apply(String text) {
      StringBuilder small = new StringBuilder(text.length());
      text.codePoints().forEach(c -> small.append(Character.toString(c).toLowerCase(Locale.ROOT)));
      return small.toString();
    }
  }

  /// One after another.
  record Chain(List<Normaliser> parts) implements Normaliser {
    public Chain {
      parts = List.copyOf(parts);
    }

    @Override
    public String apply(String text) {
      String result = text;
      for (Normaliser part : parts) {
        result = part.apply(result);
      }
      return result;
    }
  }
}
