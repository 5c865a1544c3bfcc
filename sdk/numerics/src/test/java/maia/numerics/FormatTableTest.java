package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The published properties of each format, counted from the decoded codes.
final class FormatTableTest {
  @ParameterizedTest
  @CsvSource({
    "BF16, 0x1.fep127, 0x1p-126, 0x1p-133, 254, 65280, 2",
    "F16, 65504, 0x1p-14, 0x1p-24, 2046, 63488, 2",
    "FP8_E5M2, 57344, 0x1p-14, 0x1p-16, 6, 248, 2",
    "FP8_E5M2FNUZ, 57344, 0x1p-15, 0x1p-17, 1, 255, 0",
    "FP8_E4M3, 448, 0x1p-6, 0x1p-9, 2, 254, 0",
    "FP8_E4M3FNUZ, 240, 0x1p-7, 0x1p-10, 1, 255, 0",
    "FP8_E4M3IEEE, 240, 0x1p-6, 0x1p-9, 14, 240, 2",
    "FP8_E3M4, 15.5, 0x1p-2, 0x1p-6, 30, 224, 2",
    "FP6_E3M2, 28, 0x1p-2, 0x1p-4, 0, 64, 0",
    "FP6_E2M3, 7.5, 1, 0x1p-3, 0, 64, 0",
    "FP4_E2M1, 6, 1, 0.5, 0, 16, 0",
    "UE4M3, 448, 0x1p-6, 0x1p-9, 1, 127, 0",
  })
  void codes_decoded_haveThePublishedRange(
      DType type,
      double largest,
      double smallestNormal,
      double smallest,
      int nans,
      int finites,
      int infinities) {
    FloatFormat format = type.format().orElseThrow();
    Codec codec = Codec.of(type);
    int nanCount = 0;
    int infinityCount = 0;
    double top = 0;
    double bottom = Double.POSITIVE_INFINITY;
    for (int code = 0; code < 1 << format.bits(); code++) {
      float value = codec.decode(code);
      nanCount += Float.isNaN(value) ? 1 : 0;
      infinityCount += Float.isInfinite(value) ? 1 : 0;
      top = Float.isFinite(value) ? Math.max(top, value) : top;
      bottom = value > 0 ? Math.min(bottom, value) : bottom;
    }
    assertThat(nanCount).isEqualTo(nans);
    assertThat(infinityCount).isEqualTo(infinities);
    assertThat((1 << format.bits()) - nanCount - infinityCount).isEqualTo(finites);
    assertThat(top).isEqualTo(largest);
    assertThat(bottom).isEqualTo(smallest);
    assertThat(codec.decode(1 << format.fractionBits())).isEqualTo((float) smallestNormal);
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 0x7f7fffff, 3.4028234663852886e38",
    "F32, 1, 0x1p-149",
    "TF32, 0x3fbff, 3.4011621342146535e38",
    "TF32, 1, 0x1p-136",
    "E8M0, 0xfe, 0x1p127",
    "E8M0, 0, 0x1p-127",
    "E8M0, 0xff, NaN",
    "UE4M3, 0x7f, NaN",
    "FP8_E4M3FNUZ, 0x80, NaN",
    "FP8_E4M3FNUZ, 0x7f, 240",
    "FP8_E4M3, 0xff, NaN",
    "FP8_E4M3, 0x80, -0.0",
  })
  void code_ofAnEdge_decodesToItsValue(DType type, String code, Double value) {
    assertThat(Double.valueOf(Codec.of(type).decode(Integer.decode(code)))).isEqualTo(value);
  }

  /// The midpoint between the largest finite value and the next step, and its neighbours.
  @ParameterizedTest
  @CsvSource({
    "F32, 0x1.ffffffp127, false",
    "TF32, 0x1.ffep127, false",
    "BF16, 0x1.ffp127, false",
    "F16, 65520, false",
    "FP8_E5M2, 61440, false",
    "FP8_E5M2FNUZ, 61440, false",
    "FP8_E4M3, 464, true",
    "FP8_E4M3FNUZ, 248, false",
    "FP8_E4M3IEEE, 248, false",
    "FP8_E3M4, 15.75, false",
    "UE4M3, 464, true",
  })
  void value_atTheOverflowEdge_staysOrLeavesAsPublished(DType type, double edge, boolean stays) {
    Codec codec = Codec.of(type);
    int largest = Conversion.maxFinite(type.format().orElseThrow());
    assertThat(encode(codec, Math.nextDown(edge))).isEqualTo(largest);
    assertThat(encode(codec, edge) == largest).isEqualTo(stays);
    assertThat(encode(codec, Math.nextUp(edge))).isNotEqualTo(largest);
  }

  private static int encode(Codec codec, double value) {
    return codec.encode(value, Rounding.NEAREST_EVEN, Overflow.NON_SATURATE);
  }
}
