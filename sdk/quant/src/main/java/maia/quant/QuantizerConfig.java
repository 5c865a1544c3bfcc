package maia.quant;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.numerics.DType;
import maia.numerics.NvOrder;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Range;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.tensor.io.FileFormatException;

/// A quantizer as text, such as `grid=float:fp4_e2m1 sharing=groups:32 scale=e8m0:FLOOR
/// range=minmax rounding=NEAREST_EVEN`: what checkpoints hold. Parsing what was printed gives an
/// equal quantizer; anything unknown is refused by name.
final class QuantizerConfig {
  private QuantizerConfig() {}

  static String print(Quantizer q) {
    return "grid=%s sharing=%s scale=%s range=%s rounding=%s"
        .formatted(
            grid(q.grid()),
            sharing(q.sharing()),
            scale(q.scale()),
            range(q.range()),
            rounding(q.rounding()));
  }

  private static String grid(Grid grid) {
    return switch (grid) {
      case Grid.Floats(DType type) -> "float:" + type.label();
      case Grid.Ints(int bits) -> "int:" + bits;
      case Grid.FixedPoint(int bits, int fraction) -> "fixed:" + bits + ":" + fraction;
      case Grid.Table table -> {
        List<String> values = new ArrayList<>();
        for (float value : table.values()) {
          values.add(String.valueOf(value));
        }
        yield "table:" + table.label().replaceAll("[\\s:=]", "_") + ":" + String.join(",", values);
      }
    };
  }

  private static String sharing(Sharing sharing) {
    return switch (sharing) {
      case Sharing.Tensor _ -> "tensor";
      case Sharing.Rows _ -> "rows";
      case Sharing.Groups(int size) -> "groups:" + size;
      case Sharing.Blocks(int rows, int columns) -> "blocks:" + rows + ":" + columns;
    };
  }

  private static String scale(Scale scale) {
    return switch (scale) {
      case Scale.Symmetric _ -> "symmetric";
      case Scale.Asymmetric _ -> "asymmetric";
      case Scale.Affine _ -> "affine";
      case Scale.Rounded(DType type) -> "rounded:" + type.label();
      case Scale.PowerOfTwo(ScaleRule rule) -> "e8m0:" + rule.name();
      case Scale.TwoLevel(NvOrder order) -> "e4m3xf32:" + order.name();
      case Scale.Doubled(Grid of, int group) -> "double:" + grid(of) + ":" + group;
    };
  }

  private static String range(Range range) {
    return switch (range) {
      case Range.MinMax _ -> "minmax";
      case Range.Mse(int steps, double least) -> "mse:" + steps + ":" + least;
      case Range.Percentile(double share) -> "percentile:" + share;
      case Range.Entropy _ -> "kl";
      case Range.Importance(int steps, double least) -> "importance:" + steps + ":" + least;
    };
  }

  private static String rounding(Rounding rounding) {
    return switch (rounding) {
      case Rounding.Fixed fixed -> fixed.name();
      case Rounding.Stochastic(long seed) -> "STOCHASTIC:" + seed;
    };
  }

  static Quantizer parse(String text) {
    Map<String, String> fields = fields(text);
    try {
      return new Quantizer(
          parseGrid(parts(fields, "grid")),
          parseSharing(parts(fields, "sharing")),
          parseScale(parts(fields, "scale")),
          parseRange(parts(fields, "range")),
          parseRounding(parts(fields, "rounding")));
    } catch (FileFormatException e) {
      throw e;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw FileFormatException.of(
          "quantised checkpoint: '%s': %s", text, String.valueOf(e.getMessage()));
    }
  }

  /// The pairs of a line of text, each name once.
  static Map<String, String> fields(String text) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : text.strip().split(" +")) {
      int at = field.indexOf('=');
      FileFormatException.check(
          at > 0 && fields.put(field.substring(0, at), field.substring(at + 1)) == null,
          "quantised checkpoint: '%s' must be name=value pairs, each name once",
          text);
    }
    return fields;
  }

  private static String[] parts(Map<String, String> fields, String name) {
    String value = fields.get(name);
    FileFormatException.check(
        value != null,
        "quantised checkpoint: the quantiser has no '%s', it has %s",
        name,
        fields.keySet());
    return Optional.ofNullable(value).orElse("").split(":", -1);
  }

  private static Grid parseGrid(String... p) {
    return switch (p[0]) {
      case "float" -> new Grid.Floats(type(p[1]));
      case "int" -> new Grid.Ints(Integer.parseInt(p[1]));
      case "fixed" -> new Grid.FixedPoint(Integer.parseInt(p[1]), Integer.parseInt(p[2]));
      case "table" -> {
        String[] numbers = p[2].split(",");
        float[] values = new float[numbers.length];
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.parseFloat(numbers[i]);
        }
        yield new Grid.Table(p[1], values);
      }
      default -> throw unknown("grid", p[0], "float, int, fixed, table");
    };
  }

  private static Sharing parseSharing(String... p) {
    return switch (p[0]) {
      case "tensor" -> Sharing.TENSOR;
      case "rows" -> Sharing.ROWS;
      case "groups" -> Sharing.groups(Integer.parseInt(p[1]));
      case "blocks" -> Sharing.blocks(Integer.parseInt(p[1]), Integer.parseInt(p[2]));
      default -> throw unknown("sharing", p[0], "tensor, rows, groups, blocks");
    };
  }

  private static Scale parseScale(String... p) {
    return switch (p[0]) {
      case "symmetric" -> Scale.SYMMETRIC;
      case "asymmetric" -> Scale.ASYMMETRIC;
      case "affine" -> Scale.AFFINE;
      case "rounded" -> new Scale.Rounded(type(p[1]));
      case "e8m0" -> new Scale.PowerOfTwo(constant(ScaleRule.class, "scale rule", p[1]));
      case "e4m3xf32" -> new Scale.TwoLevel(constant(NvOrder.class, "order", p[1]));
      case "double" -> new Scale.Doubled(parseGrid(p[1], p[2]), Integer.parseInt(p[3]));
      default ->
          throw unknown(
              "scale", p[0], "symmetric, asymmetric, affine, rounded, e8m0, e4m3xf32, double");
    };
  }

  private static Range parseRange(String... p) {
    return switch (p[0]) {
      case "minmax" -> Range.MIN_MAX;
      case "mse" -> new Range.Mse(Integer.parseInt(p[1]), Double.parseDouble(p[2]));
      case "percentile" -> new Range.Percentile(Double.parseDouble(p[1]));
      case "kl" -> Range.ENTROPY;
      case "importance" -> new Range.Importance(Integer.parseInt(p[1]), Double.parseDouble(p[2]));
      default -> throw unknown("range", p[0], "minmax, mse, percentile, kl, importance");
    };
  }

  private static Rounding parseRounding(String... p) {
    return p[0].equals("STOCHASTIC")
        ? Rounding.stochastic(Long.parseLong(p[1]))
        : constant(Rounding.Fixed.class, "rounding", p[0]);
  }

  static DType type(String label) {
    for (DType type : DType.values()) {
      if (type.label().equals(label)) {
        return type;
      }
    }
    throw unknown("element type", label, "the labels of DType");
  }

  private static <E extends Enum<E>> E constant(Class<E> of, String what, String name) {
    for (E value : of.getEnumConstants()) {
      if (value.name().equals(name)) {
        return value;
      }
    }
    throw unknown(what, name, java.util.Arrays.toString(of.getEnumConstants()));
  }

  private static FileFormatException unknown(String what, String name, String known) {
    return FileFormatException.of(
        "quantised checkpoint: unknown %s '%s'; known are %s", what, name, known);
  }
}
