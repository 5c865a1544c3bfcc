package maia.tensor.io;

import java.util.List;

/// A value of a GGUF file's metadata.
public sealed interface GgufValue {
  /// An integer of any width; unsigned 64-bit numbers above 2^63 - 1 are refused.
  record Whole(long value) implements GgufValue {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /// A floating-point number.
  record Real(double value) implements GgufValue {
    @Override
    public String toString() {
      return Double.toString(value);
    }
  }

  /// A truth value.
  record Truth(boolean value) implements GgufValue {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /// A text.
  record Text(String value) implements GgufValue {
    @Override
    public String toString() {
      return '"' + value + '"';
    }
  }

  /// Values of one kind.
  record Several(List<GgufValue> values) implements GgufValue {
    public Several {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return values.size() <= 8 ? values.toString() : "[" + values.size() + " values]";
    }
  }
}
