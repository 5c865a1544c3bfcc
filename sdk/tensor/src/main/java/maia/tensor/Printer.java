package maia.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import maia.numerics.BlockFormat;
import maia.numerics.DType;

/// Tensors as text the way PyTorch prints them; [TensorHtml] shows them in notebooks.
final class Printer {
  private static final int FULL = 1000;
  private static final int EDGE = 3;
  private static final int WIDTH = 80;
  private static final String PREFIX = "tensor(";

  private Printer() {}

  static String print(Tensor x) {
    String values = x.isMeta() ? "..." : values(x);
    return PREFIX + values + suffix(x) + ")";
  }

  private static String suffix(Tensor x) {
    StringBuilder text = new StringBuilder();
    boolean plain = x.type() == DType.F32 || x.type() == DType.I64 || x.type() == DType.BOOL;
    if (x.isMeta() || x.elements() == 0 && x.rank() != 1) {
      text.append(", size=").append(size(x.shape()));
    }
    if (!x.device().equals(Device.cpu())) {
      text.append(", device='").append(x.device()).append("'");
    }
    if (!plain || x.isMeta()) {
      text.append(", dtype=").append(x.type().label());
    }
    if (x.requiresGrad()) {
      text.append(", requiresGrad=true");
    }
    return text.toString();
  }

  private static String size(long[] shape) {
    String sizes = Arrays.toString(shape);
    return "(" + sizes.substring(1, sizes.length() - 1) + ")";
  }

  private static String values(Tensor x) {
    Tensor values = Autograd.noGrad(() -> onHost(x));
    boolean shorten = x.elements() > FULL;
    Tensor shown = shorten ? corner(values, EDGE) : values;
    double[] numbers = Host.doubles(shown);
    DoubleFunction<String> format = format(values, numbers);
    if (values.elements() == 0) {
      return "[]";
    }
    String[] texts = texts(shown, format);
    boolean floats = values.dtype().isFloat(); // of which 0, NaN and infinities do not count
    int width =
        IntStream.range(0, texts.length)
            .filter(i -> !floats || (Double.isFinite(numbers[i]) && numbers[i] != 0))
            .map(i -> texts[i].length())
            .max()
            .orElse(0);
    Cells cells =
        part -> Arrays.stream(texts(part, format)).map(t -> pad(t, width)).toArray(String[]::new);
    StringBuilder text = new StringBuilder();
    block(values, shorten, cells, PREFIX.length(), text);
    return text.toString();
  }

  /// The elements of a tensor as text.
  private interface Cells {
    String[] of(Tensor x);
  }

  /// The elements in row order; integers with all their digits, which fp64 does not hold.
  static String[] texts(Tensor x, DoubleFunction<String> format) {
    boolean whole = !x.dtype().isFloat() && x.dtype() != DType.BOOL;
    return whole
        ? LongStream.of(Host.longs(x)).mapToObj(Long::toString).toArray(String[]::new)
        : DoubleStream.of(Host.doubles(x)).mapToObj(format).toArray(String[]::new);
  }

  /// The scalar values in host memory.
  static Tensor onHost(Tensor x) {
    Tensor host = x.to(Device.cpu());
    return host.type() instanceof BlockFormat ? host.dequantize() : host;
  }

  private static String pad(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static void block(
      Tensor x, boolean shorten, Cells format, int indent, StringBuilder text) {
    if (x.rank() == 0) {
      text.append(format.of(x)[0].strip());
    } else if (x.rank() == 1) {
      row(x, shorten, format, indent, text);
    } else {
      String gap = "," + "\n".repeat(x.rank() - 1) + " ".repeat(indent + 1);
      text.append("[");
      boolean first = true;
      for (long i : indices(x.size(0), shorten)) {
        text.append(first ? "" : gap);
        first = false;
        if (i < 0) {
          text.append("...");
        } else {
          block(x.select(0, i), shorten, format, indent + 1, text);
        }
      }
      text.append("]");
    }
  }

  private static void row(Tensor x, boolean shorten, Cells format, int indent, StringBuilder text) {
    List<String> cells = new ArrayList<>();
    String[] values = format.of(shorten ? corner(x, EDGE) : x);
    for (long i : indices(x.size(0), shorten)) {
      long left = shorten && i > EDGE ? i - x.size(0) + values.length : i;
      cells.add(i < 0 ? " ..." : values[(int) left]);
    }
    int width = cells.stream().mapToInt(String::length).max().orElse(0);
    int perLine = Math.max(1, (WIDTH - indent) / (width + 2));
    text.append("[");
    for (int i = 0; i < cells.size(); i++) {
      String gap = i == 0 ? "" : i % perLine == 0 ? ",\n" + " ".repeat(indent + 1) : ", ";
      text.append(gap).append(cells.get(i));
    }
    text.append("]");
  }

  /// The indices to print; -1 stands for those left out.
  private static List<Long> indices(long size, boolean shorten) {
    List<Long> indices = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      if (shorten && size > 2 * EDGE && i == EDGE) {
        indices.add(-1L);
        i = size - EDGE;
      }
      indices.add(i);
    }
    return indices;
  }

  /// The values at the first and last `edge` indices of every dimension.
  static Tensor corner(Tensor x, int edge) {
    return Autograd.noGrad(() -> {
      Tensor at = x;
      for (int d = 0; d < x.rank(); d++) {
        long size = at.size(d);
        if (size > 2L * edge) {
          at = Tensor.cat(List.of(at.narrow(d, 0, edge), at.narrow(d, size - edge, edge)), d);
        }
      }
      return at;
    });
  }

  /// PyTorch's rule: whole numbers without decimals, else four, or scientific for a wide range.
  static DoubleFunction<String> format(Tensor x, double[] values) {
    if (x.type() == DType.BOOL) {
      return v -> v != 0 ? "true" : "false";
    }
    if (!x.dtype().isFloat()) {
      return v -> String.format(Locale.ROOT, "%d", (long) v);
    }
    double[] sizes =
        DoubleStream.of(values)
            .filter(Double::isFinite)
            .map(Math::abs)
            .filter(v -> v != 0)
            .toArray();
    double max = DoubleStream.of(sizes).max().orElse(0);
    double min = DoubleStream.of(sizes).min().orElse(0);
    boolean whole = DoubleStream.of(sizes).allMatch(v -> v == Math.rint(v));
    boolean wide = max > 1e8 || max > 1000 * min && !whole || min < 1e-4 && max > 0;
    if (whole && max <= 1e8 && max <= 1000 * Math.max(min, 1)) {
      return v -> special(v, "%.0f.");
    }
    return wide || whole && max > 1000 * min ? v -> special(v, "%.4e") : v -> special(v, "%.4f");
  }

  private static String special(double value, String format) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    return String.format(Locale.ROOT, format, value);
  }
}
